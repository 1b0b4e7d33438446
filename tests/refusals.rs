//! Bad input gets one sentence that names the place, and the journal stays as it was.

use std::fs;

use crate::program::{demo, json, refusal, tariff};

#[test]
fn files_that_are_no_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("text.db"), "not SQLite at all, but long enough to be read")
        .expect("written");
    fs::create_dir(folder.path().join("folder.db")).expect("made");
    for (journal, status) in [("absent.db", 2), ("text.db", 2), ("folder.db", 2)] {
        let said = refusal(folder.path(), status, &["events", "--journal", journal]);
        assert!(said.contains(journal), "{said}");
    }
    let kept = fs::read_to_string(folder.path().join("text.db")).expect("still there");
    assert!(kept.starts_with("not SQLite"));
}

#[test]
fn a_csv_without_a_column_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("rows.csv"), "session_id,ended_at\n1,2022-02-01T00:00:00Z\n")
        .expect("written");
    let said = refusal(
        folder.path(),
        2,
        &["import", "charging", "rows.csv", "--format", "csv", "--journal", "new.db"],
    );
    assert!(said.contains("started_at") && said.contains("rows.csv"), "{said}");
}

#[test]
fn rows_that_cannot_be_read_are_listed_and_the_others_go_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = "session_id,started_at,ended_at,energy_kwh\n\
                1,2022-02-01T08:00:00+08:00,2022-02-01T09:00:00+08:00,1.5\n\
                2,2022-02-01T08:00:00+08:00,2022-02-01T09:00:00+08:00,NaN\n\
                3,2022-02-01T08:00:00+08:00,2022-02-01T09:00:00+08:00,1e400\n\
                4,not a time,2022-02-01T09:00:00+08:00,2\n";
    fs::write(folder.path().join("rows.csv"), rows).expect("written");
    let import = ["import", "charging", "rows.csv", "--format", "csv", "--timezone", "UTC"];
    let report = json(folder.path(), 2, &import);
    assert_eq!((&report["rows"], &report["imported"]), (&4.into(), &1.into()));
    let refused = report["refused"].as_array().expect("a list");
    let lines: Vec<i64> = refused.iter().filter_map(|row| row["line"].as_i64()).collect();
    assert_eq!(lines, [3, 4, 5]);
    let flat = tariff("flat-0.66");
    let replayed = json(folder.path(), 0, &["replay", "--tariff", &flat]);
    assert_eq!(replayed["tariffs"][0]["total"], "0.99");
}

#[test]
fn a_tariff_without_elements_is_refused_by_path() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    fs::write(
        folder.path().join("empty.json"),
        r#"{"id": "t", "currency": "CNY", "elements": []}"#,
    )
    .expect("written");
    let said = refusal(folder.path(), 2, &["replay", "--tariff", "empty.json"]);
    assert!(said.contains("empty.json") && said.contains("elements"), "{said}");
}

/// What the parser of arguments says on several lines is one sentence as well.
#[test]
fn what_is_typed_wrongly_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    for (words, names) in [
        (&["replay", "--thread", "3"][..], "--threads"),
        (&["explain"], "<SESSION>"),
        (&["import", "charging", "a.csv", "--format", "foo"], "workplace"),
    ] {
        let said = refusal(folder.path(), 2, words);
        assert!(said.contains(names), "{said}");
    }
}

/// A place that cannot be written is refused before the replay, and no half of a file is left.
#[test]
fn bills_that_cannot_be_written_leave_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let said = refusal(folder.path(), 2, &["replay", "--out", "nowhere/bills.csv"]);
    assert!(said.contains("nowhere/bills.csv"), "{said}");
    json(folder.path(), 0, &["replay", "--out", "bills.csv"]);
    let bills = fs::read_to_string(folder.path().join("bills.csv")).expect("written");
    assert_eq!(bills.lines().count(), 61, "a header and a line a session");
}
