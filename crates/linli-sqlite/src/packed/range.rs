//! A packed range, as a replay asks for it.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use linli::journal::{Blocking, Corruption, Page, Position, ReadError};
use linli::ledger::{ClosedRange, LedgerError, PlainSession, Wanted};
use linli::replay::{BlockPlace, BlockReader, DamagedBlock, PackedRange, Part, ReplayError};
use rusqlite::OptionalExtension as _;

use super::{DAMAGED, Listed, listed};
use crate::error::{Trouble, shows_damage};
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
    /// What the events give, once a longer range has taken its place.
    pub(super) derived: OnceLock<PackedRange>,
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Range({} to {} of {})", self.first, self.last(), self.place.path.display())
    }
}

/// What is done with a block.
type Take<'t> = dyn FnMut(BlockPlace, &[u8]) -> Result<Result<(), ReadError>, DamagedBlock> + 't;

impl Range {
    /// Hands over the blocks of a part, one after the other: as they were packed, or as the events
    /// give them where those are gone with a range that was replaced.
    fn each_block(&self, part: Part, take: &mut Take<'_>) -> Result<(), ReadError> {
        if self.each_kept(part, take)?.is_continue() {
            return Ok(());
        }
        let derived = self.derived_once()?;
        for (place, block) in derived.placed(part) {
            take(place, block).map_err(|DamagedBlock| self.damaged())??;
        }
        Ok(())
    }

    /// The same as they were packed; `Break` where the first is gone, and the range is not listed
    /// any more.
    fn each_kept(&self, part: Part, take: &mut Take<'_>) -> Result<ControlFlow<()>, ReadError> {
        let Listed { block, others, sessions, .. } = self.listed;
        let (begin, of) = match part {
            Part::Others => (block, others),
            Part::Sessions => (block.saturating_add(others.into()), sessions),
        };
        let told = |trouble: Trouble| trouble.into_read_error(self.first.0);
        self.place.must_be_unchanged().map_err(told)?;
        let connection = self.place.connect_to_read().map_err(Trouble::from).map_err(told)?;
        let mut statement = connection.prepare(BLOCK).map_err(|error| self.failed(error))?;
        for number in 0..of {
            let place = BlockPlace { range: (self.first, self.last()), part, number, of };
            let asked = [begin.saturating_add(number.into())];
            let taken = statement
                .query_row(asked, |row| Ok(take(place, row.get_ref(0)?.as_blob()?)))
                .optional();
            if let Some(Ok(taken)) = taken.map_err(|error| self.failed(error))? {
                taken?;
                continue;
            }
            let now = listed(&connection).map_err(|error| self.failed(error))?;
            return match (now.contains(&self.listed), number) {
                (true, _) => Err(self.damaged().into()),
                (false, 0) => Ok(ControlFlow::Break(())),
                (false, _) => {
                    let reason = "it was packed again meanwhile; ask once more";
                    Err(ReadError::Busy { reason: reason.into() })
                }
            };
        }
        self.place.must_be_unchanged().map_err(told)?;
        Ok(ControlFlow::Continue(()))
    }

    fn damaged(&self) -> Corruption {
        Corruption::of_packed(self.first, DAMAGED)
    }

    /// Whatever SQLite finds damaged of it, the events are not.
    fn failed(&self, error: rusqlite::Error) -> ReadError {
        match shows_damage(&error) {
            true => self.damaged().into(),
            false => Trouble::from(error).into_read_error(self.first.0),
        }
    }

    /// What the events give, kept for whoever asks again.
    fn derived_once(&self) -> Result<&PackedRange, ReadError> {
        if let Some(derived) = self.derived.get() {
            return Ok(derived);
        }
        let made = self.derived()?.ok_or_else(|| self.damaged())?;
        Ok(self.derived.get_or_init(|| made))
    }

    /// What the events give; `None` where nobody could pack them so.
    fn derived(&self) -> Result<Option<PackedRange>, ReadError> {
        let opened = SqliteStore::open_read_only(&self.place.path);
        let journal = opened.map_err(|error| unopened(&error))?;
        if Blocking(&journal).head()? < Some(self.last()) {
            return Ok(None);
        }
        let ranges = journal.closed()?;
        let before = ranges.iter().rfind(|range| range.last() < self.first);
        let end = before.map_or(0, |before| before.last().0);
        if end.saturating_add(1) != self.first.0 {
            let reason = "what was packed was thrown away meanwhile; open the journal again";
            return Err(ReadError::Unavailable { reason: reason.into() });
        }
        let others = before.map(|before| before.others()).transpose()?;
        let behind = before.map(|before| before.last()).zip(others.as_deref());
        match PackedRange::of(Blocking(&journal), behind, self.last()) {
            Ok(packed) => Ok(Some(packed)),
            Err(ReplayError::Ledger(LedgerError::Read(error))) => Err(error),
            // It tells of events that this version does not know.
            Err(_) => Ok(None),
        }
    }

    /// Whether each block is what the events give.
    fn is_as_packed(&self, packed: &PackedRange) -> Result<bool, ReadError> {
        let mut is_same = true;
        for part in [Part::Others, Part::Sessions] {
            let mut made = packed.part(part).iter();
            self.each_block(part, &mut |_, block| {
                is_same &= made.next().is_some_and(|made| *made == block);
                Ok(Ok(()))
            })?;
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
        self.each_block(Part::Sessions, &mut |place, block| {
            reader.each_session((place, block), wanted, take)
        })
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        let mut pages = Vec::new();
        self.each_block(Part::Others, &mut |place, block| {
            pages.push(place.others(block)?);
            Ok(Ok(()))
        })?;
        Ok(pages)
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        let is_same = match self.derived()? {
            Some(packed) => self.is_as_packed(&packed)?,
            None => false,
        };
        Ok((!is_same).then(|| self.damaged()))
    }
}

/// A list of ranges that is damaged: whoever asks for any of them is told, and nobody else.
#[derive(Debug)]
pub(super) struct DamagedList(pub(super) Corruption);

impl ClosedRange for DamagedList {
    fn first(&self) -> Position {
        Position(1)
    }

    fn last(&self) -> Position {
        Position(1)
    }

    fn each_session(
        &self,
        _wanted: Wanted,
        _take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        Err(self.0.clone().into())
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        Err(self.0.clone().into())
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        Ok(Some(self.0.clone()))
    }
}

fn unopened(error: &OpenError) -> ReadError {
    ReadError::Unavailable { reason: error.to_string() }
}
