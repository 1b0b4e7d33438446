//! A real fork, each in a process of its own: a test may not fork beside other tests.
#![cfg(unix)]

use std::process::{Command, exit};

use fork::{Fork, fork, waitpid};
use linli::Subject;
use linli::journal::Position;
use linli::privacy::{Keyring, KeyringError};

use super::*;
use crate::{OpenKeyringError, SqliteKeyring};

const JOURNAL: &str = "LINLI_FORKED_JOURNAL";

/// Runs one of the tests below once more, as a process of its own.
fn in_a_process(test: &str, folder: &Folder) {
    let test = format!("tests::forks::{test}");
    let status = Command::new(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", &test, "--nocapture", "--test-threads=1"])
        .env(JOURNAL, folder.path())
        .status()
        .expect("the process starts");
    assert!(status.success(), "{test} ended with {status}");
}

/// What `work` answers on the other side of a fork.
fn forked(work: impl FnOnce() -> bool) -> bool {
    match fork().expect("a fork") {
        // Ends at once: the harness of the tests belongs to the other side.
        Fork::Child => exit(i32::from(!work())),
        Fork::Parent(child) => waitpid(child).expect("the child ends") == 0,
    }
}

/// Not a test of its own: a process that holds the journal, and forks.
#[test]
fn one_that_holds_it() {
    let Some(path) = std::env::var_os(JOURNAL).map(PathBuf::from) else { return };
    let held = SqliteStore::open(&path).expect("a journal");
    append(&held, three(0)).expect("an append");
    let is_refused = |opened: Result<SqliteStore, OpenError>| match opened.map(drop) {
        Err(error @ OpenError::Forked { .. }) => error.to_string().contains("spawn"),
        _ => false,
    };
    assert!(
        forked(|| is_refused(SqliteStore::open(&path))
            && is_refused(SqliteStore::open_read_only(&path))),
        "what was inherited open is opened by nobody"
    );
    assert!(
        forked(|| {
            let refused = append(&held, three(9)).expect_err("it was forked");
            let unread = read(&held, &Query::all()).expect_err("it was forked");
            refused.to_string().contains("spawn") && unread.to_string().contains("spawn")
        }),
        "a store does not cross a fork"
    );
    let alias = path.with_file_name("alias.db");
    std::fs::hard_link(&path, &alias).expect("another name of the file");
    assert!(forked(|| is_refused(SqliteStore::open(&alias))), "it is the file that counts");
    std::fs::remove_file(&alias).expect("the name is gone");
    append(&held, three(1)).expect("the holder goes on");
    drop(held);
    assert!(forked(|| SqliteStore::open(&path).is_ok()), "nobody held it when it was forked");
}

/// Not a test of its own: a process whose child opens the journal, and then opens it itself.
#[test]
fn one_that_forks_first() {
    let Some(path) = std::env::var_os(JOURNAL).map(PathBuf::from) else { return };
    let is_written = forked(|| {
        let store = SqliteStore::open(&path).expect("a journal");
        (0..5).all(|number| append(&store, three(number)).is_ok())
    });
    assert!(is_written, "a process may open what was not open when it was forked");
    let store = SqliteStore::open(&path).expect("the journal");
    append(&store, three(5)).expect("an append");
}

#[test]
fn a_journal_that_was_inherited_open_is_refused() {
    let folder = Folder::new();
    in_a_process("one_that_holds_it", &folder);
    assert_eq!(Blocking(&folder.store()).head().expect("the head"), Some(Position(6)));
    println!(
        "\nfault C3 SQLite: forks that inherit an open journal; each is refused, 0 events lost"
    );
}

#[test]
fn a_journal_is_opened_after_the_fork() {
    let folder = Folder::new();
    in_a_process("one_that_forks_first", &folder);
    assert_eq!(Blocking(&folder.store()).head().expect("the head"), Some(Position(18)));
}

/// Not a test of its own: a process that holds a keyring, and forks.
#[test]
fn one_that_holds_a_keyring() {
    let Some(path) = std::env::var_os(JOURNAL).map(PathBuf::from) else { return };
    let path = path.with_file_name("ring.db");
    let held = SqliteKeyring::create(&path).expect("a keyring");
    let subject = Subject::of("person", &"p-1");
    held.newest(&subject).expect("a key");
    assert!(
        forked(|| {
            let unopened = SqliteKeyring::open(&path).map(drop).expect_err("it was inherited");
            let unread = held.newest(&subject).expect_err("it was forked");
            matches!(unopened, OpenKeyringError::Forked { .. })
                && matches!(unread, KeyringError::Unavailable { .. })
        }),
        "a keyring does not cross a fork"
    );
    held.renew(&subject).expect("the holder goes on");
}

#[test]
fn a_keyring_does_not_cross_a_fork() {
    in_a_process("one_that_holds_a_keyring", &Folder::new());
}
