//! A replay as text.

use linli::replay::{Comparison, Difference, DifferenceKind, Report, TariffReport};

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
        add_tariff(&mut lines, tariff, report.tariffs.first());
    }
    lines.join("\n")
}

fn add_tariff(lines: &mut Vec<String>, tariff: &TariffReport, first: Option<&TariffReport>) {
    let currency = tariff.currency.map_or("", |currency| currency.code());
    lines.push(format!("  total    {} {currency}", tariff.total));
    if let Some(first) = first.filter(|first| !std::ptr::eq(*first, tariff))
        && first.currency == tariff.currency
        && let Some(more) = tariff.total.checked_sub(first.total)
    {
        lines.push(format!("           {more} {currency} more than under the first"));
    }
    let (held, amount) = (tariff.held.sessions, tariff.held.amount);
    lines.push(format!("  of it    {amount} {currency} held in {held} sessions for a person"));
    lines.push(format!("  digest   {}", tariff.digest));
    if let Some(comparison) = &tariff.against_issued {
        add_counts(lines, comparison, currency);
    }
    lines.extend(tariff.warnings.iter().map(|warning| format!("  warning  {warning}")));
    if !tariff.groups.is_empty() {
        add_groups(lines, tariff);
    }
    if let Some(comparison) = tariff.against_issued.as_ref().filter(|c| !c.differences.is_empty()) {
        add_causes(lines, comparison);
        add_differences(lines, comparison, currency);
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

fn add_groups(lines: &mut Vec<String>, tariff: &TariffReport) {
    let rows = tariff.groups.iter().take(MOST_GROUPS).map(|(name, sum)| {
        vec![name.clone(), sum.sessions.to_string(), kwh(sum.energy_wh), sum.amount.to_string()]
    });
    let header = ["group", "sessions", "kWh", "amount"];
    lines.push(figures::table(&header, rows.collect(), &[1, 2, 3]));
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
