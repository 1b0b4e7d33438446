//! Queries by tag: which tag of an item to follow, and the appends of several tags merged.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use linli::journal::{Direction, Query, QueryItem};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::index::{self, Walk};
use crate::query::Span;

const COUNT: &str = "SELECT count(*) FROM \
    (SELECT 1 FROM entry WHERE name = ?1 AND last BETWEEN ?2 AND ?3 LIMIT ?4)";

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

/// The tag of an item that the fewest appends have. Counts no further than it takes to tell; a
/// count may be wrong in a damaged file, and then only the choice is a bad one.
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
    let names: Vec<_> = item.tags.iter().map(|tag| (index::of_tag(tag), tag.as_str())).collect();
    for cap in [64, 1_024, 16_384, 262_144] {
        let (mut fewest, mut choice) = (cap, None);
        for (name, tag) in &names {
            let count: i64 =
                statement.query_row((name, span.low, span.high, fewest), |row| row.get(0))?;
            if count < fewest {
                (fewest, choice) = (count, Some(*tag));
            }
        }
        if choice.is_some() {
            return Ok(choice);
        }
    }
    Ok(first)
}

/// The appends of several tags in one order, each once. Holds a few hundred numbers a tag.
pub(crate) struct Merge<'c> {
    connection: &'c Connection,
    direction: Direction,
    walks: Vec<Walk>,
    /// The next append of each walk, turned so that the smallest comes first.
    next: BinaryHeap<Reverse<(i64, usize)>>,
    before: Option<i64>,
}

impl<'c> Merge<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        tags: &BTreeSet<&str>,
        span: Span,
        direction: Direction,
    ) -> Result<Self, Trouble> {
        let walk = |tag: &&str| Walk::new(index::of_tag(tag), (span.low, span.high), direction);
        let walks: Vec<Walk> = tags.iter().map(walk).collect();
        let next = BinaryHeap::new();
        let mut merge = Self { connection, direction, walks, next, before: None };
        for walk in 0..merge.walks.len() {
            merge.advance(walk)?;
        }
        Ok(merge)
    }

    /// The next append.
    pub(crate) fn next(&mut self) -> Result<Option<i64>, Trouble> {
        while let Some(Reverse((key, walk))) = self.next.pop() {
            self.advance(walk)?;
            if self.before != Some(key) {
                self.before = Some(key);
                return Ok(Some(key.saturating_abs()));
            }
        }
        Ok(None)
    }

    fn advance(&mut self, index: usize) -> Result<(), Trouble> {
        let Some(walk) = self.walks.get_mut(index) else { return Ok(()) };
        if let Some(last) = walk.next(self.connection)? {
            let key = match self.direction {
                Direction::Forwards => last,
                Direction::Backwards => last.saturating_neg(),
            };
            self.next.push(Reverse((key, index)));
        }
        Ok(())
    }
}
