//! Ten tariffs in one pass, beside one of them: no two change their prices at the same minutes.

use std::path::Path;
use std::{fs, io};

use linli::ledger::{Authority, Ledger};
use linli::replay::{GroupBy, Replay};
use linli_hand_bills::{Stopwatch, median};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, archive, child, tariffs};

const ROUNDS: usize = 5;

/// Runs ten and one in turn, from the log and from its archive.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let journal = Journal::write(folder.join("tariffs.db"), sessions, 1_000)?;
    let sealed = archive::sealed(&journal, folder.join("tariffs-archive"))?;
    io::copy(&mut fs::File::open(&journal.path)?, &mut io::sink())?;
    let mut rows = Vec::new();
    for (place, of, goal) in [(&journal.path, "the log", 3.0), (&sealed, "its archive", 6.0)] {
        let (mut ten, mut one) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let many = child::start("tariffs", place, &["10"])?;
            let single = child::start("tariffs", place, &["1"])?;
            if many.get("digest") != single.get("digest") {
                return Err(format!("the bills of the first of ten differ: {many}").into());
            }
            ten.push(child::figure(&many, "seconds")?);
            one.push(child::figure(&single, "seconds")?);
        }
        rows.push(Row {
            measure: format!("{sessions} sessions under ten tariffs, from {of}"),
            ours: median(&ten),
            unit: "s",
            peer: Some(("under one", median(&one))),
            goal: Some(Goal::RatioBelow(goal)),
        });
    }
    fs::remove_dir_all(sealed)?;
    Ok(rows)
}

/// A replay of a journal's file or of an archive under so many tariffs.
pub(crate) fn run(place: &Path, number: u32) -> Result<Value, Failed> {
    let tariffs = tariffs::of_other_windows(number)?;
    let (first, others) = tariffs.split_first().ok_or("no tariff was asked for")?;
    let watch = Stopwatch::start();
    let ledger = match place.is_dir() {
        true => archive::opened(place)?,
        false => Ledger::new(SqliteStore::open_read_only(place)?, Authority::read_only()),
    };
    let replay = others.iter().fold(Replay::under(first), Replay::and).by(GroupBy::CardMonth);
    let report = replay.run_blocking(&ledger)?;
    let seconds = watch.seconds();
    let digest = report.tariffs.first().map(|of| of.digest.to_string());
    Ok(json!({ "seconds": seconds, "digest": digest }))
}
