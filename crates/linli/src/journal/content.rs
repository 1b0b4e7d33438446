//! What makes two appends under one key the same: digests that the store only compares.

use sha2::{Digest as _, Sha256};

use super::Append;

/// A 32-byte digest.
pub type Digest = [u8; 32];

/// The digest of a command in two parts, so that a repeat is known even after an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Digest of the fields that stand in clear.
    pub clear: Digest,
    /// Digest of the sealed fields.
    pub sealed: Sealed,
}

/// The sealed part of a command's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// The command has no sealed fields.
    Nothing,
    /// An HMAC over the sealed fields under their subject's key: it dies with the key.
    Keyed(Digest),
    /// The key was destroyed, so nothing can be compared any more.
    KeyDestroyed,
}

impl Content {
    /// The content of a command without sealed fields.
    #[must_use]
    pub fn clear(digest: Digest) -> Self {
        Self { clear: digest, sealed: Sealed::Nothing }
    }

    /// Whether a second append under the same key says the same. Where the key of the sealed
    /// fields was destroyed, the clear part decides alone.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let sealed = match (self.sealed, other.sealed) {
            (Sealed::KeyDestroyed, _) | (_, Sealed::KeyDestroyed) => true,
            (own, others) => own == others,
        };
        self.clear == other.clear && sealed
    }
}

impl Append {
    /// The content as the caller gave it, else the digest of the events' own bytes, generated ids
    /// left out.
    #[must_use]
    pub fn content(&self) -> Content {
        self.content.unwrap_or_else(|| Content::clear(self.digest_of_bytes()))
    }

    fn digest_of_bytes(&self) -> Digest {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        for event in &self.events {
            part(event.id.as_ref().map_or(&[][..], |id| id.as_bytes()));
            part(event.event_type.as_bytes());
            part(&(event.tags.len() as u64).to_le_bytes());
            event.tags.iter().for_each(|tag| part(tag.as_bytes()));
            part(&event.metadata);
            part(&event.payload);
        }
        digest.finalize().into()
    }
}
