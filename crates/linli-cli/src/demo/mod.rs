//! `linli demo`: the seed community in a new journal, its facts, and a replay of its bills.
//!
//! Everything in it is made up from a seed, and says so: sessions are named `demo:…`. The journal
//! must be new, or hold the same demo, whole or in part: then what is missing is added.

mod told;

use linli::charging::tariff::Tariff;
use linli::journal::{Blocking, Written};
use linli::ledger::Ledger;
use linli::replay::{Replay, Report};
use linli::views::Facts;
use linli_demo::{CARDS, POINTS, TARIFF};
use serde_json::json;

use crate::address::Address;
use crate::args::{DemoArgs, Global};
use crate::facts;
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{keyring, out, progress, replay};
use told::Told;

/// What stands for the tariff's file: it is built into the command.
const TARIFF_FILE: &str = "tests/tariffs/flat-0.66.json";

pub(crate) fn run(global: &Global, args: &DemoArgs) -> Result<u8, Failure> {
    let told = Told::of(args);
    let address = global.address()?;
    let keyring = keyring::Beside::of(&address)?;
    let ledger = keyring.lent_to(address.create()?)?;
    progress::listen_for_interrupt();
    let known = recognised(&ledger, told, &address)?;
    let added = written(global, &ledger, told)?;
    let events = known.saturating_add(added);
    let tariff = Tariff::from_json(TARIFF).map_err(Failure::input)?;
    let replay = Replay::under(&tariff).against_issued().actor(global.actor.as_str());
    let report = replay::watched(global, replay, |replay| replay.run_blocking(&ledger))?;
    let facts = told.is_story().then(|| facts::facts(global, &ledger)).transpose()?;
    let files = [Some(TARIFF_FILE.to_owned())];
    if global.json {
        out::json(&json!({
            "events": events,
            "added": added,
            "sessions": report.sessions,
            "seed": told.seed(),
            "facts": facts.as_ref().map(Facts::document),
            "replay": report.document(&files),
        }))?;
    } else {
        let counts = format!(
            "{} events in {address}, {} of them new",
            grouped(events.into()),
            grouped(added.into())
        );
        let mut paragraphs = vec![introduction(told, &report, &counts)];
        paragraphs.extend(facts.as_ref().map(facts::table));
        paragraphs.push(replay::table(&report, &files));
        paragraphs.extend(suggestion(global, &report));
        out::text(&paragraphs.join("\n\n"))?;
    }
    Ok(u8::from(!facts.as_ref().is_none_or(facts::all_hold)))
}

fn introduction(told: Told, report: &Report, counts: &str) -> String {
    let (points, cards, sessions) = (POINTS, CARDS, grouped(report.sessions.into()));
    let from = told.seed().map_or_else(|| told.to_string(), |seed| format!("seed {seed}"));
    format!(
        "Yujing Garden, made up from {from}: {points} e-bike sockets of 1.2 kW, {cards} cards, \
         {sessions} sessions\n{counts}"
    )
}

/// What to type next: the bill that differs most, explained.
fn suggestion(global: &Global, report: &Report) -> Option<String> {
    let comparison = report.tariffs.first()?.against_issued.as_ref()?;
    let largest = comparison.differences.iter().max_by_key(|one| one.amount().0.unsigned_abs())?;
    let session = &largest.session;
    let journal = &global.journal;
    Some(format!("Next: linli explain {session} --journal {journal}"))
}

/// How many events of this demo the journal holds already.
///
/// The receipts of the demo's own keys say which events are its own; the positions are dense, so
/// that one event more than theirs is somebody else's.
fn recognised(ledger: &Ledger, told: Told, address: &Address) -> Result<u64, Failure> {
    let journal = Blocking(ledger.store());
    let Some(head) = journal.head()? else { return Ok(0) };
    let mut own: u64 = 0;
    for group in told.groups()? {
        for request in group? {
            if let Some(receipt) = journal.receipt(request.key())? {
                own = own.saturating_add(span(receipt.first.0, receipt.last.0));
            }
        }
        stop_if_interrupted()?;
    }
    if own != head.0 {
        return Err(Failure::input(format!(
            "{address} holds something else than this demo (of its {head} events, {own} are of \
             {told}); name a new file with --journal"
        )));
    }
    Ok(own)
}

/// Writes what is missing, and gives the number of new events.
fn written(global: &Global, ledger: &Ledger, told: Told) -> Result<u64, Failure> {
    let bar = progress::bar(global, "writing", told.requests_n()?);
    let mut added: u64 = 0;
    for group in told.groups()? {
        let group = group?;
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

fn stop_if_interrupted() -> Result<(), Failure> {
    match progress::is_interrupted() {
        true => Err(Failure::interrupted("stopped; the same command goes on from here")),
        false => Ok(()),
    }
}
