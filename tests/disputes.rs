//! Mediation through the command: written as JSON, shown as it was written, refused in a sentence.
//!
//! Keeps away: a context that the rules know and the edges do not.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{demo, json, refusal, run};

const HEAD: &str =
    r#""dispute_id": "scrape", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;

fn written(folder: &Path, commands: &[(&str, &str)]) -> String {
    let one = |(name, fields): &(&str, &str)| format!("{{\"{name}\": {{{HEAD}{fields}}}}}");
    let list: Vec<String> = commands.iter().map(one).collect();
    let file = folder.join("commands.json");
    fs::write(&file, format!("[{}]", list.join(",\n"))).expect("written");
    file.display().to_string()
}

#[test]
fn a_dispute_is_told_and_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let party = r#", "party_id": "owner", "role": "respondent", "person_ref": "p-7",
        "is_resident": true"#;
    let story = [
        ("register_dispute", r#", "kind": "damage", "origin": "application", "place_id": "yj""#),
        ("add_party", party),
        ("record_oral_agreement", r#", "reached_on": "2022-02-20""#),
    ];
    demo(home);
    let before = json(home, 0, &["replay"]);
    let done = json(home, 0, &["execute", &written(home, &story)]);
    assert_eq!(done["events"], 4);
    let shown = run(home, &["events", "--tag", "dispute:scrape", "--json"]);
    let lines: Vec<Value> = String::from_utf8_lossy(&shown.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines[1]["type"], "PartyAdded");
    assert_eq!(lines[1]["tags"], serde_json::json!(["dispute:scrape", "person:p-7"]));
    assert_eq!(lines[1]["data"]["role"], "respondent");
    assert_eq!(lines[2]["flags"], serde_json::json!(["terms_unrecorded"]));
    assert_eq!(lines[3]["data"]["form"], "oral");
    assert_eq!(json(home, 0, &["replay"]), before, "a dispute moves no bill");
}

#[test]
fn what_is_refused_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let fields = r#", "kind": "damage", "origin": "application", "place_id": "yj""#;
    demo(home);
    json(home, 0, &["execute", &written(home, &[("register_dispute", fields)])]);
    let secret = r#", "party_id": "x", "role": "third", "is_resident": false,
        "description": "a tall man""#;
    let said = refusal(home, 2, &["execute", &written(home, &[("add_party", secret)])]);
    assert!(said.contains("no keyring") && !said.contains("tall"), "{said}");
    let said = refusal(home, 2, &["execute", &written(home, &[("apoint_mediator", "")])]);
    assert!(said.contains("is `appoint_mediator` meant?"), "{said}");
}
