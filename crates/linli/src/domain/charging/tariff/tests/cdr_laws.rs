//! Laws of CDRs: what they cost is what the same readings cost, in whatever order they are
//! written; and no document, however broken, does more than be refused.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::made::*;
use super::*;

/// A period: length in hundredths of an hour, energy in watt-hours, and what the vehicle does.
type Part = (i64, i128, Activity);

fn any_parts() -> impl Strategy<Value = Vec<Part>> {
    let activity =
        prop::sample::select(vec![Activity::Charging, Activity::Idle, Activity::Neither]);
    let energy = prop_oneof![Just(0), -2_000_i128..9_000];
    prop::collection::vec((0_i64..300, energy, activity), 1..9)
}

/// Readings, and the CDR that states the same.
struct Pair {
    intervals: Vec<Interval>,
    periods: Vec<String>,
    start: Timestamp,
    end: Timestamp,
}

fn pair_of(parts: &[Part]) -> Pair {
    let start = instant("2022-10-29T18:00:00Z");
    let mut pair = Pair { intervals: vec![], periods: vec![], start, end: start };
    for (hundredths, energy, activity) in parts {
        let (from, energy) = (pair.end, if *activity == Activity::Charging { *energy } else { 0 });
        pair.end = Timestamp(from.0 + hundredths * 36_000_000);
        let (until, activity) = (pair.end, *activity);
        pair.intervals.push(Interval { from, until, energy, activity, power: None });
        let mut dimensions = Vec::new();
        let mut state = |kind: &str, volume: String| {
            dimensions.push(format!(r#"{{"type": "{kind}", "volume": {volume}}}"#));
        };
        let hours = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        match activity {
            Activity::Charging => {
                state("ENERGY", super::super::decimal::text(thousandths(energy), 3));
                state("TIME", hours);
            }
            Activity::Idle => state("PARKING_TIME", hours),
            Activity::Neither => {}
        }
        let dimensions = dimensions.join(", ");
        let period = format!(r#"{{"start_date_time": "{from}", "dimensions": [{dimensions}]}}"#);
        pair.periods.push(period);
    }
    pair
}

/// What Linli adds to a tariff: prices by power and by the hour, and what is free in a session.
fn any_additions() -> impl Strategy<Value = (Vec<String>, String)> {
    let measure = prop::sample::select(vec!["interval", "peak"]);
    let by_power = (measure, 100_u32..9_000, 1_u32..90).prop_map(|(measure, from, cents)| {
        let tiers = format!(
            r#", "linli": {{"tiers": {{"by": "power_w", "measure": "{measure}",
                "steps": [{{"from": {from}, "price": 0.{cents:02}}}]}}}}"#
        );
        element("", "ENERGY", "0.40", &tiers)
    });
    let by_hour = (1_u32..90).prop_map(|cents| {
        let slots = format!(
            r#", "linli": {{"schedule": [{{"from": "2022-10-29T19:00:00Z",
                "until": "2022-10-29T22:00:00Z", "price": 0.{cents:02}}}]}}"#
        );
        element("", "TIME", "0.60", &slots)
    });
    let added = prop::collection::vec(prop_oneof![by_power, by_hour], 0..3);
    let free = (1_u32..9_000, 1_u32..300, 1_u32..90).prop_map(|(wh, minutes, cents)| {
        format!(
            r#""allowance": {{"per": "session", "energy_wh": {wh}, "minutes": {minutes},
                "amount": 0.{cents:02}}}"#
        )
    });
    (added, prop_oneof![Just(String::new()), free])
}

fn thousandths(units: i128) -> Exact {
    Exact::fraction(units, 1_000).unwrap()
}

fn document(pair: &Pair, rest: &str) -> String {
    let (start, end, periods) = (pair.start, pair.end, pair.periods.join(", "));
    format!(
        r#"{{"id": "1", "start_date_time": "{start}", "end_date_time": "{end}",
            "currency": "CNY", "cdr_location": {{"country": "NLD"}},
            "charging_periods": [{periods}]{rest}}}"#
    )
}

fn spans_a_change(rated: &Rated) -> bool {
    rated.warnings.iter().any(|one| one.kind == WarningKind::PeriodSpansPriceChange)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Where no price changes within a period, a CDR costs what the readings cost.
    #[test]
    fn a_cdr_costs_what_its_readings_cost(
        parts in any_parts(),
        elements in any_elements(),
        (added, free) in any_additions(),
    ) {
        let pair = pair_of(&parts);
        let tariff = tariff(&[added, elements].concat().join(","), &free);
        let rated = Cdr::from_json(&document(&pair, "")).unwrap().rate(&tariff, None).unwrap();
        if spans_a_change(&rated) {
            return Ok(());
        }
        let read = price(&tariff, &metered("Europe/Amsterdam", &pair.intervals)).unwrap();
        prop_assert_eq!(rated.price, read);
        prop_assert_eq!(rated.energy_kwh,
            metered("Europe/Amsterdam", &pair.intervals).energy_kwh().unwrap());
    }

    /// The order in which periods are written changes nothing but a remark.
    #[test]
    fn periods_are_read_in_the_order_of_their_starts(
        parts in any_parts(),
        elements in any_blocked_elements(),
    ) {
        let parts: Vec<Part> = parts.into_iter().map(|(n, e, a)| (n + 1, e, a)).collect();
        let mut pair = pair_of(&parts);
        let tariff = tariff(&elements.join(","), "");
        let rate = |pair: &Pair| {
            Cdr::from_json(&document(pair, "")).unwrap().rate(&tariff, None).unwrap()
        };
        let written = rate(&pair);
        pair.periods.reverse();
        prop_assert_eq!(rate(&pair).price, written.price);
    }

    /// A credit comes to what the charge came to, and only its total is turned round.
    #[test]
    fn a_credit_is_the_charge_turned_round(parts in any_parts(), elements in any_elements()) {
        let pair = pair_of(&parts);
        let tariff = tariff(&elements.join(","), "");
        let rate = |rest: &str| {
            Cdr::from_json(&document(&pair, rest)).unwrap().rate(&tariff, None).unwrap()
        };
        let (charge, credit) = (rate(""), rate(r#", "credit": true"#));
        prop_assert_eq!(credit.price, charge.price);
        prop_assert_eq!(credit.total.map(|total| -total.0), charge.total.map(|total| total.0));
    }

    /// A total agrees up to half the smallest unit, and from there on it is disputed.
    #[test]
    fn a_total_agrees_within_half_the_smallest_unit(
        parts in any_parts(),
        elements in any_elements(),
        off in -200_i128..200,
    ) {
        let pair = pair_of(&parts);
        let tariff = tariff(&elements.join(","), "");
        let rate = |rest: &str| {
            Cdr::from_json(&document(&pair, rest)).unwrap().rate(&tariff, None).unwrap()
        };
        let due = rate("").total.map_or(0, |total| total.0);
        // In ten-thousandths, as fine as a price without a stated rounding is.
        let stated = Exact::fraction(due / 100_000 + off, 10_000).unwrap();
        let stated = super::super::decimal::text(stated, 4);
        let rated = rate(&format!(r#", "total_cost": {{"excl_vat": {stated}}}"#));
        match rated.verdict {
            Verdict::Agrees => prop_assert!(off.abs() <= 50),
            Verdict::Disputed { difference, causes } => {
                prop_assert!(off.abs() > 50);
                prop_assert_eq!(difference, Exact::fraction(off, 10_000).unwrap());
                prop_assert!(!causes.is_empty());
            }
            Verdict::NotStated => prop_assert!(false, "it is stated"),
        }
    }

    /// A broken document is refused with a sentence or read; it is never a panic.
    #[test]
    fn broken_documents_are_refused_by_name(
        parts in any_parts(),
        elements in any_blocked_elements(),
        harms in prop::collection::vec(any_harm(), 0..6),
    ) {
        let text = tariff_text(&elements.join(","), "");
        let rest = format!(
            r#", "tariffs": [{text}], "total_cost": {{"excl_vat": 1.5, "incl_vat": 2}},
                "total_energy": "7.123", "credit": false, "cdr_token": {{"uid": "c"}}"#
        );
        let mut broken = document(&pair_of(&parts), &rest);
        for harm in &harms {
            harm.do_to(&mut broken);
        }
        match Cdr::from_json(&broken) {
            Ok(cdr) => {
                if let Some(Ok(tariff)) = cdr.tariff() {
                    let told = cdr.rate(tariff, None).err().map(|error| error.to_string());
                    prop_assert!(told.is_none_or(|told| !told.is_empty()));
                }
            }
            Err(error) => {
                let told = error.to_string();
                prop_assert!(!told.is_empty() && told.len() < 4_000, "{}", told);
            }
        }
        // The other readers of documents meet the same.
        let mut broken = text;
        for harm in &harms {
            harm.do_to(&mut broken);
        }
        drop(Tariff::from_json(&broken));
        drop(Described::from_json(&broken));
    }
}

/// What may happen to a document on its way.
#[derive(Clone, Debug)]
enum Harm {
    CutOff(usize),
    Doubled(usize, usize),
    Overwritten(usize, char),
    Put(usize, String),
}

fn any_harm() -> impl Strategy<Value = Harm> {
    let place = any::<usize>;
    let put = prop::sample::select(vec![
        "{",
        "[",
        "}",
        "]",
        "\"",
        ",",
        ":",
        "\\u0000",
        "null",
        "-",
        "1e999999999",
        "1e-18",
        "\n//",
        "99999999999999999999",
        "-0.000000000000000001",
        "NaN",
        "\u{feff}",
        "true",
        "e5",
        "0",
        r#""id": 1,"#,
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ]);
    prop_oneof![
        place().prop_map(Harm::CutOff),
        (place(), 1_usize..200).prop_map(|(at, n)| Harm::Doubled(at, n)),
        (place(), any::<char>()).prop_map(|(at, char)| Harm::Overwritten(at, char)),
        (place(), put).prop_map(|(at, text)| Harm::Put(at, text.to_owned())),
    ]
}

impl Harm {
    fn do_to(&self, text: &mut String) {
        let at = |place: usize, text: &str| {
            let near = place % (text.len() + 1);
            (0..=near).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        match self {
            Self::CutOff(place) => text.truncate(at(*place, text)),
            Self::Doubled(place, n) => {
                let start = at(*place, text);
                let again: String = text[start..].chars().take(*n).collect();
                text.insert_str(start, &again);
            }
            Self::Overwritten(place, char) => {
                let start = at(*place, text);
                if let Some(old) = text[start..].chars().next() {
                    text.replace_range(start..start + old.len_utf8(), &char.to_string());
                }
            }
            Self::Put(place, more) => text.insert_str(at(*place, text), more),
        }
    }
}

#[test]
fn huge_documents_are_refused_by_name() {
    let told = |text: &str| Cdr::from_json(text).map(|_| ()).unwrap_err().to_string();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(told(&deep).contains("more than 64 levels deep"), "{}", told(&deep));
    let in_text = format!(r#"{{"remark": "{}", "start_date_time": 1}}"#, "[".repeat(500));
    assert!(told(&in_text).starts_with("$.start_date_time is 1"), "{}", told(&in_text));
    assert!(told(&" ".repeat(2_000_000)).contains("at most 1048576 are read"));
    let mut many = String::from("{");
    for index in 0..2_000 {
        let _ = write!(many, r#""f{index}": 1, "#);
    }
    many.push_str(r#""id": "1"}"#);
    assert_eq!(told(&many), "$ has 2001 entries, at most 128 are read");
    let pair = pair_of(&[(1, 1, Activity::Charging); 1]);
    let periods = vec![pair.periods[0].clone(); 10_081];
    let long = Pair { periods, ..pair };
    let told = told(&document(&long, "").replace(r#", "volume""#, r#","volume""#));
    assert!(told.contains("at most"), "{told}");
}
