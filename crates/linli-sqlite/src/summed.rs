//! The whole index added up, and every append looked for by its position: what a verification asks
//! for in one pass.

use linli::journal::{IndexSum, Position};
use rusqlite::{Connection, OptionalExtension as _};

use crate::error::Trouble;
use crate::index::{self, Through};
use crate::pool::Reader;
use crate::query::{head, with_record};
use crate::tail::names_of;

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
        let entered_now = index::entered(&snapshot, position_of(head(&snapshot)?))?;
        self.through.next(&snapshot, |name, last| {
            if last <= covered {
                return add(sum, name, last);
            }
            // It came since, with an append that has this name, or it was put there.
            if last <= entered_now && has_name(&snapshot, name, last)? {
                return Ok(());
            }
            Err(index::broken(last))
        })
    }

    /// A scan reads appends from leaf to leaf; a search goes by the pages above them.
    fn find_appends(&mut self, connection: &Connection) -> Result<(), Trouble> {
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

/// Whether the append that ends at `last` is found under a name.
fn has_name(connection: &Connection, name: &[u8], last: i64) -> Result<bool, Trouble> {
    with_record(connection, last, |record| {
        Ok(names_of(record).iter().any(|own| own.as_slice() == name))
    })
}

fn position_of(head: Option<Position>) -> i64 {
    head.map_or(0, |head| head.0.cast_signed())
}

fn add(sum: &mut IndexSum, name: &[u8], last: i64) -> Result<(), Trouble> {
    let read = index::read_name(name).ok_or_else(|| index::broken(last))?;
    sum.add(read, Position(last.cast_unsigned()));
    Ok(())
}
