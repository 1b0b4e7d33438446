//! The tariff detective on what people have: the files of others, and bills alone.

use std::path::Path;

use serde_json::Value;

use crate::program::{data, json};

const HEADER: &str = "session_id,started_at,ended_at,energy_kwh,issued_amount,currency\n";

/// Imports a table of Linli's own columns, and asks for the tariff.
fn detected(folder: &Path, rows: &str) -> Value {
    let file = folder.join("bills.csv");
    std::fs::write(&file, format!("{HEADER}{rows}")).expect("written");
    let file = file.to_str().expect("a path");
    json(folder, 0, &["import", "charging", file, "--format", "csv"]);
    json(folder, 0, &["detect-tariff"])
}

#[test]
fn the_workplace_tariff_is_found_unaided() {
    let Some(file) = data("charging/workplace/station_data_dataverse.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = file.to_str().expect("a path");
    let import = ["import", "charging", file, "--format", "workplace", "--timezone", "UTC"];
    json(folder.path(), 0, &import);
    let found = json(folder.path(), 0, &["detect-tariff"]);
    assert_eq!(found["eras"].as_array().map(Vec::len), Some(1));
    let era = &found["eras"][0];
    assert_eq!((&era["fits"], &era["of"]), (&3_333.into(), &3_395.into()));
    assert_eq!((&era["dimension"], &era["rate"]), (&"time".into(), &"1.00".into()));
    assert_eq!((&era["per"], &era["free"]), (&"hour".into(), &"4".into()));
    assert_eq!(era["minimum"], "0.50");
    assert_eq!((&era["step"]["size"], &era["step"]["direction"]), (&300.into(), &"down".into()));
    assert_eq!(era["rounding"]["method"], "half_up");
    assert_eq!((&era["rounding"]["digits"], &era["to"]), (&2.into(), &Value::Null));
    assert_eq!(found["suspects"].as_array().map(Vec::len), Some(62));
    assert_eq!(found["causes"]["step"]["bills"], 37);
}

#[test]
fn a_change_of_rate_is_found_in_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = (1..=56_u32).map(|day| {
        let (month, date) = if day <= 28 { (2, day) } else { (3, day - 28) };
        let wh = 1_000 + day * 137 % 9_000;
        let (hundredths, start) = (if month == 2 { 66 } else { 71 }, day % 20 + 1);
        let cents = (wh * hundredths + 500) / 1_000;
        format!(
            "{day},2023-{month:02}-{date:02}T{start:02}:00:00+08:00,\
             2023-{month:02}-{date:02}T{:02}:30:00+08:00,{}.{:03},{}.{:02},CNY\n",
            start + 2,
            wh / 1_000,
            wh % 1_000,
            cents / 100,
            cents % 100,
        )
    });
    let found = detected(folder.path(), &rows.collect::<String>());
    let rates: Vec<&Value> = found["eras"].as_array().expect("a list").iter().collect();
    let rates: Vec<&str> = rates.iter().filter_map(|era| era["rate"].as_str()).collect();
    assert_eq!(rates, ["0.66", "0.71"]);
    assert_eq!(found["eras"][1]["from"], "2023-03-01T00:00:00+08:00");
    assert_eq!(found["eras"][0]["to"], found["eras"][1]["from"]);
    assert_eq!(found["suspects"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_journal_without_bills_has_no_eras() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = detected(folder.path(), "1,2023-02-01T08:00:00Z,2023-02-01T09:00:00Z,1.5,,\n");
    assert_eq!(found["eras"].as_array().map(Vec::len), Some(0));
    assert_eq!(found["unbilled"], 1);
}
