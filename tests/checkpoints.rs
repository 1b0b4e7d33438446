//! Whoever keeps a signed checkpoint notices what was done to the journal since, through the
//! command: a byte that was edited, an end that was cut off, an older copy, another story.
//!
//! Keeps away: a journal that is sound in itself and is not the one that was signed.

use std::fs;
use std::path::Path;

use linli::journal::{Append, Blocking, Event};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json as value};

use crate::program::{demo, json, refusal, run};

const HELD: [&str; 5] = ["verify", "--checkpoint", "checkpoint", "--key", "key.pub"];
const SIGN: [&str; 5] = ["checkpoint", "--signing-key", "key", "--out", "checkpoint"];

/// A demo, and a checkpoint of it with the number of its events.
fn signed(home: &Path) -> u64 {
    demo(home);
    let made =
        json(home, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    let public = fs::read_to_string(home.join("key.pub")).expect("a public key");
    assert_eq!(made["public_key"], public.trim());
    let signed = json(home, 0, &SIGN);
    assert_eq!(signed["root"], json(home, 0, &["verify"])["root"]);
    signed["events"].as_u64().expect("a number")
}

fn append(home: &Path, events: u8) {
    let store = SqliteStore::open(home.join("linli.db")).expect("a journal");
    for number in 0..events {
        let event = Event::new("Noted").payload(&[number]);
        Blocking(&store).append(Append::of(event)).expect("nothing forbids it");
    }
}

#[test]
fn one_edited_byte_names_the_first_bad_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, path) = (folder.path(), folder.path().join("linli.db"));
    let events = signed(home);
    let sound = json(home, 0, &HELD);
    assert_eq!((&sound["ok"], &sound["events"]), (&true.into(), &events.into()));
    let mut bytes = fs::read(&path).expect("the file");
    // Where a session stands in a record; the same text also lies in pages that were given up.
    let text = b"demo:00003";
    let places: Vec<usize> =
        (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text)).collect();
    for at in &places {
        bytes[*at] ^= 1;
    }
    assert!(!places.is_empty(), "there are sessions in it");
    fs::write(&path, bytes).expect("edited");
    let found = json(home, 1, &HELD);
    let bad = found["first_bad"].as_u64().expect("a position");
    assert!(0 < bad && bad <= events && found["events"] == bad - 1, "{found}");
    let said = refusal(home, 3, &SIGN);
    assert!(said.contains("nothing was signed") && said.contains(&format!("{bad}")), "{said}");
}

#[test]
fn what_was_cut_off_or_rolled_back_is_missed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, path) = (folder.path(), folder.path().join("linli.db"));
    signed(home);
    let older = fs::read(&path).expect("the file");
    append(home, 5);
    let later = json(home, 0, &SIGN)["events"].as_u64().expect("a number");
    let note = fs::read(home.join("checkpoint")).expect("a checkpoint");
    fs::write(&path, older).expect("an older copy");
    let found = json(home, 1, &HELD);
    assert_eq!((&found["ok"], &found["first_bad"]), (&false.into(), &(later - 4).into()));
    let said = refusal(home, 1, &SIGN);
    assert!(said.contains("an older copy was put back"), "{said}");
    assert_eq!(fs::read(home.join("checkpoint")).expect("it is kept"), note);
    // Whoever goes on from the older copy makes a fork of it, though it says the same.
    append(home, 6);
    assert_eq!(json(home, 0, &["verify"])["ok"], true, "it is sound in itself");
    assert_eq!(json(home, 1, &HELD)["within"], value!([1, later]));
}

#[test]
fn another_story_in_its_place_is_found_and_checkpoints_in_between_narrow_it_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, path) = (folder.path(), folder.path().join("linli.db"));
    let first = signed(home);
    fs::copy(home.join("checkpoint"), home.join("earlier")).expect("kept");
    let older = fs::read(&path).expect("the file");
    append(home, 3);
    json(home, 0, &SIGN);
    fs::write(&path, older).expect("an older copy");
    append(home, 1);
    let store = SqliteStore::open(&path).expect("a journal");
    let event = Event::new("Noted").payload(b"something else");
    for _ in 0..3 {
        Blocking(&store).append(Append::of(event.clone())).expect("nothing forbids it");
    }
    drop(store);
    assert_eq!(json(home, 0, &["verify"])["ok"], true, "it is sound in itself");
    let found = json(home, 1, &HELD);
    assert_eq!((&found["first_bad"], &found["within"]), (&Value::Null, &value!([1, first + 3])));
    let both = ["verify", "--checkpoint", "checkpoint", "earlier", "--key", "key.pub"];
    assert_eq!(json(home, 1, &both)["within"], value!([first + 1, first + 3]));
}

#[test]
fn a_forged_checkpoint_or_a_strangers_holds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let events = signed(home);
    let said = refusal(home, 2, &["keygen", "signing", "--out", "key"]);
    assert!(said.contains("key.pub") && said.contains("overwritten"), "{said}");
    let made = json(home, 0, &["keygen", "signing", "--out", "stranger"]);
    assert!(made["origin"].as_str().expect("a name").starts_with("linli/"), "{made}");
    let said = refusal(home, 1, &[&HELD[..4], &["stranger.pub"]].concat());
    assert!(said.contains("is not signed by linli/"), "{said}");
    for out in ["key", "linli.db"] {
        let said = refusal(home, 2, &["prove", "1", "--checkpoint", "checkpoint", "--out", out]);
        assert!(said.contains(&format!("{out}: something else is there already")), "{said}");
    }
    let note = fs::read_to_string(home.join("checkpoint")).expect("a checkpoint");
    let forged = note.replacen(&format!("\n{events}\n"), &format!("\n{}\n", events - 1), 1);
    fs::write(home.join("checkpoint"), forged).expect("written");
    assert!(refusal(home, 1, &HELD).contains("altered or forged"));
    fs::write(home.join("checkpoint"), "Dear neighbours").expect("written");
    assert!(refusal(home, 2, &HELD).contains("checkpoint: this is no checkpoint"));
    for words in [&["verify", "--checkpoint", "checkpoint"][..], &["verify", "--key", "key.pub"]] {
        assert_eq!(run(home, words).status.code(), Some(2), "{words:?}");
    }
    let private = fs::read_to_string(home.join("key")).expect("a key");
    assert!(private.starts_with("PRIVATE+KEY+example.org/yujing+"));
}
