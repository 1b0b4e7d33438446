//! What is refused, and what is only remarked on.

use super::made::element;
use super::*;

fn refusal(text: &str) -> String {
    Tariff::from_json(text).map(|_| ()).unwrap_err().to_string()
}

fn refusal_of(elements: &str, linli: &str) -> String {
    refusal(&tariff_text(elements, linli))
}

#[test]
fn each_refusal_names_its_place() {
    let energy = |rest: &str| element("", "ENERGY", "0.66", rest);
    let restricted = |restriction: &str| element(restriction, "ENERGY", "0.66", "");
    let cases = [
        (String::new(), "", "$.elements has no element"),
        (restricted(r#""min_vehicle_soc": 80"#), "", "$.elements[0].restrictions.min_vehicle_soc"),
        (restricted(r#""max_current": "16 A""#), "", "restrictions.max_current is \"16 A\""),
        (
            restricted(r#""loop_current": 16"#),
            "",
            "restrictions.loop_current is a restriction that",
        ),
        (restricted(r#""start_time": "24:00""#), "", "$.elements[0].restrictions.start_time"),
        (restricted(r#""day_of_week": ["MON"]"#), "", "restrictions.day_of_week[0] is \"MON\""),
        (restricted(r#""start_date": "2024-02-30""#), "", "$.elements[0].restrictions.start_date"),
        (restricted(r#""min_duration": -1"#), "", "$.elements[0].restrictions.min_duration"),
        (element("", "ENERGY", "1e400", ""), "", "price_components[0].price is 1e400"),
        (element("", "ENERGY", r#""NaN""#, ""), "", "price_components[0].price is \"NaN\""),
        (
            element("", "ENERGY", "0.1234567890123456789", ""),
            "",
            "write a decimal with at most 18 digits",
        ),
        (energy(r#", "price": 1"#), "", "price_components[0].price is written twice"),
        (
            energy(r#", "linli": {"tiers": {}}"#),
            "",
            "price_components[0].linli.tiers.by is missing",
        ),
        (energy(r#", "linli": {"step": "sideways"}"#), "", "write up, down or nearest"),
        (
            energy(r#", "linli": {"fees": {"electricity": "0.5", "service": "0.15"}}"#),
            "",
            "electricity 0.50 and service 0.15 do not sum to the price 0.66",
        ),
        (energy(r#", "linli": {"min": 2, "max": 1}"#), "", "price_components[0].linli.max is 1"),
        (energy(""), r#""calendar": []"#, "$.linli.calendar is []; write an object"),
        (energy(""), r#""applies": "later""#, "$.linli.applies is \"later\"; write session_start"),
        (energy(""), r#""zone": "Asia/Wuhan""#, "$.linli.zone is \"Asia/Wuhan\""),
        (energy(""), r#""rounding": [{"stage": "month"}]"#, "$.linli.rounding[0].stage"),
        (
            energy(""),
            r#""rounding": [{"stage": "session", "method": "up", "digits": 2},
                            {"stage": "component", "method": "up", "digits": 2}]"#,
            "$.linli.rounding[1]: each stage comes once",
        ),
        (
            energy(""),
            r#""rounding": [{"stage": "session", "method": "up", "digits": 10}]"#,
            "$.linli.rounding[0].digits is 10; write a whole number from 0 to 9",
        ),
    ];
    for (elements, linli, expected) in cases {
        let told = refusal_of(&elements, linli);
        assert!(told.contains(expected), "{told}\nexpected: {expected}");
    }
}

#[test]
fn what_is_no_tariff_is_refused() {
    assert!(refusal("{").starts_with("the document is no JSON"));
    assert!(refusal(r#"{"price": NaN}"#).starts_with("the document is no JSON"));
    assert_eq!(refusal("[]"), "$ is []; write an object in braces");
    assert!(refusal(r#"{"id": "t"}"#).starts_with("$.currency is missing"));
    assert!(refusal(r#"{"id": "t", "currency": "Yuan"}"#).starts_with("$.currency is \"Yuan\""));
    assert!(refusal(&" ".repeat(2_000_000)).contains("at most 1048576 are read"));
    let reversed = tariff_text(&element("", "FLAT", "1", ""), "").replacen(
        '{',
        r#"{"start_date_time": "2026-01-02T00:00:00Z", "end_date_time": "2026-01-01T00:00:00","#,
        1,
    );
    assert!(refusal(&reversed).contains("the end 2026-01-01T00:00:00Z is before the start"));
}

#[test]
fn what_changes_no_price_is_remarked_on() {
    let odd = r#"
        // A comment of its own line.
        {"id": "odd", "currency": "EUR", "color": "green", "max_price": 75,
         "elements": [
          {"price_components": [{"type": "CONGESTION_TIME", "price": 1, "step_size": 60}],
           "restrictions": {"min_vehicle_soc": 80}},
          {"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 10.0, "step_size": 0}],
           "restrictions": {"start_time": "08:00", "end_time": "08:00", "min_kwh": null}},
          {"price_components": [{"type": "TIME", "price": 2, "step_size": 1}],
           "restrictions": {"reservation": "RESERVATION"}}]}"#;
    let odd = Tariff::from_json(odd).unwrap();
    let told: Vec<String> = odd.warnings().iter().map(ToString::to_string).collect();
    let expected = [
        "missing_field: $.country_code",
        "missing_field: $.party_id",
        "missing_field: $.last_updated",
        "bare_limit: $.max_price",
        "unknown_dimension: $.elements[0].price_components[0].type",
        "unknown_restriction: $.elements[0].restrictions.min_vehicle_soc",
        "step_size_zero: $.elements[1].price_components[0].step_size",
        "tax_beside: $.elements[1].price_components[0].vat",
        "empty_window: $.elements[1].restrictions",
        "reservation_only: $.elements[2].restrictions.reservation",
        "rounding_not_stated: $.linli.rounding",
        "unknown_field: $.color",
    ];
    assert_eq!(told, expected);
    let session = [charging("2024-03-01T08:00:00Z", "2024-03-01T09:00:00Z", 1_000)];
    assert!(!price(&odd, &metered("UTC", &session)).unwrap().is_priced());
}

#[test]
fn a_linter_names_what_a_tariff_can_hardly_mean() {
    let found = |elements: &[String]| -> Vec<String> {
        tariff(&elements.join(","), "").lint().iter().map(ToString::to_string).collect()
    };
    let energy = |restriction: &str, price: &str| element(restriction, "ENERGY", price, "");
    let night = r#""start_time": "23:00", "end_time": "07:00""#;
    assert_eq!(found(&[energy(night, "0.30"), energy("", "0.66")]), Vec::<String>::new());
    let cases = [
        (vec![energy("", "0.66"), energy(night, "0.30")], "never_counts: $.elements[1].price"),
        (
            vec![energy(night, "0.3"), energy(night, "0.4"), energy("", "1")],
            "never_counts: $.elements[1].price_components[0]",
        ),
        (vec![energy("", "-0.66")], "negative_price: $.elements[0].price_components[0].price"),
        (vec![energy(night, "0.30")], "not_always_priced: $.elements[0].price_components[0]"),
        (
            vec![energy(r#""min_kwh": 5, "max_kwh": 5"#, "1"), energy("", "1")],
            "never_applies: $.elements[0].restrictions.max_kwh",
        ),
        (
            vec![
                energy(r#""start_date": "2026-01-02", "end_date": "2026-01-01""#, "1"),
                energy("", "1"),
            ],
            "never_applies: $.elements[0].restrictions.end_date",
        ),
    ];
    for (elements, expected) in cases {
        let found = found(&elements);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}\n{expected}");
    }
    let never = r#""max_duration": 0"#;
    let reserved = element(r#""reservation": "RESERVATION""#, "ENERGY", "1", "");
    for (elements, expected) in [
        (vec![energy(never, "1"), energy("", "1")], "never_applies: $.elements[0].restrictions"),
        (vec![reserved, energy("", "1")], "never_counts: $.elements[0].price_components[0]"),
        (
            vec![element(
                "",
                "ENERGY",
                "1",
                r#", "linli": {"fees": {"electricity": "1.5", "service": "-0.5"}}"#,
            )],
            "negative_price: $.elements[0].price_components[0].linli.fees",
        ),
    ] {
        let found = found(&elements);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}\n{expected}");
    }
    let fine = r#""rounding": [{"stage": "session", "method": "half_up", "digits": 3}]"#;
    let fine = tariff(&energy("", "1"), fine).lint();
    assert_eq!(fine[0].to_string(), "finer_than_currency: $.linli.rounding[0].digits");
    let crossed = tariff_text(&energy("", "1"), "").replacen(
        r#""currency""#,
        r#""min_price": 2, "max_price": 1, "currency""#,
        1,
    );
    let crossed = Tariff::from_json(&crossed).unwrap().lint();
    assert_eq!(crossed[0].to_string(), "limits_cross: $.max_price");
    // The tariffs of the house say nothing that they cannot mean.
    for name in ["flat-0.66", "hubei", "chengdu"] {
        assert_eq!(tariff_file(&format!("{name}.json")).lint(), [], "{name}");
    }
}

#[test]
fn a_hash_is_of_the_text_as_given() {
    let text = tariff_text(&element("", "FLAT", "1", ""), r#""version": 3, "supersedes": 2"#);
    let one = Tariff::from_json(&text).unwrap();
    let other = Tariff::from_json(&format!("{text} ")).unwrap();
    assert_eq!(one.hash(), Tariff::from_json(&text).unwrap().hash());
    assert_ne!(one.hash(), other.hash());
    assert_eq!((one.version(), one.supersedes(), one.id()), (3, Some(2), "made"));
}

#[test]
fn a_described_session_says_what_is_missing() {
    let refusal = |text: &str| Described::from_json(text).map(|_| ()).unwrap_err().to_string();
    assert!(refusal("{}").starts_with("$.timezone is missing"));
    let local = |start: &str, end: &str| {
        format!(
            r#"{{"input": {{"timezone": "Europe/Oslo", "start_date_time": "{start}",
                "end_date_time": "{end}", "max_power_supply_kw": "7.4", "requested_kwh": 10,
                "anything": [1, 2]}}}}"#
        )
    };
    let gap = refusal(&local("2022-03-27 02:30:00", "2022-03-27 04:00:00"));
    assert!(gap.starts_with("$.input.start_date_time is \"2022-03-27 02:30:00\""), "{gap}");
    let reversed = refusal(&local("2022-03-27 05:00", "2022-03-27 04:00"));
    assert!(reversed.starts_with("$.input: the end"), "{reversed}");
    let twice = Described::from_json(&local("2022-10-30 02:30:00", "2022-10-30T02:40:00+01:00"));
    let twice = twice.unwrap();
    let session = twice.metered();
    // First pass: from 00:30Z to 01:40Z, 70 minutes at 7.4 kW.
    assert_eq!(session.intervals.len(), 1);
    assert_eq!(session.intervals[0].length_us(), 4_200_000_000);
    assert_eq!(session.energy_kwh().unwrap(), Exact::fraction(518, 60).unwrap());
}

#[test]
fn the_limit_that_is_as_the_prices_are_counts() {
    let limits = |tax: &str, limit: &str| {
        let text = tariff_text(&element("", "ENERGY", "1", ""), "");
        let head = format!(r#"{{"tax_included": {tax}, "min_price": {limit}, "#);
        Tariff::from_json(&text.replacen('{', &head, 1))
    };
    let hour = [charging("2026-01-13T14:30:00Z", "2026-01-13T15:30:00Z", 1_000)];
    let due = |tax: &str, limit: &str| {
        let price = price(&limits(tax, limit).unwrap(), &metered("Europe/Oslo", &hour));
        price.unwrap().amount.to_string()
    };
    let both = r#"{"before_taxes": 5, "after_taxes": 6}"#;
    assert_eq!([due(r#""NO""#, both), due(r#""YES""#, both)], ["5.00", "6.00"]);
    assert_eq!(due(r#""N/A""#, r#"{"excl_vat": 5, "incl_vat": 6}"#), "5.00");
    assert_eq!(due(r#""YES""#, r#"{"before_taxes": 5}"#), "5.00");
    let told = limits(r#""yes""#, both).map(|_| ()).unwrap_err().to_string();
    assert_eq!(told, "$.tax_included is \"yes\"; write YES, NO or N/A");
}
