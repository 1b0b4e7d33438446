//! A frame of all bills: what a caller in Python waits for, beside the same columns in Rust.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use linli::charging::tariff::Tariff;
use linli::ledger::{Authority, Ledger};
use linli::replay::Replay;
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, child, tariffs};
use linli_hand_bills::{Stopwatch, median, peak_kib, rate};

const ROUNDS: usize = 5;
const SCRIPT: &str = "bindings/python/benches/frame.py";
/// Names the interpreter of an environment with the release wheel and pyarrow in it.
const PYTHON: &str = "LINLI_PYTHON";
/// At most 1.15 of Rust's time.
const GOAL: f64 = 0.87;

/// Runs Rust and Python in turn, each in a process of its own, over a warm file. Without an
/// interpreter there is no row.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let Some(python) = env::var_os(PYTHON) else {
        println!("no frames: {PYTHON} names no interpreter with the release wheel and pyarrow");
        return Ok(Vec::new());
    };
    let journal = Journal::write(folder.join("frames.db"), sessions, 1_000)?;
    let tariff = folder.join("flat.json");
    fs::write(&tariff, tariffs::FLAT)?;
    io::copy(&mut fs::File::open(&journal.path)?, &mut io::sink())?;
    let (mut ours, mut theirs) = (Runs::default(), Runs::default());
    for round in 1..=ROUNDS {
        ours.take(sessions, &in_python(&python, &journal.path, &tariff)?)?;
        theirs.take(sessions, &child::start("frame", &journal.path, &[])?)?;
        println!("a frame, round {round} of {ROUNDS}: {} | {}", ours.last(), theirs.last());
    }
    let of = format!("of {sessions} bills in Python");
    Ok(vec![
        Row {
            measure: format!("a frame {of}"),
            ours: median(&ours.rates),
            unit: "bills/s",
            peer: Some(("Rust", median(&theirs.rates))),
            goal: Some(Goal::Ratio(GOAL)),
        },
        Row {
            measure: format!("memory of a frame {of}, above, by its size"),
            ours: median(&ours.shares),
            unit: "times",
            peer: Some(("Rust", median(&theirs.shares))),
            goal: Some(Goal::Below(1.3)),
        },
    ])
}

/// The frame in Rust: the columns that Python is given, and nothing else of the replay.
pub(crate) fn run(journal: &Path) -> Result<Value, Failed> {
    let before_kib = peak_kib();
    let watch = Stopwatch::start();
    let ledger = Ledger::new(SqliteStore::open_read_only(journal)?, Authority::read_only());
    let flat = Tariff::from_json(tariffs::FLAT)?;
    let mut report = Replay::under(&flat).keep_bills().run_blocking(&ledger)?;
    let table = linli_arrow::take_bills(&mut report, &[None])?;
    Ok(json!({
        "seconds": watch.seconds(),
        "rows": table.rows(),
        "result_kib": size_of(&table) / 1_024,
        "before_kib": before_kib,
        "peak_kib": peak_kib(),
    }))
}

fn size_of(table: &linli_arrow::Table) -> usize {
    table.batches().iter().map(arrow_array::RecordBatch::get_array_memory_size).sum()
}

fn in_python(python: &std::ffi::OsStr, journal: &Path, tariff: &Path) -> Result<Value, Failed> {
    let script: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(SCRIPT);
    let mut child = Command::new(python);
    let output = child.arg(script).args([journal, tariff]).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The runs of one side so far.
#[derive(Default)]
struct Runs {
    rates: Vec<f64>,
    /// The most memory above the level before the call, by the size of the result.
    shares: Vec<f64>,
}

impl Runs {
    fn take(&mut self, sessions: u64, run: &Value) -> Result<(), Failed> {
        if run.get("rows").and_then(Value::as_u64) != Some(sessions) {
            return Err(format!("a run did not give {sessions} bills: {run}").into());
        }
        self.rates.push(rate(sessions, child::figure(run, "seconds")?));
        let above = child::figure(run, "peak_kib")? - child::figure(run, "before_kib")?;
        self.shares.push(above / child::figure(run, "result_kib")?);
        Ok(())
    }

    fn last(&self) -> String {
        let last = |figures: &[f64]| figures.last().copied().unwrap_or(f64::NAN);
        format!("{:.0} bills/s, {:.2} of the result", last(&self.rates), last(&self.shares))
    }
}
