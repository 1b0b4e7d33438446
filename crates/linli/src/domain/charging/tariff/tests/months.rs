//! Prices that look at the card's month: steps by consumption, and what is free of each month.

use proptest::prelude::*;

use super::made::{Made, any_session, element};
use super::*;

const EXACTLY: &str = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;

/// Energy at 0.50, and more from some watt-hours of the month on.
fn with_steps(mode: &str, steps: &[(u32, u32)]) -> Tariff {
    let step = |(from, cents): &(u32, u32)| {
        let (kwh, wh) = (from / 1_000, from % 1_000);
        format!(r#"{{"from": {kwh}.{wh:03}, "price": {}.{:02}}}"#, cents / 100, cents % 100)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    let tiers = format!(
        r#", "step_size": 1, "linli": {{"tiers":
            {{"by": "month_kwh", "mode": "{mode}", "steps": [{}]}}}}"#,
        steps.join(", ")
    );
    tariff(&element("", "ENERGY", "0.50", &tiers), EXACTLY)
}

fn any_steps() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let steps = prop::collection::btree_map(1_u32..40_000, 0_u32..500, 1..4);
    steps.prop_map(|steps| steps.into_iter().collect())
}

/// What a month of sessions comes to, each behind those before it.
fn month_of(tariff: &Tariff, sessions: &[Made]) -> Exact {
    let (mut pricer, mut month) = (Pricer::new(tariff), Month::default());
    for session in sessions {
        let energy: i128 = session.intervals.iter().map(|one| one.energy).sum();
        month.expect(WattHours(energy.try_into().unwrap())).unwrap();
    }
    let mut sum = Exact::ZERO;
    for session in sessions {
        let checked = session.metered().check().unwrap();
        let price = pricer.price_in_month(&checked, &mut month).unwrap();
        sum = sum.plus(price.exact).unwrap();
    }
    sum
}

/// The sessions as one, one right after the other.
fn as_one(sessions: &[Made]) -> Made {
    let mut one = sessions[0].clone();
    for session in &sessions[1..] {
        for interval in &session.intervals {
            let from = one.intervals.last().unwrap().until;
            let until = Timestamp(from.0 + interval.length_us());
            one.intervals.push(Interval { from, until, ..*interval });
        }
    }
    one
}

fn sessions() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec(any_session(), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Graduated steps of a month say of all its sessions what OCPI's `min_kwh` says of one.
    #[test]
    fn a_month_is_priced_as_one_session_of_all_its_energy(
        steps in any_steps(),
        sessions in sessions(),
    ) {
        let by_session = |(from, cents): &(u32, u32)| {
            let least = format!(r#""min_kwh": {}.{:03}"#, from / 1_000, from % 1_000);
            element(&least, "ENERGY", &format!("{}.{:02}", cents / 100, cents % 100), "")
        };
        let mut elements: Vec<String> = steps.iter().rev().map(by_session).collect();
        elements.push(element("", "ENERGY", "0.50", ""));
        let whole = price(&tariff(&elements.join(","), EXACTLY), &as_one(&sessions).metered());
        let month = month_of(&with_steps("graduated", &steps), &sessions);
        prop_assert_eq!(month, whole.unwrap().exact);
    }

    /// Whole steps price all of the month at the price that it reaches.
    #[test]
    fn a_whole_month_has_one_price(steps in any_steps(), sessions in sessions()) {
        let energy: i128 =
            sessions.iter().flat_map(|one| &one.intervals).map(|one| one.energy).sum();
        let reached = steps.iter().rev().find(|(from, _)| i128::from(*from) <= energy);
        let cents = reached.map_or(50, |(_, cents)| *cents);
        let expected = Exact::fraction(energy * i128::from(cents), 100_000).unwrap();
        prop_assert_eq!(month_of(&with_steps("whole", &steps), &sessions), expected);
    }

    /// What is free of a month is free of its first sessions, as if they were one; money, too.
    #[test]
    fn what_is_free_of_a_month_is_free_of_one_session_of_all(
        (energy_wh, minutes, cents) in (1_u32..20_000, 1_u32..1_000, 0_u32..2_000),
        sessions in sessions(),
    ) {
        let free = |per: &str| {
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            let kinds = [("ENERGY", "0.66"), ("TIME", "1.20"), ("PARKING_TIME", "0.30")];
            let elements = kinds.map(|(kind, price)| element("", kind, price, ""));
            let free = format!(
                r#"{EXACTLY}, "allowance": {{"per": "{per}", "energy_wh": {energy_wh},
                    "minutes": {minutes}, "amount": {amount}}}"#
            );
            tariff(&elements.join(","), &free)
        };
        let whole = price(&free("session"), &as_one(&sessions).metered()).unwrap();
        prop_assert_eq!(month_of(&free("card_month"), &sessions), whole.exact);
    }
}

#[test]
fn one_session_does_not_know_its_month() {
    let tariff = with_steps("graduated", &[(1_000, 80)]);
    assert!(tariff.looks_at_month());
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_500)];
    let session = metered("UTC", &hour);
    let told = price(&tariff, &session).unwrap_err().to_string();
    assert!(told.ends_with("price it in a replay"), "{told}");
    assert_eq!(explain(&tariff, &session).unwrap_err(), Unbillable::NeedsMonth);
}

#[test]
fn lines_say_where_the_month_stood() {
    let mut pricer = Pricer::new(&with_steps("graduated", &[(1_000, 80)]));
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_500)];
    let session = metered("UTC", &hour);
    let (_, lines) = pricer.explain_in_month(&session, &Month::default()).unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.told.as_str()).collect();
    let expected = [
        "1.000 kWh x 0.50 = 0.50, where the month stood below 1 kWh",
        "0.500 kWh x 0.80 = 0.40, where the month stood from 1 kWh",
    ];
    assert_eq!(told, expected);
}

#[test]
fn money_that_is_free_is_a_line() {
    let free = r#", "allowance": {"per": "session", "amount": 0.50}"#;
    let of = |elements: &str| tariff(elements, &format!("{EXACTLY}{free}"));
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_000)];
    let session = metered("UTC", &hour);
    let (due, lines) = explain(&of(&element("", "ENERGY", "0.66", "")), &session).unwrap();
    let kinds: Vec<(LineKind, String)> =
        lines.iter().map(|line| (line.kind, line.amount.to_string())).collect();
    let expected =
        [(LineKind::Whole, "0.66".to_owned()), (LineKind::Allowance, "-0.50".to_owned())];
    assert_eq!((kinds, due.amount.to_string().as_str()), (expected.to_vec(), "0.16"));
    let due = price(&of(&element("", "ENERGY", "0.40", "")), &session).unwrap();
    assert_eq!((due.exact, due.amount), (Exact::ZERO, Money::ZERO));
}

#[test]
fn steps_of_a_month_that_cannot_be_meant_are_refused() {
    let told = |kind: &str, tiers: &str| {
        let rest = format!(r#", "linli": {{"tiers": {{"by": "month_kwh", {tiers}}}}}"#);
        let text = tariff_text(&element("", kind, "0.50", &rest), "");
        Tariff::from_json(&text).map(|_| ()).unwrap_err().to_string()
    };
    let steps = r#""steps": [{"from": 1, "price": 1}]"#;
    for (kind, tiers, expected) in [
        ("ENERGY", steps.to_owned(), "tiers.mode is missing; write graduated or whole"),
        (
            "ENERGY",
            format!(r#""mode": "whole", "scope": "household", {steps}"#),
            "tiers.scope is not supported yet",
        ),
        ("ENERGY", format!(r#""mode": "whole", "scope": "me", {steps}"#), "tiers.scope is \"me\""),
        (
            "FLAT",
            format!(r#""mode": "graduated", {steps}"#),
            "tiers.mode is \"graduated\"; write whole",
        ),
        (
            "ENERGY",
            r#""mode": "whole", "steps": [{"from": 0, "price": 1}]"#.to_owned(),
            "steps[0].from is 0; write more than the step before it",
        ),
    ] {
        let told = told(kind, &tiers);
        assert!(told.contains(expected), "{told}\nexpected: {expected}");
    }
}

/// Where each session is rounded by component, what is free of the month is free to the cent.
#[test]
fn free_money_of_a_month_is_rounded_as_what_it_is_free_of() {
    let rounding = r#""rounding": [{"stage": "component", "method": "half_up", "digits": 2}],
        "allowance": {"per": "card_month", "amount": 2}"#;
    let tariff = tariff(&element("", "ENERGY", "0.333", ""), rounding);
    let hour = [charging("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 1_000)];
    let session = metered("UTC", &hour).check().unwrap();
    let (mut pricer, mut month) = (Pricer::new(&tariff), Month::default());
    let amounts: Vec<String> = (0..8)
        .map(|_| pricer.price_in_month(&session, &mut month).unwrap().amount.to_string())
        .collect();
    assert_eq!(amounts, ["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.31", "0.33"]);
}
