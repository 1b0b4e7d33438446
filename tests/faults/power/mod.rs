//! Row A2: a filesystem loses power under a process that appends: what was answered before that is
//! there when it is mounted again, and nothing is half there.
//!
//! That it takes what was not flushed is seen on a bare SQLite that is told not to flush each
//! commit. Only answers that had come before the power was cut count: whoever flushes a filesystem
//! that is shut down at that moment may be told that all is well.
//!
//! Keeps away: an answer before the flush, a flush that the system makes of nothing, a file whose
//! name was never flushed.

mod disk;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread::{sleep, spawn};
use std::time::Duration;

use linli::journal::{Blocking, EventStore};
use linli_sqlite::SqliteStore;
use rusqlite::Connection;

use super::account::{append, key, whole_appends};
use super::{Chance, told};
use crate::soaking::Soak;
use disk::Disk;

/// How often the power is cut in CI: under Linli, and under a SQLite that does not flush.
const CUTS: u64 = 20;
const CUTS_OF_NORMAL: u64 = 3;
const JOURNAL: &str = "LINLI_POWER_JOURNAL";
const FROM: &str = "LINLI_POWER_FROM";
const WHO: &str = "LINLI_POWER_WHO";

/// Who writes to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    Linli,
    /// A bare SQLite with `synchronous=NORMAL`.
    Normal,
}

/// What was lost in a number of cuts.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    answered: u64,
    lost: u64,
    /// In how many cuts something was lost.
    losing: u64,
    /// Appends that are there although nobody had their answer.
    unanswered: u64,
}

/// Not a test of its own: the process whose disk loses power. It prints each number once it is
/// answered.
#[test]
fn the_process_that_writes() {
    let asked = [JOURNAL, FROM, WHO].map(|name| std::env::var(name).ok());
    let [Some(journal), Some(from), Some(who)] = asked else { return };
    let mut write = writer(Path::new(&journal), &who);
    let mut out = std::io::stdout().lock();
    for number in from.parse().expect("a number").. {
        write(number);
        writeln!(out, "answered {number}").and_then(|()| out.flush()).expect("a pipe");
    }
}

fn writer(journal: &Path, who: &str) -> Box<dyn FnMut(u64)> {
    if who == "Linli" {
        let store = SqliteStore::open(journal).expect("the journal opens");
        return Box::new(move |number| {
            Blocking(&store).append(append(number)).expect("it is answered");
        });
    }
    let bare = Connection::open(journal).expect("a connection");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                    CREATE TABLE IF NOT EXISTS row(number INTEGER PRIMARY KEY)";
    bare.execute_batch(settings).expect("a table");
    Box::new(move |number| {
        bare.execute("INSERT INTO row VALUES(?1)", [number.cast_signed()]).expect("a row");
    })
}

/// What stands in the journal, from number 0 on.
fn there(journal: &Path, who: Writer) -> u64 {
    if who == Writer::Linli {
        let store = SqliteStore::open(journal).expect("the journal opens again");
        let there = whole_appends(&store);
        assert!((0..).zip(&there).all(|(number, one)| number == *one.0), "one is passed over");
        return there.len() as u64;
    }
    let bare = Connection::open(journal).expect("a connection");
    let count = bare.query_row("SELECT count(*) FROM row", [], |row| row.get::<_, i64>(0));
    count.map_or(0, i64::cast_unsigned)
}

/// A process that writes, and how many answers have come from it.
struct Writing {
    child: Child,
    answered: Arc<AtomicU64>,
}

impl Writing {
    fn start(journal: &Path, from: u64, who: Writer) -> Self {
        let mut child =
            Command::new(std::env::current_exe().expect("this test knows its own file"))
                .args(["--exact", "faults::power::the_process_that_writes", "--nocapture"])
                .env(JOURNAL, journal)
                .env(FROM, from.to_string())
                .env(WHO, format!("{who:?}"))
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the process starts");
        let pipe = child.stdout.take().expect("a pipe");
        let answered = Arc::new(AtomicU64::new(0));
        let heard = Arc::clone(&answered);
        // Nothing keeps this thread from reading: an answer that is read late looks new.
        spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if line.starts_with("answered ") {
                    heard.fetch_add(1, SeqCst);
                }
            }
        });
        Self { child, answered }
    }

    /// Waits for so many answers.
    fn wait_for(&mut self, answers: u64) {
        while self.answered.load(SeqCst) < answers {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended before its power was cut: {ended:?}");
            sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Cuts the power of a disk so many times, each time at another moment.
fn cut(disk: &Disk, who: Writer, cuts: u64, chance: &mut Chance) -> Tally {
    let journal = disk.path().join("power.db");
    let (mut tally, mut from) = (Tally::default(), 0);
    for _ in 0..cuts {
        let power = disk.cut();
        let mut writing = Writing::start(&journal, from, who);
        writing.wait_for(1 + chance.below(100));
        sleep(Duration::from_micros(chance.below(5_000)));
        let before = writing.answered.load(SeqCst);
        power.now();
        drop(writing);
        disk.mount_again();
        let now = there(&journal, who);
        let lost = (from + before).saturating_sub(now);
        tally.answered += before;
        tally.lost += lost;
        tally.losing += u64::from(lost > 0);
        tally.unanswered += now.saturating_sub(from + before);
        from = now;
    }
    if who == Writer::Linli {
        let store = SqliteStore::open(&journal).expect("the journal opens");
        let receipt = |number| Blocking(&store as &dyn EventStore).receipt(key(number));
        assert!((0..from).all(|number| receipt(number).expect("readable").is_some()), "the keys");
    }
    tally
}

/// A disk that can be cut, or nothing after saying why not.
fn disk() -> Option<Disk> {
    let disk = Disk::mounted();
    disk.map_err(|why| println!("\nnot run: no filesystem can be mounted here: {why}")).ok()
}

#[test]
fn what_was_answered_survives_twenty_losses_of_power() {
    let Some(disk) = disk() else { return };
    let Tally { answered, lost, unanswered, .. } = cut(&disk, Writer::Linli, CUTS, &mut Chance(1));
    told(
        "A2 SQLite",
        format_args!("{CUTS} losses of power under who writes"),
        format_args!(
            "{lost} of {answered} answers lost, {unanswered} unanswered appends are there"
        ),
    );
    assert_eq!(lost, 0, "of {answered} answers");
    assert!(answered >= CUTS, "the cuts came after answers");
}

#[test]
fn a_loss_of_power_takes_what_was_not_flushed() {
    let Some(disk) = disk() else { return };
    let tally = cut(&disk, Writer::Normal, CUTS_OF_NORMAL, &mut Chance(2));
    told(
        "A2 bare SQLite",
        format_args!("{CUTS_OF_NORMAL} losses of power with synchronous=NORMAL"),
        format_args!("{} of {} answers lost", tally.lost, tally.answered),
    );
    assert!(tally.lost > 0, "no loss is seen, though nothing is flushed: {tally:?}");
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak power`"]
fn power() {
    /// Cuts of one journal.
    const CUTS_OF_ONE: u64 = 50;
    let mut soak = Soak::asked();
    while soak.goes_on("cuts") {
        let mut chance = Chance(soak.count("cuts") << 20);
        let Some(of_linli) = disk() else { return };
        let linli = cut(&of_linli, Writer::Linli, CUTS_OF_ONE, &mut chance);
        assert_eq!(linli.lost, 0, "of {} answers, {chance:?}", linli.answered);
        let Some(of_normal) = disk() else { return };
        let normal = cut(&of_normal, Writer::Normal, CUTS_OF_NORMAL, &mut chance);
        soak.add(&[
            ("cuts", CUTS_OF_ONE),
            ("answers", linli.answered),
            ("lost", 0),
            ("unanswered_and_there", linli.unanswered),
            ("cuts_of_normal", CUTS_OF_NORMAL),
            ("answers_of_normal", normal.answered),
            ("lost_by_normal", normal.lost),
            ("cuts_in_which_normal_loses", normal.losing),
        ]);
    }
}
