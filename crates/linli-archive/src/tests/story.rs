//! Journals of any appends: every field that one can have is filled in and left out.

use linli::journal::{
    Append, Blocking, Content, Event, IdempotencyKey, MemoryStore, Position, Sealed, Whole,
};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

/// An append but for what has to be its own: its key, and how far its source has come.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    events: Vec<Event>,
    metadata: Vec<u8>,
    has_key: bool,
    content: Option<Content>,
    source: Option<&'static str>,
}

pub(crate) fn stories() -> impl Strategy<Value = Vec<Told>> {
    vec(told(), 0..24)
}

fn told() -> impl Strategy<Value = Told> {
    let source = prop::option::of(prop::sample::select(&["meter", "水表"][..]));
    let bytes = || vec(any::<u8>(), 0..12);
    (vec(event(), 1..6), bytes(), any::<bool>(), prop::option::of(content()), source).prop_map(
        |(events, metadata, has_key, content, source)| Told {
            events,
            metadata,
            has_key,
            content,
            source,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let id = prop::option::of(any::<u128>().prop_map(Uuid::from_u128));
    let texts = || prop::sample::select(&["counted", "a:1", "a:2", "楼:3", " "][..]);
    let bytes = || vec(any::<u8>(), 0..40);
    (id, texts(), vec(texts(), 0..4), bytes(), bytes()).prop_map(
        |(id, event_type, tags, metadata, payload)| Event {
            id,
            event_type: event_type.to_owned(),
            tags: tags.into_iter().collect(),
            metadata,
            payload,
        },
    )
}

fn content() -> impl Strategy<Value = Content> {
    let sealed = prop_oneof![
        Just(Sealed::Nothing),
        Just(Sealed::KeyDestroyed),
        any::<[u8; 32]>().prop_map(Sealed::Keyed),
    ];
    (any::<[u8; 32]>(), sealed).prop_map(|(clear, sealed)| Content { clear, sealed })
}

/// The journal of a story; the number of an append makes its key and its checkpoint.
pub(crate) fn journal(story: &[Told]) -> MemoryStore {
    let store = MemoryStore::new();
    for (number, told) in story.iter().enumerate() {
        let mut append = Append::all(told.events.clone()).metadata(&told.metadata);
        if told.has_key {
            append.key = Some(key(number));
            append.content = told.content;
        }
        if let Some(source) = told.source {
            append = append.checkpoint(source, Position(number as u64 + 1));
        }
        Blocking(&store).append(append).expect("nothing forbids it");
    }
    store
}

pub(crate) fn key(number: usize) -> IdempotencyKey {
    IdempotencyKey::of("stories", &number.to_string())
}

/// A journal of so many counted events, one an append, that is the same each time.
pub(crate) fn counted(events: u64) -> MemoryStore {
    let store = MemoryStore::new();
    for number in 1..=events {
        let event = Event::new("Counted").tag(&format!("number:{number}")).payload(b"one more");
        let append = Append::of(event).key(key(usize::try_from(number).expect("few")));
        Blocking(&store).append(append).expect("nothing forbids it");
    }
    store
}

pub(crate) fn appends(journal: &MemoryStore) -> Vec<Whole> {
    Blocking(journal).appends(None).map(|whole| whole.expect("readable")).collect()
}
