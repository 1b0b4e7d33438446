//! Billing replay from a journal on a server, where one is named: beside a scan of its rows by hand
//! on PostgreSQL, and beside single messages on NATS.

use std::path::Path;
use std::{env, fs};

use linli::journal::EventStore;
use linli::ledger::{Authority, Ledger};
use linli_hand_bills::{Replayed, median, rate};
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
use serde_json::Value;

use crate::appends::{SERVER as POSTGRES, journal_on, new_name};
use crate::row::Goal;
use crate::stores::{answered, stores, tell_events};
use crate::{Failed, Row, billing_replay, child, journal};

const ROUNDS: usize = 5;
/// A single server with JetStream, as a journal's address with `STREAM` in it.
const NATS: &str = "LINLI_NATS_ONE";

/// A tenth of the sessions on PostgreSQL, a hundredth on NATS.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let mut rows = Vec::new();
    match env::var(POSTGRES) {
        Ok(server) => rows.push(on_postgres(&server, sessions.div_ceil(10))?),
        Err(_) => println!("no replay from PostgreSQL: {POSTGRES} names no server"),
    }
    match env::var(NATS) {
        Ok(server) => rows.push(on_nats(folder, &server, sessions.div_ceil(100))?),
        Err(_) => println!("no replay from NATS: {NATS} names no server"),
    }
    Ok(rows)
}

/// Appends of 1,000 events beside a scan of their rows, decoded and billed by hand.
fn on_postgres(server: &str, sessions: u64) -> Result<Row, Failed> {
    let name = new_name()?;
    let address = journal_on(server, &name);
    let events = journal::fill(&PostgresStore::open(&address)?, sessions, 1_000)?;
    let scanned = || child::start("scan-by-hand", Path::new(server), &[&name]);
    let (ours, theirs) = in_turn(&address, scanned, events)?;
    Ok(Row {
        measure: format!("billing replay of {sessions} sessions from PostgreSQL"),
        ours,
        unit: "events/s",
        peer: Some(("a scan by hand", theirs)),
        goal: Some(Goal::Ratio(0.9)),
    })
}

/// Appends of 100 events beside a message an event, on a server that is alone.
fn on_nats(folder: &Path, server: &str, sessions: u64) -> Result<Row, Failed> {
    let name = new_name()?;
    let address = format!("{}&replicas=1", server.replace("STREAM", &name));
    let events = journal::fill(&NatsStore::open(&address)?, sessions, 100)?;
    let (lines, place) = (folder.join("messages.jsonl"), messages(server, &name)?);
    tell_events(&lines, sessions)?;
    answered(stores().args(["fill", "jetstream", &place]).stdin(fs::File::open(&lines)?))?;
    fs::remove_file(lines)?;
    let consumed = || {
        let answer = answered(stores().args(["replay", "jetstream", &place]))?;
        Ok(serde_json::from_str(&answer)?)
    };
    let (ours, theirs) = in_turn(&address, consumed, events)?;
    Ok(Row {
        measure: format!("billing replay of {sessions} sessions from NATS, 100 an append"),
        ours,
        unit: "events/s",
        peer: Some(("an ordered consumer", theirs)),
        goal: Some(Goal::Ratio(8.0)),
    })
}

/// The server of a journal's address, with a stream beside the journal's.
fn messages(address: &str, journal: &str) -> Result<String, Failed> {
    let (server, _) = address.split_once("/STREAM").ok_or("the address names no STREAM")?;
    Ok(format!("{server}/{journal}-messages"))
}

/// The medians of ours and theirs, once both came to the same bills.
fn in_turn(
    address: &str,
    peer: impl Fn() -> Result<Value, Failed>,
    events: u64,
) -> Result<(f64, f64), Failed> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let run = child::start("replay-on", Path::new(address), &[])?;
        let other = peer()?;
        if run.get("bills") != other.get("bills") || run.get("bills").is_none() {
            return Err(format!("the bills differ: ours {run}, theirs {other}").into());
        }
        ours.push(rate(events, child::figure(&run, "seconds")?));
        theirs.push(rate(events, child::figure(&other, "seconds")?));
    }
    Ok((median(&ours), median(&theirs)))
}

fn reading(store: impl EventStore + 'static) -> Ledger {
    Ledger::new(store, Authority::read_only())
}

/// Ours, opening included.
pub(crate) fn ours(address: &str) -> Result<Replayed, Failed> {
    match address.starts_with("nats://") {
        true => billing_replay::replayed(|| Ok(reading(NatsStore::open(address)?)), 1),
        false => billing_replay::replayed(|| Ok(reading(PostgresStore::open(address)?)), 1),
    }
}
