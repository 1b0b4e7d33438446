//! What is asked of a journal: a page, a receipt, a checkpoint. Each in one snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use linli::journal::record::Record;
use linli::journal::{
    Direction, IdempotencyKey, Limit, Page, PageBuilder, Position, Query, ReadOptions, Receipt,
};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::place::Place;
use crate::schema::LOCK;
use crate::session::{Parameter, Session};
use crate::walk::{Walk, at, inside};

const HEAD: &str = "SELECT head, (SELECT last FROM linli.append WHERE journal = id \
    ORDER BY last DESC LIMIT 1) FROM linli.journal WHERE id = $1 AND name = $2";
const KEYS: &str = "SELECT key.key, key.last, append.record FROM linli.key AS key \
    LEFT JOIN linli.append AS append ON append.journal = key.journal AND append.last = key.last \
    WHERE key.journal = $1 AND key.key = ANY($2)";
const CHECKPOINT: &str = "SELECT position FROM linli.checkpoint WHERE journal = $1 AND source = $2";
/// One snapshot for all statements, taken by the first of them.
const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL statement_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '10s'";
/// A snapshot of its own for each statement: the last one sees all that was committed before it.
const LATEST: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; \
    SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'";
const NO_WRITER: &str = "SELECT pg_catalog.pg_advisory_xact_lock_shared($1, $2)";

/// One journal of a database.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) place: Place,
    /// Its number in the database.
    pub(crate) id: i32,
    /// How many events a row had where a page was scanned last, so that the next one asks for no
    /// more rows than it holds; zero: not known yet.
    pub(crate) events_a_row: Arc<AtomicU64>,
}

impl Journal {
    /// The position of the last event. It stands twice, so that an end that is gone is noticed: a
    /// scan of what is left would be whole.
    pub(crate) async fn head(&self, session: &Session) -> Result<Option<Position>, Trouble> {
        let name = self.place.journal.as_str();
        let row = session.row(HEAD, &[(&self.id, Type::INT4), (&name, Type::TEXT)]).await?;
        let row = row.ok_or_else(|| self.gone())?;
        head_of(row.get(0), row.get(1))
    }

    pub(crate) fn gone(&self) -> Trouble {
        let place = &self.place.shown;
        Trouble::Changed(format!("the journal at {place} was removed; restore it, or open another"))
    }

    /// One page, with the head read first in the same snapshot.
    pub(crate) async fn page(
        &self,
        session: &Session,
        query: &Query,
        options: &ReadOptions,
    ) -> Result<Page, Trouble> {
        // Sent together: the server takes them in turn.
        let begun = session.run(ONE_SNAPSHOT);
        let ((), head) = tokio::try_join!(biased; begun, self.head(session))?;
        let mut page = PageBuilder::new(head, options);
        let page = match inside(options.range(), head) {
            Some(range) if options.limit != Some(0) => {
                let is_cut = self.fill(session, query, options, range, &mut page).await?;
                if is_cut { page.more() } else { page.last() }
            }
            _ => page.last(),
        };
        session.run("COMMIT").await?;
        Ok(page)
    }

    /// Fills a page and says whether more may follow.
    async fn fill(
        &self,
        session: &Session,
        query: &Query,
        options: &ReadOptions,
        range: (u64, u64),
        page: &mut PageBuilder,
    ) -> Result<bool, Trouble> {
        let direction = options.direction;
        let walk = Walk::new(session, self.id, query, range, direction).await?;
        let known = self.events_a_row.load(Ordering::Relaxed);
        let mut walk = walk.wanting(options.limit.unwrap_or(Limit::PAGE_EVENTS), known);
        let (mut rows, mut events) = (0_u64, 0_u64);
        while let Some(batch) = walk.next(session).await? {
            for row in &batch {
                let record = walk.open(row)?;
                if page.is_full() || page.leaves_to_the_next(record.events_n()) {
                    self.note(&walk, events, rows);
                    return Ok(true);
                }
                (rows, events) = (rows.saturating_add(1), events.saturating_add(record.events_n()));
                let filled = record.fill(page, query, options.range(), direction);
                filled.map_err(|damage| at(&record, damage))?;
            }
            if page.is_full() {
                break;
            }
        }
        self.note(&walk, events, rows);
        let end = match direction {
            Direction::Forwards => range.1,
            Direction::Backwards => range.0,
        };
        Ok(page.is_full() && page.seen() != Some(Position(end)))
    }

    /// Notes how many events a row has, if they were scanned.
    fn note(&self, walk: &Walk<'_>, events: u64, rows: u64) {
        if let (true, Some(a_row)) = (walk.is_scan(), events.checked_div(rows)) {
            self.events_a_row.store(a_row, Ordering::Relaxed);
        }
    }

    /// What was first appended under a key, once no append is on its way any more.
    ///
    /// A commit whose answer was lost may still be under way on the server. It holds the writers'
    /// lock until it is over, so that after a wait for that lock "not there" is final.
    pub(crate) async fn receipt(
        &self,
        session: &Session,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, Trouble> {
        let lock: [Parameter<'_>; 2] = [(&LOCK, Type::INT4), (&self.id, Type::INT4)];
        let keys = [key];
        let ((), _, found, ()) = tokio::try_join!(
            biased;
            session.run(LATEST),
            session.rows(NO_WRITER, &lock),
            self.receipts(session, &keys),
            session.run("COMMIT"),
        )?;
        Ok(found.into_iter().next().map(|(_, receipt)| receipt))
    }

    /// What was first appended under each of these keys that is known.
    pub(crate) async fn receipts(
        &self,
        session: &Session,
        keys: &[IdempotencyKey],
    ) -> Result<Vec<(IdempotencyKey, Receipt)>, Trouble> {
        let keys: Vec<_> = keys.iter().map(|key| key.0).collect();
        let parameters: [Parameter<'_>; 2] = [(&self.id, Type::INT4), (&keys, Type::UUID_ARRAY)];
        session.rows(KEYS, &parameters).await?.iter().map(receipt_in).collect()
    }

    /// How far an upstream source has been taken in.
    pub(crate) async fn checkpoint(
        &self,
        session: &Session,
        source: &str,
    ) -> Result<Option<Position>, Trouble> {
        let source = source.as_bytes();
        let parameters: [Parameter<'_>; 2] = [(&self.id, Type::INT4), (&source, Type::BYTEA)];
        let row = session.row(CHECKPOINT, &parameters).await?;
        Ok(row.map(|row| Position(row.get::<_, i64>(0).cast_unsigned())))
    }
}

/// The head, if the counter and the last row agree.
pub(crate) fn head_of(counted: i64, last: Option<i64>) -> Result<Option<Position>, Trouble> {
    let last = last.unwrap_or(0);
    if last != counted {
        let whole = last.min(counted).cast_unsigned();
        return Err(Trouble::corrupt(whole.saturating_add(1), "the end is not where it was"));
    }
    Ok((counted > 0).then_some(Position(counted.cast_unsigned())))
}

fn receipt_in(row: &Row) -> Result<(IdempotencyKey, Receipt), Trouble> {
    let (key, last): (IdempotencyKey, i64) = (IdempotencyKey(row.get(0)), row.get(1));
    let position = last.cast_unsigned();
    let bytes: Option<&[u8]> = row.get(2);
    let missing = "the index of keys names an append that is not there";
    let bytes = bytes.ok_or_else(|| Trouble::corrupt(position, missing))?;
    let record = Record::open(Position(position), bytes)
        .map_err(|damage| Trouble::Record { last, damage })?;
    let (first, last) = (record.first(), record.last());
    let own = record.key().filter(|(own, _)| *own == key);
    let other = "the index of keys names an append with another key";
    let (_, content) = own.ok_or_else(|| Trouble::corrupt(position, other))?;
    Ok((key, Receipt { first, last, content }))
}
