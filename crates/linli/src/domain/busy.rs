//! Who or what is taken when: one way for people, rooms and places of every context.
//!
//! An event that takes, moves or frees an interval of a resource carries a tag for each local day
//! that the interval touches, `busy:RESOURCE/DATE`. A decision about an interval reads the days
//! around it, not years, and its append condition guards the same days: of two decisions that
//! would take one resource twice at once, the second is refused.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Timestamp, Zone};

/// From an instant until another, which is no longer of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Span {
    /// The most days that an interval may touch, so that the tags of an event suffice for it and
    /// the items of a query for the decision about it.
    pub const MOST_DAYS: usize = 200;

    /// Whether the two have an instant in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The tags of the local days that it touches, at most [`Span::MOST_DAYS`].
    pub fn busy_tags(self, resource: &str, zone: Zone) -> impl Iterator<Item = String> {
        let last = Timestamp(self.until.0.saturating_sub(1)).max(self.from);
        tags(resource, self.from.local_date(zone), last.local_date(zone)).take(Self::MOST_DAYS)
    }

    /// The tags that an interval which overlaps this one may have, whatever its zone: a local date
    /// is at most one day off the date in UTC.
    pub fn busy_tags_around(self, resource: &str) -> impl Iterator<Item = String> {
        let (first, last) = (self.from.local_date(Zone::UTC), self.until.local_date(Zone::UTC));
        let first = first.and_then(|first| first.pred_opt());
        let last = last.and_then(|last| last.succ_opt());
        tags(resource, first, last).take(Self::MOST_DAYS.saturating_add(4))
    }

    /// Whether its local days are more than an event has tags for.
    #[must_use]
    pub fn is_too_long(self, zone: Zone) -> bool {
        let days = self.from.local_date(zone).zip(self.until.local_date(zone));
        let days = days.map(|(first, last)| last.signed_duration_since(first).num_days());
        days.and_then(|days| usize::try_from(days).ok()).is_none_or(|days| days >= Self::MOST_DAYS)
    }
}

fn tags(
    resource: &str,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
) -> impl Iterator<Item = String> {
    let days = first.into_iter().flat_map(|first| first.iter_days());
    days.take_while(move |day| last.is_some_and(|last| *day <= last))
        .map(move |day| format!("busy:{resource}/{day}"))
}

/// The intervals of some resources, each with the claim that takes it.
#[derive(Clone, Debug)]
pub struct Diary<Resource, Claim>(BTreeMap<(Resource, Claim), Span>);

impl<Resource, Claim> Default for Diary<Resource, Claim> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<Resource: Ord + Clone, Claim: Ord + Clone> Diary<Resource, Claim> {
    /// Takes an interval; the one that the claim had is free again.
    pub fn take(&mut self, resource: &Resource, claim: &Claim, span: Span) {
        self.0.insert((resource.clone(), claim.clone()), span);
    }

    /// Frees what the claim took.
    pub fn free(&mut self, resource: &Resource, claim: &Claim) {
        self.0.remove(&(resource.clone(), claim.clone()));
    }

    /// A claim of others than this one that takes the resource at any instant of `span`, if there
    /// is one.
    #[must_use]
    pub fn taken_by(&self, resource: &Resource, claim: &Claim, span: Span) -> Option<&Claim> {
        let mut others = self.0.iter().filter(|((of, by), _)| of == resource && by != claim);
        others.find(|(_, taken)| taken.overlaps(span)).map(|((_, by), _)| by)
    }

    /// Until when the resource is taken by others than this claim, if it is at any instant of
    /// `span`.
    #[must_use]
    pub fn busy_until(&self, resource: &Resource, claim: &Claim, span: Span) -> Option<Timestamp> {
        let others = self.0.iter().filter(|((of, by), _)| of == resource && by != claim);
        others.filter(|(_, taken)| taken.overlaps(span)).map(|(_, taken)| taken.until).max()
    }

    /// Until when the resource is taken, by whomever, if it is at any instant of `span`.
    #[must_use]
    pub fn taken_until(&self, resource: &Resource, span: Span) -> Option<Timestamp> {
        let own = self.0.iter().filter(|((of, _), _)| of == resource);
        own.filter(|(_, taken)| taken.overlaps(span)).map(|(_, taken)| taken.until).max()
    }
}
