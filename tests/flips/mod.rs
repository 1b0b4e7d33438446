//! Bits are flipped one by one in what is kept: in a journal's file and its log, in the rows of a
//! server, in the files of an archive, in a signed checkpoint. Whatever is asked afterwards is
//! answered as before, or with an error; where the store has only the server's word for a row,
//! `verify` finds it.
//!
//! Keeps away: a scan by tag that stops early without an error, a key that is forgotten and so
//! doubles an append, a log whose end is taken for unfinished, a wrong row.

mod archive;
mod file;
mod note;
mod rows;
mod soak;
mod story;

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::Path;

use linli::journal::{Blocking, EventStore, Position};
use linli::proof::{self, Verified};
use linli_sqlite::{OpenError, SqliteStore};

use crate::faults::Chance;
pub(crate) use file::Sample;
use story::{Answer, ask};

/// What became of a flip, or of other damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Every answer was as before.
    Unchanged,
    /// It was not opened.
    Refused,
    /// Some questions were answered with an error, the others as before.
    Noticed,
    /// An answer was wrong, and `verify` found the damage.
    FoundByVerify,
    /// An answer was wrong, and nothing told so.
    Silent,
}

/// How often there was each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) flips: u64,
    pub(crate) unchanged: u64,
    pub(crate) refused: u64,
    pub(crate) noticed: u64,
    pub(crate) found_by_verify: u64,
    pub(crate) silent: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, fate: Fate) {
        self.flips += 1;
        *match fate {
            Fate::Unchanged => &mut self.unchanged,
            Fate::Refused => &mut self.refused,
            Fate::Noticed => &mut self.noticed,
            Fate::FoundByVerify => &mut self.found_by_verify,
            Fate::Silent => &mut self.silent,
        } += 1;
    }
}

/// What is kept somewhere, and was sound when it was made.
trait Kept: Send {
    fn name(&self) -> &'static str;

    /// How many bits may be flipped.
    fn bits(&self) -> u64;

    /// Flips one, asks everything, and flips it back.
    fn flip(&mut self, bit: u64) -> Fate;

    /// Flips the bit that chance has for a number.
    fn flip_by_chance(&mut self, number: u64, counts: &mut Counts) {
        let bit = chance(number) % self.bits();
        let fate = self.flip(bit);
        if fate == Fate::Silent {
            println!("silent: bit {bit} of the {}", self.name());
        }
        counts.add(fate);
    }
}

/// Holds what is answered now against what was answered of the sound one.
fn judge(
    answers: &[Option<Answer>],
    sound: &[Option<Answer>],
    is_found: impl FnOnce() -> bool,
) -> Fate {
    let is_wrong = |(now, sound): (&Option<Answer>, _)| now.is_some() && now != sound;
    if answers.iter().zip(sound).any(is_wrong) {
        if is_found() { Fate::FoundByVerify } else { Fate::Silent }
    } else if answers == sound {
        Fate::Unchanged
    } else {
        Fate::Noticed
    }
}

/// Whether `verify` says that a journal is damaged.
fn is_found(store: &dyn EventStore) -> bool {
    let found = proof::verify(Blocking(store), &[], |_| ControlFlow::Continue(()));
    !matches!(found, Ok(Some(Verified { first_bad: None, .. })))
}

/// Turns a bit of a file where it lies.
fn turn(path: &Path, bit: u64) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).expect("the file");
    let (place, mut byte) = (SeekFrom::Start(bit / 8), [0]);
    file.seek(place).and_then(|_| file.read_exact(&mut byte)).expect("a byte of it");
    byte[0] ^= 1 << (bit % 8);
    file.seek(place).and_then(|_| file.write_all(&byte)).expect("the same byte");
}

/// Of parts that lie one behind the other: in which a place is, and where in it.
fn within(lengths: impl Iterator<Item = u64>, mut place: u64) -> (usize, u64) {
    for (part, length) in lengths.enumerate() {
        if place < length {
            return (part, place);
        }
        place -= length;
    }
    panic!("{place} beyond the last part")
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
    let counts = std::thread::scope(|scope| {
        let flipped = |(first, mut sample): (u64, Sample)| {
            let mut counts = Counts::default();
            for number in (first..FLIPS).step_by(2) {
                sample.flip_by_chance(number, &mut counts);
            }
            (sample.name(), counts)
        };
        let halves = (0..).zip(samples).map(|half| scope.spawn(move || flipped(half)));
        let halves: Vec<_> = halves.collect();
        halves.into_iter().map(|half| half.join().expect("it was flipped")).collect::<Vec<_>>()
    });
    for (name, counts) in &counts {
        println!(
            "\nfault A6 SQLite, the {name}: {} flips; {} change no answer, {} are noticed, \
             {} silent",
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
    assert!(counts[0].1.unchanged > 0 && counts[0].1.noticed > 0, "{counts:?}");
}

/// Who opens the journal to write gets a bit turned back, where its place is certain: what was
/// answered is there then. Otherwise it is refused.
#[test]
fn a_bit_that_rotted_in_the_last_group_is_turned_back_or_refused() {
    let sample = Sample::logged();
    let last_group = 8 * (sample.log.len() as u64 - 2 * (24 + 4096));
    let mut mended = 0;
    for number in 0..200 {
        sample.put();
        turn(&sample.wal(), last_group + chance(number) % (sample.bits() - last_group));
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
        sample.put();
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
        sample.put();
        let store = SqliteStore::open_read_only(sample.path()).expect("it opens");
        let head = Blocking(&store).head().expect("the head");
        assert_eq!(head, Some(Position(story::EVENTS_BUT_THE_LAST_GROUP)));
    }
}
