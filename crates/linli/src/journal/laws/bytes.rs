//! Events come back byte for byte.

use super::Journal;
use super::steps::{appended, page};
use crate::journal::{Append, Event, Position, Query, ReadOptions};

/// Payloads come back byte for byte: empty, zeros, bytes that are no text, and large ones.
pub async fn payloads_come_back_byte_for_byte(journal: &dyn Journal) {
    let store = &*journal.open();
    let runs = runs();
    appended(store, Append::all(runs.iter().map(|run| Event::new("Kept").payload(run)))).await;
    for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
        let page = page(store, &Query::all(), options).await;
        let mut read: Vec<_> = page.events().map(|event| event.payload.to_vec()).collect();
        if options == ReadOptions::backwards() {
            read.reverse();
        }
        assert!(read == runs, "the payloads that were appended");
    }
}

/// The metadata of events comes back byte for byte, apart from payloads.
pub async fn metadata_comes_back_byte_for_byte(journal: &dyn Journal) {
    let store = &*journal.open();
    let runs = runs();
    let event = |run: &Vec<u8>| Event::new("Kept").metadata(run).payload(b"payload");
    appended(store, Append::all(runs.iter().map(event))).await;
    let page = page(store, &Query::all(), ReadOptions::forwards()).await;
    let read: Vec<_> = page.events().map(|event| event.metadata.to_vec()).collect();
    assert!(read == runs, "the metadata that was appended");
    assert!(page.events().all(|event| event.payload == b"payload"), "and the payloads");
}

/// The metadata of an append comes back with each of its events, whichever of them are read.
pub async fn append_metadata_is_shared_by_the_events_of_its_append(journal: &dyn Journal) {
    let store = &*journal.open();
    let three = || Append::all(["a", "b", "a"].map(|tag| Event::new("Kept").tag(tag)));
    let metadata: [&[u8]; 4] = [b"first", b"", &[0, 255, 0], b"first"];
    for metadata in metadata {
        appended(store, three().metadata(metadata)).await;
    }
    let of = |position: Position| metadata.iter().copied().nth((position.0 as usize - 1) / 3);
    for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
        for (query, events) in
            [(Query::all(), 12), (Query::tagged("a"), 8), (Query::tagged("b"), 4)]
        {
            let page = page(store, &query, options).await;
            assert_eq!(page.len(), events, "events that match");
            for event in page.events() {
                assert_eq!(
                    Some(event.append_metadata),
                    of(event.position),
                    "of {}",
                    event.position
                );
            }
        }
    }
}

/// Types come back byte for byte.
pub async fn types_come_back_byte_for_byte(journal: &dyn Journal) {
    let store = &*journal.open();
    let types = ["Kept", "kept", " Kept", "邻里", "a.b:c/d'\"\\%", "\u{0}", "Kept"];
    appended(store, Append::all(types.map(Event::new))).await;
    let page = page(store, &Query::all(), ReadOptions::forwards()).await;
    let read: Vec<_> = page.events().map(|event| event.event_type).collect();
    assert_eq!(read, types);
}

/// Tags come back byte for byte, in byte order and each once, whatever else is on the page.
pub async fn tags_come_back_sorted_and_once(journal: &dyn Journal) {
    let store = &*journal.open();
    let long = "t".repeat(128);
    let given: [&[&str]; 5] = [
        &["b", "a", "b", "B"],
        &[],
        &["邻:1", "cafe\u{301}", "caf\u{e9}", "'; --", "a b", "\u{0}"],
        &[&long, "a"],
        &["a"],
    ];
    for tags in given {
        let tags = tags.iter().copied().collect();
        appended(store, Append::of(Event { tags, ..Event::new("Kept") })).await;
    }
    let page = page(store, &Query::all(), ReadOptions::forwards()).await;
    assert_eq!(page.len(), given.len(), "every event");
    for (index, tags) in given.iter().enumerate() {
        let mut expected = tags.to_vec();
        expected.sort_unstable();
        expected.dedup();
        assert!(page.tags(index).eq(expected.iter().copied()), "not {expected:?}");
    }
}

/// Runs of bytes that a careless store would change.
fn runs() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        vec![0],
        vec![0, 0, 0],
        (0..=255).collect(),
        "邻里 caf\u{e9} cafe\u{301}\r\n\t".into(),
        vec![0xff, 0xfe, 0xc3, 0x28],
        (0..70_000_u32).map(|number| number.to_le_bytes()[0] ^ number.to_le_bytes()[1]).collect(),
        Vec::new(),
    ]
}
