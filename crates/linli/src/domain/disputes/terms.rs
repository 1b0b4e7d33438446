//! What parties agree on, and how they say so.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{Fen, ObligationId, PartyId};

/// One thing that a party owes another under an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// Its name within the dispute.
    pub id: ObligationId,
    /// Who owes.
    pub debtor: PartyId,
    /// Whom.
    pub creditor: PartyId,
    /// What.
    pub duty: Duty,
    /// The last local day on which it is in time.
    pub due_on: NaiveDate,
}

/// What is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Money.
    AmountFen(Fen),
    /// Something to be done or left, in words that name nobody.
    Act(String),
}

impl Duty {
    /// The money owed; none where it is something else.
    #[must_use]
    pub fn amount_fen(&self) -> Fen {
        match self {
            Self::AmountFen(amount) => *amount,
            Self::Act(_) => Fen::default(),
        }
    }
}

/// How a paper is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Signed (签名).
    Signature,
    /// Sealed (盖章).
    Seal,
    /// With a fingerprint (按指印).
    Fingerprint,
}

/// The form of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// By word of mouth; the mediator records it.
    Oral,
    /// On paper, with every mark.
    Written,
}

/// What a court said about an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourtResult {
    /// The agreement is confirmed and may be enforced.
    Confirmed,
    /// It is not confirmed.
    Refused,
    /// The application was not taken up.
    NotAccepted,
    /// The parties took the application back.
    Withdrawn,
    /// A confirmation was revoked.
    Revoked,
}
