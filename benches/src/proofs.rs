//! The proof that one event is in the journal: its size, the time to make it out of tiles, the time
//! to check it, here and by the second verifier.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use linli::journal::{Blocking, Position};
use linli::proof::{self, Checkpoint, Inclusion, SigningKey, Tiles};
use linli_sqlite::SqliteStore;
use serde_json::Value;

use crate::chance::Chance;
use crate::journal::Journal;
use crate::row::Goal;
use crate::{Failed, Row, child};
use linli_hand_bills::{Stopwatch, median, rate};

/// How many events are proven, anywhere in the journal.
const PROVEN: usize = 200;
const SCRIPT: &str = "bindings/python/benches/check_proof.py";
const PYTHON: &str = "LINLI_PYTHON";

/// Signs a journal of so many sessions once, then proves events of it one by one.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let journal = Journal::write(folder.join("proofs.db"), sessions, 1_000)?;
    let store = SqliteStore::open_read_only(&journal.path)?;
    let key = SigningKey::of("example.org/bench", &[7; 32])?;
    let watch = Stopwatch::start();
    let note = Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?;
    println!(
        "signed {} events: {:.0} a second",
        journal.events,
        rate(journal.events, watch.seconds())
    );
    let place = folder.join("tiles");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    let tiles = Tiles::of(&place);
    let watch = Stopwatch::start();
    tiles.extend(Blocking(&store), &note)?;
    println!("tiles made: {:.0} events a second", rate(journal.events, watch.seconds()));

    let mut chance = Chance::new(1);
    let (mut bytes, mut made, mut checked) = (0, Vec::new(), Vec::new());
    let proof_file = folder.join("longest.tlog-proof");
    for _ in 0..PROVEN {
        let position = Position(1 + chance.below(i64::try_from(journal.events)?).cast_unsigned());
        let watch = Stopwatch::start();
        let text = Inclusion::prove_by(&tiles, Blocking(&store), position, &note)?.to_string();
        made.push(watch.seconds() * 1_000.0);
        let watch = Stopwatch::start();
        let proven = Inclusion::read(&text)?.check(key.verifier())?;
        checked.push(watch.seconds() * 1_000.0);
        if proven.record.position != position {
            return Err(format!("{position:?} was to be proven, and another one was").into());
        }
        if text.len() > bytes {
            bytes = text.len();
            fs::write(&proof_file, text)?;
        }
    }
    let by_python = in_python(folder, &key, &proof_file)?;
    fs::remove_dir_all(&place)?;
    let of = format!("of one event among {}", journal.events);
    let row = |what: &str, ours, unit, limit| Row {
        measure: format!("{what} {of}"),
        ours,
        unit,
        peer: None,
        goal: Some(Goal::Below(limit)),
    };
    Ok(vec![
        row("the longest proof", f64::from(u32::try_from(bytes)?), "bytes", 4_096.0),
        row("to make the proof", median(&made), "ms", 5.0),
        row("to check the proof", median(&checked), "ms", 1.0),
        row("to check it in plain Python", by_python, "ms", 50.0),
    ])
}

/// Milliseconds of the second verifier.
fn in_python(folder: &Path, key: &SigningKey, proof_file: &Path) -> Result<f64, Failed> {
    let public = folder.join("key.pub");
    fs::write(&public, key.verifier().as_text())?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(SCRIPT);
    let mut python = Command::new(env::var_os(PYTHON).unwrap_or_else(|| "python3".into()));
    let output =
        python.arg(script).args([&public, proof_file]).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} ended with {}", output.status).into());
    }
    let told: Value = serde_json::from_slice(&output.stdout)?;
    Ok(child::figure(&told, "seconds")? * 1_000.0)
}
