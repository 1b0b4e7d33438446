//! A journal in a SQLite file, of which some may stand in the log.

use std::fs;
use std::path::{Path, PathBuf};

use linli_sqlite::SqliteStore;
use tempfile::TempDir;

use super::story::{Answer, GROUPS_IN_LOG, ask, write};
use super::{Counts, Fate, Kept, is_found, judge, turn};
use crate::faults::in_memory;

/// A journal of which some was folded into the file and some stands in the log, as bytes.
pub(crate) struct Sample {
    folder: TempDir,
    pub(crate) file: Vec<u8>,
    /// Empty where all of it was folded.
    pub(crate) log: Vec<u8>,
    pub(super) answers: Vec<Option<Answer>>,
}

impl Sample {
    /// All of it in the file.
    pub(crate) fn folded() -> Self {
        let folder = in_memory();
        let path = folder.path().join("sample.db");
        drop(write(&path, 0));
        Self::of(folder, fs::read(path).expect("the file"), Vec::new())
    }

    /// Its last groups in the log.
    pub(crate) fn logged() -> Self {
        let folder = in_memory();
        let path = folder.path().join("sample.db");
        let store = write(&path, GROUPS_IN_LOG);
        let (file, log) = (fs::read(&path), fs::read(beside(&path, "wal")));
        drop(store);
        Self::of(folder, file.expect("the file"), log.expect("the log"))
    }

    fn of(folder: TempDir, file: Vec<u8>, log: Vec<u8>) -> Self {
        let mut sample = Self { folder, file, log, answers: Vec::new() };
        sample.put();
        let store = SqliteStore::open_read_only(sample.path()).expect("nothing was flipped yet");
        assert!(!is_found(&store), "an unflipped copy verifies");
        sample.answers = ask(&store);
        assert!(sample.answers.iter().all(Option::is_some), "every question has an answer");
        sample
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("flipped.db")
    }

    /// Its write-ahead log.
    pub(crate) fn wal(&self) -> PathBuf {
        beside(&self.path(), "wal")
    }

    /// Writes the journal as it is.
    pub(crate) fn put(&self) {
        self.put_bytes(&self.file, &self.log);
    }

    /// Writes other bytes in the place of the journal.
    pub(crate) fn put_bytes(&self, file: &[u8], log: &[u8]) {
        fs::write(self.wal(), log).expect("the log");
        fs::write(self.path(), file).expect("the file");
        self.forget_reader(log);
    }

    /// Takes away what a reader leaves beside a journal with this log.
    fn forget_reader(&self, log: &[u8]) {
        let _ = fs::remove_file(beside(&self.path(), "shm"));
        if log.is_empty() {
            let _ = fs::remove_file(self.wal());
        }
    }

    /// Asks everything of what was put in the place of the journal.
    pub(crate) fn look(&self, counts: &mut Counts, damage: &str) {
        let fate = self.fate();
        if fate == Fate::Silent {
            println!("silent: {damage} of {}", self.name());
        }
        counts.add(fate);
    }

    fn fate(&self) -> Fate {
        match SqliteStore::open_read_only(self.path()) {
            Ok(store) => judge(&ask(&store), &self.answers, || is_found(&store)),
            Err(_) => Fate::Refused,
        }
    }
}

impl Kept for Sample {
    fn name(&self) -> &'static str {
        if self.log.is_empty() { "file" } else { "log" }
    }

    fn bits(&self) -> u64 {
        8 * if self.log.is_empty() { self.file.len() } else { self.log.len() } as u64
    }

    fn flip(&mut self, bit: u64) -> Fate {
        let part = if self.log.is_empty() { self.path() } else { self.wal() };
        turn(&part, bit);
        let fate = self.fate();
        turn(&part, bit);
        self.forget_reader(&self.log);
        let left = fs::read(self.path()).expect("the file");
        assert!(left == self.file, "who reads writes nothing");
        let left = fs::read(self.wal()).unwrap_or_default();
        assert!(left == self.log, "who reads writes nothing");
        fate
    }
}

fn beside(path: &Path, name: &str) -> PathBuf {
    format!("{}-{name}", path.display()).into()
}
