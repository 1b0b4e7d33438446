//! An archive is read as the journal that it was sealed from.

use std::sync::Arc;

use linli::journal::laws::Journal;
use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, IdempotencyKey, MemoryStore, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt, copy,
};
use linli::proof;
use object_store::memory::InMemory;
use parking_lot::Mutex;
use proptest::prelude::*;

use super::on;
use super::story::{appends, counted, journal, stories};
use crate::{Archive, ArchiveError, ArchiveStore, ArchivedJournal, Seal};

/// A journal that is read through its archive: before each read, what is new is sealed.
#[derive(Clone)]
struct Read {
    journal: MemoryStore,
    /// Locked while somebody seals.
    archive: Arc<Mutex<Archive>>,
    through: fn(&MemoryStore, &Archive) -> Arc<dyn EventStore>,
}

impl Read {
    fn through(through: fn(&MemoryStore, &Archive) -> Arc<dyn EventStore>) -> Self {
        let archive = Archive::in_objects(Arc::new(InMemory::new()));
        Self { journal: MemoryStore::new(), archive: Arc::new(Mutex::new(archive)), through }
    }

    fn now(&self) -> Arc<dyn EventStore> {
        (self.through)(&self.journal, &self.archive.lock())
    }
}

impl EventStore for Read {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        self.journal.append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let now = self.now();
        Box::pin(async move { now.read(query, options).await })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        let now = self.now();
        Box::pin(async move { now.head().await })
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        let now = self.now();
        Box::pin(async move { now.receipt(key).await })
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        let now = self.now();
        Box::pin(async move { now.checkpoint(source).await })
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.journal.past(after)
    }
}

impl Journal for Read {
    fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.clone())
    }
}

/// All is sealed, and read from the archive alone.
mod alone {
    use super::{Arc, ArchiveStore, Blocking, EventStore, Read, Seal, on};

    fn journal() -> Read {
        Read::through(|journal, archive| -> Arc<dyn EventStore> {
            archive.seal(Blocking(journal), Seal::all().rows(50), on).expect("sealed");
            Arc::new(ArchiveStore::of(archive.clone()).expect("sealed just now"))
        })
    }

    linli::journal::laws!(journal);
}

/// The first half is sealed, and read from the archive; the other one from the journal.
mod and_the_rest {
    use super::{
        Arc, ArchiveStore, ArchivedJournal, Blocking, EventStore, Position, Read, Seal, on,
    };

    fn journal() -> Read {
        Read::through(|journal, archive| -> Arc<dyn EventStore> {
            let head = Blocking(journal).head().expect("readable").map_or(0, |head| head.0);
            let seal = Seal::all().rows(50).up_to(Some(Position(head.div_ceil(2))));
            archive.seal(Blocking(journal), seal, on).expect("sealed");
            let archived = ArchiveStore::of(archive.clone()).expect("sealed just now");
            let joined = ArchivedJournal::of(archived, Arc::new(journal.clone()));
            Arc::new(joined.expect("its own archive"))
        })
    }

    linli::journal::laws!(journal);
}

#[test]
fn an_archive_of_another_journal_is_not_joined() {
    let archived = sealed(&counted(10), 4);
    let joined = ArchivedJournal::of(archived, Arc::new(counted(9)));
    assert!(matches!(joined, Err(ArchiveError::Unrelated { position: Position(10), .. })));
}

fn sealed(journal: &MemoryStore, rows: u64) -> ArchiveStore {
    let archive = Archive::in_objects(Arc::new(InMemory::new()));
    archive.seal(Blocking(journal), Seal::all().rows(rows), on).expect("sealed");
    ArchiveStore::of(archive).expect("sealed just now")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Found by every way of asking, and put into another store, it is the journal.
    #[test]
    fn an_archive_is_verified_and_copied_as_its_journal(story in stories(), rows in 1_u64..40) {
        let journal = journal(&story);
        let (archived, copied) = (sealed(&journal, rows), MemoryStore::new());
        let root = proof::tree(Blocking(&journal)).expect("readable").root();
        let found = proof::verify(Blocking(&archived), &[], on).expect("readable");
        let found = found.expect("not stopped");
        prop_assert_eq!((found.first_bad, found.root), (None, Some(root)));
        copy(Blocking(&archived), Blocking(&copied), on).expect("an empty target");
        prop_assert_eq!(proof::tree(Blocking(&copied)).expect("readable").root(), root);
    }

    /// Another journal is told so wherever its own appends end, and is never called damaged.
    #[test]
    fn another_journal_is_not_joined(story in stories(), other in stories(), rows in 1_u64..40) {
        let (journal, other) = (journal(&story), journal(&other));
        let last = appends(&journal).pop();
        let holds_it = last.is_none_or(|last| appends(&other).contains(&last));
        let joined = ArchivedJournal::of(sealed(&journal, rows), Arc::new(other));
        let is_told = match &joined {
            Ok(_) => holds_it,
            Err(error) => !holds_it && matches!(error, ArchiveError::Unrelated { .. }),
        };
        prop_assert!(is_told, "{joined:?}");
    }
}

#[test]
fn an_archive_takes_nothing_and_does_not_grow() {
    let archived = sealed(&counted(3), 2);
    let refused = Blocking(&archived).append(Append::of(Event::new("Told")));
    assert!(matches!(refused, Err(AppendError::NotWritable { .. })));
    assert_eq!(Blocking(&archived).past(Some(Position(2))).expect("there"), Position(3));
    let never = Blocking(&archived).past(Some(Position(3)));
    assert!(matches!(never, Err(ReadError::Unavailable { .. })));
}

#[test]
fn a_damaged_segment_is_never_read_from() {
    let (folder, journal) = (tempfile::tempdir().expect("a folder"), counted(10));
    let archive = Archive::create(folder.path()).expect("a folder");
    archive.seal(Blocking(&journal), Seal::all().rows(4), on).expect("sealed");
    let file = folder.path().join(format!("segments/{:020}-{:020}.parquet", 5, 8));
    let mut bytes = std::fs::read(&file).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let archived = ArchiveStore::open(folder.path()).expect("its manifest is whole");
    let asked = |options| Blocking(&archived).read(&Query::all(), options);
    assert_eq!(asked(ReadOptions::forwards().until(Position(4))).expect("whole").len(), 4);
    let damaged = asked(ReadOptions::forwards()).map(|page| page.len());
    let Err(ReadError::Corrupt(damage)) = damaged else { panic!("it was believed: {damaged:?}") };
    assert_eq!(damage.position, Position(5));
    let file = file.display().to_string();
    assert_eq!(damage.file.as_deref(), Some(file.as_str()), "the journal is not what is bad");
    let mend = "restore the file from a copy, or seal the journal in another place";
    assert!(damage.to_string().ends_with(mend), "{damage}");
}

/// However large a journal is, so much of it is in memory: 90 MB are not.
#[test]
fn memory_is_bounded_by_the_bytes_of_two_segments() {
    let journal = MemoryStore::new();
    for _ in 0..100 {
        let event = Event::new("Told").payload(&vec![7; 900_000]);
        Blocking(&journal).append(Append::of(event)).expect("nothing forbids it");
    }
    let archived = sealed(&journal, Seal::ROWS);
    let mut events = 0;
    for page in Blocking(&archived).pages(Query::all(), ReadOptions::forwards()) {
        events += page.expect("sound").len();
        assert!(archived.held_bytes() <= 64 * 1024 * 1024);
    }
    assert_eq!(events, 100);
}
