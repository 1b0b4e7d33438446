//! The main job on real input: files in, bills out, as the data's READMEs say.

use crate::program::{data, json, tariff};

#[test]
fn workplace_agrees_as_published() {
    let Some(file) = data("charging/workplace/station_data_dataverse.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = file.to_str().expect("a path");
    let import = ["import", "charging", file, "--format", "workplace", "--timezone", "UTC"];
    let first = json(folder.path(), 0, &import);
    assert_eq!((&first["rows"], &first["imported"]), (&3_395.into(), &3_395.into()));
    let again = json(folder.path(), 0, &import);
    assert_eq!((&again["imported"], &again["duplicates"]), (&0.into(), &3_395.into()));
    let tariff = tariff("workplace");
    let replay = ["replay", "--tariff", &tariff, "--against", "issued"];
    let report = json(folder.path(), 1, &replay);
    let result = &report["tariffs"][0];
    assert_eq!(report["sessions"], 3_395);
    assert_eq!((&result["agree"], &result["differ"]), (&3_333.into(), &62.into()));
    assert_eq!((&result["missing"], &result["extra"]), (&0.into(), &0.into()));
    assert_eq!(result["total"], "442.24");
    assert_eq!(result["difference"], "-40.72");
    assert_eq!(result["causes"]["step"]["sessions"], 37);
    assert_eq!(result["currency"], "USD");
    let together = json(folder.path(), 1, &[&replay[..], &["--threads", "4"]].concat());
    assert_eq!(result["digest"], together["tariffs"][0]["digest"]);
}

/// Totals by half up, half even, floor and ceiling, as in the table of the README.
fn totals(folder: &std::path::Path) -> Vec<String> {
    let files = ["half-up", "half-even", "floor", "ceiling"].map(|m| format!("flat-0.66-{m}"));
    let files = files.map(|name| tariff(&name));
    let mut words = vec!["replay"];
    files.iter().for_each(|file| words.extend(["--tariff", file]));
    let report = json(folder, 0, &words);
    let totals = report["tariffs"].as_array().expect("a list").iter();
    totals.map(|result| result["total"].as_str().expect("a decimal").to_owned()).collect()
}

#[test]
fn trondheim_totals_are_exact() {
    let Some(file) = data("charging/trondheim/Dataset1_EV_charging_reports.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = file.to_str().expect("a path");
    let import = ["import", "charging", file, "--format", "trondheim"];
    let report = json(folder.path(), 0, &import);
    assert_eq!(report["imported"], 6_878);
    assert_eq!(report["flagged"]["no_end"], 34);
    assert_eq!(report["flagged"]["zero_duration"], 17);
    assert_eq!(totals(folder.path()), ["57745.91", "57745.21", "57711.95", "57779.36"]);
}

#[test]
fn norway12_totals_are_exact() {
    let Some(file) = data("charging/norway12/Dataset1_charging_reports.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = file.to_str().expect("a path");
    let import = ["import", "charging", file, "--format", "norway12"];
    let report = json(folder.path(), 0, &import);
    assert_eq!(report["imported"], 35_377);
    assert_eq!(report["flagged"]["no_end"], 38);
    assert_eq!(totals(folder.path()), ["295508.17", "295504.86", "295331.84", "295678.55"]);
}

#[test]
fn the_demo_replays_its_own_bills() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = ["demo", "--sessions", "200"];
    let first = json(folder.path(), 0, &demo);
    assert_eq!(first["sessions"], 200);
    let facts = first["facts"].as_array().expect("a list");
    assert!(facts.iter().all(|fact| fact["holds"] == true), "{facts:?}");
    let again = json(folder.path(), 0, &demo);
    assert_eq!(first["events"], again["events"], "a second demo adds nothing");
    assert_eq!(first["replay"], again["replay"]);
}
