//! A replay as text.

use linli::Money;
use linli::replay::{Comparison, Difference, DifferenceKind, Report, TariffReport, WhatIf};

use super::sentence::sentence;
use crate::figures::{self, grouped, kwh};

/// The most groups that are shown.
const MOST_GROUPS: usize = 100;
/// The most differences that are shown, the largest first.
const MOST_DIFFERENCES: usize = 10;

/// The text. `files` names the tariffs in their order.
pub(crate) fn table(report: &Report, files: &[Option<String>]) -> String {
    let mut lines = vec![format!(
        "{} sessions, {} kWh (zone database {})",
        grouped(report.sessions.into()),
        kwh(report.energy_wh),
        chrono_tz::IANA_TZDB_VERSION,
    )];
    for (index, tariff) in report.tariffs.iter().enumerate() {
        let file = files.get(index).and_then(Option::as_deref);
        lines.push(String::new());
        lines.push(file.unwrap_or("the tariffs that the journal assigns").to_owned());
        add_tariff(&mut lines, tariff, report.what_if(index).as_ref());
    }
    lines.join("\n")
}

fn add_tariff(lines: &mut Vec<String>, tariff: &TariffReport, what_if: Option<&WhatIf>) {
    let currency = tariff.currency.map_or("", |currency| currency.code());
    lines.push(format!("  total    {} {currency}", tariff.total));
    if let Some(what_if) = what_if {
        add_what_if(lines, what_if, currency);
    }
    if tariff.residue != Money::ZERO {
        lines.push(format!(
            "  of it    {} {currency} by rounding each card's month",
            tariff.residue
        ));
    }
    let (held, amount) = (tariff.held.sessions, tariff.held.amount);
    lines.push(format!("  of it    {amount} {currency} held in {held} sessions for a person"));
    lines.push(format!("  digest   {}", tariff.digest));
    if let Some(comparison) = &tariff.against_issued {
        add_counts(lines, comparison, currency);
    }
    lines.extend(tariff.warnings.iter().map(|warning| format!("  warning  {warning}")));
    if !tariff.groups.is_empty() {
        add_groups(lines, tariff, what_if);
    }
    if let Some(comparison) = tariff.against_issued.as_ref().filter(|c| !c.differences.is_empty()) {
        add_causes(lines, comparison);
        add_differences(lines, comparison, currency);
    }
}

/// Who gains and who loses against the first tariff, and who the most.
fn add_what_if(lines: &mut Vec<String>, what_if: &WhatIf, currency: &str) {
    lines.push(format!("           {} {currency} more than under the first", what_if.total));
    if what_if.groups.is_empty() {
        return;
    }
    let (gain, lose, same) = (what_if.gain(), what_if.lose(), what_if.same());
    lines.push(format!("  groups   {gain} pay less, {lose} pay more, {same} pay the same"));
    let largest = [("less", &what_if.largest_gain), ("more", &what_if.largest_loss)];
    for (way, largest) in largest {
        if let Some((group, more)) = largest {
            let off = Money(more.0.saturating_abs());
            lines.push(format!("           the most {way}: {group}, {off} {currency}"));
        }
    }
}

fn add_counts(lines: &mut Vec<String>, comparison: &Comparison, currency: &str) {
    let count = |kind| comparison.count(kind);
    lines.push(format!(
        "  issued   {} agree, {} differ, {} missing, {} extra; issued less replayed {} {currency}",
        comparison.agree,
        count(DifferenceKind::Differ),
        count(DifferenceKind::Missing),
        count(DifferenceKind::Extra),
        comparison.difference(),
    ));
}

fn add_groups(lines: &mut Vec<String>, tariff: &TariffReport, what_if: Option<&WhatIf>) {
    let rows = tariff.groups.iter().take(MOST_GROUPS).map(|(name, sum)| {
        let more = what_if.and_then(|what_if| what_if.groups.get(name)).map(ToString::to_string);
        let own = [name.clone(), sum.sessions.to_string(), kwh(sum.energy_wh)];
        own.into_iter().chain([sum.amount.to_string()]).chain(more).collect()
    });
    let header = ["group", "sessions", "kWh", "amount", "more than first"];
    let header = header.get(..if what_if.is_some() { 5 } else { 4 }).unwrap_or(&header);
    lines.push(figures::table(header, rows.collect(), &[1, 2, 3, 4]));
    let rest = tariff.groups.len().saturating_sub(MOST_GROUPS);
    if rest > 0 {
        lines.push(format!("  and {rest} more; --json shows them all"));
    }
}

fn add_causes(lines: &mut Vec<String>, comparison: &Comparison) {
    let causes = comparison.causes();
    let rows = causes.iter().map(|(cause, sum)| {
        let sessions = sum.sessions.to_string();
        vec![cause.to_string(), sessions, sum.amount.to_string(), sum.largest.to_string()]
    });
    let header = ["cause", "sessions", "issued less replayed", "largest"];
    lines.push(figures::table(&header, rows.collect(), &[1, 2, 3]));
}

fn add_differences(lines: &mut Vec<String>, comparison: &Comparison, currency: &str) {
    let mut largest: Vec<&Difference> = comparison.differences.iter().collect();
    // The order of the sessions' keys decides between equal amounts: the sort is stable.
    largest.sort_by_key(|difference| std::cmp::Reverse(difference.amount().0.unsigned_abs()));
    let shown = largest.iter().take(MOST_DIFFERENCES);
    lines.extend(shown.map(|difference| {
        format!("  {:8} {}", difference.kind.name(), sentence(difference, currency))
    }));
    let rest = largest.len().saturating_sub(MOST_DIFFERENCES);
    if rest > 0 {
        lines.push(format!("  and {rest} smaller ones; --json shows them all"));
    }
}
