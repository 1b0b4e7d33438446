//! Time-of-use bills from columns in memory, sample by sample: a replay of held sessions beside a
//! loop written by hand over the same columns, and beside SQL over a table in memory.

use std::collections::HashMap;
use std::path::Path;

use linli::charging::{Event, Reading};
use linli::ledger::{Authority, Ledger};
use linli::replay::{GroupBy, Replay};
use linli::{CardId, SessionKey};
use linli_hand_bills::{Columns, Stopwatch, median, rate, summary};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::community::Community;
use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, archive, billing_replay, child, tariffs};

const ROUNDS: usize = 5;

/// Runs ours and the peers in turn, each in a process of its own. What is held is made before the
/// clock starts.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let journal = Journal::write(folder.join("columns.db"), sessions, 1_000)?;
    let sealed = archive::sealed(&journal, folder.join("columns-archive"))?;
    let of_duckdb = archive::python();
    let (mut ours, mut by_hand, mut in_duckdb) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let run = child::start("held", &journal.path, &[])?;
        let hand = child::start("columns-by-hand", folder, &[&sessions.to_string()])?;
        if run.get("bills") != hand.get("bills") {
            return Err(format!("the bills differ: ours {run}, by hand {hand}").into());
        }
        let bills = run.get("bills").ok_or("a run told no bills")?;
        ours.push(rate(sessions, child::figure(&run, "seconds")?));
        by_hand.push(rate(sessions, child::figure(&hand, "seconds")?));
        if let Some(python) = &of_duckdb {
            in_duckdb.push(archive::quickest(python, &sealed, "memory", sessions, bills)?);
        }
    }
    std::fs::remove_dir_all(sealed)?;
    let row = |peer, theirs: &[f64], goal| Row {
        measure: format!("time-of-use bills of {sessions} sessions from columns in memory"),
        ours: median(&ours),
        unit: "sessions/s",
        peer: Some((peer, median(theirs))),
        goal: Some(Goal::Ratio(goal)),
    };
    let mut rows = vec![row("a loop by hand", &by_hand, 0.8)];
    if of_duckdb.is_some() {
        rows.push(row("DuckDB, a table in memory", &in_duckdb, 15.0));
    }
    Ok(rows)
}

/// Ours: a journal whose sessions are held is replayed.
pub(crate) fn ours(journal: &Path) -> Result<Value, Failed> {
    let [_, three_bands] = tariffs::read()?;
    let ledger = Ledger::new(SqliteStore::open_read_only(journal)?, Authority::read_only());
    let held = ledger.with_sessions_held("bench")?;
    let replay = Replay::under(&three_bands).by(GroupBy::CardMonth);
    let watch = Stopwatch::start();
    let report = replay.run_blocking(&held)?;
    let seconds = watch.seconds();
    let bands = report.tariffs.first().ok_or("a replay has no result")?;
    let bills = summary(&billing_replay::groups(&bands.groups)?);
    Ok(json!({ "seconds": seconds, "bills": bills }))
}

/// The peer: the same sessions as columns, and a loop over them.
pub(crate) fn by_hand(sessions: u64) -> Result<Value, Failed> {
    let mut open: HashMap<SessionKey, (CardId, Vec<(i64, i64)>)> = HashMap::new();
    let mut columns = Columns::default();
    let unknown = "the community tells what the loop does not know";
    for happened in Community::new(sessions)? {
        let at_us = happened.at.0;
        match happened.event {
            Event::SessionStarted { session, card, register, .. } => {
                let register = register.ok_or(unknown)?.0;
                open.insert(session, (card.ok_or(unknown)?, vec![(at_us, register)]));
            }
            Event::MeterSampled { session, reading: Reading::Register(register), .. } => {
                let (_, readings) = open.get_mut(&session).ok_or(unknown)?;
                readings.push((at_us, register.0));
            }
            Event::SessionEnded { session, reading: Some(Reading::Register(register)), .. } => {
                let (card, mut readings) = open.remove(&session).ok_or(unknown)?;
                readings.push((at_us, register.0));
                columns.push(card.as_str(), &readings);
            }
            _ => return Err(unknown.into()),
        }
    }
    let watch = Stopwatch::start();
    let bills = columns.bills().ok_or("a bill is beyond what a journal can mean")?;
    let seconds = watch.seconds();
    Ok(json!({ "seconds": seconds, "bills": summary(&bills) }))
}
