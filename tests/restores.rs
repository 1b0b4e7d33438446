//! A journal is lost and restored from a backup that was taken under load, on every store: what the
//! backup holds is whole, what it lacks is noticed, and whoever sends again what was answered
//! brings it back.
//!
//! Keeps away: a backup with half an append in it, one that forgets keys, an end that is missing
//! and that nobody misses.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::scope;

use linli::journal::{Blocking, EventStore, Written};

use crate::faults::account::{append, key, whole_appends};
use crate::postgres::ROWS;
use crate::program::{demo, json, refusal, tariff};
use crate::two_processes::open;

/// How many appends are answered before the backup, and how many behind it at least.
const EACH: u64 = 30;

fn append_one(store: &dyn EventStore, number: u64) -> Written {
    Blocking(store).append(append(number)).expect("nothing forbids it").written
}

/// Takes a backup while somebody appends, and says how many appends there are in the end.
fn backed_up(home: &Path, journal: &str) -> u64 {
    let (store, is_taken) = (open(journal), AtomicBool::new(false));
    let mut appends = scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = EACH;
            while !is_taken.load(SeqCst) {
                append_one(&*store, number);
                number += 1;
            }
            number
        });
        json(home, 0, &["copy", "--journal", journal, "--to", "backup.db"]);
        is_taken.store(true, SeqCst);
        writer.join().expect("it appends")
    });
    for _ in 0..EACH {
        append_one(&*store, appends);
        appends += 1;
    }
    appends
}

/// Loses the journal at an address, and restores it at another.
fn restored(journal: &str, anew: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    json(home, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    let sign = |name| {
        let words = ["checkpoint", "--journal", journal, "--signing-key", "key", "--out", name];
        json(home, 0, &words);
    };
    let store = open(journal);
    for number in 0..EACH {
        append_one(&*store, number);
    }
    drop(store);
    sign("before");
    let appends = backed_up(home, journal);
    sign("after");

    let events = json(home, 0, &["copy", "--journal", "backup.db", "--to", anew])["events"].clone();
    let held = |status, name| {
        let words = ["verify", "--journal", anew, "--checkpoint", name, "--key", "key.pub"];
        json(home, status, &words)
    };
    assert_eq!(held(0, "before")["events"], events);
    let lacks = events.as_u64().expect("a number") + 1;
    assert_eq!(held(1, "after")["first_bad"], lacks);

    let store = open(anew);
    let kept = whole_appends(&*store).len() as u64;
    assert!((EACH..appends).contains(&kept), "{kept} of {appends}");
    for number in 0..appends {
        let known = Blocking(&*store).receipt(key(number)).expect("readable");
        assert_eq!(known.is_some(), number < kept, "the key of {number}");
        let is_there = append_one(&*store, number) == Written::Before;
        assert_eq!(is_there, number < kept, "append {number}");
    }
    assert!(whole_appends(&*store).keys().copied().eq(0..appends), "each once");
}

#[test]
fn a_backup_brings_a_file_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let [journal, anew] = ["lost.db", "anew.db"].map(|name| folder.path().join(name));
    restored(journal.to_str().expect("a path"), anew.to_str().expect("a path"));
}

#[test]
fn a_backup_brings_a_journal_in_postgres_back() {
    let fresh = || linli_postgres::trial::Fresh::journal();
    let (Some(journal), Some(anew)) = (fresh(), fresh()) else { return };
    restored(&journal.address, &anew.address);
}

#[test]
fn a_backup_brings_a_journal_in_jetstream_back() {
    let fresh = || linli_nats::trial::Fresh::journal();
    let (Some(journal), Some(anew)) = (fresh(), fresh()) else { return };
    restored(&journal.address, &anew.address);
}

/// An archive is a backup as well. A seal and a snapshot that know more than a restored journal
/// does are noticed.
#[test]
fn an_archive_brings_a_journal_back_and_what_knows_more_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, flat) = (folder.path(), tariff("flat-0.66"));
    demo(home);
    let early = json(home, 0, &["copy", "--to", "early.db"]);
    std::fs::write(home.join("rows.csv"), ROWS).expect("written");
    let rows = ["import", "charging", "rows.csv", "--format", "csv", "--timezone", "UTC"];
    assert_eq!(json(home, 0, &rows)["imported"], 3);
    let whole = json(home, 0, &["verify"]);
    json(home, 0, &["seal", "--to", "archive"]);
    let kept = ["replay", "--tariff", &flat, "--snapshot", "kept"];
    let bills = json(home, 0, &kept)["tariffs"].clone();

    let copied = json(home, 0, &["copy", "--journal", "archive:archive", "--to", "anew.db"]);
    assert_eq!(copied["root"], whole["root"]);
    let anew = json(home, 0, &[&kept[..], &["--journal", "anew.db"]].concat());
    assert_eq!(anew["tariffs"], bills);
    assert_eq!(anew["resumed_after"], whole["events"], "the same events, the same snapshot");

    let early_again = json(home, 0, &[&kept[..], &["--journal", "early.db"]].concat());
    assert!(early_again["resumed_after"].is_null(), "it knows what the journal does not");
    let said = refusal(home, 2, &["seal", "--journal", "early.db", "--to", "archive"]);
    let known = early["events"].as_u64().expect("a number");
    assert!(said.contains("archive") && said.contains(&known.to_string()), "{said}");
}
