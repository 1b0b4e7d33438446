//! Why a proof is not made, and why it is not believed.

use std::path::PathBuf;

use super::{CheckpointError, Contradiction};
use crate::journal::{Position, ReadError};

/// Why no proof was made, and no tiles for proofs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The text is no checkpoint: give the one that was kept.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Give a later checkpoint, or make one.
    #[error(
        "the checkpoint is of {size} events, and position {position} is not among them; \
        give a later checkpoint"
    )]
    Beyond {
        /// The position asked for.
        position: Position,
        /// How many events were signed.
        size: u64,
    },
    /// Give the checkpoints in the order in which they were made.
    #[error(
        "the checkpoint of {from} events is later than the one of {to}; give the earlier one \
        as --from"
    )]
    Backwards {
        /// Events of the one that was given as the earlier.
        from: u64,
        /// Events of the other.
        to: u64,
    },
    /// The journal is not the one that was signed. Verify it against the checkpoint.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// The journal could not be read; try again, or verify it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tiles are of no use. Do what it says, or prove without them.
    #[error(transparent)]
    Tiles(#[from] TilesError),
    /// A tree of this size cannot be computed. No journal is that large.
    #[error("no tree is that large")]
    Failed,
}

/// Why tiles are of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TilesError {
    /// Mend what the system says.
    #[error("{}: it cannot be used: {reason}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Make them anew; nothing is lost.
    #[error(
        "the tiles in {0} do not lead to the root that was signed: delete {1}, and \
        `linli checkpoint --tiles` makes them anew",
        folder.display(), folder.join("tile").display()
    )]
    Wrong {
        /// Where they are.
        folder: PathBuf,
    },
    /// Extend them.
    #[error(
        "the tiles in {} end with {tiles} events, and the checkpoint is of {size}; \
        `linli checkpoint --tiles` extends them",
        folder.display()
    )]
    Behind {
        /// Where they are.
        folder: PathBuf,
        /// How many events they are of.
        tiles: u64,
        /// How many were signed.
        size: u64,
    },
    /// Name another folder.
    #[error(
        "the tiles in {} are of {found}, and not of {origin}; name another folder",
        folder.display()
    )]
    OfAnother {
        /// Where they are.
        folder: PathBuf,
        /// The name in their checkpoint.
        found: String,
        /// The name of this journal.
        origin: String,
    },
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Give the file as it was made.
    #[error("this is no proof; give the file that `linli prove` wrote, as it was written")]
    NotAProof,
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Do not believe it: it was altered, or made for something else.
    #[error(
        "the proof does not lead to the root that was signed: it was altered, or is of \
        another journal"
    )]
    Broken,
    /// Give the checkpoint that the proof starts from.
    #[error(
        "the proof starts from {starts} events, and the checkpoint is of {held}; give the \
        checkpoint that it was made for"
    )]
    OtherStart {
        /// Where the proof starts.
        starts: u64,
        /// How many events the checkpoint that was given has.
        held: u64,
    },
}
