//! OCPI CDRs by the command: priced and judged without a journal, or imported as sessions.

use std::path::Path;

use crate::program::{data, json, refusal, tariff};

/// A CDR under the tariff beside it, or the one inside: the exit status, the total, the causes.
fn rated(folder: &Path, status: i32, path: &str) -> Option<(String, Vec<String>)> {
    let cdr = data(&format!("ocpi/{path}"))?;
    let own = cdr.with_file_name("tariff.json");
    let (cdr, own) = (cdr.to_str()?.to_owned(), own.exists().then_some(own));
    let mut words = vec!["rate", "--cdr", &cdr];
    if let Some(own) = &own {
        words.extend(["--tariff", own.to_str()?]);
    }
    let report = json(folder, status, &words);
    let names = |causes: &serde_json::Value| {
        let names = causes.as_array().into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    Some((report["total_cost"].as_str().unwrap_or("null").to_owned(), names(&report["causes"])))
}

#[test]
fn cdrs_are_priced_and_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        (0, "v211/real_world/flat_dim_with_volume/cdr.json", "12.584", ""),
        (0, "v211/real_world/free_of_charge/cdr.json", "0.00", ""),
        (0, "v221/real_world/credit_cdr/cdr.json", "-5.00", ""),
        (1, "v211/real_world/issue_59_allego/cdr.json", "25.0841", "rounding_stage"),
        (1, "v211/real_world/custom_tariff_dimension/cdr.json", "3.52", "unknown_dimension"),
        (1, "v221/real_world/periods_state_no_time/cdr.json", "6.00", "time_not_stated"),
    ];
    for (status, path, total, cause) in cases {
        let Some((found, causes)) = rated(folder.path(), status, path) else { return };
        assert_eq!(found, total, "{path}");
        assert_eq!(causes.first().map_or("", String::as_str), cause, "{path}");
    }
}

#[test]
fn a_cdr_without_a_tariff_or_with_a_fault_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("cdr.json");
    let file = place.to_str().expect("a path");
    let cdr = r#"{"id": "1", "start_date_time": "2026-01-13T14:30:00Z",
        "end_date_time": "2026-01-13T15:30:00Z", "currency": "EUR", "charging_periods": []}"#;
    std::fs::write(&place, cdr).expect("a file");
    let says = refusal(folder.path(), 2, &["rate", "--cdr", file]);
    assert!(says.ends_with("the CDR carries no tariff; add --tariff FILE"), "{says}");
    let tariff = tariff("hubei");
    let says = refusal(folder.path(), 2, &["rate", "--cdr", file, "--tariff", &tariff]);
    assert!(says.contains("the CDR states no charging period"), "{says}");
    std::fs::write(&place, cdr.replace("14:30:00Z", "soon")).expect("a file");
    let says = refusal(folder.path(), 2, &["rate", "--cdr", file, "--tariff", &tariff]);
    assert!(says.contains("cdr.json: $.start_date_time is \"2026-01-13Tsoon\""), "{says}");
}

#[test]
fn imported_cdrs_are_replayed_against_their_own_bills() {
    let files = ["flat_dim_with_volume", "time_and_parking_time", "issue_59_allego"];
    let folder = tempfile::tempdir().expect("a folder");
    for name in files {
        let Some(file) = data(&format!("ocpi/v211/real_world/{name}/cdr.json")) else { return };
        let file = file.to_str().expect("a path");
        let import = ["import", "charging", file, "--format", "ocpi-cdr"];
        let first = json(folder.path(), 0, &import);
        assert_eq!((&first["rows"], &first["imported"]), (&1.into(), &1.into()), "{name}");
        let again = json(folder.path(), 0, &import);
        assert_eq!((&again["imported"], &again["duplicates"]), (&0.into(), &1.into()), "{name}");
    }
    let tariff = tariff("flat-0.66");
    let report = json(folder.path(), 0, &["replay", "--tariff", &tariff]);
    assert_eq!(report["sessions"], 3);
    assert_eq!(report["energy_wh"], 48_400 + 45_900 + 26_100);
    let Some(own) = data("ocpi/v211/real_world/issue_59_allego/tariff.json") else { return };
    let own = own.to_str().expect("a path");
    let words = ["replay", "--tariff", own, "--against", "issued"];
    let report = json(folder.path(), 1, &words);
    let differences = report["tariffs"][0]["differences"].as_array().expect("a list");
    let told = |id: &str| -> (&str, &str, &str) {
        let own = differences.iter().find(|one| one["session"] == format!("ocpi-cdr:{id}"));
        let own = own.expect("it differs");
        let text = |key: &str| own[key].as_str().expect("a text");
        (text("issued"), text("replayed"), text("cause"))
    };
    assert_eq!(told("71911542"), ("25.09", "25.0841", "rounding_stage"));
    // Readings of our own are cut at 07:00, where this CDR's period goes on: 0.215 h more are due.
    let (issued, replayed, _) = told("211_time_and_parking_time");
    assert_eq!((issued, replayed), ("34.4334", "34.9671"));
}
