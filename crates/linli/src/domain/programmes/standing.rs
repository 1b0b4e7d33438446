//! How a child stands in a programme, and in one class of it.

use serde::{Deserialize, Serialize};

/// Whether a child was in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was told of it.
    Expected,
    /// It was there.
    Present,
    /// It was there, and came late.
    Late,
    /// It was there for less than what counts as attended.
    Partial,
    /// It was not there, and somebody said why.
    AbsentExcused,
    /// It was not there.
    AbsentUnexcused,
}

impl Standing {
    /// Whether it counts as attended: one person-time (人次).
    #[must_use]
    pub fn is_attended(self) -> bool {
        matches!(self, Self::Present | Self::Late)
    }

    /// The name that tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Present => "present",
            Self::Late => "late",
            Self::Partial => "partial",
            Self::AbsentExcused => "absent_excused",
            Self::AbsentUnexcused => "absent_unexcused",
        }
    }
}
