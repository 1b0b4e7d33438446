//! A journal in a PostgreSQL database: many processes, on many machines.
//!
//! ```no_run
//! use linli::journal::{Append, Blocking, Event, Query, ReadOptions};
//! use linli_postgres::PostgresStore;
//!
//! let store = PostgresStore::open("postgres://linli@localhost/linli?journal=yujing")?;
//! let journal = Blocking(&store);
//! journal.append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
//! let page = journal.read(&Query::tagged("slot:7"), ReadOptions::forwards())?;
//! assert_eq!(page.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A database holds many journals, told apart by name, in tables of the schema `linli`. The server
//! is PostgreSQL 15 or newer. A password stands in the address or in `PGPASSWORD`, a user who is
//! not in the address in `PGUSER`.
//!
//! A server on this machine is spoken with in clear. Any other has to show a certificate for its
//! name from an authority that the system trusts, or that stands in the file `sslrootcert=FILE` of
//! the address; `sslmode=disable` speaks in clear all the same, for a network of one's own.
//!
//! # What is durable
//! An append that was answered stands in the server's write-ahead log and was flushed there
//! (`synchronous_commit = on`, set and read back in every transaction that writes; a server with
//! `fsync` or `full_page_writes` off is refused): it outlives `kill -9` and a loss of power of the
//! server, and the loss of the machine where `synchronous_standby_names` names a standby. Appends
//! of concurrent callers share a flush. Every append carries a checksum over its bytes and its
//! place, checked on every read; a scan also notices an append that is missing.
//!
//! # Processes and threads
//! Any number of processes append; they take turns, a group of appends each, by an advisory lock
//! that is taken before keys, conditions and positions are looked at. Positions come from a counter
//! row, not from a sequence, so that they become visible in order. Each store has a thread that
//! writes and a thread that carries the traffic of its connections: one that writes, at most four
//! that read, one that listens while somebody waits. Futures need no particular runtime.
//!
//! A pooler may stand between (PgBouncer in transaction mode): nothing is kept from transaction to
//! transaction. Notifications are then not heard, and who waits looks four times a second.
//!
//! # When an answer is lost
//! A group that fails before its commit was asked for is undone: `Busy`, nothing written. A commit
//! whose answer was lost is `Unknown`; it may even be under way still.
//! [`receipt`](linli::journal::EventStore::receipt) waits until it is over, so what it says of a
//! key is final, and the same append under the same key never stands twice.
//!
//! # Who may what
//! Whoever opens a database first makes the schema and owns it. Another user who appends needs:
//!
//! ```sql
//! GRANT USAGE ON SCHEMA linli TO app;
//! GRANT SELECT ON ALL TABLES IN SCHEMA linli TO app;
//! GRANT INSERT ON linli.append, linli.tag, linli.key, linli.checkpoint, linli.journal TO app;
//! GRANT UPDATE (head) ON linli.journal TO app;
//! GRANT UPDATE (position) ON linli.checkpoint TO app;
//! ```
//!
//! Such a user changes and removes no event. Who only reads needs the first two. Who keeps a
//! [`Projection`] needs `GRANT CREATE ON DATABASE` where the view stands, and nothing of the
//! journal but to read it.
//!
//! # What is not covered
//! - **A standby that lags** is read as it is: it may lack the last appends, and their keys.
//! - **A failover to a standby without `synchronous_standby_names`** loses answered appends.
//! - **Damage inside the indexes** of tags and keys that PostgreSQL itself does not notice. The
//!   events are covered, the shortcuts to them are not. Turn data checksums on (`initdb` does from
//!   18 on).

mod admit;
mod error;
mod open;
mod place;
mod pool;
mod probes;
mod projection;
mod reader;
mod rows;
mod schema;
mod session;
mod store;
mod tags;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(any(test, feature = "trial"))]
pub mod trial;
mod walk;
mod watch;
mod writer;

pub use error::OpenError;
pub use place::JournalName;
pub use projection::{Projection, ProjectionError, Taken};
pub use store::{Access, Description, PostgresStore};
