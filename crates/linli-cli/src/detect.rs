//! `linli detect-tariff`: the tariff behind issued bills, inferred from the bills alone.

use linli::Evolve;
use linli::charging::tariff::{RoundingStep, Stage};
use linli::detection::{
    Change, Direction, Era, Finding, IssuedBills, Measure, Rule, Suspect, plain,
};
use linli::journal::{Query, ReadOptions};

use crate::args::{DetectArgs, Global};
use crate::failure::Failure;
use crate::figures::{self, grouped, lasted, local};
use crate::out;

/// The most suspects that are shown of each cause.
const MOST_SUSPECTS: usize = 5;

pub(crate) fn run(global: &Global, args: &DetectArgs) -> Result<u8, Failure> {
    let ledger = global.address()?.open_with_archive(args.archive.as_ref())?;
    let mut bills = IssuedBills::default();
    let options = ReadOptions::forwards();
    ledger.each(global.actor.as_str(), Query::all(), options, |_, happened| {
        bills.evolve(&happened);
    })?;
    let finding = bills.infer();
    match global.json {
        true => out::json(&finding.document())?,
        false => out::text(&told(&finding))?,
    }
    Ok(0)
}

/// The finding as text. Everything in it is inferred, and says on how many bills it rests.
fn told(finding: &Finding) -> String {
    let mut lines = Vec::new();
    if finding.eras.is_empty() {
        lines.push("no issued bill of a session that is known; nothing can be inferred".to_owned());
    }
    for (index, era) in finding.eras.iter().enumerate() {
        add_era(&mut lines, index.saturating_add(1), era);
    }
    if finding.unbilled > 0 {
        lines.push(format!("{} sessions have no bill", grouped(finding.unbilled as u128)));
    }
    if !finding.suspects.is_empty() {
        add_suspects(&mut lines, finding);
    }
    lines.join("\n")
}

fn add_era(lines: &mut Vec<String>, number: usize, era: &Era) {
    let Era { rule, support, currency, .. } = era;
    let until = era.to.map_or("the last bill".to_owned(), |to| local(to, era.zone));
    let (fits, of) = (grouped(era.fits as u128), grouped(era.of as u128));
    lines.push(format!("Era {number}, inferred: fits {fits} of {of} bills"));
    lines.push(format!("  from        {} until {until}", local(era.from, era.zone)));
    if let Some(change) = &era.change {
        lines.push(format!("  change      {}", told_change(change, era)));
    }
    let (low, high) = era.rate_between;
    lines.push(format!(
        "  rate        {} {currency} {} ({} bills; they allow {low} to {high})",
        rule.rate(),
        per(rule.measure()),
        support.rate,
    ));
    if let Some(band) = told_band(rule) {
        lines.push(format!("  band        {band}; rests on {} bills", support.band));
    }
    if let Some((larger, rest)) = rule.fees() {
        lines.push(format!("  of it       two fees rounded apart, {larger} and {rest}"));
    }
    let rests = |on: usize| format!("rests on {on} bills");
    if rule.free().is_some() {
        lines.push(format!("  free        {}; {}", free(rule), rests(support.free)));
    }
    if let Some(minimum) = rule.minimum() {
        lines.push(format!("  minimum     {minimum} {currency}; {}", rests(support.minimum)));
    }
    if rule.step().is_some() {
        lines.push(format!("  blocks      {}; {}", blocks(rule), rests(support.step)));
    }
    let own = rounding(rule.rounding());
    lines.push(format!("  rounding    {own}; {}", rests(support.rounding)));
    add_equivalent(lines, era);
    lines.push(String::new());
}

/// What the bills cannot tell from the rule that is named.
fn add_equivalent(lines: &mut Vec<String>, era: &Era) {
    let mut stages: Vec<(Stage, Vec<String>)> = Vec::new();
    for RoundingStep { stage, method, digits } in era.equivalent.iter().copied() {
        let name = format!("{} {digits}", method.as_str());
        match stages.iter_mut().find(|(own, _)| *own == stage) {
            Some((_, names)) => names.push(name),
            None => stages.push((stage, vec![name])),
        }
    }
    for (stage, names) in stages {
        lines.push(format!("  or rounded  by {}: {}", stage.as_str(), names.join(", ")));
    }
    for other in &era.alternatives {
        let mut parts = vec![format!("{} {}", other.rate(), per(other.measure()))];
        parts.extend(told_band(other));
        parts.extend(other.free().map(|_| format!("free {}", free(other))));
        parts.extend(other.minimum().map(|minimum| format!("at least {minimum}")));
        parts.extend(other.step().map(|_| blocks(other)));
        lines.push(format!("  or          {}", parts.join(", ")));
    }
}

/// `22:00 to 07:00 at 0.36`.
fn told_band(rule: &Rule) -> Option<String> {
    let band = rule.band()?;
    let (from, until) = band.hours();
    Some(format!("{from:02}:00 to {until:02}:00 at {}", band.rate()))
}

fn told_change(change: &Change, era: &Era) -> String {
    let (after, by) = (local(change.after, era.zone), local(change.by, era.zone));
    let across = match change.straddling {
        0 => "no session goes on across it".to_owned(),
        sessions => {
            let ways = std::iter::once(change.applies).chain(change.applies_equivalent.clone());
            let ways: Vec<&str> =
                ways.map(|way| way.name().trim_start_matches("session_")).collect();
            format!("{sessions} sessions go on across it, priced by their {}", ways.join(" or "))
        }
    };
    format!("after {after}, not later than {by}; {across}")
}

fn per(measure: Measure) -> &'static str {
    match measure {
        Measure::Energy => "a kWh",
        Measure::Connected => "an hour",
        Measure::Charging => "an hour of charging",
        Measure::Idle => "an hour without charging",
        Measure::Session => "a session",
    }
}

fn free(rule: &Rule) -> String {
    let unit = if rule.measure() == Measure::Energy { "kWh" } else { "h" };
    let free = rule.free().map_or_else(|| "0".to_owned(), plain);
    format!("to {free} {unit}")
}

fn blocks(rule: &Rule) -> String {
    let Some(step) = rule.step() else { return "none".to_owned() };
    let size = step.size(rule.measure());
    let size = match rule.measure() {
        Measure::Energy | Measure::Session => format!("{size} Wh"),
        _ => lasted(size.saturating_mul(1_000_000)),
    };
    let way = match step.direction() {
        Direction::Up => "begun ones whole",
        Direction::Down => "only whole ones",
        Direction::Nearest => "to the nearest",
    };
    let apart = if step.stage() == Stage::Interval { ", interval by interval" } else { "" };
    format!("of {size}, {way}{apart}")
}

fn rounding(step: RoundingStep) -> String {
    let RoundingStep { stage, method, digits } = step;
    format!("{} to {digits} digits by {}", method.as_str(), stage.as_str())
}

fn add_suspects(lines: &mut Vec<String>, finding: &Finding) {
    let count = grouped(finding.suspects.len() as u128);
    lines.push(format!("{count} bills fit none, by what is likely behind them (inferred)"));
    let rows = finding.causes().into_iter().map(|(cause, count)| {
        let own = finding.suspects.iter().filter(|suspect| suspect.cause() == cause);
        let shown: Vec<String> = own.take(MOST_SUSPECTS).map(shown).collect();
        let more = if count > MOST_SUSPECTS { "; ..." } else { "" };
        vec![cause.to_string(), count.to_string(), format!("{}{more}", shown.join("; "))]
    });
    let header = ["cause", "bills", "issued (expected)"];
    lines.push(figures::table(&header, rows.collect(), &[1]));
    lines.push("  --json lists them all".to_owned());
}

fn shown(suspect: &Suspect) -> String {
    let Suspect { session, issued, .. } = suspect;
    match suspect.expected {
        Some(expected) => format!("{session} {issued} ({expected})"),
        None => format!("{session} {issued}"),
    }
}
