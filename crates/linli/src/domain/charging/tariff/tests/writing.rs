//! What is written is read again as the same: tariffs in, out and in; bills as CDRs, and credits.

use proptest::prelude::*;

use super::pairs::{Pair, any_pair};
use super::*;
use crate::domain::Money;

const TOKEN: &str = r#"{"uid": "c-0042", "contract_id": "NL-LIN-C00042"}"#;
const LOCATION: &str = r#"{"id": "yard", "name": "邻里 \"east\""}"#;

pub(super) fn frame(credits: Option<&str>) -> CdrFrame<'_> {
    CdrFrame {
        id: "7",
        country_code: "NL",
        party_id: "LIN",
        auth_method: "WHITELIST",
        token: TOKEN,
        location: LOCATION,
        last_updated: instant("2026-01-01T00:00:00Z"),
        credits,
    }
}

/// The pair's tariff, which rounds to four decimals where it says nothing, and no interval: those
/// are not written.
fn tariff_of(pair: &Pair) -> Tariff {
    pair.tariff().with_rounding(Vec::new())
}

/// The CDR that was written, and what it comes to under the tariff that it carries.
fn read_again(written: &Written, zone: Zone) -> (Cdr, Rated) {
    let cdr = Cdr::from_json(&written.json).unwrap_or_else(|fault| panic!("{fault}"));
    let own = cdr.tariff().unwrap().unwrap().with_rounding(Vec::new());
    let rated = cdr.rate(&own, Some(zone)).unwrap();
    (cdr, rated)
}

fn apart(one: Exact, other: Exact) -> Exact {
    let apart = one.minus(other).unwrap();
    apart.max(Exact::ZERO.minus(apart).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A bill that is written as a CDR is read, priced under the tariff inside, and agrees; its
    /// periods have the session's energy. The credit of it repeats all, and only its total is
    /// turned round.
    #[test]
    fn a_written_cdr_comes_to_its_bill(pair in any_pair()) {
        let (tariff, session) = (tariff_of(&pair), pair.session());
        // A meter that runs backwards leaves a threshold that its period starts on.
        if session.intervals.iter().any(|one| one.energy < 0) {
            return Ok(());
        }
        let bill = price(&tariff, &session).unwrap();
        for version in OcpiVersion::ALL {
            // What 2.1.1 cannot say it cannot be priced by.
            let written = frame(None).write(version, &tariff, &session).unwrap();
            if version == OcpiVersion::V211 && !written.losses.is_empty() {
                continue;
            }
            let (cdr, rated) = read_again(&written, session.zone);
            prop_assert_eq!(&rated.verdict, &Verdict::Agrees, "{}", written.json);
            let most = Exact::fraction(1, 1_000_000).unwrap();
            prop_assert!(apart(rated.price.exact, bill.exact) <= most, "{}", written.json);
            prop_assert_eq!(Ok(rated.energy_kwh), session.energy_kwh());
            prop_assert_eq!(cdr.totals().energy_kwh, Some(rated.energy_kwh));
            prop_assert!(!rated.warnings.iter().any(|one| {
                one.kind == WarningKind::PeriodSpansPriceChange
            }), "{}", written.json);
            if version == OcpiVersion::V211 {
                continue;
            }
            let taken_back = frame(Some("7")).write(version, &tariff, &session).unwrap();
            let (credit, rated) = read_again(&taken_back, session.zone);
            prop_assert_eq!((credit.kind(), credit.credited()), (CdrKind::Credit, Some("7")));
            prop_assert_eq!(&rated.verdict, &Verdict::Agrees);
            let total = rated.total.unwrap_or(Money::ZERO).0;
            prop_assert!((total + bill.amount.0).abs() <= 1_000_000);
            prop_assert_eq!(credit.periods().len(), cdr.periods().len());
        }
    }

    /// A tariff in its own version comes out as it came in, unknown fields byte for byte; in
    /// another version it prices the same, and back in its own again.
    #[test]
    fn a_tariff_comes_out_as_it_came_in(pair in any_pair(), unknown in any_json()) {
        let text = pair.tariff_json().replacen('{', &format!("{{\"x_own\": {unknown},  "), 1);
        let tariff = Tariff::from_json(&text).unwrap();
        let price_of = |tariff: &Tariff| price(tariff, &pair.session()).unwrap();
        let own = tariff.to_json(pair.version()).unwrap();
        if own.losses.is_empty() {
            prop_assert_eq!(&own.json, &text);
        }
        for version in [OcpiVersion::V221, OcpiVersion::V230] {
            let written = tariff.to_json(version).unwrap();
            let field = format!("\"x_own\": {unknown}");
            prop_assert!(written.json.contains(&field), "{}", written.json);
            let again = Tariff::from_json(&written.json).unwrap();
            prop_assert_eq!(price_of(&again), price_of(&tariff));
            let twice = again.to_json(version).unwrap();
            prop_assert_eq!((twice.json, twice.losses), (written.json, vec![]));
        }
    }
}

/// JSON that no version of OCPI has, in any notation.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1.50",
        "-0.0",
        "1e3",
        "true",
        "null",
        r#""\u4e2d 文""#,
        "[ ]",
        r#"{ "a":1 , "b": [2] }"#,
    ]);
    prop::collection::vec(leaf, 0..4).prop_map(|parts| format!("[{}]", parts.join(" ,\t")))
}

#[test]
fn a_credit_and_a_tax_are_refused_where_they_cannot_be_written() {
    let hour = [charging("2026-01-13T14:30:00Z", "2026-01-13T15:30:00Z", 20_000)];
    let session = metered("Europe/Amsterdam", &hour);
    let element = r#"{"price_components": [{"type": "ENERGY", "price": 0.25, "step_size": 1}]}"#;
    let plain = tariff(element, "");
    let told = |version, tariff: &Tariff, frame: CdrFrame<'_>| {
        frame.write(version, tariff, &session).unwrap_err().to_string()
    };
    let says = told(OcpiVersion::V211, &plain, frame(Some("7")));
    assert_eq!(says, "OCPI 2.1.1 knows no credit CDR; write it as 2.2.1 or 2.3.0");
    let taxed = tariff_text(element, "").replacen('{', r#"{"tax_included": "YES", "#, 1);
    let says = told(OcpiVersion::V230, &Tariff::from_json(&taxed).unwrap(), frame(None));
    assert!(says.starts_with("the tariff's prices have tax in them"), "{says}");
    let says = told(OcpiVersion::V221, &plain, CdrFrame { token: "[1]", ..frame(None) });
    assert_eq!(says, "$ is [1]; write an object in braces");
}

#[test]
fn a_written_cdr_is_cut_where_its_price_changes() {
    let evening = [charging("2024-03-01T13:48:00Z", "2024-03-01T14:03:00Z", 500)];
    let session = metered("Asia/Shanghai", &evening);
    let written = frame(None).write(OcpiVersion::V221, &tariff_file("hubei.json"), &session);
    let cdr = Cdr::from_json(&written.unwrap().json).unwrap();
    let energy: Vec<_> = cdr.periods().iter().map(|period| period.energy_kwh.unwrap()).collect();
    assert_eq!(energy, [decimal("0.4"), decimal("0.1")]);
    assert_eq!(cdr.periods()[1].from, instant("2024-03-01T14:00:00Z"));
    assert_eq!((cdr.card(), cdr.party()), (Some("c-0042"), Some("NL-LIN")));
    assert_eq!(cdr.totals().cost.as_ref().unwrap().written, "0.42");
}

#[test]
fn a_written_cdr_keeps_readings_apart_where_energy_and_time_decide() {
    // At midnight all but 8 Wh are used, so that the element never holds. Had the energy been
    // spread evenly, it would have held for a minute.
    let readings = [
        charging("2022-03-26T23:31:00Z", "2022-03-26T23:33:00Z", 2_525),
        charging("2022-03-26T23:33:00Z", "2022-03-27T00:01:00Z", 227),
    ];
    let session = metered("Europe/London", &readings);
    let night = |max_kwh: &str| {
        let until = format!(r#"{{"end_time": "02:00"{max_kwh}}}"#);
        tariff(
            &format!(
                r#"{{"price_components": [{{"type": "ENERGY", "price": 0.25, "step_size": 1}}],
                    "restrictions": {until}}}"#
            ),
            "",
        )
    };
    let periods = |tariff: &Tariff| {
        let written = frame(None).write(OcpiVersion::V221, tariff, &session).unwrap();
        let (cdr, rated) = read_again(&written, session.zone);
        assert_eq!(rated.verdict, Verdict::Agrees);
        let spans = |one: &Warning| one.kind == WarningKind::PeriodSpansPriceChange;
        assert!(!rated.warnings.iter().any(spans), "{}", written.json);
        cdr.periods().iter().map(|period| period.from).collect::<Vec<_>>()
    };
    let [evening, reading, midnight] =
        ["2022-03-26T23:31:00Z", "2022-03-26T23:33:00Z", "2022-03-27T00:00:00Z"].map(instant);
    assert_eq!(periods(&night(r#", "max_kwh": 2.743"#)), [evening, reading]);
    assert_eq!(periods(&night("")), [evening, midnight]);
}
