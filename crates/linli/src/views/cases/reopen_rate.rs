//! How many cases that were closed had to be opened again.

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Cases opened again, of the cases that were ever closed. A case that was opened again three times
/// is one case: [`ReopenRate::reopenings_n`] counts the times.
#[derive(Clone, Debug)]
pub struct ReopenRate(Cases);

impl ReopenRate {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Opened again of ever closed; merged cases count once.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.closed().map(|group| group.root.1.reopened_n > 0))
    }

    /// How many times the cases that were ever closed were opened again.
    #[must_use]
    pub fn reopenings_n(&self) -> u64 {
        self.closed().map(|group| u64::from(group.root.1.reopened_n)).sum()
    }

    fn closed(&self) -> impl Iterator<Item = Group<'_>> {
        self.0.groups().filter(|group| !group.root.2.closings.is_empty())
    }
}

impl Evolve for ReopenRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
