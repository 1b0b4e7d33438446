//! One append on its way into the journal: looked at, then written or refused.

use linli::journal::record::encode;
use linli::journal::{Append, AppendError, Appended, Content, Position, Written};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::index::Index;
use crate::query::first_match;
use crate::reader::{checkpoint, receipt};
use crate::tail::Tail;

const INSERT_APPEND: &str = "INSERT INTO append(last, record) VALUES (?1, ?2)";
const NOTE_HEAD: &str = "INSERT INTO head(note, position) VALUES (1, ?1) \
    ON CONFLICT(note) DO UPDATE SET position = excluded.position";

const END: &str = "SELECT (SELECT last FROM append ORDER BY last DESC LIMIT 1), \
    (SELECT count(*) FROM append WHERE last > ?1)";

/// What became of one append.
pub(crate) type Verdict = Result<Appended, AppendError>;

/// An open write transaction, seen by the appends that ask to be let in.
#[derive(Debug)]
pub(crate) struct Admission<'c> {
    pub(crate) connection: &'c Connection,
    /// The appends behind the index, those of this transaction among them.
    pub(crate) tail: Tail,
    /// The last position, those of this transaction among them.
    pub(crate) head: Option<Position>,
    /// How many appends were written.
    pub(crate) written: u64,
}

impl Admission<'_> {
    /// Writes the append if everything that it asks for holds. All of it is decided before the
    /// first row is written, so that a refused append leaves nothing behind.
    pub(crate) fn admit(&mut self, append: &Append, content: &Content) -> Result<Verdict, Trouble> {
        if append.events.is_empty() {
            return Ok(Err(AppendError::Empty));
        }
        if let Err(limit) = append.check_limits() {
            return Ok(Err(limit.into()));
        }
        if let Some(verdict) = self.before(append, content)? {
            return Ok(verdict);
        }
        if let Some(refusal) = self.conflict(append)? {
            return Ok(Err(refusal));
        }
        if let Some(refusal) = self.checkpoint_not_rising(append)? {
            return Ok(Err(refusal));
        }
        Ok(Ok(self.write(append, content)?))
    }

    fn index(&self) -> Index<'_> {
        Index { connection: self.connection, tail: &self.tail }
    }

    /// The answer to an append whose key is known already.
    fn before(&self, append: &Append, content: &Content) -> Result<Option<Verdict>, Trouble> {
        let Some(key) = append.key else { return Ok(None) };
        let first = receipt(self.index(), key)?;
        Ok(first.map(|first| first.again(key, content)))
    }

    fn conflict(&self, append: &Append) -> Result<Option<AppendError>, Trouble> {
        for (index, condition) in append.conditions.iter().enumerate() {
            let after = condition.after;
            let from = after.map_or(1, |after| after.0.saturating_add(1));
            let query = &condition.fail_if_events_match;
            if let Some(found) = first_match(self.index(), query, from, self.head)? {
                return Ok(Some(AppendError::Conflict { condition: index, after, found }));
            }
        }
        Ok(None)
    }

    fn checkpoint_not_rising(&self, append: &Append) -> Result<Option<AppendError>, Trouble> {
        let Some(offered) = &append.checkpoint else { return Ok(None) };
        let held = checkpoint(self.index(), &offered.source)?;
        Ok(offered.not_rising(held))
    }

    /// What is left to do before the commit: enters the index if it is time to, and notes the head
    /// a second time.
    pub(crate) fn finish(&mut self) -> Result<(), Trouble> {
        if self.tail.is_full() {
            self.tail.enter(self.connection)?;
        }
        let Some(head) = self.head else { return Ok(()) };
        self.connection.prepare_cached(NOTE_HEAD)?.execute([head.0.cast_signed()])?;
        Ok(())
    }

    /// Sees to it that what was written stands behind a position, in order and alone: where the key
    /// of an older row has rotted, SQLite may have put it elsewhere, or may find that row in its
    /// place, and nobody could read what is answered.
    pub(crate) fn stands_at_the_end(&self, base: Option<Position>) -> Result<(), Trouble> {
        let base = base.map_or(0, |base| base.0);
        let mut statement = self.connection.prepare_cached(END)?;
        let (last, rows): (Option<i64>, i64) =
            statement.query_row([base.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let last = last.map(|last| Position(last.cast_unsigned()));
        if last == self.head && rows.cast_unsigned() == self.written {
            return Ok(());
        }
        Err(Trouble::corrupt(base.saturating_add(1), "the rows before it are not in order"))
    }

    fn write(&mut self, append: &Append, content: &Content) -> Result<Appended, Trouble> {
        let before = self.head.map_or(0, |head| head.0);
        let first = Position(before.saturating_add(1));
        let last = Position(before.saturating_add(append.events.len() as u64));
        let row = last.0.cast_signed();
        let record = encode(append, content, first);
        self.connection.prepare_cached(INSERT_APPEND)?.execute((row, record.as_slice()))?;
        self.tail.add(append, row, record.len());
        self.head = Some(last);
        self.written = self.written.saturating_add(1);
        Ok(Appended { first, last, written: Written::Now })
    }
}
