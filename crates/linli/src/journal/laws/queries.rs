//! Which events a query matches.

use super::Journal;
use super::steps::{appended, found, note};
use crate::journal::{Append, Event, EventStore, Query};

/// A query without items matches every event.
pub async fn an_empty_query_matches_everything(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    assert_eq!(found(store, &Query::all()).await, [1, 2, 3, 4, 5]);
}

/// An item matches an event of any of its types.
pub async fn an_item_matches_any_of_its_types(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    assert_eq!(found(store, &Query::of_types(["Booked", "Moved"])).await, [1, 2, 5]);
    assert_eq!(found(store, &Query::of_types(["Moved", "Cancelled"])).await, [3, 4, 5]);
}

/// An item matches an event that has all of its tags, and no event that has some of them.
pub async fn an_item_matches_all_of_its_tags(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    assert_eq!(found(store, &Query::all().or([], ["room:1", "day:2"])).await, [2]);
    assert_eq!(found(store, &Query::all().or([], ["day:2", "room:1"])).await, [2]);
    assert!(found(store, &Query::all().or([], ["room:1", "day:9"])).await.is_empty());
}

/// An item without types means any type; an item with nothing in it matches everything.
pub async fn an_item_without_types_means_any_type(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    assert_eq!(found(store, &Query::tagged("room:1")).await, [1, 2, 3]);
    assert_eq!(found(store, &Query::all().or([], [])).await, [1, 2, 3, 4, 5]);
}

/// An item needs one of its types *and* all of its tags in the same event.
pub async fn an_item_needs_its_type_and_its_tags(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    assert_eq!(found(store, &Query::all().or(["Cancelled"], ["room:1"])).await, [3]);
    let never = Query::all().or(["Moved"], ["room:1"]);
    assert!(found(store, &never).await.is_empty(), "type and tag of different events");
}

/// Items are joined by *or*.
pub async fn items_are_joined_by_or(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    let query = Query::all().or(["Moved"], []).or(["Cancelled"], ["day:2"]);
    assert_eq!(found(store, &query).await, [4, 5]);
}

/// An event that several items match is given once.
pub async fn overlapping_items_never_double_an_event(journal: &dyn Journal) {
    let store = &*journal.open();
    keep_the_book(store).await;
    let query = Query::tagged("room:1").or([], ["day:2"]).or(["Booked"], []).or(["Booked"], []);
    assert_eq!(found(store, &query).await, [1, 2, 3, 4]);
}

/// Tags are compared byte for byte: another case or another Unicode form is another tag.
pub async fn a_tag_is_compared_byte_for_byte(journal: &dyn Journal) {
    let store = &*journal.open();
    let forms = ["caf\u{e9}:1", "cafe\u{301}:1", "CAF\u{c9}:1", "cafe:1", "caf\u{e9}:1 "];
    for form in forms {
        note(store, form).await;
    }
    for (form, position) in forms.iter().zip(1_u64..) {
        assert_eq!(found(store, &Query::tagged(form)).await, [position], "{form:?} is one tag");
    }
}

/// A tag is not found by its beginning, nor by its end.
pub async fn a_tag_is_not_found_by_its_beginning(journal: &dyn Journal) {
    let store = &*journal.open();
    for tag in ["unit:1", "unit:12", "unit:", "1"] {
        note(store, tag).await;
    }
    assert_eq!(found(store, &Query::tagged("unit:1")).await, [1]);
    assert_eq!(found(store, &Query::tagged("unit:")).await, [3]);
    assert_eq!(found(store, &Query::tagged("1")).await, [4]);
}

/// A type is not found by its beginning.
pub async fn a_type_is_not_found_by_its_beginning(journal: &dyn Journal) {
    let store = &*journal.open();
    let events = ["Booked", "BookedTwice", "booked"].map(Event::new);
    appended(store, Append::all(events)).await;
    assert_eq!(found(store, &Query::of_types(["Booked"])).await, [1]);
    assert_eq!(found(store, &Query::of_types(["BookedTwice"])).await, [2]);
    assert!(found(store, &Query::of_types(["Book"])).await.is_empty());
}

/// Five events in three appends.
async fn keep_the_book(store: &dyn EventStore) {
    let in_room = |event_type: &str| Event::new(event_type).tag("room:1");
    appended(store, Append::all([in_room("Booked"), in_room("Booked").tag("day:2")])).await;
    let cancelled = Event::new("Cancelled").tag("day:2");
    appended(store, Append::all([in_room("Cancelled"), cancelled])).await;
    appended(store, Append::of(Event::new("Moved"))).await;
}
