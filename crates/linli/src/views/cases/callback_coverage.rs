//! How many call-backs were answered.

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::cases::CallOutcome;
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Call-backs answered, of those attempted: shown beside every rate of what was answered. It is the
/// only place where a call that nobody answered counts.
///
/// Merged cases count once, by their root; referred and withdrawn ones are left out.
#[derive(Clone, Debug)]
pub struct CallbackCoverage(Cases);

impl CallbackCoverage {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Answered of attempted.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let groups: Vec<_> = self.0.rated().collect();
        let calls = groups.iter().flat_map(Group::calls);
        Rate::of(calls.map(|call| call.outcome == CallOutcome::Answered))
    }
}

impl Evolve for CallbackCoverage {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
