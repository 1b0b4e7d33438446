//! What is wiped from memory when it is dropped is shown nowhere while it lives.

use super::tree::File;
use super::{assert_finds, assert_holds};

/// Types whose values are secret. Their own `Debug` shows what they hold, or may one day.
const SECRETS: &[&str] = &["Zeroizing<", "ed25519_dalek::SigningKey", "StandardSigner"];

fn no_secret_derives_debug(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is("rs") && !file.is_test()) {
        for derived in file.text.split("#[derive(").skip(1) {
            let Some((traits, rest)) = derived.split_once(")]") else { continue };
            let item = item(rest);
            let is_shown = traits.split(',').any(|one| one.trim() == "Debug");
            if is_shown && SECRETS.iter().any(|secret| item.contains(secret)) {
                let first = item.lines().map(str::trim).find(|line| is_head(line));
                found.push(format!(
                    "{}: `{}` holds a secret and derives Debug; write one that shows none",
                    file.path,
                    first.unwrap_or(item.trim())
                ));
            }
        }
    }
    found
}

/// The structure or the choice behind its attributes, to its end.
fn item(rest: &str) -> &str {
    let ends = [rest.find("\n}"), rest.find(");\n"), rest.find("\n\n")];
    rest.get(..ends.into_iter().flatten().min().unwrap_or(rest.len())).unwrap_or(rest)
}

fn is_head(line: &str) -> bool {
    line.split([' ', '(']).any(|word| ["struct", "enum"].contains(&word))
}

#[test]
fn what_holds_a_secret_shows_none() {
    assert_holds(no_secret_derives_debug);
}

#[test]
fn a_secret_that_would_be_shown_is_found() {
    let key = "#[derive(Clone, Debug)]\n/// A key.\npub struct Key(Zeroizing<[u8; 32]>);\n";
    let pair = "#[derive(Debug)]\nstruct Pair {\n    key: ed25519_dalek::SigningKey,\n}\n";
    let good = "#[derive(Clone)]\npub struct Good(Zeroizing<String>);\n\
                #[derive(Debug)]\nstruct Open(u8);\nfn wiped() -> Zeroizing<String> {}\n";
    let samples = [("crates/a/src/key.rs", key), ("crates/a/src/pair.rs", pair)];
    let samples = [samples[0], samples[1], ("crates/a/src/good.rs", good)];
    assert_finds(
        no_secret_derives_debug,
        &samples,
        &[
            "crates/a/src/key.rs: `pub struct Key(Zeroizing<[u8; 32]>` holds a secret and derives \
             Debug; write one that shows none",
            "crates/a/src/pair.rs: `struct Pair {` holds a secret and derives Debug; write one \
             that shows none",
        ],
    );
}
