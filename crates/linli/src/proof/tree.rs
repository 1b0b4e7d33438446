//! The Merkle tree of RFC 9162, section 2.1: SHA-256, 0x00 before a leaf, 0x01 before a node.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::journal::Digest;

/// A tree that grows at its end. It keeps one hash for each full subtree, 64 at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The roots of the full subtrees, the largest first: one for each bit that `size` has set.
    full: Vec<Digest>,
}

/// The root of a tree: equal roots of equal size are equal journals. Shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Root(pub Digest);

impl Tree {
    /// The tree of `size` leaves whose full subtrees have these roots, the largest first.
    pub(super) fn of(size: u64, full: Vec<Digest>) -> Self {
        Self { size, full }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes in the hash of the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        self.grow(leaf, |_, _, _| {});
    }

    /// The same; `tell` hears of the leaf and of each full subtree that ends with it: how many
    /// levels are below it, how many of its kind are before it, its root.
    pub(super) fn grow(&mut self, leaf: Digest, mut tell: impl FnMut(u8, u64, Digest)) {
        let mut hash = leaf;
        let (mut level, mut left) = (0, self.size);
        tell(level, left, hash);
        while left & 1 == 1
            && let Some(sibling) = self.full.pop()
        {
            hash = node(&sibling, &hash);
            (level, left) = (level.saturating_add(1), left >> 1);
            tell(level, left, hash);
        }
        self.full.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root. Without leaves it is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Root {
        let joined = self.full.iter().rev().copied().reduce(|right, left| node(&left, &right));
        Root(joined.unwrap_or_else(|| Sha256::digest([]).into()))
    }
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root({self})")
    }
}
