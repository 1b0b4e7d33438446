//! Workdays, restdays and holidays, as the tariff's own calendar says.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::made::{Made, any_session, element};
use super::*;

const EXACTLY: &str = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;

/// Days around those that sessions are made on, some of them holidays or worked.
#[derive(Clone, Debug)]
struct Listed {
    holidays: Vec<NaiveDate>,
    workdays: Vec<NaiveDate>,
}

impl Listed {
    fn written(&self) -> String {
        let list = |days: &[NaiveDate]| {
            let days: Vec<String> = days.iter().map(|day| format!("\"{day}\"")).collect();
            days.join(", ")
        };
        let (holidays, workdays) = (list(&self.holidays), list(&self.workdays));
        format!(r#""calendar": {{"holidays": [{holidays}], "workdays": [{workdays}]}}"#)
    }
}

fn any_listed() -> impl Strategy<Value = Listed> {
    prop::collection::vec(0_u8..4, 4 * 12).prop_map(|kinds| {
        let bases = ["2022-03-24", "2022-10-27", "2024-02-25", "2025-12-28"];
        let days = bases.into_iter().flat_map(|base| {
            let base: NaiveDate = base.parse().unwrap();
            (0..12).map(move |after| base + Days::new(after))
        });
        let mut listed = Listed { holidays: Vec::new(), workdays: Vec::new() };
        for (day, kind) in days.zip(kinds) {
            match kind {
                0 => listed.holidays.push(day),
                1 => listed.workdays.push(day),
                _ => {}
            }
        }
        listed
    })
}

fn day_element(day: &str, restriction: &str, price: &str) -> String {
    let plain = element(restriction, "ENERGY", price, "");
    plain.replacen('{', &format!(r#"{{"linli": {{"day": "{day}"}}, "#), 1)
}

/// Three prices by the kind of day, a fourth in the night of a workday.
fn by_kind(listed: &Listed) -> Tariff {
    let night = r#""start_time": "23:00", "end_time": "07:00""#;
    let elements = [
        day_element("workday", night, "0.30"),
        day_element("workday", "", "0.66"),
        day_element("restday", "", "0.51"),
        day_element("holiday", "", "0.17"),
    ];
    tariff(&elements.join(","), &format!("{EXACTLY}, {}", listed.written()))
}

/// The same in OCPI's own words: an element for each listed day, then the days of the week.
fn by_dates(listed: &Listed) -> Tariff {
    let night = r#""start_time": "23:00", "end_time": "07:00""#;
    let on = |day: &NaiveDate| {
        format!(r#""start_date": "{day}", "end_date": "{}""#, *day + Days::new(1))
    };
    let mut elements = Vec::new();
    for day in &listed.holidays {
        elements.push(element(&on(day), "ENERGY", "0.17", ""));
    }
    let weekdays = r#""day_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]"#;
    for worked in listed.workdays.iter().map(on).chain([weekdays.to_owned()]) {
        elements.push(element(&format!("{worked}, {night}"), "ENERGY", "0.30", ""));
        elements.push(element(&worked, "ENERGY", "0.66", ""));
    }
    elements.push(element("", "ENERGY", "0.51", ""));
    tariff(&elements.join(","), EXACTLY)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Kinds of day say no more than OCPI could with an element for each date, on both ways to a
    /// price.
    #[test]
    fn a_calendar_is_short_for_its_dates(listed in any_listed(), session in any_session()) {
        let (short, long) = (by_kind(&listed), by_dates(&listed));
        let mut pricer = Pricer::new(&short);
        let checked = session.metered().check().unwrap();
        let quick = pricer.price(&session.metered());
        prop_assert_eq!(&quick, &pricer.price_by_periods(&checked));
        prop_assert_eq!(quick.map(|price| price.exact), total(&long, &session));
    }
}

fn total(tariff: &Tariff, session: &Made) -> Result<Exact, Unbillable> {
    price(tariff, &session.metered()).map(|price| price.exact)
}

/// Spring Festival 2026 in China: the Saturday before it is worked, its Monday is not.
#[test]
fn make_up_workdays_cost_as_workdays_do() {
    let days = ["2026-02-16", "2026-02-14"].map(|day| vec![day.parse().unwrap()]);
    let [holidays, workdays] = days;
    let tariff = by_kind(&Listed { holidays, workdays });
    let at_noon = |day: &str| {
        let (from, until) = (format!("{day}T04:00:00Z"), format!("{day}T05:00:00Z"));
        let hour = [charging(&from, &until, 1_000)];
        let price = price(&tariff, &metered("Asia/Shanghai", &hour)).unwrap();
        assert_eq!(tariff.energy_price_at(hour[0].from, zone("Asia/Shanghai")), Some(price.exact));
        price.amount.to_string()
    };
    let days = ["2026-02-13", "2026-02-14", "2026-02-15", "2026-02-16", "2026-02-17"];
    assert_eq!(days.map(at_noon), ["0.66", "0.66", "0.51", "0.17", "0.66"]);
}

#[test]
fn a_calendar_that_cannot_be_meant_is_refused() {
    let refusal = |elements: &str, linli: &str| {
        Tariff::from_json(&tariff_text(elements, linli)).map(|_| ()).unwrap_err().to_string()
    };
    let workday = day_element("workday", "", "0.66");
    let none = refusal(&workday, "");
    assert!(none.starts_with("$.linli.calendar is missing; write the holidays"), "{none}");
    let both = r#""calendar": {"holidays": ["2026-01-01"], "workdays": ["2026-01-01"]}"#;
    let both = refusal(&workday, both);
    assert!(both.starts_with("$.linli.calendar.workdays[0] is \"2026-01-01\"; write"), "{both}");
    let no_day = refusal(&workday, r#""calendar": {"holidays": ["2026-02-30"]}"#);
    assert!(no_day.starts_with("$.linli.calendar.holidays[0] is \"2026-02-30\""), "{no_day}");
    let unknown = refusal(&workday, r#""calendar": {"holiday": []}"#);
    assert!(unknown.starts_with("$.linli.calendar.holiday is not supported"), "{unknown}");
    let sunday = refusal(&day_element("sunday", "", "0.66"), r#""calendar": {}"#);
    assert!(sunday.ends_with("is \"sunday\"; write workday, restday or holiday"), "{sunday}");
}

#[test]
fn every_version_of_ocpi_carries_a_calendar() {
    let listed = Listed { holidays: vec!["2026-02-16".parse().unwrap()], workdays: Vec::new() };
    let tariff = by_kind(&listed);
    for version in OcpiVersion::ALL {
        let written = tariff.to_json(version).unwrap().json;
        assert!(written.contains(&listed.written()), "{written}");
        assert!(written.contains(r#"{"day": "holiday"}"#), "{written}");
    }
}

#[test]
fn a_linter_names_a_calendar_without_effect() {
    let found = |elements: &[String], calendar: &str| -> Vec<String> {
        let linli = format!(r#""calendar": {calendar}"#);
        let tariff = tariff(&elements.join(","), &linli);
        tariff.lint().iter().map(ToString::to_string).collect()
    };
    let base = element("", "ENERGY", "0.66", "");
    let unused = found(std::slice::from_ref(&base), r#"{"holidays": ["2026-01-01"]}"#);
    assert_eq!(unused, ["without_effect: $.linli.calendar"]);
    let holiday = [day_element("holiday", "", "0.17"), base];
    let never = found(&holiday, r#"{"workdays": ["2026-01-05"]}"#);
    let expected =
        ["without_effect: $.linli.calendar.workdays", "never_applies: $.elements[0].linli.day"];
    assert_eq!(never, expected);
    let all = ["workday", "restday", "holiday"].map(|day| day_element(day, "", "0.66"));
    for fine in [&holiday[..], &all] {
        assert_eq!(found(fine, r#"{"holidays": ["2026-01-01"]}"#), Vec::<String>::new());
    }
    assert_eq!(
        found(&all[..2], r#"{"holidays": ["2026-01-01"]}"#),
        ["not_always_priced: $.elements[0].price_components[0]"]
    );
}
