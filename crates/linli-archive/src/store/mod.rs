//! An archive as a journal that is read: the same pages, receipts and checkpoints.

mod loaded;

use std::collections::VecDeque;
use std::future::ready;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use linli::journal::record::DamagedRecord;
use linli::journal::{
    Append, AppendError, Appended, ArchivePlace, Corruption, Direction, EventStore, IdempotencyKey,
    Page, PageBuilder, Pending, Position, Query, ReadError, ReadOptions, Receipt, Whole,
};
use linli::ledger::ClosedRange;
use linli::proof::{Leaf, Tree};
use parking_lot::Mutex;

use crate::tables::ArchivedRange;
use crate::{Archive, ArchiveError, Manifest, Segment, Table};
use loaded::{Loaded, Numbers};

/// A journal that is read from its archive, as far as that went when it was opened. Nothing is
/// appended to it: every append is [`AppendError::NotWritable`].
///
/// A segment is compared with its SHA-256 and taken apart when something of it is asked for; when
/// all before it have been read, as in a replay, also with the root that the manifest states. The
/// last ones that were asked for stay in memory, 64 MiB of them, or the last two.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore, Query, ReadOptions};
/// use linli_archive::{Archive, ArchiveStore, Seal};
///
/// let journal = MemoryStore::new();
/// Blocking(&journal).append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
/// let folder = tempfile::tempdir()?;
/// let seal = Archive::create(folder.path())?.seal(Blocking(&journal), Seal::all(), |_| {
///     std::ops::ControlFlow::Continue(())
/// })?;
/// let archived = ArchiveStore::open(folder.path())?;
/// let page = Blocking(&archived).read(&Query::tagged("slot:7"), ReadOptions::forwards())?;
/// assert_eq!(page.len() as u64, seal.rows);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ArchiveStore {
    archive: Archive,
    manifest: Manifest,
    held: Mutex<Held>,
    rooted: Mutex<Rooted>,
}

const READ_ONLY: &str = "it is an archive; append to the journal that it was sealed from";

impl ArchiveStore {
    /// Opens the archive in a folder or a bucket.
    ///
    /// # Errors
    /// Those of [`Archive::open`] and [`Archive::manifest`].
    pub fn open(place: impl Into<ArchivePlace>) -> Result<Self, ArchiveError> {
        Self::of(Archive::open(place)?)
    }

    /// Opens an archive wherever it lies.
    ///
    /// # Errors
    /// Those of [`Archive::manifest`].
    pub fn of(archive: Archive) -> Result<Self, ArchiveError> {
        let manifest = archive.manifest()?;
        Ok(Self { archive, manifest, held: Mutex::default(), rooted: Mutex::default() })
    }

    /// Position of the last event that is archived.
    #[must_use]
    pub fn end(&self) -> Option<Position> {
        self.manifest.end()
    }

    /// Its closed ranges, for [`Ledger::with_closed`](linli::ledger::Ledger::with_closed): a replay
    /// takes their sessions from columns. None, where the archive has no tables.
    #[must_use]
    pub fn closed(&self) -> Vec<Arc<dyn ClosedRange>> {
        let range = |table: &Table| -> Arc<dyn ClosedRange> {
            Arc::new(ArchivedRange { archive: self.archive.clone(), table: table.clone() })
        };
        self.manifest.tables.iter().map(range).collect()
    }

    /// The last append that is archived.
    pub(crate) fn last_append(&self) -> Result<Option<Whole>, ArchiveError> {
        let Some(segment) = self.manifest.segments.last() else { return Ok(None) };
        Ok(self.archive.appends(segment)?.pop())
    }

    /// What is said where the last event of it does not stand in a journal.
    pub(crate) fn is_of_another_journal(&self) -> ArchiveError {
        let position = self.end().unwrap_or(Position(1));
        ArchiveError::Unrelated { place: self.archive.place.name(), position }
    }

    /// Fills a page with what matches, in order, until it is full or nothing more is archived;
    /// `Break` where there may be more.
    pub(crate) async fn fill(
        &self,
        page: &mut PageBuilder,
        query: &Query,
        options: &ReadOptions,
    ) -> Result<ControlFlow<()>, ReadError> {
        let (from, until) = options.range();
        let (from, until) = (from.max(1), until.min(self.manifest.events()));
        if from > until {
            return Ok(ControlFlow::Continue(()));
        }
        for index in Numbers::All(self.segments_of(from, until)).in_order(options.direction) {
            if page.is_full() {
                return Ok(ControlFlow::Break(()));
            }
            let loaded = self.loaded(index).await?;
            let appends = loaded.appends_of(query, from, until);
            for number in appends.in_order(options.direction) {
                let damaged = |damage: DamagedRecord| loaded.damaged(number, damage);
                let record = loaded.record(number).map_err(damaged)?;
                if page.is_full() || page.leaves_to_the_next(record.events_n()) {
                    return Ok(ControlFlow::Break(()));
                }
                let filled = record.fill(page, query, (from, until), options.direction);
                filled.map_err(damaged)?;
            }
        }
        let end = match options.direction {
            Direction::Forwards => until,
            Direction::Backwards => from,
        };
        let may_lack_some = page.is_full() && page.seen() != Some(Position(end));
        Ok(if may_lack_some { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// The segments that hold these positions.
    fn segments_of(&self, from: u64, until: u64) -> Range<usize> {
        let segments = &self.manifest.segments;
        let begin = segments.partition_point(|segment| segment.last.0 < from);
        let end = segments.partition_point(|segment| segment.first.0 <= until);
        begin..end
    }

    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.held.lock().bytes()
    }

    async fn loaded(&self, index: usize) -> Result<Arc<Loaded>, ReadError> {
        if let Some(loaded) = self.held.lock().find(index) {
            return Ok(loaded);
        }
        let Some(segment) = self.manifest.segments.get(index) else {
            return Err(ReadError::Unavailable { reason: "there is no such segment".into() });
        };
        let appends = self.archive.read(segment).await.map_err(of_reading)?;
        if !self.rooted.lock().holds(index, segment, &appends) {
            let what = "the root that its archive states is not the one over the archived events";
            let file = self.archive.place.file(&segment.file);
            return Err(Corruption::of_archive(&file, segment.first, what).into());
        }
        let loaded = Arc::new(Loaded::of(&appends));
        self.held.lock().keep(index, &loaded);
        Ok(loaded)
    }

    /// The segments as it is quickest to look something up in them: those at hand, then from the
    /// last to the first.
    fn all_segments(&self) -> Vec<usize> {
        let mut indexes = self.held.lock().indexes();
        let others = (0..self.manifest.segments.len()).rev();
        let others: Vec<usize> = others.filter(|index| !indexes.contains(index)).collect();
        indexes.extend(others);
        indexes
    }
}

impl EventStore for ArchiveStore {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        let refused = |_| Err(AppendError::NotWritable { reason: READ_ONLY.to_owned() });
        Box::pin(ready(group.iter().map(refused).collect()))
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        Box::pin(async move {
            query.check_limits()?;
            let mut page = PageBuilder::new(self.end(), &options);
            Ok(match self.fill(&mut page, query, &options).await? {
                ControlFlow::Break(()) => page.more(),
                ControlFlow::Continue(()) => page.last(),
            })
        })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        Box::pin(ready(Ok(self.end())))
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        Box::pin(async move {
            for index in self.all_segments() {
                if let Some(receipt) = self.loaded(index).await?.receipt(key) {
                    return Ok(Some(receipt));
                }
            }
            Ok(None)
        })
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        Box::pin(async move {
            for index in (0..self.manifest.segments.len()).rev() {
                if let Some(position) = self.loaded(index).await?.checkpoint(source) {
                    return Ok(Some(position));
                }
            }
            Ok(None)
        })
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        let never = || ReadError::Unavailable {
            reason: "an archive does not grow while it is read; follow the journal itself".into(),
        };
        Box::pin(ready(self.end().filter(|end| Some(*end) > after).ok_or_else(never)))
    }
}

/// The tree over the segments that were read one after the other from the first on.
#[derive(Debug, Default)]
struct Rooted {
    segments: usize,
    tree: Tree,
}

impl Rooted {
    /// Takes in the next segment, if this is it; says whether its root is the stated one.
    fn holds(&mut self, index: usize, segment: &Segment, appends: &[Whole]) -> bool {
        if index != self.segments {
            return true;
        }
        let mut tree = self.tree.clone();
        for whole in appends {
            Leaf::of(whole).for_each(|leaf| tree.push(leaf.hash()));
        }
        if tree.root().to_string() != segment.root {
            return false;
        }
        *self = Self { segments: self.segments.saturating_add(1), tree };
        true
    }
}

/// The segments that were asked for last, the very last one first.
#[derive(Debug, Default)]
struct Held(VecDeque<(usize, Arc<Loaded>)>);

/// How many bytes of segments stay in memory, as long as they are more than two.
const HELD_BYTES: usize = 64 * 1024 * 1024;

impl Held {
    fn find(&mut self, index: usize) -> Option<Arc<Loaded>> {
        let place = self.0.iter().position(|(held, _)| *held == index)?;
        let found = self.0.remove(place)?;
        let loaded = Arc::clone(&found.1);
        self.0.push_front(found);
        Some(loaded)
    }

    fn keep(&mut self, index: usize, loaded: &Arc<Loaded>) {
        self.0.retain(|(held, _)| *held != index);
        self.0.push_front((index, Arc::clone(loaded)));
        while self.0.len() > 2 && self.bytes() > HELD_BYTES {
            self.0.pop_back();
        }
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, loaded)| loaded.bytes()).sum()
    }

    fn indexes(&self) -> Vec<usize> {
        self.0.iter().map(|(index, _)| *index).collect()
    }
}

/// What is wrong with the archive, in the words of a journal.
pub(crate) fn of_reading(error: ArchiveError) -> ReadError {
    match error {
        ArchiveError::Damaged { file, position, what } => {
            Corruption::of_archive(&file, position, what).into()
        }
        other => ReadError::Unavailable { reason: other.to_string() },
    }
}
