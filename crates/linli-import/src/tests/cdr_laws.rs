//! A CDR comes to the same amount by `rate --cdr` and, imported, by a replay.
//!
//! What an event cannot say is no part of the law: energy finer than a watt-hour, a price that
//! changes within a period (readings are cut there, somebody else's period is not), a time longer
//! than its period, power and current as stated, and a CDR without any period.

use std::path::PathBuf;

use linli::Money;
use linli::charging::tariff::{Cdr, CdrKind, Tariff, Verdict, WarningKind};
use linli::replay::Replay;
use proptest::prelude::*;

use super::*;

/// An amount, and whether the CDR's own total agrees with it.
type Judged = (Money, bool);

fn rated(text: &str, tariff: &Tariff) -> (Judged, bool) {
    let cdr = Cdr::from_json(text).expect("a CDR");
    let rated = cdr.rate(tariff, Some(chrono_tz::Europe::Amsterdam)).expect("it can be priced");
    let spans =
        |one: &linli::charging::tariff::Warning| one.kind == WarningKind::PeriodSpansPriceChange;
    let agrees = matches!(rated.verdict, Verdict::Agrees);
    ((rated.price.amount, agrees), rated.warnings.iter().any(spans))
}

fn replayed(text: &str, tariff: &Tariff) -> Judged {
    let journal = file_of(Format::OcpiCdr).at(chrono_tz::Europe::Amsterdam);
    let report = journal.reads(text).expect("of the format");
    assert_eq!((report.imported, report.refused.len()), (1, 0));
    let replay = Replay::under(tariff).against_issued().keep_bills();
    let report = replay.run_blocking(&journal.ledger).expect("replayed");
    let own = &report.tariffs[0];
    let bill = own.bills.iter().next().expect("a bill");
    let compared = own.against_issued.as_ref().expect("a comparison");
    (bill.price.amount, compared.agree == 1)
}

/// The operators' CDRs, each with the tariff that it was billed under.
fn real() -> Vec<(String, String, Tariff)> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let data = std::env::var_os("LINLI_DATA").map_or(beside, PathBuf::from).join("ocpi");
    let mut found = Vec::new();
    for folder in ["v211/real_world", "v221/real_world"] {
        let Ok(cases) = std::fs::read_dir(data.join(folder)) else {
            eprintln!("skipped: there is no {}", data.display());
            continue;
        };
        for file in
            cases.flat_map(|case| std::fs::read_dir(case.expect("a folder").path()).expect("files"))
        {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !name.starts_with("cdr") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text");
            let beside = std::fs::read_to_string(path.with_file_name("tariff.json")).ok();
            let inside = || {
                let cdr = Cdr::from_json(&text).expect("a CDR");
                cdr.tariff().expect("a tariff inside").expect("it can be read").clone()
            };
            let of = |text: String| Tariff::from_json(&text).expect("a tariff");
            let tariff = beside.map_or_else(inside, of);
            found.push((path.display().to_string(), text, tariff));
        }
    }
    found
}

#[test]
fn real_cdrs_come_to_what_rate_says() {
    const CENT: i128 = Money::UNIT / 100;
    let mut cut = Vec::new();
    for (path, text, tariff) in real() {
        let cdr = Cdr::from_json(&text).expect("a CDR");
        if cdr.kind() == CdrKind::Credit {
            continue; // It is a bill alone, and no session.
        }
        let (said, spans) = rated(&text, &tariff);
        if spans {
            cut.push(path);
            continue;
        }
        let told = replayed(&text, &tariff);
        // Hours are stated with four digits: a period that lasts as long as that is full.
        let apart = (told.0.0 - said.0.0).abs();
        assert!(apart * 2 < CENT, "{path}: {} replayed, {} rated", told.0, said.0);
        assert_eq!(told.1, said.1, "{path}");
        if path.ends_with("/periods_state_no_time/cdr.json") {
            assert_eq!((told.0.to_string().as_str(), told.1), ("6.00", false), "10.00 are billed");
        }
    }
    let is_known = |path: &String| path.contains("/time_and_parking_time");
    assert!(cut.iter().all(is_known), "a price changes within their periods: {cut:?}");
}

/// A stretch of a made CDR, in steps of three minutes: a twentieth of an hour, exact in decimals.
#[derive(Clone, Debug)]
struct Stretch {
    steps: i64,
    energy_wh: Option<i64>,
    charging: Option<i64>,
    parking: Option<i64>,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let of = |steps: i64| {
        let times = (prop::option::of(0..=steps), prop::option::of(0..=steps));
        (Just(steps), prop::option::of(0_i64..20_000), times)
    };
    (0_i64..20).prop_flat_map(of).prop_map(|(steps, energy_wh, (charging, parking))| {
        let rest = steps - charging.unwrap_or(0);
        let parking = parking.map(|parking| parking.min(rest));
        Stretch { steps, energy_wh, charging, parking }
    })
}

fn instant_after(steps: i64) -> String {
    Timestamp(1_768_314_600_000_000 + steps * 180_000_000).to_string()
}

/// A CDR of stretches, the first of them some steps after it started, with its tariff inside.
fn made(stretches: &[Stretch], late: i64, tariff: &str, (untaxed, tax): (Money, Money)) -> String {
    let (mut at, mut periods) = (late, Vec::new());
    for own in stretches {
        let hours = |steps: i64| format!("{}.{:02}", steps / 20, steps % 20 * 5);
        let energy = own.energy_wh.map(|wh| format!("{}.{:03}", wh / 1_000, wh % 1_000));
        let told = [
            ("ENERGY", energy),
            ("TIME", own.charging.map(hours)),
            ("PARKING_TIME", own.parking.map(hours)),
        ];
        let told = told.into_iter().filter_map(|(kind, volume)| {
            Some(format!(r#"{{"type": "{kind}", "volume": {}}}"#, volume?))
        });
        let dimensions: Vec<String> = told.collect();
        periods.push(format!(
            r#"{{"start_date_time": "{}", "dimensions": [{}]}}"#,
            instant_after(at),
            dimensions.join(", ")
        ));
        at += own.steps;
    }
    let (start, end) = (instant_after(0), instant_after(at));
    format!(
        r#"{{"country_code": "NL", "party_id": "ENE", "id": "7", "start_date_time": "{start}",
            "end_date_time": "{end}", "currency": "EUR", "cdr_location": {{"country": "NLD"}},
            "charging_periods": [{}], "total_energy": 99, "tariffs": [{tariff}],
            "total_cost": {{"before_taxes": {untaxed},
                "taxes": [{{"name": "VAT", "amount": {tax}}}]}}}}"#,
        periods.join(", ")
    )
}

/// Prices of energy, charging, idle time and once a session, with blocks and limits.
fn prices() -> impl Strategy<Value = String> {
    let price = || 0_i64..500;
    let steps = prop::sample::select(vec![1, 300, 900]);
    let limits = prop::sample::select(vec![
        "",
        r#""min_price": {"excl_vat": 3},"#,
        r#""max_price": {"excl_vat": 4},"#,
    ]);
    let tax = prop::sample::select(vec!["", r#""tax_included": "YES","#]);
    (price(), price(), price(), price(), steps, limits, tax).prop_map(
        |(energy, time, parking, fixed, step, limits, tax)| {
            let part = |kind: &str, cents: i64, step: i64| {
                format!(
                    r#"{{"type": "{kind}", "price": {}.{:02}, "step_size": {step}}}"#,
                    cents / 100,
                    cents % 100
                )
            };
            let parts = [
                part("ENERGY", energy, 1),
                part("TIME", time, step),
                part("PARKING_TIME", parking, step),
                part("FLAT", fixed, 1),
            ];
            format!(
                r#"{{"id": "1", "currency": "EUR", {limits} {tax}
                "elements": [{{"price_components": [{}]}}]}}"#,
                parts.join(", ")
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing is billed that no period states, and all that one states.
    #[test]
    fn made_cdrs_come_to_what_rate_says(
        stretches in prop::collection::vec(stretch(), 1..6),
        late in 0_i64..3,
        prices in prices(),
        more in 0_i128..3,
    ) {
        let tariff = Tariff::from_json(&prices).expect("a tariff");
        let tax = Money::UNIT;
        let bare = made(&stretches, late, &prices, (Money::ZERO, Money::ZERO));
        let due = rated(&bare, &tariff).0.0;
        // Right without tax, right with it, or wrong in both.
        let text = made(&stretches, late, &prices, (Money(due.0 - more * tax), Money(tax)));
        prop_assert_eq!(replayed(&text, &tariff), rated(&text, &tariff).0, "{}", text);
    }
}
