//! A view of one's own, whose checkpoint commits with it.

mod error;
mod file;

pub use error::ProjectionError;

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use linli::journal::{self, EventStore, Follower, Page, Position, Query, Subscription};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::identity::Hold;

/// What a view says to a page.
pub type Taken = Result<(), Box<dyn Error + Send + Sync>>;

/// Tables of your own in a SQLite file of their own, kept from the events of any store.
///
/// What a page changes in the tables and how far the view has come are one transaction: a crash
/// leaves both or neither, so that each event is taken exactly once. The checkpoint rises
/// strictly, over events that do not match as well.
///
/// ```
/// use std::sync::Arc;
/// use linli::journal::{Append, Blocking, Event, EventStore, MemoryStore, Query};
/// use linli_sqlite::Projection;
///
/// let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
/// let booked = |slot: &str| Append::of(Event::new("SlotBooked").payload(slot.as_bytes()));
/// for slot in ["7", "8", "7"] {
///     Blocking(&*store).append(booked(slot))?;
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("bookings.db");
/// let tables = "CREATE TABLE booking(slot TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT";
/// let mut view = Projection::open(path, "bookings by slot, 1", tables)?;
/// view.catch_up(&store, Query::of_types(["SlotBooked"]), |transaction, page| {
///     let mut counts = transaction.prepare_cached(
///         "INSERT INTO booking VALUES (?1, 1) ON CONFLICT DO UPDATE SET times = times + 1",
///     )?;
///     for event in page.events() {
///         counts.execute([std::str::from_utf8(event.payload)?])?;
///     }
///     Ok(())
/// })?;
///
/// let times: i64 = view.connection().query_row(
///     "SELECT times FROM booking WHERE slot = '7'", [], |row| row.get(0),
/// )?;
/// assert_eq!(times, 2);
/// assert_eq!(view.checkpoint().map(|place| place.0), Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Projection::catch_up`] ends at the head; [`Projection::follow`] goes on until its subscription
/// is stopped.
///
/// # What is durable
/// A view can always be made anew from its journal, so its file is flushed now and then only
/// (`synchronous=NORMAL` with a write-ahead log): after a loss of power it may be some pages back,
/// view and checkpoint together, and takes them again. What a view does elsewhere (a letter, a
/// request) is not part of the transaction, and may be done twice.
///
/// # When the view changes
/// The file keeps the name and the tables that it was made with, and is refused under others: what
/// is counted in another way has to be counted from the beginning. Change the name when the query
/// or what is made of an event changes.
///
/// # Processes and threads
/// One handle at a time follows; a second one that moved the view is noticed before it can take
/// anything twice. Any number may read the file meanwhile, but not by a second SQLite library in
/// this process. A handle does not cross a `fork`.
pub struct Projection {
    /// The process that opened it.
    process: u32,
    connection: Connection,
    checkpoint: Option<Position>,
    /// Given up when the connection is closed.
    _hold: Hold,
}

impl Projection {
    /// Opens the view at `path`; makes it, with its tables, if nothing is there. `tables` is SQL
    /// that is run once, in an empty file.
    ///
    /// # Errors
    /// [`ProjectionError`] says what is wrong with the file. What is not a view stays as it is.
    pub fn open(path: impl AsRef<Path>, name: &str, tables: &str) -> Result<Self, ProjectionError> {
        let (hold, connection) = file::open(path.as_ref(), name, tables)?;
        let checkpoint = file::checkpoint(&connection)?;
        Ok(Self { process: std::process::id(), connection, checkpoint, _hold: hold })
    }

    /// The file, to ask the view. What is written by this is no part of any page.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How far the view has come: every event up to this position was taken or did not match.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Position> {
        self.checkpoint
    }

    /// A subscription that begins where the view stands.
    #[must_use]
    pub fn subscribe(&self, store: &Arc<dyn EventStore>, query: Query) -> Subscription {
        Subscription::new(Arc::clone(store), query, self.checkpoint)
    }

    /// Takes what matches, up to the head that the journal has now.
    ///
    /// # Errors
    /// [`ProjectionError`]; what was taken before stays.
    pub fn catch_up(
        &mut self,
        store: &Arc<dyn EventStore>,
        query: Query,
        take: impl FnMut(&Transaction<'_>, &Page) -> Taken,
    ) -> Result<(), ProjectionError> {
        journal::catch_up(&mut Taking { view: self, take }, store, query)
    }

    /// Takes what matches and what comes, until the subscription is stopped.
    ///
    /// # Errors
    /// [`ProjectionError`]; what was taken before stays, and a subscription of
    /// [`Projection::subscribe`] goes on behind it.
    pub fn follow(
        &mut self,
        subscription: &mut Subscription,
        take: impl FnMut(&Transaction<'_>, &Page) -> Taken,
    ) -> Result<(), ProjectionError> {
        journal::follow(&mut Taking { view: self, take }, subscription)
    }

    /// The page, if any of its events matched, and the place behind it, both or neither.
    fn take(
        &mut self,
        page: Option<&Page>,
        place: Position,
        take: &mut impl FnMut(&Transaction<'_>, &Page) -> Taken,
    ) -> Result<(), ProjectionError> {
        if self.process != std::process::id() {
            return Err(ProjectionError::Forked);
        }
        let after = self.checkpoint;
        let one = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = file::checkpoint(&one)?;
        if found != after {
            return Err(ProjectionError::NotAlone { left: after, found });
        }
        if let Some(page) = page {
            take(&one, page).map_err(|why| ProjectionError::Refused { after, why })?;
        }
        if one.is_autocommit() {
            return Err(ProjectionError::Ended);
        }
        file::move_checkpoint(&one, place)?;
        one.commit()?;
        self.checkpoint = Some(place);
        Ok(())
    }
}

/// A view, and what it does with a page.
struct Taking<'v, F> {
    view: &'v mut Projection,
    take: F,
}

impl<F: FnMut(&Transaction<'_>, &Page) -> Taken> Follower for Taking<'_, F> {
    type Error = ProjectionError;

    fn checkpoint(&self) -> Option<Position> {
        self.view.checkpoint
    }

    fn take(&mut self, page: Option<&Page>, place: Position) -> Result<(), ProjectionError> {
        self.view.take(page, place, &mut self.take)
    }
}

impl fmt::Debug for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Projection");
        shown.field("checkpoint", &self.checkpoint).finish_non_exhaustive()
    }
}
