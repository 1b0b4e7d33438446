//! What an append was written with, beside its events: for who copies or verifies a journal.

use super::Journal;
use super::steps::{appended, key, noted, page, taken_in};
use crate::journal::{
    Append, Blocking, Columns, Content, Direction, Event, EventStore, Limit, Origin, Position,
    Query, ReadOptions, Sealed, Whole,
};

/// Appends come back as they were handed over: their bounds, keys, contents, ids, checkpoints.
pub async fn appends_come_back_whole(journal: &dyn Journal) {
    let store = &*journal.open();
    let content = Content { clear: [1; 32], sealed: Sealed::Keyed([2; 32]) };
    let given = Event { id: Some(uuid::Uuid::from_u128(9)), ..noted("given") };
    let own = |id| Event { id: Some(uuid::Uuid::from_u128(id)), ..noted("own") };
    let appends = [
        Append::all([noted("a").payload(b"p").metadata(b"m"), given]).key(key(1)).metadata(b"s"),
        Append::of(own(1)),
        Append::of(own(2)),
        Append { content: Some(content), ..taken_in("meter", 7).key(key(2)) },
    ];
    let mut first = Position(1);
    let mut handed_over = Vec::new();
    for append in appends {
        appended(store, append.clone()).await;
        let content = append.key.map(|_| append.content());
        handed_over.push(Whole { first, append: Append { content, ..append } });
        first = Position(first.0 + handed_over.last().map_or(0, |w| w.append.events.len() as u64));
    }
    assert_eq!(whole_appends(store), handed_over);
}

/// An append that does not fit into the rest of a page comes back whole all the same.
pub async fn appends_are_not_cut_by_pages(journal: &dyn Journal) {
    let store = &*journal.open();
    let own = |id: u128| Event { id: Some(uuid::Uuid::from_u128(id)), ..noted("own") };
    let append = |from: u128| Append::all((from..from + 900).map(own));
    let appends: Vec<Append> = (0..12).map(|number| append(1 + number * 900)).collect();
    assert!(appends.len() * 900 > Limit::PAGE_EVENTS, "more than a page");
    for append in &appends {
        appended(store, append.clone()).await;
    }
    let read: Vec<Append> = whole_appends(store).into_iter().map(|whole| whole.append).collect();
    assert!(read == appends, "each append is whole");
}

/// Whatever part of an append is read, in whatever direction, it comes from the whole of it.
pub async fn a_part_of_an_append_names_the_whole(journal: &dyn Journal) {
    let store = &*journal.open();
    let append = Append::all([noted("a"), noted("b"), noted("c")]).key(key(1));
    let content = append.content();
    appended(store, append).await;
    let (first, last, key) = (Position(1), Position(3), Some((key(1), content)));
    let origin = Origin { first, last, key, checkpoint: None };
    for direction in [Direction::Forwards, Direction::Backwards] {
        let options = ReadOptions { direction, ..ReadOptions::forwards() };
        let part = page(store, &Query::tagged("b"), options.columns(Columns::WithOrigins)).await;
        assert_eq!((part.positions(), part.origin(0)), (&[2][..], Some(&origin)));
        let without = page(store, &Query::tagged("b"), options).await;
        assert_eq!(without.origin(0), None, "it was not asked for");
    }
}

fn whole_appends(store: &dyn EventStore) -> Vec<Whole> {
    let appends = Blocking(store).appends(None);
    appends.map(|whole| whole.expect("a sound journal is read")).collect()
}
