//! One thing that is tried, or was.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::{Basis, Remedy, Room, Verdict};
use crate::domain::{Flag, PlaceId, Timestamp};

/// Something that is tried against a nuisance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// What.
    pub kind: Remedy,
    /// The windows that were measured for it.
    pub windows: BTreeMap<PlaceId, Window>,
    /// Since when it is in place, and on which local day that was.
    pub applied: Option<(Timestamp, Option<NaiveDate>)>,
    /// What came of it, and what that rests on.
    pub outcome: Option<(Verdict, Basis)>,
}

/// A window as it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Of which room.
    pub room: Room,
    /// How wide, in millimetres.
    pub width_mm: u32,
    /// How high, in millimetres.
    pub height_mm: u32,
    /// What looked wrong about it.
    pub flags: Vec<Flag>,
}

/// How an intervention stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Standing {
    Proposed,
    Measured,
    Applied,
    UnderObservation,
    Effective,
    Partly,
    Ineffective,
    Abandoned,
}

impl Standing {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Measured => "measured",
            Self::Applied => "applied",
            Self::UnderObservation => "under_observation",
            Self::Effective => "effective",
            Self::Partly => "partly",
            Self::Ineffective => "ineffective",
            Self::Abandoned => "abandoned",
        }
    }
}

impl From<Verdict> for Standing {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Effective => Self::Effective,
            Verdict::Partly => Self::Partly,
            Verdict::Ineffective => Self::Ineffective,
            Verdict::Abandoned => Self::Abandoned,
        }
    }
}

impl Intervention {
    pub(super) fn of(kind: Remedy) -> Self {
        Self { kind, windows: BTreeMap::new(), applied: None, outcome: None }
    }

    /// How it stands on a local day: what was put in place on an earlier day is under observation.
    #[must_use]
    pub fn standing(&self, day: NaiveDate) -> Standing {
        match (self.outcome, self.applied) {
            (Some((verdict, _)), _) => verdict.into(),
            (None, Some((_, Some(on)))) if on < day => Standing::UnderObservation,
            (None, Some(_)) => Standing::Applied,
            (None, None) if self.windows.is_empty() => Standing::Proposed,
            (None, None) => Standing::Measured,
        }
    }

    /// Whether it is in place and nobody has said yet what came of it.
    #[must_use]
    pub fn is_on_trial(&self) -> bool {
        self.applied.is_some() && self.outcome.is_none()
    }

    /// Whether it did not help: it was tried and found so, or told so.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.outcome.is_some_and(|(verdict, _)| verdict == Verdict::Ineffective)
    }
}
