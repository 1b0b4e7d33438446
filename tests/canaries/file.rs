//! In one SQLite file, with its backup, its archive and its keyring.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linli::journal::Blocking;
use linli::ledger::{Authority, Ledger};
use linli::proof;
use linli_archive::{Archive, ArchiveStore, Seal};
use linli_sqlite::{SqliteKeyring, SqliteStore};

use super::told::{Persons, on_disk};

/// Seals what the journal holds now.
fn seal(journal: &Path, folder: &Path, persons: Persons) -> PathBuf {
    let store = SqliteStore::open_read_only(journal).expect("a journal");
    let archive = Archive::create(folder).expect("a folder");
    let sealed = archive.seal(Blocking(&store), Seal::all(), |_| ControlFlow::Continue(()));
    assert_eq!(sealed.expect("sealed").rows, persons.number as u64);
    folder.to_owned()
}

#[test]
fn nobody_is_found_on_the_disk_and_an_erased_one_nowhere() {
    told_and_erased(Persons { run: 0, number: 200 });
}

/// Of each word: found on no disk, read with the keyring, and after the erasure by nobody.
pub(crate) fn told_and_erased(persons: Persons) {
    let folder = tempfile::tempdir().expect("a folder");
    let [journal, ring, backup] =
        ["journal.db", "ring.db", "backup.db"].map(|name| folder.path().join(name));
    let read_file = |journal: &Path, keyring: Option<&Path>| {
        persons.read(Arc::new(SqliteStore::open_read_only(journal).expect("a journal")), keyring)
    };
    let (canaries, number) = (persons.canaries(), persons.number);
    let found = || on_disk(folder.path(), &canaries);
    let keyring = Arc::new(SqliteKeyring::create(&ring).expect("a keyring"));
    let store = SqliteStore::open(&journal).expect("a journal");
    let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring.clone());
    let answers = ledger.execute_group_blocking("test", persons.requests()).expect("may");
    assert!(answers.iter().all(Result::is_ok));
    fs::write(folder.path().join("errors"), persons.refusals(&ledger).concat()).expect("written");
    assert_eq!(found(), 0, "while the journal is open, and in what errors say");
    drop(ledger);
    assert_eq!(found(), 0, "when it is closed");
    fs::copy(&journal, &backup).expect("a backup");

    let archive = seal(&journal, &folder.path().join("sealed"), persons);
    assert_eq!(found(), 0, "in the archive");
    let archived = || Arc::new(ArchiveStore::open(&archive).expect("an archive"));

    assert_eq!(read_file(&journal, Some(&ring)), (2 * number, number), "all are read");
    assert_eq!(persons.read(archived(), Some(&ring)), (2 * number, number), "sealed ones too");
    assert_eq!(read_file(&journal, None), (0, number), "nobody without the keyring");

    let store = SqliteStore::open(&journal).expect("a journal");
    let held = [proof::Checkpoint::of(&proof::tree(Blocking(&store)).expect("sound"))];
    let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring);
    for demand in persons.demands() {
        assert!(ledger.erase_blocking("test", &demand).expect("erased").is_destroyed);
    }
    // A demand, seven answers, a destruction: told beside what was there, and nothing in its place.
    for (restored, events) in [(&journal, 10 * number), (&backup, number)] {
        assert_eq!(read_file(restored, Some(&ring)), (0, events), "{}", restored.display());
        let store = SqliteStore::open_read_only(restored).expect("a journal");
        let verified = proof::verify(Blocking(&store), &held, |_| ControlFlow::Continue(()));
        let verified = verified.expect("it is read").expect("it was not stopped");
        assert_eq!((verified.first_bad, verified.contradiction), (None, None));
    }
    assert_eq!(persons.read(archived(), Some(&ring)), (0, number), "nor in the archive");
    assert_eq!(found(), 0);
    drop(ledger);
    assert_eq!(found(), 0, "when it is closed");
    // The test can see what it looks for.
    fs::write(folder.path().join("note"), &canaries[3]).expect("written");
    assert_eq!(found(), 1);
    assert_eq!(on_disk(folder.path(), &persons.pseudonyms()), number);
}
