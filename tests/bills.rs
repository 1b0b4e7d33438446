//! The main job on real input: files in, bills out, as the data's READMEs say.

use crate::program::{data, json, refusal, tariff};

#[test]
fn workplace_agrees_as_published() {
    let Some(file) = data("charging/workplace/station_data_dataverse.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = file.to_str().expect("a path");
    let import = ["import", "charging", file, "--format", "workplace", "--timezone", "UTC"];
    let first = json(folder.path(), 0, &import);
    assert_eq!((&first["rows"], &first["imported"]), (&3_395.into(), &3_395.into()));
    assert_eq!(flags(&first, ["overlap_connector", "overlap_card", "zero_energy"]), [19, 15, 55]);
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

/// How many sessions of an import have each flag.
fn flags<const N: usize>(report: &serde_json::Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| report["flagged"][name].as_u64().unwrap_or_default())
}

/// Totals by half up, half even, floor and ceiling, as in the table of the README.
fn totals(folder: &std::path::Path) -> Vec<String> {
    let files = ["half-up", "half-even", "floor", "ceiling"].map(|m| format!("flat-0.66-{m}"));
    let files = files.map(|name| tariff(&name));
    let mut words = vec!["replay"];
    for file in &files {
        words.extend(["--tariff", file]);
    }
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
    let odd = ["no_end", "zero_duration", "overlap_card", "overlap_connector"];
    assert_eq!(flags(&report, odd), [34, 17, 23, 3]);
    let odd = ["probable_duplicate", "duration_mismatch", "start_on_busy_connector"];
    assert_eq!(flags(&report, odd), [1, 11, 34]);
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
    let odd = ["no_end", "overlap_card", "repeated_hour", "duration_mismatch"];
    assert_eq!(flags(&report, odd), [38, 89, 3, 111]);
    assert_eq!(totals(folder.path()), ["295508.17", "295504.86", "295331.84", "295678.55"]);
}

#[test]
fn dundee_ends_after_it_starts_once_the_dates_are_exchanged() {
    let path = "charging/dundee/Charging_Sessions_Dundee_021217-020318.csv";
    let Some(file) = data(path) else { return };
    let file = file.to_str().expect("a path");
    let odd = ["end_before_start", "zero_duration", "negative_energy", "date_suspect"];
    let import = ["import", "charging", file, "--format", "dundee", "--journal"];
    let folder = tempfile::tempdir().expect("a folder");
    let found = json(folder.path(), 0, &[&import[..], &["as-found.db"]].concat());
    assert_eq!((&found["rows"], &found["imported"]), (&1_250.into(), &1_250.into()));
    assert_eq!(flags(&found, odd), [26, 17, 2, 26]);
    let exchanged = [&import[..], &["exchanged.db", "--swap-day-month"]].concat();
    assert_eq!(flags(&json(folder.path(), 0, &exchanged), odd), [0, 17, 2, 0]);
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

#[test]
fn a_replay_goes_on_from_its_snapshot() {
    let (Some(first), Some(second)) = (
        data("charging/trondheim/Dataset1_EV_charging_reports.csv"),
        data("charging/workplace/station_data_dataverse.csv"),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let import = |file: &std::path::Path, more: &[&str]| {
        let all = std::fs::read_to_string(file).expect("it is read");
        let rows: String = all.split_inclusive('\n').take(1_000).collect();
        std::fs::write(folder.join("rows.csv"), rows).expect("written");
        json(folder, 0, &[&["import", "charging", "rows.csv", "--format"], more].concat())
    };
    let flat = tariff("flat-0.66");
    let plain = ["replay", "--tariff", &flat, "--by", "card-month"];
    let kept = [&plain[..], &["--snapshot", "kept"]].concat();
    import(&first, &["trondheim"]);
    let begun = json(folder, 0, &kept);
    assert!(begun["resumed_after"].is_null(), "there was no snapshot yet");
    let head = json(folder, 0, &["verify"])["events"].clone();
    import(&second, &["workplace", "--timezone", "UTC"]);
    let known = ["--as-known-at", &head.to_string()];
    let (rest, whole) = (json(folder, 0, &kept), json(folder, 0, &plain));
    assert_eq!(rest["resumed_after"], head);
    assert_eq!(rest["tariffs"], whole["tariffs"]);
    assert_eq!(begun["tariffs"], json(folder, 0, &[&plain[..], &known].concat())["tariffs"]);
    // What is damaged, or beyond what is asked for, counts as nothing, and is made anew.
    let path = folder.join("kept");
    let mut bytes = std::fs::read(&path).expect("a snapshot");
    *bytes.last_mut().expect("a byte") ^= 1;
    std::fs::write(&path, bytes).expect("written");
    assert!(json(folder, 0, &kept)["resumed_after"].is_null());
    assert!(!json(folder, 0, &kept)["resumed_after"].is_null());
    assert!(json(folder, 0, &[&kept[..], &known].concat())["resumed_after"].is_null());
    assert!(!json(folder, 0, &kept)["resumed_after"].is_null(), "who looks back spoils nothing");
    // Another file is left alone.
    let journal = std::fs::read(folder.join("linli.db")).expect("the journal");
    let words = ["replay", "--tariff", &flat, "--snapshot", "linli.db"];
    let sentence = refusal(folder, 2, &words);
    assert!(sentence.ends_with("linli.db: it is no snapshot of a replay; name another file"));
    assert_eq!(std::fs::read(folder.join("linli.db")).expect("the journal"), journal);
    // A cache that cannot be written costs no report.
    let nowhere = ["replay", "--tariff", &flat, "--by", "card-month", "--snapshot", "no/kept"];
    assert!(refusal(folder, 2, &nowhere).starts_with("linli: the snapshot is not kept: no/kept: "));
    assert_eq!(json(folder, 2, &nowhere)["tariffs"], whole["tariffs"]);
}
