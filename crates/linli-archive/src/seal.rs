//! Sealing: what a journal has told since the last time goes into files that are never changed.

use std::mem;
use std::ops::ControlFlow;

use linli::journal::{Blocking, Position, Whole};
use linli::proof::{Leaf, Root, Tree};
use pollster::block_on;

use crate::columns::Columns;
use crate::hold::Held;
use crate::manifest::SEGMENTS;
use crate::tables::TABLE_EVENTS;
use crate::{Archive, ArchiveError, Segment};

/// How far a journal is sealed, and in files of what size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    up_to: Option<Position>,
    rows: u64,
}

/// What a seal came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// How many segments it closed.
    pub segments: u64,
    /// How many events stand in them.
    pub rows: u64,
    /// How many events the archive holds now.
    pub events: u64,
    /// The root of the tree over them.
    pub root: Root,
}

/// Bytes of events after which a segment is closed before it has its rows: a reader holds as many.
pub(crate) const SEGMENT_BYTES: usize = 32 * 1024 * 1024;

impl Seal {
    /// Rows of a segment if nobody says otherwise.
    pub const ROWS: u64 = 65_536;

    /// Everything that the journal holds.
    #[must_use]
    pub fn all() -> Self {
        Self { up_to: None, rows: Self::ROWS }
    }

    /// The appends that end at this position or before it.
    #[must_use]
    pub fn up_to(mut self, position: Option<Position>) -> Self {
        self.up_to = position;
        self
    }

    /// In files of so many events; an append is never cut, so that one of a single append may be
    /// longer.
    #[must_use]
    pub fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }
}

impl Archive {
    /// Writes the appends that are not archived yet into segments, each at once followed by the
    /// manifest that lists it. What was sealed before is first held against the journal, all of it.
    ///
    /// Where it is stopped, whatever by, the segments that were listed stay, and the next seal goes
    /// on behind them. Memory is bounded by a segment.
    ///
    /// `tell` hears how many events of the journal have been read; it breaks the seal off.
    ///
    /// # Errors
    /// [`ArchiveError::OtherJournal`], [`ArchiveError::Shorter`], where nothing is written;
    /// [`ArchiveError::InUse`]; those of reading and writing.
    pub fn seal(
        &self,
        journal: Blocking<'_>,
        seal: Seal,
        mut tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Sealed, ArchiveError> {
        let held = self.hold()?;
        let end = held.manifest.events();
        let mut sealing = Sealing::of(held, seal.rows);
        let up_to = seal.up_to.map_or(u64::MAX, |up_to| up_to.0);
        for whole in journal.appends(None) {
            let whole = whole?;
            if whole.last().0 > up_to && sealing.tree.size() >= end {
                break;
            }
            sealing.take_in(&whole)?;
            if tell(sealing.tree.size()).is_break() {
                return Err(ArchiveError::Stopped);
            }
        }
        sealing.finish()
    }
}

struct Sealing<'a> {
    held: Held<'a>,
    /// How many events were archived before.
    end: u64,
    most_rows: u64,
    tree: Tree,
    open: Columns,
    open_bytes: usize,
    /// How many events stand in files that are listed.
    closed: u64,
    segments: u64,
}

impl<'a> Sealing<'a> {
    fn of(held: Held<'a>, most_rows: u64) -> Self {
        let end = held.manifest.events();
        Self {
            held,
            end,
            most_rows,
            tree: Tree::default(),
            open: Columns::new(),
            open_bytes: 0,
            closed: end,
            segments: 0,
        }
    }

    fn take_in(&mut self, whole: &Whole) -> Result<(), ArchiveError> {
        let ends_behind = whole.last().0 > self.end;
        if ends_behind && self.tree.size() <= self.end {
            self.is_of_this_journal()?;
        }
        if ends_behind {
            let rows = whole.last().0.saturating_sub(self.closed);
            let bytes = self.open_bytes.saturating_add(whole.append.bytes());
            if rows > self.most_rows || bytes > SEGMENT_BYTES {
                self.close()?;
            }
            self.open_bytes = self.open_bytes.saturating_add(whole.append.bytes());
            self.open.push(whole);
        }
        Leaf::of(whole).for_each(|leaf| self.tree.push(leaf.hash()));
        Ok(())
    }

    /// Whether the journal begins with what is archived; and what a seal that was stopped left is
    /// set aside.
    fn is_of_this_journal(&mut self) -> Result<(), ArchiveError> {
        let Some(last) = self.held.manifest.segments.last() else { return self.held.begin() };
        let found = self.tree.root();
        if self.tree.size() == self.end && last.root == found.to_string() {
            return self.held.begin();
        }
        let (place, archived) = (self.held.archive.place.name(), last.root.clone());
        Err(ArchiveError::OtherJournal { place, events: self.end, archived, found })
    }

    /// Writes the open segment and then lists it.
    fn close(&mut self) -> Result<(), ArchiveError> {
        let last = Position(self.tree.size());
        if last.0 == self.closed {
            return Ok(());
        }
        let first = Position(self.closed.saturating_add(1));
        self.open_bytes = 0;
        let file = mem::replace(&mut self.open, Columns::new()).file()?;
        let name = self.held.manifest.file_name(SEGMENTS, (first, last));
        let segment = Segment::of(name, &file, (first, last), self.tree.root().to_string());
        block_on(self.held.archive.place.put(&segment.file, file.into()))?;
        self.held.manifest.segments.push(segment);
        self.held.list()?;
        self.closed = last.0;
        self.segments = self.segments.saturating_add(1);
        Ok(())
    }

    fn finish(mut self) -> Result<Sealed, ArchiveError> {
        let (found, place) = (self.tree.size(), self.held.archive.place.name());
        if found < self.end {
            return Err(ArchiveError::Shorter { place, events: self.end, found });
        }
        if found == self.end {
            self.is_of_this_journal()?;
        }
        self.close()?;
        while self.held.make_table(TABLE_EVENTS)?.is_continue() {}
        Ok(Sealed {
            segments: self.segments,
            rows: self.closed.saturating_sub(self.end),
            events: self.closed,
            root: self.tree.root(),
        })
    }
}
