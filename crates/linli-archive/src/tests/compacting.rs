//! What was compacted tells what it told before, in few files, wherever it was stopped.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arrow_array::StringArray;
use linli::journal::{Blocking, EventStore, MemoryStore, Position, Query, ReadError, ReadOptions};
use linli::proof;
use object_store::memory::InMemory;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use super::laws::archived;
use super::story::{appends, counted, journal, stories};
use super::tables::{self, ledger, replayed, steps};
use super::verifying::{rewrite, with_column};
use super::{on, unclaimed};
use crate::compact::Bounds;
use crate::manifest::MANIFEST;
use crate::{Archive, ArchiveError, ArchiveStore, ArchivedJournal, Manifest, Seal, Segment};

fn bounds() -> impl Strategy<Value = Bounds> {
    let (rows, bytes, table_events) = (1_u64..60, 100_usize..6_000, 1_u64..60);
    (rows, bytes, table_events).prop_map(|(rows, bytes, table_events)| Bounds {
        rows,
        bytes,
        table_events,
    })
}

/// Seals up to one position after the other, and then all, in files of so many rows.
fn cuts() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let cuts = vec((0_u64..80, 1_u64..20), 0..6);
    let rows = 1_u64..20;
    (cuts, rows).prop_map(|(cuts, rows)| cuts.into_iter().chain([(u64::MAX, rows)]).collect())
}

fn seal(archive: &Archive, journal: &dyn EventStore, (up_to, rows): (u64, u64)) {
    let seal = Seal::all().rows(rows).up_to(Some(Position(up_to)));
    archive.seal(Blocking(journal), seal, on).expect("sealed");
}

fn manifest(archive: &Archive) -> Manifest {
    archive.manifest().expect("a manifest")
}

/// It is the archive of the journal, and nothing of a compaction is left in its folders.
fn is_sound(archive: &Archive, journal: &MemoryStore) -> Result<(), TestCaseError> {
    let found = archive.verify(Some(Blocking(journal)), on).expect("readable");
    prop_assert_eq!(found.damages, []);
    prop_assert_eq!(found.root, Some(proof::tree(Blocking(journal)).expect("readable").root()));
    prop_assert_eq!(archived(archive), appends(journal));
    Ok(())
}

/// From its tables and what the journal told since; where nothing was told, from it alone too.
fn is_replayed_as(
    archive: &Archive,
    journal: &MemoryStore,
    expected: &str,
) -> Result<(), TestCaseError> {
    let archived = || ArchiveStore::of(archive.clone()).expect("sealed just now");
    let joined = ArchivedJournal::of(archived(), Arc::new(journal.clone())).expect("its own");
    let closed = joined.closed();
    prop_assert_eq!(&replayed(&ledger(joined).with_closed(closed)), expected);
    if archived().end() == Blocking(journal).head().expect("readable") {
        let closed = archived().closed();
        prop_assert_eq!(&replayed(&ledger(archived()).with_closed(closed)), expected);
    }
    Ok(())
}

fn bytes(archive: &Archive, segment: &Segment) -> usize {
    let appends = archive.appends(segment).expect("sound");
    appends.iter().map(|whole| whole.append.bytes()).sum()
}

/// No two segments of a table, and no two tables, could be one.
fn is_compact(archive: &Archive, within: Bounds) -> Result<(), TestCaseError> {
    let Manifest { segments, tables, .. } = manifest(archive);
    let bytes = |segment| bytes(archive, segment);
    for pair in segments.windows(2) {
        let rows = pair[0].rows + pair[1].rows;
        let fit = rows <= within.rows && bytes(&pair[0]) + bytes(&pair[1]) <= within.bytes;
        let are_apart = tables.iter().any(|table| table.last == pair[0].last);
        prop_assert!(!fit || are_apart, "{pair:?}");
    }
    for pair in tables.windows(2) {
        let events = pair[1].last.0 + 1 - pair[0].first.0;
        prop_assert!(events > within.table_events, "{pair:?}");
    }
    Ok(())
}

/// The files in the folders of segments and tables.
fn all_files(archive: &Archive) -> Vec<String> {
    let names = |folder| pollster::block_on(archive.place.names(folder)).expect("listed");
    sorted(["segments", "sessions", "others"].into_iter().flat_map(names).collect())
}

fn listed(archive: &Archive) -> Vec<String> {
    sorted(manifest(archive).files().map(ToOwned::to_owned).collect())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn appends_and_root_stay_in_as_few_files_as_may_be(
        story in stories(),
        cuts in cuts(),
        within in bounds(),
    ) {
        let (store, archive) = (journal(&story), Archive::in_objects(Arc::new(InMemory::new())));
        for cut in cuts {
            seal(&archive, &store, cut);
        }
        let before = manifest(&archive);
        let compacted = archive.compact_within(within, on).expect("compacted");
        is_sound(&archive, &store)?;
        is_compact(&archive, within)?;
        let after = manifest(&archive);
        let counted = [&before, &after].map(|manifest| manifest.segments.len() as u64);
        prop_assert_eq!([compacted.before, compacted.after], counted);
        for segment in &after.segments {
            let is_small = segment.rows <= within.rows && bytes(&archive, segment) <= within.bytes;
            prop_assert!(is_small || before.segments.contains(segment), "{segment:?}");
        }
        prop_assert_eq!(all_files(&archive), listed(&archive));
        archive.compact_within(within, on).expect("compacted");
        prop_assert_eq!(manifest(&archive).segments, after.segments, "nothing is left to do");
    }

    /// Sessions that begin in one table and end in another among them, and seals behind it.
    #[test]
    fn a_replay_of_what_was_compacted_is_that_of_the_journal(
        steps in steps(),
        cuts in cuts(),
        within in bounds(),
    ) {
        let store = tables::journal(&steps);
        let archive = Archive::in_objects(Arc::new(InMemory::new()));
        let expected = replayed(&ledger(store.clone()));
        for cut in cuts {
            seal(&archive, &store, cut);
            if cut.1 % 3 > 0 && cut.0 < u64::MAX {
                continue;
            }
            let end = manifest(&archive).end();
            archive.compact_within(within, on).expect("compacted");
            is_compact(&archive, within)?;
            let tabled = manifest(&archive).tables.last().map(|table| table.last);
            prop_assert_eq!(tabled, end);
            let found = archive.verify(Some(Blocking(&store)), on).expect("readable");
            prop_assert_eq!(found.damages, []);
            is_replayed_as(&archive, &store, &expected)?;
        }
        is_sound(&archive, &store)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Before every step in turn, of writing, of listing and of moving aside.
    #[test]
    fn wherever_it_is_stopped_the_archive_is_whole_and_the_next_one_ends_it(
        steps in steps(),
        cuts in cuts(),
        within in bounds(),
    ) {
        let (store, objects) = (tables::journal(&steps), InMemory::new());
        let expected = replayed(&ledger(store.clone()));
        let again = || Archive::in_objects(Arc::new(objects.fork()));
        let undisturbed = Archive::in_objects(Arc::new(objects.clone()));
        for cut in cuts {
            seal(&undisturbed, &store, cut);
        }
        let (archive, mut taken) = (again(), 0_u64);
        archive.compact_within(within, |_| { taken += 1; ControlFlow::Continue(()) })
            .expect("compacted");
        let ended = unclaimed(&archive);
        for stop in 0..taken {
            let (archive, mut left) = (again(), stop);
            let stopped = archive.compact_within(within, |_| match left.checked_sub(1) {
                Some(fewer) => { left = fewer; ControlFlow::Continue(()) }
                None => ControlFlow::Break(()),
            });
            prop_assert!(matches!(stopped, Err(ArchiveError::Stopped)), "{stopped:?}");
            is_sound(&archive, &store)?;
            is_replayed_as(&archive, &store, &expected)?;
            if stop % 2 == 0 {
                archive.compact_within(within, on).expect("compacted");
                prop_assert_eq!(&unclaimed(&archive), &ended, "stopped before step {}", stop);
            } else {
                seal(&archive, &store, (u64::MAX, 7));
            }
            is_sound(&archive, &store)?;
            prop_assert_eq!(all_files(&archive), listed(&archive));
        }
    }
}

/// Ten events in segments of two, one a night.
fn nights(folder: &Path) -> (Archive, MemoryStore) {
    let archive = Archive::create(folder).expect("a folder");
    for events in [2, 4, 6, 8, 10] {
        seal(&archive, &counted(events), (u64::MAX, Seal::ROWS));
    }
    (archive, counted(10))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn whoever_opened_it_before_is_told_to_open_it_again() {
    let folder = folder();
    let (archive, journal) = nights(folder.path());
    let before = ArchiveStore::open(folder.path()).expect("an archive");
    archive.compact(Seal::ROWS, on).expect("compacted");
    let read = Blocking(&before).read(&Query::all(), ReadOptions::forwards());
    let Err(ReadError::Unavailable { reason }) = read else { panic!("{read:?}") };
    let file = folder.path().join(format!("segments/{:020}-{:020}.parquet", 1, 2));
    assert!(reason.starts_with(&file.display().to_string()), "{reason}");
    assert!(reason.ends_with("open the archive again"), "{reason}");
    let again = ArchiveStore::open(folder.path()).expect("an archive");
    assert_eq!(appends(&journal), Blocking(&again).appends(None).flatten().collect::<Vec<_>>());
}

/// A file that is still listed was lost, and not replaced; nor was one whose manifest is lost too.
#[test]
fn a_file_that_is_listed_and_gone_is_damage() {
    let folder = folder();
    nights(folder.path());
    let store = ArchiveStore::open(folder.path()).expect("an archive");
    fs::remove_file(folder.path().join(format!("segments/{:020}-{:020}.parquet", 1, 2)))
        .expect("it was there");
    for _ in ["it is listed", "nothing is"] {
        let read = Blocking(&store).read(&Query::all(), ReadOptions::forwards());
        assert!(matches!(read, Err(ReadError::Corrupt(_))), "{read:?}");
        let _ = fs::remove_file(folder.path().join(MANIFEST));
    }
}

#[test]
fn what_is_not_what_was_sealed_is_not_merged() {
    let folder = folder();
    let (archive, _) = nights(folder.path());
    let (before, file) = (manifest(&archive), folder.path().join("segments"));
    let file = file.join(format!("{:020}-{:020}.parquet", 5, 6));
    let mut bytes = fs::read(&file).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).expect("written");
    let refused = archive.compact(Seal::ROWS, on);
    let Err(ArchiveError::Damaged { position, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((position, manifest(&archive)), (Position(5), before));
}

/// Whoever can write the manifest too is found out by `verify`, and a merge wipes no trace away.
#[test]
fn a_column_that_was_forged_is_not_made_anew() {
    let folder = folder();
    let archive = Archive::create(folder.path()).expect("a folder");
    seal(&archive, &counted(8), (u64::MAX, 4));
    rewrite(folder.path(), |batch| {
        let forged = StringArray::from(vec!["forged/street"; batch.num_rows()]);
        with_column(&batch, "community", Arc::new(forged))
    });
    let refused = archive.compact(Seal::ROWS, on);
    assert!(matches!(refused, Err(ArchiveError::Damaged { .. })), "{refused:?}");
}

/// As a kill leaves it between the manifest and the last move.
#[test]
fn what_is_superseded_is_no_damage_and_set_aside() {
    let folder = folder();
    let (archive, journal) = nights(folder.path());
    archive.compact(Seal::ROWS, on).expect("compacted");
    let (segments, aside) =
        (folder.path().join("segments"), folder.path().join("unlisted/segments"));
    let put_back = || {
        for first in [1, 5, 9] {
            let name = format!("{first:020}-{:020}.parquet", first + 1);
            fs::copy(aside.join(&name), segments.join(&name)).expect("it was kept");
        }
    };
    put_back();
    let found = archive.verify(Some(Blocking(&journal)), on).expect("readable");
    assert_eq!((found.damages, found.superseded), (vec![], 3));
    seal(&archive, &journal, (u64::MAX, Seal::ROWS));
    assert_eq!(archive.verify(None, on).expect("readable").superseded, 0);
    put_back();
    archive.compact(Seal::ROWS, on).expect("compacted");
    assert_eq!(all_files(&archive), listed(&archive));
}

/// The manifest of before a compaction was put back: what it lists is gone.
#[test]
fn files_in_the_place_of_lost_ones_are_not_superseded() {
    let folder = folder();
    let (archive, journal) = nights(folder.path());
    let path = folder.path().join("manifest.json");
    let before = fs::read(&path).expect("a manifest");
    archive.compact(4, on).expect("compacted");
    fs::write(&path, before).expect("written");
    let there = all_files(&archive);
    for refused in [
        archive.compact(4, on).map(drop),
        archive.seal(Blocking(&journal), Seal::all(), on).map(drop),
    ] {
        assert!(matches!(refused, Err(ArchiveError::Unlisted { files: 2, .. })), "{refused:?}");
    }
    assert_eq!(all_files(&archive), there);
}

#[test]
fn nobody_compacts_while_somebody_seals() {
    let (folder, journal) = (folder(), counted(3));
    let archive = Archive::create(folder.path()).expect("a folder");
    let mut refused = 0;
    let sealed = archive.seal(Blocking(&journal), Seal::all(), |_| {
        let compacted = archive.compact(Seal::ROWS, on);
        refused += u64::from(matches!(compacted, Err(ArchiveError::InUse { .. })));
        ControlFlow::Continue(())
    });
    assert_eq!((sealed.expect("sealed").rows, refused), (3, 3));
}
