//! Compaction: the many small files that short seals leave become few, and tell the same.

use std::ops::ControlFlow;

use linli::journal::Append;
use pollster::block_on;

use crate::columns::Columns;
use crate::hold::Held;
use crate::manifest::{SEGMENTS, Table};
use crate::seal::SEGMENT_BYTES;
use crate::tables::TABLE_EVENTS;
use crate::{Archive, ArchiveError, Segment};

/// What a compaction came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// How many files the manifest listed before, of segments and of tables.
    pub before: u64,
    /// How many it lists now.
    pub after: u64,
}

/// What a file holds at most, but for what cannot be parted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Events of a segment.
    pub(crate) rows: u64,
    /// Bytes of the events of a segment.
    pub(crate) bytes: usize,
    /// Events that a table stands for.
    pub(crate) table_events: u64,
}

impl Archive {
    /// Makes one file of segments that follow one another and have at most so many events
    /// together, within the bytes that a seal keeps to; and one table of tables, likewise. The
    /// appends, their positions and the root stay; what is as long as it may be is not touched.
    ///
    /// A segment is merged only if it is what [`Archive::verify`] asks for: the file that was
    /// sealed, and no column that the new one would lack. The new file is listed in the place of
    /// the old ones once it is durable, and only then are these moved to the folder `unlisted`,
    /// which nobody reads. So wherever it is stopped, every listed file is there and whole, and the
    /// next compaction goes on. Tables from the first small one on are made again by its end; until
    /// then a replay reads segments in their place.
    ///
    /// Whoever opened the archive before is told [`ArchiveError::Superseded`] where a file is gone,
    /// and opens it again. Memory is bounded by two segments or a table.
    ///
    /// `tell` hears before each step how many events have been looked at; it breaks the work off.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] where a file is not what was sealed, and
    /// [`ArchiveError::Unlisted`] where the manifest was lost: mend that first.
    /// [`ArchiveError::InUse`]; [`ArchiveError::Stopped`]; those of reading and writing.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use linli::journal::{Append, Blocking, Event, MemoryStore};
    /// use linli_archive::{Archive, Seal};
    ///
    /// let go_on = |_| ControlFlow::Continue(());
    /// let (journal, folder) = (MemoryStore::new(), tempfile::tempdir()?);
    /// let archive = Archive::create(folder.path())?;
    /// for _night in 0..3 {
    ///     Blocking(&journal).append(Append::of(Event::new("Told")))?;
    ///     archive.seal(Blocking(&journal), Seal::all(), go_on)?;
    /// }
    /// let compacted = archive.compact(Seal::ROWS, go_on)?;
    /// assert_eq!((compacted.before, compacted.after), (3, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compact(
        &self,
        rows: u64,
        tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Compacted, ArchiveError> {
        self.compact_within(Bounds { rows, bytes: SEGMENT_BYTES, table_events: TABLE_EVENTS }, tell)
    }

    pub(crate) fn compact_within(
        &self,
        bounds: Bounds,
        tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Compacted, ArchiveError> {
        let mut held = self.hold()?;
        held.begin()?;
        let mut compaction = Compaction { held, bounds, reached: 0, tell };
        let before = compaction.files();
        compaction.drop_small_tables()?;
        compaction.merge_segments()?;
        compaction.make_tables()?;
        Ok(Compacted { before, after: compaction.files() })
    }
}

struct Compaction<'a, T> {
    held: Held<'a>,
    bounds: Bounds,
    /// How many events have been looked at.
    reached: u64,
    tell: T,
}

/// Segments as one file.
struct Merged {
    file: Vec<u8>,
    /// How many they are.
    segments: usize,
}

impl<T: FnMut(u64) -> ControlFlow<()>> Compaction<'_, T> {
    fn files(&self) -> u64 {
        self.held.manifest.files().count() as u64
    }

    /// Before each step; it may be the last one.
    fn go_on(&mut self) -> Result<(), ArchiveError> {
        match (self.tell)(self.reached).is_break() {
            true => Err(ArchiveError::Stopped),
            false => Ok(()),
        }
    }

    /// Tables from the first on that could be one with the next. Those behind them follow from
    /// them, and a name that is listed must never get other bytes: so none of them stays.
    fn drop_small_tables(&mut self) -> Result<(), ArchiveError> {
        let most = self.bounds.table_events;
        let fit = |pair: &[Table]| {
            let events = |table: &Table| table.last.0.saturating_sub(table.first.0);
            pair.iter().map(events).sum::<u64>().saturating_add(2) <= most
        };
        let Some(first) = self.held.manifest.tables.windows(2).position(fit) else { return Ok(()) };
        let dropped = self.held.manifest.tables.split_off(first);
        self.list()?;
        for Table { sessions, others, .. } in dropped {
            self.set_aside(&sessions.file)?;
            self.set_aside(&others.file)?;
        }
        Ok(())
    }

    fn merge_segments(&mut self) -> Result<(), ArchiveError> {
        let mut begin = 0;
        while let Some(segment) = self.held.manifest.segments.get(begin) {
            self.reached = segment.last.0;
            self.go_on()?;
            if let Some(merged) = self.merged(begin)? {
                self.replace(begin, merged)?;
            }
            begin = begin.saturating_add(1);
        }
        Ok(())
    }

    /// The segment at this place with as many of the next as fit.
    fn merged(&self, begin: usize) -> Result<Option<Merged>, ArchiveError> {
        let fitting = self.fitting(begin);
        if fitting.len() < 2 {
            return Ok(None); // Nothing has to be read.
        }
        let (mut columns, mut bytes, mut segments) = (Columns::new(), 0_usize, 0_usize);
        for segment in fitting {
            let appends = self.held.archive.sound(segment)?;
            let own = appends.iter().map(|whole| &whole.append).map(Append::bytes);
            bytes = bytes.saturating_add(own.sum());
            if bytes > self.bounds.bytes {
                break;
            }
            for whole in &appends {
                columns.push(whole);
            }
            segments = segments.saturating_add(1);
        }
        match segments {
            0 | 1 => Ok(None),
            _ => Ok(Some(Merged { file: columns.file()?, segments })),
        }
    }

    /// By their rows: as many from this place on as may be one, within one table.
    fn fitting(&self, begin: usize) -> &[Segment] {
        let left = self.held.manifest.segments.get(begin..).unwrap_or_default();
        let Some(first) = left.first() else { return left };
        let most = first.first.0.saturating_add(self.bounds.rows);
        let fitting = left.partition_point(|segment| segment.last.0 < most);
        let table = self.held.manifest.tables.iter().find(|table| table.last >= first.first);
        let within = table
            .map_or(left.len(), |table| left.partition_point(|segment| segment.last <= table.last));
        left.get(..fitting.min(within)).unwrap_or_default()
    }

    /// Puts the file in the place of its segments.
    fn replace(&mut self, begin: usize, merged: Merged) -> Result<(), ArchiveError> {
        let end = begin.saturating_add(merged.segments);
        let of = self.held.manifest.segments.get(begin..end).unwrap_or_default();
        let (Some(first), Some(last)) = (of.first(), of.last()) else { return Ok(()) };
        let range = (first.first, last.last);
        let name = self.held.manifest.file_name(SEGMENTS, range);
        let segment = Segment::of(name, &merged.file, range, last.root.clone());
        self.reached = segment.last.0;
        self.go_on()?;
        block_on(self.held.archive.place.put(&segment.file, merged.file.into()))?;
        let merged: Vec<Segment> =
            self.held.manifest.segments.splice(begin..end, [segment]).collect();
        self.list()?;
        merged.iter().try_for_each(|segment| self.set_aside(&segment.file))
    }

    fn make_tables(&mut self) -> Result<(), ArchiveError> {
        loop {
            self.go_on()?;
            let most = self.bounds.table_events;
            if self.held.make_table(most)?.is_break() {
                return Ok(());
            }
        }
    }

    fn list(&mut self) -> Result<(), ArchiveError> {
        self.go_on()?;
        self.held.list()
    }

    /// A file that is listed no more.
    fn set_aside(&mut self, file: &str) -> Result<(), ArchiveError> {
        self.go_on()?;
        block_on(self.held.archive.place.set_aside(file))
    }
}
