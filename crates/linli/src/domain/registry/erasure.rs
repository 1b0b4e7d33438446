//! How a demand to be forgotten is answered.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The contexts that answer a demand to erase somebody.
pub const CONTEXTS: [&str; 7] =
    ["cases", "charging", "disputes", "programmes", "registry", "services", "volunteering"];

/// What a context answers to a demand to erase somebody. *Personal Information Protection Law
/// (个人信息保护法) 47.*
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing holds: the names go with the key.
    Erased,
    /// A law holds the record; until then the key stays, and who has the keyring still reads.
    RestrictedUntil {
        /// The first local day on which it is asked again.
        until_on: NaiveDate,
        /// Which law, which article.
        legal_basis: String,
    },
    /// It is not done.
    Refused {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// Whether the key has to stay because of it.
    #[must_use]
    pub fn holds(&self) -> bool {
        *self != Self::Erased
    }
}
