//! Hashes over the journal: a leaf an event, one tree over all leaves, one root on every store.
//!
//! The tree is the one of [RFC 9162](https://www.rfc-editor.org/rfc/rfc9162#section-2.1), plain:
//! nothing about it is ours. What is ours is the leaf's record ([`Leaf::record`]). Whoever keeps a
//! root and a number of events can tell later whether what stood there then stands there still.
//!
//! A [`Checkpoint`] is such a root, signed. [`verify`] holds a journal against those that were kept
//! elsewhere. [`Inclusion`] proves to somebody who has no journal that one event is in a signed
//! one, [`Consistency`] that a later one goes on from an earlier one.
//!
//! It knows what a journal keeps, and never what an event means.
//!
//! ```
//! use linli::journal::{Append, Blocking, Event, MemoryStore};
//! use linli::proof;
//!
//! let store = MemoryStore::new();
//! let journal = Blocking(&store);
//! journal.append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
//! let kept = proof::tree(journal)?;
//! journal.append(Append::of(Event::new("SlotFreed").tag("slot:7")))?;
//! assert_ne!(proof::tree(journal)?.root(), kept.root());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![doc = include_str!("format.md")]

mod checkpoint;
mod consistency;
mod cosignature;
mod error;
mod inclusion;
mod key;
mod leaf;
mod lines;
mod record;
#[cfg(test)]
mod tests;
mod tiles;
mod tree;
mod verify;
mod walk;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use consistency::Consistency;
pub use cosignature::{Quorum, WitnessKey, WitnessVerifier};
pub use error::{ProofError, ProveError, TilesError};
pub use inclusion::{Inclusion, Proven};
pub use key::{KeyError, SigningKey, VerifierKey};
pub(crate) use leaf::leaf_at;
pub use leaf::{Leaf, metadata_hash};
pub use record::Record;
pub use tiles::Tiles;
pub use tree::{Root, Tree};
pub use verify::{Contradiction, Verified, verify};
pub use witness::{Witness, WitnessError};

use crate::journal::{Blocking, Corruption, Position, ReadError};

/// The tree over all events of a journal, read as one snapshot.
///
/// # Errors
/// Those of reading; [`ReadError::Corrupt`] where something is not what was written.
pub fn tree(journal: Blocking<'_>) -> Result<Tree, ReadError> {
    let mut tree = Tree::default();
    let head = journal.head()?.map_or(0, |head| head.0);
    leaf::each_record(journal, 0, head, |record| tree.push(leaf::hash_of(record)))?;
    match tree.size() < head {
        true => {
            let next = Position(tree.size().saturating_add(1));
            Err(Corruption::of_journal(next, "the journal ends before its head").into())
        }
        false => Ok(tree),
    }
}
