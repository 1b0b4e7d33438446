//! The whole index added up, and every append looked for by its position: what a verification asks
//! for in one pass.

use linli::journal::{IndexSum, Position};
use rusqlite::OptionalExtension as _;

use crate::error::Trouble;
use crate::index::{self, Through};
use crate::pool::Reader;
use crate::query::head;

const NEXT: &str = "SELECT last FROM append WHERE last > ?1 ORDER BY last LIMIT 4096";
const IS_THERE: &str = "SELECT last FROM append WHERE last = ?1";

/// A sum that is being made, in short snapshots one after the other.
#[derive(Debug)]
pub(crate) struct Summing {
    sum: IndexSum,
    until: i64,
    /// How far the index covered the journal when this began: what stood behind that was the tail
    /// then, and is passed over where it has entered the index since.
    entered: i64,
    through: Through,
    /// The last append that was found by its position.
    found: i64,
    all_found: bool,
}

impl Summing {
    /// Begins with the names that no entry has yet.
    pub(crate) fn begun(
        reader: &mut Reader,
        until: Position,
        mut sum: IndexSum,
    ) -> Result<Self, Trouble> {
        let snapshot = reader.connection.unchecked_transaction()?;
        let head = head(&snapshot)?;
        reader.tail.bring_up(&snapshot, head)?;
        let until = i64::try_from(until.0).unwrap_or(i64::MAX);
        for (name, last) in reader.tail.all().filter(|(_, last)| *last <= until) {
            add(&mut sum, name, last)?;
        }
        let entered = reader.tail.entered();
        Ok(Self { sum, until, entered, through: Through::new(), found: 0, all_found: false })
    }

    /// The sum, once nothing more is to be read.
    pub(crate) fn done(self) -> Result<IndexSum, Self> {
        if self.through.is_done() && self.all_found { Ok(self.sum) } else { Err(self) }
    }

    /// Goes on for one snapshot.
    pub(crate) fn go_on(&mut self, reader: &mut Reader) -> Result<(), Trouble> {
        let snapshot = reader.connection.unchecked_transaction()?;
        if self.through.is_done() {
            return self.find_appends(&snapshot);
        }
        let (sum, covered) = (&mut self.sum, self.until.min(self.entered));
        self.through.next(&snapshot, |name, last| match last <= covered {
            true => add(sum, name, last),
            false => Ok(()),
        })
    }

    /// A scan reads appends from leaf to leaf; a search goes by the pages above them.
    fn find_appends(&mut self, connection: &rusqlite::Connection) -> Result<(), Trouble> {
        let mut is_there = connection.prepare_cached(IS_THERE)?;
        let mut next = connection.prepare_cached(NEXT)?;
        let mut rows = next.query([self.found])?;
        self.all_found = true;
        while let Some(row) = rows.next()? {
            let last: i64 = row.get(0)?;
            if last > self.until {
                self.all_found = true;
                return Ok(());
            }
            let found: Option<i64> = is_there.query_row([last], |row| row.get(0)).optional()?;
            if last <= self.found || found != Some(last) {
                return Err(index::broken(last));
            }
            (self.found, self.all_found) = (last, false);
        }
        Ok(())
    }
}

fn add(sum: &mut IndexSum, name: &[u8], last: i64) -> Result<(), Trouble> {
    let read = index::read_name(name).ok_or_else(|| index::broken(last))?;
    sum.add(read, Position(last.cast_unsigned()));
    Ok(())
}
