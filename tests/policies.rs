//! Policies through the command: whoever keeps the journal says what time it is.
//!
//! Keeps away: policies that the library has and nobody can run; a story that was read from a file
//! and starts to call people.

use std::fs;

use crate::program::{demo, json, refusal};

const STRIP: &str = r#"[
  {"open_case": {"case_id": "strip", "at": "2022-03-01T09:00:00+08:00", "zone": "Asia/Shanghai",
    "kind": "hazard", "category": "bare_charging_strip", "severity_n": 3,
    "place_id": "east-gate", "observed_at": "2022-03-01T08:30:00+08:00"}},
  {"record_mitigation": {"case_id": "strip", "at": "2022-03-01T10:00:00+08:00",
    "zone": "Asia/Shanghai", "what": "wrapped the strip", "is_temporary": true}}
]"#;

#[test]
fn the_time_is_told_and_the_same_time_again_adds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    demo(home);
    let at = |now| json(home, 0, &["advance", "--now", now]);
    let done = at("2022-03-01T12:00:00+08:00");
    assert_eq!((&done["taken"], &done["settled"]), (&0.into(), &true.into()), "all is imported");
    let file = home.join("strip.json");
    fs::write(&file, STRIP).expect("written");
    json(home, 0, &["execute", &file.display().to_string()]);
    let done = at("2022-03-01T12:00:00+08:00");
    assert_eq!(done["taken"], 3, "a task, and two waits");
    assert_eq!(at("2022-03-01T12:00:00+08:00")["taken"], 0);
    assert_eq!(at("2022-03-04T10:00:00+08:00")["taken"], 1, "the reminder");
    assert_eq!(at("2022-03-15T10:00:00+08:00")["taken"], 1, "the escalation");
    assert_eq!(json(home, 0, &["advance"])["taken"], 0, "nothing is left to this day");
}

#[test]
fn the_story_of_the_seed_runs_where_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    demo(home);
    let words = ["advance", "--with-imports", "--now", "2022-03-31T12:00:00+08:00"];
    let done = json(home, 0, &words);
    assert!(done["taken"].as_u64().is_some_and(|taken| taken > 0), "{done}");
    assert_eq!(done["settled"], true);
    assert_eq!(json(home, 0, &words)["taken"], 0);
    let facts = json(home, 0, &["facts"]);
    let holds = |fact: &serde_json::Value| fact["holds"] == true;
    assert!(facts.as_array().is_some_and(|facts| facts.iter().all(holds)), "{facts}");
}

/// A slip of the pen would end every wait for good.
#[test]
fn a_time_in_the_future_is_told_on_purpose() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let words = ["advance", "--now", "2922-03-01T12:00:00+08:00"];
    let said = refusal(folder.path(), 2, &words);
    assert!(said.contains("ledger's clock") && said.contains("--in-future"), "{said}");
    let meant = [&words[..], &["--in-future"]].concat();
    assert_eq!(json(folder.path(), 0, &meant)["settled"], true);
}

#[test]
fn a_time_without_an_offset_is_nobodys() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = refusal(folder.path(), 2, &["advance", "--now", "2022-03-01T12:00:00"]);
    assert!(said.contains("names no instant") && said.contains("offset"), "{said}");
}
