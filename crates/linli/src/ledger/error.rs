//! What can go wrong at the ledger.

use super::NotAllowed;
use crate::codec::DecodeError;
use crate::domain::{Refusal, Timestamp};
use crate::journal::{AppendError, Position, ReadError};
use crate::privacy::KeyringError;
use crate::proof::ProveError;

/// Why a request was not carried out, or why we cannot say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// Nothing has happened: a rule speaks against it, and says which.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing has happened: the actor may not.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The store did not take it; the variant says whether anything was written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// Nothing has happened: what the decision has to know could not be read.
    #[error(transparent)]
    Read(LedgerError),
    /// Nothing has happened: waits that end there would end for good. Name a time that has come, or
    /// say that it is meant ([`Policies::ahead_of_the_clock`](super::policies::Policies)).
    #[error(
        "{now} lies more than five minutes after the ledger's clock, {clock}; waits that end \
             until then would end for good, so say on purpose that the time is in the future"
    )]
    InFuture {
        /// The time that was told.
        now: Timestamp,
        /// What time it is.
        clock: Timestamp,
    },
    /// Nothing has happened: the keyring gave no key to seal or open with. Do what it says.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

/// Why the journal could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The actor may not.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The store gave nothing.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event was written by a later Linli or by another program.
    #[error("the event at position {position}: {error}")]
    Unreadable {
        /// Where it stands.
        position: Position,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The keyring gave no answer. Do what it says, or read without it.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// There is no proof. Do what it says.
    #[error(transparent)]
    NotProven(#[from] ProveError),
    /// Name another session, or a later checkpoint.
    #[error(
        "no bill of session {session} is among the {size} events that were signed; name another \
        session, or a later checkpoint"
    )]
    NoBill {
        /// The key that was given.
        session: String,
        /// How many events were signed.
        size: u64,
    },
}

impl From<LedgerError> for ExecuteError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotAllowed(error) => Self::NotAllowed(error),
            LedgerError::Keyring(error) => Self::Keyring(error),
            other => Self::Read(other),
        }
    }
}

impl From<ReadError> for ExecuteError {
    fn from(error: ReadError) -> Self {
        Self::Read(error.into())
    }
}
