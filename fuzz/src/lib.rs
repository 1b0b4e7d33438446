//! What becomes of bytes that anybody may hand over: each reader takes them, or refuses them with a
//! sentence, and never panics. A target of the fuzzer is a reader; a stable test runs the same
//! readers over the same corpus, and over mutations of it (`tests/corpus.rs`).

mod archives;
mod documents;
mod journal;
mod keyrings;
mod proofs;
mod requests;
mod tables;

pub use archives::{archive, manifest};
pub use documents::{cdr, tariff};
pub use journal::{event, record};
pub use keyrings::keyring;
pub use proofs::{checkpoint, consistency, inclusion, key};
pub use requests::{command, service_request};
pub use tables::import;

/// Reads bytes; the sentence of a refusal, or none.
pub type Reader = fn(&[u8]) -> Option<String>;

/// Each reader, by the name of its target and of the folder of its corpus.
pub const READERS: [(&str, Reader); 14] = [
    ("archive", archive),
    ("cdr", cdr),
    ("checkpoint", checkpoint),
    ("command", command),
    ("consistency", consistency),
    ("event", event),
    ("import", import),
    ("inclusion", inclusion),
    ("key", key),
    ("keyring", keyring),
    ("manifest", manifest),
    ("record", record),
    ("service_request", service_request),
    ("tariff", tariff),
];

/// A file that was edited: each three bytes of `edits` are a place, in two bytes, and the byte that
/// is put there; a place beyond the end begins at the front again. Two bytes that are left over are
/// how many bytes are cut off at the end.
fn edited(file: &[u8], edits: &[u8]) -> Vec<u8> {
    let (edits, rest) = edits.as_chunks();
    let mut file = file.to_vec();
    for [low, high, byte] in edits {
        let place = usize::from(u16::from_le_bytes([*low, *high])) % file.len().max(1);
        file.iter_mut().skip(place).take(1).for_each(|old| *old = *byte);
    }
    if let [low, high] = rest {
        file.truncate(file.len().saturating_sub(u16::from_le_bytes([*low, *high]).into()));
    }
    file
}
