//! What a closed range tells, packed into blocks of bytes that a store keeps beside its events.
//!
//! A block is small enough for a row of a table, and ends with a checksum over its bytes and its
//! place: its range, its part, its number and how many blocks that part has.

mod bytes;
mod numbers;
mod others;
mod sessions;

use std::fmt;

use super::held::only;
use super::{PlainSessions, ReplayError};
use crate::journal::{
    Blocking, Columns, Corruption, Page, Position, Query, ReadError, ReadOptions,
};
use crate::ledger::{ClosedRange, PlainSession, Wanted};
use sessions::SessionColumns;

/// The form of the blocks.
const FORM: u8 = 1;

/// A session with more samples is told by its events.
const MOST_SAMPLES: usize = 65_536;

/// The two parts of a packed range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The events of charging that no plain session tells.
    Others,
    /// The plain sessions.
    Sessions,
}

/// Where a block of a packed range stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockPlace {
    /// The first and the last position of its range.
    pub range: (Position, Position),
    /// The part that it is of.
    pub part: Part,
    /// Its number in that part, from 0.
    pub number: u32,
    /// How many blocks that part has.
    pub of: u32,
}

/// A block is not what was written at its place: damage, or a block of another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is packed of it is not as it was written")]
pub struct DamagedBlock;

/// A range of a journal packed: the blocks that a store keeps.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore, Position};
/// use linli::replay::PackedRange;
///
/// let journal = MemoryStore::new();
/// Blocking(&journal).append(Append::of(Event::new("Told")))?;
/// let range = PackedRange::of(Blocking(&journal), None, Position(1));
/// // Nobody knows of what this event is.
/// assert!(range.is_err());
/// # Ok::<(), linli::journal::AppendError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PackedRange {
    range: (Position, Position),
    others: Vec<Vec<u8>>,
    sessions: Vec<Vec<u8>>,
}

impl PackedRange {
    /// So many events has a range at most: whoever packs one holds its sessions in memory.
    pub const EVENTS: u64 = 1 << 20;

    /// Packs the range up to `last`, behind one that was packed: by the last position of that, and
    /// its other events.
    ///
    /// Memory holds the range: some 400 bytes a session, and its other events.
    ///
    /// # Errors
    /// [`ReplayError`], where the journal cannot be read, or holds an event that this version does
    /// not know: nobody can say then of what it is.
    pub fn of(
        journal: Blocking<'_>,
        before: Option<(Position, &[Page])>,
        last: Position,
    ) -> Result<Self, ReplayError> {
        let (after, others) = before.unwrap_or((Position(0), &[]));
        Ok(Self::told(&ToldRange::of(journal, others, (after, last))?))
    }

    fn told(told: &ToldRange) -> Self {
        let (mut others, mut sessions) = (Vec::new(), Vec::new());
        others::all_of(&told.others, |put| others.push(begun(put)));
        for columns in told.columns() {
            sessions.push(begun(&|out| columns.put(out)));
        }
        if sessions.is_empty() {
            sessions.push(begun(&|out| SessionColumns::default().put(out)));
        }
        let mut own = Self { range: told.range, others, sessions };
        for part in [Part::Others, Part::Sessions] {
            let (range, of) = (own.range, own.count(part));
            for (number, block) in (0..).zip(own.part_mut(part)) {
                block.extend(BlockPlace { range, part, number, of }.checksum(block));
            }
        }
        own
    }

    /// The first and the last position of the range.
    #[must_use]
    pub fn range(&self) -> (Position, Position) {
        self.range
    }

    /// The blocks of a part, at least one.
    #[must_use]
    pub fn part(&self, part: Part) -> &[Vec<u8>] {
        match part {
            Part::Others => &self.others,
            Part::Sessions => &self.sessions,
        }
    }

    /// How many blocks a part has.
    #[must_use]
    pub fn count(&self, part: Part) -> u32 {
        u32::try_from(self.part(part).len()).unwrap_or(u32::MAX)
    }

    /// The same, each with its place.
    pub fn placed(&self, part: Part) -> impl Iterator<Item = (BlockPlace, &[u8])> {
        let (range, of) = (self.range, self.count(part));
        (0..)
            .zip(self.part(part))
            .map(move |(number, block)| (BlockPlace { range, part, number, of }, block.as_slice()))
    }

    /// Nothing is left out of a bill in silence.
    fn unread(&self, _: DamagedBlock) -> ReadError {
        Corruption::of_journal(self.range.1, "a session that is held cannot be told").into()
    }

    fn part_mut(&mut self, part: Part) -> &mut [Vec<u8>] {
        match part {
            Part::Others => &mut self.others,
            Part::Sessions => &mut self.sessions,
        }
    }
}

/// What was packed by this process is told as it lies in memory.
impl ClosedRange for PackedRange {
    fn first(&self) -> Position {
        self.range.0
    }

    fn last(&self) -> Position {
        self.range.1
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut reader = BlockReader::default();
        for block in self.placed(Part::Sessions) {
            reader.each_session(block, wanted, take).map_err(|error| self.unread(error))??;
        }
        Ok(())
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        let pages = self.placed(Part::Others).map(|(place, block)| place.others(block));
        pages.map(|page| page.map_err(|error| self.unread(error))).collect()
    }

    /// It was made of the events, and nobody has altered it since.
    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        Ok(None)
    }
}

impl fmt::Debug for PackedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackedRange({} to {}, ", self.range.0, self.range.1)?;
        write!(f, "{} and {} blocks)", self.others.len(), self.sessions.len())
    }
}

fn begun(put: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut block = vec![FORM];
    put(&mut block);
    block
}

impl BlockPlace {
    /// Over the bytes of a block and this place.
    fn checksum(&self, body: &[u8]) -> [u8; 4] {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.range.0.0.to_le_bytes());
        crc.update(&self.range.1.0.to_le_bytes());
        crc.update(&[match self.part {
            Part::Others => 0,
            Part::Sessions => 1,
        }]);
        crc.update(&self.number.to_le_bytes());
        crc.update(&self.of.to_le_bytes());
        crc.update(body);
        crc.finalize().to_le_bytes()
    }

    /// What stands behind the form of a block that is as it was written here.
    fn content<'a>(&self, block: &'a [u8]) -> Option<&'a [u8]> {
        let (body, checksum) = block.split_last_chunk()?;
        if *checksum != self.checksum(body) {
            return None;
        }
        body.split_first().and_then(|(form, content)| (*form == FORM).then_some(content))
    }

    /// The page of other events that a block holds.
    ///
    /// # Errors
    /// [`DamagedBlock`].
    pub fn others(&self, block: &[u8]) -> Result<Page, DamagedBlock> {
        let content = self.content(block).filter(|_| self.part == Part::Others);
        let page = content.and_then(|mut from| {
            others::taken(&mut from, self.range.1).filter(|_| from.is_empty())
        });
        page.ok_or(DamagedBlock)
    }
}

/// Takes plain sessions out of blocks, one block after the other.
#[derive(Debug, Default)]
pub struct BlockReader {
    columns: SessionColumns,
}

impl BlockReader {
    /// Hands over each session of a block.
    ///
    /// # Errors
    /// [`DamagedBlock`]; within it what `take` answers, as it came.
    pub fn each_session(
        &mut self,
        (place, block): (BlockPlace, &[u8]),
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<Result<(), ReadError>, DamagedBlock> {
        let content = place.content(block).filter(|_| place.part == Part::Sessions);
        let mut from = content.ok_or(DamagedBlock)?;
        self.columns.take(&mut from, wanted).ok_or(DamagedBlock)?;
        self.columns.each(wanted, take)
    }
}

/// What a range of a journal tells: its plain sessions, and the other events of charging.
struct ToldRange {
    range: (Position, Position),
    sessions: PlainSessions,
    others: Vec<Page>,
}

impl ToldRange {
    /// Reads a range, behind one whose other events are `before`, in two passes.
    fn of(
        journal: Blocking<'_>,
        before: &[Page],
        (after, last): (Position, Position),
    ) -> Result<Self, ReplayError> {
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
        let pages = || journal.pages(Query::all(), options.after(after).until(last));
        let mut sessions = PlainSessions::after(before)?;
        for page in pages() {
            sessions.take(&page?)?;
        }
        let mut sessions = sessions.ended().of_few_samples(MOST_SAMPLES);
        let mut others = Vec::new();
        for page in pages() {
            let page = page?;
            let indexes = sessions.others(&page)?;
            if !indexes.is_empty() {
                let what = "an event that was read is not there";
                let lost = || ReadError::from(Corruption::of_journal(last, what));
                others.push(only(&page, &indexes).ok_or_else(lost)?);
            }
        }
        let first = Position(after.0.saturating_add(1));
        Ok(Self { range: (first, last), sessions, others })
    }

    fn columns(&self) -> Vec<SessionColumns> {
        SessionColumns::all_of(&self.sessions.in_order())
    }
}
