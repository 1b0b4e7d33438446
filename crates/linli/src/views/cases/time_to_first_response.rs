//! How long reporters wait for the first answer.

use chrono::NaiveDate;

use super::spread::minutes;
use super::{Cases, Spread};
use crate::domain::{CaseId, Event, Evolve, Happened};
use crate::views::Rate;

/// The time from the first report of a matter to the first answer to anybody who reported it.
#[derive(Clone, Debug)]
pub struct TimeToFirstResponse(Cases);

impl TimeToFirstResponse {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Whole minutes, by case; merged cases count once. Cases without an answer are not among
    /// them: [`TimeToFirstResponse::answered`] says how many those are.
    pub fn by_case(&self) -> impl Iterator<Item = (&CaseId, i64)> {
        self.0.groups().filter_map(|group| {
            let waited = minutes(group.first_reported_at()?, group.responded_at()?);
            Some((group.root.0, waited))
        })
    }

    /// How the times lie.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread::of(self.by_case().map(|(_, waited)| waited))
    }

    /// Answered of all that was reported.
    #[must_use]
    pub fn answered(&self) -> Rate {
        Rate::of(self.0.groups().map(|group| group.responded_at().is_some()))
    }
}

impl Evolve for TimeToFirstResponse {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
