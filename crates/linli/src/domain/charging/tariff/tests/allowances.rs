//! What of each session is free.

use proptest::prelude::*;

use super::super::clocked::Clocked;
use super::made::{any_clock_elements, any_session, element};
use super::*;

const EXACTLY: &str = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;

/// Elements with so much free in each session.
fn with_free(elements: &str, free: &str) -> Tariff {
    tariff(elements, &format!(r#"{EXACTLY}, "allowance": {{"per": "session", {free}}}"#))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Free energy says no more than OCPI could with a price of 0 up to `max_kwh`, where all
    /// energy is priced; the quick way, which does not know it, is not taken.
    #[test]
    fn free_energy_is_short_for_a_price_of_nothing(
        elements in any_clock_elements(),
        free_wh in 1_u32..20_000,
        session in any_session(),
    ) {
        let all = [elements.join(","), element("", "ENERGY", "0.66", "")].join(",");
        let short = with_free(&all, &format!(r#""energy_wh": {free_wh}"#));
        prop_assert!(Clocked::compile(&short).is_none());
        let most = format!(r#""max_kwh": {}.{:03}"#, free_wh / 1_000, free_wh % 1_000);
        let long = tariff(&[element(&most, "ENERGY", "0", ""), all].join(","), EXACTLY);
        let both = [short, long].map(|one| price(&one, &session.metered()).unwrap().exact);
        prop_assert_eq!(both[0], both[1]);
    }

    /// Likewise minutes, of charging and idle time together, where the station never suspends.
    #[test]
    fn free_minutes_are_short_for_a_price_of_nothing(
        minutes in 1_u32..1_000,
        session in any_session(),
    ) {
        let mut session = session;
        for interval in &mut session.intervals {
            if interval.activity == Activity::Neither {
                interval.activity = Activity::Idle;
            }
        }
        let at = |restriction: &str, time: &str, idle: &str| {
            let time = element(restriction, "TIME", time, "");
            [time, element(restriction, "PARKING_TIME", idle, "")].join(",")
        };
        let short = with_free(&at("", "1.20", "0.30"), &format!(r#""minutes": {minutes}"#));
        let most = format!(r#""max_duration": {}"#, minutes * 60);
        let long = [at(&most, "0", "0"), at("", "1.20", "0.30")].join(",");
        let both = [short, tariff(&long, EXACTLY)];
        let both = both.map(|one| price(&one, &session.metered()).unwrap().exact);
        prop_assert_eq!(both[0], both[1]);
    }
}

#[test]
fn lines_say_how_much_was_free() {
    let kind = [element("", "ENERGY", "0.66", ""), element("", "TIME", "0.60", "")].join(",");
    let tariff = with_free(&kind, r#""energy_wh": 500, "minutes": 30"#);
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_500)];
    let (price, lines) = explain(&tariff, &metered("UTC", &hour)).unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.told.as_str()).collect();
    let expected = [
        "1.000 kWh x 0.66 = 0.66, after 0.500 kWh free",
        "1800 s / 3600 x 0.60 = 0.30, after 1800 s free",
    ];
    assert_eq!((told, price.amount.to_string().as_str()), (expected.to_vec(), "0.96"));
    let short = [charging("2026-03-01T10:00:00Z", "2026-03-01T10:20:00Z", 400)];
    let (price, lines) = explain(&tariff, &metered("UTC", &short)).unwrap();
    assert!(price.is_priced());
    assert_eq!(lines[0].told, "0.000 kWh x 0.66 = 0.00, after 0.400 kWh free");
}

/// A meter that runs backwards gives back what was free: only the sum counts.
#[test]
fn what_ran_backwards_is_free_again() {
    let tariff = with_free(&element("", "ENERGY", "1.00", ""), r#""energy_wh": 500"#);
    let session = [
        charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 800),
        charging("2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z", -600),
        charging("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", 1_300),
    ];
    let price = price(&tariff, &metered("UTC", &session)).unwrap();
    assert_eq!(price.exact, Exact::whole(1));
}

#[test]
fn an_allowance_that_cannot_be_meant_is_refused() {
    let energy = element("", "ENERGY", "0.66", "");
    let told = |allowance: &str| {
        let text = tariff_text(&energy, &format!(r#""allowance": {allowance}"#));
        Tariff::from_json(&text).map(|_| ()).unwrap_err().to_string()
    };
    for (allowance, expected) in [
        (r#"{"energy_wh": 500}"#, "$.linli.allowance.per is missing; write session or"),
        (r#"{"per": "day", "energy_wh": 500}"#, "$.linli.allowance.per is \"day\""),
        (r#"{"per": "session"}"#, "$.linli.allowance is {\"per\": \"session\"}; write energy_wh"),
        (
            r#"{"per": "session", "energy_wh": -1}"#,
            "$.linli.allowance.energy_wh is -1; write a decimal that is not negative",
        ),
        (r#"{"per": "session", "months": 1}"#, "$.linli.allowance.months is not supported yet"),
    ] {
        let told = told(allowance);
        assert!(told.starts_with(expected), "{told}\nexpected: {expected}");
    }
    let found = with_free(&energy, r#""energy_wh": 500, "minutes": 30"#).lint();
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["without_effect: $.linli.allowance.minutes"]);
}

#[test]
fn every_version_of_ocpi_carries_an_allowance() {
    let tariff = with_free(&element("", "ENERGY", "0.66", ""), r#""energy_wh": 500"#);
    for version in OcpiVersion::ALL {
        let written = tariff.to_json(version).unwrap().json;
        assert!(written.contains(r#""allowance": {"per": "session", "energy_wh": 500}"#));
    }
}
