//! A bill that was made with a known fault is named after it.

use super::*;
use crate::replay::Cause;

const CENTS: &str = r#"{"stage": "session", "method": "half_up", "digits": 2}"#;

/// A tariff of elements, with more of what OCPI has and with more under `linli`.
fn of(elements: &str, more: &str, linli: &str, rounding: &str) -> Tariff {
    let text = format!(
        r#"{{"id": "t", "currency": "CNY", {more} "elements": [{elements}],
            "linli": {{{linli} "rounding": [{rounding}]}}}}"#
    );
    Tariff::from_json(&text).expect("a tariff")
}

fn element(restrictions: &str, kind: &str, price: &str, step: u32) -> String {
    let window = match restrictions {
        "" => String::new(),
        own => format!(r#""restrictions": {{{own}}}, "#),
    };
    format!(
        r#"{{{window}"price_components": [
            {{"type": "{kind}", "price": {price}, "step_size": {step}}}]}}"#
    )
}

fn energy(price: &str) -> String {
    element("", "ENERGY", price, 1)
}

/// One price up to a time of the day, another after it.
fn bands(until: &str, from: &str) -> String {
    let window = format!(r#""start_time": "{from}", "end_time": "{until}""#);
    format!("{}, {}", element(&window, "ENERGY", "1.00", 1), energy("2.00"))
}

fn session(steps: &[(i64, i64)]) -> Told {
    Told { number: 1, start_min: 0, steps: steps.to_vec(), issued: None, is_voided: false }
}

/// The session, its end some seconds later.
fn commands(told: &Told, later_s: i64) -> Vec<Command> {
    let mut commands = told.commands();
    for command in &mut commands {
        if let Command::RecordSessionEnd { at, .. } = command {
            at.0 += later_s * 1_000_000;
        }
    }
    commands
}

fn recorded(commands: Vec<Command>) -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    ledger.execute_blocking("test", Request::all(commands)).expect("recorded");
    ledger
}

/// Why a bill of this amount differs; empty where it agrees.
fn causes(tariff: &Tariff, mut commands: Vec<Command>, amount: &str) -> Vec<Cause> {
    commands.push(Command::RecordBill {
        session: "test:1".parse().expect("a session key"),
        at: Timestamp(1_600_000_000_000_000),
        zone: ZONE,
        source: "test".into(),
        amount: amount.into(),
        currency: "CNY".parse().expect("a currency"),
    });
    let replay = Replay::under(tariff).against_issued();
    let report = replay.run_blocking(&recorded(commands)).expect("replayed");
    let comparison = report.tariffs[0].against_issued.clone().expect("a comparison");
    comparison.differences.first().map(|one| one.causes.clone()).unwrap_or_default()
}

/// What the issuer's own tariff makes of it.
fn billed(wrong: &Tariff, commands: Vec<Command>) -> String {
    let replay = Replay::under(wrong).keep_bills();
    let report = replay.run_blocking(&recorded(commands)).expect("replayed");
    report.tariffs[0].total.to_string()
}

/// Pairs of a tariff and of what an issuer made of it, with the cause that tells them apart.
fn faults() -> Vec<(Cause, Tariff, Tariff)> {
    let plain = |rounding: &str| of(&energy("0.66"), "", "", rounding);
    let more = |more: &str| of(&energy("0.66"), more, "", CENTS);
    let linli = |linli: &str| of(&energy("0.66"), "", linli, CENTS);
    let rounded = |stage: &str, method: &str, digits: u8| {
        plain(&format!(r#"{{"stage": "{stage}", "method": "{method}", "digits": {digits}}}"#))
    };
    let (least, most) = (r#""min_price": {"excl_vat": 3},"#, r#""max_price": {"excl_vat": 1},"#);
    let windows = |until, from| of(&bands(until, from), "", "", CENTS);
    let never = element(r#""min_kwh": 1000"#, "ENERGY", "5.00", 1);
    let with_more = of(&format!("{never}, {}", energy("0.66")), "", "", CENTS);
    vec![
        (Cause::Limit, more(least), more("")),
        (Cause::Limit, more(most), more("")),
        (Cause::Limit, linli(r#""allowance": {"per": "session", "energy_wh": 400},"#), more("")),
        (Cause::RoundingMethod, plain(CENTS), rounded("session", "half_up", 1)),
        (Cause::RoundingMethod, plain(CENTS), rounded("session", "half_up", 0)),
        (Cause::RoundingMethod, plain(CENTS), rounded("session", "ceiling", 2)),
        (Cause::RoundingMethod, rounded("interval", "floor", 1), rounded("interval", "floor", 3)),
        (Cause::RoundingStage, plain(CENTS), rounded("interval", "half_up", 2)),
        (Cause::Truncation, plain(CENTS), rounded("interval", "down", 2)),
        (Cause::Truncation, plain(CENTS), rounded("interval", "down", 0)),
        (Cause::Boundary, windows("15:00", "14:00"), windows("16:00", "15:00")),
        (Cause::Boundary, windows("15:00", "14:00"), windows("17:00", "16:00")),
        (Cause::Rate, with_more, of(&energy("5.00"), "", "", CENTS)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the session, the fault with which its bill was made is among the causes.
    #[test]
    fn a_known_fault_is_named(
        steps in prop::collection::vec((1_i64..90, 0_i64..3_000), 1..6),
    ) {
        let session = session(&steps).commands();
        for (index, (cause, right, wrong)) in faults().into_iter().enumerate() {
            let amount = billed(&wrong, session.clone());
            let found = causes(&right, session.clone(), &amount);
            let is_named = found.is_empty() || found.contains(&cause);
            prop_assert!(is_named, "{index}: {cause} is not among {found:?} of {amount}");
        }
    }
}

/// A cause, a tariff, the session's steps, by how many seconds its end is later, and the bill.
type Case<'a> = (Cause, &'a Tariff, &'a [(i64, i64)], i64, &'a str);

/// What fits nothing but its own fault is named by it alone, and so it is counted.
#[test]
fn each_fault_is_told_from_the_others() {
    let (least, most) = (r#""min_price": {"excl_vat": 3},"#, r#""max_price": {"excl_vat": 9},"#);
    let with = |more: &str| of(&energy("0.66"), more, "", CENTS);
    let blocks = of(&element("", "ENERGY", "2.00", 500), "", "", CENTS);
    let hours = ["TIME", "PARKING_TIME"].map(|kind| element("", kind, "12.00", 1)).join(", ");
    let hours = of(&hours, "", "", CENTS);
    let fees = energy("0.66").replace(
        "\"step_size\"",
        "\"linli\": {\"fees\": \
        {\"electricity\": \"0.51\", \"service\": \"0.15\"}}, \"step_size\"",
    );
    let fees = of(&fees, "", "", CENTS);
    let windows = of(&bands("15:00", "14:00"), "", "", CENTS);
    let hour = (60, 1_000);
    let cases: [Case<'_>; 13] = [
        (Cause::Limit, &with(least), &[hour], 0, "0.66"),
        (Cause::Limit, &with(most), &[(60, 20_000)], 0, "13.20"),
        // A limit that is not due.
        (Cause::Limit, &with(most), &[hour], 0, "9.00"),
        (Cause::RoundingMethod, &with(""), &[(60, 1_300)], 0, "0.90"),
        (Cause::Step, &blocks, &[(60, 1_300)], 0, "4.00"),
        (Cause::Truncation, &with(""), &[(60, 1_333), (60, 1_333)], 0, "1.74"),
        // Whole kilowatt-hours, of the session and of each interval.
        (Cause::Truncation, &with(""), &[(60, 1_333), (60, 1_733)], 0, "1.98"),
        (Cause::Truncation, &with(""), &[(60, 1_333), (60, 1_733)], 0, "1.32"),
        // Whole minutes: of 61.5 at 12 an hour 12.30 are due.
        (Cause::Truncation, &hours, &[(61, 1_000)], 30, "12.20"),
        (Cause::Rate, &fees, &[(60, 2_000)], 0, "1.02"),
        // It starts at 14:26:40 and ends at 15:26:40.
        (Cause::Boundary, &windows, &[(60, 2_100)], 0, "2.10"),
        (Cause::Boundary, &windows, &[(60, 2_100)], 0, "4.20"),
        (Cause::Boundary, &windows, &[(60, 2_100)], 0, "3.27"),
    ];
    for (cause, tariff, steps, later_s, amount) in cases {
        let found = causes(tariff, commands(&session(steps), later_s), amount);
        assert_eq!(found, [cause], "{amount}");
    }
    let odd = causes(&with(""), session(&[hour]).commands(), "7.77");
    assert_eq!(odd, [Cause::Unexplained]);
}
