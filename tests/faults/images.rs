//! Row A3: the power is cut at any call, and what was not flushed is lost, torn or reordered:
//! the journal opens, what was answered before is there, and nothing is half there.
//!
//! Each image of the disk is one that SQLite's flushes allow. That such images lose what was not
//! flushed is seen on a bare SQLite that is told not to flush each commit.
//!
//! Keeps away: an answer before the flush, a flush of one file that does for two, a log that is cut
//! off where it was whole.

use std::fs;
use std::path::Path;

use linli_disk::{Disk, Image, Trace};
use linli_sqlite::SqliteStore;
use rusqlite::Connection;

use super::account::{Account, Tally, one_sentence};
use super::{Chance, in_memory, on_all_cores, told};
use crate::soaking::Soak;

/// How many images are looked at in CI.
const IMAGES: usize = 5_000;
/// How many of them come of one story.
const IMAGES_A_STORY: usize = 100;
const JOURNAL: &str = "power.db";

/// A journal that was written once, call by call.
struct Story {
    account: Account,
    trace: Trace,
}

impl Story {
    /// A journal of chance: it is closed and opened again here and there, and its log is folded
    /// into the file while it is open.
    fn of(chance: &mut Chance) -> Self {
        let folder = in_memory();
        let disk = Disk::under(folder.path());
        let path = folder.path().join(JOURNAL);
        disk.record();
        let mut account = Account::default();
        let mut store = SqliteStore::open(&path).expect("a journal");
        for number in 1..=10 + chance.below(15) {
            assert!(account.ask(&store), "nothing fails in a sound disk");
            disk.mark(number);
            match chance.below(12) {
                0 => {
                    drop(store);
                    store = SqliteStore::open(&path).expect("a journal");
                }
                1 => fold(&path, "PASSIVE"),
                2 => fold(&path, "TRUNCATE"),
                _ => {}
            }
        }
        drop(store);
        Self { account, trace: disk.trace() }
    }

    /// Looks at what may be left after a cut: `None` where the journal had not been made yet.
    fn cut(&self, folder: &Path, chance: &mut Chance) -> Option<Tally> {
        let steps = usize::try_from(chance.below(self.trace.len() as u64 + 1)).expect("few steps");
        let answered = self.trace.marked(steps).unwrap_or_default();
        put(folder, &self.trace.image(steps, &mut |bound| chance.below(bound)));
        let store = match SqliteStore::open(folder.join(JOURNAL)) {
            Ok(store) => store,
            Err(error) => {
                one_sentence(&error);
                assert_eq!(answered, 0, "{answered} appends were answered, and now: {error}");
                return None;
            }
        };
        let mut account = self.account.cut_at(usize::try_from(answered).expect("few appends"));
        let tally = account.holds(&store);
        account.can_be_completed(&store);
        assert!(account.ask(&store), "it goes on");
        Some(tally)
    }
}

/// Folds the log into the file, as a checkpoint does that comes while the journal is open.
fn fold(path: &Path, how: &str) {
    let connection = Connection::open(path).expect("a connection");
    connection.execute_batch(&format!("PRAGMA wal_checkpoint({how})")).expect("folded");
}

/// Writes the files of an image in a folder that has no others. The journal's name was there before
/// anything was written to it.
fn put(folder: &Path, image: &Image) {
    for entry in fs::read_dir(folder).expect("a folder") {
        fs::remove_file(entry.expect("a file").path()).expect("it can be removed");
    }
    fs::write(folder.join(JOURNAL), []).expect("a file");
    for (name, bytes) in image.iter().filter(|(name, _)| !name.ends_with("-shm")) {
        fs::write(folder.join(name), bytes).expect("a file");
    }
}

/// Cuts the power of one story a hundred times.
fn look(number: u64) -> Vec<Option<Tally>> {
    let mut chance = Chance(number << 32);
    let (story, folder) = (Story::of(&mut chance), in_memory());
    let cut = |image| {
        let seed = chance.clone();
        let looked = std::panic::AssertUnwindSafe(|| story.cut(folder.path(), &mut chance));
        std::panic::catch_unwind(looked)
            .unwrap_or_else(|_| panic!("image {image} of story {number}, {seed:?}"))
    };
    (0..IMAGES_A_STORY).map(cut).collect()
}

#[test]
fn every_legal_image_holds_what_was_answered() {
    let stories = on_all_cores(IMAGES / IMAGES_A_STORY, |number| look(number as u64));
    let looked: Vec<Option<Tally>> = stories.into_iter().flatten().collect();
    let sum = |of: fn(&Tally) -> u64| looked.iter().flatten().map(of).sum::<u64>();
    let unmade = looked.iter().filter(|tally| tally.is_none()).count();
    let (written, there) = (sum(|tally| tally.written), sum(|tally| tally.unknown_and_there));
    told(
        "A3 SQLite",
        format_args!("{} images after a loss of power", looked.len()),
        format_args!("0 of {written} answers lost, {there} unanswered appends are there"),
    );
    println!("{unmade} images from before the journal was made are refused in one sentence");
    // Cuts came in the middle of appends, and took some of them away.
    assert!(there > 0 && there < IMAGES as u64, "{there} of {}", looked.len());
    assert!(written > IMAGES as u64, "the cuts came after answers");
}

/// How many images lose a commit that a bare SQLite had answered.
fn images_that_lose(synchronous: &str) -> u64 {
    let (folder, left) = (in_memory(), in_memory());
    let disk = Disk::under(folder.path());
    disk.record();
    let connection = Connection::open(folder.path().join(JOURNAL)).expect("a connection");
    let settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; CREATE TABLE row(number)"
    );
    connection.execute_batch(&settings).expect("a table");
    for number in 1..=20_u64 {
        connection.execute("INSERT INTO row VALUES(?1)", [number.cast_signed()]).expect("a row");
        disk.mark(number);
    }
    let (trace, mut chance) = (disk.trace(), Chance(7));
    let loses = |_: &u64| {
        let steps = usize::try_from(chance.below(trace.len() as u64 + 1)).expect("few steps");
        let answered = trace.marked(steps).unwrap_or_default();
        put(left.path(), &trace.image(steps, &mut |bound| chance.below(bound)));
        let connection = Connection::open(left.path().join(JOURNAL)).expect("a connection");
        let count =
            connection.query_row("SELECT count(*) FROM row", [], |row| row.get::<_, i64>(0));
        count.unwrap_or_default() < i64::try_from(answered).expect("few rows")
    };
    (0..200).filter(loses).count() as u64
}

#[test]
fn an_image_shows_a_commit_that_was_not_flushed() {
    let (normal, full) = (images_that_lose("NORMAL"), images_that_lose("FULL"));
    told(
        "A3 bare SQLite",
        "200 images each",
        format_args!("NORMAL loses answers in {normal}, FULL in {full}"),
    );
    assert!(normal > 100 && full == 0, "NORMAL loses in {normal}, FULL in {full}");
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak images`"]
fn images() {
    /// Stories below are those of the short run.
    const SEED: u64 = 1 << 20;
    let mut soak = Soak::asked();
    while soak.goes_on("images") {
        let begun = SEED + soak.count("images") / IMAGES_A_STORY as u64;
        let looked: Vec<_> =
            on_all_cores(8, |number| look(begun + number as u64)).into_iter().flatten().collect();
        let sum = |of: fn(&Tally) -> u64| looked.iter().flatten().map(of).sum();
        soak.add(&[
            ("images", looked.len() as u64),
            ("answers", sum(|tally| tally.written)),
            ("unanswered_and_there", sum(|tally| tally.unknown_and_there)),
            ("lost", 0),
        ]);
    }
}
