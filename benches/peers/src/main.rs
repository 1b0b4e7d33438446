//! CDRs priced a second, JSON text in on both sides, one thread: Linli beside `ocpi-tariffs`.
//!
//! Prints one JSON list of `{measure, ours, unit, theirs}`, the medians of alternating runs. Both
//! read each CDR's text anew and have parsed the tariff before: Linli keeps a pricer of it, the
//! peer's interface takes parsed JSON, by value, and makes a tariff of it for each CDR. Totals are
//! compared before a clock runs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use linli::charging::tariff::{Cdr, Pricer, Tariff};
use linli_peers::{Document, Doing, Failed, ZONE, agree, by_linli, by_peer};
use ocpi_tariffs::Version;
use ocpi_tariffs::price::TariffSource;
use ocpi_tariffs::tariff::Versioned;
use serde_json::json;

/// Each side runs so often.
const RUNS: usize = 5;
/// A run goes on for so long.
const RUN: Duration = Duration::from_millis(700);
/// Different CDRs in a run.
const CDRS: usize = 64;

const VERSION: Version = Version::V221;

/// Three bands, charging time by day, idle time after a grace, in blocks.
const TARIFF: &str = r#"{"country_code": "NL", "party_id": "LIN", "id": "bands", "currency": "EUR",
  "elements": [
    {"restrictions": {"start_time": "23:00", "end_time": "07:00"},
     "price_components": [{"type": "ENERGY", "price": 0.36, "step_size": 1}]},
    {"restrictions": {"start_time": "17:00", "end_time": "22:00"},
     "price_components": [{"type": "ENERGY", "price": 0.96, "step_size": 1}]},
    {"restrictions": {"min_duration": 14400},
     "price_components": [{"type": "PARKING_TIME", "price": 1.20, "step_size": 900}]},
    {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}],
  "last_updated": "2022-01-01T00:00:00Z"}"#;

fn main() -> Result<(), Failed> {
    let tariff = Tariff::from_json(TARIFF)?;
    let mut rows = Vec::new();
    for periods in [1, 58] {
        let cdrs = documents(periods)?;
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for _ in 0..RUNS {
            let mut pricer = Pricer::new(&tariff);
            let nothing = || Ok(vec![(); CDRS]);
            ours.push(timed(&cdrs, nothing, |text, ()| by_pricer(&mut pricer, text))?);
            theirs.push(timed(&cdrs, parsed, by_parsed_peer)?);
        }
        let plural = if periods == 1 { "" } else { "s" };
        rows.push(json!({
            "measure": format!("CDRs priced, JSON in, {periods} period{plural}, one thread"),
            "ours": median(ours),
            "unit": "CDR/s",
            "theirs": median(theirs),
        }));
    }
    println!("{}", serde_json::to_string(&rows)?);
    Ok(())
}

/// Made CDRs that state the total they come to; both sides agree on each.
fn documents(periods: usize) -> Result<Vec<String>, Failed> {
    let tariff = Tariff::from_json(TARIFF)?;
    let mut texts = Vec::with_capacity(CDRS);
    for index in 0..CDRS {
        let parts: Vec<(u32, Doing)> = (0..periods).map(|at| part(index, at, periods)).collect();
        let start_s = 1_709_290_800 + i64::try_from(index)? * 3_601;
        let mut document = Document::from(start_s, &parts);
        let rated = Cdr::from_json(&document.json())?.rate(&tariff, Some(ZONE))?;
        document.total = rated.total.ok_or("nothing was priced")?.to_string();
        let text = document.json();
        let (ours, theirs) = (by_linli(&text, &tariff)?, by_peer(&text, TARIFF)?);
        if !agree(ours, theirs) {
            return Err(format!("{ours:?} and {theirs:?} for {text}").into());
        }
        texts.push(text);
    }
    Ok(texts)
}

/// Quarters of an hour; at the end of a long one the vehicle is full.
fn part(index: usize, at: usize, periods: usize) -> (u32, Doing) {
    if periods > 1 && at + 8 > periods {
        return (25, Doing::Idle);
    }
    let energy_wh = u32::try_from(1_000 + (index * 37 + at * 101) % 1_750).unwrap_or(1_000);
    (25, Doing::Charging { energy_wh })
}

fn by_pricer(pricer: &mut Pricer, text: &str) -> Result<(), Failed> {
    black_box(pricer.rate(&Cdr::from_json(text)?, Some(ZONE))?);
    Ok(())
}

fn by_parsed_peer(text: &str, tariff: Versioned<'_>) -> Result<(), Failed> {
    let cdr = ocpi_tariffs::cdr::parse_with_version(text, VERSION)?.cdr;
    let report = ocpi_tariffs::cdr::price(&cdr, TariffSource::single(tariff), ZONE);
    black_box(report.map_err(|errors| format!("{errors:?}"))?);
    Ok(())
}

/// The tariff for each CDR of a run, before its clock runs: the peer takes it by value.
fn parsed() -> Result<Vec<Versioned<'static>>, Failed> {
    let one = || Ok(ocpi_tariffs::tariff::parse_with_version(TARIFF, VERSION)?.tariff);
    (0..CDRS).map(|_| one()).collect()
}

/// CDRs a second; what is prepared for a pass over all of them is not counted.
fn timed<T>(
    cdrs: &[String],
    mut prepare: impl FnMut() -> Result<Vec<T>, Failed>,
    mut price: impl FnMut(&str, T) -> Result<(), Failed>,
) -> Result<f64, Failed> {
    let (mut took, mut count) = (Duration::ZERO, 0_u32);
    while took < RUN {
        let prepared = prepare()?;
        let began = Instant::now();
        for (text, own) in cdrs.iter().zip(prepared) {
            price(text, own)?;
            count += 1;
        }
        took += began.elapsed();
    }
    Ok(f64::from(count) / took.as_secs_f64())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
