//! A journal is packed: replays take its sessions from columns, say the same, and say so where the
//! columns are not what was packed.
//!
//! Keeps away: a bill that is another one because the journal was packed, damage that is billed.

use rusqlite::Connection;

use crate::program::{demo, json, refusal, run};

#[test]
fn a_packed_journal_gives_the_same_answers_until_what_is_packed_is_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    let whole = json(folder, 0, &["verify"]);
    let asked = [
        &["replay", "--by", "card-month"][..],
        &["replay", "--threads", "2"],
        &["replay", "--against", "issued"],
        &["replay", "--as-known-at", "3000"],
        &["detect-tariff"],
        &["facts"],
    ];
    let answers = || asked.map(|words| json(folder, 0, words));
    let before = answers();
    let packed = json(folder, 0, &["pack"]);
    assert_eq!((&packed["events"], &packed["packed"]), (&whole["events"], &whole["events"]));
    assert_eq!((&packed["new"], &packed["ranges"]), (&whole["events"], &1.into()));
    assert_eq!(answers(), before);
    assert_eq!(json(folder, 0, &["verify"]), whole);
    let again = json(folder, 0, &["pack"]);
    assert_eq!((&again["packed"], &again["new"]), (&whole["events"], &0.into()));

    let file = Connection::open(folder.join("linli.db")).expect("the file");
    let sql = "UPDATE packed_block SET block = zeroblob(length(block)) WHERE number = 2";
    assert_eq!(file.execute(sql, []).expect("a change"), 1);
    drop(file);
    for words in [&["replay"][..], &["replay", "--threads", "2"]] {
        let refused = refusal(folder, 3, words);
        assert!(refused.contains("`linli pack --anew` makes it again"), "{refused}");
    }
    let damaged = json(folder, 1, &["verify"]);
    assert_eq!((&damaged["first_bad"], &damaged["events"]), (&1.into(), &whole["events"]));
    // Whoever asks for every event reads no columns.
    assert_eq!(json(folder, 0, &["replay", "--against", "issued"]), before[2]);
    let mended = json(folder, 0, &["pack", "--anew"]);
    assert_eq!(mended["new"], whole["events"]);
    assert_eq!(answers(), before);
    assert_eq!(json(folder, 0, &["verify"]), whole);
}

#[test]
fn what_is_no_file_is_not_packed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    run(folder, &["seal", "--to", "sealed"]);
    for address in ["archive:sealed", "memory:", "postgres://localhost/none?journal=none"] {
        let refused = refusal(folder, 2, &["pack", "--journal", address]);
        assert!(refused.contains("a journal in a file is packed"), "{address}: {refused}");
    }
    let missing = refusal(folder, 2, &["pack", "--journal", "missing.db"]);
    assert!(missing.contains("there is no journal at"), "{missing}");
}
