//! Who was where from when until when, put together from what was reported in whatever order.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::super::{Event, Stretch};
use crate::domain::{Evolve, Happened, Timestamp};

/// A coming or a going. Who goes and comes at one instant goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Mark {
    /// A check-out.
    Out,
    /// A check-in.
    In,
}

/// Somebody's comings and goings at one shift.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    /// In the order of time, not of entry.
    marks: BTreeMap<(Timestamp, Mark), Marked>,
    /// Until when somebody was there by a rule, by the check-in whose check-out is missing.
    inferred: BTreeMap<Timestamp, Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Marked {
    /// The local day.
    on: Option<NaiveDate>,
    /// Whether it was rejected with the hours of then.
    is_rejected: bool,
}

impl Presence {
    /// Whether somebody came or went at all.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Whether somebody came, and has not gone yet as far as is known.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.marks.keys().next_back().is_some_and(|(_, mark)| *mark == Mark::In)
    }

    /// The check-ins whose check-out is missing. A second check-in says that the first had one.
    pub fn open(&self) -> impl Iterator<Item = Timestamp> {
        let pairs = pairs(self.unrejected());
        pairs.into_iter().filter(|(_, until)| until.is_none()).map(|(from, _)| from)
    }

    /// The stretches whose two ends were reported, apart from those that were rejected.
    #[must_use]
    pub fn reported(&self) -> Vec<Stretch> {
        let pairs = pairs(self.unrejected()).into_iter();
        pairs.filter_map(|(from, until)| Some(Stretch { from, until: until? })).collect()
    }

    /// The stretches whose end is inferred: of a check-in that has no check-out to this day.
    #[must_use]
    pub fn inferred(&self) -> Vec<Stretch> {
        let until = |from: Timestamp| self.inferred.get(&from).map(|until| (from, *until));
        let inferred = self.open().filter_map(until);
        inferred.map(|(from, until)| Stretch { from, until }).collect()
    }

    /// When somebody was there, as told on some local days, rejected or not; until the end of
    /// time where no check-out was told.
    #[must_use]
    pub fn told_on(&self, days: &RangeInclusive<NaiveDate>) -> Vec<Stretch> {
        let told =
            self.marks.iter().filter(|(_, marked)| marked.on.is_some_and(|on| days.contains(&on)));
        let pairs = pairs(told.map(|(mark, _)| *mark)).into_iter();
        let end = Timestamp(i64::MAX);
        pairs.map(|(from, until)| Stretch { from, until: until.unwrap_or(end) }).collect()
    }

    fn unrejected(&self) -> impl Iterator<Item = (Timestamp, Mark)> {
        self.marks.iter().filter(|(_, marked)| !marked.is_rejected).map(|(mark, _)| *mark)
    }

    fn mark(&mut self, at: Timestamp, mark: Mark, on: Option<NaiveDate>) {
        self.marks.insert((at, mark), Marked { on, is_rejected: false });
    }
}

/// Each check-in with the check-out that comes next, if that comes before another check-in.
fn pairs(marks: impl Iterator<Item = (Timestamp, Mark)>) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut pairs: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for (at, mark) in marks {
        match (mark, pairs.last_mut()) {
            (Mark::In, _) => pairs.push((at, None)),
            (Mark::Out, Some((_, until @ None))) => *until = Some(at),
            (Mark::Out, _) => {}
        }
    }
    pairs
}

impl Evolve for Presence {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::VolunteerCheckedIn { at, .. } => {
                self.mark(*at, Mark::In, at.local_date(happened.zone));
            }
            Event::VolunteerCheckedOut { at, .. } => {
                self.mark(*at, Mark::Out, at.local_date(happened.zone));
            }
            Event::AttendanceInferred { from_at, until_at, .. } => {
                self.inferred.insert(*from_at, *until_at);
            }
            Event::HoursRejected { .. } => {
                self.marks.values_mut().for_each(|marked| marked.is_rejected = true);
                self.inferred.clear();
            }
            _ => {}
        }
    }
}
