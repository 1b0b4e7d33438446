//! What is asked for, and what is reported.

use serde::{Deserialize, Serialize};

use super::{Notice, Policy};
use crate::domain::{Boundary, BoundaryItem, Correlation, PersonRef, SealedField, Timestamp, Zone};

/// A command of a policy about a step of a matter. `at` is when it happens, in `zone`.
///
/// They go with what a policy does, in the same append, and are refused for a step that was taken
/// before, and for a timeout before its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Puts on record that a policy waits, and until when.
    AwaitStep {
        policy: Policy,
        correlation: Correlation,
        step: String,
        at: Timestamp,
        zone: Zone,
        due_at: Timestamp,
    },
    /// Puts on record that a wait is over in vain.
    TimeOutStep {
        policy: Policy,
        correlation: Correlation,
        step: String,
        at: Timestamp,
        zone: Zone,
    },
    /// Puts on record that a policy takes a step by the commands beside this one.
    TakeStep { policy: Policy, correlation: Correlation, step: String, at: Timestamp, zone: Zone },
    /// Gives somebody notice; without a person, whoever it concerns by office.
    GiveNotice {
        policy: Policy,
        correlation: Correlation,
        step: String,
        at: Timestamp,
        zone: Zone,
        notice: Notice,
        to_ref: Option<PersonRef>,
    },
    /// Puts on record that the commands of a step were refused, and why.
    RecordStepRefused {
        policy: Policy,
        correlation: Correlation,
        step: String,
        at: Timestamp,
        zone: Zone,
        refusal: String,
    },
}

/// What takes a step.
const STEPS: &[&str] =
    &["PolicyWaiting", "PolicyTimedOut", "PolicyActed", "NoticeGiven", "PolicyRefused"];

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let (_, correlation, ..) = self.head();
        Boundary { items: vec![BoundaryItem::all(STEPS, format!("matter:{correlation}"))] }
    }

    /// Whose step of which matter it is, and when and where it happens.
    #[must_use]
    pub fn head(&self) -> (Policy, &Correlation, &str, Timestamp, Zone) {
        match self {
            Self::AwaitStep { policy, correlation, step, at, zone, .. }
            | Self::TimeOutStep { policy, correlation, step, at, zone }
            | Self::TakeStep { policy, correlation, step, at, zone }
            | Self::GiveNotice { policy, correlation, step, at, zone, .. }
            | Self::RecordStepRefused { policy, correlation, step, at, zone, .. } => {
                (*policy, correlation, step, *at, *zone)
            }
        }
    }

    /// Its fields that may stand in the journal only under a key: none.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }
}
