//! The leaf: what the tree says of one event.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::journal::{Blocking, Digest, Event, Position, Query, ReadError, ReadOptions, Whole};

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
        let mut tags = Vec::new();
        event.tags.iter().for_each(|tag| part(&mut tags, tag.as_bytes()));
        let mut record = Vec::with_capacity(256);
        part(&mut record, LABEL);
        part(&mut record, &self.position.0.to_le_bytes());
        part(&mut record, self.id.as_bytes());
        part(&mut record, event.event_type.as_bytes());
        part(&mut record, &tags);
        part(&mut record, &metadata_hash(self.append_metadata, &event.metadata));
        part(&mut record, &(event.payload.len() as u64).to_le_bytes());
        part(&mut record, &Sha256::digest(&event.payload));
        record
    }

    /// The leaf's hash in the tree: SHA-256 of a zero byte and the record.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::new().chain_update([0]).chain_update(self.record()).finalize().into()
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
    each_leaf(journal, position.0.saturating_sub(1), position.0, |leaf| found = Some(leaf.hash()))?;
    Ok(found)
}

/// Hands over the leaves of the events behind `after`, up to the one at `until`, page by page.
pub(super) fn each_leaf(
    journal: Blocking<'_>,
    after: u64,
    until: u64,
    mut take: impl FnMut(&Leaf<'_>),
) -> Result<(), ReadError> {
    if after >= until {
        return Ok(());
    }
    let after = (after > 0).then_some(Position(after));
    let options = ReadOptions::forwards().after(after).until(Some(Position(until)));
    for page in journal.pages(Query::all(), options) {
        let page = page?;
        for (row, view) in page.events().enumerate() {
            let event = Event {
                id: Some(view.id),
                event_type: view.event_type.to_owned(),
                tags: page.tags(row).collect(),
                metadata: view.metadata.to_vec(),
                payload: view.payload.to_vec(),
            };
            let (position, append_metadata) = (view.position, view.append_metadata);
            take(&Leaf { position, id: view.id, event: &event, append_metadata });
        }
    }
    Ok(())
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}
