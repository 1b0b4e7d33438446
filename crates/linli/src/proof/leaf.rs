//! The leaf: what the tree says of one event.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::journal::{
    Blocking, Corruption, Digest, Event, EventView, Page, Position, Query, ReadError, ReadOptions,
    Whole,
};

/// What stands first in every record, so that no other record can pass for one of a leaf.
pub(super) const LABEL: &[u8] = b"linli/leaf/v1";

/// One event as a leaf of the tree; its index there is its position less one.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    /// Where the event stands.
    pub position: Position,
    /// Its id.
    pub id: Uuid,
    /// Its type, tags, metadata and payload.
    pub event: &'a Event,
    /// What its append states once for all its events.
    pub append_metadata: &'a [u8],
}

impl<'a> Leaf<'a> {
    /// The leaves of an append, in order.
    pub fn of(whole: &'a Whole) -> impl Iterator<Item = Self> {
        let append = &whole.append;
        append.events.iter().enumerate().map(move |(index, event)| Self {
            position: Position(whole.first.0.saturating_add(index as u64)),
            id: event.id.or(append.key.map(|key| key.event_id(index))).unwrap_or_default(),
            event,
            append_metadata: &append.metadata,
        })
    }

    /// The record that is hashed, at most 35,117 bytes. Each part stands after its length, in eight
    /// bytes; numbers are little-endian.
    ///
    /// | part | bytes |
    /// | --- | --- |
    /// | `linli/leaf/v1` | 13 |
    /// | position | 8 |
    /// | the event's id | 16 |
    /// | type | at most 128 |
    /// | tags in byte order, each after its length | at most 34,816 |
    /// | SHA-256 of the append's metadata and the event's, each after its length | 32 |
    /// | length of the payload | 8 |
    /// | SHA-256 of the payload | 32 |
    ///
    /// Only the payload's hash is in it, so that a payload may be dropped one day and every proof
    /// holds.
    #[must_use]
    pub fn record(&self) -> Vec<u8> {
        let event = self.event;
        let mut out = RecordBuffer::default();
        let parts = Parts {
            position: self.position,
            id: self.id,
            event_type: &event.event_type,
            append_metadata: self.append_metadata,
            metadata: &event.metadata,
            payload: &event.payload,
        };
        out.write(&parts, event.tags.iter());
        out.record
    }

    /// The leaf's hash in the tree: SHA-256 of a zero byte and the record.
    #[must_use]
    pub fn hash(&self) -> Digest {
        hash_of(&self.record())
    }
}

/// The leaf's hash in the tree, by its record.
pub(super) fn hash_of(record: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(record).finalize().into()
}

/// What a record says of an event, but for its tags.
struct Parts<'a> {
    position: Position,
    id: Uuid,
    event_type: &'a str,
    append_metadata: &'a [u8],
    metadata: &'a [u8],
    payload: &'a [u8],
}

/// The record of one event in the place of the one before.
#[derive(Debug, Default)]
pub(super) struct RecordBuffer {
    record: Vec<u8>,
    tags: Vec<u8>,
}

impl RecordBuffer {
    /// The record of the event in a row of a page, which has ids and tags; `None` where there is
    /// no such row.
    pub(super) fn of_row(&mut self, page: &Page, row: usize) -> Option<&[u8]> {
        let EventView { position, id, event_type, append_metadata, metadata, payload } =
            page.event(row)?;
        let parts = Parts { position, id, event_type, append_metadata, metadata, payload };
        self.write(&parts, page.tags(row));
        Some(&self.record)
    }

    fn write<'t>(&mut self, parts: &Parts<'_>, tags: impl Iterator<Item = &'t str>) {
        self.tags.clear();
        tags.for_each(|tag| part(&mut self.tags, tag.as_bytes()));
        let record = &mut self.record;
        record.clear();
        part(record, LABEL);
        part(record, &parts.position.0.to_le_bytes());
        part(record, parts.id.as_bytes());
        part(record, parts.event_type.as_bytes());
        part(record, &self.tags);
        part(record, &metadata_hash(parts.append_metadata, parts.metadata));
        part(record, &(parts.payload.len() as u64).to_le_bytes());
        part(record, &Sha256::digest(parts.payload));
    }
}

/// The hash of what an append and an event of it state, each behind its length.
#[must_use]
pub fn metadata_hash(append: &[u8], event: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    for run in [append, event] {
        hash.update((run.len() as u64).to_le_bytes());
        hash.update(run);
    }
    hash.finalize().into()
}

/// The leaf of the event at a position; `None` where there is none.
pub(crate) fn leaf_at(
    journal: Blocking<'_>,
    position: Position,
) -> Result<Option<Digest>, ReadError> {
    let mut found = None;
    let after = position.0.saturating_sub(1);
    each_record(journal, after, position.0, |record| found = Some(hash_of(record)))?;
    Ok(found)
}

/// Hands over the records of the events behind `after`, up to the one at `until`, page by page.
pub(super) fn each_record(
    journal: Blocking<'_>,
    after: u64,
    until: u64,
    mut take: impl FnMut(&[u8]),
) -> Result<(), ReadError> {
    if after >= until {
        return Ok(());
    }
    let mut next = after;
    let after = (after > 0).then_some(Position(after));
    let options = ReadOptions::forwards().after(after).until(Some(Position(until)));
    let mut buffer = RecordBuffer::default();
    for page in journal.pages(Query::all(), options) {
        let page = page?;
        for (row, position) in page.positions().iter().enumerate() {
            next = next.saturating_add(1);
            let record = buffer.of_row(&page, row).filter(|_| *position == next);
            let what = "a position is missing or stands twice";
            take(record.ok_or_else(|| Corruption::of_journal(Position(next), what))?);
        }
    }
    Ok(())
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}
