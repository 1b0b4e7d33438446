//! Reading from the last event to the first.

use super::Journal;
use super::steps::{appended, page_by_page, positions};
use crate::journal::{Append, Event, EventStore, Position, Query, ReadOptions};

/// Backwards begins with the last event and ends with the first.
pub async fn backwards_reads_from_the_last_event(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_seven(store).await;
    let backwards = ReadOptions::backwards();
    assert_eq!(positions(store, &Query::all(), backwards).await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(positions(store, &Query::tagged("third"), backwards).await, [6, 3]);
}

/// A limit takes the last events that match, not the first.
pub async fn the_limit_takes_the_last_events_backwards(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_seven(store).await;
    let backwards = ReadOptions::backwards();
    assert_eq!(positions(store, &Query::tagged("third"), backwards.limit(1)).await, [6]);
    assert_eq!(positions(store, &Query::all(), backwards.limit(3)).await, [7, 6, 5]);
}

/// Backwards `after` is the position above those that are given, and `until` is the last of them.
pub async fn backwards_bounds_are_those_of_reading(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_seven(store).await;
    let below = |position| ReadOptions::backwards().after(Position(position));
    assert_eq!(positions(store, &Query::all(), below(3)).await, [2, 1]);
    assert_eq!(positions(store, &Query::all(), below(6).until(Position(4))).await, [5, 4]);
    assert_eq!(positions(store, &Query::tagged("third"), below(6)).await, [3]);
    assert_eq!(positions(store, &Query::all(), below(u64::MAX)).await.len(), 7);
    for empty in [below(1), below(0), below(4).until(Position(4)), below(2).until(Position(9))] {
        assert!(positions(store, &Query::all(), empty).await.is_empty(), "{empty:?}");
    }
}

/// Backwards, too, each page begins behind the one before it, to the first event.
pub async fn backwards_pages_go_on_without_gap_or_repeat(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_seven(store).await;
    for limit in 1..=8 {
        let options = ReadOptions::backwards().limit(limit);
        let all = page_by_page(store, &Query::all(), options).await.concat();
        assert_eq!(all, [7, 6, 5, 4, 3, 2, 1], "by pages of {limit}");
        let third = page_by_page(store, &Query::tagged("third"), options).await.concat();
        assert_eq!(third, [6, 3], "by pages of {limit}");
    }
}

/// Seven events in three appends; each third one is tagged.
async fn count_to_seven(store: &dyn EventStore) {
    let number = |number: u64| match number % 3 {
        0 => Event::new("Counted").tag("third"),
        _ => Event::new("Counted"),
    };
    for numbers in [1..=4, 5..=5, 6..=7] {
        appended(store, Append::all(numbers.map(number))).await;
    }
}
