//! One event as the journal sees it: an id, a bare type, tags, and two runs of bytes.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an event stands in the journal: 1 is the first, with no gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Tags, sorted and without repetition: `kind:id`, with pseudonyms only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tags(Vec<String>);

impl Tags {
    /// The tags in byte order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `tag` is one of them, byte for byte.
    #[must_use]
    pub fn contains(&self, tag: &str) -> bool {
        self.0.binary_search_by(|own| own.as_str().cmp(tag)).is_ok()
    }
}

impl<T: Into<String>> FromIterator<T> for Tags {
    fn from_iter<I: IntoIterator<Item = T>>(tags: I) -> Self {
        let mut tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        tags.sort_unstable();
        tags.dedup();
        Self(tags)
    }
}

/// An event to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its own id. `None`: the append's key plus the index in the append; without a key a new one.
    pub id: Option<Uuid>,
    /// The bare type, without a version.
    pub event_type: String,
    /// What it is about.
    pub tags: Tags,
    /// The envelope, opaque here.
    pub metadata: Vec<u8>,
    /// What happened, opaque here.
    pub payload: Vec<u8>,
}

impl Event {
    /// An event of a type, with nothing else yet.
    #[must_use]
    pub fn new(event_type: &str) -> Self {
        Self {
            id: None,
            event_type: event_type.to_owned(),
            tags: Tags::default(),
            metadata: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// The same event with one tag more.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        self.tags = self.tags.0.into_iter().chain([tag.to_owned()]).collect();
        self
    }

    /// The same event with this payload.
    #[must_use]
    pub fn payload(mut self, payload: &[u8]) -> Self {
        self.payload = payload.to_vec();
        self
    }

    /// The same event with this metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: &[u8]) -> Self {
        self.metadata = metadata.to_vec();
        self
    }
}

/// An event as it was read, borrowed from its [`super::Page`].
#[derive(Clone, Copy, Debug)]
pub struct EventView<'a> {
    /// Where it stands.
    pub position: Position,
    /// Its id.
    pub id: Uuid,
    /// The bare type.
    pub event_type: &'a str,
    /// The envelope of its append, shared by all events of it.
    pub append_metadata: &'a [u8],
    /// Its own envelope.
    pub metadata: &'a [u8],
    /// What happened.
    pub payload: &'a [u8],
}
