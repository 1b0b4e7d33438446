//! How the journal at an address is opened.

use linli::journal::{self, InvalidAddress, MemoryStore};
use linli::ledger::{Authority, Ledger};
use linli_sqlite::{OpenError, SqliteStore};

use crate::failure::Failure;

/// Where a journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(journal::Address);

/// What there is to verify.
#[derive(Debug)]
pub(crate) enum ToVerify {
    /// A journal that opens.
    Ledger(Ledger),
    /// One that is too damaged to be opened; the sentence says how.
    Damaged(String),
}

impl Address {
    /// Reads what `--journal` says.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        text.parse().map(Self).map_err(|error: InvalidAddress| Failure::input(error))
    }

    /// The file of the journal, if it is one.
    pub(crate) fn file(&self) -> Option<&std::path::Path> {
        match &self.0 {
            journal::Address::File(path) => Some(path.as_ref()),
            journal::Address::Memory => None,
        }
    }

    /// Opens the journal to write to it, and creates it if it is not there.
    pub(crate) fn create(&self) -> Result<Ledger, Failure> {
        Ok(match &self.0 {
            journal::Address::File(path) => operated(SqliteStore::open(path)?),
            journal::Address::Memory => {
                Ledger::new(MemoryStore::new(), Authority::local_operator())
            }
        })
    }

    /// Opens a journal that is there, to write to it.
    pub(crate) fn open(&self) -> Result<Ledger, Failure> {
        match &self.0 {
            journal::Address::File(path) => Ok(operated(SqliteStore::open_existing(path)?)),
            journal::Address::Memory => Err(empty_memory()),
        }
    }

    /// Whether both name the same journal.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let file = |address: &Self| address.file().and_then(|file| file.canonicalize().ok());
        self == other || file(self).is_some_and(|own| file(other) == Some(own))
    }

    /// Opens a journal that is there, to verify it.
    pub(crate) fn open_to_verify(&self) -> Result<ToVerify, Failure> {
        let Some(path) = self.file() else { return self.open_to_read().map(ToVerify::Ledger) };
        match SqliteStore::open_read_only(path) {
            Ok(store) => Ok(ToVerify::Ledger(Ledger::new(store, Authority::read_only()))),
            Err(error @ (OpenError::Damaged { .. } | OpenError::Truncated { .. })) => {
                Ok(ToVerify::Damaged(error.to_string()))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Opens a journal that is there, to read it.
    pub(crate) fn open_to_read(&self) -> Result<Ledger, Failure> {
        match &self.0 {
            journal::Address::File(path) => {
                Ok(Ledger::new(SqliteStore::open_read_only(path)?, Authority::read_only()))
            }
            journal::Address::Memory => Err(empty_memory()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Whoever can open the local file may do everything.
fn operated(store: SqliteStore) -> Ledger {
    Ledger::new(store, Authority::local_operator())
}

fn empty_memory() -> Failure {
    Failure::input(
        "there is no journal at memory: when a command begins; name a file, such as yujing.db",
    )
}
