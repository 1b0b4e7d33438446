//! Ranges of the journal that are packed: their sessions as columns, beside the events, for replay.
//!
//! What is packed is derived. A range lists how many blocks it has; a block ends with a checksum
//! over its bytes and its place, and is read in a snapshot of its own. The last range grows: a
//! longer one takes its place, and the blocks of the shorter one stay until more is packed, so that
//! a replay which reads them meanwhile goes on. Whoever still has the shorter one then makes it of
//! the events.

mod range;

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use linli::journal::{Blocking, Corruption, Position, ReadError};
use linli::ledger::ClosedRange;
use linli::replay::{PackedRange, Part, ReplayError};
use rusqlite::{Connection, ErrorCode};

use crate::error::{Trouble, shows_damage};
use crate::settings::{Access, Place};
use crate::{SqliteStore, schema};
use range::{DamagedList, Range};

const RANGES: &str = "SELECT last, block, others, sessions FROM packed_range ORDER BY last";
const LIST: &str =
    "INSERT INTO packed_range(last, block, others, sessions) VALUES (?1, ?2, ?3, ?4)";
const PUT: &str = "INSERT INTO packed_block(number, block) VALUES (?1, ?2)";
const NEWEST: &str = "SELECT max(last) FROM packed_range";
const NEXT: &str = "SELECT coalesce(max(number), 0) + 1 FROM packed_block";
const STRIKE: &str = "DELETE FROM packed_range WHERE last > ?1";
const CLEAR: &str = "DELETE FROM packed_block WHERE NOT EXISTS (SELECT 1 FROM packed_range \
    WHERE number BETWEEN packed_range.block AND packed_range.block + others + sessions - 1)";

/// What is wrong where a block or a range is not what was packed.
const DAMAGED: &str = "it is not as it was written";

/// What is packed of a journal now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// How many events are packed, from the first on.
    pub events: u64,
    /// How many of them were not packed before.
    pub new: u64,
    /// How many ranges that are.
    pub ranges: u64,
}

/// Why a journal was not packed. What was packed before is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// Open it to write.
    #[error("the journal was opened to read; open it to write, and pack it then")]
    NotWritable,
    /// The journal cannot be read, or this version does not know an event: the error says where and
    /// what to do.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Try again later.
    #[error("another process is writing; try again when it is done")]
    Busy,
    /// Copy the journal into a new file, which takes all of its events.
    #[error(
        "SQLite finds pages damaged on which something is packed; `linli copy --to NEW.db` takes \
         all events into a file that is whole"
    )]
    Damaged,
    /// Look at what SQLite says, mend it, and pack again.
    #[error("what is packed could not be written: {0}; mend that and pack again")]
    Refused(String),
    /// Somebody said to stop. The ranges up to here are packed.
    #[error("stopped; what was packed by then stays")]
    Stopped,
}

impl From<ReadError> for PackError {
    fn from(error: ReadError) -> Self {
        Self::Replay(error.into())
    }
}

impl From<rusqlite::Error> for PackError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ if shows_damage(&error) => Self::Damaged,
            _ => Self::Refused(format!("SQLite says: {error}")),
        }
    }
}

impl From<Trouble> for PackError {
    fn from(trouble: Trouble) -> Self {
        Self::Replay(trouble.into_read_error(1).into())
    }
}

impl SqliteStore {
    /// Packs the journal up to its end, for a replay to take instead of the events. They stay as
    /// they are, and nothing else looks at what is packed: it is derived, takes 7 bytes an
    /// event, and may be thrown away. Events that come later are read as ever, until somebody
    /// packs again.
    ///
    /// Appends go on meanwhile, but for a moment at the end of each range of
    /// [`PackedRange::EVENTS`]. `go_on` is told how many events are packed.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn pack(&self, go_on: impl FnMut(u64) -> ControlFlow<()>) -> Result<Packed, PackError> {
        self.pack_ranges_of(PackedRange::EVENTS, go_on)
    }

    pub(crate) fn pack_ranges_of(
        &self,
        events: u64,
        mut go_on: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Packed, PackError> {
        let connection = self.connect_to_pack()?;
        // What comes meanwhile is packed the next time: this ends.
        let head = Blocking(self).head()?.map_or(0, |head| head.0);
        let mut packed = Packed::default();
        loop {
            let mut ranges = self.sound_ranges()?;
            (packed.events, packed.ranges) = (end_of(&ranges), ranges.len() as u64);
            if head <= packed.events {
                return Ok(packed);
            }
            if packed.new == 0 {
                clear(&connection, self.place())?;
            } else if go_on(packed.events).is_break() {
                return Err(PackError::Stopped);
            }
            ranges.pop_if(|newest| length_of(&**newest) < events);
            let whole = ranges.last();
            let others = whole.map(|whole| whole.others()).transpose()?;
            let behind = whole.map(|whole| whole.last()).zip(others.as_deref());
            let last = head.min(end_of(&ranges).saturating_add(events));
            let range = PackedRange::of(Blocking(self), behind, Position(last))?;
            if put(&connection, self.place(), packed.events, &range)? {
                packed.new = packed.new.saturating_add(last.saturating_sub(packed.events));
            }
        }
    }

    /// Throws away what is packed. Whoever opened the journal before reads the events instead, or
    /// is told to open it again.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn unpack(&self) -> Result<(), PackError> {
        let connection = self.connect_to_pack()?;
        within(&connection, self.place(), || {
            if schema::packed_tables(&connection)? > 0 {
                schema::allow_packed(&connection)?;
                connection.execute_batch("DELETE FROM packed_block; DELETE FROM packed_range")?;
            }
            Ok(())
        })
    }

    /// What is packed, for [`Ledger::with_closed`](linli::ledger::Ledger::with_closed).
    ///
    /// ```
    /// use linli::ledger::{Authority, Ledger};
    /// use linli_sqlite::SqliteStore;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("yujing.db");
    /// let store = SqliteStore::open(path)?;
    /// store.pack(|_| std::ops::ControlFlow::Continue(()))?;
    /// let closed = store.closed()?;
    /// let ledger = Ledger::new(store, Authority::read_only()).with_closed(closed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Where their list is damaged, whoever replays or verifies is told so.
    ///
    /// # Errors
    /// [`ReadError`], where the list of ranges cannot be read.
    pub fn closed(&self) -> Result<Vec<Arc<dyn ClosedRange>>, ReadError> {
        match self.sound_ranges() {
            Err(ReadError::Corrupt(bad)) => {
                let bad = Corruption::of_packed(bad.position, DAMAGED);
                Ok(vec![Arc::new(DamagedList(bad))])
            }
            ranges => ranges,
        }
    }

    fn sound_ranges(&self) -> Result<Vec<Arc<dyn ClosedRange>>, ReadError> {
        let listed = self.readers()?.read(1, |reader| Ok(listed(&reader.connection)?))?;
        let mut next = 1_u64;
        let mut ranges: Vec<Arc<dyn ClosedRange>> = Vec::with_capacity(listed.len());
        for listed in listed {
            let (first, last) = (Position(next), Position(listed.last.cast_unsigned()));
            let is_too_long = last.0.saturating_sub(next) >= PackedRange::EVENTS;
            // Each part has a block, though it may tell nothing.
            if last < first || is_too_long || listed.others == 0 || listed.sessions == 0 {
                return Err(Corruption::of_packed(first, DAMAGED).into());
            }
            next = last.0.saturating_add(1);
            let (place, hold) = (self.place().clone(), Arc::clone(self.hold()));
            let derived = OnceLock::new();
            ranges.push(Arc::new(Range { place, _hold: hold, first, listed, derived }));
        }
        Ok(ranges)
    }

    fn connect_to_pack(&self) -> Result<Connection, PackError> {
        self.readers()?;
        if self.has_unsettled_commit() {
            let reason = "a commit failed and is not settled yet; check the disk";
            return Err(PackError::Refused(reason.to_owned()));
        }
        match self.place().access {
            Access::ReadWrite => Ok(self.place().connect_to_write()?),
            Access::ReadOnly | Access::ReadOnlyFolder => Err(PackError::NotWritable),
        }
    }
}

fn end_of(ranges: &[Arc<dyn ClosedRange>]) -> u64 {
    ranges.last().map_or(0, |range| range.last().0)
}

fn length_of(range: &dyn ClosedRange) -> u64 {
    range.last().0.saturating_sub(range.first().0).saturating_add(1)
}

/// A range as it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Listed {
    last: i64,
    /// The number of its first block: those of other events come first, then those of sessions.
    block: i64,
    others: u32,
    sessions: u32,
}

fn listed(connection: &Connection) -> rusqlite::Result<Vec<Listed>> {
    if !schema::is_packed(connection)? {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(RANGES)?;
    let rows = statement.query_map([], |row| {
        let (last, block, others, sessions) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Listed { last, block, others, sessions })
    })?;
    rows.collect()
}

/// Throws away the blocks of ranges that were replaced.
fn clear(connection: &Connection, place: &Place) -> Result<(), PackError> {
    within(connection, place, || match schema::is_packed(connection)? {
        true => connection.execute(CLEAR, []).map(drop),
        false => Ok(()),
    })
}

/// Puts a range behind the whole ones, and in the place of a shorter one; `false` where the ranges
/// do not end where they did, because somebody else has packed meanwhile.
fn put(
    connection: &Connection,
    place: &Place,
    end: u64,
    range: &PackedRange,
) -> Result<bool, PackError> {
    within(connection, place, || {
        schema::allow_packed(connection)?;
        let newest: Option<i64> = connection.query_row(NEWEST, [], |row| row.get(0))?;
        if newest.map_or(0, i64::cast_unsigned) != end {
            return Ok(false);
        }
        let (Position(first), Position(last)) = range.range();
        let last = last.cast_signed();
        connection.execute(STRIKE, [first.saturating_sub(1).cast_signed()])?;
        let next: i64 = connection.query_row(NEXT, [], |row| row.get(0))?;
        let [others, sessions] = [Part::Others, Part::Sessions].map(|part| range.count(part));
        connection.execute(LIST, (last, next, others, sessions))?;
        let mut statement = connection.prepare_cached(PUT)?;
        let blocks = range.part(Part::Others).iter().chain(range.part(Part::Sessions));
        for (number, block) in (next..).zip(blocks) {
            statement.execute((number, block))?;
        }
        Ok(true)
    })
}

/// Does something in a transaction of its own.
fn within<T>(
    connection: &Connection,
    place: &Place,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> Result<T, PackError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = match place.must_be_unchanged() {
        Ok(()) => work().map_err(PackError::from),
        Err(trouble) => Err(trouble.into()),
    };
    let ended = connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" });
    let done = done?;
    ended?;
    Ok(done)
}
