//! Billing replay: every bill of a journal under two tariffs, by card and month, on one thread.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::{fs, io};

use linli::Money;
use linli::journal::Blocking;
use linli::ledger::{Authority, Ledger};
use linli::replay::{GroupBy, Replay, Sum};
use linli_hand_bills::{Ended, Group, Groups, Replayed, Stopwatch, median, rate};
use linli_sqlite::SqliteStore;
use serde_json::Value;

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, child, tariffs};

const ROUNDS: usize = 5;
const PEER: &str = "the hand loop";

/// Runs ours and the hand loop in turn, each in a process of its own, over a warm file.
pub(crate) fn measure(journal: &Journal) -> Result<[Row; 3], Failed> {
    io::copy(&mut fs::File::open(&journal.path)?, &mut io::sink())?;
    let (mut ours, mut theirs) = (Runs::default(), Runs::default());
    let mut on_two = Runs::default();
    for round in 1..=ROUNDS {
        ours.take(journal, &child::start("replay", &journal.path, &["1"])?)?;
        theirs.take(journal, &child::start("hand-loop", &journal.path, &[])?)?;
        on_two.take(journal, &child::start("replay", &journal.path, &["2"])?)?;
        if ours.bills != on_two.bills {
            return Err("one thread and two come to other bills".into());
        }
        if ours.bills != theirs.bills {
            let (ours, theirs) = (&ours.bills, &theirs.bills);
            return Err(format!("the bills differ: ours {ours:?}, {PEER} {theirs:?}").into());
        }
        println!("billing replay, round {round} of {ROUNDS}: {} | {}", ours.last(), theirs.last());
    }
    let (sessions, an_append) = (journal.sessions, journal.an_append);
    let of = format!("of {sessions} sessions, {an_append} an append");
    Ok([
        Row {
            measure: format!("billing replay {of}"),
            ours: median(&ours.rates),
            unit: "events/s",
            peer: Some((PEER, median(&theirs.rates))),
            goal: Some(Goal::Ratio(0.6)),
        },
        Row {
            measure: format!("the same on two threads, beside a reader, {an_append} an append"),
            ours: median(&on_two.rates),
            unit: "events/s",
            peer: Some(("on one thread", median(&ours.rates))),
            goal: None,
        },
        Row {
            measure: format!("resident memory {of}"),
            ours: ours.peak_mib(),
            unit: "MiB",
            peer: Some((PEER, theirs.peak_mib())),
            goal: Some(Goal::Below(256.0)),
        },
    ])
}

/// Packs the journal, and runs ours from what is packed and the hand loop in turn.
pub(crate) fn measure_packed(journal: &Journal) -> Result<Vec<Row>, Failed> {
    let (sessions, an_append) = (journal.sessions, journal.an_append);
    let seconds = pack(&journal.path)?;
    io::copy(&mut fs::File::open(&journal.path)?, &mut io::sink())?;
    let (mut ours, mut theirs) = (Runs::default(), Runs::default());
    for round in 1..=ROUNDS {
        ours.take(journal, &child::start("replay-packed", &journal.path, &[])?)?;
        theirs.take(journal, &child::start("hand-loop", &journal.path, &[])?)?;
        if ours.bills != theirs.bills {
            return Err("what is packed comes to other bills than its events".into());
        }
        println!("packed, round {round} of {ROUNDS}: {} | {}", ours.last(), theirs.last());
    }
    let row = |what: &str, ours, unit, peer, goal| Row {
        measure: format!("{what}, {an_append} an append"),
        ours,
        unit,
        peer,
        goal,
    };
    let beside = Some((PEER, median(&theirs.rates)));
    let replay = format!("billing replay of {sessions} sessions, packed");
    let memory = format!("resident memory of {sessions} sessions, packed");
    let below = Some(Goal::Below(64.0));
    Ok(vec![
        row(&replay, median(&ours.rates), "events/s", beside, Some(Goal::Ratio(1.7))),
        row(&memory, ours.peak_mib(), "MiB", Some((PEER, theirs.peak_mib())), below),
        row("packing", rate(journal.events, seconds), "events/s", None, None),
    ])
}

/// Packs a journal; the seconds that it took.
pub(crate) fn pack(journal: &Path) -> Result<f64, Failed> {
    let store = SqliteStore::open(journal)?;
    let watch = Stopwatch::start();
    store.pack(|_| ControlFlow::Continue(()))?;
    Ok(watch.seconds())
}

/// Ours: the replay as a user writes it.
pub(crate) fn ours(journal: &Path, threads: usize) -> Result<Replayed, Failed> {
    let open = || Ok(Ledger::new(SqliteStore::open_read_only(journal)?, Authority::read_only()));
    replayed(open, threads)
}

/// The same of a journal that is packed.
pub(crate) fn ours_packed(journal: &Path) -> Result<Replayed, Failed> {
    let open = || {
        let store = SqliteStore::open_read_only(journal)?;
        let closed = store.closed()?;
        Ok(Ledger::new(store, Authority::read_only()).with_closed(closed))
    };
    replayed(open, 1)
}

/// A journal that is opened once the clock runs, on so many threads.
pub(crate) fn replayed(
    open: impl FnOnce() -> Result<Ledger, Failed>,
    threads: usize,
) -> Result<Replayed, Failed> {
    let [flat, three_bands] = tariffs::read()?;
    let watch = Stopwatch::start();
    let ledger = open()?;
    let replay = Replay::under(&flat).and(&three_bands).by(GroupBy::CardMonth).threads(threads);
    let report = replay.run_blocking(&ledger)?;
    let ended = Ended::now(&watch);
    let events = Blocking(ledger.store()).head()?.map_or(0, |head| head.0);
    let [flat, three_bands] = report.tariffs.as_slice() else {
        return Err("a replay under two tariffs has not two results".into());
    };
    let tariffs = [groups(&flat.groups)?, groups(&three_bands.groups)?];
    Ok(ended.with(events, tariffs))
}

/// Sums in whole fen.
pub(crate) fn groups(sums: &BTreeMap<String, Sum>) -> Result<Groups, Failed> {
    const FEN: i128 = Money::UNIT / 100;
    let mut groups = Groups::new();
    for (name, sum) in sums {
        if sum.amount.0 % FEN != 0 {
            return Err(format!("the bills of {name} are not in whole fen").into());
        }
        let fen = i64::try_from(sum.amount.0 / FEN)?;
        let energy_wh = i64::try_from(sum.energy_wh)?;
        groups.insert(name.clone(), Group { sessions: sum.sessions, energy_wh, fen });
    }
    Ok(groups)
}

/// The runs of one side so far.
#[derive(Default)]
struct Runs {
    rates: Vec<f64>,
    peaks_kib: Vec<f64>,
    bills: Value,
}

impl Runs {
    fn take(&mut self, journal: &Journal, run: &Value) -> Result<(), Failed> {
        if run.get("events").and_then(Value::as_u64) != Some(journal.events) {
            return Err(format!("a run did not see {} events: {run}", journal.events).into());
        }
        self.rates.push(rate(journal.events, child::figure(run, "seconds")?));
        self.peaks_kib.extend(run.get("peak_kib").and_then(Value::as_f64));
        let bills = run.get("bills").ok_or("a run told no bills")?;
        if self.rates.len() > 1 && self.bills != *bills {
            return Err(format!("two runs of one side differ: {} and {bills}", self.bills).into());
        }
        self.bills = bills.clone();
        Ok(())
    }

    /// The greatest of all runs; no number where the system tells none.
    fn peak_mib(&self) -> f64 {
        self.peaks_kib.iter().copied().fold(f64::NAN, f64::max) / 1_024.0
    }

    fn last(&self) -> String {
        let rate = self.rates.last().copied().unwrap_or(f64::NAN);
        format!("{rate:.0} events/s, {:.0} MiB", self.peak_mib())
    }
}
