//! Whatever is altered in an archive is found, with its file and its first position.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use bytes::Bytes;
use linli::journal::{
    Append, Blocking, Event, MemoryStore, Position, Query, ReadError, ReadOptions,
};
use linli::proof::Root;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::on;
use super::story::counted;
use crate::{Archive, ArchiveStore, Damage, Seal};

/// Ten events in segments of four.
fn archive() -> (TempDir, MemoryStore) {
    archive_of(10)
}

fn archive_of(events: u64) -> (TempDir, MemoryStore) {
    let (folder, journal) = (tempfile::tempdir().expect("a folder"), counted(events));
    let archive = Archive::create(folder.path()).expect("a folder");
    archive.seal(Blocking(&journal), Seal::all().rows(4), on).expect("sealed");
    (folder, journal)
}

fn segment(folder: &Path, first: u64, last: u64) -> PathBuf {
    folder.join(format!("segments/{first:020}-{last:020}.parquet"))
}

fn damages(folder: &Path, journal: Option<&MemoryStore>) -> Vec<Damage> {
    let archive = Archive::open(folder).expect("a manifest");
    let journal = journal.map(|journal| Blocking(journal));
    let found = archive.verify(journal, on).expect("readable");
    assert_eq!(found.root.is_none(), !found.damages.is_empty());
    found.damages
}

/// Where the one damage is.
fn first_bad(folder: &Path, file: &Path) -> Position {
    let damages = damages(folder, None);
    assert_eq!(damages.len(), 1, "{damages:?}");
    assert_eq!(damages[0].file, file.display().to_string());
    damages[0].first_bad
}

#[test]
fn a_sound_archive_is_found_sound() {
    let (folder, journal) = archive();
    let archive = Archive::open(folder.path()).expect("an archive");
    let found = archive.verify(Some(Blocking(&journal)), on).expect("readable");
    let root = linli::proof::tree(Blocking(&journal)).expect("readable").root();
    assert_eq!((found.events, found.segments, found.root), (10, 3, Some(root)));
    assert_eq!(found.damages, []);
}

#[test]
fn every_flipped_byte_of_a_segment_is_found() {
    let (folder, _) = archive_of(3);
    let file = segment(folder.path(), 1, 3);
    let sealed = fs::read(&file).expect("a segment");
    for place in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[place] ^= 1 << (place % 8);
        fs::write(&file, &flipped).expect("written");
        assert_eq!(first_bad(folder.path(), &file), Position(1), "byte {place}");
    }
    let bytes = sealed.len();
    println!("\nfault A6 segment: {bytes} bytes flipped one by one, 0 of them not found");
}

#[test]
fn every_flipped_bit_of_the_manifest_is_found() {
    let (folder, _) = archive_of(3);
    let file = folder.path().join("manifest.json");
    let sealed = fs::read(&file).expect("a manifest");
    for (place, bit) in (0..sealed.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
        let mut flipped = sealed.clone();
        flipped[place] ^= 1 << bit;
        fs::write(&file, &flipped).expect("written");
        assert_ne!(damages(folder.path(), None), [], "byte {place}, bit {bit}");
    }
    let bits = sealed.len() * 8;
    println!("\nfault A6 manifest: {bits} bits flipped one by one, 0 of them not found");
}

#[test]
fn a_file_cut_at_any_length_is_found() {
    let (folder, _) = archive_of(3);
    let file = segment(folder.path(), 1, 3);
    let sealed = fs::read(&file).expect("a segment");
    for length in 0..sealed.len() {
        fs::write(&file, &sealed[..length]).expect("written");
        assert_eq!(first_bad(folder.path(), &file), Position(1), "{length} bytes");
    }
    let longer = [&*sealed, b"more"].concat();
    fs::write(&file, longer).expect("written");
    assert_eq!(first_bad(folder.path(), &file), Position(1));
}

#[test]
fn a_missing_and_a_swapped_file_are_found() {
    let (folder, _) = archive();
    let [one, two] = [(1, 4), (5, 8)].map(|(first, last)| segment(folder.path(), first, last));
    let (sealed, other) = (fs::read(&one).expect("it"), fs::read(&two).expect("it"));
    fs::remove_file(&two).expect("it was there");
    assert_eq!(first_bad(folder.path(), &two), Position(5));
    fs::write(&one, other).expect("written");
    fs::write(&two, sealed).expect("written");
    let found = damages(folder.path(), None);
    let positions: Vec<Position> = found.iter().map(|damage| damage.first_bad).collect();
    assert_eq!(positions, [Position(1), Position(5)]);
}

#[test]
fn a_file_that_nobody_lists_is_found() {
    let (folder, _) = archive();
    let stranger = segment(folder.path(), 11, 14);
    fs::copy(segment(folder.path(), 5, 8), &stranger).expect("copied");
    assert_eq!(first_bad(folder.path(), &stranger), Position(11));
}

/// An archive that is sound in itself, and of another story.
#[test]
fn an_archive_that_is_no_beginning_of_the_journal_is_found() {
    let (folder, journal) = archive();
    assert_eq!(damages(folder.path(), Some(&counted(12))), []);
    let cut = damages(folder.path(), Some(&counted(6)));
    assert_eq!(cut.first().map(|damage| damage.first_bad), Some(Position(7)));
    let other = counted(5);
    for _ in 0..7 {
        Blocking(&other).append(Append::of(Event::new("Told"))).expect("nothing forbids it");
    }
    let rewritten = damages(folder.path(), Some(&other));
    assert_eq!(rewritten.first().map(|damage| damage.first_bad), Some(Position(6)));
    assert_eq!(damages(folder.path(), Some(&journal)), []);
}

/// A manifest that was altered with care: every name and number fits, and one root is not true.
#[test]
fn a_root_that_is_not_the_one_over_the_events_is_found() {
    let (folder, _) = archive();
    let file = folder.path().join("manifest.json");
    let text = fs::read_to_string(&file).expect("a manifest");
    let archive = Archive::open(folder.path()).expect("an archive");
    let segments = archive.manifest().expect("whole").segments;
    let text = text.replace(&segments[1].root, &segments[0].root);
    fs::write(&file, text).expect("written");
    assert_eq!(first_bad(folder.path(), &file), Position(5));
}

/// Puts other rows into the first segment and mends what the manifest says of the file, as whoever
/// can write to the archive can.
pub(super) fn rewrite(folder: &Path, change: impl Fn(RecordBatch) -> RecordBatch) {
    let file = segment(folder, 1, 4);
    let bytes = Bytes::from(fs::read(&file).expect("a segment"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    let batch = reader.build().expect("rows").next().expect("some").expect("they are read");
    let batch = change(batch);
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("a file");
    writer.write(&batch).expect("written");
    let altered = writer.into_inner().expect("whole");
    fs::write(&file, &altered).expect("written");
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    manifest["segments"][0]["bytes"] = altered.len().into();
    manifest["segments"][0]["sha256"] = Root(Sha256::digest(&altered).into()).to_string().into();
    fs::write(&path, manifest.to_string()).expect("written");
}

/// The batch with other cells in a column.
pub(super) fn with_column(batch: &RecordBatch, name: &str, cells: ArrayRef) -> RecordBatch {
    let place = batch.schema().index_of(name).expect("a column");
    let mut columns = batch.columns().to_vec();
    columns[place] = cells;
    RecordBatch::try_new(batch.schema(), columns).expect("the same columns")
}

/// A file and a manifest that were both rewritten are found by the root, which they cannot mend
/// without all that follows; also by whoever only reads.
#[test]
fn a_rewritten_event_is_found_by_the_root_and_by_whoever_reads() {
    let (folder, _) = archive();
    rewrite(folder.path(), |batch| {
        let payloads: Vec<&[u8]> = vec![b"another"; batch.num_rows()];
        with_column(&batch, "payload", Arc::new(BinaryArray::from(payloads)))
    });
    assert_eq!(first_bad(folder.path(), &folder.path().join("manifest.json")), Position(1));
    let store = ArchiveStore::open(folder.path()).expect("an archive");
    let read = Blocking(&store).read(&Query::all(), ReadOptions::forwards());
    assert!(matches!(read, Err(ReadError::Corrupt(_))), "{read:?}");
}

/// What is told beside the bytes for whoever looks, by DuckDB for example, is what they say.
#[test]
fn a_column_that_says_something_else_than_its_event_is_found() {
    let (folder, journal) = archive();
    rewrite(folder.path(), |batch| {
        let forged = StringArray::from(vec!["forged/street"; batch.num_rows()]);
        with_column(&batch, "community", Arc::new(forged))
    });
    assert_eq!(first_bad(folder.path(), &segment(folder.path(), 1, 4)), Position(1));
    assert_eq!(damages(folder.path(), Some(&journal)).len(), 1);
}
