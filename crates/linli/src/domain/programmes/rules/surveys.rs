//! Surveys.

use super::super::state::Survey;
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, unknown, wrong_state};
use crate::domain::{Flag, SurveyId};

use Command as C;

impl State {
    /// What a command about a survey leads to.
    pub(super) fn in_surveys(&self, command: &Command) -> Answered {
        match command.clone() {
            C::OpenSurvey { survey_id, invited_n, unit, .. } => match self.survey(&survey_id) {
                Ok(_) => Err(exists("survey", &survey_id)),
                Err(_) => plain(Event::SurveyOpened { survey_id, invited_n, unit }),
            },
            C::RecordAnswer { survey_id, by, answers, .. } => {
                let flags = match self.survey(&survey_id)?.is_closed {
                    true => vec![Flag::Late],
                    false => Vec::new(),
                };
                Ok(vec![(Event::SurveyAnswered { survey_id, by, answers }, flags)])
            }
            C::CloseSurvey { survey_id, .. } => {
                let survey = self.survey(&survey_id)?;
                if survey.is_closed {
                    return Err(wrong_state(&survey_id, "closed", "open"));
                }
                let responded_n = u32::try_from(survey.answers.len()).unwrap_or(u32::MAX);
                plain(Event::SurveyClosed { survey_id, responded_n })
            }
            _ => Ok(Vec::new()),
        }
    }

    fn survey(&self, survey_id: &SurveyId) -> Result<&Survey, Refusal> {
        let opened = self.surveys.get(survey_id).filter(|survey| survey.unit.is_some());
        opened.ok_or_else(|| unknown("survey", survey_id))
    }
}
