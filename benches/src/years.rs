//! A year of a whole community into all views: what twice the events cost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linli::journal::{Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli::privacy::MemoryKeyring;
use linli::views::{AllViews, Questions};
use linli::{CaseHandling, Event, Evolve, Happened, Timestamp, Zone};
use linli_demo::Year;
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::remove;
use crate::row::Goal;
use crate::{Failed, Row, child};
use linli_hand_bills::{Stopwatch, median, peak_kib, rate};

const ROUNDS: usize = 9;
/// Who reads and writes.
const ACTOR: &str = "operator";
/// Noon of 28 February 2022, when the year is over.
const REPORT: Timestamp = Timestamp(1_646_020_800_000_000);

/// Folds a year at half a size and at the whole in turn, each in a process of its own.
pub(crate) fn measure(folder: &Path, size: u32) -> Result<Vec<Row>, Failed> {
    let mut half = Told::write(folder, size / 2)?;
    let mut whole = Told::write(folder, size)?;
    for round in 1..=ROUNDS {
        let (few, many) = (half.fold()?, whole.fold()?);
        println!("a year into all views, round {round} of {ROUNDS}: {few:.3} s | {many:.3} s");
    }
    let (few, many) = (median(&half.seconds), median(&whole.seconds));
    let (fewer, more) = (half.events, whole.events);
    Ok(vec![
        Row {
            measure: format!("a year into all views: {more} events by {fewer}"),
            ours: many / few,
            unit: "times",
            peer: None,
            goal: Some(Goal::Below(2.2)),
        },
        Row {
            measure: format!("a year at size {size} into all views"),
            ours: rate(more, many),
            unit: "events/s",
            peer: None,
            goal: None,
        },
    ])
}

/// Seconds of one fold of all events, which are read before the clock starts.
pub(crate) fn run(journal: &Path) -> Result<Value, Failed> {
    let ledger = Ledger::new(SqliteStore::open_read_only(journal)?, Authority::read_only());
    let mut events: Vec<Happened<Event>> = Vec::new();
    ledger.each(ACTOR, Query::all(), ReadOptions::forwards(), |_, told| events.push(told))?;
    let mut views = AllViews::of(&Questions {
        day: REPORT.local_date(Zone::Asia__Shanghai).ok_or("the report has no day")?,
        at: (REPORT, Zone::Asia__Shanghai),
        card: "card-002".parse()?,
        handling: ("none".to_owned(), CaseHandling::default()),
    });
    let watch = Stopwatch::start();
    for happened in &events {
        views.evolve(happened);
    }
    let seconds = watch.seconds();
    let sessions = views.sessions.iter().count();
    Ok(json!({
        "seconds": seconds,
        "events": events.len(),
        "sessions": sessions,
        "peak_kib": peak_kib(),
    }))
}

/// A journal with the year at a size, and what it took to fold it. Dropping it removes the file.
struct Told {
    path: PathBuf,
    events: u64,
    seconds: Vec<f64>,
}

impl Told {
    /// Every event goes through the ledger and its rules.
    fn write(folder: &Path, size: u32) -> Result<Self, Failed> {
        let path = folder.join(format!("year-{size}.db"));
        remove(&path);
        let watch = Stopwatch::start();
        let keyring = Arc::new(MemoryKeyring::for_tests());
        let store = SqliteStore::open(&path)?;
        let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring);
        let mut events = 0;
        for group in Year::of_size(size).groups()? {
            for answer in ledger.execute_group_blocking(ACTOR, group?)? {
                let last = answer?.map_or(0, |appended| appended.last.0);
                events = last.max(events);
            }
        }
        println!("told a year at size {size} as {events} events in {:.0} s", watch.seconds());
        Ok(Self { path, events, seconds: Vec::new() })
    }

    fn fold(&mut self) -> Result<f64, Failed> {
        let run = child::start("year", &self.path, &[])?;
        if run.get("events").and_then(Value::as_u64) != Some(self.events) {
            return Err(format!("a run did not see {} events: {run}", self.events).into());
        }
        let seconds = child::figure(&run, "seconds")?;
        self.seconds.push(seconds);
        Ok(seconds)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        remove(&self.path);
    }
}
