//! What happens to the matters of a policy, past tense, facts only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Notice, Policy};
use crate::domain::{Correlation, PersonRef, SealedField, Timestamp, Zone};

/// A fact of a policy. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A policy waits, until then at the latest.
    PolicyWaiting { policy: Policy, correlation: Correlation, step: String, due_at: Timestamp },
    /// What it waited for did not come in time.
    PolicyTimedOut { policy: Policy, correlation: Correlation, step: String },
    /// It took a step; what it did stands in the same append.
    PolicyActed { policy: Policy, correlation: Correlation, step: String },
    /// It told somebody, or whoever it concerns by office.
    NoticeGiven {
        policy: Policy,
        correlation: Correlation,
        step: String,
        notice: Notice,
        to_ref: Option<PersonRef>,
    },
    /// What it asked for was refused; the step counts as taken.
    PolicyRefused { policy: Policy, correlation: Correlation, step: String, refusal: String },
}

impl Event {
    /// Whose step of which matter it is.
    #[must_use]
    pub fn step(&self) -> (Policy, &Correlation, &str) {
        match self {
            Self::PolicyWaiting { policy, correlation, step, .. }
            | Self::PolicyTimedOut { policy, correlation, step }
            | Self::PolicyActed { policy, correlation, step }
            | Self::NoticeGiven { policy, correlation, step, .. }
            | Self::PolicyRefused { policy, correlation, step, .. } => (*policy, correlation, step),
        }
    }

    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Its fields that stand in the journal only under a key: none.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }

    /// What it is about, as tags: `policy:`, `matter:`, and `person:` of whom it tells.
    #[must_use]
    pub fn tags(&self, _: Zone) -> Vec<String> {
        let (policy, correlation, _) = self.step();
        let mut tags = vec![format!("matter:{correlation}"), format!("policy:{}", policy.name())];
        if let Self::NoticeGiven { to_ref, .. } = self {
            tags.extend(to_ref.iter().map(|person| format!("person:{person}")));
        }
        tags
    }
}
