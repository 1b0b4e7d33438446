//! Prices that count from instant to instant: hourly lists, and versions that take turns.

use proptest::prelude::*;

use super::super::clocked::Clocked;
use super::made::{any_session, element};
use super::writing::frame;
use super::*;

const EXACTLY: &str = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;

/// A version of energy, charging and idle time in blocks, valid in part.
fn version(number: u32, validity: &str, cents: [u32; 3], block: u32) -> Tariff {
    let text = format!(
        r#"{{"id": "made", "currency": "CNY", {validity} "elements": [{}],
            "linli": {{"version": {number}, "applies": "instant", {EXACTLY}}}}}"#,
        priced("", cents, block)
    );
    Tariff::from_json(&text).unwrap()
}

fn priced(restriction: &str, cents: [u32; 3], block: u32) -> String {
    let kinds = ["ENERGY", "TIME", "PARKING_TIME"].into_iter().zip(cents);
    let elements = kinds.map(|(kind, cents)| {
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        element(restriction, kind, &price, &format!(r#", "step_size": {block}"#))
    });
    elements.collect::<Vec<_>>().join(",")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// In a zone whose clock never changes an hourly list says no more than windows and dates do.
    #[test]
    fn an_hourly_list_is_short_for_windows_of_one_day(
        session in any_session(),
        kind in prop::sample::select(vec!["ENERGY", "TIME", "PARKING_TIME", "FLAT"]),
        prices in prop::collection::vec(prop::option::of(0_u32..500), 24),
    ) {
        let session = Metered { zone: zone("UTC"), ..session.metered() };
        let date = session.intervals[0].from.local_date(session.zone).unwrap();
        let (mut slots, mut elements) = (Vec::new(), Vec::new());
        for (hour, cents) in prices.iter().enumerate() {
            let Some(cents) = cents else { continue };
            let (from, until) = (format!("{hour:02}:00"), format!("{:02}:00", (hour + 1) % 24));
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            let next = date + chrono::Days::new(1);
            let end = if hour == 23 { next } else { date };
            slots.push(format!(
                r#"{{"from": "{date}T{from}:00Z", "until": "{end}T{until}:00Z", "price": {price}}}"#
            ));
            let window = format!(
                r#""start_time": "{from}", "end_time": "{until}",
                    "start_date": "{date}", "end_date": "{next}""#
            );
            elements.push(element(&window, kind, &price, ""));
        }
        prop_assume!(!slots.is_empty());
        let list = format!(r#", "linli": {{"schedule": [{}]}}"#, slots.join(","));
        let listed = tariff(&element("", kind, "0.60", &list), EXACTLY);
        prop_assert!(Clocked::compile(&listed).is_none());
        elements.push(element("", kind, "0.60", ""));
        let windows = tariff(&elements.join(","), EXACTLY);
        let both = [listed, windows].map(|one| price(&one, &session).unwrap().exact);
        prop_assert_eq!(both[0], both[1]);
    }

    /// Versions that take turns at a local midnight are one tariff with dates, blocks and all.
    #[test]
    fn versions_that_take_turns_are_one_tariff_with_dates(
        session in any_session(),
        (first, second) in ([0_u32..500, 0..500, 0..500], [0_u32..500, 0..500, 0..500]),
        block in prop::sample::select(vec![1_u32, 300, 1_000]),
    ) {
        let date = session.intervals[0].from.local_date(session.zone).unwrap()
            + chrono::Days::new(1);
        let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_local_timezone(session.zone);
        let midnight = midnight.earliest().unwrap().to_utc().format("%Y-%m-%dT%H:%M:%SZ");
        let until = format!(r#""end_date_time": "{midnight}","#);
        let from = format!(r#""start_date_time": "{midnight}","#);
        let versions = [version(1, &until, first, block), version(2, &from, second, block)];
        let cut = versions[0].cut_at_changes(&versions);
        let before = priced(&format!(r#""end_date": "{date}""#), first, block);
        let dated = tariff(&[before, priced("", second, block)].join(","), EXACTLY);
        let both = [cut, dated].map(|one| price(&one, &session.metered()).unwrap().exact);
        prop_assert_eq!(both[0], both[1]);
    }
}

/// ocpi 534: two UTC hours share 02:30 local, so that a local clock cannot tell their prices apart.
#[test]
fn the_hour_that_comes_twice_has_two_prices() {
    let list = r#", "linli": {"schedule": [
        {"from": "2026-10-25T00:00:00Z", "until": "2026-10-25T01:00:00Z", "price": 0.41},
        {"from": "2026-10-25T01:00:00Z", "until": "2026-10-25T02:00:00Z", "price": 0.37}]}"#;
    let tariff = tariff(&element("", "ENERGY", "0.60", list), EXACTLY);
    let night = [charging("2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z", 3_000)];
    let (price, lines) = explain(&tariff, &metered("Europe/Oslo", &night)).unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.told.as_str()).collect();
    let expected = [
        "1.000 kWh x 0.41 = 0.41, from 2026-10-25T00:00:00Z to 2026-10-25T01:00:00Z",
        "1.000 kWh x 0.37 = 0.37, from 2026-10-25T01:00:00Z to 2026-10-25T02:00:00Z",
        "1.000 kWh x 0.60 = 0.60",
    ];
    assert_eq!((told, price.amount.to_string().as_str()), (expected.to_vec(), "1.38"));
}

#[test]
fn lines_say_under_which_version() {
    let versions = [
        version(1, r#""end_date_time": "2026-03-01T10:30:00Z","#, [50, 0, 0], 1),
        version(2, r#""start_date_time": "2026-03-01T10:45:00Z","#, [80, 0, 0], 1),
    ];
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_200)];
    let cut = versions[0].cut_at_changes(&versions);
    let (_, lines) = explain(&cut, &metered("UTC", &hour)).unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.told.as_str()).collect();
    // Between the two the first goes on: nobody charges for nothing because a version is late.
    assert_eq!(told[0], "0.900 kWh x 0.50 = 0.45, under version 1");
    assert_eq!(told[1], "0.300 kWh x 0.80 = 0.24, under version 2");
}

#[test]
fn people_pay_the_price_they_started_under_unless_the_tariff_says_else() {
    let text = |linli: &str, rest: &str, price: &str| {
        let element = element("", "ENERGY", price, "");
        format!(
            r#"{{"id": "t", "currency": "CNY", {rest} "elements": [{element}],
                "linli": {{{linli}}}}}"#
        )
    };
    let read = |text: String| Tariff::from_json(&text).unwrap();
    let second =
        read(text(r#""version": 2"#, r#""start_date_time": "2026-03-01T10:30:00Z","#, "0.80"));
    let foreign = read(text(r#""version": 2"#, "", "0.80").replace("CNY", "EUR"));
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_000)];
    let amount = |first: &str, second: &Tariff| {
        let first = read(text(first, "", "0.50"));
        let cut = first.cut_at_changes(&[first.clone(), second.clone()]);
        price(&cut, &metered("UTC", &hour)).unwrap().amount.to_string()
    };
    assert_eq!(amount("", &second), "0.50");
    assert_eq!(amount(r#""applies": "session_start""#, &second), "0.50");
    assert_eq!(amount(r#""applies": "instant""#, &second), "0.65");
    assert_eq!(amount(r#""applies": "instant""#, &foreign), "0.50");
}

#[test]
fn an_hourly_list_that_cannot_be_meant_is_refused() {
    let told = |rest: &str| {
        let text = tariff_text(&element("", "ENERGY", "0.60", rest), "");
        Tariff::from_json(&text).map(|_| ()).unwrap_err().to_string()
    };
    let slot = |from: &str, until: &str| {
        format!(
            r#"{{"from": "2026-10-25T{from}:00Z", "until": "2026-10-25T{until}:00Z", "price": 1}}"#
        )
    };
    let list = |slots: &[String]| format!(r#"{{"schedule": [{}]}}"#, slots.join(","));
    for (linli, expected) in [
        (list(&[]), "schedule is []; write at least one slot"),
        (
            list(&[slot("02:00", "02:00")]),
            "schedule[0].until is \"2026-10-25T02:00:00Z\"; write an",
        ),
        (
            list(&[slot("01:00", "03:00"), slot("02:00", "04:00")]),
            "schedule[1].from is \"2026-10-25T02:00:00Z\"; write an instant at which",
        ),
        (
            format!(r#"{{"max": 1, "schedule": [{}]}}"#, slot("01:00", "02:00")),
            "either a schedule or min and max",
        ),
    ] {
        let told = told(&format!(r#", "linli": {linli}"#));
        assert!(told.contains(expected), "{told}\nexpected: {expected}");
    }
}

#[test]
fn a_cdr_has_room_for_one_version() {
    let versions = [
        version(1, r#""end_date_time": "2026-03-01T10:30:00Z","#, [50, 0, 0], 1),
        version(2, r#""start_date_time": "2026-03-01T10:30:00Z","#, [80, 0, 0], 1),
    ];
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_000)];
    let session = metered("UTC", &hour);
    let cut = versions[0].cut_at_changes(&versions);
    let written = frame(None).write(OcpiVersion::V221, &cut, &session);
    assert_eq!(written, Err(Unwritable::SeveralVersions));
}
