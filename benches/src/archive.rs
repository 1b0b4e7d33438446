//! Time-of-use bills from the archive, sample by sample: a replay beside SQL over the same table.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use linli::journal::Blocking;
use linli::ledger::{Authority, Ledger};
use linli::replay::{GroupBy, Replay};
use linli_archive::{Archive, ArchiveStore, Seal};
use linli_hand_bills::{Group, Groups, Stopwatch, median, rate, summary};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, billing_replay, child, tariffs};

const ROUNDS: usize = 5;
const SCRIPT: &str = "benches/duckdb_bills.py";
/// Names the interpreter of an environment with duckdb in it.
pub(crate) const PYTHON: &str = "LINLI_SQL_PYTHON";
/// The same bills, asked for in three ways: the quickest counts.
const FORMS: [&str; 3] = ["lists", "rows", "cut"];

/// Runs ours and each form of the peer in turn, each in a process of its own, over warm files.
/// Without an interpreter there is no row.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let Some(python) = python() else { return Ok(Vec::new()) };
    let journal = Journal::write(folder.join("archive.db"), sessions, 1_000)?;
    let archive = sealed(&journal, folder.join("archive"))?;
    drop(journal);
    let mut ours = Vec::new();
    let mut theirs = FORMS.map(|form| (form, Vec::new()));
    for round in 1..=ROUNDS {
        let run = child::start("archive", &archive, &[])?;
        let bills = run.get("bills").ok_or("a run told no bills")?;
        ours.push(rate(sessions, child::figure(&run, "seconds")?));
        for (form, rates) in &mut theirs {
            rates.push(in_duckdb(&python, (&archive, form, "files"), sessions, bills)?);
        }
        let last = |rates: &[f64]| rates.last().copied().unwrap_or(f64::NAN);
        let peers = theirs.iter().map(|(form, rates)| format!("{form} {:.0}", last(rates)));
        let peers = peers.collect::<Vec<_>>().join(", ");
        let ours = last(&ours);
        println!("archive, round {round} of {ROUNDS}: {ours:.0} sessions/s | DuckDB {peers}");
    }
    let fastest = theirs.iter().map(|(_, rates)| median(rates)).fold(f64::NAN, f64::max);
    Ok(vec![Row {
        measure: format!("time-of-use bills of {sessions} sessions from the archive"),
        ours: median(&ours),
        unit: "sessions/s",
        peer: Some(("DuckDB", fastest)),
        goal: Some(Goal::Ratio(10.0)),
    }])
}

/// The archive of a journal, read through once.
pub(crate) fn sealed(journal: &Journal, place: PathBuf) -> Result<PathBuf, Failed> {
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    let store = SqliteStore::open_read_only(&journal.path)?;
    let watch = Stopwatch::start();
    let archive = Archive::create(&place)?;
    archive.seal(Blocking(&store), Seal::all(), |_| std::ops::ControlFlow::Continue(()))?;
    println!("sealed in {:.0} s", watch.seconds());
    for file in fs::read_dir(place.join("sessions"))? {
        io::copy(&mut fs::File::open(file?.path())?, &mut io::sink())?;
    }
    Ok(place)
}

/// Ours: the replay as a user writes it.
pub(crate) fn run(archive: &Path) -> Result<Value, Failed> {
    let [_, three_bands] = tariffs::read()?;
    let watch = Stopwatch::start();
    let ledger = opened(archive)?;
    let replay = Replay::under(&three_bands).by(GroupBy::CardMonth);
    let report = replay.run_blocking(&ledger)?;
    let seconds = watch.seconds();
    let bands = report.tariffs.first().ok_or("a replay has no result")?;
    let bills = summary(&billing_replay::groups(&bands.groups)?);
    Ok(json!({ "seconds": seconds, "bills": bills, "digest": bands.digest.to_string() }))
}

/// An archive with the tables of its sessions.
pub(crate) fn opened(archive: &Path) -> Result<Ledger, Failed> {
    let store = ArchiveStore::open(archive)?;
    let closed = store.closed();
    Ok(Ledger::new(store, Authority::read_only()).with_closed(closed))
}

/// The interpreter of an environment with duckdb in it, if one is named.
pub(crate) fn python() -> Option<OsString> {
    let python = env::var_os(PYTHON);
    if python.is_none() {
        println!("no DuckDB: {PYTHON} names no interpreter with it");
    }
    python
}

/// How many sessions a second the quickest form bills, from its files or from a table in memory.
pub(crate) fn quickest(
    python: &OsStr,
    archive: &Path,
    from: &str,
    sessions: u64,
    bills: &Value,
) -> Result<f64, Failed> {
    let rates = FORMS.map(|form| in_duckdb(python, (archive, form, from), sessions, bills));
    rates.into_iter().try_fold(f64::NAN, |fastest, rate| Ok(fastest.max(rate?)))
}

/// How many sessions a second a form bills; the bills must be ours.
fn in_duckdb(
    python: &OsStr,
    (archive, form, from): (&Path, &str, &str),
    sessions: u64,
    bills: &Value,
) -> Result<f64, Failed> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(SCRIPT);
    let mut child = Command::new(python);
    let words = [archive.as_os_str(), OsStr::new(form), OsStr::new(from)];
    let output = child.arg(script).args(words).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} ended with {}", output.status).into());
    }
    let run: Value = serde_json::from_slice(&output.stdout)?;
    let told = run.get("groups").ok_or("a run told no groups")?;
    if *bills != summary(&groups(told)?) {
        return Err(format!("the bills of {form} differ from ours: {bills}").into());
    }
    Ok(rate(sessions, child::figure(&run, "seconds")?))
}

/// What a peer came to, for each card and month.
pub(crate) fn groups(told: &Value) -> Result<Groups, Failed> {
    let told = told.as_object().ok_or("a run told no groups")?;
    let mut groups = Groups::new();
    for (name, of) in told {
        let figure = |place: usize| of.get(place).and_then(Value::as_i64);
        let (Some(sessions), Some(energy_wh), Some(fen)) = (figure(0), figure(1), figure(2)) else {
            return Err(format!("a run told no sums of {name}").into());
        };
        let sessions = u64::try_from(sessions)?;
        groups.insert(name.clone(), Group { sessions, energy_wh, fen });
    }
    Ok(groups)
}
