//! What is known of every append without reading it again: where it ends, how large it is, which
//! types, tags and key it has, and how far each upstream source was taken in.
//!
//! It lives in memory and is made anew from the stream whenever a journal is opened. Types, tags
//! and keys stand in it as hashes: it names appends that may match, and the append itself is asked.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use linli::journal::record::Record;
use linli::journal::{Direction, IdempotencyKey, Position, Query};

/// What an append takes, and an entry of it, and what is hashed for the first time. Taken from what
/// a process grew by (see the crate's page), not from what the numbers alone would be.
const APPEND_BYTES: usize = 24;
const ENTRY_BYTES: usize = 8;
const NAME_BYTES: usize = 104;

/// What is indexed. The same text may be a type and a tag.
#[derive(Clone, Copy, Hash)]
enum Kind {
    Type,
    Tag,
    Key,
}

/// The appends of one type, tag or key, by sequence number, rising.
#[derive(Debug)]
enum Entries {
    One(u32),
    Many(Vec<u32>),
}

/// The index of the appends 1 to [`Index::last`].
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The last position of each append.
    ends: Vec<u64>,
    /// The bytes of each append.
    sizes: Vec<u32>,
    entries: HashMap<u64, Entries>,
    checkpoints: BTreeMap<Vec<u8>, Position>,
    hash: RandomState,
    bytes: usize,
}

/// An append that may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Its sequence number.
    pub(crate) sequence: u64,
    /// The position of its first event.
    pub(crate) first: Position,
    /// The position of its last event.
    pub(crate) last: Position,
}

impl Entries {
    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Many(all) => all,
        }
    }

    fn push(&mut self, sequence: u32) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, sequence]),
            Self::Many(all) => all.push(sequence),
        }
    }
}

impl Index {
    /// The sequence number of the last append that is known.
    pub(crate) fn last(&self) -> u64 {
        self.ends.len() as u64
    }

    /// The position of the last event that is known.
    pub(crate) fn head(&self) -> Option<Position> {
        self.ends.last().filter(|end| **end > 0).copied().map(Position)
    }

    /// What it takes of memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes in the next append, of so many bytes. `None`: one without events, which only takes a
    /// sequence number.
    pub(crate) fn take(&mut self, record: Option<&Record<'_>>, bytes: usize) {
        let before = self.ends.last().copied().unwrap_or(0);
        self.ends.push(record.map_or(before, |record| record.last().0));
        self.sizes.push(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.bytes = self.bytes.saturating_add(APPEND_BYTES);
        let Some(record) = record else { return };
        // The limit on memory is reached long before the four thousand millionth.
        let sequence = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        record.types().for_each(|name| self.enter(Kind::Type, name, sequence));
        record.tags().for_each(|name| self.enter(Kind::Tag, name, sequence));
        if let Some((key, _)) = record.key() {
            self.enter(Kind::Key, key.0.as_bytes(), sequence);
        }
        if let Some((source, position)) = record.checkpoint() {
            self.checkpoints.insert(source.to_owned(), position);
        }
    }

    /// How far an upstream source was taken in.
    pub(crate) fn checkpoint(&self, source: &str) -> Option<Position> {
        self.checkpoints.get(source.as_bytes()).copied()
    }

    /// The appends that may have been made under a key.
    pub(crate) fn under(&self, key: IdempotencyKey) -> Vec<Candidate> {
        let found = self.found(Kind::Key, key.0.as_bytes());
        found.iter().filter_map(|sequence| self.at(u64::from(*sequence))).collect()
    }

    /// The next appends that may hold an event in `range` that matches, in the order of reading;
    /// none further once they have so many events, or so many bytes.
    pub(crate) fn batch(
        &self,
        query: &Query,
        range: (u64, u64),
        direction: Direction,
        bounds: (usize, usize),
    ) -> Vec<Candidate> {
        let most = bounds.0;
        let Some((low, high)) = self.sequences(range) else { return Vec::new() };
        let mut found: Vec<u64> = Vec::new();
        if is_scan(query) {
            match direction {
                Direction::Forwards => found.extend((low..=high).take(most)),
                Direction::Backwards => found.extend((low..=high).rev().take(most)),
            }
        } else {
            let mut take =
                |entries: &[u32]| take_up(&mut found, entries, (low, high), direction, most);
            for item in &query.items {
                let tags = item.tags.iter().map(|tag| self.found(Kind::Tag, tag.as_bytes()));
                match tags.min_by_key(|entries| entries.len()) {
                    Some(rarest) => take(rarest),
                    None => {
                        item.types.iter().for_each(|t| take(self.found(Kind::Type, t.as_bytes())));
                    }
                }
            }
            found.sort_unstable();
            found.dedup();
            if direction == Direction::Backwards {
                found.reverse();
            }
            found.truncate(most);
        }
        self.within(&found, bounds)
    }

    fn within(&self, sequences: &[u64], (events, bytes): (usize, usize)) -> Vec<Candidate> {
        let (mut events_n, mut bytes_n) = (0_u64, 0_usize);
        let mut within = Vec::new();
        for candidate in sequences.iter().filter_map(|sequence| self.at(*sequence)) {
            if events_n >= events as u64 || bytes_n >= bytes {
                break;
            }
            let size = place(candidate.sequence).and_then(|place| self.sizes.get(place));
            bytes_n = bytes_n.saturating_add(size.map_or(0, |size| *size as usize));
            let own = candidate.last.0.saturating_add(1).saturating_sub(candidate.first.0);
            events_n = events_n.saturating_add(own);
            within.push(candidate);
        }
        within
    }

    /// The first and the last append that hold positions of a range.
    fn sequences(&self, (from, until): (u64, u64)) -> Option<(u64, u64)> {
        let until = until.min(self.ends.last().copied()?);
        let holding =
            |position| (self.ends.partition_point(|end| *end < position) as u64).saturating_add(1);
        (1..=until).contains(&from).then(|| (holding(from), holding(until)))
    }

    /// The append with this sequence number.
    pub(crate) fn at(&self, sequence: u64) -> Option<Candidate> {
        let last = *self.ends.get(place(sequence)?)?;
        let before = sequence.checked_sub(1).and_then(place).and_then(|place| self.ends.get(place));
        let first = before.copied().unwrap_or(0).saturating_add(1);
        Some(Candidate { sequence, first: Position(first), last: Position(last) })
    }

    fn enter(&mut self, kind: Kind, name: &[u8], sequence: u32) {
        let hash = self.hash.hash_one((kind, name));
        match self.entries.entry(hash) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(Entries::One(sequence));
                self.bytes = self.bytes.saturating_add(NAME_BYTES);
            }
            std::collections::hash_map::Entry::Occupied(mut entries) => {
                entries.get_mut().push(sequence);
                self.bytes = self.bytes.saturating_add(ENTRY_BYTES);
            }
        }
    }

    fn found(&self, kind: Kind, name: &[u8]) -> &[u32] {
        let hash = self.hash.hash_one((kind, name));
        self.entries.get(&hash).map_or(&[], Entries::as_slice)
    }
}

/// Whether a query names neither a type nor a tag in one of its items.
fn is_scan(query: &Query) -> bool {
    let names_nothing =
        |item: &linli::journal::QueryItem| item.tags.is_empty() && item.types.is_empty();
    query.items.is_empty() || query.items.iter().any(names_nothing)
}

/// Adds the entries in `low..=high` that come first in the direction of reading.
fn take_up(
    found: &mut Vec<u64>,
    entries: &[u32],
    (low, high): (u64, u64),
    direction: Direction,
    most: usize,
) {
    let start = entries.partition_point(|entry| u64::from(*entry) < low);
    let end = entries.partition_point(|entry| u64::from(*entry) <= high);
    let inside = entries.get(start..end).unwrap_or_default().iter().map(|entry| u64::from(*entry));
    match direction {
        Direction::Forwards => found.extend(inside.take(most)),
        Direction::Backwards => found.extend(inside.rev().take(most)),
    }
}

fn place(sequence: u64) -> Option<usize> {
    usize::try_from(sequence.checked_sub(1)?).ok()
}
