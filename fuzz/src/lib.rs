//! What becomes of bytes that anybody may hand over: each reader takes them, or refuses them with a
//! sentence, and never panics. A target of the fuzzer is a reader; a stable test runs the same
//! readers over the same corpus, and over mutations of it (`tests/corpus.rs`).

mod documents;
mod journal;
mod proofs;
mod requests;

pub use documents::{cdr, tariff};
pub use journal::{event, record};
pub use proofs::{checkpoint, consistency, inclusion, key};
pub use requests::{command, service_request};

/// Reads bytes; the sentence of a refusal, or none.
pub type Reader = fn(&[u8]) -> Option<String>;

/// Each reader, by the name of its target and of the folder of its corpus.
pub const READERS: [(&str, Reader); 10] = [
    ("cdr", cdr),
    ("checkpoint", checkpoint),
    ("command", command),
    ("consistency", consistency),
    ("event", event),
    ("inclusion", inclusion),
    ("key", key),
    ("record", record),
    ("service_request", service_request),
    ("tariff", tariff),
];
