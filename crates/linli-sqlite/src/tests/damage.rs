use std::fs;

use linli::journal::{Corruption, Position};

use super::*;

/// The bytes of the append that ends at `last`.
fn record(folder: &Folder, last: i64) -> Vec<u8> {
    let sql = "SELECT record FROM append WHERE last = ?1";
    folder.sqlite().query_row(sql, [last], |row| row.get(0)).expect("a record")
}

fn put(folder: &Folder, last: i64, record: &[u8]) {
    let sql = "UPDATE append SET record = ?2 WHERE last = ?1";
    folder.sqlite().execute(sql, (last, record)).expect("a change");
}

fn corruption(error: ReadError) -> Corruption {
    match error {
        ReadError::Corrupt(corruption) => corruption,
        other => panic!("damage was reported as {other}"),
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_record_is_noticed_where_it_is() {
    let folder = Folder::written(3);
    let whole = record(&folder, 6);
    for byte in 0..whole.len() {
        let mut flipped = whole.clone();
        *flipped.get_mut(byte).expect("a byte") ^= 1 << (byte % 8);
        put(&folder, 6, &flipped);
        let store = SqliteStore::open_read_only(folder.path()).expect("a reader");
        for query in [Query::all(), Query::tagged("case:1"), Query::of_types(["Begun"])] {
            let error = read(&store, &query).expect_err("the record is damaged");
            assert_eq!(corruption(error).position, Position(4), "byte {byte}");
        }
        let backwards = Blocking(&store).read(&Query::all(), ReadOptions::backwards());
        assert_eq!(corruption(backwards.expect_err("damage")).position, Position(4));
    }
}

#[test]
fn an_append_that_is_gone_or_moved_is_noticed() {
    for sql in [
        "DELETE FROM append WHERE last = 6",
        "UPDATE append SET last = 7 WHERE last = 6",
        "UPDATE append SET last = 100 WHERE last = 6",
    ] {
        let folder = Folder::written(4);
        folder.sqlite().execute_batch(sql).expect("a change");
        let store = folder.store();
        for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
            let page = Blocking(&store).read(&Query::all(), options);
            corruption(page.map(drop).expect_err(sql));
        }
        let tagged = read(&store, &Query::tagged("case:1"));
        corruption(tagged.map(drop).expect_err(sql));
    }
}

/// What is read up to a position ends there, however a row was moved: the soak's bit 188,016 made
/// the row of one append seem to be that of another, and a read by tag ended before it.
#[test]
fn an_append_that_moved_ends_no_bounded_read_too_early() {
    let bounded = |store: &SqliteStore| {
        let mut answers = Vec::new();
        for bound in (1..=12).map(Position) {
            let queries = (0..4).map(|case| Query::tagged(&format!("case:{case}")));
            for query in queries.chain([Query::all()]) {
                let forwards = ReadOptions::forwards().until(bound);
                for options in [forwards, ReadOptions::backwards().after(bound)] {
                    let page = Blocking(store).read(&query, options);
                    answers.push(page.ok().map(|page| page.positions().to_vec()));
                }
            }
        }
        answers
    };
    let sound = bounded(&Folder::written(4).store());
    assert!(sound.iter().all(Option::is_some), "nothing was moved yet");
    for (from, to) in [3, 6, 9].into_iter().flat_map(|from| (1..12).map(move |to| (from, to))) {
        if to % 3 == 0 {
            continue;
        }
        let folder = Folder::written(4);
        let sql = format!("UPDATE append SET last = {to} WHERE last = {from}");
        folder.sqlite().execute_batch(&sql).expect("a change");
        for (number, (now, sound)) in bounded(&folder.store()).iter().zip(&sound).enumerate() {
            assert!(now.is_none() || now == sound, "{from} to {to}, question {number}: {now:?}");
        }
    }
}

/// Where the key of an append's row stands in the file: before the header of its record, which says
/// that the key is not repeated there.
fn key_byte(file: &[u8], folder: &Folder, last: u8) -> usize {
    let record = record(folder, last.into());
    let blob = file.windows(record.len()).position(|bytes| bytes == record).expect("the record");
    let is_key = |place: &usize| file[*place] == last && file[*place + 2] == 0;
    (blob - 8..blob).find(is_key).expect("the key")
}

/// What is answered can be read: where the key of a row rots under an open store, its neighbours
/// may not be found any more, and what is appended might stand among them.
#[test]
fn nothing_is_appended_that_could_not_be_read() {
    for (row, bit) in [3_u8, 6, 9, 12].into_iter().flat_map(|row| (0..7).map(move |bit| (row, bit)))
    {
        let folder = Folder::new();
        let store = folder.store();
        for number in 0..4 {
            append(&store, three(number)).expect("an append that nothing forbids");
        }
        let into_the_file = "PRAGMA wal_checkpoint(TRUNCATE)";
        folder.sqlite().query_row(into_the_file, [], |_| Ok(())).expect("a checkpoint");
        let mut file = fs::read(folder.path()).expect("the file");
        let key = key_byte(&file, &folder, row);
        file[key] ^= 1 << bit;
        fs::write(folder.path(), file).expect("the file");
        // The store reads its pages again where another connection has written.
        let again = "UPDATE head SET position = position";
        folder.sqlite().execute_batch(again).expect("a change");
        let flipped = format!("bit {bit} of row {row}");
        match append(&store, three(4)) {
            Ok(_) => {
                let behind = ReadOptions::forwards().after(Position(12));
                let page = Blocking(&store).read(&Query::all(), behind).expect(&flipped);
                assert_eq!(page.positions(), [13, 14, 15], "{flipped}");
                // By tag as well, unless the row that rotted stands behind the index.
                match Blocking(&store).read(&Query::tagged("case:4"), behind) {
                    Ok(page) => assert_eq!(page.positions(), [13, 14, 15], "{flipped}"),
                    Err(error) => drop(corruption(error)),
                }
            }
            Err(AppendError::Corrupt(_)) => {
                let head = "SELECT position FROM head";
                let head: i64 = folder.sqlite().query_row(head, [], |row| row.get(0)).expect("one");
                assert_eq!(head, 12, "{flipped}");
            }
            Err(error) => panic!("{flipped}: {error}"),
        }
    }
}

#[test]
fn nothing_is_appended_behind_a_damaged_end() {
    let folder = Folder::written(3);
    let mut flipped = record(&folder, 9);
    *flipped.last_mut().expect("a byte") ^= 1;
    put(&folder, 9, &flipped);
    let store = folder.store();
    let error = append(&store, three(3)).expect_err("the last append is damaged");
    let AppendError::Corrupt(found) = error else { panic!("{error}") };
    assert_eq!(found.position, Position(7));
    let whole = ReadOptions::forwards().until(Position(6));
    assert_eq!(Blocking(&store).read(&Query::all(), whole).expect("what is whole").len(), 6);
    // It stands behind the index: nobody knows any more whether it has the tag.
    corruption(read(&store, &Query::tagged("case:0")).map(drop).expect_err("the damaged one"));
}

/// Bits flipped all over the file: what is read is what was written, or an error.
#[test]
fn a_flipped_byte_of_the_file_never_gives_a_wrong_row() {
    let folder = Folder::written(40);
    let whole = fs::read(folder.path()).expect("the file");
    let sound = told(&read(&folder.store(), &Query::all()).expect("a page"));
    let (mut refused, mut unharmed) = (0, 0);
    for byte in (0..whole.len()).step_by(157) {
        let mut flipped = whole.clone();
        *flipped.get_mut(byte).expect("a byte") ^= 1 << (byte % 8);
        fs::write(folder.path(), flipped).expect("the file");
        let Ok(store) = SqliteStore::open_read_only(folder.path()) else {
            refused += 1;
            continue;
        };
        for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
            match Blocking(&store).read(&Query::all(), options) {
                Ok(page) => {
                    let mut rows = told(&page);
                    rows.sort_unstable();
                    let mut sound = sound.clone();
                    sound.sort_unstable();
                    assert_eq!(rows, sound, "byte {byte}");
                    unharmed += 1;
                }
                Err(_) => refused += 1,
            }
        }
        drop(store);
    }
    assert!(refused > 0 && unharmed > 0, "{refused} refused, {unharmed} unharmed");
}
