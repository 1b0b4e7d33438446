//! How many reporters are satisfied.

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::Satisfied;
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Call-backs "satisfied", of the call-backs that answered that question.
///
/// Merged cases count once, by their root; referred and withdrawn ones are left out.
#[derive(Clone, Debug)]
pub struct SatisfactionRate(Cases);

impl SatisfactionRate {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Satisfied of those who answered the question.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let ratings = self.0.ratings().into_iter().map(|(_, satisfied)| satisfied);
        let definite = ratings.filter(|satisfied| *satisfied != Satisfied::NoAnswer);
        Rate::of(definite.map(|satisfied| satisfied == Satisfied::Yes))
    }
}

impl Evolve for SatisfactionRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
