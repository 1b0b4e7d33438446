//! Surveys and their answers.

use std::collections::BTreeMap;

use super::super::{Answers, Event, Respondent, Unit};
use crate::domain::{Evolve, Happened};

/// A survey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Who is asked; `None` until it was opened.
    pub unit: Option<Unit>,
    /// How many were asked.
    pub invited_n: u32,
    /// The newest answers of each respondent, given before it was closed.
    pub answers: BTreeMap<Respondent, Answers>,
    /// Whether it is closed.
    pub is_closed: bool,
}

impl Evolve for Survey {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::SurveyOpened { invited_n, unit, .. } => {
                self.unit = Some(*unit);
                self.invited_n = *invited_n;
            }
            Event::SurveyAnswered { by, answers, .. } if !self.is_closed => {
                self.answers.insert(by.clone(), answers.clone());
            }
            Event::SurveyClosed { .. } => self.is_closed = true,
            _ => {}
        }
    }
}
