//! A packed range, as a replay asks for it.

use std::fmt;
use std::sync::Arc;

use linli::journal::{Blocking, Corruption, Page, Position, ReadError};
use linli::ledger::{ClosedRange, LedgerError, PlainSession, Wanted};
use linli::replay::{BlockPlace, BlockReader, DamagedBlock, PackedRange, Part, ReplayError};
use rusqlite::OptionalExtension as _;

use super::{DAMAGED, Listed, listed};
use crate::error::Trouble;
use crate::identity::Hold;
use crate::settings::Place;
use crate::{OpenError, SqliteStore};

const BLOCK: &str = "SELECT block FROM packed_block WHERE number = ?1";

/// A packed range. It opens the file for each reading: it may outlive its store.
pub(super) struct Range {
    pub(super) place: Place,
    pub(super) _hold: Arc<Hold>,
    pub(super) first: Position,
    pub(super) listed: Listed,
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Range({} to {} of {})", self.first, self.last(), self.place.path.display())
    }
}

impl Range {
    /// Hands over the blocks of a part, one after the other.
    fn each_block(
        &self,
        part: Part,
        mut take: impl FnMut(BlockPlace, &[u8]) -> Result<Result<(), ReadError>, DamagedBlock>,
    ) -> Result<(), ReadError> {
        let Listed { block, others, sessions, .. } = self.listed;
        let (begin, of) = match part {
            Part::Others => (block, others),
            Part::Sessions => (block.saturating_add(others.into()), sessions),
        };
        let told = |trouble: Trouble| trouble.into_read_error(self.first.0);
        self.place.must_be_unchanged().map_err(told)?;
        let connection = self.place.connect_to_read().map_err(Trouble::from).map_err(told)?;
        let sqlite = |error: rusqlite::Error| told(Trouble::at(self.first.0, error));
        let mut statement = connection.prepare(BLOCK).map_err(sqlite)?;
        for number in 0..of {
            let place = BlockPlace { range: (self.first, self.last()), part, number, of };
            let asked = [begin.saturating_add(number.into())];
            let taken = statement
                .query_row(asked, |row| Ok(take(place, row.get_ref(0)?.as_blob()?)))
                .optional();
            match taken.map_err(sqlite)? {
                Some(Ok(taken)) => taken?,
                Some(Err(DamagedBlock)) | None => {
                    return Err(self.lost(&listed(&connection).map_err(sqlite)?));
                }
            }
        }
        self.place.must_be_unchanged().map_err(told)
    }

    fn damaged(&self) -> Corruption {
        Corruption::of_journal(self.first, DAMAGED)
    }

    /// A block is not as it was packed, and this is what is listed now.
    fn lost(&self, listed: &[Listed]) -> ReadError {
        if listed.contains(&self.listed) {
            return self.damaged().into();
        }
        let reason = "what was packed was thrown away meanwhile; open the journal again";
        ReadError::Unavailable { reason: reason.into() }
    }

    /// Whether each block is what the events give.
    fn is_as_packed(&self, packed: &PackedRange) -> Result<bool, ReadError> {
        let mut is_same = true;
        for part in [Part::Others, Part::Sessions] {
            let mut made = packed.part(part).iter();
            let read = self.each_block(part, |_, block| {
                is_same &= made.next().is_some_and(|made| *made == block);
                Ok(Ok(()))
            });
            read?;
            is_same &= made.next().is_none();
        }
        Ok(is_same)
    }
}

impl ClosedRange for Range {
    fn first(&self) -> Position {
        self.first
    }

    fn last(&self) -> Position {
        Position(self.listed.last.cast_unsigned())
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut reader = BlockReader::default();
        self.each_block(Part::Sessions, |place, block| {
            reader.each_session((place, block), wanted, take)
        })
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        let mut pages = Vec::new();
        self.each_block(Part::Others, |place, block| {
            pages.push(place.others(block)?);
            Ok(Ok(()))
        })?;
        Ok(pages)
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        let opened = SqliteStore::open_read_only(&self.place.path);
        let journal = opened.map_err(|error| unopened(&error))?;
        let ranges = journal.closed()?;
        let before = ranges.iter().rfind(|range| range.last() < self.first);
        let others = before.map(|before| before.others()).transpose()?;
        let behind = before.map(|before| before.last()).zip(others.as_deref());
        let is_there = Blocking(&journal).head()? >= Some(self.last());
        let is_same = match PackedRange::of(Blocking(&journal), behind, self.last()) {
            Ok(packed) => is_there && self.is_as_packed(&packed)?,
            Err(ReplayError::Ledger(LedgerError::Read(error))) => return Err(error),
            // It tells of events that nobody could pack.
            Err(_) => false,
        };
        Ok((!is_same).then(|| self.damaged()))
    }
}

fn unopened(error: &OpenError) -> ReadError {
    ReadError::Unavailable { reason: error.to_string() }
}
