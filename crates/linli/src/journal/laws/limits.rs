//! The limits of the contract: what stands at one passes, what is one over writes nothing.

use super::Journal;
use super::steps::{appended, noted, page, refused};
use crate::journal::{
    Append, AppendError, Event, EventStore, Limit, LimitExceeded, Query, QueryItem, ReadError,
    ReadOptions,
};

/// Events of one append.
pub async fn an_append_holds_so_many_events(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |events: usize| Append::all(vec![noted("a"); events]);
    let events = Limit::EVENTS + 1;
    passes(store, of(Limit::EVENTS)).await;
    exceeds(store, of(events), LimitExceeded::Events { events }).await;
}

/// Bytes of one append, wherever in it they are.
pub async fn an_append_holds_so_many_bytes(journal: &dyn Journal) {
    let store = &*journal.open();
    let named = "Noted".len() + "a".len();
    let payload = |bytes: usize| noted("a").payload(&vec![0; bytes]);
    let metadata = |bytes: usize| noted("a").metadata(&vec![0; bytes]);
    let most = Limit::APPEND_BYTES;
    let over = || LimitExceeded::AppendBytes { bytes: most + 1 };
    passes(store, Append::of(payload(most - named))).await;
    passes(store, Append::of(metadata(most - named))).await;
    passes(store, Append::of(noted("a")).metadata(&vec![0; most - named])).await;
    exceeds(store, Append::of(payload(most - named + 1)), over()).await;
    exceeds(store, Append::of(metadata(most - named + 1)), over()).await;
    exceeds(store, Append::of(noted("a")).metadata(&vec![0; most - named + 1]), over()).await;
    exceeds(store, Append::all([payload(most - named), Event::new("A")]), over()).await;
}

/// Tags of one event.
pub async fn an_event_holds_so_many_tags(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |tags: usize| Event {
        tags: (0..tags).map(|tag| format!("tag:{tag}")).collect(),
        ..Event::new("Noted")
    };
    let tags = Limit::TAGS + 1;
    passes(store, Append::of(of(Limit::TAGS))).await;
    let append = Append::all([of(1), of(tags)]);
    exceeds(store, append, LimitExceeded::Tags { event: 1, tags }).await;
}

/// Bytes of one tag: at least one, and bytes, not characters.
pub async fn a_tag_has_so_many_bytes(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |tag: String| Append::all([noted("a"), noted(&tag)]);
    let over = |bytes| LimitExceeded::TagBytes { event: 1, bytes };
    passes(store, of("t".repeat(Limit::TAG_BYTES))).await;
    passes(store, of("\u{e9}".repeat(Limit::TAG_BYTES / 2))).await;
    exceeds(store, of("t".repeat(Limit::TAG_BYTES + 1)), over(Limit::TAG_BYTES + 1)).await;
    exceeds(store, of("\u{e9}".repeat(Limit::TAG_BYTES)), over(Limit::TAG_BYTES * 2)).await;
    exceeds(store, of(String::new()), over(0)).await;
}

/// Bytes of one type: at least one, and bytes, not characters.
pub async fn a_type_has_so_many_bytes(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |event_type: String| Append::all([noted("a"), Event::new(&event_type)]);
    let over = |bytes| LimitExceeded::TypeBytes { event: 1, bytes };
    passes(store, of("T".repeat(Limit::TYPE_BYTES))).await;
    passes(store, of("\u{e9}".repeat(Limit::TYPE_BYTES / 2))).await;
    exceeds(store, of("T".repeat(Limit::TYPE_BYTES + 1)), over(Limit::TYPE_BYTES + 1)).await;
    exceeds(store, of("\u{e9}".repeat(Limit::TYPE_BYTES)), over(Limit::TYPE_BYTES * 2)).await;
    exceeds(store, of(String::new()), over(0)).await;
}

/// Conditions of one append.
pub async fn an_append_holds_so_many_conditions(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |conditions: usize| {
        let never = |append: Append, _| append.fail_if(Query::tagged("never"), None);
        (0..conditions).fold(Append::of(noted("a")), never)
    };
    let conditions = Limit::CONDITIONS + 1;
    passes(store, of(Limit::CONDITIONS)).await;
    exceeds(store, of(conditions), LimitExceeded::Conditions { conditions }).await;
}

/// Items of the query of a condition, and types or tags of one item.
pub async fn a_condition_holds_so_many_items(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |query| Append::of(noted("a")).fail_if(query, None);
    for query in wide_queries(Limit::QUERY_ITEMS) {
        passes(store, of(query)).await;
    }
    let items = Limit::QUERY_ITEMS + 1;
    for query in wide_queries(items) {
        exceeds(store, of(query), LimitExceeded::QueryItems { items }).await;
    }
}

/// Items of the query of a read, and types or tags of one item.
pub async fn a_query_holds_so_many_items(journal: &dyn Journal) {
    let store = &*journal.open();
    passes(store, Append::of(noted("a"))).await;
    for query in wide_queries(Limit::QUERY_ITEMS) {
        assert!(page(store, &query, ReadOptions::forwards()).await.is_empty());
    }
    let over = Limit::QUERY_ITEMS + 1;
    for query in wide_queries(over) {
        let answer = store.read(&query, ReadOptions::forwards()).await;
        let is_limit = |error: &ReadError| match error {
            ReadError::Limit(limit) => *limit == LimitExceeded::QueryItems { items: over },
            _ => false,
        };
        assert!(answer.as_ref().is_err_and(is_limit), "the limit, not: {answer:?}");
    }
}

/// Bytes of the name of an upstream source: at least one.
pub async fn a_source_has_so_many_bytes(journal: &dyn Journal) {
    let store = &*journal.open();
    let of = |bytes: usize| super::steps::taken_in(&"s".repeat(bytes), 1);
    let over = Limit::TYPE_BYTES + 1;
    passes(store, of(Limit::TYPE_BYTES)).await;
    exceeds(store, of(over), LimitExceeded::SourceBytes { bytes: over }).await;
    exceeds(store, of(0), LimitExceeded::SourceBytes { bytes: 0 }).await;
}

async fn passes(store: &dyn EventStore, append: Append) {
    let events = append.events.len() as u64;
    let appended = appended(store, append).await;
    assert_eq!(appended.last.0 - appended.first.0 + 1, events, "all of it is written");
}

async fn exceeds(store: &dyn EventStore, append: Append, expected: LimitExceeded) {
    match refused(store, append).await {
        AppendError::Limit(limit) => assert_eq!(limit, expected),
        error => panic!("{expected}, not: {error}"),
    }
}

/// Queries that match nothing and are as wide as this: in items, in types, in tags.
fn wide_queries(width: usize) -> [Query; 3] {
    let names = || (0..width).map(|number| format!("never:{number}"));
    let item = |name: String| QueryItem { types: vec![name], tags: Vec::new() };
    let of_types = QueryItem { types: names().collect(), tags: Vec::new() };
    let of_tags = QueryItem { types: Vec::new(), tags: names().collect() };
    [
        Query { items: names().map(item).collect() },
        Query { items: vec![of_types] },
        Query { items: vec![of_tags] },
    ]
}
