//! What can go wrong at the journal, and what each error says may have happened.

use std::fmt;

use super::{IdempotencyKey, LimitExceeded, Position, Receipt};

/// Why nothing was appended, or why we cannot say.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Nothing was written. Append at least one event.
    #[error("an append without events")]
    Empty,
    /// Nothing was written. Mend what the limit names.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
    /// Nothing was written: another decision was recorded first. Read the boundary again, decide
    /// again, append again.
    #[error("the event at {found} matches append condition {condition}")]
    Conflict {
        /// Index of the condition in the append, from 0.
        condition: usize,
        /// The position it was given.
        after: Option<Position>,
        /// The first event that matches it.
        found: Position,
    },
    /// Nothing was written: the key stands for something else. Use the first result, or a new key.
    #[error("the key {key} was used for other content, at position {}", first.first)]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
        /// What was appended under it.
        first: Receipt,
    },
    /// Nothing was written: the upstream source had been taken in that far already. Read the
    /// checkpoint and go on from there.
    #[error("the checkpoint of {source_name} stands at {held}; {offered} does not move it forward")]
    CheckpointNotRising {
        /// The upstream source.
        source_name: String,
        /// The checkpoint held.
        held: Position,
        /// The checkpoint offered.
        offered: Position,
    },
    /// Nothing was written; try again later.
    #[error("the store is busy and wrote nothing: {reason}")]
    Busy {
        /// What was in the way.
        reason: String,
    },
    /// The events may have been written. Look the key up ([`super::EventStore::receipt`]); never
    /// append again without it.
    #[error("the store did not say whether the append{} was written: {reason}",
        key.map(|key| format!(" with key {key}")).unwrap_or_default())]
    Unknown {
        /// The append's key, if it had one.
        key: Option<IdempotencyKey>,
        /// What happened.
        reason: String,
    },
    /// Nothing was written: the journal, or an archive beside it, is damaged.
    #[error(transparent)]
    Corrupt(#[from] Corruption),
    /// Nothing was written: the journal cannot be written to here. The reason says what to change.
    #[error("the journal cannot be written: {reason}")]
    NotWritable {
        /// What is in the way.
        reason: String,
    },
}

/// Why a read gave nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Ask for less at once.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
    /// Try again later.
    #[error("the store is busy: {reason}")]
    Busy {
        /// What was in the way.
        reason: String,
    },
    /// The store does not answer; the reason says what to check.
    #[error("the journal cannot be read: {reason}")]
    Unavailable {
        /// What is in the way.
        reason: String,
    },
    /// The journal is damaged, or a file of its archive. Nothing at or after the position is to be
    /// trusted: restore what the sentence names.
    #[error(transparent)]
    Corrupt(#[from] Corruption),
}

/// Bytes that are not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Corruption {
    /// The first bad position.
    pub position: Position,
    /// What is wrong there.
    pub what: &'static str,
    /// Which file, where it is one of an archive; `None`: the bad bytes are the journal's own.
    pub file: Option<Box<str>>,
    /// Whether they were derived from events, which may be sound: pack the journal anew.
    pub is_derived: bool,
}

impl Corruption {
    /// The journal's own bytes are bad.
    #[must_use]
    pub fn of_journal(position: Position, what: &'static str) -> Self {
        Self { position, what, file: None, is_derived: false }
    }

    /// What is packed of the journal is bad, from a position on. Its events may be sound.
    #[must_use]
    pub fn of_packed(position: Position, what: &'static str) -> Self {
        Self { is_derived: true, ..Self::of_journal(position, what) }
    }

    /// A file of an archive is bad. Restore it; the journal may be sound.
    #[must_use]
    pub fn of_archive(file: &str, position: Position, what: &'static str) -> Self {
        Self { file: Some(file.into()), ..Self::of_journal(position, what) }
    }
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, what, file, is_derived } = self;
        match file {
            None if *is_derived => write!(
                f,
                "what is packed of the journal from position {position} on is damaged: {what}; \
                 `linli pack --anew` makes it again of the events"
            ),
            None => write!(
                f,
                "the journal is damaged at position {position}: {what}; restore it from a backup"
            ),
            Some(file) => write!(
                f,
                "{file} is damaged, so position {position} is lost: {what}; restore the file from \
                 a copy, or seal the journal in another place"
            ),
        }
    }
}
