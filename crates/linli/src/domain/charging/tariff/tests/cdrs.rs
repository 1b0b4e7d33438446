//! CDRs as operators sent them, and edge cases: each agrees, or is disputed for the cause that the
//! data's README names.

use std::path::Path;

use super::*;

/// What the README says of the CDRs that operators sent: the total that the rules give, and why
/// the stated one is disputed.
const REAL: &[(&str, &str, Option<DisputeCause>)] = &[
    (
        "v211/real_world/custom_tariff_dimension/cdr.json",
        "3.52",
        Some(DisputeCause::UnknownDimension),
    ),
    ("v211/real_world/flat_dim_with_volume/cdr.json", "12.584", None),
    ("v211/real_world/free_of_charge/cdr.json", "0.00", None),
    ("v211/real_world/issue_59_allego/cdr.json", "25.0841", Some(DisputeCause::RoundingStage)),
    ("v211/real_world/time_and_parking_time/cdr.json", "34.4334", None),
    ("v211/real_world/time_and_parking_time_separate_tariff/cdr.json", "34.4334", None),
    ("v221/real_world/025kwh_min_price/cdr2_less_than_2kWh.json", "0.50", None),
    ("v221/real_world/credit_cdr/cdr.json", "-5.00", None),
    ("v221/real_world/grace_period_parking_time/cdr.json", "3.25", None),
    ("v221/real_world/multiple_flat_fees/cdr.json", "1.00", None),
    ("v221/real_world/periods_state_no_time/cdr.json", "6.00", Some(DisputeCause::TimeNotStated)),
    ("v221/real_world/periods_state_no_time_tariff_prices_reservation/cdr.json", "6.00", None),
    ("v221/real_world/simple_3hour_5parking/cdr1.json", "11.25", None),
    ("v221/real_world/step_size_energy/cdr1.json", "30.00", None),
];

/// The six edge cases, and their totals under a flat 0.25.
const EDGES: &[(&str, &str)] = &[
    ("v211/fix/cdr/net_negative_energy.json", "-1.50"),
    ("v211/fix/cdr/spans_midnight.json", "3.00"),
    ("v211/fix/cdr/starts_in_last_minute_of_day.json", "3.00"),
    ("v221/fix/cdr/negative_power.json", "2.50"),
    ("v221/fix/cdr/one_second.json", "0.00"),
    ("v221/fix/cdr/spans_dst_change.json", "3.00"),
];

fn read(path: &Path) -> Cdr {
    let text = std::fs::read_to_string(path).unwrap();
    Cdr::from_json(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tariff beside the CDR, else the one inside.
fn tariff_of(path: &Path, cdr: &Cdr) -> Tariff {
    match std::fs::read_to_string(path.with_file_name("tariff.json")) {
        Ok(text) => Tariff::from_json(&text).unwrap(),
        Err(_) => cdr.tariff().unwrap().unwrap().clone(),
    }
}

fn shown(path: &str, rated: &Rated, cdr: &Cdr) -> String {
    let stated = cdr.totals().cost.as_ref().map_or("nothing", |cost| cost.written.as_str());
    let total = rated.total.map_or("nothing".to_owned(), |total| total.to_string());
    let verdict = match &rated.verdict {
        Verdict::Disputed { difference, causes } => {
            let causes: Vec<&str> = causes.iter().map(|cause| cause.name()).collect();
            format!("{} apart: {}", super::super::decimal::text(*difference, 2), causes.join(", "))
        }
        verdict => format!("{verdict:?}"),
    };
    format!("{path:<75} {stated:>8} {total:>8}  {verdict}")
}

#[test]
fn real_cdrs_agree_or_are_disputed_for_the_known_cause() {
    let Some(folder) = data("ocpi") else { return };
    let mut agree = 0;
    for (path, expected, cause) in REAL {
        let cdr = read(&folder.join(path));
        let rated = cdr.rate(&tariff_of(&folder.join(path), &cdr), None).unwrap();
        let line = shown(path, &rated, &cdr);
        println!("{line}");
        assert_eq!(rated.total.unwrap().to_string(), *expected, "{line}");
        match (&rated.verdict, cause) {
            (Verdict::Agrees, None) => {
                // To four decimals, far within half a cent.
                let stated = cdr.totals().cost.clone().unwrap().untaxed;
                assert_eq!(round(stated, Method::HalfUp, 4).unwrap(), rated.total.unwrap());
                agree += 1;
            }
            (Verdict::Disputed { causes, .. }, Some(cause)) => {
                assert_eq!(causes.first(), Some(cause), "{line}");
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!((REAL.len(), agree), (14, 11));
}

#[test]
fn edge_cdrs_have_exact_totals() {
    let Some(folder) = data("ocpi") else { return };
    let flat = tariff(&made::element("", "ENERGY", "0.25", ""), "");
    for (path, expected) in EDGES {
        let cdr = read(&folder.join(path));
        let rated = cdr.rate(&flat, None).unwrap();
        let line = shown(path, &rated, &cdr);
        println!("{line}");
        assert_eq!(rated.total.unwrap().to_string(), *expected, "{line}");
        assert_eq!(cdr.totals().cost.clone().unwrap().untaxed, rated.price.exact, "{line}");
        assert_eq!(rated.verdict, Verdict::Agrees, "{line}");
        assert_eq!(rated.zone, zone("Europe/Amsterdam"));
        let kinds: Vec<WarningKind> = rated.warnings.iter().map(|one| one.kind).collect();
        assert!(kinds.contains(&WarningKind::ZoneInferred), "{kinds:?}");
    }
}

#[test]
fn a_cdr_carries_the_tariff_that_is_valid_when_it_starts() {
    let Some(folder) = data("ocpi") else { return };
    let path = folder.join("v211/real_world/time_and_parking_time/cdr.json");
    let cdr = read(&path);
    assert_eq!(cdr.tariff().unwrap().unwrap().id(), "1");
    assert_eq!(cdr.zone(), Some(zone("Europe/Amsterdam")));
    assert_eq!(cdr.connector(), Some("NLTDREABCDEF-1"));
    assert_eq!(cdr.card(), Some("NL-TDR-C12345678-F"));
}
