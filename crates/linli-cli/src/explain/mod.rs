//! `linli explain`: one bill, told to the resident who pays it.

#[cfg(test)]
mod tests;

use linli::Flag;
use linli::SessionKey;
use linli::charging::tariff::{Dimension, Line, LineKind, RoundingStep, Unit};
use linli::replay::{Explanation, Replay, decimal, exactly};
use linli::{Exact, Money};

use crate::args::{ExplainArgs, Global};
use crate::failure::Failure;
use crate::figures::{self, lasted, local};
use crate::{out, read_file};

pub(crate) fn run(global: &Global, args: &ExplainArgs) -> Result<u8, Failure> {
    let replay = match &args.tariff {
        Some(file) => Replay::under(&read_file::tariff(file)?),
        None => Replay::as_assigned(),
    };
    let session = SessionKey::new(&args.session)?;
    let ledger = global.address()?.open_to_read()?;
    let explanation = replay.actor(global.actor.as_str()).explain(&ledger, &session)?;
    let file = args.tariff.as_ref().map(|file| file.display().to_string());
    match global.json {
        true => out::json(&explanation.document(file.as_deref()))?,
        false => out::text(&letter(&explanation, file.as_deref().unwrap_or("as assigned")))?,
    }
    Ok(0)
}

/// `source` is where the tariff comes from.
fn letter(explanation: &Explanation, source: &str) -> String {
    let Explanation { session, card, connector, billable, tariff, price, events, .. } = explanation;
    let (currency, zone) = (tariff.currency(), billable.zone);
    let energy = billable.energy.unwrap_or_default();
    let length = lasted(billable.ended_at.since(billable.started_at));
    let mut lines = vec![
        format!("Bill of session {session}"),
        format!("  from       {}", local(billable.started_at, zone)),
        format!("  to         {}  ({})", local(billable.ended_at, zone), zone.name()),
        format!("  lasted     {length}, charging {}", lasted(price.charging_us)),
        format!("  energy     {energy} kWh"),
        format!("  card       {}", or_unknown(card.as_ref())),
        format!("  connector  {}", or_unknown(connector.as_ref())),
        format!("  tariff     {}, version {} ({source})", tariff.id(), tariff.version()),
        format!("  billed by  {}", price.mode().as_str()),
    ];
    let rows = explanation.lines.iter().map(|line| {
        let (amount, how) = (line.amount.to_string(), line.told.clone());
        vec![what(line), quantity(line), figure(line.price), amount, how]
    });
    let header = ["what", "how much", "price", "amount", "how"];
    lines.push(figures::table(&header, rows.collect(), &[1, 2, 3]));
    lines.push(format!("  amount     {} {currency}", price.amount));
    lines.push(format!("  unrounded  {}, {}", figure(price.exact), rounding(tariff.rounding())));
    let other = price.other().unwrap_or_default();
    let (electricity, service) = (price.electricity, price.service);
    lines.push(format!("  of it      electricity {electricity}, service {service}, other {other}"));
    add_issued(&mut lines, explanation);
    lines.extend(billable.flags.iter().map(|flag| format!("  flag       {}", doubt(flag))));
    if billable.is_held {
        lines.push("  held       a person settles the flags before it is issued".to_owned());
    }
    if let (Some(first), Some(last)) = (events.first(), events.last()) {
        let count = events.len();
        lines.push(format!("  from       {count} events, positions {first} to {last}"));
    }
    lines.join("\n")
}

/// What was issued, and what is off where that is not what is right.
fn add_issued(lines: &mut Vec<String>, explanation: &Explanation) {
    let currency = explanation.tariff.currency();
    let own = explanation.issued.iter().filter(|bill| bill.currency == currency);
    let amounts: Vec<Money> = own.map(|bill| bill.amount).collect();
    if amounts.is_empty() {
        return;
    }
    let net = Money(amounts.iter().fold(0, |sum: i128, amount| sum.saturating_add(amount.0)));
    let told = |amount: &Money| match *amount < Money::ZERO {
        true => format!("credit of {}", Money(amount.0.saturating_abs())),
        false => format!("bill of {amount}"),
    };
    let all: Vec<String> = amounts.iter().map(told).collect();
    lines.push(format!("  issued     {}: {net} {currency} in all", all.join(", ")));
    let off = Money(net.0.saturating_sub(explanation.price.amount.0));
    if off != Money::ZERO {
        let way = if off < Money::ZERO { "too little" } else { "too much" };
        lines.push(format!("  disputed   {} {currency} {way}", Money(off.0.saturating_abs())));
    }
}

/// A figure as a decimal, with `about` before it where it is none.
fn figure(figure: Exact) -> String {
    let (exact, near) = (exactly(figure), decimal(figure));
    if exact == near { near } else { format!("about {near}") }
}

fn or_unknown(name: Option<&impl ToString>) -> String {
    name.map_or_else(|| "not known".to_owned(), ToString::to_string)
}

fn what(line: &Line) -> String {
    let dimension = match line.dimension {
        Some(Dimension::Energy) => "energy",
        Some(Dimension::Time) => "charging time",
        Some(Dimension::Parking) => "idle time",
        Some(Dimension::Fixed) => "once a session",
        None => "",
    };
    let name = match line.kind {
        LineKind::Electricity => format!("electricity fee, {dimension}"),
        LineKind::Service => format!("service fee, {dimension}"),
        LineKind::Whole => dimension.to_owned(),
        LineKind::Allowance => "free by the tariff's allowance".to_owned(),
        LineKind::Limit => "limit of the tariff".to_owned(),
        LineKind::Rounding => "rounding of the total".to_owned(),
    };
    match &line.label {
        Some(label) => format!("{name} ({label})"),
        None => name,
    }
}

fn quantity(line: &Line) -> String {
    match line.unit {
        Unit::KilowattHour => format!("{} kWh", figures::kwh(line.shown_thousandths)),
        Unit::Hour => format!("{} h", figures::kwh(line.shown_thousandths)),
        Unit::Session => String::new(),
    }
}

/// `rounded half_up to 2 digits by session`.
fn rounding(steps: &[RoundingStep]) -> String {
    if steps.is_empty() {
        return "the tariff states no rounding: four digits, half up".to_owned();
    }
    let step = |step: &RoundingStep| {
        let (method, digits, stage) = (step.method.as_str(), step.digits, step.stage.as_str());
        format!("rounded {method} to {digits} digits by {stage}")
    };
    steps.iter().map(step).collect::<Vec<_>>().join(", then ")
}

fn doubt(flag: Flag) -> String {
    flag.name().replace('_', " ")
}
