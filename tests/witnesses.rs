//! Two communities witness each other by handing files: whoever wants a neighbour's cosignature
//! under a checkpoint is not shown another story, even by who has the journal's own key.
//!
//! Keeps away: a journal that was rewritten and signed anew; a witness that signs two stories.

use std::fs;
use std::path::Path;

use crate::program::{demo, demo_of, json, refusal};

/// A neighbour's folder with the key of its witness, and a community with a signed journal.
fn made(home: &Path, neighbour: &Path) {
    let words = ["keygen", "witness", "--out", "witness", "--origin", "example.org/neighbour"];
    let made = json(neighbour, 0, &words);
    assert_eq!(made["name"], "example.org/neighbour");
    demo(home);
    json(home, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    json(home, 0, &["checkpoint", "--signing-key", "key", "--out", "held"]);
    fs::copy(home.join("key.pub"), neighbour.join("yujing.pub")).expect("handed over");
    fs::copy(neighbour.join("witness.pub"), home.join("neighbour.pub")).expect("handed over");
}

/// One more event.
fn grow(home: &Path) {
    let lines = r#"{"register_person": {"person_ref": "p-new", "at": "2022-03-01T09:00:00+08:00",
        "zone": "Asia/Shanghai"}}"#;
    fs::write(home.join("commands.json"), lines).expect("written");
    json(home, 0, &["execute", "commands.json"]);
    json(home, 0, &["checkpoint", "--signing-key", "key", "--out", "held"]);
}

const COSIGN: [&str; 7] =
    ["witness", "asked", "--key", "yujing.pub", "--witness-key", "witness", "--out"];
const WITNESSED: [&str; 7] =
    ["verify", "--checkpoint", "held", "--key", "key.pub", "--witness", "neighbour.pub"];

fn hand(from: &Path, name: &str, to: &Path, as_name: &str) {
    fs::copy(from.join(name), to.join(as_name)).expect("handed over");
}

#[test]
fn a_neighbour_cosigns_what_goes_on_and_nothing_else() {
    let (folder, next_door) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, next_door) = (folder.expect("a folder"), next_door.expect("a folder"));
    let (home, neighbour) = (folder.path(), next_door.path());
    made(home, neighbour);
    assert!(refusal(home, 1, &WITNESSED).contains("0 of the witnesses have cosigned it"));
    let cosign = [&COSIGN[..], &["cosigned"]].concat();
    hand(home, "held", neighbour, "asked");
    let first = json(neighbour, 0, &cosign);
    hand(neighbour, "cosigned", home, "held");
    assert_eq!(json(home, 0, &WITNESSED)["events"], first["events"]);
    json(home, 0, &["prove", "7", "--checkpoint", "held", "--out", "seven"]);
    hand(home, "held", home, "first");

    // What it goes on to needs the proof from there.
    grow(home);
    hand(home, "held", neighbour, "asked");
    let said = refusal(neighbour, 2, &cosign);
    assert!(said.contains(&format!("make the proof from the checkpoint of {}", first["events"])));
    json(home, 0, &["prove", "--from", "first", "--to", "held", "--out", "growth"]);
    hand(home, "growth", neighbour, "asked");
    json(neighbour, 0, &cosign);
    hand(neighbour, "cosigned", home, "held");
    json(home, 0, &WITNESSED);

    // Who has only a proof asks for the witness too.
    let proof = ["verify", "--proof", "seven", "--key", "key.pub", "--witness", "neighbour.pub"];
    json(home, 0, &proof);
    let more = [&proof[..], &["--quorum", "2"]].concat();
    assert!(refusal(home, 2, &more).contains("--quorum 2 is more than the witnesses"));
}

#[test]
fn a_story_that_was_signed_anew_is_not_cosigned() {
    let (folder, next_door) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, next_door) = (folder.expect("a folder"), next_door.expect("a folder"));
    let (home, neighbour) = (folder.path(), next_door.path());
    made(home, neighbour);
    let cosign = [&COSIGN[..], &["cosigned"]].concat();
    hand(home, "held", neighbour, "asked");
    json(neighbour, 0, &cosign);
    // The operator throws all away, tells another story, and has the key to sign it.
    fs::remove_file(home.join("held")).expect("removed");
    let other = ["--journal", "other.db"];
    demo_of(home, 2, "other.db");
    let sign = ["checkpoint", "--signing-key", "key", "--out", "held"];
    json(home, 0, &[&sign[..], &other].concat());
    json(home, 0, &[&["verify", "--checkpoint", "held", "--key", "key.pub"][..], &other].concat());
    let (asked, held) = (neighbour.join("asked"), home.join("held"));
    let (first, second) = (fs::read_to_string(&asked), fs::read_to_string(held));
    let (first, second) = (first.expect("a note"), second.expect("a note"));
    let events = first.lines().nth(1).expect("a size");
    fs::write(&asked, format!("old {events}\n\n{second}")).expect("written");
    let said = refusal(neighbour, 1, &cosign);
    assert!(said.contains("does not lead to the root"), "{said}");
    assert!(refusal(home, 1, &[&WITNESSED[..], &other].concat()).contains("1 are needed"));
    // And a witness that has lost its memory says so.
    fs::remove_file(neighbour.join("witness.seen")).expect("removed");
    let said = refusal(neighbour, 2, &cosign);
    assert!(said.contains("make another one by `linli keygen witness`"), "{said}");
}
