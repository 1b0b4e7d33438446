//! What an idempotency key makes harmless, and what it refuses.

use super::Journal;
use super::steps::{appended, head, key, note, noted, page, receipt, refused, taken_in};
use crate::journal::{
    Append, AppendError, Appended, Content, Event, EventStore, Position, Query, ReadOptions,
    Sealed, Written,
};

/// The same key and content give the first result again, and nothing is written.
pub async fn a_repeat_gives_the_first_result(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "before").await;
    let append = || Append::all(["a", "b"].map(noted)).key(key(1));
    let first = appended(store, append()).await;
    assert_eq!(first.written, Written::Now);
    note(store, "behind").await;
    for _ in 0..3 {
        let expected = Appended { written: Written::Before, ..first };
        assert_eq!(appended(store, append()).await, expected);
    }
    assert_eq!(head(store).await, Some(Position(4)), "a repeat writes nothing");
}

/// The same key with other content is refused, and the answer tells what the key stands for.
pub async fn other_content_under_a_key_is_refused(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "before").await;
    appended(store, Append::all(["a", "b"].map(noted)).key(key(1))).await;
    match refused(store, Append::of(noted("other")).key(key(1))).await {
        AppendError::KeyReused { key: named, first } => {
            assert_eq!(named, key(1), "the key that was used before");
            assert_eq!((first.first, first.last), (Position(2), Position(3)));
            assert_eq!(Some(first), receipt(store, key(1)).await);
        }
        error => panic!("the key was reused, not: {error}"),
    }
    appended(store, Append::of(noted("other")).key(key(2))).await;
}

/// A key is looked up before conditions and checkpoint: a repeat that they would refuse now gets
/// its first result.
pub async fn a_key_is_looked_up_before_conditions(journal: &dyn Journal) {
    let store = &*journal.open();
    let booked = || Append::of(noted("slot:7")).fail_if(Query::all(), None).key(key(1));
    let first = appended(store, booked()).await;
    let repeat = appended(store, booked()).await;
    assert_eq!(repeat, Appended { written: Written::Before, ..first });
    let taken_in = || taken_in("meter", 5).key(key(2));
    let first = appended(store, taken_in()).await;
    let repeat = appended(store, taken_in()).await;
    assert_eq!(repeat, Appended { written: Written::Before, ..first });
    let other = Append::of(noted("other")).fail_if(Query::all(), None).key(key(1));
    let error = refused(store, other).await;
    assert!(matches!(error, AppendError::KeyReused { .. }), "the key was reused, not: {error}");
}

/// A key holds within one group as it does between groups.
pub async fn a_key_holds_within_one_group(journal: &dyn Journal) {
    let store = &*journal.open();
    let append = |tag: &str| Append::of(noted(tag)).key(key(1));
    let answers = store.append(vec![append("a"), append("a"), append("b")]).await;
    let position = Position(1);
    let now = Appended { first: position, last: position, written: Written::Now };
    match &answers[..] {
        [Ok(first), Ok(repeat), Err(AppendError::KeyReused { .. })] => {
            assert_eq!(*first, now);
            assert_eq!(*repeat, Appended { written: Written::Before, ..now });
        }
        _ => panic!("written, repeated, reused; not: {answers:?}"),
    }
    assert_eq!(head(store).await, Some(position));
}

/// A receipt says where the first append under a key stands and with what content; a key that was
/// never used has none.
pub async fn a_receipt_says_where_and_what(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "before").await;
    let content = Content { clear: [7; 32], sealed: Sealed::Keyed([8; 32]) };
    let append = || Append::all(["a", "b"].map(noted));
    appended(store, append().key(key(1)).content_of(content)).await;
    let derived = append().key(key(2));
    appended(store, derived.clone()).await;
    let whole = |number| async move {
        let receipt = receipt(store, key(number)).await;
        receipt.map(|receipt| (receipt.first.0, receipt.last.0, receipt.content))
    };
    assert_eq!(whole(1).await, Some((2, 3, content)));
    assert_eq!(whole(2).await, Some((4, 5, derived.content())));
    assert_eq!(whole(3).await, None, "a key that was never used");
}

/// Without content of the caller's, everything that the events carry counts: ids that were given,
/// types, tags, metadata, payloads, and their order. The shared metadata of the append does not:
/// it may tell when it was tried.
pub async fn content_is_derived_from_the_bytes_of_the_events(journal: &dyn Journal) {
    let store = &*journal.open();
    let event = || noted("a").metadata(b"ab").payload(b"c");
    let all = |events: Vec<Event>| Append::all(events).key(key(1));
    appended(store, all(vec![event(), noted("b")]).metadata(b"first try")).await;
    let repeat = appended(store, all(vec![event(), noted("b")]).metadata(b"second try")).await;
    assert_eq!(repeat.written, Written::Before);
    let others = [
        all(vec![noted("b"), event()]),
        all(vec![event()]),
        all(vec![event(), noted("b"), noted("b")]),
        all(vec![event().payload(b"d"), noted("b")]),
        all(vec![event().metadata(b"a").payload(b"bc"), noted("b")]),
        all(vec![event().metadata(b"xy"), noted("b")]),
        all(vec![event().tag("b"), noted("b")]),
        all(vec![Event { event_type: "Noticed".into(), ..event() }, noted("b")]),
        all(vec![Event { id: Some(key(9).0), ..event() }, noted("b")]),
    ];
    for other in others {
        let error = refused(store, other.clone()).await;
        assert!(matches!(error, AppendError::KeyReused { .. }), "{error} for {other:?}");
    }
}

/// Content that the caller gives decides alone, whatever the events' bytes are.
pub async fn content_that_is_given_decides_alone(journal: &dyn Journal) {
    let store = &*journal.open();
    let append = |tag: &str, digest: u8| {
        Append::of(noted(tag)).key(key(1)).content_of(Content::clear([digest; 32]))
    };
    appended(store, append("first", 1)).await;
    let sealed_anew = appended(store, append("other nonce", 1)).await;
    assert_eq!(sealed_anew.written, Written::Before, "the same content in other bytes");
    let error = refused(store, append("first", 2)).await;
    assert!(matches!(error, AppendError::KeyReused { .. }), "other content, not: {error}");
}

/// The sealed digest counts as much as the clear one.
pub async fn the_sealed_digest_counts(journal: &dyn Journal) {
    let store = &*journal.open();
    let kinds = [Sealed::Nothing, Sealed::Keyed([1; 32]), Sealed::Keyed([2; 32])];
    for (number, kept) in kinds.into_iter().enumerate() {
        keep(store, number as u128, kept).await;
        for offered in kinds {
            let append = sealed(number as u128, [0; 32], offered);
            if offered == kept {
                assert_eq!(appended(store, append).await.written, Written::Before);
            } else {
                let error = refused(store, append).await;
                assert!(matches!(error, AppendError::KeyReused { .. }), "reused, not: {error}");
            }
        }
    }
}

/// When the sealing key was destroyed, on whichever side, the clear digest decides alone.
pub async fn a_destroyed_sealing_key_leaves_the_clear_digest(journal: &dyn Journal) {
    let store = &*journal.open();
    let keyed = Sealed::Keyed([1; 32]);
    let pairs = [
        (keyed, Sealed::KeyDestroyed),
        (Sealed::KeyDestroyed, keyed),
        (Sealed::KeyDestroyed, Sealed::KeyDestroyed),
    ];
    for (number, (kept, offered)) in pairs.into_iter().enumerate() {
        keep(store, number as u128, kept).await;
        let same = appended(store, sealed(number as u128, [0; 32], offered)).await;
        assert_eq!(same.written, Written::Before, "{kept:?}, then {offered:?}");
        let error = refused(store, sealed(number as u128, [9; 32], offered)).await;
        assert!(matches!(error, AppendError::KeyReused { .. }), "reused, not: {error}");
    }
}

/// An id that was not given is no content: a repeat without ids is the same append.
pub async fn generated_ids_are_no_content(journal: &dyn Journal) {
    let store = &*journal.open();
    let append = || Append::of(noted("a")).key(key(1));
    appended(store, append()).await;
    let expected = append().content();
    assert_eq!(receipt(store, key(1)).await.map(|receipt| receipt.content), Some(expected));
    assert_eq!(appended(store, append()).await.written, Written::Before);
}

/// An event without an id has the key plus its index in the append.
pub async fn event_ids_are_derived_from_the_key(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "before").await;
    appended(store, Append::all(["a", "b", "c"].map(noted)).key(key(1))).await;
    let options = ReadOptions::forwards().after(Position(1));
    let page = page(store, &Query::all(), options).await;
    let ids: Vec<_> = page.events().map(|event| event.id).collect();
    let derived = |index: u128| uuid::Uuid::from_u128(key(1).0.as_u128() + index);
    assert_eq!(ids, [0, 1, 2].map(derived));
}

/// An id that is given is kept, with a key and without one.
pub async fn an_id_that_is_given_is_kept(journal: &dyn Journal) {
    let store = &*journal.open();
    let with_id = |number| Event { id: Some(key(number).0), ..noted("a") };
    appended(store, Append::all([with_id(11), with_id(12)])).await;
    appended(store, Append::all([noted("a"), with_id(13)]).key(key(1))).await;
    let page = page(store, &Query::all(), ReadOptions::forwards()).await;
    let ids: Vec<_> = page.events().map(|event| event.id).collect();
    assert_eq!(ids, [key(11).0, key(12).0, key(1).event_id(0), key(13).0]);
}

/// Without id and key every event is given an id that no other has, and keeps it.
pub async fn every_event_has_an_id_of_its_own(journal: &dyn Journal) {
    let store = &*journal.open();
    for _ in 0..3 {
        appended(store, Append::all(["a", "a", "a"].map(noted))).await;
    }
    let once = page(store, &Query::all(), ReadOptions::forwards()).await;
    let mut ids: Vec<_> = once.events().map(|event| event.id).collect();
    let again = page(store, &Query::all(), ReadOptions::forwards()).await;
    assert!(again.events().map(|event| event.id).eq(ids.iter().copied()), "ids do not change");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 9, "nine events, nine ids");
    assert!(ids.iter().all(|id| !id.is_nil()), "no id is nil");
}

fn sealed(number: u128, clear: [u8; 32], sealed: Sealed) -> Append {
    Append::of(noted("a")).key(key(number + 1)).content_of(Content { clear, sealed })
}

async fn keep(store: &dyn EventStore, number: u128, kept: Sealed) {
    let written = appended(store, sealed(number, [0; 32], kept)).await.written;
    assert_eq!(written, Written::Now, "a key that is new");
}
