//! From a query to the appends that may match it, in order, a bounded batch at a time.
//!
//! An item with a tag is answered by the tag index, of its rarest tag; several items are merged by
//! the server. Anything else is a scan. Every statement is fixed text: what users write is bound.

use linli::journal::record::{DamagedRecord, Record};
use linli::journal::{Direction, Limit, Position, Query};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::session::{Parameter, Session};
use crate::tags::tags_to_follow;

/// At most `$4` rows, and no further row once there are `$5` bytes.
macro_rules! bounded {
    ($rows:expr, $order:literal) => {
        concat!(
            "SELECT last, record FROM (SELECT last, record, ",
            "sum(coalesce(octet_length(record), 0)) OVER (ORDER BY last",
            $order,
            ") - coalesce(octet_length(record), 0) AS before FROM (",
            $rows,
            " ORDER BY last",
            $order,
            " LIMIT $4) AS rows) AS sized WHERE before < $5 ORDER BY last",
            $order
        )
    };
}

/// The appends that hold positions `$2` to `$3`.
macro_rules! scan {
    ($order:literal) => {
        bounded!(
            "SELECT last, record FROM linli.append WHERE journal = $1 AND last BETWEEN $2 AND \
             (SELECT last FROM linli.append WHERE journal = $1 AND last >= $3 \
             ORDER BY last LIMIT 1)",
            $order
        )
    };
}

/// Those of them that have any of the tags `$6`; of each tag no more are looked at than asked for.
macro_rules! follow {
    ($order:literal) => {
        bounded!(
            concat!(
                "SELECT found.last, append.record FROM (SELECT DISTINCT each.last ",
                "FROM unnest($6::bytea[]) AS wanted(tag) CROSS JOIN LATERAL (",
                "SELECT last FROM linli.tag WHERE journal = $1 AND tag = wanted.tag ",
                "AND last BETWEEN $2 AND (SELECT last FROM linli.append WHERE journal = $1 ",
                "AND last >= $3 ORDER BY last LIMIT 1) ORDER BY last",
                $order,
                " LIMIT $4) AS each ORDER BY last",
                $order,
                " LIMIT $4) AS found LEFT JOIN linli.append AS append ",
                "ON append.journal = $1 AND append.last = found.last"
            ),
            $order
        )
    };
}

const SCAN_UP: &str = scan!("");
const SCAN_DOWN: &str = scan!(" DESC");
const FOLLOW_UP: &str = follow!("");
const FOLLOW_DOWN: &str = follow!(" DESC");
const BEFORE: &str = "SELECT last FROM linli.append WHERE journal = $1 AND last < $2 \
    ORDER BY last DESC LIMIT 1";

/// Rows of a first batch, where it is not known that many are wanted.
const FEW: i64 = 16;
/// Rows of the first batch of all scans.
const UNKNOWN: usize = 64;

/// What is still to be walked.
#[derive(Debug)]
pub(crate) struct Walk<'q> {
    journal: i32,
    /// `None`: a scan, which misses no append.
    tags: Option<Vec<&'q [u8]>>,
    direction: Direction,
    /// The lowest and the highest position left, both included.
    from: u64,
    until: u64,
    rows: i64,
    has_begun: bool,
    is_over: bool,
}

/// The first position in `from..=head` that matches.
pub(crate) async fn first_match(
    session: &Session,
    journal: i32,
    query: &Query,
    from: u64,
    head: Option<Position>,
) -> Result<Option<Position>, Trouble> {
    let Some(range) = inside((from, u64::MAX), head) else { return Ok(None) };
    let mut walk = Walk::new(session, journal, query, range, Direction::Forwards).await?;
    while let Some(batch) = walk.next(session).await? {
        for row in &batch {
            let record = walk.open(row)?;
            let found = record.first_match(query, range);
            if let Some(found) = found.map_err(|damage| at(&record, damage))? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The part of a range that is there.
pub(crate) fn inside((from, until): (u64, u64), head: Option<Position>) -> Option<(u64, u64)> {
    let (from, until) = (from.max(1), until.min(head?.0));
    (from <= until).then_some((from, until))
}

/// Damage inside a record whose place is known.
pub(crate) fn at(record: &Record<'_>, damage: DamagedRecord) -> Trouble {
    Trouble::corrupt(record.first().0, damage.what)
}

impl<'q> Walk<'q> {
    pub(crate) async fn new(
        session: &Session,
        journal: i32,
        query: &'q Query,
        (from, until): (u64, u64),
        direction: Direction,
    ) -> Result<Self, Trouble> {
        let tags = tags_to_follow(session, journal, query, from).await?;
        let is_over = tags.as_ref().is_some_and(Vec::is_empty);
        let has_begun = false;
        Ok(Self { journal, tags, direction, from, until, rows: FEW, has_begun, is_over })
    }

    /// The same walk, for somebody who wants so many events. A scan asks for as many rows as hold
    /// these and one more, by how many a row is known to have; where that is not known, for few.
    pub(crate) fn wanting(mut self, events: usize, a_row: u64) -> Self {
        let rows = match events.checked_div(usize::try_from(a_row).unwrap_or(usize::MAX)) {
            _ if !self.is_scan() => events,
            Some(rows) => rows.saturating_add(2),
            None => events.min(UNKNOWN),
        };
        self.rows = i64::try_from(rows.clamp(1, Limit::PAGE_EVENTS)).unwrap_or(FEW);
        self
    }

    /// Whether it goes by no index.
    pub(crate) fn is_scan(&self) -> bool {
        self.tags.is_none()
    }

    /// The next rows, each to be given to [`Walk::open`]; `None` at the end.
    pub(crate) async fn next(&mut self, session: &Session) -> Result<Option<Vec<Row>>, Trouble> {
        if self.is_over || self.from > self.until {
            return Ok(None);
        }
        let statement = match (&self.tags, self.direction) {
            (None, Direction::Forwards) => SCAN_UP,
            (None, Direction::Backwards) => SCAN_DOWN,
            (Some(_), Direction::Forwards) => FOLLOW_UP,
            (Some(_), Direction::Backwards) => FOLLOW_DOWN,
        };
        let (low, high) = (self.from.cast_signed(), self.until.cast_signed());
        let bytes = i64::try_from(Limit::PAGE_BYTES).unwrap_or(i64::MAX);
        let mut parameters: Vec<Parameter<'_>> = vec![
            (&self.journal, Type::INT4),
            (&low, Type::INT8),
            (&high, Type::INT8),
            (&self.rows, Type::INT8),
            (&bytes, Type::INT8),
        ];
        if let Some(tags) = &self.tags {
            parameters.push((tags, Type::BYTEA_ARRAY));
        }
        let batch = session.rows(statement, &parameters).await?;
        if batch.is_empty() {
            self.is_over = true;
            return match self.tags {
                Some(_) => Ok(None),
                None => Err(Trouble::corrupt(self.next_position(), MISSING)),
            };
        }
        let most = i64::try_from(Limit::PAGE_EVENTS).unwrap_or(FEW);
        self.rows = self.rows.saturating_mul(8).min(most);
        Ok(Some(batch))
    }

    /// Opens the record in a row, and notes that the walk has come past it.
    pub(crate) fn open<'r>(&mut self, row: &'r Row) -> Result<Record<'r>, Trouble> {
        let last: i64 = row.get(0);
        let Some(bytes) = row.get::<_, Option<&[u8]>>(1) else {
            let what = "an index names an append that is not there";
            return Err(Trouble::corrupt(last.cast_unsigned(), what));
        };
        let record = Record::open(Position(last.cast_unsigned()), bytes)
            .map_err(|damage| Trouble::Record { last, damage })?;
        if self.tags.is_none() {
            self.link(&record)?;
        }
        self.has_begun = true;
        match self.direction {
            Direction::Forwards => self.from = record.last().0.saturating_add(1),
            Direction::Backwards => self.until = record.first().0.saturating_sub(1),
        }
        Ok(record)
    }

    /// In a scan each append begins where its neighbour ends.
    fn link(&self, record: &Record<'_>) -> Result<(), Trouble> {
        let (first, last, next) = (record.first().0, record.last().0, self.next_position());
        let fits = match self.direction {
            _ if !self.has_begun => (first..=last).contains(&next),
            Direction::Forwards => first == next,
            Direction::Backwards => last == next,
        };
        if fits {
            return Ok(());
        }
        let missing = match self.direction {
            Direction::Forwards => next,
            Direction::Backwards => next.min(last.saturating_add(1)),
        };
        Err(Trouble::corrupt(missing, MISSING))
    }

    /// The position that must come next in a scan.
    fn next_position(&self) -> u64 {
        match self.direction {
            Direction::Forwards => self.from,
            Direction::Backwards => self.until,
        }
    }
}

const MISSING: &str = "an append is missing";

/// Names damage by where the damaged append begins: behind the one before it.
pub(crate) async fn located(session: &Session, journal: i32, trouble: Trouble) -> Trouble {
    let Trouble::Record { last, damage } = trouble else { return trouble };
    let before = session.row(BEFORE, &[(&journal, Type::INT4), (&last, Type::INT8)]).await;
    let before: i64 = before.ok().flatten().map_or(0, |row| row.get(0));
    Trouble::corrupt(before.cast_unsigned().saturating_add(1), damage.what)
}
