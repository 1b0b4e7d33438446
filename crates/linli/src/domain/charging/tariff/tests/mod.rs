//! Laws first, then examples, then real sessions.

mod allowances;
mod cdr_laws;
mod cdr_reading;
mod cdrs;
mod days;
mod described_runs;
mod examples;
mod instants;
mod json;
mod laws;
mod made;
mod months;
mod pairs;
mod power;
mod reading;
mod real_sessions;
mod rising;
mod stamps;
mod versions;
mod writing;

use std::path::PathBuf;

use super::*;
use crate::domain::{Exact, Money, Timestamp, WattHours, Watts, Zone};

/// A tariff of the given elements and what stands under `linli`.
fn tariff(elements: &str, linli: &str) -> Tariff {
    Tariff::from_json(&tariff_text(elements, linli)).unwrap()
}

fn tariff_text(elements: &str, linli: &str) -> String {
    format!(
        r#"{{"country_code": "CN", "party_id": "LIN", "id": "made", "currency": "CNY",
            "last_updated": "2026-01-01T00:00:00Z",
            "elements": [{elements}], "linli": {{{linli}}}}}"#
    )
}

/// A tariff of `tests/tariffs/`.
fn tariff_file(name: &str) -> Tariff {
    let path = repository().join("tests/tariffs").join(name);
    Tariff::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of public data; `None`, with a remark, where it is not there.
fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LINLI_DATA")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    let folder = root.join(folder);
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent; set LINLI_DATA", folder.display());
        return None;
    }
    Some(folder)
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::try_from(text.to_owned()).unwrap()
}

fn decimal(text: &str) -> Exact {
    super::decimal::parse(text).unwrap()
}

fn charging(from: &str, until: &str, energy: i128) -> Interval {
    let (from, until) = (instant(from), instant(until));
    Interval { from, until, energy, activity: Activity::Charging, power: None }
}

fn idle(from: &str, until: &str) -> Interval {
    Interval { activity: Activity::Idle, ..charging(from, until, 0) }
}

fn metered<'a>(zone_name: &str, intervals: &'a [Interval]) -> Metered<'a> {
    Metered { zone: zone(zone_name), units_per_wh: 1, intervals }
}
