//! The starting line, of two kinds in turn. In odd rounds all writers read, decide, and then wait:
//! every append is offered by somebody who saw the place free. In even rounds they start together
//! and meet as they come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};

use linli::journal::{
    Append, AppendError, Appended, EventStore, IdempotencyKey, Page, Pending, Position, Query,
    ReadError, ReadOptions, Receipt,
};

use super::WRITERS;

pub(super) struct Line {
    together: Barrier,
    decided: Option<Arc<Decided>>,
}

/// How many have decided, or have ended without.
#[derive(Default)]
struct Decided {
    writers: Mutex<usize>,
    all: Condvar,
}

/// A store as one writer sees it: the first append waits until everybody has decided.
pub(super) struct Starter {
    inner: Arc<dyn EventStore>,
    decided: Option<Arc<Decided>>,
    has_decided: AtomicBool,
}

impl Line {
    pub(super) fn of_round(round: usize) -> Self {
        let decided = (!round.is_multiple_of(2)).then(Arc::default);
        Self { together: Barrier::new(WRITERS), decided }
    }

    /// Waits for the others, and gives the store as this writer sees it.
    pub(super) fn start(&self, inner: Arc<dyn EventStore>) -> Starter {
        let decided = self.decided.clone();
        let starter = Starter { inner, decided, has_decided: AtomicBool::new(false) };
        self.together.wait();
        starter
    }
}

/// Whoever ends without an append waits for nobody, and nobody waits for them.
impl Drop for Starter {
    fn drop(&mut self) {
        if let Some(decided) = self.first_time() {
            drop(decided.count());
        }
    }
}

impl Starter {
    fn first_time(&self) -> Option<&Decided> {
        let decided = self.decided.as_deref()?;
        (!self.has_decided.swap(true, Ordering::SeqCst)).then_some(decided)
    }
}

impl Decided {
    fn count(&self) -> std::sync::MutexGuard<'_, usize> {
        let mut writers = self.writers.lock().expect("nobody panicked");
        *writers += 1;
        if *writers == WRITERS {
            self.all.notify_all();
        }
        writers
    }

    fn wait(&self) {
        let writers = self.count();
        drop(self.all.wait_while(writers, |writers| *writers < WRITERS).expect("nobody panicked"));
    }
}

impl EventStore for Starter {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        if let Some(decided) = self.first_time() {
            decided.wait();
        }
        self.inner.append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        self.inner.read(query, options)
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        self.inner.head()
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        self.inner.receipt(key)
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        self.inner.checkpoint(source)
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.inner.past(after)
    }
}
