//! A journal and its archive as one: what is sealed is read from files, the rest from the store.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use linli::journal::{
    Append, AppendError, Appended, Blocking, Columns, Direction, EventStore, EventView,
    IdempotencyKey, Page, PageBuilder, Pending, Position, Query, ReadError, ReadOptions, Receipt,
    Row, Whole,
};
use linli::ledger::ClosedRange;

use crate::{ArchiveError, ArchiveStore};

/// A journal whose sealed ranges are read from its archive, so that a replay of years asks the
/// store for the last days alone. All else is the journal's: appends, receipts, waiting, reading
/// backwards.
///
/// ```
/// use std::sync::Arc;
///
/// use linli::journal::{Append, Blocking, Event, MemoryStore, Query, ReadOptions};
/// use linli_archive::{Archive, ArchiveStore, ArchivedJournal, Seal};
///
/// let journal = MemoryStore::new();
/// Blocking(&journal).append(Append::of(Event::new("Told")))?;
/// let folder = tempfile::tempdir()?;
/// Archive::create(folder.path())?.seal(Blocking(&journal), Seal::all(), |_| {
///     std::ops::ControlFlow::Continue(())
/// })?;
/// Blocking(&journal).append(Append::of(Event::new("Told")))?;
///
/// let both = ArchivedJournal::of(ArchiveStore::open(folder.path())?, Arc::new(journal))?;
/// let pages = Blocking(&both).pages(Query::all(), ReadOptions::forwards());
/// let lengths = pages.map(|page| page.map(|page| page.len())).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(lengths, [2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ArchivedJournal {
    archive: ArchiveStore,
    journal: Arc<dyn EventStore>,
}

impl fmt::Debug for ArchivedJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchivedJournal").field("archive", &self.archive).finish_non_exhaustive()
    }
}

impl ArchivedJournal {
    /// Joins the two, if the last append of the archive stands in the journal at its place. Whether
    /// everything before it does is asked by [`Archive::verify`](crate::Archive::verify).
    ///
    /// # Errors
    /// [`ArchiveError::Unrelated`] where it does not, [`ArchiveError::Journal`].
    pub fn of(archive: ArchiveStore, journal: Arc<dyn EventStore>) -> Result<Self, ArchiveError> {
        match archive.last_append()? == append_at(&*journal, archive.end())? {
            true => Ok(Self { archive, journal }),
            false => Err(archive.is_of_another_journal()),
        }
    }

    /// The closed ranges of its archive: [`ArchiveStore::closed`].
    #[must_use]
    pub fn closed(&self) -> Vec<Arc<dyn ClosedRange>> {
        self.archive.closed()
    }
}

impl ArchivedJournal {
    /// A page that begins in the archive, and goes on with the journal where there is room.
    async fn page(&self, query: &Query, options: ReadOptions) -> Result<Page, ReadError> {
        query.check_limits()?;
        let head = self.journal.head().await?; // Before the rows, as every page has it.
        let mut page = PageBuilder::new(head, &options);
        if self.archive.fill(&mut page, query, &options).await?.is_break() {
            return Ok(page.more());
        }
        let (_, until) = options.range();
        let until = Some(Position(until)).min(head);
        if until <= self.archive.end() {
            return Ok(page.last());
        }
        if page.is_full() {
            return Ok(page.more());
        }
        let rest = ReadOptions { after: self.archive.end(), until, ..options };
        let rest = self.journal.read(query, rest).await?;
        match (take_in(&mut page, &rest), rest.next()) {
            (ControlFlow::Break(()), _) => Ok(page.more()),
            (ControlFlow::Continue(()), Some(next)) => {
                page.looked_at(next);
                Ok(page.more())
            }
            (ControlFlow::Continue(()), None) => Ok(page.last()),
        }
    }
}

/// Takes the events of another page in, whole appends; `Break` where one has no room.
fn take_in(page: &mut PageBuilder, rest: &Page) -> ControlFlow<()> {
    let mut open = None;
    for index in rest.indexes() {
        let (Some(view), Some(append)) = (rest.event(index), rest.append_of().get(index)) else {
            break;
        };
        let is_next = open != Some(append);
        let run = || rest.append_of().iter().skip(index).take_while(|own| *own == append);
        if page.is_full() || (is_next && page.leaves_to_the_next(run().count() as u64)) {
            return ControlFlow::Break(());
        }
        open = Some(append);
        let event_type = page.event_type(view.event_type);
        let tags: Vec<u32> = rest.tags(index).map(|tag| page.tag(tag)).collect();
        let EventView { position, id, metadata, payload, .. } = view;
        let row = Row { position, id, event_type, tags: &tags, metadata, payload };
        // An archived append is told apart by its first position, so no number is used twice.
        let number = u64::MAX.saturating_sub(u64::from(*append));
        page.push(number, view.append_metadata, &row);
        if let (true, Some(origin)) = (is_next, rest.origin(index)) {
            page.comes_from(number, origin.clone());
        }
    }
    ControlFlow::Continue(())
}

/// The append that ends at a position; `None` where none does.
fn append_at(store: &dyn EventStore, end: Option<Position>) -> Result<Option<Whole>, ReadError> {
    let Some(end) = end else { return Ok(None) };
    let before = Position(end.0.saturating_sub(1));
    let options = ReadOptions::forwards().columns(Columns::WithOrigins).after(before).until(end);
    let page = Blocking(store).read(&Query::all(), options)?;
    let ending = page.origin(0).filter(|origin| origin.last == end);
    let Some(first) = ending.map(|origin| origin.first) else { return Ok(None) };
    let before = Position(first.0.saturating_sub(1));
    Blocking(store).appends(Some(before)).until(Some(end)).next().transpose()
}

impl EventStore for ArchivedJournal {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        self.journal.append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let (from, _) = options.range();
        let is_archived = self.archive.end().is_some_and(|end| from <= end.0);
        if options.direction == Direction::Backwards || !is_archived {
            return self.journal.read(query, options);
        }
        Box::pin(self.page(query, options))
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        self.journal.head()
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        self.journal.receipt(key)
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        self.journal.checkpoint(source)
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.journal.past(after)
    }
}
