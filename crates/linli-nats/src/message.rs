//! An append as a message: its record, and two headers that say where it stands.

use std::sync::Arc;

use async_nats::{HeaderMap, Message};
use bytes::Bytes;
use linli::journal::record::Record;
use linli::journal::{Append, Corruption, Position};

use crate::error::Trouble;

/// The position of its first event.
const FIRST: &str = "Linli-First";
/// How many events it has. 0: it only takes a sequence number, so that nobody else can have it.
const EVENTS: &str = "Linli-Events";
/// Which store published it: two may publish the same append at the same time, and one is first.
const WRITER: &str = "Linli-Writer";
/// The server's own number of a message that it gives back.
const SEQUENCE: &str = "Nats-Sequence";
/// The server takes the message only if this is the number of the last one.
const EXPECTED: &str = "Nats-Expected-Last-Sequence";
/// The server passes over a message whose id it has seen lately: a help, not the truth.
const ID: &str = "Nats-Msg-Id";

/// An append as the stream has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) sequence: u64,
    pub(crate) first: u64,
    pub(crate) events: u64,
    pub(crate) writer: Arc<str>,
    pub(crate) record: Bytes,
}

impl Stored {
    /// Reads a message. `after` is how far the journal is known to be sound.
    pub(crate) fn read(message: Message, after: u64) -> Result<Self, Trouble> {
        let strange = "the stream holds a message that no Linli wrote";
        let headers = message.headers.unwrap_or_default();
        let number = |name| -> Option<u64> { headers.get(name)?.as_str().parse().ok() };
        let numbers = || Some((number(SEQUENCE)?, number(FIRST)?, number(EVENTS)?));
        let (sequence, first, events) =
            numbers().ok_or_else(|| Trouble::corrupt(after.saturating_add(1), strange))?;
        let writer = headers.get(WRITER).map_or("", |writer| writer.as_str()).into();
        Ok(Self { sequence, first, events, writer, record: message.payload })
    }

    /// The position of its last event.
    pub(crate) fn last(&self) -> Position {
        Position(self.first.saturating_add(self.events).saturating_sub(1))
    }

    /// Its record, checked against its own checksum and its place; `None` if it has no events.
    pub(crate) fn open(&self) -> Result<Option<Record<'_>>, Corruption> {
        let corrupt = |what| Corruption::of_journal(Position(self.first), what);
        if self.events == 0 {
            return match self.record.is_empty() {
                true => Ok(None),
                false => Err(corrupt("the stored append says that it has no events")),
            };
        }
        let record = Record::open(self.last(), &self.record);
        let record = record.map_err(|damage| corrupt(damage.what))?;
        match record.first() == Position(self.first) {
            true => Ok(Some(record)),
            false => Err(corrupt("the stored append is not where it says")),
        }
    }

    /// The headers to publish it with.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(FIRST, self.first.to_string());
        headers.insert(EVENTS, self.events.to_string());
        headers.insert(WRITER, &*self.writer);
        headers
    }

    /// The same, for the first time that it is published.
    pub(crate) fn headers_with_id(&self, id: &str) -> HeaderMap {
        let mut headers = self.headers();
        headers.insert(ID, id);
        headers
    }
}

/// Says on the first of these messages which one it follows, and on all that they are one batch,
/// where there are several: all of them are stored or none.
pub(crate) fn put_behind(messages: &mut [(HeaderMap, Bytes)], follows: u64, batch: &str) {
    if let Some((headers, _)) = messages.first_mut() {
        headers.insert(EXPECTED, follows.to_string());
    }
    let last = messages.len();
    for (number, (headers, _)) in (1..).zip(messages.iter_mut()).filter(|_| last > 1) {
        headers.insert("Nats-Batch-Id", batch);
        headers.insert("Nats-Batch-Sequence", number.to_string());
        if number == last {
            headers.insert("Nats-Batch-Commit", "1");
        }
    }
}

/// The id of an append: its key, or else the id of its first event.
pub(crate) fn id_of(append: &Append) -> String {
    let first = append.events.first().and_then(|event| event.id);
    let id = append.key.map(|key| key.0).or(first);
    id.map(|id| id.to_string()).unwrap_or_default()
}
