//! A process that appends is killed with `kill -9`, a hundred times over a SQLite file, fifteen
//! times over a PostgreSQL and ten times over a JetStream cluster: what was acknowledged is there,
//! and nothing is half there.
//!
//! Keeps away: a success reported before the flush, an append whose rows are not one transaction,
//! a key written apart from its events.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use linli::journal::{Append, Blocking, Event, EventStore, IdempotencyKey, Query, ReadOptions};

use crate::soaking::Soak;
use crate::two_processes::open;

const KILLS: u64 = 100;
const KILLS_OVER_POSTGRES: u64 = 15;
const KILLS_OVER_JETSTREAM: u64 = 10;
const JOURNAL: &str = "LINLI_KILLED_JOURNAL";
const ROUND: &str = "LINLI_KILLED_ROUND";

fn key(round: u64, number: u64) -> IdempotencyKey {
    IdempotencyKey::of("kills", &format!("{round}-{number}"))
}

/// One to seven events that all say which append they belong to.
fn append(round: u64, number: u64) -> Append {
    let payload = format!("{round}-{number}");
    let event = || Event::new("Counted").tag("count").payload(payload.as_bytes());
    Append::all((0..=number % 7).map(|_| event())).key(key(round, number))
}

/// Not a test of its own: the process that is killed. It appends for ever and prints the number
/// of each append once it is acknowledged.
#[test]
fn the_process_that_is_killed() {
    let (Ok(journal), Ok(round)) = (std::env::var(JOURNAL), std::env::var(ROUND)) else { return };
    let round = round.parse().expect("a round");
    let store = open(&journal);
    let mut out = std::io::stdout().lock();
    for number in 0.. {
        Blocking(&*store).append(append(round, number)).expect("the append is acknowledged");
        writeln!(out, "acknowledged {number}").and_then(|()| out.flush()).expect("a pipe");
    }
}

fn start(journal: &str, round: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", "kills::the_process_that_is_killed", "--nocapture"])
        .env(JOURNAL, journal)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts")
}

/// Kills a process after some acknowledgements and gives how many came before it died.
fn acknowledged_before_the_kill(journal: &str, round: u64) -> u64 {
    let mut child = start(journal, round);
    let pipe = child.stdout.take().expect("a pipe");
    let mut acknowledged = 0;
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        if line.starts_with("acknowledged ") {
            acknowledged += 1;
            if acknowledged == 1 + round % 13 {
                child.kill().expect("kill -9");
            }
        }
    }
    child.wait().expect("the process is gone");
    acknowledged
}

#[test]
fn what_was_acknowledged_survives_a_hundred_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("killed.db");
    what_was_acknowledged_survives("SQLite", journal.to_str().expect("a path"), KILLS);
}

#[test]
fn what_was_acknowledged_survives_kills_of_who_writes_to_postgres() {
    let Some(fresh) = linli_postgres::trial::Fresh::journal() else { return };
    what_was_acknowledged_survives("PostgreSQL", &fresh.address, KILLS_OVER_POSTGRES);
}

#[test]
fn what_was_acknowledged_survives_kills_of_who_writes_to_jetstream() {
    let Some(fresh) = linli_nats::trial::Fresh::journal() else { return };
    what_was_acknowledged_survives("NATS", &fresh.address, KILLS_OVER_JETSTREAM);
}

/// The same in shards that add up; each hundred kills have a journal of their own, and every third
/// time fifteen over each server come after them.
#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak kills`"]
fn kills() {
    let mut soak = Soak::asked();
    while soak.goes_on("kills") {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("killed.db");
        let answers =
            what_was_acknowledged_survives("SQLite", journal.to_str().expect("a path"), KILLS);
        soak.add(&[("kills", KILLS), ("answers", answers), ("lost", 0)]);
        let hundreds = soak.count("kills").div_euclid(KILLS);
        if !hundreds.is_multiple_of(3) {
            continue;
        }
        let kills = KILLS_OVER_POSTGRES;
        if let Some(fresh) = linli_postgres::trial::Fresh::journal() {
            let answers = what_was_acknowledged_survives("PostgreSQL", &fresh.address, kills);
            soak.add(&[("kills_postgres", kills), ("answers_postgres", answers)]);
        }
        if let Some(fresh) = linli_nats::trial::Fresh::journal() {
            let answers = what_was_acknowledged_survives("NATS", &fresh.address, kills);
            soak.add(&[("kills_nats", kills), ("answers_nats", answers)]);
        }
    }
}

/// How many answers came before the kills; a lost one is a panic.
fn what_was_acknowledged_survives(store: &str, journal: &str, kills: u64) -> u64 {
    let (mut acknowledged, mut in_between) = (0, 0);
    for round in 0..kills {
        let answered = acknowledged_before_the_kill(journal, round);
        let store = open(journal);
        for number in 0..answered {
            let receipt = Blocking(&*store).receipt(key(round, number)).expect("readable");
            assert!(receipt.is_some(), "append {number} of round {round} is lost");
        }
        // One append more may have been written without an answer; it is whole or absent.
        acknowledged += answered;
        in_between += u64::from(answered > 0);
    }
    let whole = every_append_is_whole(&*open(journal));
    println!(
        "\nfault A1 {store}: {kills} kills of who writes, {in_between} between two answers; 0 of \
         {acknowledged} answers lost, {whole} appends there, each whole"
    );
    assert!(in_between * 4 >= kills * 3, "three quarters of the kills after the first answer");
    assert!(whole >= acknowledged);
    acknowledged
}

fn every_append_is_whole(store: &dyn EventStore) -> u64 {
    let mut events: Vec<String> = Vec::new();
    let mut next = 1;
    for page in Blocking(store).pages(Query::all(), ReadOptions::forwards()) {
        for view in page.expect("readable").events() {
            assert_eq!(view.position.0, next, "positions are dense");
            next += 1;
            events.push(String::from_utf8_lossy(view.payload).into_owned());
        }
    }
    let mut appends = 0;
    for run in events.chunk_by(|a, b| a == b) {
        let number: usize =
            run[0].split('-').nth(1).and_then(|n| n.parse().ok()).expect("a number");
        assert_eq!(run.len(), 1 + number % 7, "append {} is half there", run[0]);
        appends += 1;
    }
    appends
}
