//! When an append is refused because of what was recorded before it, and when it is not.

use super::Journal;
use super::steps::{appended, found, head, note, noted, refused};
use crate::journal::{Append, AppendError, Event, Position, Query};

/// An event that matches refuses the append; one of another boundary does not.
pub async fn a_matching_event_refuses_the_append(journal: &dyn Journal) {
    let store = &*journal.open();
    let book = |slot: &str| Append::of(noted(slot)).fail_if(Query::tagged(slot), None);
    appended(store, book("slot:7")).await;
    appended(store, book("slot:8")).await;
    let error = refused(store, book("slot:7")).await;
    assert!(matches!(error, AppendError::Conflict { .. }), "a conflict, not: {error}");
    appended(store, book("slot:9")).await;
}

/// An event at or before `after` was known and does not count; the next one does.
pub async fn an_event_up_to_after_does_not_count(journal: &dyn Journal) {
    let store = &*journal.open();
    let known = note(store, "slot:7").await;
    let decide = |after| Append::of(noted("slot:7")).fail_if(Query::tagged("slot:7"), after);
    let second = appended(store, decide(Some(known))).await;
    assert_eq!(second.first, Position(2), "what was known does not refuse");
    refused(store, decide(Some(known))).await;
    refused(store, decide(Some(Position(0)))).await;
    appended(store, decide(head(store).await)).await;
}

/// A position beyond the head lets the append pass.
pub async fn a_position_beyond_the_head_admits(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "slot:7").await;
    for beyond in [2, 99, u64::MAX] {
        let beyond = Some(Position(beyond.max(head(store).await.map_or(0, |head| head.0 + 1))));
        appended(store, Append::of(noted("slot:7")).fail_if(Query::all(), beyond)).await;
    }
}

/// A condition with an empty query admits the first append and refuses once anything is there.
pub async fn an_empty_query_refuses_once_anything_is_there(journal: &dyn Journal) {
    let store = &*journal.open();
    let first = || Append::of(noted("first")).fail_if(Query::all(), None);
    appended(store, first()).await;
    let error = refused(store, first()).await;
    assert!(matches!(error, AppendError::Conflict { found: Position(1), .. }), "not: {error}");
}

/// Each condition is asked with its own query and its own position.
pub async fn each_condition_has_a_position_of_its_own(journal: &dyn Journal) {
    let store = &*journal.open();
    let person = note(store, "person:1").await;
    let slot = note(store, "slot:7").await;
    let decide = |person: Option<Position>, slot: Option<Position>| {
        Append::of(noted("booking"))
            .fail_if(Query::tagged("person:1"), person)
            .fail_if(Query::tagged("slot:7"), slot)
    };
    refused(store, decide(None, Some(slot))).await;
    refused(store, decide(Some(person), Some(person))).await;
    appended(store, decide(Some(person), Some(slot))).await;
}

/// A conflict names the first condition that failed, its position, and the first event behind it.
pub async fn the_failing_condition_and_its_first_event_are_named(journal: &dyn Journal) {
    let store = &*journal.open();
    for tag in ["slot:7", "other", "slot:7", "slot:7"] {
        note(store, tag).await;
    }
    let append = Append::of(noted("booking"))
        .fail_if(Query::tagged("never"), None)
        .fail_if(Query::tagged("slot:7"), Some(Position(1)))
        .fail_if(Query::all(), None);
    match refused(store, append).await {
        AppendError::Conflict { condition, after, found } => {
            assert_eq!(condition, 1, "the first condition that failed");
            assert_eq!(after, Some(Position(1)), "the position it was given");
            assert_eq!(found, Position(3), "the first event that matches it");
        }
        error => panic!("a conflict, not: {error}"),
    }
}

/// An event counts wherever it stands in its append, and `after` may point into an append.
pub async fn an_event_inside_an_append_counts(journal: &dyn Journal) {
    let store = &*journal.open();
    appended(store, Append::all(["a", "b", "c"].map(noted))).await;
    let unless = |tag: &str, after| Append::of(noted("d")).fail_if(Query::tagged(tag), after);
    for (tag, position) in [("a", 1), ("b", 2), ("c", 3)] {
        let before = Some(Position(position - 1));
        match refused(store, unless(tag, before)).await {
            AppendError::Conflict { found, .. } => assert_eq!(found, Position(position)),
            error => panic!("a conflict, not: {error}"),
        }
    }
    appended(store, unless("b", Some(Position(2)))).await;
}

/// A condition on types alone, without a tag, is kept like any other.
pub async fn a_condition_on_types_alone_is_kept(journal: &dyn Journal) {
    let store = &*journal.open();
    let only = |event_type: &str| {
        Append::of(Event::new(event_type)).fail_if(Query::of_types([event_type]), None)
    };
    appended(store, only("Opened")).await;
    appended(store, only("Closed")).await;
    refused(store, only("Opened")).await;
    refused(store, only("Closed")).await;
}

/// What was appended without a condition counts for the conditions of others.
pub async fn unconditional_appends_count(journal: &dyn Journal) {
    let store = &*journal.open();
    let booked = Append::of(noted("slot:7")).fail_if(Query::tagged("slot:7"), None);
    let known = appended(store, booked).await.last;
    note(store, "slot:7").await;
    let decided = Append::of(noted("slot:7")).fail_if(Query::tagged("slot:7"), Some(known));
    refused(store, decided).await;
}

/// An append is not checked against its own events.
pub async fn an_append_is_not_checked_against_its_own_events(journal: &dyn Journal) {
    let store = &*journal.open();
    let pair = Append::all(["slot:7", "slot:7"].map(noted)).fail_if(Query::tagged("slot:7"), None);
    appended(store, pair).await;
    assert_eq!(found(store, &Query::tagged("slot:7")).await, [1, 2]);
}
