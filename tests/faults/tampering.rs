//! Row A7: a journal is cut at any length, and its parts are swapped, doubled and taken out by
//! somebody who knows how it is kept: nothing wrong is read.
//!
//! What this cannot see is an older copy of the whole, or one that was written anew from its
//! beginning: that takes a number of events and a root that are kept elsewhere.
//!
//! Keeps away: a file that is believed as far as it goes, a record that is good at any place, an
//! entry of the index that may be absent.

use std::collections::BTreeSet;

use linli::journal::{Blocking, Query, ReadOptions};
use linli_sqlite::SqliteStore;
use rusqlite::Connection;

use super::account::one_sentence;
use super::{Chance, told};
use crate::flips::{Counts, Sample};

const CUTS: u64 = 1_000;
const SPLICES: u64 = 1_000;

#[test]
fn a_file_that_is_cut_short_is_never_believed() {
    let (sample, mut chance, mut counts) = (Sample::folded(), Chance(1), Counts::default());
    for _ in 0..CUTS {
        let length = usize::try_from(chance.below(sample.file.len() as u64)).expect("a length");
        sample.put_bytes(&sample.file[..length], &[]);
        sample.look(&mut counts, &format!("{length} bytes"));
        if let Err(error) = SqliteStore::open_read_only(sample.path()) {
            one_sentence(&error);
        }
    }
    told(
        "A7 SQLite, the file",
        format_args!("{} cuts", counts.flips),
        format_args!("{} are noticed, {} silent", counts.refused + counts.noticed, counts.silent),
    );
    assert_eq!(counts.refused + counts.noticed, CUTS, "{counts:?}");
}

/// What is left of a log ends with a group: the events up to there are what they were.
#[test]
fn a_log_that_is_cut_short_ends_with_a_group() {
    let (sample, mut chance) = (Sample::logged(), Chance(2));
    let read = || {
        let store = SqliteStore::open_read_only(sample.path()).expect("it is a journal");
        let mut events = Vec::new();
        for page in Blocking(&store).pages(Query::all(), ReadOptions::forwards()) {
            events.extend(page.expect("readable").events().map(|event| format!("{event:?}")));
        }
        events
    };
    sample.put_bytes(&sample.file, &sample.log);
    let (sound, mut heads) = (read(), BTreeSet::new());
    for number in 0..CUTS {
        // At each byte of the header, then anywhere.
        let length = if number < 32 { number } else { chance.below(sample.log.len() as u64) };
        let length = usize::try_from(length).expect("a length");
        sample.put_bytes(&sample.file, &sample.log[..length]);
        let left = read();
        assert!(sound.starts_with(&left), "{length} bytes of the log: other events");
        // Each append of the story has two.
        assert!(left.len() % 2 == 0, "{length} bytes of the log: half an append");
        heads.insert(left.len());
    }
    told(
        "A7 SQLite, the log",
        format_args!("{CUTS} cuts"),
        format_args!("each ends with one of {} groups, 0 events are others", heads.len()),
    );
    assert!(heads.len() > 3, "the cuts came between groups: {heads:?}");
}

/// Statements of somebody who may write: `?1` and `?2` are places of appends of two events each.
const SWAPS: [&str; 6] = [
    // A record in the place of another.
    "UPDATE append SET record = (SELECT record FROM append WHERE last = ?2) WHERE last = ?1",
    "DELETE FROM append WHERE last = ?1 AND ?2 > 0",
    "UPDATE OR REPLACE append SET last = ?2 WHERE last = ?1",
    // An entry of the index that is gone, that names another append, or has another's bond.
    "DELETE FROM entry WHERE last = ?1 AND ?2 > 0",
    "UPDATE OR REPLACE entry SET last = ?2 WHERE last = ?1",
    "UPDATE entry SET bond = (SELECT bond FROM entry WHERE last = ?2) WHERE last = ?1",
];

/// So many of the appends have entries in the index.
const ENTERED: u64 = 8;

#[test]
fn parts_that_are_swapped_doubled_or_taken_out_are_noticed() {
    let (sample, mut chance, mut counts) = (Sample::folded(), Chance(3), Counts::default());
    for number in 0..SPLICES {
        sample.put_bytes(&sample.file, &[]);
        let swap = SWAPS[usize::try_from(number).expect("few") % SWAPS.len()];
        // The last appends stand behind the index.
        let most = if swap.contains("entry") { ENTERED } else { 14 };
        let places = [(); 2].map(|()| 2 * (1 + chance.below(most)).cast_signed());
        let connection = Connection::open(sample.path()).expect("a connection");
        let changed = connection.execute(swap, places).expect(swap);
        assert!(changed > 0, "{swap}, {places:?}");
        drop(connection);
        sample.look(&mut counts, &format!("{swap}, {places:?}"));
    }
    told(
        "A7 SQLite, splices",
        format_args!("{} splices", counts.flips),
        format_args!(
            "{} are noticed, {} put a thing in its own place, {} silent",
            counts.refused + counts.noticed,
            counts.unchanged,
            counts.silent + counts.found_by_verify
        ),
    );
    assert_eq!(counts.silent + counts.found_by_verify, 0, "{counts:?}");
    // Where both places are the same nothing was changed.
    assert!(counts.unchanged * 8 < SPLICES, "{counts:?}");
}
