//! The tag index: which tag of an item to follow, and the streams of several tags merged.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};

use linli::journal::{Direction, Query, QueryItem};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::query::Span;

const TAG_UP: &str =
    "SELECT last FROM tag WHERE tag = ?1 AND last BETWEEN ?2 AND ?3 ORDER BY last LIMIT ?4";
const TAG_DOWN: &str =
    "SELECT last FROM tag WHERE tag = ?1 AND last BETWEEN ?2 AND ?3 ORDER BY last DESC LIMIT ?4";
const COUNT: &str = "SELECT count(*) FROM \
    (SELECT 1 FROM tag WHERE tag = ?1 AND last BETWEEN ?2 AND ?3 LIMIT ?4)";

/// The tags whose appends hold every match; `None` if only a scan does.
pub(crate) fn tags_to_follow<'q>(
    connection: &Connection,
    query: &'q Query,
    span: Span,
) -> Result<Option<BTreeSet<&'q str>>, Trouble> {
    if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
        return Ok(None);
    }
    let mut tags = BTreeSet::new();
    for item in &query.items {
        tags.extend(rarest(connection, item, span)?);
    }
    Ok(Some(tags))
}

/// The tag of an item that the fewest appends have; `None` if no append has all of them. Counts no
/// further than it takes to tell.
fn rarest<'q>(
    connection: &Connection,
    item: &'q QueryItem,
    span: Span,
) -> Result<Option<&'q str>, Trouble> {
    let first = item.tags.first().map(String::as_str);
    if item.tags.len() < 2 {
        return Ok(first);
    }
    let mut statement = connection.prepare_cached(COUNT)?;
    for cap in [64, 1_024, 16_384, 262_144] {
        let (mut fewest, mut choice) = (cap, None);
        for tag in &item.tags {
            let count: i64 = statement
                .query_row((tag.as_str(), span.low, span.high, fewest), |row| row.get(0))?;
            if count == 0 {
                return Ok(None);
            }
            if count < fewest {
                (fewest, choice) = (count, Some(tag.as_str()));
            }
        }
        if choice.is_some() {
            return Ok(choice);
        }
    }
    Ok(first)
}

/// The appends of several tags in one order, each once. Holds a few hundred numbers a tag.
pub(crate) struct Merge<'c, 'q> {
    connection: &'c Connection,
    streams: Vec<Stream<'q>>,
    /// The next append of each stream, turned so that the smallest comes first.
    next: BinaryHeap<Reverse<(i64, usize)>>,
    before: Option<i64>,
}

impl<'c, 'q> Merge<'c, 'q> {
    pub(crate) fn new(
        connection: &'c Connection,
        tags: &BTreeSet<&'q str>,
        span: Span,
        direction: Direction,
    ) -> Result<Self, Trouble> {
        let stream = |tag: &'q str| Stream {
            tag,
            direction,
            left: Some((span.low, span.high)),
            batch: 16,
            read: VecDeque::new(),
        };
        let streams = tags.iter().copied().map(stream).collect();
        let mut merge = Self { connection, streams, next: BinaryHeap::new(), before: None };
        for stream in 0..merge.streams.len() {
            merge.advance(stream)?;
        }
        Ok(merge)
    }

    /// The next append.
    pub(crate) fn next(&mut self) -> Result<Option<i64>, Trouble> {
        while let Some(Reverse((key, stream))) = self.next.pop() {
            self.advance(stream)?;
            if self.before != Some(key) {
                self.before = Some(key);
                return Ok(Some(key.saturating_abs()));
            }
        }
        Ok(None)
    }

    fn advance(&mut self, index: usize) -> Result<(), Trouble> {
        let Some(stream) = self.streams.get_mut(index) else { return Ok(()) };
        if let Some(last) = stream.next(self.connection)? {
            let key = match stream.direction {
                Direction::Forwards => last,
                Direction::Backwards => last.saturating_neg(),
            };
            self.next.push(Reverse((key, index)));
        }
        Ok(())
    }
}

/// The appends of one tag, read in batches that grow.
struct Stream<'q> {
    tag: &'q str,
    direction: Direction,
    left: Option<(i64, i64)>,
    batch: i64,
    read: VecDeque<i64>,
}

impl Stream<'_> {
    fn next(&mut self, connection: &Connection) -> Result<Option<i64>, Trouble> {
        if self.read.is_empty()
            && let Some((low, high)) = self.left
        {
            self.refill(connection, low, high)?;
        }
        Ok(self.read.pop_front())
    }

    fn refill(&mut self, connection: &Connection, low: i64, high: i64) -> Result<(), Trouble> {
        let mut statement = connection.prepare_cached(match self.direction {
            Direction::Forwards => TAG_UP,
            Direction::Backwards => TAG_DOWN,
        })?;
        let mut rows = statement.query((self.tag, low, high, self.batch))?;
        while let Some(row) = rows.next()? {
            self.read.push_back(row.get(0)?);
        }
        let is_full = i64::try_from(self.read.len()).is_ok_and(|read| read == self.batch);
        self.left = self.read.back().filter(|_| is_full).map(|last| match self.direction {
            Direction::Forwards => (last.saturating_add(1), high),
            Direction::Backwards => (low, last.saturating_sub(1)),
        });
        self.batch = self.batch.saturating_mul(4).min(512);
        Ok(())
    }
}
