//! How CDRs are read: what is refused, what is remarked on, and what each version calls things.

use super::made::element;
use super::*;

const FIRST: &str = r#"
    // As 2.1.1 has it.
    {"id": "1", "start_date_time": "2026-01-13T14:30:00", "stop_date_time": "2026-01-13T16:30:00Z",
     "auth_id": "card-7", "auth_method": "WHITELIST", "currency": "EUR",
     "location": {"id": "L", "country": "NLD", "time_zone": "Europe/Amsterdam",
        "evses": [{"uid": "7", "evse_id": "NL*E7", "connectors": [{"id": "2"}]}]},
     "charging_periods": [{"start_date_time": "2026-01-13T14:30:00Z", "dimensions": [
        {"type": "ENERGY", "volume": 20.000000000000012}, {"type": "TIME", "volume": "2"}]}],
     "total_cost": 5.0000, "total_energy": 20.000000000000012, "total_time": 2,
     "last_updated": "2026-01-13T16:30:00Z"}"#;

const LATER: &str = r#"
    {"country_code": "NL", "party_id": "ENE", "id": "1",
     "start_date_time": "2026-01-13T14:30:00Z", "end_date_time": "2026-01-13T16:30:00Z",
     "cdr_token": {"uid": "card-7", "contract_id": "NL-7"}, "auth_method": "WHITELIST",
     "currency": "EUR", "cdr_location": {"country": "NLD", "evse_uid": "7", "evse_id": "NL*E7",
        "connector_id": "2"},
     "charging_periods": [{"start_date_time": "2026-01-13T14:30:00Z", "dimensions": [
        {"type": "ENERGY", "volume": 20}, {"type": "TIME", "volume": 2}]}],
     "total_cost": {"excl_vat": 5.00, "incl_vat": 5.50}, "total_energy": 20, "total_time": 2,
     "last_updated": "2026-01-13T16:30:00Z"}"#;

fn cdr(text: &str) -> Cdr {
    Cdr::from_json(text).unwrap()
}

fn refusal(text: &str) -> String {
    Cdr::from_json(text).map(|_| ()).unwrap_err().to_string()
}

fn told(cdr: &Cdr) -> Vec<String> {
    cdr.warnings().iter().map(ToString::to_string).collect()
}

fn rated(cdr: &Cdr, elements: &str) -> Rated {
    let text = tariff_text(elements, "").replace("CNY", "EUR");
    cdr.rate(&Tariff::from_json(&text).unwrap(), None).unwrap()
}

fn total(cdr: &Cdr, elements: &str) -> String {
    rated(cdr, elements).total.unwrap().to_string()
}

fn kinds(rated: &Rated) -> Vec<WarningKind> {
    rated.warnings.iter().map(|one| one.kind).collect()
}

#[test]
fn each_version_says_who_where_and_how_much() {
    for (text, party) in [(FIRST, None), (LATER, Some("NL-ENE"))] {
        let cdr = cdr(text);
        assert_eq!(told(&cdr), Vec::<String>::new());
        assert_eq!((cdr.id(), cdr.party()), (Some("1"), party));
        assert_eq!((cdr.card(), cdr.connector()), (Some("card-7"), Some("NL*E7-2")));
        assert_eq!(cdr.start(), instant("2026-01-13T14:30:00Z"));
        assert_eq!(cdr.end(), instant("2026-01-13T16:30:00Z"));
        assert_eq!(cdr.periods()[0].charging_h, Some(Exact::whole(2)));
    }
    let first = cdr(FIRST);
    assert_eq!(first.periods()[0].energy_kwh, Some(decimal("20.000000000000012")));
    assert_eq!(first.totals().cost.as_ref().unwrap().written, "5.0000");
    let exactly = rated(&first, &element("", "ENERGY", "0.25", "")).price.exact;
    assert_eq!(exactly, decimal("5.000000000000003"));
}

#[test]
fn taxes_may_stand_beside_a_cost_or_in_the_prices() {
    let taxes = r#"{"before_taxes": 5.00, "taxes": [{"name": "VAT", "amount": 0.50}]}"#;
    let newest = LATER.replace(r#"{"excl_vat": 5.00, "incl_vat": 5.50}"#, taxes);
    let newest = cdr(&newest);
    let cost = newest.totals().cost.clone().unwrap();
    assert_eq!((cost.untaxed, cost.taxed), (decimal("5"), Some(decimal("5.5"))));
    let energy = element("", "ENERGY", "0.275", "");
    let text = tariff_text(&energy, "").replace("CNY", "EUR");
    let included = text.replacen('{', r#"{"tax_included": "YES", "#, 1);
    let included = newest.rate(&Tariff::from_json(&included).unwrap(), None).unwrap();
    assert_eq!(included.verdict, Verdict::Agrees);
    let beside = newest.rate(&Tariff::from_json(&text).unwrap(), None).unwrap();
    let Verdict::Disputed { causes, .. } = beside.verdict else { panic!("{:?}", beside.verdict) };
    assert_eq!(causes, [DisputeCause::Tax]);
}

#[test]
fn a_bare_number_is_a_cost_and_worth_a_remark() {
    let bare = cdr(&LATER.replace(r#"{"excl_vat": 5.00, "incl_vat": 5.50}"#, "5.00"));
    assert_eq!(told(&bare), ["bare_cost: $.total_cost"]);
    assert_eq!(total(&bare, &element("", "ENERGY", "0.25", "")), "5.00");
}

#[test]
fn each_refusal_names_its_place() {
    let cases = [
        (r#""id": "1","#, r#""id": "1", "id": "1","#, "$.id is written twice"),
        (r#""TIME""#, r#""ENERGY""#, "$.charging_periods[0].dimensions[1].type is written twice"),
        ("\"volume\": 20}", "\"volume\": \"many\"}", "dimensions[0].volume is \"many\"; write a"),
        ("\"volume\": 20}", "\"volume\": 1e400}", "dimensions[0].volume is 1e400"),
        ("\"volume\": 2}", "\"volume\": -2}", "dimensions[1].volume is -2; write a decimal that"),
        (", \"volume\": 20", "", "$.charging_periods[0].dimensions[0].volume is missing"),
        ("\"end_date_time\"", "\"ended\"", "$.end_date_time is missing"),
        ("T16:30:00Z\",\n     \"cdr_token", "T13:30:00Z\",\n     \"cdr_token", "$: the end 2026"),
        ("\"excl_vat\": 5.00", "\"excl_vat\": {}", "$.total_cost.excl_vat is {}; write a decimal"),
        ("\"currency\": \"EUR\"", "\"currency\": \"Euro\"", "$.currency is \"Euro\"; write an"),
        ("[{\"start", "{\"start", "the document is no JSON"),
    ];
    for (old, new, expected) in cases {
        assert!(LATER.contains(old), "{old}");
        let found = refusal(&LATER.replacen(old, new, 1));
        assert!(found.contains(expected), "{found}\nexpected: {expected}");
    }
    assert_eq!(refusal("[]"), "$ is []; write an object in braces");
}

#[test]
fn what_changes_no_price_is_remarked_on() {
    let odd = LATER
        .replace(r#""id": "1","#, r#""discount": 3, "remark": null,"#)
        .replace(r#""country": "NLD","#, r#""country": "NLD", "meterId": "x","#)
        .replace(r#""type": "TIME""#, r#""type": "SESSION_TIME""#)
        .replace(r#""auth_method": "WHITELIST","#, "")
        .replace(r#""total_time": 2,"#, "");
    let expected = [
        "missing_field: $.id",
        "missing_field: $.auth_method",
        "unknown_field: $.cdr_location.meterId",
        "unknown_dimension: $.charging_periods[0].dimensions[1].type",
        "missing_field: $.total_time",
        "unknown_field: $.discount",
    ];
    assert_eq!(told(&cdr(&odd)), expected);
}

#[test]
fn a_zone_is_named_or_inferred_or_not_needed() {
    let night = r#""start_time": "15:00", "end_time": "16:00""#;
    let priced =
        [element(night, "ENERGY", "1.00", ""), element("", "ENERGY", "0.25", "")].join(",");
    // 14:30Z is 15:30 in the Netherlands.
    assert_eq!(total(&cdr(FIRST), &priced), "20.00");
    let inferred = rated(&cdr(LATER), &priced);
    assert_eq!(inferred.total.unwrap().to_string(), "20.00");
    assert!(kinds(&inferred).contains(&WarningKind::ZoneInferred));
    let spain = cdr(&LATER.replace("NLD", "ESP"));
    let tariff = Tariff::from_json(&tariff_text(&priced, "")).unwrap();
    assert_eq!(spain.rate(&tariff, None).map(|_| ()), Err(Unbillable::NoZone));
    let given = spain.rate(&tariff, Some(zone("Atlantic/Canary"))).unwrap();
    assert_eq!(given.total.unwrap().to_string(), "5.00");
    let own = Tariff::from_json(&tariff_text(&priced, r#""zone": "Europe/Madrid""#)).unwrap();
    let own = spain.rate(&own, None).unwrap();
    assert!(kinds(&own).contains(&WarningKind::ZoneOfTariff));
    let any_time = rated(&spain, &element("", "ENERGY", "0.25", ""));
    assert!(kinds(&any_time).contains(&WarningKind::ZoneUnknown));
}

#[test]
fn rounded_hours_begin_no_block() {
    let text = LATER.replace("16:30:00Z\",\n     \"cdr", "15:10:00Z\",\n     \"cdr");
    // 40 minutes are 0.6667 h, which is 2,400.12 s.
    let rounded = cdr(&text.replace("\"volume\": 2}", "\"volume\": 0.6667}"));
    let by_minute = element("", "TIME", "60", r#", "step_size": 60"#);
    assert_eq!(total(&rounded, &by_minute), "40.00");
    // What is stated and is no rounding counts as stated.
    let stated = cdr(&text.replace("\"volume\": 2}", "\"volume\": 0.5}"));
    assert_eq!(total(&stated, &by_minute), "30.00");
}

#[test]
fn a_period_is_priced_by_what_was_in_force_when_it_started() {
    let bands = [
        element(r#""end_time": "16:00""#, "ENERGY", "0.25", ""),
        element("", "ENERGY", "1.00", ""),
    ];
    // 15:30 to 17:30 local: cut at 16:00 it would be 5 kWh and 15 kWh.
    let rated = rated(&cdr(LATER), &bands.join(","));
    assert_eq!(rated.total.unwrap().to_string(), "5.00");
    let spans: Vec<&Warning> = rated
        .warnings
        .iter()
        .filter(|one| one.kind == WarningKind::PeriodSpansPriceChange)
        .collect();
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].to_string(), "period_spans_price_change: $.charging_periods[0]");
}

#[test]
fn stated_power_decides_else_the_mean() {
    let strong =
        [element(r#""min_power": 11"#, "ENERGY", "1.00", ""), element("", "ENERGY", "0.25", "")]
            .join(",");
    // 20 kWh in 2 h are 10 kW.
    assert_eq!(total(&cdr(LATER), &strong), "5.00");
    let stating = |kind: &str, kilowatts: &str| {
        let power = format!(r#"{{"type": "{kind}", "volume": {kilowatts}}}, {{"type": "TIME""#);
        cdr(&LATER.replace(r#"{"type": "TIME""#, &power))
    };
    assert_eq!(total(&stating("POWER", "11.0"), &strong), "20.00");
    assert_eq!(total(&stating("MAX_POWER", "22"), &strong), "20.00");
    assert_eq!(total(&stating("MIN_POWER", "22"), &strong), "5.00");
}

/// Meters tell no current, so that it counts where the CDR states it, and nowhere else.
#[test]
fn stated_current_decides_and_nothing_stands_for_it() {
    let strong = [element(r#""min_current": 32"#, "ENERGY", "1.00", "")];
    let weak = element(r#""max_current": 16"#, "ENERGY", "0.10", "");
    let all = [strong.join(","), weak, element("", "ENERGY", "0.25", "")].join(",");
    assert_eq!(total(&cdr(LATER), &all), "5.00");
    let stating = |kind: &str, amperes: &str| {
        let current = format!(r#"{{"type": "{kind}", "volume": {amperes}}}, {{"type": "TIME""#);
        cdr(&LATER.replace(r#"{"type": "TIME""#, &current))
    };
    for (kind, amperes, expected) in [
        ("CURRENT", "32.0", "20.00"),
        ("MAX_CURRENT", "32", "20.00"),
        ("MIN_CURRENT", "32", "5.00"),
        ("CURRENT", "16", "5.00"),
        ("MIN_CURRENT", "15.9", "2.00"),
        ("MAX_CURRENT", "15.9", "5.00"),
    ] {
        assert_eq!(total(&stating(kind, amperes), &all), expected, "{kind} {amperes}");
    }
    let warned = kinds(&rated(&cdr(LATER), &all));
    assert!(warned.contains(&WarningKind::CurrentNotMetered));
}

#[test]
fn a_reservation_before_the_session_prices_nothing_and_starts_no_clock() {
    let reserved = r#"[{"start_date_time": "2026-01-13T13:30:00Z", "dimensions": [
        {"type": "RESERVATION_TIME", "volume": 1}]}, {"start"#;
    let text = LATER.replace(r#"[{"start"#, reserved).replacen(
        "2026-01-13T14:30:00Z",
        "2026-01-13T13:30:00Z",
        1,
    );
    let after_an_hour = [
        element(r#""min_duration": 3600"#, "ENERGY", "1.00", ""),
        element("", "ENERGY", "0.25", ""),
        element("", "PARKING_TIME", "9", ""),
    ];
    let rated = rated(&cdr(&text), &after_an_hour.join(","));
    assert_eq!(rated.total.unwrap().to_string(), "5.00");
    assert_eq!(rated.price.total_us, 7_200_000_000);
    assert!(!kinds(&rated).contains(&WarningKind::TotalDiffers));
}

#[test]
fn what_a_cdr_does_not_state_is_not_priced() {
    let none = cdr(&LATER.replace(r#", {"type": "TIME", "volume": 2}"#, ""));
    let hourly = [element("", "ENERGY", "0.30", ""), element("", "TIME", "2.00", "")].join(",");
    let rated = rated(&none, &hourly);
    assert_eq!(rated.total.unwrap().to_string(), "6.00");
    assert_eq!(rated.price.time, None);
    assert!(kinds(&rated).contains(&WarningKind::PeriodStatesNoTime));
    let empty = cdr(&LATER.replace("\"charging_periods\"", "\"other\""));
    assert!(told(&empty).contains(&"missing_field: $.charging_periods".to_owned()));
    let tariff = Tariff::from_json(&tariff_text(&hourly, "")).unwrap();
    assert_eq!(empty.rate(&tariff, None).map(|_| ()), Err(Unbillable::NoPeriod));
}

#[test]
fn a_tariff_inside_is_chosen_by_name_then_by_its_validity() {
    let one = |id: &str, rest: &str| {
        format!(
            r#"{{"id": "{id}", "currency": "EUR"{rest}, "elements": [{{"price_components": [
                {{"type": "ENERGY", "price": 0.25, "step_size": 1}}]}}]}}"#
        )
    };
    let with = |tariffs: &str| {
        cdr(&LATER.replacen(r#""currency""#, &format!(r#""tariffs": [{tariffs}], "currency""#), 1))
    };
    let old = one("old", r#", "end_date_time": "2025-12-31T23:00:00Z""#);
    let both = with(&format!("{old}, {}", one("new", "")));
    assert_eq!(both.tariff().unwrap().unwrap().id(), "new");
    let named = LATER
        .replacen(
            r#""currency""#,
            &format!(r#""tariffs": [{}, {old}], "currency""#, one("a", "")),
            1,
        )
        .replacen(r#""dimensions""#, r#""tariff_id": "old", "dimensions""#, 1);
    assert_eq!(cdr(&named).tariff().unwrap().unwrap().id(), "old");
    let broken = with(r#"{"id": "t", "currency": "EUR", "elements": []}"#);
    let fault = broken.tariff().unwrap().map(|_| ()).unwrap_err().to_string();
    assert!(fault.starts_with("$.tariffs[0].elements has no element"), "{fault}");
    assert!(cdr(LATER).tariff().is_none());
}

#[test]
fn causes_are_those_that_reproduce_the_total() {
    let cause = |stated: &str, energy: &str, elements: &str| {
        let text = LATER.replace("5.00,", &format!("{stated},"));
        let text = text.replace("\"total_energy\": 20", &format!("\"total_energy\": {energy}"));
        match rated(&cdr(&text), elements).verdict {
            Verdict::Disputed { causes, .. } => causes,
            verdict => panic!("{stated}: {verdict:?}"),
        }
    };
    let flat = element("", "ENERGY", "0.25", "");
    assert_eq!(cause("10.00", "20", &flat), [DisputeCause::Duplicate]);
    assert_eq!(cause("7.50", "30", &flat), [DisputeCause::Energy]);
    assert_eq!(cause("7.51", "30", &flat), [DisputeCause::Unexplained]);
    let blocked = element("", "ENERGY", "0.25", r#", "step_size": 25000"#);
    assert_eq!(cause("5.00", "20", &blocked), [DisputeCause::Step]);
    let parts = [element("", "ENERGY", "0.25021", ""), element("", "TIME", "1.0023", "")].join(",");
    // 5.0042 and 2.0046: 7.0088, or 5.00 and 2.00.
    assert_eq!(cause("7.00", "20", &parts)[0], DisputeCause::RoundingStage);
}
