//! `linli checkpoint --tiles` keeps the hashes in a folder; proofs out of it are the same as those
//! out of the journal, and what is wrong in it is made anew by a deletion.
//!
//! Keeps away: a proof that has to read the whole journal, one that believes a damaged file.

use std::fs;
use std::path::Path;

use crate::program::{demo, demo_of, json, refusal};

const SIGN: [&str; 5] = ["checkpoint", "--signing-key", "key", "--tiles", "served"];
const SEVEN: [&str; 4] = ["prove", "7", "--tiles", "served"];

fn made(home: &Path) {
    demo(home);
    json(home, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    json(home, 0, &[&SIGN[..], &["--out", "earlier"]].concat());
    let lines = r#"{"register_person": {"person_ref": "p-new", "at": "2022-03-01T09:00:00+08:00",
        "zone": "Asia/Shanghai"}}"#;
    fs::write(home.join("commands.json"), lines).expect("written");
    json(home, 0, &["execute", "commands.json"]);
    json(home, 0, &[&SIGN[..], &["--out", "later"]].concat());
}

#[test]
fn proofs_out_of_tiles_are_those_out_of_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    made(home);
    let later = fs::read_to_string(home.join("later")).expect("a checkpoint");
    assert_eq!(fs::read_to_string(home.join("served/checkpoint")).expect("a checkpoint"), later);
    let walked = json(home, 0, &["prove", "7", "--checkpoint", "later"]);
    assert_eq!(json(home, 0, &SEVEN), walked);
    let earlier = ["--checkpoint", "earlier"];
    let walked = json(home, 0, &[&["prove", "7"][..], &earlier].concat());
    assert_eq!(json(home, 0, &[&SEVEN[..], &earlier].concat()), walked);
    let growth = ["prove", "--from", "earlier", "--to", "later"];
    let walked = json(home, 0, &growth);
    // Out of tiles it needs no journal at all.
    let elsewhere = ["--tiles", "served", "--journal", "nowhere.db"];
    assert_eq!(json(home, 0, &[&growth[..], &elsewhere].concat()), walked);
}

#[test]
fn a_damaged_tile_is_named_and_deleting_mends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    made(home);
    let path = home.join("served/tile/0/000");
    let mut bytes = fs::read(&path).expect("a full tile");
    bytes[0] ^= 1;
    fs::write(&path, bytes).expect("written");
    let said = refusal(home, 3, &SEVEN);
    assert!(said.contains("delete served/tile, and `linli checkpoint --tiles`"), "{said}");
    fs::remove_dir_all(home.join("served/tile")).expect("deleted");
    json(home, 0, &SIGN);
    assert_eq!(json(home, 0, &SEVEN), json(home, 0, &["prove", "7", "--checkpoint", "later"]));
    // Of another story nothing is signed over the one in the folder.
    demo_of(home, 2, "other.db");
    let said = refusal(home, 1, &[&SIGN[..], &["--journal", "other.db"]].concat());
    assert!(said.contains("nothing was signed"), "{said}");
    let said = refusal(home, 2, &["prove", "7"]);
    assert!(said.contains("--checkpoint or --tiles"), "{said}");
}
