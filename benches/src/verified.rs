//! What it costs to verify: every event hashed into its tree and asked for again, alone and before
//! a replay.

use std::ops::ControlFlow;
use std::path::Path;

use linli::journal::Blocking;
use linli::proof;
use linli_hand_bills::{Stopwatch, median, rate};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, child};

const ROUNDS: usize = 3;

/// Verifies a journal and replays it, each in turn.
pub(crate) fn measure(journal: &Journal) -> Result<Vec<Row>, Failed> {
    let (mut hashed, mut verified, mut both) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let run = child::start("verified", &journal.path, &[])?;
        let hashing = child::figure(&run, "hashing")?;
        let verifying = child::figure(&run, "verifying")?;
        let replaying = child::figure(&child::start("replay", &journal.path, &["1"])?, "seconds")?;
        hashed.push(rate(journal.events, hashing));
        verified.push(rate(journal.events, verifying));
        both.push(rate(journal.events, verifying + replaying));
    }
    let row = |what: &str, rates: &[f64], goal| Row {
        measure: format!("{what}, {} an append", journal.an_append),
        ours: median(rates),
        unit: "events/s",
        peer: None,
        goal,
    };
    Ok(vec![
        row("the root over all events", &hashed, Some(Goal::Least(1_500_000.0))),
        row("verified: hashed, and found in every way", &verified, None),
        row("verified, then replayed", &both, None),
    ])
}

/// The seconds that the root takes, and the whole verification.
pub(crate) fn run(journal: &Path) -> Result<Value, Failed> {
    let store = SqliteStore::open_read_only(journal)?;
    let watch = Stopwatch::start();
    let tree = proof::tree(Blocking(&store))?;
    let hashing = watch.seconds();
    let watch = Stopwatch::start();
    let found = proof::verify(Blocking(&store), &[], |_| ControlFlow::Continue(()))?;
    let verifying = watch.seconds();
    let found = found.ok_or("a verification was broken off")?;
    if found.root != Some(tree.root()) || found.first_bad.is_some() {
        return Err(format!("the journal is not sound: {found:?}").into());
    }
    Ok(json!({ "hashing": hashing, "verifying": verifying }))
}
