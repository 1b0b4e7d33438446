//! The leaf's record, read back by whoever holds a proof.

use uuid::Uuid;

use super::leaf::LABEL;
use crate::journal::{Digest, Position};

/// What a leaf's record says of an event. Its content is not there, but the hash of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where the event stands.
    pub position: Position,
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub event_type: String,
    /// Its tags, in byte order.
    pub tags: Vec<String>,
    /// SHA-256 of the metadata of its append and its own.
    pub metadata_hash: Digest,
    /// How long its payload is.
    pub payload_bytes: u64,
    /// SHA-256 of its payload.
    pub payload_hash: Digest,
}

impl Record {
    /// Reads what [`Leaf::record`](super::Leaf::record) wrote; nothing else, and nothing behind it.
    #[must_use]
    pub fn read(record: &[u8]) -> Option<Self> {
        let mut parts = Parts(record);
        let label = parts.next()?;
        let record = Self {
            position: Position(u64::from_le_bytes(parts.exact()?)),
            id: Uuid::from_bytes(parts.exact()?),
            event_type: parts.text()?,
            tags: tags(parts.next()?)?,
            metadata_hash: parts.exact()?,
            payload_bytes: u64::from_le_bytes(parts.exact()?),
            payload_hash: parts.exact()?,
        };
        (label == LABEL && parts.0.is_empty()).then_some(record)
    }
}

/// Tags stand in byte order, each once.
fn tags(bytes: &[u8]) -> Option<Vec<String>> {
    let (mut parts, mut tags) = (Parts(bytes), Vec::<String>::new());
    while !parts.0.is_empty() {
        let tag = parts.text()?;
        if tags.last().is_some_and(|last| *last >= tag) {
            return None;
        }
        tags.push(tag);
    }
    Some(tags)
}

/// Parts, each behind its length in eight bytes.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    fn exact<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.next()?.try_into().ok()
    }

    fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.next()?).ok().map(str::to_owned)
    }
}
