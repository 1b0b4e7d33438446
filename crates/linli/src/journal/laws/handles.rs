//! Several handles to one journal, side by side and one after the other.

use super::Journal;
use super::steps::{
    appended, checkpoint, found, head, key, note, noted, page, receipt, refused, taken_in,
};
use crate::journal::{Append, AppendError, Appended, Position, Query, ReadOptions, Written};

/// Two handles see each other's appends at once: in reads, conditions, keys and checkpoints.
pub async fn handles_see_each_others_appends(journal: &dyn Journal) {
    let (here, there) = (journal.open(), journal.open());
    let (here, there) = (&*here, &*there);
    note(here, "slot:7").await;
    assert_eq!(found(there, &Query::tagged("slot:7")).await, [1]);
    refused(there, Append::of(noted("a")).fail_if(Query::tagged("slot:7"), None)).await;
    let taken = || taken_in("meter", 4).key(key(1));
    assert_eq!(appended(there, taken()).await.first, Position(2));
    assert_eq!(head(here).await, Some(Position(2)));
    assert_eq!(checkpoint(here, "meter").await, Some(Position(4)));
    assert_eq!(appended(here, taken()).await.written, Written::Before);
    refused(here, taken_in("meter", 4)).await;
    assert_eq!(note(here, "last").await, Position(3));
    assert_eq!(found(there, &Query::all()).await, [1, 2, 3]);
}

/// What was appended is there after reopening, conditions see it, and positions go on behind it.
pub async fn a_journal_goes_on_after_reopening(journal: &dyn Journal) {
    let store = journal.open();
    let event = noted("slot:7").metadata(b"m").payload(b"p");
    appended(&*store, Append::all([event, noted("b")]).metadata(b"shared")).await;
    drop(store);
    let store = &*journal.open();
    assert_eq!(head(store).await, Some(Position(2)));
    let kept = page(store, &Query::tagged("slot:7"), ReadOptions::forwards()).await;
    let bytes: Vec<_> = kept.events().map(|e| (e.append_metadata, e.metadata, e.payload)).collect();
    assert_eq!(bytes, [(&b"shared"[..], &b"m"[..], &b"p"[..])]);
    refused(store, Append::of(noted("a")).fail_if(Query::tagged("slot:7"), None)).await;
    assert_eq!(note(store, "c").await, Position(3));
}

/// Keys are kept for ever: after reopening a repeat is still a repeat.
pub async fn keys_outlive_their_handle(journal: &dyn Journal) {
    let append = || Append::of(noted("a")).key(key(1));
    let store = journal.open();
    let first = appended(&*store, append()).await;
    let kept = receipt(&*store, key(1)).await;
    drop(store);
    let store = &*journal.open();
    assert_eq!(receipt(store, key(1)).await, kept);
    let repeat = appended(store, append()).await;
    assert_eq!(repeat, Appended { written: Written::Before, ..first });
    let error = refused(store, Append::of(noted("b")).key(key(1))).await;
    assert!(matches!(error, AppendError::KeyReused { .. }), "the key was reused, not: {error}");
}

/// A checkpoint stands after reopening where it stood before.
pub async fn checkpoints_outlive_their_handle(journal: &dyn Journal) {
    let store = journal.open();
    appended(&*store, taken_in("meter", 5)).await;
    drop(store);
    let store = &*journal.open();
    assert_eq!(checkpoint(store, "meter").await, Some(Position(5)));
    let error = refused(store, taken_in("meter", 5)).await;
    assert!(matches!(error, AppendError::CheckpointNotRising { .. }), "not: {error}");
    appended(store, taken_in("meter", 6)).await;
}
