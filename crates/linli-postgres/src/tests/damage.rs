use linli::journal::Corruption;

use super::*;

/// A journal of five appends of three events, after somebody did this to its tables.
fn damaged(statement: &str) -> Option<(String, Option<Corruption>)> {
    let address = database()?;
    let store = PostgresStore::open(&address).expect("a journal for a test");
    for number in 0..5 {
        append(&store, three(number)).expect("an append that nothing forbids");
    }
    sql(&address, statement);
    let scanned = match read(&store, &Query::all()) {
        Err(ReadError::Corrupt(corruption)) => Some(corruption),
        _ => None,
    };
    Some((address, scanned))
}

#[test]
fn a_flipped_bit_is_named_by_its_append() {
    let flip = "UPDATE linli.append SET record = \
        set_bit(record, 100, 1 - get_bit(record, 100)) WHERE last = 9";
    let Some((address, scanned)) = damaged(flip) else { return };
    let what = "the stored append fails its checksum";
    let expected = Corruption::of_journal(linli::journal::Position(7), what);
    assert_eq!(scanned, Some(expected.clone()));
    let store = PostgresStore::open(&address).expect("its schema is sound");
    let by_tag = read(&store, &Query::tagged("case:2"));
    assert!(matches!(by_tag, Err(ReadError::Corrupt(found)) if found == expected));
    assert!(read(&store, &Query::tagged("case:1")).is_ok(), "the others are sound");
}

#[test]
fn a_missing_append_is_noticed() {
    let Some((_, scanned)) = damaged("DELETE FROM linli.append WHERE last = 9") else { return };
    assert_eq!(scanned.map(|corruption| corruption.position.0), Some(7));
}

#[test]
fn a_missing_end_is_noticed_by_readers_and_by_the_writer() {
    let Some((address, scanned)) = damaged("DELETE FROM linli.append WHERE last = 15") else {
        return;
    };
    assert_eq!(scanned.map(|corruption| corruption.position.0), Some(13));
    let store = PostgresStore::open(&address).expect("its schema is sound");
    let answer = append(&store, three(9));
    assert!(matches!(answer, Err(AppendError::Corrupt(_))), "{answer:?}");
}

#[test]
fn a_restored_older_state_is_not_appended_to() {
    let Some(address) = database() else { return };
    let store = PostgresStore::open(&address).expect("a journal for a test");
    append(&store, three(0)).expect("an append that nothing forbids");
    append(&store, three(1)).expect("an append that nothing forbids");
    sql(&address, "DELETE FROM linli.append WHERE last = 6; UPDATE linli.journal SET head = 3");
    let answer = append(&store, three(2));
    assert!(matches!(answer, Err(AppendError::NotWritable { .. })), "{answer:?}");
}
