//! Waiting for the head to move, level-triggered.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::{Mutex, MutexGuard};

use super::{Pending, Position, ReadError};

/// Tells waiters how far the journal has come: for those who write a store.
#[derive(Clone, Debug, Default)]
pub struct HeadWatch(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    head: Option<Position>,
    failed: Option<ReadError>,
    /// By the number of their wait.
    waiting: BTreeMap<u64, Waker>,
    waits: u64,
}

impl HeadWatch {
    /// Notes that the journal is readable and has come as far as `head`, and wakes everybody who
    /// waits. A failure that was told before is over.
    pub fn reached(&self, head: Option<Position>) {
        let mut watched = self.0.lock();
        watched.failed = None;
        if head > watched.head {
            watched.head = head;
            wake_all(watched);
        }
    }

    /// Ends every wait with an error, until [`HeadWatch::reached`] is told something again: the
    /// store can no longer tell.
    pub fn failed(&self, error: ReadError) {
        let mut watched = self.0.lock();
        watched.failed = Some(error);
        wake_all(watched);
    }

    /// Whether anybody waits just now.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        !self.0.lock().waiting.is_empty()
    }

    /// Waits until the head is past `after`.
    #[must_use]
    pub fn past(&self, after: Option<Position>) -> Pending<'static, Result<Position, ReadError>> {
        let mut watched = self.0.lock();
        watched.waits = watched.waits.wrapping_add(1);
        Box::pin(Past { watch: self.clone(), after, wait: watched.waits })
    }
}

/// Wakes with the lock released: a runtime may poll, and so ask again, inside the call.
fn wake_all(mut watched: MutexGuard<'_, Watched>) {
    let waiting = std::mem::take(&mut watched.waiting);
    drop(watched);
    waiting.into_values().for_each(Waker::wake);
}

struct Past {
    watch: HeadWatch,
    after: Option<Position>,
    wait: u64,
}

impl Future for Past {
    type Output = Result<Position, ReadError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut watched = self.watch.0.lock();
        match (watched.head, &watched.failed) {
            (Some(head), _) if Some(head) > self.after => Poll::Ready(Ok(head)),
            (_, Some(error)) => Poll::Ready(Err(error.clone())),
            _ => {
                let before = watched.waiting.insert(self.wait, context.waker().clone());
                drop(watched);
                drop(before); // With the lock released: its task may hold another wait.
                Poll::Pending
            }
        }
    }
}

impl Drop for Past {
    fn drop(&mut self) {
        let waker = self.watch.0.lock().waiting.remove(&self.wait);
        drop(waker);
    }
}
