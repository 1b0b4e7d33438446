//! Row B2: readers that resume, over handles that they open anew now and then, while writers append
//! through other handles and some of their groups are undone: each reader has seen every event once
//! and in order when the writers are done.
//!
//! Keeps away: a position that is visible before a lower one, a head that is read after the rows, a
//! page that ends in the middle and goes on behind, a notification that is taken for the truth.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use linli::journal::{
    Append, AppendError, Blocking, Event, EventStore, MemoryStore, Position, Query, ReadOptions,
};
use linli_sqlite::SqliteStore;

use super::{Chance, in_memory, told};
use crate::soaking::Soak;

const WRITERS: u64 = 4;
const READERS: u64 = 6;
/// How many events each writer appends at least; all readers together read twenty times as many.
const EVENTS: u64 = 1_500;
/// How many events are read in CI: 100,000, most of them where that is quick.
const READ_IN_MEMORY: u64 = 50_000;
const READ_IN_SQLITE: u64 = 30_000;
const READ_IN_POSTGRES: u64 = 12_000;
const READ_IN_JETSTREAM: u64 = 8_000;

type Handles<'h> = &'h (dyn Fn() -> Arc<dyn EventStore> + Sync);

/// Writers and readers at once; gives how many events were read.
fn run(open: Handles<'_>, seed: u64, events: u64) -> u64 {
    let is_over = AtomicBool::new(false);
    drop(open());
    std::thread::scope(|scope| {
        let is_over = &is_over;
        let write = |writer| scope.spawn(move || append_on(&*open(), seed + writer, events));
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let read = |reader| scope.spawn(move || read_on(open, reader, seed, is_over));
        let readers: Vec<_> = (0..READERS).map(read).collect();
        for writer in writers {
            writer.join().expect("it writes on");
        }
        is_over.store(true, SeqCst);
        // Who waits for more is woken by one more event, and stops.
        let last = Blocking(&*open()).append(Append::of(Event::new("Last").tag("even")));
        last.expect("nothing forbids it");
        readers.into_iter().map(|reader| reader.join().expect("it reads on")).sum()
    })
}

/// Appends groups: some appends of a group are refused, and some groups are undone whole.
fn append_on(store: &dyn EventStore, seed: u64, events: u64) {
    let (mut chance, mut written) = (Chance(seed), 0);
    while written < events {
        let event = |chance: &mut Chance| {
            let tag = if chance.below(2) == 0 { "even" } else { "odd" };
            Event::new("Written").tag(tag)
        };
        let append = |chance: &mut Chance| {
            let append = Append::all((0..=chance.below(5)).map(|_| event(chance)));
            if chance.below(4) == 0 { append.fail_if(Query::all(), None) } else { append }
        };
        let group = (0..=chance.below(3)).map(|_| append(&mut chance)).collect();
        for answer in Blocking(store).append_group(group) {
            match answer {
                Ok(appended) => written += appended.last.0 - appended.first.0 + 1,
                Err(AppendError::Conflict { .. } | AppendError::Busy { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Reads page by page from where it was until the writers are done; every third reader asks for a
/// tag. Then holds what it saw against the whole journal.
fn read_on(open: Handles<'_>, reader: u64, seed: u64, is_over: &AtomicBool) -> u64 {
    let mut chance = Chance(seed ^ (reader << 40));
    let query = if reader.is_multiple_of(3) { Query::tagged("even") } else { Query::all() };
    let (mut store, mut seen) = (open(), Vec::new());
    let mut known: Option<Position> = None;
    loop {
        if chance.below(20) == 0 {
            store = open();
        }
        let was_over = is_over.load(SeqCst);
        let limit = usize::try_from(1 + chance.below(64)).expect("a small number");
        let options = ReadOptions::forwards().after(known).limit(limit);
        let page = Blocking(&*store).read(&query, options).expect("readable");
        seen.extend_from_slice(page.positions());
        let is_full = page.len() == limit;
        // Where the page is not full it has come to the head that it names.
        let to =
            if is_full { page.positions().last().map(|last| Position(*last)) } else { page.head() };
        known = known.max(to);
        if was_over && !is_full && page.next().is_none() {
            break;
        }
        if page.is_empty() && !was_over {
            Blocking(&*store).past(known).expect("it is woken");
        }
    }
    let mut all = Vec::new();
    for page in Blocking(&*open()).pages(query, ReadOptions::forwards()) {
        all.extend_from_slice(page.expect("readable").positions());
    }
    // The last event only wakes.
    all.truncate(seen.len().max(all.len().saturating_sub(1)));
    if let Some(at) = (0..all.len().max(seen.len())).find(|&at| all.get(at) != seen.get(at)) {
        let (found, there) = (seen.get(at), all.get(at));
        panic!("reader {reader} saw {found:?} where {there:?} stands, after {at} events");
    }
    seen.len() as u64
}

/// Reads so many events, in as many journals as that takes.
fn until(least: u64, open: impl Fn(u64) -> Opens) -> (u64, u64) {
    let (mut read, mut rounds) = (0, 0);
    while read < least {
        let handles = open(rounds);
        read += run(&*handles, rounds << 48, EVENTS.min(1 + least / 19));
        rounds += 1;
    }
    (read, rounds)
}

fn say(store: &str, (read, rounds): (u64, u64)) {
    told(
        &format!("B2 {store}"),
        format_args!("{read} events read by {READERS} readers in {rounds} journals"),
        "0 skipped, 0 doubled",
    );
}

#[test]
fn readers_that_resume_see_every_event_once_in_memory() {
    say("memory", until(READ_IN_MEMORY, |_| in_memory_handles()));
}

#[test]
fn readers_that_resume_see_every_event_once_in_sqlite() {
    let folder = in_memory();
    let handles = |round| sqlite_handles(folder.path().join(format!("{round}.db")));
    say("SQLite", until(READ_IN_SQLITE, handles));
}

#[test]
fn readers_that_resume_see_every_event_once_in_postgres() {
    if linli_postgres::trial::Fresh::journal().is_some() {
        say("PostgreSQL", until(READ_IN_POSTGRES, |_| postgres_handles().expect("a server")));
    }
}

#[test]
fn readers_that_resume_see_every_event_once_in_jetstream() {
    if linli_nats::trial::Fresh::journal().is_some() {
        say("NATS", until(READ_IN_JETSTREAM, |_| nats_handles().expect("servers")));
    }
}

type Opens = Box<dyn Fn() -> Arc<dyn EventStore> + Sync>;

fn in_memory_handles() -> Opens {
    let store = MemoryStore::new();
    Box::new(move || Arc::new(store.clone()))
}

fn sqlite_handles(path: std::path::PathBuf) -> Opens {
    Box::new(move || Arc::new(SqliteStore::open(&path).expect("the journal opens")))
}

fn postgres_handles() -> Option<Opens> {
    let fresh = linli_postgres::trial::Fresh::journal()?;
    Some(Box::new(move || Arc::new(fresh.store())))
}

fn nats_handles() -> Option<Opens> {
    let fresh = linli_nats::trial::Fresh::journal()?;
    Some(Box::new(move || Arc::new(fresh.store())))
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak readers`"]
fn readers() {
    let mut soak = Soak::asked();
    while soak.goes_on("events") {
        let (seed, folder) = (soak.count("events") << 20, in_memory());
        let memory = run(&*in_memory_handles(), seed, EVENTS);
        let sqlite = run(&*sqlite_handles(folder.path().join("read.db")), seed, EVENTS);
        let postgres = postgres_handles().map_or(0, |open| run(&*open, seed, EVENTS));
        let nats = nats_handles().map_or(0, |open| run(&*open, seed, EVENTS));
        soak.add(&[
            ("events", memory + sqlite + postgres + nats),
            ("memory", memory),
            ("sqlite", sqlite),
            ("postgres", postgres),
            ("nats", nats),
            ("skipped_or_doubled", 0),
        ]);
    }
}
