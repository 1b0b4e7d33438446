//! From a query to the appends that may match it, in order.
//!
//! An item with a tag is answered by the tag index, of its rarest tag; the streams of several
//! items are merged. Anything else is a scan. Every statement here is fixed text: what users write
//! is bound, never spliced in.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use linli::journal::record::{DamagedRecord, Record};
use linli::journal::{Direction, Position, Query};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::error::Trouble;
use crate::index::Index;
use crate::tags::{Merge, tags_to_follow};

const HEAD: &str = "SELECT (SELECT last FROM append ORDER BY last DESC LIMIT 1), \
    (SELECT position FROM head)";
const COVERING: &str = "SELECT last, record FROM append WHERE last >= ?1 ORDER BY last LIMIT 1";
const BEFORE: &str = "SELECT last FROM append WHERE last < ?1 ORDER BY last DESC LIMIT 1";
const RECORD: &str = "SELECT last, record FROM append WHERE last = ?1";
const SCAN_UP: &str = "SELECT last, record FROM append WHERE last BETWEEN ?1 AND ?2 ORDER BY last";
const SCAN_DOWN: &str =
    "SELECT last, record FROM append WHERE last BETWEEN ?1 AND ?2 ORDER BY last DESC";

/// Whether a walk came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walked {
    /// It was stopped; more may follow.
    Stopped,
    /// There is nothing more.
    ToTheEnd,
}

/// What a walk does with each append.
pub(crate) type Visit<'v> = dyn FnMut(&Record<'_>) -> Result<ControlFlow<()>, DamagedRecord> + 'v;

/// The position of the last event. It stands twice, so that an end that is gone is noticed: a scan
/// of what is left would be whole.
pub(crate) fn head(connection: &Connection) -> Result<Option<Position>, Trouble> {
    let mut statement = connection.prepare_cached(HEAD)?;
    let (last, noted): (Option<i64>, Option<i64>) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if last != noted {
        let whole = last.min(noted).unwrap_or(0).cast_unsigned();
        return Err(Trouble::corrupt(whole.saturating_add(1), "the end is not where it was"));
    }
    Ok(last.map(|last| Position(last.cast_unsigned())))
}

/// Positions that are to be looked at, and the appends that hold them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// The lowest position.
    pub(crate) from: u64,
    /// The highest position that is there.
    pub(crate) until: u64,
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Span {
    /// `None` if no position of the range is there.
    pub(crate) fn of(
        connection: &Connection,
        head: Option<Position>,
        (from, until): (u64, u64),
    ) -> Result<Option<Self>, Trouble> {
        let Some(Position(head)) = head else { return Ok(None) };
        let (from, until) = (from.max(1), until.min(head));
        if from > until {
            return Ok(None);
        }
        let high = if until == head { head.cast_signed() } else { covering(connection, until)? };
        Ok(Some(Self { from, until, low: from.cast_signed(), high }))
    }
}

/// The end of the append that holds a position. Its record says so: a row that stands where it does
/// not belong would end the span too early.
fn covering(connection: &Connection, position: u64) -> Result<i64, Trouble> {
    let mut statement = connection.prepare_cached(COVERING)?;
    let mut rows = statement.query([position.cast_signed()])?;
    let missing = || Trouble::corrupt(position, MISSING);
    let row = rows.next().map_err(|error| Trouble::at(position, error))?.ok_or_else(missing)?;
    let (last, record) = opened(connection, row)?;
    let is_there = (record.first().0..=record.last().0).contains(&position);
    is_there.then_some(last).ok_or_else(missing)
}

/// The first position in `from..=head` that matches.
pub(crate) fn first_match(
    index: Index<'_>,
    query: &Query,
    from: u64,
    head: Option<Position>,
) -> Result<Option<Position>, Trouble> {
    let range = (from, u64::MAX);
    let Some(span) = Span::of(index.connection, head, range)? else { return Ok(None) };
    let mut found = None;
    walk(index, query, span, Direction::Forwards, &mut |record| {
        found = record.first_match(query, (span.from, span.until))?;
        Ok(if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

/// Visits the appends of a span in which `query` may match, in order, each once.
pub(crate) fn walk(
    index: Index<'_>,
    query: &Query,
    span: Span,
    direction: Direction,
    visit: &mut Visit<'_>,
) -> Result<Walked, Trouble> {
    match tags_to_follow(index, query, span)? {
        None => scan(index.connection, span, direction, visit),
        Some(tags) => follow(index, &tags, span, direction, visit),
    }
}

/// Opens the record that ends at `last`, which an index names.
pub(crate) fn with_record<T>(
    connection: &Connection,
    last: i64,
    work: impl FnOnce(&Record<'_>) -> Result<T, DamagedRecord>,
) -> Result<T, Trouble> {
    let mut statement = connection.prepare_cached(RECORD)?;
    let mut rows = statement.query([last])?;
    let row = rows.next().map_err(|error| Trouble::at(last.cast_unsigned(), error))?;
    let what = "an index names an append that is not there";
    let row = row.ok_or_else(|| Trouble::corrupt(last.cast_unsigned(), what))?;
    let (last, record) = opened(connection, row)?;
    work(&record).map_err(|damage| damaged(connection, last, damage))
}

/// Visits every append of a span, in order.
pub(crate) fn scan(
    connection: &Connection,
    span: Span,
    direction: Direction,
    visit: &mut Visit<'_>,
) -> Result<Walked, Trouble> {
    let sql = match direction {
        Direction::Forwards => SCAN_UP,
        Direction::Backwards => SCAN_DOWN,
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([span.low, span.high])?;
    let mut chain = Chain::new(span, direction);
    while let Some(row) = rows.next().map_err(|error| Trouble::at(chain.next, error))? {
        let (last, record) = opened(connection, row)?;
        chain.link(&record)?;
        let goes_on = visit(&record).map_err(|damage| damaged(connection, last, damage))?;
        if goes_on.is_break() {
            return Ok(Walked::Stopped);
        }
    }
    chain.end()?;
    Ok(Walked::ToTheEnd)
}

/// Opens the record in a row, without copying it.
fn opened<'r>(connection: &Connection, row: &'r Row<'_>) -> Result<(i64, Record<'r>), Trouble> {
    let last = row.get_ref(0)?.as_i64()?;
    let bytes = row.get_ref(1)?.as_blob()?;
    let record = Record::open(Position(last.cast_unsigned()), bytes)
        .map_err(|damage| damaged(connection, last, damage))?;
    Ok((last, record))
}

/// Damage in the record that ends at `last`, named by where it begins: behind the one before it.
fn damaged(connection: &Connection, last: i64, damage: DamagedRecord) -> Trouble {
    let before: Option<i64> = connection
        .prepare_cached(BEFORE)
        .and_then(|mut statement| statement.query_row([last], |row| row.get(0)).optional())
        .unwrap_or_default();
    Trouble::corrupt(before.unwrap_or(0).cast_unsigned().saturating_add(1), damage.what)
}

/// Sees to it that a scan misses no append: each begins where its neighbour ends.
#[derive(Debug)]
struct Chain {
    span: Span,
    direction: Direction,
    /// The position that must come next.
    next: u64,
    has_begun: bool,
}

const MISSING: &str = "an append is missing";

impl Chain {
    fn new(span: Span, direction: Direction) -> Self {
        let next = match direction {
            Direction::Forwards => span.from,
            Direction::Backwards => span.until,
        };
        Self { span, direction, next, has_begun: false }
    }

    fn link(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let (first, last) = (record.first().0, record.last().0);
        let fits = match self.direction {
            _ if !self.has_begun => (first..=last).contains(&self.next),
            Direction::Forwards => first == self.next,
            Direction::Backwards => last == self.next,
        };
        if !fits {
            let missing = match self.direction {
                Direction::Forwards => self.next,
                Direction::Backwards => self.next.min(last.saturating_add(1)),
            };
            return Err(Trouble::corrupt(missing, MISSING));
        }
        self.has_begun = true;
        self.next = match self.direction {
            Direction::Forwards => last.saturating_add(1),
            Direction::Backwards => first.saturating_sub(1),
        };
        Ok(())
    }

    fn end(&self) -> Result<(), Trouble> {
        let is_complete = match self.direction {
            Direction::Forwards => self.next > self.span.until,
            Direction::Backwards => self.next < self.span.from,
        };
        if is_complete { Ok(()) } else { Err(Trouble::corrupt(self.next, MISSING)) }
    }
}

fn follow(
    index: Index<'_>,
    tags: &BTreeSet<&str>,
    span: Span,
    direction: Direction,
    visit: &mut Visit<'_>,
) -> Result<Walked, Trouble> {
    let mut merge = Merge::new(index, tags, span, direction)?;
    while let Some(last) = merge.next()? {
        if with_record(index.connection, last, &mut *visit)?.is_break() {
            return Ok(Walked::Stopped);
        }
    }
    Ok(Walked::ToTheEnd)
}
