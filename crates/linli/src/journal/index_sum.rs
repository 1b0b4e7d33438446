//! What an index holds, as one figure: how a whole index is verified in one pass.

use std::hash::{BuildHasher as _, RandomState};

use super::appends::Run;
use super::{Checkpoint, IdempotencyKey, Position, Whole};

/// What an append is found by, beside its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Name<'a> {
    /// A tag of one of its events.
    Tag(&'a str),
    /// The bytes of its key.
    Key(&'a [u8; 16]),
    /// The upstream source whose checkpoint it moved.
    Source(&'a str),
}

/// Names and the appends that they name, added up in any order.
///
/// Two sums that began as clones of one are equal if they were given the same names of the same
/// appends, each as often. Those that were not are equal with a probability of one in 2^64, whoever
/// chose them: a sum is begun with a secret of its own.
///
/// ```
/// use linli::journal::{IndexSum, Name, Position};
///
/// let begun = IndexSum::default();
/// let (mut one, mut other) = (begun.clone(), begun);
/// one.add(Name::Tag("slot:7"), Position(1));
/// one.add(Name::Tag("slot:8"), Position(2));
/// other.add(Name::Tag("slot:8"), Position(2));
/// assert!(!one.agrees_with(&other));
/// other.add(Name::Tag("slot:7"), Position(1));
/// assert!(one.agrees_with(&other));
/// ```
#[derive(Clone, Debug, Default)]
pub struct IndexSum {
    secret: RandomState,
    sum: u64,
    names: u64,
}

impl IndexSum {
    /// Adds a name of the append that ends at `last`.
    pub fn add(&mut self, name: Name<'_>, last: Position) {
        self.sum = self.sum.wrapping_add(self.secret.hash_one((name, last.0)));
        self.names = self.names.wrapping_add(1);
    }

    /// Adds every name of an append, each once.
    pub fn add_all_of(&mut self, whole: &Whole) {
        let append = &whole.append;
        let tags = append.events.iter().flat_map(|event| event.tags.iter()).collect();
        self.add_names(tags, append.key, append.checkpoint.as_ref(), whole.last());
    }

    /// The same for one that lies in a page.
    pub(crate) fn add_run(&mut self, run: &Run<'_>) {
        let origin = run.origin;
        let key = origin.key.map(|(key, _)| key);
        self.add_names(run.tags().collect(), key, origin.checkpoint.as_ref(), origin.last);
    }

    fn add_names(
        &mut self,
        mut tags: Vec<&str>,
        key: Option<IdempotencyKey>,
        checkpoint: Option<&Checkpoint>,
        last: Position,
    ) {
        tags.sort_unstable();
        tags.dedup();
        for tag in tags {
            self.add(Name::Tag(tag), last);
        }
        if let Some(key) = key {
            self.add(Name::Key(key.0.as_bytes()), last);
        }
        if let Some(from) = checkpoint {
            self.add(Name::Source(&from.source), last);
        }
    }

    /// Whether the other one, begun with the same secret, was given the same.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        (self.sum, self.names) == (other.sum, other.names)
    }
}
