//! Every byte on the disk is looked at for what was told about two hundred persons: in a journal
//! that was closed and one that was not, its log, a backup of it, its archive, and the keyring.
//!
//! Keeps away: a clear field that repeats a sealed one, a digest or tag that is made of it, an
//! erasure that a restored backup takes back.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linli::journal::{Blocking, EventStore, Query, ReadOptions};
use linli::ledger::{Authority, Demand, Ledger, Request};
use linli::{Timestamp, proof};
use linli_archive::{Archive, ArchiveStore, Seal};
use linli_sqlite::{SqliteKeyring, SqliteStore};
use sha2::{Digest, Sha256};

const PERSONS: usize = 200;

/// A word that stands nowhere by chance.
fn canary(number: usize) -> String {
    format!("{:x}", Sha256::digest(format!("canary {number}"))).split_off(48)
}

fn told(number: usize) -> Request {
    const AT: &str = r#""at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;
    let (name, phone) = (canary(2 * number), canary(2 * number + 1));
    let told = format!(
        r#"{{"register_person": {{{AT}, "person_ref": "p-{number}", "name": "{name}",
            "phone": "{phone}", "born_on": "1990-02-28"}}}}"#
    );
    Request::from_json(&told).expect("a command").from_source("desk", &number.to_string())
}

fn demand(number: usize) -> Demand {
    Demand {
        subject_ref: format!("p-{number}").parse().expect("a name"),
        at: Timestamp(1_646_096_400_000_000),
        zone: "Asia/Shanghai".parse().expect("a zone"),
        scope: "".parse().expect("a scope"),
        answers: BTreeMap::new(),
    }
}

/// How many of the words stand in a file of the folder, as they are or as their hash.
fn on_disk(folder: &Path) -> usize {
    let words = (0..2 * PERSONS).map(canary);
    let hashes = (0..2 * PERSONS).map(|number| Sha256::digest(canary(number)));
    let hashed: HashSet<[u8; 16]> = hashes.filter_map(|hash| hash.first_chunk().copied()).collect();
    let plain: HashSet<[u8; 16]> =
        words.filter_map(|word| word.as_bytes().first_chunk().copied()).collect();
    let mut found = HashSet::new();
    let paths = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    for path in paths.filter(|path| path.is_file()) {
        let bytes = fs::read(path).expect("readable");
        let runs = bytes.array_windows();
        found.extend(runs.filter(|run| plain.contains(*run) || hashed.contains(*run)).copied());
    }
    found.len()
}

/// How many of the words a reader of the journal sees, and how many events there are.
fn read(journal: &Path, keyring: Option<&Path>) -> (usize, usize) {
    read_of(SqliteStore::open_read_only(journal).expect("a journal"), keyring)
}

fn read_of(store: impl EventStore + 'static, keyring: Option<&Path>) -> (usize, usize) {
    let mut ledger = Ledger::new(store, Authority::read_only());
    if let Some(path) = keyring {
        ledger = ledger.with_keyring(Arc::new(SqliteKeyring::open(path).expect("a keyring")));
    }
    let (mut seen, mut events) = (String::new(), 0);
    ledger
        .each("test", Query::all(), ReadOptions::forwards(), |_, happened| {
            seen.push_str(&happened.event.data().to_string());
            events += 1;
        })
        .expect("readable");
    ((0..2 * PERSONS).filter(|number| seen.contains(&canary(*number))).count(), events)
}

/// Seals what the journal holds now.
fn seal(journal: &Path, folder: &Path) -> PathBuf {
    let store = SqliteStore::open_read_only(journal).expect("a journal");
    let archive = Archive::create(folder).expect("a folder");
    let sealed = archive.seal(Blocking(&store), Seal::all(), |_| ControlFlow::Continue(()));
    assert_eq!(sealed.expect("sealed").rows, PERSONS as u64);
    folder.to_owned()
}

#[test]
fn nobody_is_found_on_the_disk_and_an_erased_one_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let [journal, ring, backup] =
        ["journal.db", "ring.db", "backup.db"].map(|name| folder.path().join(name));
    let keyring = Arc::new(SqliteKeyring::create(&ring).expect("a keyring"));
    let store = SqliteStore::open(&journal).expect("a journal");
    let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring.clone());
    let requests: Vec<Request> = (0..PERSONS).map(told).collect();
    let answers = ledger.execute_group_blocking("test", requests).expect("may");
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(on_disk(folder.path()), 0, "while the journal is open");
    drop(ledger);
    assert_eq!(on_disk(folder.path()), 0, "when it is closed");
    fs::copy(&journal, &backup).expect("a backup");

    let archive = seal(&journal, &folder.path().join("sealed"));
    assert_eq!(on_disk(&archive.join("segments")), 0, "in the archive");
    let archived = || ArchiveStore::open(&archive).expect("an archive");

    assert_eq!(read(&journal, Some(&ring)), (2 * PERSONS, PERSONS), "all are read");
    assert_eq!(read_of(archived(), Some(&ring)), (2 * PERSONS, PERSONS), "in the archive too");
    assert_eq!(read(&journal, None), (0, PERSONS), "nobody without the keyring");

    let store = SqliteStore::open(&journal).expect("a journal");
    let held = [proof::Checkpoint::of(&proof::tree(Blocking(&store)).expect("sound"))];
    let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring);
    for number in 0..PERSONS {
        assert!(ledger.erase_blocking("test", &demand(number)).expect("erased").is_destroyed);
    }
    // A demand, seven answers, a destruction: told beside what was there, and nothing in its place.
    for (restored, events) in [(&journal, 10 * PERSONS), (&backup, PERSONS)] {
        assert_eq!(read(restored, Some(&ring)), (0, events), "{}", restored.display());
        let store = SqliteStore::open_read_only(restored).expect("a journal");
        let found = proof::verify(Blocking(&store), &held, |_| ControlFlow::Continue(()));
        let found = found.expect("it is read").expect("it was not stopped");
        assert_eq!((found.first_bad, found.contradiction), (None, None));
    }
    assert_eq!(read_of(archived(), Some(&ring)), (0, PERSONS), "nor in the archive");
    assert_eq!(on_disk(folder.path()), 0);
    drop(ledger);
    assert_eq!(on_disk(folder.path()), 0, "when it is closed");
    // The test can see what it looks for.
    fs::write(folder.path().join("note"), canary(3)).expect("written");
    assert_eq!(on_disk(folder.path()), 1);
}
