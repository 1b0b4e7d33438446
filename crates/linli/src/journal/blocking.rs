//! The same trait for callers without async: the CLI, Python, tests.

use std::cell::Cell;

use super::{
    Append, AppendError, Appended, Direction, EventStore, IdempotencyKey, IndexSum, Page, Position,
    Query, ReadError, ReadOptions, Receipt,
};

thread_local! {
    static IS_WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Asks for something and waits for the answer on this thread, which may do the work itself.
pub(crate) fn wait_for<T>(ask: impl Future<Output = T>) -> T {
    struct Restored(bool);
    impl Drop for Restored {
        fn drop(&mut self) {
            IS_WAITING.set(self.0);
        }
    }
    let _restored = Restored(IS_WAITING.replace(true));
    pollster::block_on(ask)
}

/// Whether this thread has nothing else to do than to wait for the answer.
pub(super) fn is_waited_for_here() -> bool {
    IS_WAITING.get()
}

/// A thin blocking face over a store.
#[derive(Clone, Copy)]
pub struct Blocking<'a>(pub &'a dyn EventStore);

impl std::fmt::Debug for Blocking<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blocking")
    }
}

impl<'a> Blocking<'a> {
    /// Appends one append.
    ///
    /// # Errors
    /// Those of [`EventStore::append`].
    pub fn append(self, append: Append) -> Result<Appended, AppendError> {
        let key = append.key;
        let no_answer = || AppendError::Unknown { key, reason: "no answer came".into() };
        self.append_group(vec![append]).pop().unwrap_or_else(|| Err(no_answer()))
    }

    /// Appends several appends at the cost of one flush; see [`EventStore::append`].
    #[must_use]
    pub fn append_group(self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        wait_for(async { self.0.append(group).await })
    }

    /// Reads one page; see [`EventStore::read`].
    ///
    /// # Errors
    /// Those of [`EventStore::read`].
    pub fn read(self, query: &Query, options: ReadOptions) -> Result<Page, ReadError> {
        pollster::block_on(self.0.read(query, options))
    }

    /// Reads page after page until nothing more matches. Memory is bounded by one page.
    #[must_use]
    pub fn pages(self, query: Query, options: ReadOptions) -> Pages<'a> {
        Pages { store: self, query, options, is_done: false }
    }

    /// The position of the last event.
    ///
    /// # Errors
    /// Those of [`EventStore::head`].
    pub fn head(self) -> Result<Option<Position>, ReadError> {
        pollster::block_on(self.0.head())
    }

    /// What was first appended under `key`.
    ///
    /// # Errors
    /// Those of [`EventStore::receipt`].
    pub fn receipt(self, key: IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        pollster::block_on(self.0.receipt(key))
    }

    /// How far the upstream `source` has been taken in.
    ///
    /// # Errors
    /// Those of [`EventStore::checkpoint`].
    pub fn checkpoint(self, source: &str) -> Result<Option<Position>, ReadError> {
        pollster::block_on(self.0.checkpoint(source))
    }

    /// The sum of the index, where the store has one; see [`EventStore::index_sum`].
    ///
    /// # Errors
    /// Those of [`EventStore::index_sum`].
    pub fn index_sum(self, until: Position, sum: IndexSum) -> Result<Option<IndexSum>, ReadError> {
        pollster::block_on(self.0.index_sum(until, sum))
    }

    /// Waits until there is an event after `after`; see [`EventStore::past`].
    ///
    /// # Errors
    /// Those of [`EventStore::past`].
    pub fn past(self, after: Option<Position>) -> Result<Position, ReadError> {
        pollster::block_on(self.0.past(after))
    }
}

/// Page after page, as one snapshot of the journal: the first page's head bounds the rest.
#[derive(Debug)]
pub struct Pages<'a> {
    store: Blocking<'a>,
    query: Query,
    options: ReadOptions,
    is_done: bool,
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let page = match self.store.read(&self.query, self.options) {
            Ok(page) => page,
            Err(error) => {
                self.is_done = true;
                return Some(Err(error));
            }
        };
        let left = self.options.limit.map(|limit| limit.saturating_sub(page.len()));
        self.options.limit = left;
        self.options.after = page.next();
        if self.options.direction == Direction::Forwards {
            self.options.until = self.options.until.into_iter().chain(page.head()).min();
        }
        self.is_done = page.next().is_none() || left == Some(0);
        Some(Ok(page))
    }
}
