use std::fs;

use super::*;
use crate::{Access, schema};

#[test]
fn a_missing_file_is_created_only_by_open() {
    let folder = Folder::new();
    for opened in [
        SqliteStore::open_existing(folder.path()).map(drop),
        SqliteStore::open_read_only(folder.path()).map(drop),
    ] {
        assert!(matches!(opened, Err(OpenError::Missing { .. })), "{opened:?}");
    }
    assert!(!folder.path().exists());
    drop(folder.store());
    assert!(SqliteStore::open_existing(folder.path()).is_ok());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let error = refusal(&folder.path().join("below"));
    assert!(matches!(error, OpenError::NoFolder { .. }), "{error}");
    let error = refusal(folder.0.path());
    assert!(matches!(error, OpenError::NotAFile { .. }), "{error}");
}

#[test]
fn what_is_not_sqlite_is_refused_and_left_alone() {
    let folder = Folder::new();
    let letter = b"Dear neighbours, this is not a database at all.".repeat(100);
    fs::write(folder.path(), &letter).expect("a file");
    let error = refusal(&folder.path());
    assert!(matches!(error, OpenError::NotSqlite { .. }), "{error}");
    assert!(error.to_string().contains("journal.db"), "{error}");
    assert_eq!(fs::read(folder.path()).expect("the file"), letter);
}

#[test]
fn another_programs_file_is_refused_and_left_alone() {
    for sql in [
        "CREATE TABLE photo(id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE photo(id INTEGER PRIMARY KEY); PRAGMA application_id = 4711",
        "PRAGMA journal_mode = WAL; CREATE TABLE append(last INTEGER PRIMARY KEY)",
    ] {
        let folder = Folder::new();
        folder.sqlite().execute_batch(sql).expect("another program's tables");
        let before = fs::read(folder.path()).expect("the file");
        let error = refusal(&folder.path());
        assert!(matches!(error, OpenError::NotAJournal { .. }), "{error}");
        assert_eq!(fs::read(folder.path()).expect("the file"), before);
    }
}

#[test]
fn what_another_program_added_is_refused() {
    for (sql, name) in [
        ("CREATE TABLE extra(a)", "extra"),
        ("CREATE INDEX more ON append(record)", "more"),
        ("CREATE VIEW seen AS SELECT * FROM append", "seen"),
        ("CREATE TRIGGER twist AFTER INSERT ON append BEGIN DELETE FROM entry; END", "twist"),
        ("DROP TABLE head", "head"),
    ] {
        let folder = Folder::written(2);
        folder.sqlite().execute_batch(sql).expect("a change to the tables");
        let error = refusal(&folder.path());
        assert!(matches!(error, OpenError::NotAJournal { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(SqliteStore::open_read_only(folder.path()).is_err());
    }
}

#[test]
fn what_another_program_adds_to_an_open_journal_stops_appends() {
    let folder = Folder::written(1);
    let store = folder.store();
    append(&store, three(1)).expect("an append");
    folder.sqlite().execute_batch("CREATE TABLE extra(a)").expect("a change to the tables");
    let error = append(&store, three(2)).expect_err("the tables were changed");
    assert!(matches!(error, AppendError::NotWritable { .. }), "{error}");
}

#[test]
fn a_newer_version_is_refused() {
    let folder = Folder::written(1);
    let newer = schema::VERSION + 1;
    folder.sqlite().pragma_update(None, "user_version", newer).expect("a version");
    let error = refusal(&folder.path());
    assert!(matches!(error, OpenError::Newer { version, .. } if version == newer), "{error}");
}

#[test]
fn an_older_version_is_refused() {
    let folder = Folder::written(1);
    folder.sqlite().pragma_update(None, "user_version", 1).expect("a version");
    let error = refusal(&folder.path());
    assert!(matches!(error, OpenError::Older { version: 1, .. }), "{error}");
}

#[test]
fn an_empty_file_becomes_a_journal_only_by_open() {
    let folder = Folder::new();
    fs::write(folder.path(), b"").expect("a file");
    let opened = SqliteStore::open_existing(folder.path()).map(drop);
    assert!(matches!(opened, Err(OpenError::NotAJournal { .. })), "{opened:?}");
    append(&folder.store(), three(0)).expect("an append");
}

#[test]
fn a_truncated_file_is_refused() {
    let folder = Folder::written(60);
    let whole = fs::read(folder.path()).expect("the file");
    for bytes in [whole.len() / 2, whole.len() - 4096, 5000, 100] {
        fs::write(folder.path(), whole.get(..bytes).expect("a part")).expect("a shorter file");
        let error = refusal(&folder.path());
        assert!(matches!(error, OpenError::Truncated { .. }), "{bytes}: {error}");
        assert!(SqliteStore::open_read_only(folder.path()).is_err(), "{bytes}");
    }
}

#[test]
fn a_journal_is_read_only_where_asked() {
    let folder = Folder::written(2);
    let writer = folder.store();
    let reader = SqliteStore::open_read_only(folder.path()).expect("a reader");
    assert_eq!(reader.describe().access, Access::ReadOnly);
    append(&writer, three(2)).expect("an append");
    assert_eq!(read(&reader, &Query::all()).expect("a page").len(), 9);
    let error = append(&reader, three(3)).expect_err("it was opened to read");
    assert!(matches!(error, AppendError::NotWritable { .. }), "{error}");
}

#[test]
fn a_journal_in_a_path_with_every_sign_is_opened() {
    let folder = Folder::new();
    let path = folder.0.path().join("邻里 100% #1?mode=ro&x.db");
    append(&SqliteStore::open(&path).expect("a journal"), three(0)).expect("an append");
    let store = SqliteStore::open_existing(&path).expect("the journal");
    assert_eq!(read(&store, &Query::all()).expect("a page").len(), 3);
    assert_eq!(store.describe().path.file_name(), path.file_name());
}
