//! A segment in memory: its appends as stores keep them, and where keys and tags are.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use linli::journal::record::{DamagedRecord, Record, encode, tags_of};
use linli::journal::{
    Content, Corruption, Direction, IdempotencyKey, Position, Query, ReadError, Receipt, Whole,
};

#[derive(Debug)]
pub(super) struct Loaded {
    appends: Vec<Stored>,
    by_key: HashMap<IdempotencyKey, Receipt>,
    /// By tag, the numbers of the appends that have it, in order.
    by_tag: HashMap<Box<str>, Vec<usize>>,
    checkpoints: HashMap<String, Position>,
    bytes: usize,
}

#[derive(Debug)]
struct Stored {
    first: Position,
    last: Position,
    record: Vec<u8>,
}

/// Appends of a segment, by their numbers in it.
#[derive(Debug)]
pub(super) enum Numbers {
    All(Range<usize>),
    Some(BTreeSet<usize>),
}

impl Numbers {
    pub(super) fn in_order(self, direction: Direction) -> Box<dyn Iterator<Item = usize> + Send> {
        match (self, direction) {
            (Self::All(range), Direction::Forwards) => Box::new(range),
            (Self::All(range), Direction::Backwards) => Box::new(range.rev()),
            (Self::Some(some), Direction::Forwards) => Box::new(some.into_iter()),
            (Self::Some(some), Direction::Backwards) => Box::new(some.into_iter().rev()),
        }
    }
}

impl Loaded {
    pub(super) fn of(appends: &[Whole]) -> Self {
        let mut loaded = Self {
            appends: Vec::with_capacity(appends.len()),
            by_key: HashMap::new(),
            by_tag: HashMap::new(),
            checkpoints: HashMap::new(),
            bytes: 0,
        };
        for whole in appends {
            loaded.take_in(whole);
        }
        loaded
    }

    fn take_in(&mut self, whole: &Whole) {
        let (number, append) = (self.appends.len(), &whole.append);
        let (first, last) = (whole.first, whole.last());
        // Of an append without a key none is kept.
        let content = append.content.unwrap_or(Content::clear([0; 32]));
        if let Some(key) = append.key {
            self.by_key.insert(key, Receipt { first, last, content });
        }
        for tag in tags_of(append) {
            self.by_tag.entry(tag.into()).or_default().push(number);
            self.bytes = self.bytes.saturating_add(size_of::<usize>());
        }
        if let Some(checkpoint) = &append.checkpoint {
            self.checkpoints.insert(checkpoint.source.clone(), checkpoint.position);
        }
        let record = encode(append, &content, first);
        self.bytes = self.bytes.saturating_add(record.len());
        self.appends.push(Stored { first, last, record });
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The numbers of the appends that hold these positions and may match, in order: of an item
    /// with tags, those that have its rarest one.
    pub(super) fn appends_of(&self, query: &Query, from: u64, until: u64) -> Numbers {
        let begin = self.appends.partition_point(|stored| stored.last.0 < from);
        let end = self.appends.partition_point(|stored| stored.first.0 <= until);
        if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
            return Numbers::All(begin..end);
        }
        let mut some = BTreeSet::new();
        for item in &query.items {
            let having = |tag: &String| self.by_tag.get(&**tag).map_or(&[][..], Vec::as_slice);
            let rarest = item.tags.iter().map(having).min_by_key(|numbers| numbers.len());
            let numbers = rarest.unwrap_or_default();
            let behind = numbers.partition_point(|number| *number < begin);
            let inside = numbers.iter().skip(behind).take_while(|number| **number < end);
            some.extend(inside.copied());
        }
        Numbers::Some(some)
    }

    pub(super) fn record(&self, number: usize) -> Result<Record<'_>, DamagedRecord> {
        let gone = DamagedRecord { what: "there is no such append" };
        let stored = self.appends.get(number).ok_or(gone)?;
        Record::open(stored.last, &stored.record)
    }

    pub(super) fn damaged(&self, number: usize, damage: DamagedRecord) -> ReadError {
        let position = self.appends.get(number).map_or(Position(1), |stored| stored.first);
        Corruption::of_journal(position, damage.what).into()
    }

    pub(super) fn receipt(&self, key: IdempotencyKey) -> Option<Receipt> {
        self.by_key.get(&key).copied()
    }

    pub(super) fn checkpoint(&self, source: &str) -> Option<Position> {
        self.checkpoints.get(source).copied()
    }
}
