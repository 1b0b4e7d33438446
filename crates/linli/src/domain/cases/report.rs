//! What a case is about, how grave it is, and the pictures that go with it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A hazard (隐患), snapped and reported (随手拍): it may hurt somebody.
    Hazard,
    /// A nuisance (扰民): something is tried against it until something helps.
    Nuisance,
    /// A request, as a hotline takes it (12345).
    Request,
}

impl Kind {
    /// The name that tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hazard => "hazard",
            Self::Nuisance => "nuisance",
            Self::Request => "request",
        }
    }
}

/// How grave a case is, from 1 to 4, the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Severity(u32);

/// A number that is no severity. Choose one from 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no severity; they go from 1 to 4")]
pub struct NoSeverity(pub u32);

impl TryFrom<u32> for Severity {
    type Error = NoSeverity;

    fn try_from(number: u32) -> Result<Self, NoSeverity> {
        if (1..=4).contains(&number) { Ok(Self(number)) } else { Err(NoSeverity(number)) }
    }
}

impl From<Severity> for u32 {
    fn from(severity: Severity) -> Self {
        severity.0
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A picture or a film, by its hash alone: the file lies elsewhere and is not kept longer than it
/// is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The hash of the file.
    pub media_hash: String,
    /// When it was taken, where that is known.
    #[serde(default)]
    pub taken_at: Option<Timestamp>,
    /// Whether what the camera wrote about place and device was taken out.
    #[serde(default)]
    pub exif_removed: bool,
}

/// What a piece of evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// How it was.
    Before,
    /// The work.
    During,
    /// How it is now.
    After,
}
