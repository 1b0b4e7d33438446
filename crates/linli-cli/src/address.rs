//! How the journal at an address is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linli::journal::{self, ArchivePlace, EventStore, InvalidAddress, MemoryStore, ReadError};
use linli::ledger::{Authority, Ledger};
use linli_archive::{ArchiveError, ArchiveStore, ArchivedJournal};
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
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
    fn file(&self) -> Option<&Path> {
        match &self.0 {
            journal::Address::File(path) => Some(path.as_ref()),
            journal::Address::Archive(_)
            | journal::Address::Memory
            | journal::Address::Postgres(_)
            | journal::Address::Nats(_) => None,
        }
    }

    /// Where a keyring for it lies if nobody says otherwise. A journal in memory has none.
    pub(crate) fn keyring(&self) -> Option<PathBuf> {
        self.beside(".keyring")
    }

    /// Where this journal is sealed to if nobody says otherwise; one in memory has no such place.
    pub(crate) fn archive(&self) -> Option<ArchivePlace> {
        self.beside(".archive").map(ArchivePlace::Folder)
    }

    /// A place beside the journal's file, or under its name in the folder of the command.
    fn beside(&self, ending: &str) -> Option<PathBuf> {
        let mut name = match &self.0 {
            journal::Address::File(path)
            | journal::Address::Archive(ArchivePlace::Folder(path)) => {
                path.clone().into_os_string()
            }
            journal::Address::Archive(ArchivePlace::Bucket(_)) | journal::Address::Memory => {
                return None;
            }
            journal::Address::Postgres(server) | journal::Address::Nats(server) => {
                server.journal()?.into()
            }
        };
        name.push(ending);
        Some(name.into())
    }

    /// Opens the journal to write to it, and creates it if it is not there.
    pub(crate) fn create(&self) -> Result<Ledger, Failure> {
        Ok(match &self.0 {
            journal::Address::File(path) => operated(SqliteStore::open(path)?),
            journal::Address::Archive(_) => return Err(self.only_read()),
            journal::Address::Memory => operated(MemoryStore::new()),
            journal::Address::Postgres(server) => operated(PostgresStore::open(server.as_given())?),
            journal::Address::Nats(server) => operated(NatsStore::open(server.as_given())?),
        })
    }

    /// Opens a journal that is there, to write to it.
    pub(crate) fn open(&self) -> Result<Ledger, Failure> {
        match &self.0 {
            journal::Address::File(path) => Ok(operated(SqliteStore::open_existing(path)?)),
            journal::Address::Archive(_) => Err(self.only_read()),
            journal::Address::Memory => Err(empty_memory()),
            journal::Address::Postgres(server) => {
                Ok(operated(PostgresStore::open_existing(server.as_given())?))
            }
            journal::Address::Nats(server) => {
                Ok(operated(NatsStore::open_existing(server.as_given())?))
            }
        }
    }

    /// Whether both name the same journal.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let file = |address: &Self| address.file().and_then(|file| file.canonicalize().ok());
        self == other || file(self).is_some_and(|own| file(other) == Some(own))
    }

    /// Opens a journal that is there, to verify it.
    pub(crate) fn open_to_verify(&self) -> Result<ToVerify, Failure> {
        if let journal::Address::Archive(place) = &self.0 {
            return match ArchiveStore::open(place.clone()) {
                Ok(store) => Ok(ToVerify::Ledger(archived(store))),
                Err(error @ ArchiveError::Damaged { .. }) => {
                    Ok(ToVerify::Damaged(error.to_string()))
                }
                Err(other) => Err(other.into()),
            };
        }
        let Some(path) = self.file() else { return self.open_to_read().map(ToVerify::Ledger) };
        match SqliteStore::open_read_only(path) {
            Ok(store) => Ok(ToVerify::Ledger(packed(store)?)),
            Err(
                error @ (OpenError::Damaged { .. }
                | OpenError::Truncated { .. }
                | OpenError::OneBitOff { .. }),
            ) => Ok(ToVerify::Damaged(error.to_string())),
            Err(other) => Err(other.into()),
        }
    }

    /// Opens a journal that is there, to read it.
    pub(crate) fn open_to_read(&self) -> Result<Ledger, Failure> {
        match &self.0 {
            journal::Address::Archive(place) => Ok(archived(ArchiveStore::open(place.clone())?)),
            _ => Ok(Ledger::over(self.store_to_read()?, Authority::read_only())),
        }
    }

    /// Opens the file of a journal to pack it.
    pub(crate) fn open_to_pack(&self) -> Result<SqliteStore, Failure> {
        match self.file() {
            Some(path) => Ok(SqliteStore::open_existing(path)?),
            None => Err(Failure::input(format!(
                "{self}: a journal in a file is packed; `linli seal` keeps an archive of any other"
            ))),
        }
    }

    /// Opens a journal that is there, to read its sessions from where they are columns: what is
    /// sealed from its archive, if one is named, else what is packed; the rest from its store.
    pub(crate) fn open_with_archive(
        &self,
        archive: Option<&ArchivePlace>,
    ) -> Result<Ledger, Failure> {
        let Some(place) = archive.cloned() else {
            return match self.file() {
                Some(path) => Ok(packed(SqliteStore::open_read_only(path)?)?),
                None => self.open_to_read(),
            };
        };
        let joined = ArchivedJournal::of(ArchiveStore::open(place)?, self.store_to_read()?)?;
        let closed = joined.closed();
        Ok(looked_at(joined).with_closed(closed))
    }

    fn store_to_read(&self) -> Result<Arc<dyn EventStore>, Failure> {
        Ok(match &self.0 {
            journal::Address::File(path) => Arc::new(SqliteStore::open_read_only(path)?),
            journal::Address::Archive(place) => Arc::new(ArchiveStore::open(place.clone())?),
            journal::Address::Memory => return Err(empty_memory()),
            journal::Address::Postgres(server) => {
                Arc::new(PostgresStore::open_read_only(server.as_given())?)
            }
            journal::Address::Nats(server) => {
                Arc::new(NatsStore::open_read_only(server.as_given())?)
            }
        })
    }

    fn only_read(&self) -> Failure {
        let sentence = "an archive is only read; name the journal that it was sealed from";
        Failure::input(format!("{self}: {sentence}"))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Whoever can open the local file, or is let in by the server to write, may do everything.
fn operated(store: impl EventStore + 'static) -> Ledger {
    Ledger::new(store, Authority::local_operator())
}

fn looked_at(store: impl EventStore + 'static) -> Ledger {
    Ledger::new(store, Authority::read_only())
}

/// A replay of it takes the sessions that are packed.
fn packed(store: SqliteStore) -> Result<Ledger, ReadError> {
    let closed = store.closed()?;
    Ok(looked_at(store).with_closed(closed))
}

/// A replay of it takes its sessions from columns.
fn archived(store: ArchiveStore) -> Ledger {
    let closed = store.closed();
    looked_at(store).with_closed(closed)
}

fn empty_memory() -> Failure {
    Failure::input(
        "there is no journal at memory: when a command begins; name a file, such as yujing.db",
    )
}
