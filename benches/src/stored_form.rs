//! The stored form: bytes an event, and how fast it is read and decoded.

use std::path::Path;

use linli::codec;
use linli::journal::{Blocking, Columns, Page, Pages, Query, ReadOptions};
use linli_sqlite::SqliteStore;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::{Failed, Row, child};
use linli_hand_bills::{Stopwatch, median, rate, ratio};

const ROUNDS: usize = 5;
/// Events that are held in memory to be decoded from there.
const HELD: usize = 400_000;
/// The tables of a journal, as they are told.
const TABLES: [(&str, &str); 2] = [("append", "in the appends"), ("entry", "in the index")];

const PAGES_OF_TABLE: &str = "SELECT pgsize FROM dbstat WHERE name = ?1 AND aggregate = 1";

/// Weighs the file, and has it read in a process of its own.
pub(crate) fn measure(journal: &Journal) -> Result<Vec<Row>, Failed> {
    let row = |what: &str, ours, unit| {
        let measure = format!("{what}, {} an append", journal.an_append);
        Row { measure, ours, unit, peer: None, goal: None }
    };
    let an_event = |bytes| ratio(bytes, journal.events);
    let whole = std::fs::metadata(&journal.path)?.len();
    let mut rows = vec![row("size of an event, all included", an_event(whole), "B")];
    for (table, what) in TABLES {
        let what = format!("size of an event, {what}");
        rows.push(row(&what, an_event(bytes_of(journal, table)?), "B"));
    }
    let read = child::start("stored-form", &journal.path, &[])?;
    for (name, what) in [
        ("scan", "scan of pages from SQLite"),
        ("scan_and_decode", "scan and decode from SQLite"),
        ("decode", "decode from pages in memory"),
    ] {
        rows.push(row(what, child::figure(&read, name)?, "events/s"));
    }
    Ok(rows)
}

/// What a packed journal has more.
pub(crate) fn of_packed(journal: &Journal) -> Result<Row, Failed> {
    let measure = format!("size of an event, in what is packed, {} an append", journal.an_append);
    let ours = ratio(bytes_of(journal, "packed_block")?, journal.events);
    Ok(Row { measure, ours, unit: "B", peer: None, goal: None })
}

fn bytes_of(journal: &Journal, table: &str) -> Result<u64, Failed> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&journal.path, flags)?;
    let bytes: i64 = connection.query_row(PAGES_OF_TABLE, [table], |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}

/// Events a second: pages alone, pages and their events, events of pages that are there.
pub(crate) fn run(journal: &Path) -> Result<Value, Failed> {
    let store = SqliteStore::open_read_only(journal)?;
    let held: Vec<Page> = pages(&store, lean().limit(HELD)).collect::<Result<_, _>>()?;
    let (mut scan, mut scan_and_decode, mut decode) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        scan.push(timed(pages(&store, lean()), |page| Ok(page?.len() as u64))?);
        scan_and_decode.push(timed(pages(&store, lean()), |page| decoded(&page?))?);
        decode.push(timed(held.iter(), decoded)?);
    }
    Ok(json!({
        "scan": median(&scan),
        "scan_and_decode": median(&scan_and_decode),
        "decode": median(&decode),
    }))
}

/// The columns that a replay reads.
fn lean() -> ReadOptions {
    ReadOptions::forwards().columns(Columns::WithoutIdsAndTags)
}

fn pages(store: &SqliteStore, options: ReadOptions) -> Pages<'_> {
    Blocking(store).pages(Query::all(), options)
}

/// Decodes the events of a page, each to be forgotten again, and gives their number.
fn decoded(page: &Page) -> Result<u64, Failed> {
    let mut events = 0;
    for view in page.events() {
        std::hint::black_box(codec::decode(&view)?);
        events += 1;
    }
    Ok(events)
}

/// How many events a second come of these pages.
fn timed<P>(
    pages: impl Iterator<Item = P>,
    events_of: impl Fn(P) -> Result<u64, Failed>,
) -> Result<f64, Failed> {
    let watch = Stopwatch::start();
    let mut events = 0;
    for page in pages {
        events += events_of(page)?;
    }
    Ok(rate(events, watch.seconds()))
}
