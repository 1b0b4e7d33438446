//! An archive in files: three segments and the manifest that lists them.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use linli::journal::{Blocking, MemoryStore};
use linli_archive::{Archive, ArchiveStore, Seal};
use tempfile::TempDir;

use super::story::{Answer, ask, tell_all};
use super::{Fate, Kept, judge, turn, within};
use crate::faults::in_memory;

/// So many events in a segment.
const ROWS: u64 = 10;

/// An archive of the story.
pub(super) struct Archived {
    folder: TempDir,
    /// Its files, each with its bytes.
    files: Vec<(PathBuf, Vec<u8>)>,
    answers: Vec<Option<Answer>>,
}

impl Archived {
    pub(super) fn new() -> Self {
        let (folder, journal) = (in_memory(), MemoryStore::new());
        tell_all(&journal);
        let archive = Archive::create(folder.path()).expect("a folder");
        let sealed = archive.seal(Blocking(&journal), Seal::all().rows(ROWS), on);
        assert_eq!(sealed.expect("sealed").segments, 3);
        let segments = archive.manifest().expect("whole").segments;
        let names = segments.into_iter().map(|segment| segment.file);
        let paths = names.chain(["manifest.json".to_owned()]).map(|name| folder.path().join(name));
        let files = paths.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect();
        let archived = Self { folder, files, answers: ask(&journal) };
        let store = ArchiveStore::open(archived.folder.path()).expect("nothing was flipped yet");
        assert!(ask(&store) == archived.answers, "an archive answers as its journal does");
        assert!(!archived.is_found(), "an unflipped archive verifies");
        archived
    }

    fn is_found(&self) -> bool {
        let archive = Archive::open(self.folder.path());
        let found = archive.and_then(|archive| archive.verify(None, on));
        !found.is_ok_and(|found| found.damages.is_empty())
    }
}

impl Kept for Archived {
    fn name(&self) -> &'static str {
        "archive"
    }

    fn bits(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| 8 * bytes.len() as u64).sum()
    }

    /// More is asked of an archive: `verify` finds every bit, also one that changes no answer.
    fn flip(&mut self, bit: u64) -> Fate {
        let lengths = self.files.iter().map(|(_, bytes)| 8 * bytes.len() as u64);
        let (file, bit) = within(lengths, bit);
        let (path, bytes) = &self.files[file];
        turn(path, bit);
        let fate = match ArchiveStore::open(self.folder.path()) {
            _ if !self.is_found() => Fate::Silent,
            Ok(store) => judge(&ask(&store), &self.answers, || true),
            Err(_) => Fate::Refused,
        };
        turn(path, bit);
        assert!(fs::read(path).expect("a file") == *bytes, "who reads writes nothing");
        fate
    }
}

fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
