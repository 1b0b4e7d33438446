//! Where a journal is, and how it is opened.

use std::path::PathBuf;

use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger};
use linli_sqlite::SqliteStore;

use crate::failure::Failure;

/// Where a journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// In one SQLite file.
    File(PathBuf),
    /// In the memory of this process, and gone with it.
    Memory,
}

impl Address {
    /// Reads what `--journal` says.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        match (scheme, rest) {
            ("memory", "") => Ok(Self::Memory),
            ("sqlite" | "", "") => {
                Err(Failure::input("--journal names no file; write one, such as yujing.db"))
            }
            ("sqlite", path) => Ok(Self::File(path.into())),
            ("postgres" | "postgresql" | "nats" | "tls", _) => Err(Failure::input(format!(
                "this build has no store for `{scheme}:`; use a file, such as yujing.db"
            ))),
            (_, rest) if rest.starts_with("//") => Err(Failure::input(format!(
                "`{text}` is no journal address; write a file, such as yujing.db, or memory:"
            ))),
            _ => Ok(Self::File(text.into())),
        }
    }

    /// Opens the journal to write to it, and creates it if it is not there.
    pub(crate) fn create(&self) -> Result<Ledger, Failure> {
        Ok(match self {
            Self::File(path) => operated(SqliteStore::open(path)?),
            Self::Memory => Ledger::new(MemoryStore::new(), Authority::local_operator()),
        })
    }

    /// Opens a journal that is there, to write to it.
    pub(crate) fn open(&self) -> Result<Ledger, Failure> {
        match self {
            Self::File(path) => Ok(operated(SqliteStore::open_existing(path)?)),
            Self::Memory => Err(empty_memory()),
        }
    }

    /// Opens a journal that is there, to read it.
    pub(crate) fn open_to_read(&self) -> Result<Ledger, Failure> {
        match self {
            Self::File(path) => {
                Ok(Ledger::new(SqliteStore::open_read_only(path)?, Authority::read_only()))
            }
            Self::Memory => Err(empty_memory()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str("memory:"),
        }
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
