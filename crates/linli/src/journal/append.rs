//! What is handed to a store in one piece.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppendCondition, AppendError, Content, Event, Position, Query};

/// Events that are written together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Append {
    /// What happened, in order; at least one.
    pub events: Vec<Event>,
    /// All of them must hold when the append is written.
    pub conditions: Vec<AppendCondition>,
    /// Makes a repeat harmless: the same key and content give the first result again.
    pub key: Option<IdempotencyKey>,
    /// What the key stands for. `None`: the digest of the events' bytes.
    pub content: Option<Content>,
    /// The part of the envelope that all events share, stored once; opaque here.
    pub metadata: Vec<u8>,
    /// How far an upstream source has been taken in with this append.
    pub checkpoint: Option<Checkpoint>,
}

/// Names an append for ever. A command's id, or the v5 UUID of a source and its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub Uuid);

/// Linli's namespace for keys made of a source and its own id (a v5 UUID of its URL).
const SOURCES: Uuid = Uuid::from_u128(0x6c69_6e6c_695f_5eb5_8a1e_0d7b_60cb_51a2);

impl IdempotencyKey {
    /// The key of what `source` calls `id`: the same on every machine and in every run.
    #[must_use]
    pub fn of(source: &str, id: &str) -> Self {
        let source = Uuid::new_v5(&SOURCES, source.as_bytes());
        Self(Uuid::new_v5(&source, id.as_bytes()))
    }

    /// The id of the event at `index` of the append under this key.
    #[must_use]
    pub fn event_id(self, index: usize) -> Uuid {
        Uuid::from_u128(self.0.as_u128().wrapping_add(index as u128))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A position in an upstream source, written together with what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The upstream source's name.
    pub source: String,
    /// How far it has been taken in; must be above the one held.
    pub position: Position,
}

impl Checkpoint {
    /// The refusal of a checkpoint that does not lie above the one that is held.
    #[must_use]
    pub fn not_rising(&self, held: Option<Position>) -> Option<AppendError> {
        let held = held.filter(|held| *held >= self.position)?;
        let (source_name, offered) = (self.source.clone(), self.position);
        Some(AppendError::CheckpointNotRising { source_name, held, offered })
    }
}

/// What an append was written with, beside its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Position of its first event.
    pub first: Position,
    /// Position of its last event.
    pub last: Position,
    /// Its key, and the content that the key stands for.
    pub key: Option<(IdempotencyKey, Content)>,
    /// How far it took an upstream source in.
    pub checkpoint: Option<Checkpoint>,
}

/// Where an append came to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position of its first event.
    pub first: Position,
    /// Position of its last event.
    pub last: Position,
    /// Whether this call wrote it.
    pub written: Written,
}

/// Whether a call wrote an append, or found it written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// By this call.
    Now,
    /// By an earlier call with the same key and content.
    Before,
}

/// What the store remembers of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event under the key.
    pub first: Position,
    /// Position of the last event under the key.
    pub last: Position,
    /// The content it was appended with.
    pub content: Content,
}

impl Receipt {
    /// The answer to an append under the same key.
    ///
    /// # Errors
    /// [`AppendError::KeyReused`] if its content is another one.
    pub fn again(self, key: IdempotencyKey, content: &Content) -> Result<Appended, AppendError> {
        if self.content.agrees_with(content) {
            return Ok(Appended { first: self.first, last: self.last, written: Written::Before });
        }
        Err(AppendError::KeyReused { key, first: self })
    }
}

impl Append {
    /// An append of one event.
    #[must_use]
    pub fn of(event: Event) -> Self {
        Self::all([event])
    }

    /// An append of several events.
    #[must_use]
    pub fn all(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect(), ..Self::default() }
    }

    /// The same append, refused if an event after `after` matches `query`.
    #[must_use]
    pub fn fail_if(mut self, query: Query, after: Option<Position>) -> Self {
        self.conditions.push(AppendCondition { fail_if_events_match: query, after });
        self
    }

    /// The same append under a key.
    #[must_use]
    pub fn key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// The same append with its content named by the caller.
    #[must_use]
    pub fn content_of(mut self, content: Content) -> Self {
        self.content = Some(content);
        self
    }

    /// The same append with metadata that all its events share.
    #[must_use]
    pub fn metadata(mut self, metadata: &[u8]) -> Self {
        self.metadata = metadata.to_vec();
        self
    }

    /// The same append that also moves the checkpoint of `source`.
    #[must_use]
    pub fn checkpoint(mut self, source: &str, position: Position) -> Self {
        self.checkpoint = Some(Checkpoint { source: source.to_owned(), position });
        self
    }
}
