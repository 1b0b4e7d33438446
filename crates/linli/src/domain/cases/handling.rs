//! How a case is answered, solved and closed.

use serde::{Deserialize, Serialize};

/// How somebody got in touch with a reporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// A call.
    Call,
    /// A message.
    Message,
    /// A visit.
    Visit,
    /// At the counter.
    InPerson,
}

/// How a case was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Solution {
    /// It was mended.
    Fixed,
    /// The reporter mended it.
    FixedByReporter,
    /// It is not ours to mend.
    NotResponsible,
    /// Nothing is done about it.
    NoAction {
        /// Why, in words that name nobody.
        reason: String,
    },
}

impl Solution {
    /// Whether it says that something was mended, so that a photo can show it.
    #[must_use]
    pub fn is_fix(&self) -> bool {
        matches!(self, Self::Fixed | Self::FixedByReporter)
    }
}

/// How a case was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum How {
    /// It was mended.
    Fixed,
    /// The reporter mended it.
    FixedByReporter,
    /// It is not ours to mend.
    NotResponsible,
    /// Nothing is done about it.
    NoAction {
        /// Why, in words that name nobody.
        reason: String,
    },
    /// It went to another body.
    Referred,
    /// The reporter took it back.
    Withdrawn,
    /// It was resolved, and the reporter was called in vain. Never counted as satisfied.
    Unreachable,
}

impl From<Solution> for How {
    fn from(solution: Solution) -> Self {
        match solution {
            Solution::Fixed => Self::Fixed,
            Solution::FixedByReporter => Self::FixedByReporter,
            Solution::NotResponsible => Self::NotResponsible,
            Solution::NoAction { reason } => Self::NoAction { reason },
        }
    }
}

/// What came of a call-back (回访).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// The reporter answered.
    Answered,
    /// Nobody picked up.
    NoAnswer,
    /// The reporter picked up and did not want to talk.
    Refused,
    /// It was somebody else's number.
    WrongNumber,
}

/// Whether the reporter calls it solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Neither yes nor no.
    Unclear,
}

/// Whether the reporter is satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Satisfied {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The question was not answered.
    NoAnswer,
}
