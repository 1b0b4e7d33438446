//! What is tried against a nuisance, where, by whom, and what came of it.

use serde::{Deserialize, Serialize};

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Driving animals off.
    DrivingOff,
    /// Plants that keep them away.
    Plants,
    /// A grille before a window.
    Grille,
    /// A net before a window.
    Net,
    /// Cleaning.
    Cleaning,
    /// Shielding from noise or light.
    Shielding,
    /// A talk with who causes it.
    Talk,
    /// Anything else.
    Other,
}

/// The room that a window belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    /// The kitchen.
    Kitchen,
    /// A bedroom.
    Bedroom,
    /// The study.
    Study,
    /// The living room.
    LivingRoom,
    /// The bathroom.
    Bathroom,
    /// The balcony.
    Balcony,
    /// Another one.
    Other,
}

/// Who tried something before there was a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriedBy {
    /// Who lives there.
    Household,
    /// Neighbours.
    Neighbours,
    /// The committee.
    Committee,
    /// The property management.
    PropertyManagement,
    /// Somebody else.
    Other,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It helped.
    Effective,
    /// It helped in part.
    Partly,
    /// It did not help.
    Ineffective,
    /// It was given up.
    Abandoned,
}

impl Verdict {
    /// Whether it says that something helped, so that it takes time to see.
    #[must_use]
    pub fn claims_help(self) -> bool {
        matches!(self, Self::Effective | Self::Partly)
    }
}

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Somebody of the committee saw it.
    Observed,
    /// The household told it.
    Reported,
}
