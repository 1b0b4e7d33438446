//! The laws, and what no law knows: files, damage, processes, flushes.

mod commits;
mod damage;
mod files;
mod forks;
mod full_disk;
mod index;
mod keyrings;
mod moved;
mod packed;
mod projections;
mod sharing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use linli::journal::laws::Journal;
use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, Page, Query, ReadError, ReadOptions,
};
use tempfile::TempDir;

use crate::open::Purpose;
use crate::{OpenError, SqliteStore};

mod laws {
    linli::journal::laws!(super::Folder::new);
}

/// A folder of its own with one journal in it.
pub(super) struct Folder(TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for a test"))
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("journal.db")
    }

    pub(super) fn store(&self) -> SqliteStore {
        SqliteStore::open(self.path()).expect("a journal for a test")
    }

    /// A store that does not wait for other processes.
    pub(super) fn impatient(&self) -> SqliteStore {
        SqliteStore::start(&self.path(), Purpose::Create, Duration::from_millis(50))
            .expect("a journal for a test")
    }

    /// The journal as any program sees it.
    pub(super) fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("a connection for a test")
    }

    /// A journal of so many appends of three events each, closed again.
    pub(super) fn written(appends: u32) -> Self {
        let folder = Self::new();
        let store = folder.store();
        for number in 0..appends {
            append(&store, three(number)).expect("an append that nothing forbids");
        }
        drop(store);
        folder
    }
}

impl Journal for Folder {
    fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store())
    }
}

/// Three events that share a tag, each with one of its own.
pub(super) fn three(number: u32) -> Append {
    let event = |part: u32| {
        Event::new(if part == 0 { "Begun" } else { "GoneOn" })
            .tag(&format!("case:{number}"))
            .tag(&format!("part:{part}"))
            .metadata(b"meta")
            .payload(format!("what happened in part {part} of {number}").as_bytes())
    };
    Append::all((0..3).map(event)).metadata(b"shared")
}

pub(super) fn append(store: &SqliteStore, append: Append) -> Result<Appended, AppendError> {
    Blocking(store).append(append)
}

pub(super) fn read(store: &SqliteStore, query: &Query) -> Result<Page, ReadError> {
    Blocking(store).read(query, ReadOptions::forwards())
}

/// Everything that was ever read back of a journal, as one text.
pub(super) fn told(page: &Page) -> Vec<String> {
    page.events()
        .zip(page.indexes())
        .map(|(event, index)| {
            let tags: Vec<_> = page.tags(index).collect();
            format!("{event:?} {tags:?}")
        })
        .collect()
}

pub(super) fn refusal(path: &Path) -> OpenError {
    SqliteStore::open(path).map(drop).expect_err("a file that is no journal")
}
