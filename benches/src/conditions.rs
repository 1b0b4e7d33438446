//! Durable appends as a decision makes them: each under a key and a condition, each event with
//! three tags. Beside umadb, which is given the same tags and the same conditions.

use std::path::{Path, PathBuf};

use linli::journal::{Append, Blocking, Event, IdempotencyKey, Query};
use linli_hand_bills::{Stopwatch, TAGGED, Tagged, median, rate};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::remove;
use crate::row::Goal;
use crate::stores::{answered, stores};
use crate::{Failed, Row, child};

const ROUNDS: usize = 5;

/// Events an append, appends a flush, and flushes.
struct Shape {
    measure: &'static str,
    events: usize,
    appends: usize,
    groups: usize,
    goal: f64,
}

static SHAPES: [Shape; 2] = [
    Shape {
        measure: "durable append of 1,000 tagged events under a condition",
        events: 1_000,
        appends: 1,
        groups: 50,
        goal: 2.0,
    },
    Shape {
        measure: "durable group of 1,000 tagged events, each under a condition",
        events: 1,
        appends: 1_000,
        groups: 50,
        goal: 1.0,
    },
];

/// Runs ours and the peer in turn, each in a process and into a file of its own.
pub(crate) fn measure(folder: &Path) -> Result<Vec<Row>, Failed> {
    let (database, other) = (folder.join("conditions.db"), folder.join("conditions.umadb"));
    let mut rows = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            remove(&database);
            let answer = child::start("condition", &database, &[&number.to_string()])?;
            ours.push(child::figure(&answer, "events_a_second")?);
            remove(&other);
            theirs.push(in_umadb(&other, shape)?);
        }
        rows.push(Row {
            measure: shape.measure.to_owned(),
            ours: median(&ours),
            unit: "events/s",
            peer: Some(("umadb", median(&theirs))),
            goal: Some(Goal::Ratio(shape.goal)),
        });
    }
    remove(&database);
    remove(&other);
    Ok(rows)
}

fn in_umadb(file: &PathBuf, shape: &Shape) -> Result<f64, Failed> {
    let figures = [shape.events, shape.appends, shape.groups].map(|figure| figure.to_string());
    let answer = answered(stores().args(["append", "umadb"]).arg(file).args(figures))?;
    // The library says something before.
    let last = answer.trim_end().lines().last().ok_or("the peer told nothing")?;
    Ok(last.parse()?)
}

/// Ours: the session of an append's first event must be new, and its key too.
pub(crate) fn ours(database: &Path, shape: usize) -> Result<Value, Failed> {
    let shape = SHAPES.get(shape).ok_or("there is no such shape of appends")?;
    let store = SqliteStore::open(database)?;
    let mut numbers = 0..(shape.events * shape.appends * shape.groups) as u64;
    let mut append = |number: usize| {
        let tagged: Vec<Tagged> = numbers.by_ref().take(shape.events).map(Tagged::new).collect();
        let is_there = Query::tagged(tagged.first().map_or("", Tagged::session));
        let event = |Tagged { tags, payload }| {
            tags.iter().fold(Event::new(TAGGED), |event, tag| event.tag(tag)).payload(&payload)
        };
        let key = IdempotencyKey::of("conditions", &number.to_string());
        Append::all(tagged.into_iter().map(event)).fail_if(is_there, None).key(key)
    };
    let all: Vec<Append> = (0..shape.appends * shape.groups).map(&mut append).collect();
    let events = all.iter().map(|append| append.events.len() as u64).sum();
    let mut all = all.into_iter();
    let groups: Vec<Vec<Append>> =
        (0..shape.groups).map(|_| all.by_ref().take(shape.appends).collect()).collect();
    let watch = Stopwatch::start();
    for group in groups {
        for answer in Blocking(&store).append_group(group) {
            answer?;
        }
    }
    Ok(json!({ "events_a_second": rate(events, watch.seconds()) }))
}
