//! Row B1: sixteen writers in several processes append under conditions, each turn is recorded with
//! the moments at which it was asked and answered, and the whole history is held against what
//! stands in the journal ([`check`]): the positions are an order in which every answer is right.
//!
//! Keeps away: a condition that is checked and then written apart from the check, a head or a
//! position that a process keeps to itself, an answer before others can see it.

mod check;
mod soak;
mod turn;

use std::process::{Command, Stdio};

use linli::journal::{EventStore, MemoryStore};

use super::{in_memory, told};
use crate::two_processes::open;
use check::{Tally, check};
use turn::Turn;

/// How many append at once.
const WRITERS: u64 = 16;
/// In how many processes, where a store takes several.
const PROCESSES: u64 = 4;
/// How many turns of how many writers are checked in CI.
const TURNS: u64 = 10_000 / WRITERS;

const JOURNAL: &str = "LINLI_HISTORY_JOURNAL";
const PROCESS: &str = "LINLI_HISTORY_PROCESS";
const ASKED: &str = "LINLI_HISTORY_TURNS";

/// The writers of one process, all over one handle.
fn write(store: &dyn EventStore, writers: impl Iterator<Item = u64>, turns: u64) -> Vec<Turn> {
    std::thread::scope(|scope| {
        let writer = |writer| scope.spawn(move || turn::take(store, writer, turns));
        let writers: Vec<_> = writers.map(writer).collect();
        writers.into_iter().flat_map(|writer| writer.join().expect("it writes on")).collect()
    })
}

/// Not a test of its own: one of the processes. It prints each turn.
#[test]
fn one_of_the_processes() {
    let (Ok(journal), Ok(process)) = (std::env::var(JOURNAL), std::env::var(PROCESS)) else {
        return;
    };
    let process: u64 = process.parse().expect("a number");
    let turns = std::env::var(ASKED).ok().and_then(|turns| turns.parse().ok()).expect("a number");
    let writers = (0..WRITERS).filter(|writer| writer % PROCESSES == process);
    for turn in write(&*open(&journal), writers, turns) {
        println!("{turn}");
    }
}

/// Lets all processes write, and gives every turn of them.
fn history(journal: &str, turns: u64) -> Vec<Turn> {
    drop(open(journal));
    let start = |process: u64| {
        Command::new(std::env::current_exe().expect("this test knows its own file"))
            .args(["--exact", "faults::histories::one_of_the_processes", "--nocapture"])
            .env(JOURNAL, journal)
            .env(PROCESS, process.to_string())
            .env(ASKED, turns.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process starts")
    };
    let processes: Vec<_> = (0..PROCESSES).map(start).collect();
    let mut history = Vec::new();
    for process in processes {
        let output = process.wait_with_output().expect("the process ends");
        assert!(output.status.success(), "a process ended with {}", output.status);
        let text = String::from_utf8(output.stdout).expect("text");
        history.extend(text.lines().filter_map(Turn::read));
    }
    history
}

fn in_memory_store(turns: u64) -> Tally {
    let store = MemoryStore::new();
    let history = write(&store, 0..WRITERS, turns);
    check(&history, &check::log(&store)).expect("a serial order")
}

fn over(journal: &str, turns: u64) -> Tally {
    let history = history(journal, turns);
    check(&history, &check::log(&*open(journal))).expect("a serial order")
}

fn say(store: &str, tally: Tally) {
    told(
        &format!("B1 {store}"),
        format_args!("{} appends of {WRITERS} writers", tally.appends),
        format_args!(
            "0 anomalies, {} written, {} conflicts, {} unknown",
            tally.written, tally.conflicts, tally.unknown
        ),
    );
    // They got into each other's way, and got on all the same.
    assert!(tally.appends >= WRITERS * TURNS && tally.written * 4 > tally.appends, "{tally:?}");
    assert!(tally.conflicts * 50 > tally.appends, "{tally:?}");
}

#[test]
fn appends_of_many_threads_have_a_serial_order_in_memory() {
    say("memory", in_memory_store(TURNS));
}

#[test]
fn appends_of_many_processes_have_a_serial_order_in_sqlite() {
    let folder = in_memory();
    let journal = folder.path().join("history.db");
    say("SQLite", over(journal.to_str().expect("a path"), TURNS));
}

#[test]
fn appends_of_many_processes_have_a_serial_order_in_postgres() {
    let Some(fresh) = linli_postgres::trial::Fresh::journal() else { return };
    say("PostgreSQL", over(&fresh.address, TURNS));
}

#[test]
fn appends_of_many_processes_have_a_serial_order_in_jetstream() {
    let Some(fresh) = linli_nats::trial::Fresh::journal() else { return };
    say("NATS", over(&fresh.address, TURNS));
}
