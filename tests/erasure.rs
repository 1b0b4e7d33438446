//! A resident is forgotten, through the command: the name is nowhere, and bills, counts, digests,
//! proofs and the words of others are as they were.
//!
//! Keeps away: an erasure that rewrites history, one that leaves the name readable, a keyring that
//! cannot be read between two keys.

use std::fs;
use std::path::Path;

use serde_json::{Value, json as value};

use crate::program::{demo, json, refusal, run, tariff};

const ERASE: [&str; 4] = ["erase", "p-wei", "--keyring", "ring.db"];
const READ: [&str; 4] = ["events", "--keyring", "ring.db", "--json"];

/// A neighbourhood in which two quarrel; one of them is told about by name.
fn told(home: &Path) {
    const AT: &str = r#""at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;
    demo(home);
    json(home, 0, &["keygen", "keyring", "--out", "ring.db"]);
    let commands = format!(
        r#"[{{"register_person": {{{AT}, "person_ref": "p-wei", "name": "canary of Wei"}}}},
            {{"register_person": {{{AT}, "person_ref": "p-fang", "name": "words of Fang"}}}},
            {{"register_dispute": {{{AT}, "dispute_id": "scrape", "kind": "damage",
              "origin": "application", "place_id": "yj"}}}},
            {{"add_party": {{{AT}, "dispute_id": "scrape", "party_id": "x", "role": "third",
              "is_resident": false, "description": "the owner of the other car"}}}}]"#
    );
    fs::write(home.join("commands.json"), commands).expect("written");
    json(home, 0, &["execute", "commands.json", "--keyring", "ring.db"]);
    fs::remove_file(home.join("commands.json")).expect("removed");
    json(home, 0, &["keygen", "signing", "--out", "key"]);
    json(home, 0, &["checkpoint", "--signing-key", "key", "--out", "held"]);
}

fn said(home: &Path) -> String {
    String::from_utf8(run(home, &READ).stdout).expect("lines of JSON")
}

/// What everybody reads without a keyring.
fn in_clear(home: &Path) -> (Value, Value, String) {
    let replay = json(home, 0, &["replay", "--tariff", &tariff("flat-0.66")]);
    let head = json(home, 0, &["verify", "--checkpoint", "held", "--key", "key.pub"]);
    let lines = run(home, &["events", "--limit", "400", "--json"]).stdout;
    (replay, head["ok"].clone(), String::from_utf8(lines).expect("lines of JSON"))
}

#[test]
fn a_resident_is_forgotten_and_everything_else_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    told(home);
    let before = in_clear(home);
    let events = json(home, 0, &["verify"])["events"].as_u64().expect("a number");
    fs::copy(home.join("linli.db"), home.join("backup.db")).expect("a backup");
    json(home, 0, &["prove", &events.to_string(), "--checkpoint", "held", "--out", "proof"]);
    assert!(said(home).contains("canary of Wei"));

    let hold = [&ERASE[..], &["--hold", "disputes=2999-01-01=Archives Law 21"]].concat();
    let hold = [&hold[..], &["--refuse", "charging=a bill is open"]].concat();
    let held = json(home, 0, &hold);
    assert_eq!((&held["released"], &held["destroyed"]), (&false.into(), &false.into()));
    assert_eq!(held["answers"]["disputes"]["restricted_until"]["until_on"], "2999-01-01");
    assert_eq!(held["answers"]["charging"]["refused"]["reason"], "a bill is open");
    assert_eq!(held["answers"]["registry"], "erased");
    assert!(said(home).contains("canary of Wei"), "a hold keeps the key");

    let release = [&ERASE[..], &["--release", "disputes", "--release", "charging"]].concat();
    let erased = json(home, 0, &release);
    assert_eq!((&erased["destroyed"], &erased["confirmed"]), (&true.into(), &false.into()));
    for journal in ["linli.db", "backup.db"] {
        let shown = run(home, &[&READ[..], &["--journal", journal]].concat()).stdout;
        let shown = String::from_utf8(shown).expect("lines of JSON");
        assert!(!shown.contains("canary of Wei"), "{journal}");
        assert!(shown.contains("words of Fang") && shown.contains("the owner of the other car"));
        assert!(shown.contains(&value!({"sealed": "erased"}).to_string()), "not empty: erased");
    }
    for file in fs::read_dir(home).expect("a folder") {
        let bytes = fs::read(file.expect("a file").path()).expect("readable");
        assert!(!bytes.windows(13).any(|run| run == b"canary of Wei"));
    }
    assert_eq!(in_clear(home), before, "bills, proofs and what was in clear are as they were");
    json(home, 0, &["verify", "--proof", "proof", "--key", "key.pub"]);

    let head = json(home, 0, &["verify"]);
    assert_eq!(json(home, 0, &ERASE)["destroyed"], true);
    assert_eq!(json(home, 0, &["verify"]), head, "again does nothing more");
    let confirm = [&ERASE[..], &["--backups-expired"]].concat();
    assert_eq!(json(home, 0, &confirm)["confirmed"], true);
    let again = r#"{"register_person": {"at": "2022-02-21T09:00:00+08:00", "person_ref": "p-wei",
        "zone": "Asia/Shanghai", "name": "canary of Wei"}}"#;
    fs::write(home.join("commands.json"), again).expect("written");
    refusal(home, 2, &["execute", "commands.json", "--keyring", "ring.db"]);
}

#[test]
fn what_is_wrong_with_a_demand_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    told(home);
    for (option, text, named) in [
        ("--hold", "disputes=tomorrow=a law", "2030-01-01"),
        ("--hold", "disputes", "CONTEXT=DATE=LAW"),
        ("--refuse", "charging", "CONTEXT=REASON"),
        ("--release", "kitchen", "no context that answers"),
    ] {
        let words = [&ERASE[..], &[option, text]].concat();
        let said = refusal(home, 2, &words);
        assert!(said.contains(named), "{said}");
    }
    let twice = [&ERASE[..], &["--release", "charging", "--refuse", "charging=no"]].concat();
    assert!(refusal(home, 2, &twice).contains("one answer"));
    let nobody = refusal(home, 2, &["erase", "p-nobody", "--keyring", "ring.db"]);
    assert!(nobody.contains("p-nobody"), "{nobody}");
    assert!(said(home).contains("canary of Wei"));
}

#[test]
fn a_keyring_is_given_another_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    told(home);
    let before = said(home);
    let old = fs::read(home.join("ring.db.key")).expect("a key");
    let done = json(home, 0, &["rekey", "--keyring", "ring.db"]);
    assert_eq!(done["keys"], 3, "two persons and a dispute");
    assert_eq!(said(home), before);
    fs::write(home.join("ring.db.key"), old).expect("the old key");
    let said = refusal(home, 2, &READ);
    assert!(said.contains("does not open with this key"), "{said}");
}
