//! An append is there entirely or not at all, at once, and in its place.

use super::Journal;
use super::steps::{
    appended, checkpoint, found, head, key, note, noted, page, receipt, refused, taken_in,
};
use crate::journal::{Append, AppendError, Appended, Event, Position, Query, ReadOptions, Written};

/// The head of an empty journal is `None`, and nothing is read from it.
pub async fn an_empty_journal_has_no_head(journal: &dyn Journal) {
    let store = &*journal.open();
    assert_eq!(head(store).await, None);
    assert!(found(store, &Query::all()).await.is_empty());
}

/// Positions are dense from 1, whatever was refused in between.
pub async fn positions_are_dense_from_one(journal: &dyn Journal) {
    let store = &*journal.open();
    for expected in 1..=5 {
        assert_eq!(note(store, "a").await, Position(expected));
        refused(store, Append::of(noted("a")).fail_if(Query::all(), None)).await;
        assert_eq!(head(store).await, Some(Position(expected)));
    }
    assert_eq!(found(store, &Query::all()).await, [1, 2, 3, 4, 5]);
}

/// The events of an append stand side by side, in their order, where the answer says.
pub async fn events_of_an_append_are_contiguous(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "before").await;
    let events = [b"1", b"2", b"3"].map(|payload| Event::new("Noted").payload(payload));
    let answer = appended(store, Append::all(events)).await;
    let expected = Appended { first: Position(2), last: Position(4), written: Written::Now };
    assert_eq!(answer, expected);
    note(store, "behind").await;
    let options = ReadOptions::forwards().after(Position(1)).until(Position(4));
    let page = page(store, &Query::all(), options).await;
    let rows: Vec<_> = page.events().map(|event| (event.position.0, event.payload)).collect();
    assert_eq!(rows, [(2, &b"1"[..]), (3, &b"2"[..]), (4, &b"3"[..])]);
}

/// An append without events is an error, before any condition, key or checkpoint is looked at.
pub async fn an_empty_append_is_refused_before_its_conditions(journal: &dyn Journal) {
    let store = &*journal.open();
    appended(store, Append::of(noted("a")).key(key(1))).await;
    let empty = || Append::all([]);
    let conditional = empty().fail_if(Query::all(), None);
    for append in [empty(), conditional, empty().key(key(1)), empty().key(key(2))] {
        let error = refused(store, append).await;
        assert!(matches!(error, AppendError::Empty), "empty, not: {error}");
    }
    assert_eq!(receipt(store, key(2)).await, None, "an empty append leaves no key");
}

/// A refused append leaves none of its events, not the first one either.
pub async fn a_refused_append_leaves_no_event(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "slot:7").await;
    let three = Append::all(["new", "new", "new"].map(noted));
    refused(store, three.fail_if(Query::tagged("slot:7"), None)).await;
    assert!(found(store, &Query::tagged("new")).await.is_empty());
    assert_eq!(found(store, &Query::all()).await, [1]);
}

/// A refused append leaves no key: it may be tried again under the same one.
pub async fn a_refused_append_leaves_no_key(journal: &dyn Journal) {
    let store = &*journal.open();
    let known = note(store, "slot:7").await;
    let retry =
        |after| Append::of(noted("slot:7")).key(key(1)).fail_if(Query::tagged("slot:7"), after);
    refused(store, retry(None)).await;
    assert_eq!(receipt(store, key(1)).await, None);
    assert_eq!(appended(store, retry(Some(known))).await.written, Written::Now);
}

/// A refused append leaves no checkpoint.
pub async fn a_refused_append_leaves_no_checkpoint(journal: &dyn Journal) {
    let store = &*journal.open();
    appended(store, taken_in("meter", 5)).await;
    refused(store, taken_in("meter", 6).fail_if(Query::all(), None)).await;
    refused(store, taken_in("other", 6).fail_if(Query::all(), None)).await;
    assert_eq!(checkpoint(store, "meter").await, Some(Position(5)));
    assert_eq!(checkpoint(store, "other").await, None);
    appended(store, taken_in("meter", 6)).await;
}

/// What was appended is there as soon as the answer is: head, event, key and checkpoint.
pub async fn an_append_is_there_at_once(journal: &dyn Journal) {
    let store = &*journal.open();
    for number in 1..=20 {
        let append = taken_in("meter", number).key(key(u128::from(number)));
        let last = appended(store, append).await.last;
        assert_eq!(head(store).await, Some(last));
        let options = ReadOptions::backwards().limit(1);
        assert_eq!(page(store, &Query::all(), options).await.positions(), [last.0]);
        let receipt = receipt(store, key(u128::from(number))).await;
        assert_eq!(receipt.map(|receipt| receipt.last), Some(last));
        assert_eq!(checkpoint(store, "meter").await, Some(Position(number)));
    }
}
