//! A file that does not stay where it was opened.
#![cfg(unix)]

use std::fs;
use std::task::Waker;

use linli::journal::Position;

use super::*;

impl Folder {
    /// The path of something beside the journal.
    fn beside(&self, end: &str) -> PathBuf {
        self.0.path().join(format!("journal.db{end}"))
    }
}

fn not_writable(answer: Result<Appended, AppendError>) -> String {
    match answer {
        Err(AppendError::NotWritable { reason }) => reason,
        other => panic!("it must not be written: {other:?}"),
    }
}

fn unavailable<T: std::fmt::Debug>(answer: Result<T, ReadError>) -> String {
    match answer {
        Err(ReadError::Unavailable { reason }) => reason,
        other => panic!("it must not be read: {other:?}"),
    }
}

#[test]
fn a_journal_that_was_removed_takes_no_append() {
    let folder = Folder::new();
    let store = folder.store();
    append(&store, three(0)).expect("an append");
    fs::remove_file(folder.path()).expect("it is gone");
    for number in 1..3 {
        let reason = not_writable(append(&store, three(number)));
        assert!(reason.contains("journal.db was removed or renamed"), "{reason}");
    }
    unavailable(read(&store, &Query::all()));
    unavailable(Blocking(&store).head());
}

#[test]
fn a_journal_that_was_renamed_goes_on_when_it_is_back() {
    let folder = Folder::new();
    let (store, reader) = (folder.store(), SqliteStore::open_read_only(folder.path()));
    let reader = reader.expect("a reader");
    append(&store, three(0)).expect("an append");
    fs::rename(folder.path(), folder.beside(".away")).expect("it is elsewhere");
    not_writable(append(&store, three(1)));
    unavailable(read(&store, &Query::all()));
    unavailable(read(&reader, &Query::all()));
    fs::rename(folder.beside(".away"), folder.path()).expect("it is back");
    assert_eq!(append(&store, three(1)).expect("an append").first, Position(4));
    assert_eq!(read(&reader, &Query::all()).expect("a page").len(), 6);
}

#[test]
fn another_journal_in_its_place_is_neither_written_nor_read() {
    let (folder, other) = (Folder::new(), Folder::written(7));
    let store = folder.store();
    append(&store, three(0)).expect("an append");
    fs::copy(other.path(), folder.beside(".new")).expect("a copy");
    fs::rename(folder.beside(".new"), folder.path()).expect("it takes the place");
    for _ in 0..2 {
        let reason = not_writable(append(&store, three(1)));
        assert!(reason.contains("another file was put in the place"), "{reason}");
    }
    unavailable(read(&store, &Query::all()));
    drop(store);
    let whole = |path: PathBuf| fs::read(path).expect("the file");
    assert_eq!(whole(folder.path()), whole(other.path()), "it was left alone");
}

#[test]
fn a_log_that_was_removed_takes_no_append_and_loses_none() {
    let folder = Folder::new();
    let store = folder.store();
    append(&store, three(0)).expect("an append");
    fs::remove_file(folder.beside("-wal")).expect("the log is gone");
    for number in 1..3 {
        let reason = not_writable(append(&store, three(number)));
        assert!(reason.contains("-wal was removed or replaced"), "{reason}");
    }
    drop(store);
    assert_eq!(read(&folder.store(), &Query::all()).expect("a page").len(), 3);
}

#[test]
fn a_log_without_its_journal_is_left_alone() {
    let folder = Folder::new();
    let store = folder.store();
    append(&store, three(0)).expect("an append");
    fs::rename(folder.path(), folder.beside(".away")).expect("it is elsewhere");
    drop(store);
    let error = refusal(&folder.path());
    assert!(matches!(error, OpenError::LogAlone { .. }), "{error}");
    assert!(!folder.path().exists(), "nothing was made");
    fs::rename(folder.beside(".away"), folder.path()).expect("it is back");
    assert_eq!(read(&folder.store(), &Query::all()).expect("a page").len(), 3);
}

#[test]
fn waiting_goes_on_after_a_failure() {
    let folder = Folder::new();
    let (store, other) = (folder.store(), folder.store());
    append(&other, three(0)).expect("an append");
    std::thread::scope(|scope| {
        let failing = scope.spawn(|| Blocking(&store).past(Some(Position(3))));
        while !store.is_waited_for() {
            std::thread::yield_now();
        }
        fs::rename(folder.path(), folder.beside(".away")).expect("it is elsewhere");
        unavailable(failing.join().expect("a wait"));
        fs::rename(folder.beside(".away"), folder.path()).expect("it is back");
        let waiting = scope.spawn(|| Blocking(&store).past(Some(Position(3))));
        while !store.is_waited_for() && !waiting.is_finished() {
            std::thread::yield_now();
        }
        append(&other, three(1)).expect("an append");
        assert_eq!(waiting.join().expect("a wait").expect("a head"), Position(6));
    });
}

#[test]
fn nobody_looks_for_who_stopped_waiting() {
    let folder = Folder::written(1);
    let store = folder.store();
    let mut wait = store.past(Some(Position(3)));
    let mut context = std::task::Context::from_waker(Waker::noop());
    assert!(wait.as_mut().poll(&mut context).is_pending());
    assert!(store.is_looking());
    drop(wait);
    let mut looks = 0..3_000;
    while store.is_looking() {
        assert!(looks.next().is_some(), "the thread never ends");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
