//! Made tariffs and sessions, for laws.

use proptest::prelude::*;

use super::*;

/// A session of its own, to borrow from.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) zone: Zone,
    pub(super) intervals: Vec<Interval>,
}

impl Made {
    pub(super) fn metered(&self) -> Metered<'_> {
        Metered { zone: self.zone, units_per_wh: 1, intervals: &self.intervals }
    }
}

/// Days with clock changes in Europe, and others.
fn any_start() -> impl Strategy<Value = i64> {
    let days = [
        "2022-03-27T00:00:00Z",
        "2022-10-30T00:00:00Z",
        "2024-02-28T12:00:00Z",
        "2025-12-31T20:00:00Z",
    ];
    let day = prop::sample::select(days.map(|day| instant(day).0).to_vec());
    (day, -200_000_i64..200_000).prop_map(|(day, seconds)| day + seconds * 1_000_000)
}

pub(super) fn any_zone() -> impl Strategy<Value = Zone> {
    let names = ["Europe/Oslo", "Europe/London", "Europe/Amsterdam", "Asia/Shanghai"];
    prop::sample::select(names.map(zone).to_vec())
}

/// Any session; energy flows where the vehicle charges.
pub(super) fn any_session() -> impl Strategy<Value = Made> {
    let activity = prop::sample::select(vec![
        Activity::Charging,
        Activity::Charging,
        Activity::Idle,
        Activity::Neither,
    ]);
    let length_us = prop_oneof![
        Just(900_000_000_i64),
        Just(0),
        // Stations stamp whole seconds. Several cut intervals whose lengths in microseconds have
        // nothing in common leave 128 bits, and are answered with a named overflow.
        (1_i64..20_000).prop_map(|seconds| seconds * 1_000_000),
        (1_i64..1_440).prop_map(|minutes| minutes * 60_000_000),
    ];
    let interval = (length_us, 0_i128..9_000, activity);
    let intervals = prop::collection::vec(interval, 1..9);
    (any_start(), any_zone(), intervals).prop_map(|(start, zone, parts)| {
        let mut from = Timestamp(start);
        let intervals = parts.into_iter().map(|(length_us, energy, activity)| {
            let until = Timestamp(from.0 + length_us);
            let energy = if activity == Activity::Charging { energy } else { 0 };
            let interval = Interval { from, until, energy, activity, power: None };
            from = until;
            interval
        });
        Made { zone, intervals: intervals.collect() }
    })
}

fn any_price() -> impl Strategy<Value = String> {
    (0_u32..500).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100))
}

fn any_minute() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("00:00".to_owned()),
        Just("02:30".to_owned()),
        (0_u32..24, 0_u32..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}")),
    ]
}

/// A restriction of the clock.
fn any_clock() -> impl Strategy<Value = String> {
    prop_oneof![
        (any_minute(), any_minute())
            .prop_map(|(start, end)| format!(r#""start_time": "{start}", "end_time": "{end}""#)),
        any_minute().prop_map(|end| format!(r#""end_time": "{end}""#)),
        Just(r#""day_of_week": ["SATURDAY", "SUNDAY"]"#.to_owned()),
        Just(r#""start_date": "2022-10-30""#.to_owned()),
        Just(r#""end_date": "2022-03-27""#.to_owned()),
    ]
}

fn any_usage() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u32..40_000).prop_map(|seconds| format!(r#""min_duration": {seconds}"#)),
        (0_u32..40_000).prop_map(|seconds| format!(r#""max_duration": {seconds}"#)),
        (0_u32..20_000).prop_map(|wh| format!(r#""min_kwh": {}.{:03}"#, wh / 1_000, wh % 1_000)),
        (0_u32..20_000).prop_map(|wh| format!(r#""max_kwh": {}.{:03}"#, wh / 1_000, wh % 1_000)),
        (0_u32..9).prop_map(|kilowatts| format!(r#""min_power": {kilowatts}"#)),
    ]
}

pub(super) fn element(restriction: &str, kind: &str, price: &str, rest: &str) -> String {
    format!(
        r#"{{"restrictions": {{{restriction}}},
            "price_components": [{{"type": "{kind}", "price": {price}{rest}}}]}}"#
    )
}

/// Elements that price energy by the clock, with or without a price for the rest.
pub(super) fn any_clock_elements() -> impl Strategy<Value = Vec<String>> {
    let band = (any_clock(), any_price())
        .prop_map(|(clock, price)| element(&clock, "ENERGY", &price, r#", "step_size": 1"#));
    let base = prop::option::of(any_price())
        .prop_map(|price| price.map(|price| element("", "ENERGY", &price, r#", "step_size": 1"#)));
    (prop::collection::vec(band, 0..4), base, any_price()).prop_map(|(mut bands, base, price)| {
        bands.extend(base);
        if bands.is_empty() {
            bands.push(element("", "FLAT", &price, ""));
        }
        bands
    })
}

/// Elements of any kind, without blocks.
pub(super) fn any_elements() -> impl Strategy<Value = Vec<String>> {
    let kind = prop::sample::select(vec!["ENERGY", "TIME", "PARKING_TIME", "FLAT"]);
    let restriction = prop_oneof![
        Just(String::new()),
        any_clock(),
        any_usage(),
        (any_clock(), any_usage()).prop_map(|(clock, usage)| format!("{clock}, {usage}")),
    ];
    let one = (restriction, kind, any_price())
        .prop_map(|(restriction, kind, price)| element(&restriction, kind, &price, ""));
    prop::collection::vec(one, 1..6)
}

/// Elements of any kind, some with blocks and limits.
pub(super) fn any_blocked_elements() -> impl Strategy<Value = Vec<String>> {
    let blocks = prop::sample::select(vec![
        r#""step_size": 1"#,
        r#""step_size": 300"#,
        r#""step_size": 900, "linli": {"step": "down", "min": "0.50"}"#,
        r#""step_size": 1000, "linli": {"step": "nearest", "max": "1.00"}"#,
    ]);
    let kind = prop::sample::select(vec!["ENERGY", "TIME", "PARKING_TIME"]);
    let one = (any_clock(), kind, any_price(), blocks).prop_map(|(clock, kind, price, blocks)| {
        element(&clock, kind, &price, &format!(", {blocks}"))
    });
    (any_elements(), prop::collection::vec(one, 1..3))
        .prop_map(|(plain, blocked)| blocked.into_iter().chain(plain).collect())
}

/// Any rounding policy that a tariff may state.
pub(super) fn any_rounding() -> impl Strategy<Value = Vec<RoundingStep>> {
    let stage = prop::sample::select(Stage::ALL.to_vec());
    let method = prop::sample::select(Method::ALL.to_vec());
    let step = (stage, method, 0_u8..=9).prop_map(|(stage, method, digits)| RoundingStep {
        stage,
        method,
        digits,
    });
    prop::collection::vec(step, 0..4)
}
