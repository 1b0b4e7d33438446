//! What an event costs in a journal a thousand times as long, and what memory that takes.

use std::path::Path;
use std::{fs, io};

use linli::journal::Blocking;
use linli::ledger::{Authority, Ledger};
use linli::replay::{GroupBy, Replay};
use linli_hand_bills::{Stopwatch, median, peak_kib};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, child, tariffs};

/// By so much the long journal is longer.
const TIMES: u64 = 1_000;
const ROUNDS: usize = 15;
/// What a replay may take, in MiB.
const MEMORY: f64 = 64.0;

/// Replays a journal of so many sessions and one of a thousandth of them, in turn. Groups are days:
/// their number does not grow with the journal.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let short = Journal::write(folder.join("short-replay.db"), sessions.div_ceil(TIMES), 1_000)?;
    let long = Journal::write(folder.join("long-replay.db"), sessions, 1_000)?;
    let (mut of_long, mut of_short) = (Runs::default(), Runs::default());
    for (journal, runs) in [(&long, &mut of_long), (&short, &mut of_short)] {
        io::copy(&mut fs::File::open(&journal.path)?, &mut io::sink())?;
        runs.take(journal)?;
    }
    for _ in 1..ROUNDS {
        of_long.take(&long)?;
        of_short.take(&short)?;
    }
    let row = |what: &str, unit, [ours, theirs]: [f64; 2], goal| Row {
        measure: format!("replay of {} events, {what}", long.events),
        ours,
        unit,
        peer: Some(("a thousandth of them", theirs)),
        goal: Some(goal),
    };
    let nanos = [median(&of_long.nanos), median(&of_short.nanos)];
    let memory = [of_long.peak_mib, of_short.peak_mib];
    Ok(vec![
        row("an event", "ns", nanos, Goal::RatioBelow(1.2)),
        row("resident memory", "MiB", memory, Goal::Below(MEMORY)),
    ])
}

/// The runs over one journal so far.
#[derive(Default)]
struct Runs {
    nanos: Vec<f64>,
    peak_mib: f64,
}

impl Runs {
    fn take(&mut self, journal: &Journal) -> Result<(), Failed> {
        let run = child::start("days", &journal.path, &[])?;
        if run.get("sessions").and_then(Value::as_u64) != Some(journal.sessions) {
            return Err(format!("a run did not bill {} sessions: {run}", journal.sessions).into());
        }
        let nanos = child::figure(&run, "seconds")? * 1_000_000_000.0;
        self.nanos.push(nanos / child::figure(&run, "events")?);
        self.peak_mib = self.peak_mib.max(child::figure(&run, "peak_kib")? / 1_024.0);
        Ok(())
    }
}

/// A replay under both tariffs by day.
pub(crate) fn run(journal: &Path) -> Result<Value, Failed> {
    let [flat, three_bands] = tariffs::read()?;
    let watch = Stopwatch::start();
    let ledger = Ledger::new(SqliteStore::open_read_only(journal)?, Authority::read_only());
    let replay = Replay::under(&flat).and(&three_bands).by(GroupBy::Day);
    let report = replay.run_blocking(&ledger)?;
    let (seconds, peak_kib) = (watch.seconds(), peak_kib());
    let events = Blocking(ledger.store()).head()?.map_or(0, |head| head.0);
    Ok(json!({ "seconds": seconds, "peak_kib": peak_kib, "events": events,
        "sessions": report.sessions }))
}
