use std::fs;

use linli::journal::{Checkpoint, IdempotencyKey, IndexSum, Position};
use linli::proof;
use rusqlite::StatementStatus;

use super::*;
use crate::index::{self, DOWN_FROM, UP_FROM};
use crate::open;
use crate::pool::Reader;
use crate::reader::page;
use crate::tail::Tail;

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
    let mut all = entries(&folder);
    assert_eq!(all.len(), 8 * (1 + 3 + 1 + 1), "a case, three parts, a key and a source each");
    // Of a source only the newest is ever looked for.
    all.retain(|(name, last)| !name.starts_with(b"s") || *last == 24);
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
            let begun = Blocking(&store).index_sum(Position(24), IndexSum::default());
            assert!(matches!(begun, Err(ReadError::Corrupt(_))), "{sql}: {name:?}: {begun:?}");
        }
    }
}

/// A name that is taken out, or put in, by somebody who binds the entries anew, shows to nobody who
/// looks for another one; a verification reads them all.
#[test]
fn an_index_that_was_forged_is_found_by_who_verifies() {
    let folder = written();
    let all = entries(&folder);
    let sound = fs::read(folder.path()).expect("the file");
    let on = |_| std::ops::ControlFlow::Continue(());
    let verified = || {
        let store = SqliteStore::open_read_only(folder.path()).expect("it opens");
        proof::verify(Blocking(&store), &[], on).expect("read").expect("to its end")
    };
    assert_eq!((verified().events, verified().first_bad), (24, None));
    for (number, (name, last)) in all.iter().enumerate() {
        fs::write(folder.path(), &sound).expect("the file as it was");
        let sqlite = folder.sqlite();
        let sql = [
            "DELETE FROM entry WHERE name = ?1 AND last = ?2",
            "INSERT INTO entry VALUES (?1, ?2 - 1, x'00000000')",
            "INSERT INTO entry VALUES (CAST(?1 || x'31' AS BLOB), ?2, x'00000000')",
        ][number % 3];
        assert_eq!(sqlite.execute(sql, (name, last)), Ok(1));
        index::bind_all(&sqlite);
        drop(sqlite);
        let bad = verified().first_bad;
        assert!(bad.is_some(), "{sql}: {name:?} {last}");
    }
    // Behind what the index covers there is nothing, whether it seems to cover less or not.
    for sql in [
        "INSERT INTO entry VALUES (CAST('tcase:0' AS BLOB), 27, x'00000000')",
        "INSERT INTO entry VALUES (CAST('tcase:0' AS BLOB), 99, x'00000000')",
        "UPDATE entry SET last = 12 WHERE name = x''",
    ] {
        fs::write(folder.path(), &sound).expect("the file as it was");
        append(&folder.store(), three(8).key(key(8))).expect("an append that nothing forbids");
        let sqlite = folder.sqlite();
        assert_eq!(sqlite.execute(sql, ()), Ok(1));
        index::bind_all(&sqlite);
        drop(sqlite);
        assert!(verified().first_bad.is_some(), "{sql}");
    }
}

/// A page that leads a search astray and no scan: appends are read one after the other, and one of
/// them is not found by its position.
#[test]
fn an_append_that_a_search_misses_is_found_by_who_verifies() {
    let folder = Folder::new();
    for number in 0..200 {
        append(&folder.store(), three(number)).expect("an append that nothing forbids");
    }
    let sqlite = folder.sqlite();
    let of_root = "SELECT rootpage FROM sqlite_schema WHERE name = 'append'";
    let root: u32 = sqlite.query_row(of_root, [], |row| row.get(0)).expect("a root");
    let a_page: u32 = sqlite.pragma_query_value(None, "page_size", |row| row.get(0)).expect("one");
    drop(sqlite);
    let mut file = fs::read(folder.path()).expect("the file");
    let (root, a_page) = (root as usize, a_page as usize);
    let page = &mut file[(root - 1) * a_page..root * a_page];
    assert_eq!(page[0], 0x05, "the inner page of a table, which has several leaves");
    let cell = usize::from(u16::from_be_bytes([page[12], page[13]]));
    // Behind a child's number stands the last position that it has, 7 bits a byte.
    let ends_at =
        (cell + 4..cell + 13).find(|at| page[*at] < 0x80).expect("the last byte of a number");
    page[ends_at] -= 1;
    fs::write(folder.path(), &file).expect("the file");
    let store = SqliteStore::open_read_only(folder.path()).expect("it opens");
    assert_eq!(read(&store, &Query::all()).expect("a scan").len(), 600);
    let on = |_| std::ops::ControlFlow::Continue(());
    let found = proof::verify(Blocking(&store), &[], on).expect("read").expect("to its end");
    assert!(found.first_bad.is_some(), "{found:?}");
}

/// An index that seemed to go further than it does would hide what stands behind it.
#[test]
fn how_far_the_index_goes_is_noticed_where_it_rots() {
    let folder = written();
    append(&folder.store(), three(8).key(key(8))).expect("an append that nothing forbids");
    let sql = "SELECT last FROM entry WHERE name = x''";
    let entered: i64 = folder.sqlite().query_row(sql, [], |row| row.get(0)).expect("an entry");
    assert_eq!(entered, 24, "all but the last append");
    for wrong in [0, 3, 21, 23, 25, 27, 30, i64::MAX, -1] {
        let sql = "UPDATE entry SET last = ?1 WHERE name = x''";
        assert_eq!(folder.sqlite().execute(sql, [wrong]), Ok(1));
        let store = folder.store();
        for name in [&b"tcase:0"[..], b"tcase:8", b"smeter"] {
            let found = asked(&store, name);
            assert!(matches!(found, Err(ReadError::Corrupt(_))), "{wrong}, {name:?}: {found:?}");
        }
        let next = append(&store, three(9).key(key(9)));
        assert!(matches!(next, Err(AppendError::Corrupt(_))), "{wrong}: {next:?}");
    }
}

/// The index and the tail behind it are one: wherever the one ends, what is asked is what a scan
/// finds, by a store that was open all the time, by another one and by a new one.
#[test]
fn what_is_found_does_not_depend_on_where_the_index_ends() {
    let folder = Folder::new();
    let (writes, reads) = (folder.store(), folder.store());
    let mut ends = std::collections::BTreeSet::new();
    for number in 0..40 {
        let writer = if number % 7 == 3 { &reads } else { &writes };
        append(writer, three(number % 5).key(key(number))).expect("an append");
        let sql = "SELECT last FROM entry WHERE name = x''";
        ends.insert(folder.sqlite().query_row(sql, [], |row| row.get::<_, i64>(0)).expect("one"));
        let new = SqliteStore::open_read_only(folder.path()).expect("it opens");
        for store in [&writes, &reads, &new] {
            let journal = Blocking(store);
            for case in 0..6 {
                let tag = format!("case:{case}");
                let all = journal.read(&Query::all(), ReadOptions::forwards()).expect("all");
                let positions = all.positions().iter().zip(all.indexes());
                let scanned: Vec<u64> = positions
                    .filter(|(_, index)| all.tags(*index).any(|own| own == tag))
                    .map(|(position, _)| *position)
                    .collect();
                let found = read(store, &Query::tagged(&tag)).expect("by tag");
                assert_eq!(found.positions(), scanned, "{number}: {tag}");
                let backwards = journal.read(&Query::tagged(&tag), ReadOptions::backwards());
                let turned: Vec<u64> = scanned.into_iter().rev().collect();
                assert_eq!(backwards.expect("backwards").positions(), turned, "{number}: {tag}");
            }
            let known = (0..41).map(|key_number| {
                journal.receipt(key(key_number)).expect("a receipt").map(|first| first.last.0)
            });
            let wanted = (0..41).map(|at| (at <= number).then(|| u64::from(at + 1) * 3));
            assert!(known.eq(wanted), "{number}");
        }
    }
    assert!(ends.len() > 3, "the index has ended in several places: {ends:?}");
}

/// What a tail may hold is bounded in bytes, and with it what each reader looks through.
#[test]
fn a_large_append_enters_the_index_at_once() {
    let folder = Folder::new();
    let store = folder.store();
    let entered = || -> i64 {
        let sql = "SELECT last FROM entry WHERE name = x''";
        folder.sqlite().query_row(sql, [], |row| row.get(0)).expect("an entry")
    };
    append(&store, three(1)).expect("an append that nothing forbids");
    assert_eq!(entered(), 0, "a small one waits for others");
    let mut large = three(2);
    large.events[0].payload = vec![0x5a; 17 * 1_024];
    append(&store, large).expect("an append that nothing forbids");
    assert_eq!(entered(), 6, "with the one before it");
    assert_eq!(read(&store, &Query::tagged("case:1")).expect("by tag").positions(), [1, 2, 3]);
}

/// A search that begins or ends where the index does.
#[test]
fn what_is_asked_from_a_position_on_is_found() {
    let folder = written();
    let store = folder.store();
    append(&store, three(7)).expect("an append that nothing forbids");
    for position in 0..=27 {
        let all = [22, 23, 24, 25, 26, 27].into_iter();
        let (until, after): (Vec<u64>, Vec<u64>) = all.partition(|event| *event <= position);
        let query = Query::tagged("case:7");
        let read = |options| Blocking(&store).read(&query, options).expect("a page");
        let behind = read(ReadOptions::forwards().after(Position(position)));
        assert_eq!(behind.positions(), after, "after {position}");
        let before = read(ReadOptions::forwards().until(Position(position)));
        assert_eq!(before.positions(), until, "until {position}");
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
    let mut reader = Reader { connection, tail: Tail::default() };
    for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
        for case in ["case:1", "case:2", "case:3"] {
            let page = page(&mut reader, &Query::tagged(case), &options).expect("a page");
            assert_eq!(page.len(), 3);
        }
    }
    for searched in [UP_FROM, DOWN_FROM] {
        let statement = reader.connection.prepare_cached(searched).expect("a statement");
        let count = |status| statement.get_status(status);
        assert!(count(StatementStatus::Run) >= 3, "{searched}");
        assert_eq!(count(StatementStatus::RePrepare), 0, "{searched}");
    }
}
