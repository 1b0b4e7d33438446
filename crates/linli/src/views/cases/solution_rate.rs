//! How many reporters call it solved.

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::Solved;
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Call-backs answered "solved", of answered call-backs with a definite answer, yes or no.
///
/// Merged cases count once, by their root; referred and withdrawn ones are left out.
#[derive(Clone, Debug)]
pub struct SolutionRate(Cases);

impl SolutionRate {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Solved of definite.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let ratings = self.0.ratings().into_iter().map(|(solved, _)| solved);
        let definite = ratings.filter(|solved| *solved != Solved::Unclear);
        Rate::of(definite.map(|solved| solved == Solved::Yes))
    }
}

impl Evolve for SolutionRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
