//! A view of one's own, whose checkpoint commits with it.

mod error;
mod schema;

pub use error::ProjectionError;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use linli::journal::{self, EventStore, Follower, Page, Position, Query, Subscription};
use postgres::{Client, Transaction};

use schema::Schema;

/// What a view says to a page.
pub type Taken = Result<(), Box<dyn Error + Send + Sync>>;

/// Tables of your own in a schema of their own, kept from the events of any store.
///
/// What a page changes in the tables and how far the view has come are one transaction: a crash
/// leaves both or neither, so that each event is taken exactly once. The checkpoint rises
/// strictly, over events that do not match as well.
///
/// ```no_run
/// use std::sync::Arc;
/// use linli::journal::{EventStore, Query};
/// use linli_postgres::{PostgresStore, Projection};
///
/// let store: Arc<dyn EventStore> =
///     Arc::new(PostgresStore::open("postgres://linli@localhost/linli?journal=yujing")?);
/// let tables = "CREATE TABLE booking(slot text PRIMARY KEY, times int8 NOT NULL)";
/// let address = "postgres://linli@localhost/linli?view=bookings";
/// let mut view = Projection::open(address, "bookings by slot, 1", tables)?;
/// view.catch_up(&store, Query::of_types(["SlotBooked"]), |transaction, page| {
///     for event in page.events() {
///         let slot = std::str::from_utf8(event.payload)?;
///         transaction.execute(
///             "INSERT INTO booking VALUES ($1, 1) \
///                 ON CONFLICT (slot) DO UPDATE SET times = booking.times + 1",
///             &[&slot],
///         )?;
///     }
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Anybody asks it by its schema: `SELECT times FROM bookings.booking`. [`Projection::catch_up`]
/// ends at the head; [`Projection::follow`] goes on until its subscription is stopped.
///
/// # What is durable
/// A view can always be made anew from its journal, so nobody waits until it is flushed
/// (`synchronous_commit = off` in its transactions): after the server crashed it may be some pages
/// back, view and checkpoint together, and takes them again. What a view does elsewhere (a letter,
/// a request) is not part of the transaction, and may be done twice.
///
/// # When the view changes
/// The schema keeps the name and the tables that it was made with, and is refused under others:
/// what is counted in another way has to be counted from the beginning. Change the name when the
/// query or what is made of an event changes.
///
/// # Processes and threads
/// One handle at a time follows; a second one that moved the view is noticed before it can take
/// anything twice. Any number may read meanwhile. It blocks, as [`postgres`] does, and panics as
/// that does where an async runtime drives the thread: give it a thread of its own, or
/// `spawn_blocking`. A handle does not cross a `fork`.
pub struct Projection {
    /// The process that opened it.
    process: u32,
    schema: Schema,
    client: Client,
    checkpoint: Option<Position>,
}

impl Projection {
    /// Opens the view at an address such as `postgres://user@host/database?view=bookings`, of
    /// which `view` names the schema; makes it, with its tables, if nothing is there. `tables` is
    /// SQL that is run once, within that schema. TLS and passwords are those of a journal.
    ///
    /// # Errors
    /// [`ProjectionError`] says what is wrong. What is not a view stays as it is.
    pub fn open(address: &str, name: &str, tables: &str) -> Result<Self, ProjectionError> {
        let (schema, mut client) = Schema::connect(address)?;
        let checkpoint = schema.open(&mut client, name, tables)?;
        Ok(Self { process: std::process::id(), schema, client, checkpoint })
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
        take: impl FnMut(&mut Transaction<'_>, &Page) -> Taken,
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
        take: impl FnMut(&mut Transaction<'_>, &Page) -> Taken,
    ) -> Result<(), ProjectionError> {
        journal::follow(&mut Taking { view: self, take }, subscription)
    }

    /// The page, if any of its events matched, and the place behind it, both or neither.
    fn take(
        &mut self,
        page: Option<&Page>,
        place: Position,
        take: &mut impl FnMut(&mut Transaction<'_>, &Page) -> Taken,
    ) -> Result<(), ProjectionError> {
        if self.process != std::process::id() {
            return Err(ProjectionError::Forked);
        }
        let after = self.checkpoint;
        let mut one = self.client.transaction()?;
        let (found, number) = self.schema.held(&mut one)?;
        if found != after {
            return Err(ProjectionError::NotAlone { left: after, found });
        }
        if let Some(page) = page {
            take(&mut one, page).map_err(|why| ProjectionError::Refused { after, why })?;
        }
        if !self.schema.move_checkpoint(&mut one, place, &number)? {
            return Err(ProjectionError::Ended);
        }
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

impl<F: FnMut(&mut Transaction<'_>, &Page) -> Taken> Follower for Taking<'_, F> {
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
        shown
            .field("schema", &self.schema)
            .field("checkpoint", &self.checkpoint)
            .finish_non_exhaustive()
    }
}
