//! Row A4: every call on a file of a SQLite journal fails in turn, in every way in which it can,
//! once or for ever: what was answered is there afterwards, what was refused is not, an unknown
//! outcome stays what its key said, and the journal opens again.
//!
//! Keeps away: a failed flush that is taken for done or asked for again, a refusal of what was
//! written, a key that says "not written" of what comes back when the log is read anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use linli::journal::{Blocking, EventStore};
use linli_disk::{Call, Disk, Fault};
use linli_sqlite::{OpenError, SqliteStore};

use super::account::{Account, Tally, one_sentence};
use super::{in_memory, on_all_cores, told};
use crate::soaking::Soak;

/// How many appends are asked for in CI.
const APPENDS: usize = 20;

/// What became of one story.
#[derive(Debug, Default)]
struct Ended {
    calls: Vec<Call>,
    struck: Option<Call>,
    was_opened: bool,
    tally: Tally,
}

/// A journal is made, written and closed while the fault is in the disk. What lies there in the end
/// is looked at twice: as after a `kill -9` before it was closed, and after it was closed.
fn story(appends: usize, fault: Option<Fault>) -> Ended {
    let (folder, killed) = (in_memory(), in_memory());
    let path = folder.path().join("faults.db");
    let disk = Disk::under(folder.path());
    if let Some(fault) = fault {
        disk.fail(fault);
    }
    let mut account = Account::default();
    let opened = SqliteStore::open(&path);
    let was_opened = opened.is_ok();
    match opened {
        Ok(store) => {
            for number in 0..appends {
                account.ask(&store);
                looks(&store, number);
            }
            copy(&path, &killed.path().join("faults.db"));
            drop(store);
        }
        Err(error) => is_no_damage(&error),
    }
    let calls = disk.calls();
    disk.mend();
    if was_opened {
        let store = SqliteStore::open_existing(killed.path().join("faults.db"));
        account.holds(&store.expect("it opens again after a kill"));
    }
    let store = SqliteStore::open(&path).expect("it opens again");
    let tally = account.holds(&store);
    account.can_be_completed(&store);
    drop(store);
    Ended { calls, struck: disk.struck(), was_opened, tally }
}

/// Somebody reads meanwhile: an error, or what is there.
fn looks(store: &dyn EventStore, number: usize) {
    if number % 5 == 4 {
        match Blocking(store).checkpoint("meter") {
            Ok(_) => {}
            Err(error) => one_sentence(&error),
        }
    }
}

/// A disk that fails has not damaged anything: nobody is told to restore a backup.
fn is_no_damage(error: &OpenError) {
    one_sentence(error);
    let is_damage = matches!(
        error,
        OpenError::Damaged { .. }
            | OpenError::Truncated { .. }
            | OpenError::NotSqlite { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Missing { .. }
    );
    assert!(!is_damage, "a call failed, and it is said: {error}");
}

fn copy(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        if Path::new(&name(from)).exists() {
            fs::copy(name(from), name(to)).expect("a copy");
        }
    }
}

/// Every fault that there is in a story of so many appends.
fn faults(calls: &[Call]) -> Vec<Fault> {
    let each = |(at, call): (usize, &Call)| {
        call.errors().iter().flat_map(move |&error| {
            [false, true].map(|is_for_ever| Fault { at, error, is_for_ever })
        })
    };
    calls.iter().enumerate().flat_map(each).collect()
}

#[test]
fn every_call_that_fails_leaves_what_was_answered() {
    let sound = story(APPENDS, None);
    assert_eq!(sound.tally.written, APPENDS as u64, "nothing fails in a sound disk");
    let faults = faults(&sound.calls);
    let ends = on_all_cores(faults.len(), |number| {
        let fault = faults[number];
        let caught = std::panic::catch_unwind(|| story(APPENDS, Some(fault)));
        caught.unwrap_or_else(|_| panic!("{fault:?} on {:?}", sound.calls[fault.at]))
    });
    let (mut struck, mut tally, mut unopened) = (BTreeMap::<_, u64>::new(), Tally::default(), 0);
    for end in &ends {
        *struck.entry(end.struck).or_default() += 1;
        tally.refused += end.tally.refused;
        tally.unknown += end.tally.unknown;
        tally.unknown_and_there += end.tally.unknown_and_there;
        tally.written += end.tally.written;
        unopened += u64::from(!end.was_opened);
    }
    told(
        "A4 SQLite",
        format_args!("{} faults in {} calls of {APPENDS} commits", faults.len(), sound.calls.len()),
        format_args!(
            "0 of {} answers lost, {} refused, {} unknown of which {} are there",
            tally.written, tally.refused, tally.unknown, tally.unknown_and_there
        ),
    );
    println!("struck {struck:?}; {unopened} journals were not opened before the disk was mended");
    // The faults reached what they are meant for.
    for call in [Call::Open, Call::Read, Call::Write, Call::Sync, Call::Map, Call::Lock] {
        assert!(struck.contains_key(&Some(call)), "no {call:?} failed: {struck:?}");
    }
    // A reader's thread and the writer's may swap a call or two.
    let missed = struck.get(&None).copied().unwrap_or_default();
    assert!(missed * 100 < faults.len() as u64, "{missed} of {} never struck", faults.len());
    assert!(tally.unknown > tally.unknown_and_there && tally.unknown_and_there > 0, "{tally:?}");
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak calls`"]
fn calls() {
    /// How many appends are asked for in a soak.
    const APPENDS: usize = 200;
    let (mut soak, faults) = (Soak::asked(), faults(&story(APPENDS, None).calls));
    while soak.goes_on("faults") {
        let begun = usize::try_from(soak.count("faults")).expect("not many");
        let Some(part) = faults.get(begun..).filter(|rest| !rest.is_empty()) else { return };
        let part = &part[..part.len().min(100)];
        let ends = on_all_cores(part.len(), |number| story(APPENDS, Some(part[number])));
        let sum = |of: fn(&Tally) -> u64| ends.iter().map(|end| of(&end.tally)).sum();
        soak.add(&[
            ("faults", part.len() as u64),
            ("answers", sum(|tally| tally.written)),
            ("refused", sum(|tally| tally.refused)),
            ("unknown", sum(|tally| tally.unknown)),
            ("lost", 0),
        ]);
    }
}
