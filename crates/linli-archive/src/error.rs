//! Why an archive was not written, or cannot be read.

use linli::journal::{Position, ReadError};
use linli::proof::Root;

/// What went wrong at an archive, and what would mend it.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Name the place of an archive, or seal to it first.
    #[error("there is no archive at {place}; make one with `linli seal --to {place}`")]
    Missing {
        /// The archive.
        place: String,
    },
    /// Name a folder.
    #[error("{place} is a file, and an archive is a folder; name another one")]
    NotAFolder {
        /// The file.
        place: String,
    },
    /// The disk or the network; the reason says what to look at.
    #[error("{file} cannot be reached: {reason}")]
    Unreachable {
        /// The file or folder.
        file: String,
        /// What is in the way.
        reason: String,
    },
    /// The manifest was lost, or is of an earlier time. Nothing was written.
    #[error(
        "{place} has {files} files that its manifest does not list; restore manifest.json from a \
        copy, or seal in another place"
    )]
    Unlisted {
        /// The archive.
        place: String,
        /// How many files are not listed.
        files: usize,
    },
    /// Somebody else seals into it, or compacts it. Wait, and do it again.
    #[error("another seal is at work in {place}; wait until it has ended, and do this again")]
    InUse {
        /// The archive.
        place: String,
    },
    /// The file is not what was sealed. Restore it from a copy of the archive, or seal the journal
    /// in another place.
    #[error(
        "{file} is damaged, so position {position} is lost: {what}; restore the file from a copy, \
        or seal the journal in another place"
    )]
    Damaged {
        /// The file.
        file: String,
        /// The first position that cannot be believed.
        position: Position,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Seal this journal in another place. Where it is the same journal, one of the two was
    /// rewritten: verify both.
    #[error(
        "{place} is the archive of another journal: the root over its first {events} events is \
        {archived}, and that of this journal is {found}; seal in another place"
    )]
    OtherJournal {
        /// The archive.
        place: String,
        /// How many events are archived.
        events: u64,
        /// The root over them.
        archived: String,
        /// The root over the journal's.
        found: Root,
    },
    /// The journal lost its end, or is another one. Verify it, or seal in another place.
    #[error(
        "{place} holds {events} events, and this journal has {found}: it is of another journal, or \
        the journal's end was cut off; verify the journal, or seal in another place"
    )]
    Shorter {
        /// The archive.
        place: String,
        /// How many events are archived.
        events: u64,
        /// How many the journal has.
        found: u64,
    },
    /// Name the archive that was sealed from this journal. Where it is this one, the journal lost
    /// its end or one of the two was rewritten: verify both.
    #[error(
        "{place} is the archive of another journal: this one has something else, or nothing, at \
        position {position}; name the archive that was sealed from it"
    )]
    Unrelated {
        /// The archive.
        place: String,
        /// Position of the last event that is archived.
        position: Position,
    },
    /// An event of the journal does not fit a column: a fault of this crate, so please report it.
    #[error("Parquet does not take the events: {reason}; please report this")]
    Columns {
        /// What Arrow or Parquet said.
        reason: String,
    },
    /// A compaction has replaced the file since the manifest was read. Open the archive again.
    #[error(
        "{file} was replaced by a compaction since its manifest was read; open the archive again"
    )]
    Superseded {
        /// The file.
        file: String,
    },
    /// The journal cannot be read.
    #[error("of the journal: {0}")]
    Journal(#[from] ReadError),
    /// `tell` broke it off. What was written stays, and the same again goes on from there.
    #[error("stopped; what was written stays, and the same again goes on from there")]
    Stopped,
}
