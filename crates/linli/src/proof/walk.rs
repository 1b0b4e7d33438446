//! What a proof is made of: by one pass over a journal, or out of its tiles.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tlog_tiles::{Error, Hash, HashReader, split_stored_hash_index};

use super::tiles::TileHashes;
use super::{Checkpoint, Contradiction, Leaf, ProveError, TilesError, Tree};
use crate::journal::{Blocking, Digest, Position};

/// The hashes of full subtrees, by the number that `tlog_tiles` gives to each. The first time it
/// is asked they are zeros: it then only notes which are needed.
#[derive(Debug, Default)]
pub(super) struct Nodes(RefCell<BTreeMap<u64, Digest>>);

impl HashReader for Nodes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let mut nodes = self.0.borrow_mut();
        Ok(indexes.iter().map(|index| Hash(*nodes.entry(*index).or_default())).collect())
    }
}

impl Nodes {
    /// Fills in the hashes that were asked for out of tiles. They are not believed yet.
    pub(super) fn read(&self, tiles: &TileHashes<'_>) -> Result<(), TilesError> {
        for (index, node) in self.0.borrow_mut().iter_mut() {
            *node = tiles.hash(*index)?.0;
        }
        Ok(())
    }

    /// Reads the events of a checkpoint, fills in the hashes that were asked for, and gives the
    /// record of the leaf at `position`. The tree has to be the signed one, at each of the sizes.
    pub(super) fn fill(
        &self,
        journal: Blocking<'_>,
        signed: &[Checkpoint],
        position: Option<Position>,
    ) -> Result<Vec<u8>, ProveError> {
        let mut nodes = self.0.borrow_mut();
        let places = nodes.keys().map(|index| (split_stored_hash_index(*index), *index));
        let places: BTreeMap<(u8, u64), u64> = places.collect();
        let last = signed.iter().map(|checkpoint| checkpoint.size).max().unwrap_or(0);
        let (mut tree, mut record) = (Tree::default(), Vec::new());
        holds(&tree, signed)?;
        for whole in journal.appends(None) {
            let whole = whole?;
            if whole.first.0 > last {
                break;
            }
            for leaf in Leaf::of(&whole).take_while(|leaf| leaf.position.0 <= last) {
                if Some(leaf.position) == position {
                    record = leaf.record();
                }
                tree.grow(leaf.hash(), |level, index, hash| {
                    let node = places.get(&(level, index)).and_then(|node| nodes.get_mut(node));
                    if let Some(node) = node {
                        *node = hash;
                    }
                });
                holds(&tree, signed)?;
            }
        }
        match tree.size() < last {
            true => Err(Contradiction::Shorter { events: tree.size(), signed: last }.into()),
            false => Ok(record),
        }
    }
}

/// Whether the tree is the one that was signed at its size.
fn holds(tree: &Tree, signed: &[Checkpoint]) -> Result<(), ProveError> {
    let mut of_its_size = signed.iter().filter(|checkpoint| checkpoint.size == tree.size());
    match of_its_size.any(|checkpoint| checkpoint.root != tree.root()) {
        true => {
            let last = Position(tree.size());
            Err(Contradiction::Differs { first: Position(1), last }.into())
        }
        false => Ok(()),
    }
}
