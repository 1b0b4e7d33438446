//! Time that was served: stretches of whole minutes, put together and taken from each other.

use serde::{Deserialize, Serialize};

use crate::domain::{Minutes, ProjectId, Span, Timestamp};

const MINUTE_US: i64 = 60_000_000;

/// An unbroken stretch of service; its end is no longer of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Stretch {
    /// The same as an interval that may be compared with others.
    #[must_use]
    pub fn span(self) -> Span {
        Span { from: self.from, until: self.until }
    }

    /// What of it lies within another, in whole minutes: both ends are put back to the minute in
    /// which they fall, so that parts of a whole never add up to more than the whole.
    #[must_use]
    pub fn within(self, other: Self) -> Option<Self> {
        let from = begun_minute(self.from.max(other.from));
        let until = begun_minute(self.until.min(other.until));
        (from < until).then_some(Self { from, until })
    }

    /// Its whole minutes.
    #[must_use]
    pub fn minutes(self) -> Minutes {
        let minutes = self.until.since(self.from).div_euclid(MINUTE_US).max(0);
        Minutes(u32::try_from(minutes).unwrap_or(u32::MAX))
    }

    /// What is covered by any of these, as stretches apart from each other, in order.
    #[must_use]
    pub fn union(mut stretches: Vec<Self>) -> Vec<Self> {
        stretches.sort_unstable();
        let mut apart: Vec<Self> = Vec::new();
        for next in stretches {
            match apart.last_mut() {
                Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
                _ => apart.push(next),
            }
        }
        apart
    }

    /// What is left of these when others are taken out.
    #[must_use]
    pub fn without(stretches: Vec<Self>, taken: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let out = |left: Vec<Self>, taken: Self| {
            left.into_iter().flat_map(|stretch| stretch.less(taken)).collect()
        };
        taken.into_iter().fold(stretches, out)
    }

    fn less(self, taken: Self) -> impl Iterator<Item = Self> {
        let before = Self { from: self.from, until: self.until.min(taken.from) };
        let after = Self { from: self.from.max(taken.until), until: self.until };
        // Apart from each other, `before` and `after` would both be the whole.
        let after = (taken.from < self.until).then_some(after);
        let parts = [Some(before), after].into_iter().flatten();
        parts.filter(|part| part.from < part.until)
    }
}

fn begun_minute(at: Timestamp) -> Timestamp {
    Timestamp(at.0.saturating_sub(at.0.rem_euclid(MINUTE_US)))
}

/// The time that was credited for one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectTime {
    /// The project.
    pub project_id: ProjectId,
    /// Its minutes.
    pub credited_min: Minutes,
}
