//! A resident takes home the receipt for their bill, and checks it with the public key alone: by
//! the command, and by a second verifier that is made of the written format.
//!
//! Keeps away: a receipt that tells another amount than was signed, one that tells of neighbours.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{demo, json, refusal};

const CHECK: [&str; 5] = ["verify", "--proof", "mine.json", "--key", "key.pub"];

/// What the second verifier says of the receipt: its exit status and what it printed.
fn second(home: &Path) -> Option<(Option<i32>, Value)> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/python/python");
    let words = ["-m", "linli_receipt", "--key", "key.pub", "mine.json"];
    let mut python = Command::new("python3");
    let python = python.args(words).current_dir(home).env("PYTHONPATH", modules);
    let Ok(output) = python.env("PYTHONDONTWRITEBYTECODE", "1").output() else {
        println!("not run: there is no python3");
        return None;
    };
    Some((output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)))
}

#[test]
fn a_resident_checks_the_bill_at_home() {
    let (folder, away) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, away) = (folder.expect("a folder"), away.expect("a folder"));
    let (house, home) = (folder.path(), away.path());
    demo(house);
    json(house, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    json(house, 0, &["checkpoint", "--signing-key", "key", "--tiles", "served"]);
    let mine = ["receipt", "demo:000003", "--tiles", "served", "--out", "mine.json"];
    let made = json(house, 0, &mine);
    for file in ["mine.json", "key.pub"] {
        fs::copy(house.join(file), home.join(file)).expect("handed over");
    }
    let checked = json(home, 0, &CHECK);
    let bills = checked["bills"].as_array().expect("bills").len();
    assert_eq!(made["events"], bills);
    let bill = &checked["bills"][0];
    assert_eq!(bill["data"]["session"], "demo:000003");
    let text = fs::read_to_string(home.join("mine.json")).expect("a receipt");
    for other in ["demo:000002", "demo:000004"] {
        assert!(!text.contains(other), "{other}");
    }
    if let Some((status, told)) = second(home) {
        assert_eq!((status, &told["bills"]), (Some(0), &checked["bills"]));
    }
    // Another amount in words is not what was hashed.
    let amount = bill["data"]["amount"].as_str().expect("an amount");
    let forged = text.replacen(&format!("\"{amount}\""), "\"0.01\"", 1);
    assert_ne!(forged, text);
    fs::write(home.join("mine.json"), forged).expect("written");
    assert!(refusal(home, 1, &CHECK).contains("is not what stands in the journal there"));
    if let Some((status, _)) = second(home) {
        assert_eq!(status, Some(1));
    }
    fs::write(home.join("mine.json"), "{\"dear\": \"neighbours\"}").expect("written");
    assert!(refusal(home, 2, &CHECK).contains("mine.json: this is no receipt"));
    if let Some((status, _)) = second(home) {
        assert_eq!(status, Some(2));
    }
    let none = ["receipt", "demo:999999", "--tiles", "served"];
    assert!(refusal(house, 2, &none).contains("no bill of session demo:999999"));
}
