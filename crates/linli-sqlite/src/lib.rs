//! A journal in one SQLite file: the embedded default store.
//!
//! ```
//! use linli::journal::{Append, Blocking, Event, Query, ReadOptions};
//! use linli_sqlite::SqliteStore;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("yujing.db");
//! let store = SqliteStore::open(path)?;
//! let journal = Blocking(&store);
//! journal.append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
//! let page = journal.read(&Query::tagged("slot:7"), ReadOptions::forwards())?;
//! assert_eq!(page.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is durable
//! An append that was answered stands in SQLite's write-ahead log and was flushed to the disk
//! (`synchronous=FULL`; `fullfsync` on macOS): it outlives `kill -9` and a loss of power, not the
//! loss of the machine. Appends of concurrent callers share a flush.
//!
//! # What is noticed
//! Every append carries a checksum over its bytes and its place, checked on every read; a scan also
//! notices an append that is missing. In the index of tags, keys and checkpoints each entry is
//! bound to the one behind it by a checksum: one that is gone, altered or not found is noticed by
//! whoever looks for it. The last appends, at most 256, are not in the index yet: whoever asks by
//! tag or key looks through them, and is refused while one of them is damaged. What is read is what
//! was written, or an error. The write-ahead log is looked at before SQLite cuts off what it does
//! not believe; a bit in its last group is turned back where its place is certain and the journal
//! is opened to write.
//!
//! A commit whose flush failed is [`Unknown`](linli::journal::AppendError::Unknown). It may stand
//! in the log unseen and come back when that is read anew, so it is cleared away before anything
//! else is written and before its key is answered for: until that is done, the answer is `Busy`.
//!
//! # What is packed
//! [`SqliteStore::pack`] keeps the sessions of charging as columns in the same file, for replays:
//! 7 bytes an event. They are derived, and nothing but a replay looks at them. Each block of them
//! has a checksum over its bytes and its place; a replay says where one is damaged, a verification
//! ([`Ledger::verify`](linli::ledger::Ledger::verify)) where they say something else than the
//! events. [`SqliteStore::unpack`] throws them away.
//!
//! # Processes and threads
//! A store has one writer thread; who waits through `Blocking` writes on its own while nobody else
//! does. Several processes may open the same file and take turns. Reads run on the thread that
//! polls them, a page in a few milliseconds, on at most four connections.
//! A store does not cross a `fork`, and a process that was forked off while its parent held the
//! journal cannot open it either: SQLite keeps its locks by process, and what such a process
//! appended could be lost. Both are refused. Start the process with spawn (in Python the start
//! methods `spawn` and `forkserver`), or open the journal only after the fork.
//!
//! The file must stay where it was opened. One that is removed, renamed or replaced meanwhile is
//! noticed before each group and each page: nothing more is written or read.
//!
//! # What is not covered
//! - **Network file systems**: their locks are not to be relied on. Keep the file on a local disk.
//! - **A second SQLite library in the same process** (Python's own `sqlite3` beside this one): when
//!   it closes the file, the system drops the locks of both. Nothing shows that it only reads.
//! - **A copy of the file without its `-wal`**: it lacks the last appends.
//! - **Rot of several bits in the last group of the `-wal`**: it looks like a group that was not
//!   finished when the power went, and is cut off as one. So does a single bit whose place is not
//!   certain in a `-wal` that is written over from its beginning.

mod admit;
mod error;
mod identity;
mod index;
mod keyring;
mod log;
mod open;
mod packed;
mod pool;
mod projection;
mod query;
mod reader;
mod room;
mod schema;
mod settings;
mod store;
mod summed;
mod tags;
mod tail;
#[cfg(test)]
mod tests;
mod watch;
mod writer;

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

pub use error::OpenError;
pub use keyring::{KEY_VARIABLE, NEW_KEY_VARIABLE, OpenKeyringError, SqliteKeyring};
pub use packed::{PackError, Packed};
pub use projection::{Projection, ProjectionError, Taken};
/// The SQLite that a [`Projection`] hands its transactions from.
pub use rusqlite;
pub use settings::Access;
pub use store::{Description, SqliteStore};
