//! The stored form of an append: one run of bytes, the same on every store that keeps bytes.
//!
//! What all events of an append share stands in it once: the key, the content digests, the shared
//! metadata, each type, each tag. Numbers are little-endian, `varint` is LEB128.
//!
//! | field | bytes |
//! | --- | --- |
//! | format, 1 | 1 |
//! | flags: 1 key, 2 sealed digest, 4 sealed key destroyed, 8 checkpoint | 1 |
//! | number of events | varint |
//! | key, clear digest, sealed digest, as flagged | 16, 32, 32 |
//! | checkpoint: its source, its position, as flagged | varint length, bytes; 8 |
//! | shared metadata | varint length, bytes |
//! | types, then tags, sorted: how many, each | varint, varint length, bytes |
//! | each event: type, number of tags, tags | varint each |
//! | ... its id: 0 for key plus index, 1 and the id | 1, 17 |
//! | ... metadata, payload | varint length, bytes |
//! | CRC-32 of the above, begun with the first position: its low half XOR its high half | 4 |

mod bytes;
mod matching;
mod reader;
mod writer;

pub use reader::{DamagedRecord, Record};
pub use writer::{encode, tags_of, with_ids};

const FORMAT: u8 = 1;
const HAS_KEY: u8 = 1;
const SEALED_KEYED: u8 = 2;
const SEALED_DESTROYED: u8 = 4;
const HAS_CHECKPOINT: u8 = 8;
const KNOWN_FLAGS: u8 = HAS_KEY | SEALED_KEYED | SEALED_DESTROYED | HAS_CHECKPOINT;
const CHECKSUM_BYTES: usize = 4;

/// One pass over the bytes alone: an append of one event is short, and a second run would tell.
#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
fn checksum(first: super::Position, body: &[u8]) -> u32 {
    let place = (first.0 >> 32) as u32 ^ first.0 as u32;
    let mut crc = crc32fast::Hasher::new_with_initial(place);
    crc.update(body);
    crc.finalize()
}
