//! Where Linli and `ocpi-tariffs` 0.48.0 differ, each with the standard's words and both totals. A
//! difference that is gone fails here, so that the list stays true.

use linli::Exact;
use linli::charging::tariff::Tariff;
use linli_peers::{Document, Doing, by_linli, by_peer};

/// A known difference. Totals are in hundredths; `None` is nothing priced.
struct Difference {
    name: &'static str,
    /// Where OCPI says so, and its words.
    source: &'static str,
    words: &'static str,
    elements: &'static str,
    /// What is put before each period's other dimensions.
    dimension: &'static str,
    /// Lengths in hundredths of an hour, and watt-hours; 0 is idle.
    periods: &'static [(u32, u32)],
    ours: Option<i128>,
    theirs: Option<i64>,
}

/// 2024-03-01 12:00 in Amsterdam.
const NOON_S: i64 = 1_709_290_800;

const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "an end at midnight without a start is the end of the day",
        source: "2.2.1, Tariffs module, TariffRestrictions, end_time",
        words: "To stop at end of the day use: 00:00.",
        elements: r#"{"price_components": [{"type": "ENERGY", "price": 1, "step_size": 1}],
            "restrictions": {"end_time": "00:00"}},
            {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}"#,
        dimension: "",
        periods: &[(100, 4_000)],
        ours: Some(400),
        theirs: Some(200),
    },
    Difference {
        name: "an element for reservations prices nothing of a charging session",
        source: "2.2.1, Tariffs module, TariffRestrictions, reservation",
        words: "When this field is present, the TariffElement describes reservation costs.",
        elements: r#"{"price_components": [{"type": "FLAT", "price": 5, "step_size": 1}],
            "restrictions": {"reservation": "RESERVATION"}},
            {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}"#,
        dimension: "",
        periods: &[(100, 4_000)],
        ours: Some(200),
        theirs: Some(700),
    },
    Difference {
        name: "power that a period does not state is what its energy says",
        source: "2.2.1, Tariffs module, TariffRestrictions, min_power",
        words: "When the EV is charging with more than, or equal to, the defined amount of power, \
                this TariffElement is/becomes active.",
        elements: r#"{"price_components": [{"type": "ENERGY", "price": 1, "step_size": 1}],
            "restrictions": {"min_power": 11}},
            {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}"#,
        dimension: "",
        periods: &[(100, 4_000)],
        ours: Some(200),
        theirs: Some(400),
    },
    Difference {
        name: "what nobody pays for fills no block",
        source: "2.2.1, Tariffs module, PriceComponent, step_size",
        words: "Minimum amount to be billed. That is, the dimension will be billed in this \
                step_size blocks.",
        elements: r#"{"price_components": [{"type": "ENERGY", "price": 1, "step_size": 1000}],
            "restrictions": {"min_kwh": 0.5}}"#,
        dimension: "",
        periods: &[(25, 500), (25, 1_000)],
        ours: Some(100),
        theirs: Some(150),
    },
    Difference {
        name: "no idle time is no idle time, so that charging time is billed in its blocks",
        source: "2.2.1, CDRs module, step_size",
        words: "once for PARKING_TIME and TIME combined.",
        elements: r#"{"price_components": [{"type": "TIME", "price": 4, "step_size": 3600},
            {"type": "PARKING_TIME", "price": 1, "step_size": 1}]}"#,
        dimension: r#"{"type": "PARKING_TIME", "volume": 0}, "#,
        periods: &[(25, 1_000)],
        ours: Some(400),
        theirs: Some(100),
    },
];

#[test]
fn known_differences_are_still_there() {
    for known in DIFFERENCES {
        assert!(!known.source.is_empty() && !known.words.is_empty(), "{}", known.name);
        let tariff = format!(
            r#"{{"country_code": "NL", "party_id": "LIN", "id": "made", "currency": "EUR",
                "elements": [{}], "last_updated": "2022-01-01T00:00:00Z"}}"#,
            known.elements
        );
        let parts: Vec<(u32, Doing)> =
            known.periods.iter().map(|(length, wh)| (*length, doing(*wh))).collect();
        let cdr = Document::from(NOON_S, &parts).json();
        let dimensions = r#""dimensions": ["#;
        let cdr = cdr.replace(dimensions, &format!("{dimensions}{}", known.dimension));
        let ours = by_linli(&cdr, &Tariff::from_json(&tariff).unwrap()).unwrap();
        assert_eq!(
            ours,
            known.ours.map(|hundredths| Exact::fraction(hundredths, 100).unwrap()),
            "ours: {}",
            known.name
        );
        let theirs = by_peer(&cdr, &tariff).unwrap();
        let stated = known.theirs.map(|hundredths| rust_decimal::Decimal::new(hundredths, 2));
        assert_eq!(theirs, stated, "theirs: {}", known.name);
    }
}

fn doing(energy_wh: u32) -> Doing {
    if energy_wh == 0 { Doing::Idle } else { Doing::Charging { energy_wh } }
}
