//! Values about a person that stand in the journal only under a key.
//!
//! A command brings them open, the ledger seals them before it appends, and whoever reads without
//! the key reads *locked*, or *erased* where the key was destroyed: never an empty text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text under the key of whom it concerns.
#[derive(Clone, PartialEq, Eq)]
pub enum Sealed {
    /// As it was told. It is never written so.
    Open(String),
    /// As it stands in the journal: there is a key, but not here.
    Locked(Box<[u8]>),
    /// The key was destroyed, so nobody reads it any more.
    Erased,
}

impl Sealed {
    /// The text, where it is open.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Open(text) => Some(text),
            _ => None,
        }
    }
}

/// Whose key a value is sealed under: `person:REF`, `dispute:ID`, `case:ID`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// The subject of this kind and name: the tag that its events have.
    #[must_use]
    pub fn of(kind: &'static str, name: &impl fmt::Display) -> Self {
        Self(format!("{kind}:{name}"))
    }

    /// The subject of this text, for a keyring that kept it.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One sealed value of an event or a command: where it stands and whom it concerns.
#[derive(Debug)]
pub struct SealedField<'a> {
    /// The field.
    pub name: &'static str,
    /// Under whose key.
    pub subject: Subject,
    /// The value.
    pub value: &'a mut Sealed,
}

impl<'a> SealedField<'a> {
    /// The value of this field under the key of this subject, if there is one.
    pub fn of(
        name: &'static str,
        subject: impl FnOnce() -> Subject,
        value: &'a mut Option<Sealed>,
    ) -> Option<Self> {
        value.as_mut().map(|value| Self { name, subject: subject(), value })
    }
}

/// Not what it says: a log line, a panic, a test's output show no person.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open(..)",
            Self::Locked(_) => "Locked(..)",
            Self::Erased => "Erased",
        })
    }
}

/// An open value is a text in JSON, another one `{"sealed": "locked"}` or `{"sealed": "erased"}`.
impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Open(text) => json.serialize_str(text),
            Self::Locked(_) => Written::Not { sealed: State::Locked }.serialize(json),
            Self::Erased => Written::Not { sealed: State::Erased }.serialize(json),
        }
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(json)? {
            Written::Open(text) => Self::Open(text),
            Written::Not { sealed: State::Locked } => Self::Locked(Box::default()),
            Written::Not { sealed: State::Erased } => Self::Erased,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a text was expected")]
enum Written {
    Open(String),
    Not { sealed: State },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Locked,
    Erased,
}
