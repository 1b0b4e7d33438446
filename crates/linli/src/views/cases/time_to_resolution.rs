//! How long it takes until a matter is closed: for the first time, and for good.

use chrono::NaiveDate;

use super::spread::minutes;
use super::{Cases, Group, Spread};
use crate::domain::cases::{How, Phase};
use crate::domain::{CaseId, Event, Evolve, Happened, Timestamp};
use crate::views::Rate;

/// The time from the first report of a matter to its closing.
///
/// To the first and to the last closing: between the two lie the times that it was opened again.
/// Cases that are open again are not among them, for nobody knows yet how long they take; referred
/// and withdrawn ones are left out.
#[derive(Clone, Debug)]
pub struct TimeToResolution(Cases);

impl TimeToResolution {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Whole minutes to the first and to the last closing, by case; merged cases count once.
    pub fn by_case(&self) -> impl Iterator<Item = (&CaseId, i64, i64)> {
        let closed = self.0.rated().filter(|group| group.root.1.phase() == Phase::Closed);
        closed.filter_map(|group| {
            let reported_at = group.first_reported_at()?;
            let (first, last) = closings(&group)?;
            Some((group.root.0, minutes(reported_at, first), minutes(reported_at, last)))
        })
    }

    /// How the times to the first closing lie.
    #[must_use]
    pub fn to_first_close(&self) -> Spread {
        Spread::of(self.by_case().map(|(_, first, _)| first))
    }

    /// How the times to the last closing lie.
    #[must_use]
    pub fn to_last_close(&self) -> Spread {
        Spread::of(self.by_case().map(|(.., last)| last))
    }

    /// Closed of all that was neither referred nor withdrawn.
    #[must_use]
    pub fn closed(&self) -> Rate {
        Rate::of(self.0.rated().map(|group| group.root.1.phase() == Phase::Closed))
    }
}

/// The first and the last closing in time, whenever they were told, that was neither a referral nor
/// a withdrawal.
fn closings(group: &Group<'_>) -> Option<(Timestamp, Timestamp)> {
    let closings = group.root.2.closings.iter();
    let solved = closings.filter(|(_, how)| !matches!(how, How::Referred | How::Withdrawn));
    let times = solved.map(|(at, _)| *at);
    Some((times.clone().min()?, times.max()?))
}

impl Evolve for TimeToResolution {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
