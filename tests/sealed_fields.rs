//! What is told about persons, through the command: sealed with a keyring, read with it alone, in
//! no byte of the journal, its log or what is printed; and gone with its key.
//!
//! Keeps away: a field that is sealed in the rules and stands in clear on the disk.

use std::fs;
use std::path::Path;

use linli::Subject;
use linli::privacy::Keyring;
use linli_sqlite::SqliteKeyring;
use serde_json::Value;

use crate::program::{demo, json, linli, refusal, run};

const HEAD: &str =
    r#""dispute_id": "scrape", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;
const RING: [&str; 2] = ["--keyring", "ring.db"];

/// A journal, a keyring, and a story in which `text` is told about somebody.
fn told(home: &Path, text: &str) -> Vec<&'static str> {
    demo(home);
    write(home, text);
    json(home, 0, &["keygen", "keyring", "--out", "ring.db"]);
    let words = [&["execute", "commands.json"], &RING[..]].concat();
    let scope = ["--scope", "xuzhuang/yujing", "--channel", "walk_in"];
    [words, scope.to_vec()].concat()
}

fn write(home: &Path, text: &str) {
    let commands = format!(
        r#"[{{"register_dispute": {{{HEAD}, "kind": "damage", "origin": "application",
            "place_id": "yj"}}}},
           {{"add_party": {{{HEAD}, "party_id": "x", "role": "third", "is_resident": false,
            "description": "{text}"}}}}]"#
    );
    fs::write(home.join("commands.json"), commands).expect("written");
}

fn party(home: &Path, more: &[&str]) -> Value {
    let words =
        [&["events", "--type", "PartyAdded", "--tag", "dispute:scrape", "--json"], more].concat();
    let shown = run(home, &words);
    let errors = String::from_utf8_lossy(&shown.stderr);
    serde_json::from_slice(&shown.stdout).unwrap_or_else(|_| panic!("a line: {errors}"))
}

#[test]
fn a_person_is_read_with_the_keyring_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let words = told(home, "the man with the canary");
    let said = refusal(home, 2, &["execute", "commands.json"]);
    assert!(said.contains("no keyring") && !said.contains("canary"), "{said}");
    assert_eq!(json(home, 0, &words)["before"], false);
    assert_eq!(json(home, 0, &words)["before"], true, "the same again gives the first result");

    let open = party(home, &RING);
    assert_eq!(open["data"]["description"], "the man with the canary");
    assert_eq!((&open["scope"], &open["channel"]), (&"xuzhuang/yujing".into(), &"walk_in".into()));
    let locked = party(home, &[]);
    assert_eq!(locked["data"]["description"], serde_json::json!({ "sealed": "locked" }));
    assert_eq!(locked["id"], open["id"]);
    for file in fs::read_dir(home).expect("a folder") {
        let path = file.expect("a file").path();
        let bytes = fs::read(&path).expect("readable");
        let is_told = bytes.windows(6).any(|piece| piece == b"canary");
        assert_eq!(is_told, path.ends_with("commands.json"), "{}", path.display());
    }

    write(home, "another one");
    let said = refusal(home, 2, &words);
    assert!(said.contains("other content"), "{said}");
}

#[test]
fn a_person_is_gone_with_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let words = told(home, "the man with the canary");
    json(home, 0, &words);
    let before = run(home, &["events", "--json"]).stdout;
    let keyring = SqliteKeyring::open(home.join("ring.db")).expect("a keyring");
    keyring.destroy(&Subject::of("dispute", &"scrape")).expect("destroyed");
    let erased = party(home, &RING);
    assert_eq!(erased["data"]["description"], serde_json::json!({ "sealed": "erased" }));
    assert_eq!(run(home, &["events", "--json"]).stdout, before, "everything else stays");
    assert_eq!(json(home, 0, &words)["before"], true, "what is in clear decides alone");
    let more = format!(
        r#"{{"record_oral_agreement": {{{HEAD}, "reached_on": "2022-02-20", "content": "gone"}}}}"#
    );
    fs::write(home.join("commands.json"), more).expect("written");
    let said = refusal(home, 2, &words);
    assert!(said.contains("key of dispute:scrape was destroyed"), "{said}");
}

#[test]
fn a_keyring_is_made_once_and_refused_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let words = told(home, "somebody");
    let said = refusal(home, 2, &["keygen", "keyring", "--out", "ring.db"]);
    assert!(said.contains("ring.db") && said.contains("overwritten"), "{said}");
    let said = refusal(home, 2, &["execute", "commands.json", "--keyring", "none.db"]);
    assert!(said.contains("none.db") && said.contains("keygen"), "{said}");
    let said = refusal(home, 2, &["execute", "commands.json", "--keyring", "linli.db"]);
    assert!(said.contains("linli.db is not a Linli keyring"), "{said}");
    for (option, wrong) in [("--scope", "a//b"), ("--channel", "smoke")] {
        let said = refusal(home, 2, &["execute", "commands.json", option, wrong]);
        assert!(said.contains(wrong), "{said}");
    }
    fs::rename(home.join("ring.db.key"), home.join("elsewhere")).expect("moved");
    let said = refusal(home, 2, &words);
    assert!(said.contains("ring.db.key") && said.contains("LINLI_KEYRING_KEY"), "{said}");
}

/// The key may come from the environment; then none stands beside the keyring.
#[test]
fn a_key_comes_from_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let with_key = |key: &str, words: &[&str]| {
        let mut command = linli();
        command.current_dir(home).env("LINLI_KEYRING_KEY", key).args(words);
        let output = command.output().expect("the command starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let keygen = ["keygen", "keyring", "--out", "kept.db"];
    assert_eq!(with_key("too short", &keygen).0, Some(2));
    assert_eq!(with_key(&"4f".repeat(32), &keygen).0, Some(0));
    assert!(home.join("kept.db").exists() && !home.join("kept.db.key").exists());
    demo(home);
    let events = ["events", "--keyring", "kept.db", "--limit", "1"];
    assert_eq!(with_key(&"4f".repeat(32), &events).0, Some(0));
    let (status, said) = with_key(&"5f".repeat(32), &events);
    assert!(status == Some(2) && said.contains("does not open with this key"), "{said}");
}
