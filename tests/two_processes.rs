//! Two processes append to one journal, in a SQLite file, in PostgreSQL or in JetStream, each under
//! the condition that its count is the next: nothing is lost, and no condition is broken.
//!
//! Keeps away: a condition checked outside the write transaction, a position cached by a process.

use std::process::{Child, Command};
use std::sync::Arc;

use linli::journal::{Append, AppendError, Blocking, Event, EventStore, Query, ReadOptions};
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
use linli_sqlite::SqliteStore;

const JOURNAL: &str = "LINLI_SHARED_JOURNAL";
const COUNTS: usize = 150;

/// Not a test of its own: one of the two processes. It adds the next count, over and over.
#[test]
fn one_of_the_two_processes() {
    let Ok(journal) = std::env::var(JOURNAL) else { return };
    let store = open(&journal);
    (0..COUNTS).for_each(|_| count_once(&*store));
}

fn open(journal: &str) -> Arc<dyn EventStore> {
    match journal.split_once("://").map(|(scheme, _)| scheme) {
        Some("postgres") => Arc::new(PostgresStore::open(journal).expect("the journal opens")),
        Some(_) => Arc::new(NatsStore::open(journal).expect("the journal opens")),
        None => Arc::new(SqliteStore::open(journal).expect("the journal opens")),
    }
}

fn count_once(store: &dyn EventStore) {
    let store = Blocking(store);
    let query = Query::tagged("count");
    loop {
        let newest = ReadOptions::backwards().limit(1);
        let page = store.read(&query, newest).expect("readable");
        let count = page.event(0).map_or(0, |view| {
            String::from_utf8_lossy(view.payload).parse::<usize>().expect("a count")
        });
        let next = (count + 1).to_string();
        let event = Event::new("Counted").tag("count").payload(next.as_bytes());
        match store.append(Append::of(event).fail_if(query.clone(), page.head())) {
            Ok(_) => return,
            Err(AppendError::Conflict { .. } | AppendError::Busy { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn start(journal: &str) -> Child {
    Command::new(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", "two_processes::one_of_the_two_processes", "--nocapture"])
        .env(JOURNAL, journal)
        .spawn()
        .expect("the process starts")
}

#[test]
fn two_processes_keep_every_condition() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("shared.db");
    every_condition_is_kept_in(journal.to_str().expect("a path"));
}

#[test]
fn two_processes_keep_every_condition_in_postgres() {
    let Some(fresh) = linli_postgres::trial::Fresh::journal() else { return };
    every_condition_is_kept_in(&fresh.address);
}

#[test]
fn two_processes_keep_every_condition_in_jetstream() {
    let Some(fresh) = linli_nats::trial::Fresh::journal() else { return };
    every_condition_is_kept_in(&fresh.address);
}

fn every_condition_is_kept_in(journal: &str) {
    let processes = [start(journal), start(journal)];
    for mut process in processes {
        assert!(process.wait().expect("the process ends").success());
    }
    let store = open(journal);
    let mut counts = Vec::new();
    for page in Blocking(&*store).pages(Query::all(), ReadOptions::forwards()) {
        let page = page.expect("readable");
        counts.extend(page.events().map(|view| String::from_utf8_lossy(view.payload).into_owned()));
    }
    let dense: Vec<String> = (1..=2 * COUNTS).map(|count| count.to_string()).collect();
    assert_eq!(counts, dense);
}
