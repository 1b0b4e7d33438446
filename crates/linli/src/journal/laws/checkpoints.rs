//! How far an upstream source has been taken in.

use super::Journal;
use super::steps::{appended, checkpoint, found, refused, taken_in};
use crate::journal::{AppendError, Position, Query};

/// A checkpoint rises strictly: an equal or a lower one is refused, and the answer tells both.
pub async fn a_checkpoint_rises_strictly(journal: &dyn Journal) {
    let store = &*journal.open();
    appended(store, taken_in("meter", 5)).await;
    for lower in [5, 4, 0] {
        match refused(store, taken_in("meter", lower)).await {
            AppendError::CheckpointNotRising { source_name, held, offered } => {
                assert_eq!(source_name, "meter", "the source");
                assert_eq!((held, offered), (Position(5), Position(lower)));
            }
            error => panic!("the checkpoint does not rise, not: {error}"),
        }
        assert_eq!(checkpoint(store, "meter").await, Some(Position(5)));
    }
    appended(store, taken_in("meter", 6)).await;
    appended(store, taken_in("meter", 1 << 40)).await;
    assert_eq!(checkpoint(store, "meter").await, Some(Position(1 << 40)));
}

/// An append whose checkpoint is refused writes none of its events: each is taken in once.
pub async fn a_refused_checkpoint_writes_no_event(journal: &dyn Journal) {
    let store = &*journal.open();
    let group = vec![taken_in("meter", 1), taken_in("meter", 1), taken_in("meter", 2)];
    let answers = store.append(group).await;
    assert!(
        matches!(answers[..], [Ok(_), Err(AppendError::CheckpointNotRising { .. }), Ok(_)]),
        "written, refused, written; not: {answers:?}"
    );
    assert_eq!(found(store, &Query::all()).await, [1, 2]);
}

/// Each source has a checkpoint of its own, and one that was never taken in has none.
pub async fn checkpoints_are_kept_for_each_source(journal: &dyn Journal) {
    let store = &*journal.open();
    assert_eq!(checkpoint(store, "meter:1").await, None);
    appended(store, taken_in("meter:1", 9)).await;
    appended(store, taken_in("meter:2", 3)).await;
    assert_eq!(checkpoint(store, "meter:1").await, Some(Position(9)));
    assert_eq!(checkpoint(store, "meter:2").await, Some(Position(3)));
    assert_eq!(checkpoint(store, "meter:").await, None);
    assert_eq!(checkpoint(store, "METER:1").await, None);
}
