//! Hashes over the journal: a leaf an event, one tree over all leaves, one root on every store.
//!
//! The tree is the one of [RFC 9162](https://www.rfc-editor.org/rfc/rfc9162#section-2.1), plain:
//! nothing about it is ours. What is ours is the leaf's record ([`Leaf::record`]). Whoever keeps a
//! root and a number of events can tell later whether what stood there then stands there still.
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

mod checkpoint;
mod key;
mod leaf;
#[cfg(test)]
mod tests;
mod tree;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use key::{KeyError, SigningKey, VerifierKey};
pub use leaf::Leaf;
pub use tree::{Root, Tree};
pub use verify::{Contradiction, Verified, verify};

use crate::journal::{Blocking, ReadError};

/// The tree over all events of a journal, read as one snapshot.
///
/// # Errors
/// Those of reading; [`ReadError::Corrupt`] where something is not what was written.
pub fn tree(journal: Blocking<'_>) -> Result<Tree, ReadError> {
    let mut tree = Tree::default();
    for whole in journal.appends(None) {
        Leaf::of(&whole?).for_each(|leaf| tree.push(leaf.hash()));
    }
    Ok(tree)
}
