//! Waiting for the head to move, level-triggered.

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
    waiting: Vec<Waker>,
}

impl HeadWatch {
    /// Notes that the journal has come as far as `head`, and wakes everybody who waits.
    pub fn reached(&self, head: Option<Position>) {
        let mut watched = self.0.lock();
        if head > watched.head {
            watched.head = head;
            wake_all(watched);
        }
    }

    /// Ends every wait with an error: the store can no longer tell.
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
        Box::pin(Past { watch: self.clone(), after })
    }
}

/// Wakes with the lock released: a runtime may poll, and so ask again, inside the call.
fn wake_all(mut watched: MutexGuard<'_, Watched>) {
    let waiting = std::mem::take(&mut watched.waiting);
    drop(watched);
    waiting.into_iter().for_each(Waker::wake);
}

struct Past {
    watch: HeadWatch,
    after: Option<Position>,
}

impl Future for Past {
    type Output = Result<Position, ReadError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut watched = self.watch.0.lock();
        match (watched.head, &watched.failed) {
            (Some(head), _) if Some(head) > self.after => Poll::Ready(Ok(head)),
            (_, Some(error)) => Poll::Ready(Err(error.clone())),
            _ => {
                if !watched.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                    watched.waiting.push(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }
}
