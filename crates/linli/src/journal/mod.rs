//! The record: events in one total order, appended under conditions, never changed.
//!
//! The terms are those of the [Dynamic Consistency Boundary] specification: event, type, tags,
//! query, sequence position, append condition. The journal knows bytes and never a dispute; what
//! they mean is said in [`crate::codec`].
//!
//! [Dynamic Consistency Boundary]: https://dcb.events/specification/
//!
//! ```
//! use linli::journal::{Append, Blocking, Event, EventStore, MemoryStore, Query, ReadOptions};
//!
//! let store = MemoryStore::new();
//! let booked = Append::of(Event::new("SlotBooked").tag("slot:7").payload(b"Li"))
//!     .fail_if(Query::tagged("slot:7"), None);
//! let journal = Blocking(&store);
//! journal.append(booked.clone())?;
//! assert!(journal.append(booked).is_err(), "the slot is taken");
//! let page = journal.read(&Query::tagged("slot:7"), ReadOptions::forwards())?;
//! assert_eq!(page.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod admitted;
mod append;
mod appends;
mod blocking;
mod content;
mod copy;
mod error;
mod event;
mod follower;
mod group;
mod index_sum;
pub mod laws;
mod limits;
mod memory;
mod page;
mod query;
pub mod record;
mod store;
mod subscription;
#[cfg(test)]
mod tests;
mod watch;

pub use address::{Address, ArchivePlace, InvalidAddress, ServerAddress};
pub use admitted::Admitted;
pub use append::{Append, Appended, Checkpoint, IdempotencyKey, Origin, Receipt, Written};
pub(crate) use appends::Run;
pub use appends::{Appends, Whole};
pub(crate) use blocking::wait_for;
pub use blocking::{Blocking, Pages};
pub use content::{Content, Digest, Sealed};
pub use copy::{Copied, CopyError, copy};
pub use error::{AppendError, Corruption, ReadError};
pub use event::{Event, EventView, Position, Tags};
pub use follower::{Follower, catch_up, follow};
pub use group::{GroupCommit, GroupWriter, answers_of_unwritten};
pub use index_sum::{IndexSum, Name};
pub use limits::{Limit, LimitExceeded};
pub use memory::MemoryStore;
pub use page::{Column, Dictionary, Page, PageBuilder, Row};
pub use query::{AppendCondition, Columns, Direction, Query, QueryItem, ReadOptions};
pub use store::{EventStore, FORKED, Pending};
pub use subscription::{Stopper, Subscription, SubscriptionError};
pub use watch::HeadWatch;

/// Makes one `#[test]` of every law in [`laws`](mod@laws), for one store.
///
/// It is given what makes a fresh [`laws::Journal`], and calls it once a law:
/// `linli::journal::laws!(MemoryStore::new);` A store that needs a server which may not be there
/// writes `laws!(if_there make)`, and `make` gives `None` after saying so.
#[doc(inline)]
pub use crate::__linli_laws as laws;
