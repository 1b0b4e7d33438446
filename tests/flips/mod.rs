//! Bits are flipped in a small journal, in its file and in its log: whatever is asked afterwards is
//! answered as before, or with an error.
//!
//! Keeps away: a scan by tag that stops early without an error, a key that is forgotten and so
//! doubles an append, a log whose end is taken for unfinished, a wrong row.

mod soak;
mod story;

use std::fs;
use std::path::{Path, PathBuf};

use linli::journal::{Blocking, Position};
use linli::proof;
use linli_sqlite::{OpenError, SqliteStore};
use tempfile::TempDir;

use crate::faults::{Chance, in_memory};
use story::{GROUPS_IN_LOG, ask, write};

/// What became of flips, or of other damage.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) flips: u64,
    /// Every answer was as before.
    pub(crate) unchanged: u64,
    /// The journal was not opened.
    pub(crate) refused: u64,
    /// Some questions were answered with an error, the others as before.
    pub(crate) noticed: u64,
    /// An answer was wrong, and `verify` found the damage.
    pub(crate) found_by_verify: u64,
    /// An answer was wrong, and nothing told so.
    pub(crate) silent: u64,
}

/// A journal of which some was folded into the file and some stands in the log, as bytes.
pub(crate) struct Sample {
    folder: TempDir,
    pub(crate) file: Vec<u8>,
    /// Empty where all of it was folded.
    pub(crate) log: Vec<u8>,
    answers: Vec<Option<String>>,
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
        let (file, log) = (fs::read(&path), fs::read(wal(&path)));
        drop(store);
        Self::of(folder, file.expect("the file"), log.expect("the log"))
    }

    fn of(folder: TempDir, file: Vec<u8>, log: Vec<u8>) -> Self {
        let mut sample = Self { folder, file, log, answers: Vec::new() };
        sample.put(None);
        let store = SqliteStore::open_read_only(sample.path()).expect("nothing was flipped yet");
        let found = proof::verify(Blocking(&store), &[], |_| std::ops::ControlFlow::Continue(()));
        let found = found.expect("it is read").expect("it was not stopped");
        assert_eq!(found.first_bad, None, "an unflipped copy verifies");
        sample.answers = ask(&store);
        assert!(sample.answers.iter().all(Option::is_some), "every question has an answer");
        sample
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("flipped.db")
    }

    fn bits(&self) -> u64 {
        8 * if self.log.is_empty() { self.file.len() } else { self.log.len() } as u64
    }

    /// Writes the journal with one bit flipped: of the log, if there is one.
    fn put(&self, bit: Option<u64>) {
        let (mut file, mut log) = (self.file.clone(), self.log.clone());
        if let Some(bit) = bit {
            let flipped = if log.is_empty() { &mut file } else { &mut log };
            flipped[(bit / 8) as usize] ^= 1 << (bit % 8);
        }
        self.put_bytes(&file, &log);
    }

    /// Writes other bytes in the place of the journal.
    pub(crate) fn put_bytes(&self, file: &[u8], log: &[u8]) {
        let path = self.path();
        let _ = fs::remove_file(format!("{}-shm", path.display()));
        fs::write(wal(&path), log).expect("the log");
        fs::write(path, file).expect("the file");
        if log.is_empty() {
            fs::remove_file(wal(&self.path())).expect("there is none");
        }
    }

    fn flip(&self, bit: u64, counts: &mut Counts) {
        self.put(Some(bit));
        self.look(counts, &format!("bit {bit}"));
    }

    /// Asks everything of what was put in the place of the journal.
    pub(crate) fn look(&self, counts: &mut Counts, damage: &str) {
        counts.flips += 1;
        let Ok(store) = SqliteStore::open_read_only(self.path()) else {
            counts.refused += 1;
            return;
        };
        let answers = ask(&store);
        let is_wrong = |(now, sound): (&Option<String>, _)| now.is_some() && now != sound;
        if answers.iter().zip(&self.answers).any(is_wrong) {
            let found =
                proof::verify(Blocking(&store), &[], |_| std::ops::ControlFlow::Continue(()));
            match found {
                Ok(Some(proof::Verified { first_bad: None, .. })) => {
                    println!("silent: {damage} of {}", self.name());
                    counts.silent += 1;
                }
                _ => counts.found_by_verify += 1,
            }
        } else if answers == self.answers {
            counts.unchanged += 1;
        } else {
            counts.noticed += 1;
        }
    }

    fn name(&self) -> &'static str {
        if self.log.is_empty() { "the file" } else { "the log" }
    }
}

fn wal(path: &Path) -> PathBuf {
    format!("{}-wal", path.display()).into()
}

/// The number of that name, at random but the same in every run.
fn chance(number: u64) -> u64 {
    // The number before it is where the sequence of it begins.
    let mut from = Chance(number.wrapping_sub(1).wrapping_mul(Chance::STEP));
    from.below(u64::MAX)
}

const FLIPS: u64 = 10_000;

#[test]
fn no_flipped_bit_is_silent() {
    let samples = [Sample::folded(), Sample::logged()];
    let flipped = |which: usize| {
        let (sample, mut counts) = (&samples[which], Counts::default());
        for number in (which as u64..FLIPS).step_by(2) {
            sample.flip(chance(number) % sample.bits(), &mut counts);
        }
        counts
    };
    let counts = std::thread::scope(|scope| {
        let flipped = &flipped;
        let halves = [0, 1].map(|which| scope.spawn(move || flipped(which)));
        halves.map(|half| half.join().expect("it was flipped"))
    });
    for (sample, counts) in samples.iter().zip(counts) {
        println!(
            "\nfault A6 SQLite, {}: {} flips; {} change no answer, {} are noticed, {} silent",
            sample.name(),
            counts.flips,
            counts.unchanged,
            counts.refused + counts.noticed,
            counts.silent + counts.found_by_verify
        );
        assert_eq!(counts.silent, 0, "{counts:?}");
        assert_eq!(counts.found_by_verify, 0, "no read gives a wrong row: {counts:?}");
        // The flips reached both what matters and what does not.
        assert!(counts.refused + counts.noticed > counts.flips / 10, "{counts:?}");
    }
    assert!(counts[0].unchanged > 0 && counts[0].noticed > 0, "{counts:?}");
}

/// Who opens the journal to write gets a bit turned back, where its place is certain: what was
/// answered is there then. Otherwise it is refused.
#[test]
fn a_bit_that_rotted_in_the_last_group_is_turned_back_or_refused() {
    let sample = Sample::logged();
    let last_group = 8 * (sample.log.len() as u64 - 2 * (24 + 4096));
    let mut mended = 0;
    for number in 0..200 {
        sample.put(Some(last_group + chance(number) % (sample.bits() - last_group)));
        match SqliteStore::open(sample.path()) {
            Ok(store) => assert!(ask(&store) == sample.answers, "bit {number} is turned back"),
            Err(OpenError::Damaged { .. }) => continue,
            Err(error) => panic!("bit {number}: {error}"),
        }
        mended += 1;
    }
    println!("{mended} of 200 bits were turned back");
    assert!((100..200).contains(&mended), "{mended} of 200 bits were turned back");
}

/// Many bits at once, as a bad sector has them: not in the last group, which may be unfinished.
#[test]
fn a_log_that_rotted_before_its_last_group_is_refused() {
    let mut sample = Sample::logged();
    let sound = sample.log.clone();
    for from in [32, 32 + 24 + 100, 32 + (24 + 4096) + 3_000] {
        sample.log.clone_from(&sound);
        sample.log[from..from + 512].fill(0xaa);
        sample.put(None);
        let opened = SqliteStore::open_read_only(sample.path());
        assert!(matches!(opened, Err(OpenError::Damaged { .. })), "from {from}: {opened:?}");
    }
}

/// The head of a journal whose log was cut in the middle of a group is the one before that group:
/// a group that was being written when the power went is no damage.
#[test]
fn a_group_that_was_not_finished_is_cut_off() {
    let mut sample = Sample::logged();
    let whole = sample.log.clone();
    let frame = 24 + 4096;
    // The last frame is there in part, or never came.
    for bytes in [whole.len() - frame, whole.len() - 1_000, whole.len() - 10] {
        sample.log.clone_from(&whole);
        sample.log.truncate(bytes);
        sample.log.resize(whole.len(), 0);
        sample.put(None);
        let store = SqliteStore::open_read_only(sample.path()).expect("it opens");
        let head = Blocking(&store).head().expect("the head");
        assert_eq!(head, Some(Position(story::EVENTS_BUT_THE_LAST_GROUP)));
    }
}
