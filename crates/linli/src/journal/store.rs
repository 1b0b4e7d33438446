//! The storage trait: few methods, one contract.

use std::future::Future;
use std::pin::Pin;

use super::{
    Append, AppendError, Appended, IdempotencyKey, IndexSum, Page, Position, Query, ReadError,
    ReadOptions, Receipt,
};

/// What a store is still doing. Needs no particular runtime; [`super::Blocking`] waits for it
/// without one. Dropping it cancels the wait, never the work.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a store says on the other side of a fork, where its threads and connections are not.
pub const FORKED: &str = "the process was forked off after the store was opened; start the process \
    with spawn, or open the journal only after the fork";

/// Where a journal lives.
///
/// # Contract
/// Each sentence is a law in [`super::laws`](mod@super::laws), and every store passes all of them.
///
/// - Positions are dense from 1 and become visible in order; who appends reads it back at once.
/// - An append is there entirely or not at all, and its events are contiguous.
/// - Of two appends that exclude each other at most one is accepted, in a group or out of it.
/// - A success is reported only when it is as durable as the store's profile says.
/// - Events come back byte for byte.
///
/// # Writing a store
/// Implement the methods, then run every law with one line:
/// `linli::journal::laws!(make_store);`. [`super::GroupCommit`] brings one writer thread and group
/// commit, [`super::record`] the stored form of an append, [`super::HeadWatch`] the waiting.
pub trait EventStore: Send + Sync {
    /// Appends several independent appends at the cost of one durable flush.
    ///
    /// The work is handed over before this returns, whatever becomes of the future. Each append is
    /// atomic under its own conditions and sees those before it in the group; one that is refused
    /// harms no neighbour. The answers come in the order of the group.
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>>;

    /// Reads one bounded page of the events that match `query`, with the head of the journal taken
    /// in the same snapshot before the rows.
    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>>;

    /// The position of the last event, or `None` while the journal is empty.
    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>>;

    /// What was first appended under `key`: how an unknown outcome is settled.
    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>>;

    /// How far this journal has taken in the upstream `source`: the last checkpoint appended.
    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>>;

    /// What the index holds: the sum that is given, with every name added under which this store
    /// finds an append that ends at `until` or before. Each of these appends has been found by its
    /// position as well.
    ///
    /// `None`, unless it is implemented, and that always: who verifies a journal asks up to
    /// position 0 first, and for one name after the other then. Worth it where the index is stored,
    /// and can be read from one end to the other.
    fn index_sum(
        &self,
        until: Position,
        sum: IndexSum,
    ) -> Pending<'_, Result<Option<IndexSum>, ReadError>> {
        let _ = (until, sum);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Waits until there is an event after `after` and gives the head then. Level-triggered: it
    /// answers at once if the event is there already.
    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>>;
}
