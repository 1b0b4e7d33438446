use std::fs;

use linli::journal::{Checkpoint, IdempotencyKey, Position};
use rusqlite::StatementStatus;

use super::*;
use crate::index::{DOWN_FROM, UP_FROM};
use crate::{open, reader};

fn key(number: u32) -> IdempotencyKey {
    IdempotencyKey::of("test", &number.to_string())
}

/// Appends that stand in the index under tags, keys and a source, closed again.
fn written() -> Folder {
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..8 {
        let (source, position) = ("meter".to_owned(), Position(u64::from(number)));
        let checkpoint = Some(Checkpoint { source, position });
        let given = Append { checkpoint, ..three(number).key(key(number)) };
        append(&store, given).expect("an append that nothing forbids");
    }
    drop(store);
    folder
}

/// What is asked under the name of an entry: an error, or whether something was found.
fn asked(store: &SqliteStore, name: &[u8]) -> Result<bool, ReadError> {
    let journal = Blocking(store);
    let (kind, name) = name.split_first().expect("a kind");
    let text = || std::str::from_utf8(name).expect("a text");
    match kind {
        b't' => {
            let backwards = journal.read(&Query::tagged(text()), ReadOptions::backwards());
            let forwards = read(store, &Query::tagged(text()));
            let ways = (backwards.is_ok(), forwards.is_ok());
            assert_eq!(ways.0, ways.1, "both ways are alike");
            forwards.map(|page| !page.is_empty())
        }
        b's' => journal.checkpoint(text()).map(|held| held.is_some()),
        _ => {
            let key = (0..8).map(key).find(|key| key.0.as_bytes() == name).expect("a key");
            journal.receipt(key).map(|receipt| receipt.is_some())
        }
    }
}

fn entries(folder: &Folder) -> Vec<(Vec<u8>, i64)> {
    let sqlite = folder.sqlite();
    let sql = "SELECT name, last FROM entry WHERE name NOT IN (x'', x'ff')";
    let mut statement = sqlite.prepare(sql).expect("a statement");
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).expect("entries");
    rows.collect::<Result<_, _>>().expect("entries")
}

#[test]
fn an_entry_that_is_gone_or_altered_is_noticed_by_whoever_looks() {
    let folder = written();
    let all = entries(&folder);
    assert_eq!(all.len(), 8 * (1 + 3 + 1 + 1), "a case, three parts, a key and a source each");
    let sound = fs::read(folder.path()).expect("the file");
    for sql in [
        "DELETE FROM entry WHERE name = ?1 AND last = ?2",
        "UPDATE entry SET name = CAST(name || x'31' AS BLOB) WHERE name = ?1 AND last = ?2",
        "UPDATE entry SET last = last + 100 WHERE name = ?1 AND last = ?2",
        "UPDATE entry SET bond = x'00000000' WHERE name = ?1 AND last = ?2",
        "UPDATE entry SET bond = x'' WHERE name = ?1 AND last = ?2",
    ] {
        for (name, last) in &all {
            fs::write(folder.path(), &sound).expect("the file as it was");
            assert_eq!(folder.sqlite().execute(sql, (name, last)), Ok(1));
            let store = SqliteStore::open_read_only(folder.path()).expect("it opens");
            let found = asked(&store, name);
            assert!(matches!(found, Err(ReadError::Corrupt(_))), "{sql}: {name:?}: {found:?}");
        }
    }
}

/// A key that the index has lost is no new key: its append would be doubled.
#[test]
fn nothing_is_appended_where_the_index_is_broken() {
    for number in [0, 7] {
        let folder = written();
        let name = [&b"k"[..], key(number).0.as_bytes()].concat();
        folder.sqlite().execute("DELETE FROM entry WHERE name = ?1", [name]).expect("a change");
        let store = folder.store();
        let again = append(&store, three(number).key(key(number)));
        assert!(matches!(again, Err(AppendError::Corrupt(_))), "{again:?}");
        assert_eq!(Blocking(&store).head().expect("the head"), Some(Position(24)));
    }
}

/// The index itself says that a name has no entry; nobody has to believe a search that found none.
#[test]
fn a_name_that_was_never_entered_is_known_for_none() {
    let folder = written();
    let store = folder.store();
    for name in ["", "case:", "case:00", "zzz", "邻"] {
        assert!(!asked(&store, format!("t{name}").as_bytes()).expect("it is sound"), "{name}");
        assert!(!asked(&store, format!("s{name}").as_bytes()).expect("it is sound"), "{name}");
    }
    assert_eq!(Blocking(&store).receipt(key(99)).expect("it is sound"), None);
}

/// A plan that depends on what is bound would be made anew for each search.
#[test]
fn no_search_is_planned_twice() {
    let folder = written();
    let opened = open::open(&folder.path(), Purpose::Read, Duration::ZERO).expect("it opens");
    let connection = opened.place.connect_to_read().expect("a connection");
    for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
        for case in ["case:1", "case:2", "case:3"] {
            let page = reader::page(&connection, &Query::tagged(case), &options).expect("a page");
            assert_eq!(page.len(), 3);
        }
    }
    for searched in [UP_FROM, DOWN_FROM] {
        let statement = connection.prepare_cached(searched).expect("a statement");
        let count = |status| statement.get_status(status);
        assert!(count(StatementStatus::Run) >= 3, "{searched}");
        assert_eq!(count(StatementStatus::RePrepare), 0, "{searched}");
    }
}
