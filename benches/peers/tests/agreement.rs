//! Random tariffs and CDRs of what both support, priced by Linli and by `ocpi-tariffs`.
//!
//! CDRs are cut at every quarter of an hour, and prices change on quarters alone: thresholds of
//! time are quarters, and energy comes in half kilowatt-hours, as its thresholds do. So each period
//! has one price for all of it, and nobody needs to guess what was used when.

use linli::charging::tariff::Tariff;
use linli_peers::{Document, Doing, agree, by_linli, by_peer};
use proptest::prelude::*;

/// A start on a quarter: the days of both clock changes, the turn of a year, a leap day.
fn any_start() -> impl Strategy<Value = i64> {
    let days = vec![1_648_339_200_i64, 1_667_088_000, 1_767_139_200, 1_709_164_800, 1_721_131_200];
    (prop::sample::select(days), -96_i64..96).prop_map(|(day, quarters)| day + quarters * 900)
}

fn any_document() -> impl Strategy<Value = Document> {
    let doing = prop_oneof![
        3 => (1_u32..8).prop_map(|half_kwh| Doing::Charging { energy_wh: half_kwh * 500 }),
        1 => Just(Doing::Idle),
    ];
    (any_start(), prop::collection::vec(doing, 1..40)).prop_map(|(start_s, doings)| {
        let parts: Vec<(u32, Doing)> = doings.into_iter().map(|doing| (25, doing)).collect();
        Document::from(start_s, &parts)
    })
}

/// A quarter of the day, midnight apart: as an end it is the end of the day, which the peer does
/// not know where there is no start (see the differences below).
fn any_quarter() -> impl Strategy<Value = String> {
    (1_u32..96).prop_map(|quarter| format!("\"{:02}:{:02}\"", quarter / 4, quarter % 4 * 15))
}

fn any_restrictions() -> impl Strategy<Value = String> {
    let quarter_s = || (0_u32..30).prop_map(|quarters| (quarters * 900).to_string());
    let half_kwh = || (0_u32..40).prop_map(|halves| format!("{}.{}", halves / 2, halves % 2 * 5));
    let dates = || prop::sample::select(vec!["\"2022-03-27\"", "\"2022-10-30\"", "\"2025-12-31\""]);
    let dates = move || dates().prop_map(str::to_owned);
    let days = prop::sample::subsequence(vec!["SATURDAY", "SUNDAY", "MONDAY", "THURSDAY"], 1..4);
    let days = days.prop_map(|days| format!("[\"{}\"]", days.join("\", \"")));
    let field = prop_oneof![
        3 => any_quarter().prop_map(|at| ("start_time", at)),
        3 => any_quarter().prop_map(|at| ("end_time", at)),
        1 => dates().prop_map(|date| ("start_date", date)),
        1 => dates().prop_map(|date| ("end_date", date)),
        1 => days.prop_map(|days| ("day_of_week", days)),
        1 => half_kwh().prop_map(|kwh| ("min_kwh", kwh)),
        1 => half_kwh().prop_map(|kwh| ("max_kwh", kwh)),
        1 => quarter_s().prop_map(|seconds| ("min_duration", seconds)),
        1 => quarter_s().prop_map(|seconds| ("max_duration", seconds)),
    ];
    prop::collection::vec(field, 0..4).prop_map(|mut fields| {
        fields.sort();
        fields.dedup_by_key(|(key, _)| *key);
        let fields: Vec<String> =
            fields.into_iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        format!("{{{}}}", fields.join(", "))
    })
}

/// Elements, and for each dimension one at the end that always applies, of the same block.
fn any_tariff() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["ENERGY", "TIME", "PARKING_TIME", "FLAT"]);
    let step = prop::sample::select(vec![1_u32, 1, 60, 300, 900, 1_000]);
    let component = (kind, 0_u32..5_000, step).prop_map(|(kind, thousandths, step)| {
        let price = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
        format!(r#"{{"type": "{kind}", "price": {price}, "step_size": {step}}}"#)
    });
    let element = (prop::collection::vec(component, 1..3), any_restrictions()).prop_map(
        |(components, restrictions)| {
            let components = components.join(", ");
            format!(r#"{{"price_components": [{components}], "restrictions": {restrictions}}}"#)
        },
    );
    let base = ["ENERGY", "TIME", "PARKING_TIME"]
        .map(|kind| format!(r#"{{"type": "{kind}", "price": 0.25, "step_size": 1}}"#));
    let limit = || prop::option::weighted(0.2, 0_u32..30);
    (prop::collection::vec(element, 0..5), limit(), limit()).prop_map(
        move |(mut elements, min, max)| {
            elements.push(format!(r#"{{"price_components": [{}]}}"#, base.join(", ")));
            let limit = |key: &str, limit: Option<u32>| {
                limit
                    .map(|euros| format!(r#""{key}": {{"excl_vat": {euros}}}, "#))
                    .unwrap_or_default()
            };
            let limits = [limit("min_price", min), limit("max_price", max)].concat();
            tariff(&limits, &elements.join(", "))
        },
    )
}

fn tariff(limits: &str, elements: &str) -> String {
    format!(
        r#"{{"country_code": "NL", "party_id": "LIN", "id": "made", "currency": "EUR", {limits}
            "elements": [{elements}], "last_updated": "2022-01-01T00:00:00Z"}}"#
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Both come to the same total, to four decimals.
    #[test]
    fn totals_agree_to_four_decimals(text in any_tariff(), document in any_document()) {
        let cdr = document.json();
        let ours = by_linli(&cdr, &Tariff::from_json(&text).unwrap()).unwrap();
        let theirs = by_peer(&cdr, &text).unwrap();
        prop_assert!(agree(ours, theirs), "{ours:?} and {theirs:?}\n{text}\n{cdr}");
    }
}
