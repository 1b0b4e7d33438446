//! What every event carries, whatever its context.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Flag, Precision, Scope, Timestamp, Zone};

/// An event with the moment it happened, and what looked wrong about it when it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened<E> {
    /// When it happened.
    pub at: Timestamp,
    /// The zone in which the local date and the hour of the day are meant.
    pub zone: Zone,
    /// In which community.
    pub scope: Scope,
    /// How exactly the moment is known.
    pub precision: Precision,
    /// What looked wrong when it was recorded.
    pub flags: Vec<Flag>,
    /// The event that this one replaces, by id; no command sets it.
    pub supersedes: Option<Uuid>,
    /// What happened.
    pub event: E,
}

impl<E> Happened<E> {
    /// An event at an exactly known moment, with nothing wrong about it.
    pub fn at(at: Timestamp, zone: Zone, event: E) -> Self {
        let (scope, precision) = (Scope::default(), Precision::Exact);
        Self { at, zone, scope, precision, flags: Vec::new(), supersedes: None, event }
    }
}

impl<E> Happened<E> {
    /// Whether it had happened by the end of this local day, in its own zone; `None`: by any.
    #[must_use]
    pub fn had_happened_by(&self, day: Option<NaiveDate>) -> bool {
        let date = || self.at.local_date(self.zone);
        day.is_none_or(|day| date().is_some_and(|date| date <= day))
    }

    /// The same, said of another event.
    pub fn map<F>(self, event: impl FnOnce(E) -> F) -> Happened<F> {
        let (happened, own) = self.parted();
        let Happened { at, zone, scope, precision, flags, supersedes, event: () } = happened;
        Happened { at, zone, scope, precision, flags, supersedes, event: event(own) }
    }

    /// What every event carries, and what happened.
    pub fn parted(self) -> (Happened<()>, E) {
        let Self { at, zone, scope, precision, flags, supersedes, event } = self;
        (Happened { at, zone, scope, precision, flags, supersedes, event: () }, event)
    }
}
