//! Waiting for an event: level-triggered, and never in vain.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use super::Journal;
use super::steps::{found, note, noted};
use crate::journal::{Append, EventStore, Position, Query, ReadError};

/// After this long a wait is taken to be in vain. Nothing is right because of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A wait for an event that is there ends at once with the head, after reopening as well.
pub async fn a_wait_for_what_is_there_ends_at_once(journal: &dyn Journal) {
    let store = journal.open();
    note(&*store, "a").await;
    note(&*store, "b").await;
    assert_eq!(Wait::begin(&store, None).end(), Position(2));
    assert_eq!(Wait::begin(&store, Some(Position(1))).end(), Position(2));
    drop(store);
    let store = journal.open();
    assert_eq!(Wait::begin(&store, None).end(), Position(2), "after reopening");
}

/// An append wakes who waits for it, through whichever handle it comes.
pub async fn an_append_wakes_who_waits(journal: &dyn Journal) {
    let (here, there) = (journal.open(), journal.open());
    let wait = Wait::begin(&here, None);
    wait.is_parked();
    note(&*here, "a").await;
    assert_eq!(wait.end(), Position(1));
    let wait = Wait::begin(&here, Some(Position(1)));
    wait.is_parked();
    note(&*there, "b").await;
    assert_eq!(wait.end(), Position(2), "through another handle");
}

/// An append wakes everybody who waits, not only one.
pub async fn an_append_wakes_everybody_who_waits(journal: &dyn Journal) {
    let store = journal.open();
    let waits: Vec<_> = (0..8).map(|_| Wait::begin(&store, None)).collect();
    waits.iter().for_each(Wait::is_parked);
    note(&*store, "a").await;
    for wait in waits {
        assert_eq!(wait.end(), Position(1));
    }
}

/// A wait ends when there is an event behind its position, not before.
pub async fn no_wait_ends_before_its_event(journal: &dyn Journal) {
    let store = journal.open();
    note(&*store, "a").await;
    let wait = Wait::begin(&store, Some(Position(3)));
    wait.is_parked();
    note(&*store, "b").await;
    note(&*store, "c").await;
    note(&*store, "d").await;
    assert_eq!(wait.end(), Position(4));
    let mut wait = pin!(store.past(Some(Position(4))));
    assert!(is_pending(wait.as_mut()).await, "4 is the head, and not behind itself");
    note(&*store, "e").await;
}

/// A wait that is dropped harms neither the journal nor the others who wait.
pub async fn a_dropped_wait_harms_nobody(journal: &dyn Journal) {
    let store = journal.open();
    let wait = Wait::begin(&store, None);
    wait.is_parked();
    for _ in 0..3 {
        let mut dropped = Box::pin(store.past(None));
        assert!(is_pending(dropped.as_mut()).await, "nothing is there yet");
        drop(dropped);
    }
    note(&*store, "a").await;
    assert_eq!(wait.end(), Position(1));
    assert_eq!(Wait::begin(&store, None).end(), Position(1));
}

/// An append whose future is dropped is written all the same: the wait is cancelled, not the work.
pub async fn a_dropped_append_is_still_written(journal: &dyn Journal) {
    let store = journal.open();
    drop(store.append(vec![Append::all(["a", "b"].map(noted))]));
    assert_eq!(Wait::begin(&store, None).end(), Position(2));
    assert_eq!(found(&*store, &Query::all()).await, [1, 2]);
}

/// A wait on a thread of its own, so that one in vain is noticed.
struct Wait {
    parked: Receiver<()>,
    ended: Receiver<Result<Position, ReadError>>,
}

impl Wait {
    fn begin(store: &Arc<dyn EventStore>, after: Option<Position>) -> Self {
        let store = Arc::clone(store);
        let (park, parked) = channel();
        let (end, ended) = channel();
        thread::spawn(move || {
            let mut wait = store.past(after);
            // Whoever begins a wait may have lost patience: then nobody hears this.
            let answer = pollster::block_on(poll_fn(|context| {
                let poll = wait.as_mut().poll(context);
                if poll.is_pending() {
                    let _ = park.send(());
                }
                poll
            }));
            drop(wait);
            drop(store);
            let _ = end.send(answer);
        });
        Self { parked, ended }
    }

    /// Returns when the wait has looked and found nothing.
    fn is_parked(&self) {
        let parked = self.parked.recv_timeout(PATIENCE);
        assert!(parked.is_ok(), "a wait for an event that is not there waits");
    }

    /// The head with which the wait ends.
    fn end(self) -> Position {
        match self.ended.recv_timeout(PATIENCE) {
            Ok(Ok(head)) => head,
            Ok(Err(error)) => panic!("a wait in a sound journal ended with: {error}"),
            Err(RecvTimeoutError::Timeout) => panic!("nobody woke the wait"),
            Err(RecvTimeoutError::Disconnected) => panic!("the wait panicked"),
        }
    }
}

/// Whether a future is not ready when it is asked once.
async fn is_pending<F: Future + Unpin>(mut future: F) -> bool {
    poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut future).poll(context).is_pending())).await
}
