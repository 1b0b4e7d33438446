//! What an append costs in a long journal, beside a short one.

use std::path::Path;

use linli::journal::{Blocking, IdempotencyKey};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::community::Community;
use crate::journal::{Journal, appends};
use crate::row::Goal;
use crate::{Failed, Row, child};
use linli_hand_bills::{Stopwatch, median, rate};

/// About as many events has the short journal: a session has 9.8 of them.
const SHORT: u64 = 1_020;
/// How many appends of one event are timed in each run, one by one.
const APPENDS: usize = 4_096;
const ROUNDS: usize = 5;

/// Times appends of one event into a journal of as many sessions, whose events came one by one, and
/// into a short one, in turn.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let short = Journal::write(folder.join("short.db"), SHORT, 1)?;
    let long = Journal::write(folder.join("long.db"), sessions, 1)?;
    let mut rows = Vec::new();
    let (mut in_long, mut in_short) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let round = round.to_string();
        in_long.push(child::start("latency", &long.path, &[&round])?);
        in_short.push(child::start("latency", &short.path, &[&round])?);
    }
    for (figure, what) in [("mean", "mean of"), ("p50", "half of"), ("p99", "99 of 100")] {
        let of = |answers: &[Value]| -> Result<f64, Failed> {
            let figures: Result<Vec<f64>, _> =
                answers.iter().map(|answer| child::figure(answer, figure)).collect();
            Ok(median(&figures?))
        };
        rows.push(Row {
            measure: format!("append of one event, {what}, after {} events", long.events),
            ours: of(&in_long)?,
            unit: "us",
            peer: Some(("after 10,000 events", of(&in_short)?)),
            goal: Some(Goal::RatioBelow(1.3)),
        });
    }
    Ok(rows)
}

/// Appends one event after the other, each under a key that is new, and tells how long it took.
pub(crate) fn run(journal: &Path, round: &str) -> Result<Value, Failed> {
    let store = SqliteStore::open_existing(journal)?;
    let events = appends(Community::new(APPENDS as u64 / 5)?, 1).take(APPENDS);
    let mut micros = Vec::with_capacity(APPENDS);
    for (number, append) in events.enumerate() {
        let append = append.key(IdempotencyKey::of("latency", &format!("{round}:{number}")));
        let watch = Stopwatch::start();
        Blocking(&store).append(append)?;
        micros.push(watch.seconds() * 1_000_000.0);
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: usize| micros.get(micros.len() * share / 100).copied();
    let seconds = micros.iter().sum::<f64>() / 1_000_000.0;
    let mean = 1_000_000.0 / rate(APPENDS as u64, seconds);
    Ok(json!({ "mean": mean, "p50": at(50), "p99": at(99) }))
}
