//! The archive: closed ranges of a journal as Parquet files that others read as they are.
//!
//! A [`Segment`] is one file of whole appends, with every column that is needed to put them into
//! an empty journal again: same positions, ids, keys, bytes, and so the same root. Segments are
//! never changed; [`Archive::compact`] puts one in the place of several. The [`Manifest`] beside
//! them lists each with its range, its SHA-256 and the root of the tree ([`linli::proof`]) over all
//! events up to its end; it is written last, so that whatever stops a seal leaves the archive as it
//! was.
//!
//! A file is believed only where its length and SHA-256 are those of the manifest, and this is
//! asked **before** Parquet parses it: ten bytes of hostile Parquet can ask for gigabytes. Who can
//! write to the archive can change both, and is found out by the journal, or, where an event was
//! changed, by a checkpoint that was held elsewhere: the root is of events, and says nothing of
//! keys, sources and bounds of their appends. A replay believes a listed table as it is; a table
//! that says something else than the events is found by whatever verifies: [`Archive::verify`], and
//! [`Ledger::verify`](linli::ledger::Ledger::verify) of a journal that is read from its archive.
//! So verify before you replay what others could write to. The archive of a stranger is for a
//! process of its own.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use linli::journal::{Append, Blocking, Event, MemoryStore};
//! use linli_archive::{Archive, Seal};
//!
//! let journal = MemoryStore::new();
//! Blocking(&journal).append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
//! let folder = tempfile::tempdir()?;
//! let archive = Archive::create(folder.path())?;
//! let sealed = archive.seal(Blocking(&journal), Seal::all(), |_| ControlFlow::Continue(()))?;
//! assert_eq!((sealed.segments, sealed.rows), (1, 1));
//!
//! let found = archive.verify(Some(Blocking(&journal)), |_| ControlFlow::Continue(()))?;
//! assert_eq!(found.root, Some(sealed.root));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The columns of a segment
//! A row is an event, in the order of positions. What an append states once stands in the row of
//! its first event and is null in the others.
//!
//! | column | Parquet | what it is |
//! | --- | --- | --- |
//! | `position` | UINT_64 | dense from 1 |
//! | `append_first` | UINT_64 | position of the first event of its append |
//! | `id`, `type` | text | the event's id, a UUID; the bare type |
//! | `tags` | list of text | sorted |
//! | `community` | text, or null | told for whoever looks, where the event is one of Linli's |
//! | `occurred_at`, `recorded_at` | µs UTC, or null | the same |
//! | `metadata`, `payload` | bytes | as they were handed over |
//! | `append_metadata` | bytes | once an append: shared by its events |
//! | `key` | text, or null | once an append: its idempotency key, a UUID |
//! | `content` | 32 bytes | with the key: the clear digest that it stands for |
//! | `sealed_content` | 32 bytes, or null | with the key: the digest of the sealed fields |
//! | `sealed_key_destroyed` | boolean | with the key: whether those are compared no more |
//! | `source` | text, or null | once an append: the upstream source that it took in |
//! | `source_position` | UINT_64, or null | with the source: how far |
//!
//! # The tables beside the segments
//! Two files for each range are derived from its segments, listed in the manifest with length and
//! SHA-256, and made again by `verify`, which compares. `sessions/` has a row for each plain
//! session that ended in the range: one start, registers in order of time, one reported end, no
//! flag, nothing mended. `others/` has every other event of charging. Together they stand for the
//! events of the range, and a replay takes them instead; without them it reads the segments.
//!
//! | column of `sessions/` | Parquet | what it is |
//! | --- | --- | --- |
//! | `session` | text | its key |
//! | `card`, `connector` | text, or null | who, and where |
//! | `zone` | text | the zone whose wall clock decides |
//! | `started_at`, `ended_at` | µs UTC | as the station reported |
//! | `start_register` | INT_64, or null | in watt-hours |
//! | `stated_seconds`, `charging_seconds` | INT_64, or null | as the station stated them |
//! | `sample_at` | list of µs UTC | rising |
//! | `sample_register` | list of INT_64 | at each of them, in watt-hours |
//! | `begun_before` | INT_64, or null | how many of its samples the range before tells |
//! | `end_register`, `end_energy` | INT_64, or null | the last reading, in watt-hours |
//! | `sample_power` | list of INT_64, or null | in watts, where power was told |

mod archive;
mod archived_journal;
mod bucket;
mod columns;
mod compact;
mod error;
mod hold;
mod manifest;
mod place;
mod rebuild;
mod seal;
mod store;
mod strangers;
mod tables;
#[cfg(test)]
mod tests;
mod verify;

pub use archive::Archive;
pub use archived_journal::ArchivedJournal;
pub use compact::Compacted;
pub use error::ArchiveError;
pub use manifest::{File, Manifest, Segment, Table};
pub use seal::{Seal, Sealed};
pub use store::ArchiveStore;
pub use verify::{Damage, Verified};
