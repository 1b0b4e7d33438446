//! Reading a journal into tables, page by page.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use chrono::NaiveDate;
use linli::codec::Reader;
use linli::journal::{Columns, EventView, Page, Position, Query, ReadOptions};
use linli::ledger::{Actor, Ledger, LedgerError};
use linli::replay::Progress;
use linli::views::{Asked, Sessions};
use linli::{Event, Evolve, Happened};

use crate::events::EventRows;
use crate::issued_bills::{IssuedRows, TYPES};
use crate::meter_samples::{self, SampleRows};
use crate::sessions::sessions;
use crate::{Table, TableError};

type Taken = Result<(), TableError>;
type OnProgress = Arc<dyn Fn(Progress) -> ControlFlow<()> + Send + Sync>;

/// What is read of a journal: as whom, up to where, up to which day.
#[derive(Clone)]
pub struct Scan {
    actor: Actor,
    pub(crate) asked: Asked,
    is_opening: bool,
    on_progress: Option<OnProgress>,
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Scan {
    /// Everything, as this actor, whom the authority is asked about.
    #[must_use]
    pub fn by(actor: impl Into<Actor>) -> Self {
        let asked = Asked::default();
        Self { actor: actor.into(), asked, is_opening: false, on_progress: None }
    }

    /// With what was known when the journal ended at this position.
    #[must_use]
    pub fn as_known_at(mut self, position: Position) -> Self {
        self.asked.as_known_at = Some(position);
        self
    }

    /// With what had happened by the end of this local day, in each event's own zone.
    #[must_use]
    pub fn as_of(mut self, day: NaiveDate) -> Self {
        self.asked.as_of = Some(day);
        self
    }

    /// With sealed fields open, as far as the ledger has their keys and shows them
    /// ([`Ledger::event`]).
    #[must_use]
    pub fn opening(mut self) -> Self {
        self.is_opening = true;
        self
    }

    /// Telling how far it has come, page by page; `Break` stops it.
    #[must_use]
    pub fn on_progress(
        mut self,
        tell: impl Fn(Progress) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_progress = Some(Arc::new(tell));
        self
    }

    /// The local day as of which is read; by itself all days.
    pub(crate) fn day(&self) -> NaiveDate {
        self.asked.as_of.unwrap_or(NaiveDate::MAX)
    }

    /// Every session whose start is known, in the order of their keys.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn sessions(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut found = Sessions::default();
        self.fold(ledger, &Query::all(), &mut found)?;
        sessions(&found)
    }

    /// Every meter reading taken during a session, as it was recorded, in the order of the journal.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn meter_samples(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut batches = Vec::new();
        let schema = self.each_batch_of_samples(ledger, |batch| {
            batches.push(batch);
            Ok(())
        })?;
        Ok(Table::of(schema, batches))
    }

    /// The same, a batch at a time: no more than one is in memory. Gives the columns.
    ///
    /// # Errors
    /// [`TableError`], or what `take` says.
    pub fn each_batch_of_samples(
        &self,
        ledger: &Ledger,
        mut take: impl FnMut(RecordBatch) -> Taken,
    ) -> Result<SchemaRef, TableError> {
        let mut rows = SampleRows::new();
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
        let query = Query::of_types([meter_samples::TYPE]);
        self.each(ledger, &query, options, |_, view, happened| {
            rows.push(view.position, happened)?;
            rows.0.full().map_or(Ok(()), &mut take)
        })?;
        last(rows.0.batch()?, take)
    }

    /// Every bill that the journal holds, in its order.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn issued_bills(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut rows = IssuedRows::new();
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
        let query = Query::of_types(TYPES);
        self.each(ledger, &query, options, |_, view, happened| rows.push(view.position, happened))?;
        rows.finish()
    }

    /// The events that match `query`, in the order of the journal.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn events(&self, ledger: &Ledger, query: &Query) -> Result<Table, TableError> {
        let mut batches = Vec::new();
        let schema = self.each_batch_of_events(ledger, query, |batch| {
            batches.push(batch);
            Ok(())
        })?;
        Ok(Table::of(schema, batches))
    }

    /// The same, a batch at a time: no more than one is in memory. Gives the columns.
    ///
    /// # Errors
    /// [`TableError`], or what `take` says.
    pub fn each_batch_of_events(
        &self,
        ledger: &Ledger,
        query: &Query,
        mut take: impl FnMut(RecordBatch) -> Taken,
    ) -> Result<SchemaRef, TableError> {
        let mut rows = EventRows::new();
        let options = ReadOptions::forwards();
        self.each(ledger, query, options, |page, view, happened| {
            rows.push(page, view, happened)?;
            rows.0.full().map_or(Ok(()), &mut take)
        })?;
        last(rows.0.batch()?, take)
    }

    /// Folds the events that match `query` into `view`.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn fold(
        &self,
        ledger: &Ledger,
        query: &Query,
        view: &mut impl Evolve<Event = Happened<Event>>,
    ) -> Result<(), TableError> {
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
        self.each(ledger, query, options, |_, _, happened| {
            view.evolve(happened);
            Ok(())
        })
    }

    /// Hands over what had happened, as one snapshot of the journal, page by page.
    fn each(
        &self,
        ledger: &Ledger,
        query: &Query,
        options: ReadOptions,
        mut take: impl FnMut(&Numbered<'_>, &EventView<'_>, &Happened<Event>) -> Taken,
    ) -> Result<(), TableError> {
        let mut options = options.until(self.asked.as_known_at);
        let mut reader = Reader::default();
        while let Some(come) = self.page(ledger, query, options, &mut reader, &mut take)? {
            self.tell(come)?;
            if come.position >= come.until {
                break;
            }
            options = options.after(come.position).until(come.until);
        }
        Ok(())
    }

    /// Hands over what had happened on the next page, and says how far that went. `None`: the
    /// journal is empty.
    pub(crate) fn page(
        &self,
        ledger: &Ledger,
        query: &Query,
        mut options: ReadOptions,
        reader: &mut Reader,
        mut take: impl FnMut(&Numbered<'_>, &EventView<'_>, &Happened<Event>) -> Taken,
    ) -> Result<Option<Progress>, TableError> {
        if self.is_opening {
            // A field is bound to the id of its event.
            options = options.columns(Columns::All);
        }
        let page = ledger.read(self.actor.clone(), query, options)?;
        for (index, view) in page.events().enumerate() {
            let position = view.position;
            let unreadable = |error| LedgerError::Unreadable { position, error };
            let happened = match self.is_opening {
                true => ledger.event(&view)?,
                false => reader.decode(&view).map_err(unreadable)?,
            };
            if self.asked.takes(&happened) {
                take(&Numbered { page: &page, index }, &view, &happened)?;
            }
        }
        let until = options.until.into_iter().chain(page.head()).min();
        Ok(until.map(|until| Progress { position: page.next().unwrap_or(until), until }))
    }

    fn tell(&self, progress: Progress) -> Result<(), TableError> {
        match &self.on_progress {
            Some(tell) if tell(progress).is_break() => Err(TableError::Cancelled),
            _ => Ok(()),
        }
    }
}

/// Hands the last rows over, if there are any, and gives the columns.
fn last(
    batch: RecordBatch,
    mut take: impl FnMut(RecordBatch) -> Taken,
) -> Result<SchemaRef, TableError> {
    let schema = batch.schema();
    if batch.num_rows() > 0 {
        take(batch)?;
    }
    Ok(schema)
}

/// One event of a page: what else the page says of it.
pub(crate) struct Numbered<'a> {
    page: &'a Page,
    index: usize,
}

impl Numbered<'_> {
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.page.tags(self.index)
    }
}
