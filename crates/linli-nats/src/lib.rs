//! A journal in a NATS JetStream stream: many processes, and several machines that keep it.
//!
//! ```no_run
//! use linli::journal::{Append, Blocking, Event, Query, ReadOptions};
//! use linli_nats::NatsStore;
//!
//! let cluster = "nats://a:4222,b:4222,c:4222/yujing?monitor=a:8222,b:8222,c:8222";
//! let store = NatsStore::open(cluster)?;
//! let journal = Blocking(&store);
//! journal.append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
//! let page = journal.read(&Query::tagged("slot:7"), ReadOptions::forwards())?;
//! assert_eq!(page.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A journal is a stream, and an append is a message of it. Every server is NATS 2.14.6 or newer.
//! Credentials come from the environment under the names that the `nats` command reads:
//! `NATS_CREDS`, `NATS_NKEY`, `NATS_TOKEN`, `NATS_USER` and `NATS_PASSWORD`. An address that begins
//! with `tls://` speaks with servers that show a certificate, from an authority that the system
//! trusts or that stands in the file `NATS_CA`.
//!
//! # What is durable
//! An append that was answered stands on a majority of the three servers that keep the stream, and
//! each of them flushed it before it said so: it outlives `kill -9` of all of them, a loss of power
//! of all of them, and the loss of a machine. For that each server has `sync_interval: always` in
//! its `jetstream` block. Its default is two minutes, and only its monitoring port (`http`) shows
//! which of the two it is: so the address names those ports. Weaker ways are asked for by name:
//!
//! | setting | what it means |
//! | --- | --- |
//! | `monitor=HOST:PORT,...` | monitoring ports of the servers that keep the stream |
//! | `replicas=1`, or 5 | so many servers keep it; one: it is lost with that machine |
//! | `profile=lost-on-power-loss` | nobody looks whether the servers flush |
//! | `index-mib=NUMBER` | what the index may take of memory; 1,024 if not given |
//!
//! A stream with settings that could lose, change or hide an append is refused, by what the server
//! says of it and not by what was asked for. That is looked at again at every reading, on every new
//! connection, and once a second while something is appended.
//!
//! # Processes and threads
//! Any number of processes append. The group of appends that concurrent callers hand over is one
//! batch, which names the message that it follows: the servers store it there or not at all. Who is
//! overtaken reads what came, decides again and publishes again. Each store has a thread that
//! writes and a thread that carries the traffic of its one connection. Futures need no particular
//! runtime.
//!
//! # The index
//! JetStream finds messages by number, so that a store keeps an index of types, tags and keys in
//! memory. **Opening a journal reads all of it once**, and from then on only what is new. It takes
//! about 400 bytes of memory for an append of ten events with three tags that no other append has
//! (50,500 of them: 20 MB, `cargo test -p linli-nats --lib measures -- --ignored --nocapture`).
//! Where it would take more than `index-mib`, the journal is refused, or no longer gone on with.
//!
//! # When an answer is lost
//! A batch that is not answered is looked for, and published again where it was, for half a minute:
//! a cluster that has lost its leader has another one by then. Only after that an append is
//! `Unknown`. [`receipt`](linli::journal::EventStore::receipt) of the same store takes the place
//! where it might still come to stand, by a message without events, so that what it says of a key
//! is final. Another store says what is there now. The same append under the same key never stands
//! twice.
//!
//! # Who may what
//! Whoever opens a journal first makes the stream. An operator who wants to make it alone gives
//! `nats stream add` what follows, with `STREAM` replaced:
//!
//! ```json
//! {
//!   "name": "STREAM", "subjects": ["linli.journal.STREAM"],
//!   "storage": "file", "retention": "limits", "discard": "new", "num_replicas": 3,
//!   "deny_delete": true, "deny_purge": true, "allow_direct": true, "allow_atomic": true,
//!   "metadata": { "linli": "1" }
//! }
//! ```
//!
//! Who appends then publishes to `$JS.API.STREAM.INFO.STREAM`, `$JS.API.DIRECT.GET.STREAM`,
//! `linli.journal.STREAM` and `linli.told.STREAM`, and subscribes to `_INBOX.>` and
//! `linli.told.STREAM`; who only reads needs neither of the two that begin with `linli.`. Such a
//! user removes nothing. Whoever may update or delete the stream can remove all of it: an open
//! store notices, and a checkpoint kept elsewhere shows it.
//!
//! # What is not covered
//! - **A leader that was paused or cut off, and does not know yet that there is another one**, may
//!   give a reader an older head for a moment. Who has read further is not taken back, and an
//!   append is never let in by it. A server that answers while nobody leads is not believed.
//! - **A server that is started again with another `sync_interval`** is noticed by those who were
//!   connected to it, and by whoever opens the journal. A minority of monitoring ports that are
//!   silent is taken for servers that are down: keep all of them within reach.
//! - **Damage on one of the servers** is noticed where the append is read from it, by its own
//!   checksum; the others are not asked.
//! - **An end that is gone** is noticed by stores that were open. Who opens the journal after that
//!   sees a shorter one.

mod admit;
mod connection;
mod error;
mod index;
mod journal;
mod message;
mod monitor;
mod place;
mod reader;
mod settings;
mod store;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "trial"))]
pub mod trial;
mod watch;
mod writer;

pub use error::OpenError;
pub use place::{Profile, StreamName};
pub use store::{Access, Description, NatsStore};
