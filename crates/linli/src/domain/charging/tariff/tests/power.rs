//! Prices by power: of the interval, and of the session's peak.

use proptest::prelude::*;

use super::super::clocked::Clocked;
use super::made::{Made, any_rounding, any_session, element};
use super::*;

/// A component's own price and its steps, by watts.
#[derive(Clone, Debug)]
struct Priced {
    kind: &'static str,
    step_size: u32,
    base: u32,
    bands: Vec<(u32, u32)>,
}

fn any_steps() -> impl Strategy<Value = Priced> {
    let kind = prop::sample::select(vec!["ENERGY", "TIME", "PARKING_TIME"]);
    let steps = prop::collection::btree_map(1_u32..40_000, 0_u32..500, 1..4);
    let step_size = prop::sample::select(vec![1_u32, 300]);
    (kind, step_size, 0_u32..500, steps).prop_map(|(kind, step_size, base, steps)| Priced {
        kind,
        step_size,
        base,
        bands: steps.into_iter().collect(),
    })
}

fn cents(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

impl Priced {
    fn rest(&self) -> String {
        format!(r#", "step_size": {}"#, self.step_size)
    }

    fn by(&self, measure: &str) -> Tariff {
        let step = |(from, price): &(u32, u32)| {
            format!(r#"{{"from": {from}, "price": {}}}"#, cents(*price))
        };
        let steps: Vec<String> = self.bands.iter().map(step).collect();
        let (steps, rest) = (steps.join(", "), self.rest());
        let tiers = format!(
            r#"{rest}, "linli": {{"tiers":
                {{"by": "power_w", "measure": "{measure}", "steps": [{steps}]}}}}"#
        );
        tariff(&element("", self.kind, &cents(self.base), &tiers), "")
    }

    /// OCPI's own words for the power of the interval: the highest step first.
    fn by_elements(&self) -> Tariff {
        let step = |(from, price): &(u32, u32)| {
            let least = format!(r#""min_power": {}.{:03}"#, from / 1_000, from % 1_000);
            element(&least, self.kind, &cents(*price), &self.rest())
        };
        let mut elements: Vec<String> = self.bands.iter().rev().map(step).collect();
        elements.push(element("", self.kind, &cents(self.base), &self.rest()));
        tariff(&elements.join(","), "")
    }

    /// The one price that the session's greatest mean power comes to.
    fn by_hand(&self, session: &Made) -> Tariff {
        let reaches = |from: u32| {
            session.intervals.iter().any(|one| {
                let length_us = i128::from(one.length_us());
                length_us > 0 && one.energy * 3_600_000_000 >= i128::from(from) * length_us
            })
        };
        let step = self.bands.iter().rev().find(|(from, _)| reaches(*from));
        let price = step.map_or(self.base, |(_, price)| *price);
        tariff(&element("", self.kind, &cents(price), &self.rest()), "")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Priced by the power of the interval say no more than OCPI could with an element for each.
    #[test]
    fn steps_by_interval_are_short_for_elements(
        steps in any_steps(),
        session in any_session(),
        rounding in any_rounding(),
    ) {
        let both = [steps.by("interval"), steps.by_elements()].map(|tariff| {
            price(&tariff.with_rounding(rounding.clone()), &session.metered())
        });
        prop_assert_eq!(&both[0], &both[1]);
    }

    /// Under steps by the peak, one price counts for the whole session.
    #[test]
    fn the_peak_decides_for_the_whole_session(
        steps in any_steps(),
        session in any_session(),
        rounding in any_rounding(),
    ) {
        let both = [steps.by("peak"), steps.by_hand(&session)].map(|tariff| {
            price(&tariff.with_rounding(rounding.clone()), &session.metered())
        });
        prop_assert_eq!(&both[0], &both[1]);
    }

    /// The quick way does not know steps, and is not taken; what is explained is what is priced.
    #[test]
    fn steps_never_go_the_quick_way(steps in any_steps(), session in any_session()) {
        for measure in ["interval", "peak"] {
            let tariff = steps.by(measure);
            prop_assert!(Clocked::compile(&tariff).is_none());
            let (explained, lines) = explain(&tariff, &session.metered()).unwrap();
            prop_assert_eq!(explained, price(&tariff, &session.metered()).unwrap());
            let sum: i128 = lines.iter().map(|line| line.amount.0).sum();
            prop_assert_eq!(sum, explained.amount.0);
        }
    }
}

/// A charger of scooters by power: 0.20 an hour, 0.30 from 200 W on.
fn scooters(measure: &str) -> Tariff {
    let tiers = format!(
        r#", "linli": {{"tiers": {{"by": "power_w", "measure": "{measure}",
            "steps": [{{"from": 200, "price": "0.30"}}]}}}}"#
    );
    tariff(&element("", "TIME", "0.20", &tiers), "")
}

#[test]
fn lines_say_which_power_counted() {
    let first = charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 200);
    let session = [first, charging("2026-03-01T11:00:00Z", "2026-03-01T13:00:00Z", 398)];
    let told = |measure: &str| -> Vec<String> {
        let (_, lines) = explain(&scooters(measure), &metered("UTC", &session)).unwrap();
        lines.into_iter().map(|line| line.told).collect()
    };
    assert_eq!(
        told("interval"),
        [
            "3600 s / 3600 x 0.30 = 0.30, at a power from 200 W",
            "7200 s / 3600 x 0.20 = 0.40, at a power below 200 W",
        ]
    );
    let peak = "10800 s / 3600 x 0.30 = 0.90, as the session's greatest power was from 200 W";
    assert_eq!(told("peak"), [peak]);
}

#[test]
fn a_cdr_carries_the_power_that_its_tariff_looks_at() {
    let first = charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 200);
    let session = [first, charging("2026-03-01T11:00:00Z", "2026-03-01T13:00:00Z", 398)];
    for measure in ["interval", "peak"] {
        let (tariff, session) = (scooters(measure), metered("UTC", &session));
        let frame = CdrFrame {
            id: "7",
            country_code: "CN",
            party_id: "LIN",
            auth_method: "WHITELIST",
            token: r#"{"uid": "c-1"}"#,
            location: r#"{"id": "yard"}"#,
            last_updated: instant("2026-03-02T00:00:00Z"),
            credits: None,
        };
        let written = frame.write(OcpiVersion::V221, &tariff, &session).unwrap();
        let cdr = Cdr::from_json(&written.json).unwrap();
        let rated = cdr.rate(&tariff, Some(zone("UTC"))).unwrap();
        assert_eq!(rated.price.amount, price(&tariff, &session).unwrap().amount, "{measure}");
    }
}

#[test]
fn steps_that_cannot_be_meant_are_refused() {
    let refusal = |kind: &str, linli: &str| {
        let rest = format!(r#", "linli": {{{linli}}}"#);
        let text = tariff_text(&element("", kind, "0.20", &rest), "");
        let told = Tariff::from_json(&text).map(|_| ()).unwrap_err().to_string();
        told.replace("$.elements[0].price_components[0].linli.", "")
    };
    let steps = |by: &str, measure: &str, steps: &str| {
        format!(r#""tiers": {{"by": "{by}", "measure": "{measure}", "steps": [{steps}]}}"#)
    };
    let one = r#"{"from": 200, "price": 1}"#;
    let fees = r#""fees": {"electricity": "0.05", "service": "0.15"}, "#;
    let cases = [
        ("TIME", steps("month_kwh", "peak", one), "tiers.mode is missing; write graduated"),
        ("TIME", steps("current", "peak", one), "tiers.by is \"current\"; write power_w"),
        ("TIME", steps("power_w", "mean", one), "tiers.measure is \"mean\"; write interval or"),
        ("FLAT", steps("power_w", "interval", one), "tiers.measure is \"interval\"; write peak"),
        ("TIME", steps("power_w", "peak", ""), "tiers.steps is []; write at least one step"),
        (
            "TIME",
            steps("power_w", "peak", &format!("{one}, {one}")),
            "tiers.steps[1].from is 200; write more than",
        ),
        (
            "TIME",
            steps("power_w", "peak", r#"{"from": 0, "price": 1}"#),
            "tiers.steps[0].from is 0; write more than",
        ),
        (
            "ENERGY",
            format!("{fees}{}", steps("power_w", "peak", one)),
            "tiers.steps[0].fees is missing",
        ),
        ("TIME", format!(r#""min": 1, {}"#, steps("power_w", "peak", one)), "tiers is {"),
    ];
    for (kind, linli, expected) in cases {
        let told = refusal(kind, &linli);
        assert!(told.starts_with(expected), "{told}\nexpected: {expected}");
    }
    let negative = steps("power_w", "peak", r#"{"from": 200, "price": -1}"#);
    let rest = format!(r#", "linli": {{{negative}}}"#);
    let found = tariff(&element("", "TIME", "0.20", &rest), "").lint();
    let path = "$.elements[0].price_components[0].linli.tiers.steps[0].price";
    assert_eq!(found.first().map(ToString::to_string), Some(format!("negative_price: {path}")));
}

#[test]
fn every_version_of_ocpi_carries_steps() {
    let tariff = scooters("peak");
    for version in OcpiVersion::ALL {
        assert!(tariff.to_json(version).unwrap().json.contains(r#""measure": "peak""#));
    }
}
