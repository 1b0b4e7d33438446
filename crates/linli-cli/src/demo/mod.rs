//! `linli demo`: the seed community in a new journal, its facts, and a replay of its bills.
//!
//! Everything in it is made up from a seed, and says so: sessions are named `demo:…`. The journal
//! must be new, or hold the same demo, whole or in part: then what is missing is added.

use linli::charging::tariff::Tariff;
use linli::journal::{Blocking, Written};
use linli::ledger::Ledger;
use linli::replay::{Replay, Report};
use linli_demo::{CARDS, POINTS, Seed, TARIFF, Unmade};
use serde_json::json;

use crate::address::Address;
use crate::args::{DemoArgs, Global};
use crate::facts;
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{keyring, out, progress, replay};

/// What stands for the tariff's file: it is built into the command.
const TARIFF_FILE: &str = "tests/tariffs/flat-0.66.json";

pub(crate) fn run(global: &Global, args: &DemoArgs) -> Result<u8, Failure> {
    let seed = Seed { sessions: args.sessions, number: args.seed };
    let address = global.address()?;
    let keyring = keyring::Beside::of(&address)?;
    let ledger = keyring.lent_to(address.create()?)?;
    progress::listen_for_interrupt();
    let known = recognised(&ledger, seed, &address)?;
    let added = written(global, &ledger, seed)?;
    let events = known.saturating_add(added);
    let tariff = Tariff::from_json(TARIFF).map_err(Failure::input)?;
    let replay = Replay::under(&tariff).against_issued().actor(global.actor.as_str());
    let report = replay::watched(global, &ledger, replay)?;
    let facts = facts::facts(global, &ledger)?;
    let files = [Some(TARIFF_FILE.to_owned())];
    if global.json {
        out::json(&json!({
            "events": events,
            "added": added,
            "sessions": seed.sessions,
            "seed": seed.number,
            "facts": facts.document(),
            "replay": report.document(&files),
        }))?;
    } else {
        let counts = format!(
            "{} events in {address}, {} of them new",
            grouped(events.into()),
            grouped(added.into())
        );
        let mut paragraphs =
            vec![introduction(seed, &counts), facts::table(&facts), replay::table(&report, &files)];
        paragraphs.extend(suggestion(global, &report));
        out::text(&paragraphs.join("\n\n"))?;
    }
    Ok(u8::from(!facts::all_hold(&facts)))
}

fn introduction(seed: Seed, counts: &str) -> String {
    let (points, cards, sessions) = (POINTS, CARDS, grouped(seed.sessions.into()));
    format!(
        "Yujing Garden, made up from seed {}: {points} e-bike sockets of 1.2 kW, {cards} cards, \
         {sessions} sessions\n{counts}",
        seed.number
    )
}

/// What to type next: the bill that differs most, explained.
fn suggestion(global: &Global, report: &Report) -> Option<String> {
    let comparison = report.tariffs.first()?.against_issued.as_ref()?;
    let largest = comparison.differences.iter().max_by_key(|one| one.amount().0.unsigned_abs())?;
    let session = &largest.session;
    let journal = &global.journal;
    Some(format!("Next: linli explain {session} --tariff {TARIFF_FILE} --journal {journal}"))
}

/// How many events of this demo the journal holds already.
///
/// The receipts of the demo's own keys say which events are its own; the positions are dense, so
/// that one event more than theirs is somebody else's.
fn recognised(ledger: &Ledger, seed: Seed, address: &Address) -> Result<u64, Failure> {
    let journal = Blocking(ledger.store());
    let Some(head) = journal.head()? else { return Ok(0) };
    let mut own: u64 = 0;
    for group in seed.groups().map_err(unmade)? {
        for request in group.map_err(unmade)? {
            if let Some(receipt) = journal.receipt(request.key())? {
                own = own.saturating_add(span(receipt.first.0, receipt.last.0));
            }
        }
        stop_if_interrupted()?;
    }
    if own != head.0 {
        return Err(Failure::input(format!(
            "{address} holds something else than this demo (of its {head} events, {own} are of \
             {} sessions from seed {}); name a new file with --journal",
            seed.sessions, seed.number
        )));
    }
    Ok(own)
}

/// Writes what is missing, and gives the number of new events.
fn written(global: &Global, ledger: &Ledger, seed: Seed) -> Result<u64, Failure> {
    let groups = seed.groups().map_err(unmade)?;
    let bar = progress::bar(global, "writing", groups.requests_n());
    let mut added: u64 = 0;
    for group in groups {
        let group = group.map_err(unmade)?;
        let requests = group.len() as u64;
        for answer in ledger.execute_group_blocking(global.actor.as_str(), group)? {
            if let Some(appended) = answer?.filter(|own| own.written == Written::Now) {
                added = added.saturating_add(span(appended.first.0, appended.last.0));
            }
        }
        bar.inc(requests);
        stop_if_interrupted()?;
    }
    bar.finish_and_clear();
    Ok(added)
}

fn span(first: u64, last: u64) -> u64 {
    last.saturating_sub(first).saturating_add(1)
}

/// What is made up is a mistake of ours where it is not understood; its sentence is all we have.
fn unmade(error: Unmade) -> Failure {
    Failure::input(error)
}

fn stop_if_interrupted() -> Result<(), Failure> {
    match progress::is_interrupted() {
        true => Err(Failure::interrupted("stopped; the same command goes on from here")),
        false => Ok(()),
    }
}
