//! An archive in a folder: what a stopped seal leaves, and what is refused.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use linli::journal::{Append, Blocking, Event, MemoryStore, Position};
use tempfile::TempDir;

use super::on;
use super::story::counted;
use crate::{Archive, ArchiveError, Seal, Sealed};

fn sealed(folder: &Path, journal: &MemoryStore, seal: Seal) -> Result<Sealed, ArchiveError> {
    Archive::create(folder)?.seal(Blocking(journal), seal, on)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn parquet_files(folder: &Path) -> Vec<String> {
    let listed = fs::read_dir(folder.join("segments")).expect("a folder");
    let names = listed.map(|file| file.expect("a file").file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().expect("UTF-8")).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_seal_goes_on_where_the_last_one_ended() {
    let folder = folder();
    let sealed = |events| {
        let sealed = sealed(folder.path(), &counted(events), Seal::all().rows(4)).expect("sealed");
        (sealed.segments, sealed.rows, sealed.events)
    };
    assert_eq!(sealed(10), (3, 10, 10));
    let kept = fs::read(folder.path().join("manifest.json")).expect("a manifest");
    assert_eq!(sealed(10), (0, 0, 10));
    assert_eq!(fs::read(folder.path().join("manifest.json")).expect("a manifest"), kept);
    assert_eq!(sealed(13), (1, 3, 13));
    let ranges = [(1, 4), (5, 8), (9, 10), (11, 13)];
    let names = ranges.map(|(first, last)| format!("{first:020}-{last:020}.parquet"));
    assert_eq!(parquet_files(folder.path()), names);
}

#[test]
fn a_seal_that_was_stopped_is_gone_on_with() {
    let (folder, journal) = (folder(), counted(10));
    let archive = Archive::create(folder.path()).expect("a folder");
    let at_seven = |events| match events {
        7 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let stopped = archive.seal(Blocking(&journal), Seal::all().rows(4), at_seven);
    assert!(matches!(stopped, Err(ArchiveError::Stopped)));
    let whole = archive.manifest().expect("a manifest");
    assert_eq!(whole.end(), Some(Position(4)));
    let sealed = sealed(folder.path(), &journal, Seal::all().rows(4)).expect("sealed");
    assert_eq!((sealed.segments, sealed.rows, sealed.events), (2, 6, 10));
}

/// The process ended between a file and the manifest that lists it, or within the file.
#[test]
fn what_a_cut_leaves_is_taken_away_or_over() {
    let (journal, seal) = (counted(10), Seal::all().rows(4));
    let undisturbed = folder();
    sealed(undisturbed.path(), &journal, seal).expect("sealed");
    let manifest = fs::read(undisturbed.path().join("manifest.json")).expect("a manifest");
    for next in [Seal::all().rows(4), Seal::all().rows(3)] {
        let folder = folder();
        sealed(folder.path(), &counted(4), seal).expect("sealed");
        // As a cut leaves it: a file that nobody lists, and one half written beside its place.
        let second = folder.path().join(format!("segments/{:020}-{:020}.parquet", 5, 8));
        fs::write(&second, b"PAR1 and no more").expect("written");
        fs::write(second.with_extension("parquet.unfinished"), b"PA").expect("written");
        fs::write(folder.path().join("segments/notes.txt"), b"ours").expect("written");
        let archive = Archive::open(folder.path()).expect("an archive");
        assert_eq!(archive.manifest().expect("whole").end(), Some(Position(4)));
        let went_on = sealed(folder.path(), &journal, next).expect("sealed");
        assert_eq!((went_on.rows, went_on.events), (6, 10));
        let listed = archive.manifest().expect("whole").segments;
        let files = listed.iter().map(|segment| segment.file.replace("segments/", ""));
        let names: Vec<String> = files.chain(["notes.txt".to_owned()]).collect();
        assert_eq!(parquet_files(folder.path()), names);
        if next == seal {
            assert_eq!(fs::read(folder.path().join("manifest.json")).expect("it"), manifest);
        }
    }
}

/// What cannot be written is not listed: here something else stands where the file has to be.
#[test]
fn a_file_is_listed_only_once_it_is_there() {
    let (folder, journal) = (folder(), counted(10));
    let in_the_way = folder.path().join(format!("segments/{:020}-{:020}.parquet", 5, 8));
    fs::create_dir_all(in_the_way.join("something")).expect("made");
    let failed = sealed(folder.path(), &journal, Seal::all().rows(4));
    assert!(matches!(failed, Err(ArchiveError::Unreachable { .. })), "{failed:?}");
    let archive = Archive::open(folder.path()).expect("an archive");
    assert_eq!(archive.manifest().expect("whole").end(), Some(Position(4)));
    fs::remove_dir_all(&in_the_way).expect("out of the way");
    assert_eq!(sealed(folder.path(), &journal, Seal::all().rows(4)).expect("sealed").rows, 6);
}

#[test]
fn another_journal_is_refused_and_nothing_is_written() {
    let folder = folder();
    sealed(folder.path(), &counted(10), Seal::all().rows(4)).expect("sealed");
    let before = (fs::read(folder.path().join("manifest.json")).ok(), parquet_files(folder.path()));
    let other = MemoryStore::new();
    for _ in 0..12 {
        Blocking(&other).append(Append::of(Event::new("Told"))).expect("nothing forbids it");
    }
    // Ten events are archived, and an append of this one goes across the tenth.
    let across = MemoryStore::new();
    let seven = |_| Event::new("Told");
    for _ in 0..2 {
        Blocking(&across).append(Append::all((0..7).map(seven))).expect("nothing forbids it");
    }
    for journal in [&other, &across] {
        for up_to in [None, Some(Position(3)), Some(Position(10))] {
            let refused = sealed(folder.path(), journal, Seal::all().up_to(up_to));
            assert!(matches!(refused, Err(ArchiveError::OtherJournal { events: 10, .. })));
        }
    }
    let refused = sealed(folder.path(), &counted(9), Seal::all());
    assert!(matches!(refused, Err(ArchiveError::Shorter { events: 10, found: 9, .. })));
    let after = (fs::read(folder.path().join("manifest.json")).ok(), parquet_files(folder.path()));
    assert_eq!(before, after);
}

#[test]
fn an_archive_that_lost_its_manifest_is_left_alone() {
    let folder = folder();
    sealed(folder.path(), &counted(10), Seal::all().rows(4)).expect("sealed");
    fs::remove_file(folder.path().join("manifest.json")).expect("it was there");
    let before = parquet_files(folder.path());
    let refused = sealed(folder.path(), &counted(10), Seal::all());
    assert!(matches!(refused, Err(ArchiveError::Unlisted { files: 3, .. })), "{refused:?}");
    assert_eq!(parquet_files(folder.path()), before);
}

/// A single file may be what a cut left, or all of an archive whose manifest is lost.
#[test]
fn a_single_file_that_nobody_lists_is_set_aside() {
    let folder = folder();
    sealed(folder.path(), &counted(10), Seal::all()).expect("sealed");
    fs::remove_file(folder.path().join("manifest.json")).expect("it was there");
    let [name] = &parquet_files(folder.path())[..] else { panic!("one file") };
    let lost = fs::read(folder.path().join("segments").join(name)).expect("it is there");
    sealed(folder.path(), &counted(7), Seal::all()).expect("sealed");
    assert_eq!(
        fs::read(folder.path().join("unlisted/segments").join(name)).expect("it is kept"),
        lost
    );
}

#[test]
fn two_do_not_seal_at_once() {
    let (folder, journal) = (folder(), counted(10));
    let archive = Archive::create(folder.path()).expect("a folder");
    let mut refused = 0;
    let sealed = archive.seal(Blocking(&journal), Seal::all(), |_| {
        let again = archive.seal(Blocking(&journal), Seal::all(), on);
        refused += u64::from(matches!(again, Err(ArchiveError::InUse { .. })));
        ControlFlow::Continue(())
    });
    assert_eq!((sealed.expect("sealed").rows, refused), (10, 10));
}

#[test]
fn there_is_no_archive_where_nothing_was_sealed() {
    let folder = folder();
    let missing = Archive::open(folder.path()).expect_err("nothing was sealed");
    assert!(missing.to_string().contains("make one with `linli seal --to"), "{missing}");
}
