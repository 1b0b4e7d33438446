//! Cases worked by hand.

use super::made::element;
use super::*;

const CENTS: &str = r#""rounding": [{"stage": "session", "method": "half_up", "digits": 2}]"#;

fn amount(tariff: &Tariff, intervals: &[Interval]) -> String {
    price(tariff, &metered("Asia/Shanghai", intervals)).unwrap().amount.to_string()
}

/// A connection from midnight UTC for so many seconds, all of it charging.
fn connection(seconds: i64, energy: i128) -> [Interval; 1] {
    let from = instant("2024-03-01T00:00:00Z");
    let until = Timestamp(from.0 + seconds * 1_000_000);
    [Interval { from, until, energy, activity: Activity::Charging, power: None }]
}

#[test]
fn energy_is_split_at_the_band_boundary() {
    let evening = [charging("2024-03-01T21:48:00+08:00", "2024-03-01T22:03:00+08:00", 500)];
    let plain = [
        element(r#""start_time": "20:00", "end_time": "22:00""#, "ENERGY", "0.86", ""),
        element("", "ENERGY", "0.76", ""),
    ];
    let plain = tariff(&plain.join(","), CENTS);
    let (price, lines) = explain(&plain, &metered("Asia/Shanghai", &evening)).unwrap();
    assert_eq!(price.amount.to_string(), "0.42");
    let told: Vec<&str> = lines.iter().map(|line| line.arithmetic.as_str()).collect();
    assert_eq!(told, ["0.400 kWh x 0.86 = 0.344", "0.100 kWh x 0.76 = 0.076"]);
}

#[test]
fn an_interval_of_no_length_belongs_to_the_band_of_its_instant() {
    let at = "2024-03-01T22:00:00+08:00";
    let intervals = [charging("2024-03-01T21:00:00+08:00", at, 1_000), charging(at, at, 1_000)];
    assert_eq!(amount(&tariff_file("hubei.json"), &intervals), "1.62");
}

#[test]
fn fees_make_the_amount() {
    let intervals = [charging("2024-03-01T12:00:00+08:00", "2024-03-01T14:00:00+08:00", 1_505)];
    let session = metered("Asia/Shanghai", &intervals);
    let (price, lines) = explain(&tariff_file("flat-0.66.json"), &session).unwrap();
    // 0.9933; 0.76755; 0.22575.
    let shown = [price.amount, price.electricity, price.service].map(|money| money.to_string());
    assert_eq!(shown, ["0.99", "0.77", "0.22"]);
    let amounts: Vec<String> = lines.iter().map(|line| line.amount.to_string()).collect();
    assert_eq!(amounts, ["0.77", "0.22"]);
    assert_eq!((price.mode(), price.other().unwrap().0), (BillingMode::Energy, 0));
}

#[test]
fn fees_are_rounded_each_at_the_component() {
    let step = RoundingStep { stage: Stage::Component, method: Method::HalfUp, digits: 2 };
    let apart = tariff_file("flat-0.66.json").with_rounding(vec![step]);
    let intervals = [charging("2024-03-01T12:00:00+08:00", "2024-03-01T14:00:00+08:00", 1_505)];
    let price = price(&apart, &metered("Asia/Shanghai", &intervals)).unwrap();
    let shown = [price.amount, price.electricity, price.service].map(|money| money.to_string());
    assert_eq!(shown, ["1.00", "0.77", "0.23"]);
}

#[test]
fn the_four_methods_part_at_a_tie() {
    let tie = connection(3_600, 125_000 / 33); // 3,787 Wh: 2.49942
    let names = ["half-up", "half-even", "floor", "ceiling"];
    let at = |intervals: &[Interval]| {
        names.map(|name| amount(&tariff_file(&format!("flat-0.66-{name}.json")), intervals))
    };
    assert_eq!(at(&tie), ["2.50", "2.50", "2.49", "2.50"]);
    // 750 Wh: 0.495; 2,250 Wh: 1.485.
    assert_eq!(at(&connection(3_600, 750)), ["0.50", "0.50", "0.49", "0.50"]);
    assert_eq!(at(&connection(3_600, 2_250)), ["1.49", "1.48", "1.48", "1.49"]);
}

#[test]
fn begun_hours_are_whole() {
    let hourly = tariff(&element("", "TIME", "0.25", r#", "step_size": 3600"#), CENTS);
    for (minutes, due) in [(75, "0.50"), (487, "2.25"), (1, "0.25"), (60, "0.25")] {
        assert_eq!(amount(&hourly, &connection(minutes * 60, 100)), due, "{minutes} min");
    }
}

#[test]
fn blocks_go_to_the_idle_time_if_it_is_priced() {
    let both = [
        element("", "TIME", "60.00", r#", "step_size": 900"#),
        element("", "PARKING_TIME", "60.00", r#", "step_size": 900"#),
    ];
    let both = tariff(&both.join(","), CENTS);
    let charge = charging("2024-03-01T10:00:00Z", "2024-03-01T10:35:00Z", 100);
    let stay = idle("2024-03-01T10:35:00Z", "2024-03-01T10:37:00Z");
    assert_eq!(amount(&both, &connection(120, 100)), "15.00");
    assert_eq!(amount(&both, &[charge]), "45.00");
    assert_eq!(amount(&both, &[charge, stay]), "50.00");
}

#[test]
fn energy_blocks_go_to_the_last_price() {
    let bands = [
        element(r#""end_time": "12:00""#, "ENERGY", "2", r#", "step_size": 8000"#),
        element("", "ENERGY", "4", r#", "step_size": 2000"#),
    ];
    let bands = tariff(&bands.join(","), CENTS);
    let intervals = [
        charging("2024-03-01T11:00:00+08:00", "2024-03-01T12:00:00+08:00", 4_500),
        charging("2024-03-01T12:00:00+08:00", "2024-03-01T13:00:00+08:00", 1_000),
    ];
    // 5.5 kWh are 6: 4.5 at 2 and 1.5 at 4.
    assert_eq!(amount(&bands, &intervals), "15.00");
}

#[test]
fn the_workplace_rule_by_hand() {
    let workplace = tariff_file("workplace.json");
    let cases =
        [(14_400, "0.00"), (14_401, "0.50"), (16_846, "0.67"), (18_000, "1.00"), (300, "0.00")];
    for (seconds, due) in cases {
        assert_eq!(amount(&workplace, &connection(seconds, 5_000)), due, "{seconds} s");
    }
    let session = connection(16_846, 5_000);
    let (_, lines) = explain(&workplace, &metered("UTC", &session)).unwrap();
    assert_eq!(lines[0].arithmetic, "2400 s / 3600 x 1.00 = 2/3 (2446 s in blocks of 300 s, down)");
    let (_, lines) = explain(&workplace, &metered("UTC", &connection(14_401, 0))).unwrap();
    assert!(lines[0].arithmetic.ends_with("; at least 0.50"), "{}", lines[0].arithmetic);
}

#[test]
fn nothing_priced_is_not_nothing_due() {
    let later = tariff(&element(r#""start_date": "2030-01-01""#, "ENERGY", "0.66", ""), CENTS);
    let session = connection(3_600, 1_000);
    let nothing = price(&later, &metered("UTC", &session)).unwrap();
    assert!(!nothing.is_priced());
    assert_eq!(nothing.mode(), BillingMode::Nothing);
    let free = tariff(&element("", "ENERGY", "0.00", ""), CENTS);
    let free = price(&free, &metered("UTC", &session)).unwrap();
    assert_eq!((free.is_priced(), free.amount.0), (true, 0));
}

#[test]
fn limits_of_the_tariff_hold_the_total() {
    let text = tariff_text(&element("", "ENERGY", "0.25", ""), CENTS);
    let limited = text.replacen(
        r#""currency""#,
        r#""min_price": {"excl_vat": 0.5, "incl_vat": 0.55}, "max_price": 1, "currency""#,
        1,
    );
    let limited = Tariff::from_json(&limited).unwrap();
    for (energy, due) in [(1_200, "0.50"), (3_000, "0.75"), (9_000, "1.00"), (0, "0.50")] {
        assert_eq!(amount(&limited, &connection(3_600, energy)), due);
    }
    let session = connection(3_600, 1_200);
    let (_, lines) = explain(&limited, &metered("UTC", &session)).unwrap();
    assert_eq!(lines[1].kind, LineKind::Limit);
    assert_eq!(lines[1].exact, decimal("0.2"));
}

#[test]
fn stages_may_follow_each_other() {
    let bands = [
        element(r#""end_time": "12:00""#, "ENERGY", "0.333", ""),
        element("", "ENERGY", "0.555", ""),
    ];
    let two = r#""rounding": [{"stage": "component", "method": "ceiling", "digits": 2},
                              {"stage": "session", "method": "down", "digits": 1}]"#;
    let intervals = [charging("2024-03-01T11:00:00+08:00", "2024-03-01T13:00:00+08:00", 2_000)];
    // 0.333 and 0.555 are 0.34 and 0.56; 0.90.
    assert_eq!(amount(&tariff(&bands.join(","), two), &intervals), "0.90");
}

#[test]
fn each_interval_may_be_rounded() {
    let interval = r#""rounding": [{"stage": "interval", "method": "half_up", "digits": 2}]"#;
    let flat = tariff(&element("", "ENERGY", "0.66", ""), interval);
    let intervals = [
        charging("2024-03-01T10:00:00Z", "2024-03-01T10:15:00Z", 10),
        charging("2024-03-01T10:15:00Z", "2024-03-01T10:30:00Z", 10),
    ];
    // 0.0066 each, 0.01 each; together they would be 0.01.
    assert_eq!(amount(&flat, &intervals), "0.02");
}

#[test]
fn a_threshold_of_energy_cuts_within_a_second() {
    let tiers =
        [element(r#""max_kwh": 0.1"#, "ENERGY", "1.00", ""), element("", "ENERGY", "3.00", "")];
    let exactly = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;
    let tiers = tariff(&tiers.join(","), exactly);
    // 0.1 kWh at 1.00 and 0.2 kWh at 3.00.
    assert_eq!(amount(&tiers, &connection(1, 300)), "0.70");
}

#[test]
fn a_meter_that_ran_backwards_gives_a_negative_amount() {
    let flat = tariff(&element("", "ENERGY", "0.25", r#", "step_size": 1000"#), CENTS);
    assert_eq!(amount(&flat, &connection(3_600, -6_000)), "-1.50");
}

#[test]
fn sharp_prices_of_chengdu_are_seasonal() {
    let chengdu = tariff_file("chengdu.json");
    let at = |text: &str| {
        let price = chengdu.energy_price_at(instant(text), zone("Asia/Shanghai"));
        super::super::decimal::text(price.unwrap(), 2)
    };
    assert_eq!(at("2023-07-25T15:30:00+08:00"), "0.8672");
    assert_eq!(at("2023-07-26T15:30:00+08:00"), "1.01792");
    assert_eq!(at("2024-08-25T16:59:59+08:00"), "1.01792");
    assert_eq!(at("2024-08-26T16:00:00+08:00"), "0.8672");
    assert_eq!(at("2024-01-25T20:00:00+08:00"), "1.01792");
    assert_eq!(at("2024-01-26T20:00:00+08:00"), "0.8672");
    assert_eq!(at("2024-01-26T23:00:00+08:00"), "0.3738");
}

#[test]
fn the_seed_community_pays_66_fen() {
    let flat = tariff_file("flat-0.66.json");
    let price = flat.energy_price_at(instant("2022-02-27T01:00:00Z"), zone("Asia/Shanghai"));
    assert_eq!(price, Some(decimal("0.66")));
    assert_eq!(flat.zone(), Some(zone("Asia/Shanghai")));
}

#[test]
fn intervals_must_be_contiguous() {
    let flat = tariff_file("flat-0.66.json");
    let due = |intervals: &[Interval]| price(&flat, &metered("UTC", intervals)).map(|_| ());
    let first = charging("2024-03-01T10:00:00Z", "2024-03-01T10:15:00Z", 10);
    let later = charging("2024-03-01T10:16:00Z", "2024-03-01T10:30:00Z", 10);
    let backwards = Interval { from: first.until, until: first.from, ..first };
    assert_eq!(due(&[]), Err(Unbillable::NoInterval));
    assert_eq!(due(&[first, later]), Err(Unbillable::Apart { index: 1 }));
    assert_eq!(due(&[backwards]), Err(Unbillable::Backwards { index: 0 }));
    let whole = [first];
    let none = Metered { units_per_wh: 0, ..metered("UTC", &whole) };
    assert_eq!(price(&flat, &none), Err(Unbillable::NoUnit { units_per_wh: 0 }));
    let never = Interval { until: Timestamp(i64::MAX), ..first };
    assert!(price(&tariff_file("hubei.json"), &metered("UTC", &[never])).is_err());
}
