//! What can go wrong at the ledger.

use super::NotAllowed;
use crate::codec::DecodeError;
use crate::domain::Refusal;
use crate::journal::{AppendError, Position, ReadError};

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
}

impl From<LedgerError> for ExecuteError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotAllowed(error) => Self::NotAllowed(error),
            other => Self::Read(other),
        }
    }
}

impl From<ReadError> for ExecuteError {
    fn from(error: ReadError) -> Self {
        Self::Read(error.into())
    }
}
