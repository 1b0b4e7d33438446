//! Cases through the command: written as JSON, shown as they were written, refused in a sentence.
//!
//! Keeps away: a context that the rules know and the edges do not.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{demo, json, refusal, run};

const HEAD: &str =
    r#""case_id": "strip", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;
const OPEN: &str = r#", "kind": "hazard", "category": "bare_charging_strip", "severity_n": 3,
    "place_id": "east-gate", "observed_at": "2022-02-20T08:30:00+08:00""#;

fn written(folder: &Path, commands: &[(&str, &str)]) -> String {
    let one = |(name, fields): &(&str, &str)| format!("{{\"{name}\": {{{HEAD}{fields}}}}}");
    let list: Vec<String> = commands.iter().map(one).collect();
    let file = folder.join("commands.json");
    fs::write(&file, format!("[{}]", list.join(",\n"))).expect("written");
    file.display().to_string()
}

/// The strip in the snow is wrapped, which does not resolve it, and then mended, which does.
#[test]
fn a_case_is_told_and_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    demo(home);
    let story = [
        ("open_case", OPEN),
        ("triage_case", r#", "category": "bare_charging_strip", "severity_n": 4"#),
        ("assign_case", r#", "body_id": "committee", "sla_rule": "ordinary""#),
        ("record_mitigation", r#", "what": "wrapped the strip", "is_temporary": true"#),
    ];
    let file = written(home, &story);
    let called = ["execute", &file, "--channel", "phone", "--on-behalf-of", "p-7"];
    assert_eq!(json(home, 0, &called)["events"], 4);
    let resolve = ("resolve_case", r#", "manner": "fixed""#);
    let said = refusal(home, 2, &["execute", &written(home, &[resolve])]);
    assert!(said.contains("for the time being"), "{said}");
    let mended = ("record_mitigation", r#", "what": "a new strip", "is_temporary": false"#);
    json(home, 0, &["execute", &written(home, &[mended, resolve])]);
    let shown = run(home, &["events", "--tag", "case:strip", "--json"]);
    let lines: Vec<Value> = String::from_utf8_lossy(&shown.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines[0]["tags"], serde_json::json!(["case:strip", "place:east-gate"]));
    assert_eq!(
        (&lines[0]["channel"], &lines[0]["reason"]["on_behalf_of"]),
        (&"phone".into(), &"p-7".into())
    );
    assert_eq!(lines[1]["data"]["severity_n"], 4);
    assert_eq!(lines[5]["type"], "CaseResolved");
}

#[test]
fn what_a_reporter_told_is_not_taken_in_clear() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    demo(home);
    let told = format!(r#"{OPEN}, "text": "the strip of Mr Wang""#);
    let said = refusal(home, 2, &["execute", &written(home, &[("open_case", &told)])]);
    assert!(said.contains("no keyring") && !said.contains("Wang"), "{said}");
    let grave = OPEN.replace("\"severity_n\": 3", "\"severity_n\": 9");
    let said = refusal(home, 2, &["execute", &written(home, &[("open_case", &grave)])]);
    assert!(said.contains("from 1 to 4"), "{said}");
}
