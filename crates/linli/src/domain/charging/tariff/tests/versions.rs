//! Versions of one tariff among each other.

use proptest::prelude::*;

use super::made::element;
use super::*;

/// Version `number`, valid over days of January 2026; it may say that it replaces the one before.
fn version(number: u32, from: Option<u32>, until: Option<u32>, replaces: bool) -> Tariff {
    let at = |key: &str, day: Option<u32>| {
        day.map_or_else(String::new, |day| format!(r#""{key}": "2026-01-{day:02}T00:00:00Z", "#))
    };
    let dates = at("start_date_time", from) + &at("end_date_time", until);
    let supersedes = match replaces {
        true => format!(r#", "supersedes": {}"#, number - 1),
        false => String::new(),
    };
    let linli = format!(r#""version": {number}{supersedes}"#);
    let text = tariff_text(&element("", "ENERGY", "0.66", ""), &linli);
    Tariff::from_json(&text.replacen('{', &format!("{{{dates}"), 1)).unwrap()
}

type Days = (Option<u32>, Option<u32>);

/// Days that are not in the wrong order, either open.
fn any_days() -> impl Strategy<Value = Days> {
    (1_u32..12, 1_u32..8, any::<bool>(), any::<bool>()).prop_map(|(from, days, begins, ends)| {
        (begins.then_some(from), ends.then_some(from + days))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Something is said of the versions exactly where some day between the first and the last has
    /// none of them, or has two of which neither replaces the other.
    #[test]
    fn versions_part_all_days_or_are_named(all in prop::collection::vec(any_days(), 1..4)) {
        let numbered = || (1_u32..).zip(&all);
        let versions: Vec<Tariff> =
            numbered().map(|(number, days)| version(number, days.0, days.1, false)).collect();
        let said: Vec<WarningKind> = versions
            .iter()
            .flat_map(|one| one.lint_beside(&versions))
            .map(|warning| warning.kind)
            .collect();
        let valid = |day: u32| {
            let holds = |(from, until): &&Days| {
                from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
            };
            all.iter().filter(holds).count()
        };
        let days: Vec<usize> = (0..30).map(valid).collect();
        let first = days.iter().position(|count| *count > 0).unwrap_or(0);
        let last = days.iter().rposition(|count| *count > 0).unwrap_or(0);
        let has_gap = days[first..=last].contains(&0);
        prop_assert_eq!(said.contains(&WarningKind::GapBetweenVersions), has_gap);
        let overlaps = days.iter().any(|count| *count > 1);
        prop_assert_eq!(said.contains(&WarningKind::OverlapsVersion), overlaps);
    }
}

#[test]
fn a_version_that_replaces_another_may_overlap_it() {
    let first = version(1, None, None, false);
    let told = |second: &Tariff| -> Vec<String> {
        second.lint_beside(std::slice::from_ref(&first)).iter().map(ToString::to_string).collect()
    };
    assert_eq!(told(&version(2, Some(5), None, true)), Vec::<String>::new());
    assert_eq!(told(&version(2, Some(5), None, false)), ["overlaps_version: $.start_date_time"]);
    // The same version again is no other version.
    assert_eq!(told(&first), Vec::<String>::new());
}
