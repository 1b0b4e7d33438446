//! Queries by tag: which tag of an item to follow, and the appends of several tags merged.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::error::Trouble;
use crate::index::{self, Index, Walk};
use crate::query::Span;
use linli::journal::{Direction, Query, QueryItem};

const COUNT: &str = "SELECT count(*) FROM \
    (SELECT 1 FROM entry WHERE name = ?1 AND last BETWEEN ?2 AND ?3 LIMIT ?4)";

/// The tags whose appends hold every match; `None` if only a scan does.
pub(crate) fn tags_to_follow<'q>(
    index: Index<'_>,
    query: &'q Query,
    span: Span,
) -> Result<Option<BTreeSet<&'q str>>, Trouble> {
    if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
        return Ok(None);
    }
    let mut tags = BTreeSet::new();
    for item in &query.items {
        tags.extend(rarest(index, item, span)?);
    }
    Ok(Some(tags))
}

/// The tag of an item that the fewest appends have. Counts no further than it takes to tell; a
/// count may be wrong in a damaged file, and then only the choice is a bad one.
fn rarest<'q>(
    index: Index<'_>,
    item: &'q QueryItem,
    span: Span,
) -> Result<Option<&'q str>, Trouble> {
    let first = item.tags.first().map(String::as_str);
    if item.tags.len() < 2 {
        return Ok(first);
    }
    let mut statement = index.connection.prepare_cached(COUNT)?;
    let name = |tag: &'q String| (index::of_tag(tag.as_bytes()), tag.as_str());
    let names: Vec<_> = item.tags.iter().map(name).collect();
    for cap in [64, 1_024, 16_384, 262_144] {
        let (mut fewest, mut choice) = (cap, None);
        for (name, tag) in &names {
            let late = index.tail.of(name, (span.low, span.high)).count();
            let mut count = i64::try_from(late).unwrap_or(i64::MAX);
            if span.low <= index.tail.entered() && count < fewest {
                let entries: i64 =
                    statement.query_row((name, span.low, span.high, fewest), |row| row.get(0))?;
                count = count.saturating_add(entries);
            }
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
    index: Index<'c>,
    direction: Direction,
    walks: Vec<Walk>,
    /// The next append of each walk, turned so that the smallest comes first.
    next: BinaryHeap<Reverse<(i64, usize)>>,
    before: Option<i64>,
}

impl<'c> Merge<'c> {
    pub(crate) fn new(
        index: Index<'c>,
        tags: &BTreeSet<&str>,
        span: Span,
        direction: Direction,
    ) -> Result<Self, Trouble> {
        let (tail, range) = (index.tail, (span.low, span.high));
        let walk = |tag: &&str| Walk::new(tail, index::of_tag(tag.as_bytes()), range, direction);
        let walks: Vec<Walk> = tags.iter().map(walk).collect();
        let next = BinaryHeap::new();
        let mut merge = Self { index, direction, walks, next, before: None };
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

    fn advance(&mut self, number: usize) -> Result<(), Trouble> {
        let Some(walk) = self.walks.get_mut(number) else { return Ok(()) };
        if let Some(last) = walk.next(self.index.connection)? {
            let key = match self.direction {
                Direction::Forwards => last,
                Direction::Backwards => last.saturating_neg(),
            };
            self.next.push(Reverse((key, number)));
        }
        Ok(())
    }
}
