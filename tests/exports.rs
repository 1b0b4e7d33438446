//! Tables in a folder by the command, and the bills of a replay as Parquet.
//!
//! Keeps away: a file that is half there, a cell that a spreadsheet calculates, a bound that is
//! forgotten.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::program::{demo_of, json as document, refusal, run, tariff};

fn told(folder: &Path) {
    demo_of(folder, 1, "yujing.db");
}

#[test]
fn every_table_becomes_a_file_in_either_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let journal = ["--journal", "yujing.db"];
    let parquet = document(folder, 0, &[&["export", "tables"], &journal[..]].concat());
    assert_eq!(
        (&parquet["rows"]["sessions"], &parquet["rows"]["disputes"]),
        (&json!(60), &json!(1))
    );
    let csv = ["export", "texts", "--format", "csv"];
    let csv = document(folder, 0, &[&csv, &journal[..]].concat());
    assert_eq!(csv["rows"], parquet["rows"]);
    let rows = csv["rows"].as_object().expect("a row count each");
    assert_eq!(rows.len(), 11);
    for (table, rows) in rows {
        let bytes = fs::read(folder.join(format!("tables/{table}.parquet"))).expect("a file");
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{table}");
        let text = fs::read_to_string(folder.join(format!("texts/{table}.csv"))).expect("a file");
        let lines = text.lines().count() as u64;
        assert!(lines > rows.as_u64().expect("a count"), "{table}: {lines} lines");
    }
    let files = |of: &str| fs::read_dir(folder.join(of)).expect("a folder").count();
    assert_eq!((files("tables"), files("texts")), (11, 11), "nothing half is left");
}

#[test]
fn an_export_keeps_to_its_bounds_and_says_what_it_does_not_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let one = ["export", "t", "--table", "activities", "--journal", "yujing.db"];
    let all = document(folder, 0, &one)["rows"]["activities"].as_u64().expect("a count");
    let bounded = [&one[..], &["--as-of", "2019-12-31"]].concat();
    let some = document(folder, 0, &bounded)["rows"]["activities"].as_u64().expect("a count");
    assert!(0 < some && some < all, "{some} of {all}");
    let none = [&one[..], &["--as-known-at", "1"]].concat();
    assert_eq!(document(folder, 0, &none)["rows"], json!({ "activities": 0 }));
    let says = refusal(folder, 2, &["export", "t", "--table", "sesions", "--journal", "yujing.db"]);
    assert!(says.contains("sessions"), "{says}");
    let says = refusal(folder, 2, &["export", "--journal", "yujing.db"]);
    assert!(says.contains("FOLDER") || says.contains("folder"), "{says}");
    fs::write(folder.join("taken"), "").expect("a file");
    let says = refusal(folder, 2, &["export", "taken", "--journal", "yujing.db"]);
    assert!(says.starts_with("linli: taken") || says.contains("taken"), "{says}");
}

#[test]
fn no_text_of_others_is_a_formula_in_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let start = json!([{"record_session_start": {"session": "=1:1", "connector": "@east",
        "card": "-1+1", "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai",
        "register": null, "flags": []}}]);
    fs::write(folder.join("start.json"), start.to_string()).expect("a file");
    fs::write(folder.join("none.json"), "[]").expect("a file");
    document(folder, 0, &["import", "requests", "none.json"]);
    document(folder, 0, &["execute", "start.json"]);
    document(folder, 0, &["export", "t", "--format", "csv", "--table", "sessions"]);
    let text = fs::read_to_string(folder.join("t/sessions.csv")).expect("a file");
    assert!(text.contains("'=1:1,'-1+1,'@east,2022-02-27T01:00:00Z,"), "{text}");
}

#[test]
fn the_bills_of_a_replay_become_a_parquet_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let flat = tariff("flat-0.66");
    let words = ["replay", "--tariff", &flat, "--out", "bills.parquet", "--journal", "yujing.db"];
    assert_eq!(run(folder, &words).status.code(), Some(0));
    let bytes = fs::read(folder.join("bills.parquet")).expect("a file");
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}
