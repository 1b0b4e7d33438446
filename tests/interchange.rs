//! Documents in and out by the command: what one community exports another one imports, once.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{json as document, refusal, run};

/// Commands that a journal is made of.
const STORY: &str = r#"[
    {"open_case": {"case_id": "c-1", "kind": "hazard", "category": "wires", "severity_n": 3,
        "place_id": "gate-east", "observed_at": "2022-02-20T09:00:00+08:00",
        "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_case": {"case_id": "c-2", "kind": "request", "category": "lamp", "severity_n": 1,
        "place_id": "gate-west", "observed_at": "2022-02-20T09:00:00+08:00",
        "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"withdraw_case": {"case_id": "c-2", "at": "2022-02-20T10:00:00+08:00",
        "zone": "Asia/Shanghai"}},
    {"launch_project": {"project_id": "gate", "team_id": "reds", "kind": "order",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_shift": {"shift_id": "s-1", "project_id": "gate", "capacity_n": 4,
        "starts_at": "2022-02-20T09:00:00+08:00", "ends_at": "2022-02-20T11:00:00+08:00",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"register_volunteer": {"person_ref": "p-1", "volunteer_no": "v-1",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"record_dose": {"dose_id": "d-1", "recipient_ref": "p-1", "series_id": "covid", "dose_no": 1,
        "product_code": "vero", "holder": "CNBG", "pack_id": "81", "lot_no": "L7",
        "expires_on": "2023-06-30", "site": "left deltoid", "route": "intramuscular",
        "vaccinator_ref": "p-nurse", "at": "2022-02-20T09:40:00+08:00",
        "zone": "Asia/Shanghai"}}]"#;

fn written(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file");
}

/// A journal with the story in it.
fn told(folder: &Path) {
    written(folder, "none.json", "[]");
    document(folder, 0, &["import", "requests", "none.json"]);
    written(folder, "story.json", STORY);
    document(folder, 0, &["execute", "story.json"]);
}

#[test]
fn what_one_community_exports_another_one_imports_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let requests = document(folder, 0, &["export", "requests"]);
    let stands = |place: usize| [&requests[place]["status"], &requests[place]["status_notes"]];
    assert_eq!(stands(0), ["open", "open"]);
    assert_eq!(stands(1), ["closed", "withdrawn by the reporter"]);
    written(folder, "requests.json", &requests.to_string());
    let import = [
        "import",
        "requests",
        "requests.json",
        "--source",
        "yujing",
        "--timezone",
        "Asia/Shanghai",
        "--journal",
        "other.db",
    ];
    let report = document(folder, 2, &import);
    assert_eq!((&report["rows"], &report["imported"]), (&json!(2), &json!(1)));
    assert_eq!(report["refused"][0]["column"], "status");
    let again = document(folder, 2, &import);
    assert_eq!((&again["imported"], &again["duplicates"]), (&json!(0), &json!(1)));
    let other = document(folder, 0, &["export", "requests", "--journal", "other.db"]);
    let mut same = requests[0].clone();
    same["service_request_id"] = "yujing:c-1".into();
    assert_eq!(other, json!([same]));
}

#[test]
fn hours_come_in_from_a_file_and_bad_rows_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    written(
        folder,
        "hours.csv",
        "person,shift,in,out\n\
        p-1,s-1,2022-02-20 09:00,2022-02-20 11:00\np-1,s-9,2022-02-20 09:00,\n",
    );
    let import = ["import", "hours", "hours.csv", "--timezone", "Asia/Shanghai"];
    let report = document(folder, 2, &import);
    assert_eq!((&report["imported"], &report["refused"][0]["line"]), (&json!(1), &json!(3)));
    let again = document(folder, 2, &import);
    assert_eq!((&again["imported"], &again["duplicates"]), (&json!(0), &json!(1)));
    let says = refusal(folder, 2, &["import", "attendance", "hours.csv"]);
    assert!(says.contains("column `class` is missing in the header"), "{says}");
}

#[test]
fn a_calendar_and_a_bundle_are_written_to_standard_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let calendar = run(folder, &["export", "calendar"]);
    assert_eq!(calendar.status.code(), Some(0));
    let text = String::from_utf8(calendar.stdout).expect("UTF-8");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(document(folder, 0, &["export", "calendar"])["entries"], 1);
    let bundle: Value = document(folder, 0, &["export", "immunizations"]);
    assert_eq!(bundle["entry"][0]["resource"]["status"], "completed");
    let says = refusal(folder, 2, &["export", "requests", "--journal", "none.db"]);
    assert!(says.contains("there is no journal"), "{says}");
}
