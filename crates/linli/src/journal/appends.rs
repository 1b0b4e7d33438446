//! The appends of a journal as they were handed over, one by one: what a copy or a proof reads.

use std::collections::VecDeque;
use std::ops::Range;

use super::limits::{check_source, event_bytes};
use super::{
    Append, Blocking, Columns, Corruption, Event, Limit, LimitExceeded, Origin, Page, Position,
    Query, ReadError, ReadOptions,
};

/// An append as it stands in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Position of its first event.
    pub first: Position,
    /// As it was handed over, without its conditions. An id that follows from the key is left out.
    pub append: Append,
}

impl Whole {
    /// Position of its last event.
    #[must_use]
    pub fn last(&self) -> Position {
        let events = self.append.events.len() as u64;
        Position(self.first.0.saturating_add(events).saturating_sub(1))
    }
}

/// Whole appends in order, as one snapshot of the journal. Memory is bounded by a page.
#[derive(Debug)]
pub struct Appends<'a> {
    journal: Blocking<'a>,
    /// Where the next page begins.
    after: Option<Position>,
    until: Option<Position>,
    read: VecDeque<Whole>,
    is_done: bool,
}

impl<'a> Blocking<'a> {
    /// The appends behind `after`, which is the last position of one, or `None`.
    #[must_use]
    pub fn appends(self, after: Option<Position>) -> Appends<'a> {
        Appends { journal: self, after, until: None, read: VecDeque::new(), is_done: false }
    }
}

impl Iterator for Appends<'_> {
    type Item = Result<Whole, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty()
            && !self.is_done
            && let Err(error) = self.refill()
        {
            self.is_done = true;
            return Some(Err(error));
        }
        self.read.pop_front().map(Ok)
    }
}

impl Appends<'_> {
    /// Only those up to `until`, which is the last position of one.
    #[must_use]
    pub fn until(mut self, until: Option<Position>) -> Self {
        self.until = until;
        self
    }

    fn refill(&mut self) -> Result<(), ReadError> {
        let Some(page) = self.next_page()? else { return Ok(()) };
        self.read = page.runs().filter_map(|run| run.whole()).collect();
        Ok(())
    }

    /// The next appends, in the page that they stand in; `None` behind the last.
    pub(crate) fn next_page(&mut self) -> Result<Option<WholePage>, ReadError> {
        if self.is_done {
            return Ok(None);
        }
        let options = ReadOptions::forwards().columns(Columns::WithOrigins);
        let page = self.journal.read(&Query::all(), options.after(self.after).until(self.until))?;
        self.until = self.until.or(page.head());
        self.is_done = page.next().is_none();
        let (mut rows, mut runs) = (page.indexes(), Vec::new());
        while let Some(own) = next_run(&page, &mut rows) {
            let is_last = rows.is_empty() && !self.is_done;
            if let Some(origin) = page.origin(own.start)
                && is_whole(&page, &own, origin)
            {
                self.after = Some(origin.last);
                runs.push(own);
            } else if !is_last || runs.is_empty() {
                let position = page.positions().get(own.start).copied().unwrap_or(0);
                let what = "an append is not whole";
                return Err(Corruption::of_journal(Position(position), what).into());
            }
            // Else it is cut by the page's end, and the next page begins with it.
        }
        Ok(Some(WholePage { page, runs }))
    }
}

/// A page, and the whole appends in it.
#[derive(Debug)]
pub(crate) struct WholePage {
    page: Page,
    runs: Vec<Range<usize>>,
}

/// A whole append where it lies in a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'p> {
    pub(crate) page: &'p Page,
    pub(crate) origin: &'p Origin,
    start: usize,
    end: usize,
}

impl WholePage {
    pub(crate) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.runs.iter().filter_map(|rows| {
            let (page, origin) = (&self.page, self.page.origin(rows.start)?);
            Some(Run { page, origin, start: rows.start, end: rows.end })
        })
    }
}

impl<'p> Run<'p> {
    /// The rows of its events.
    pub(crate) fn rows(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The tags of each of its events.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &'p str> {
        let page = self.page;
        self.rows().flat_map(|row| page.tags(row))
    }

    /// As [`Append::check_limits`].
    pub(crate) fn check_limits(&self) -> Result<(), LimitExceeded> {
        let rows = self.rows();
        if rows.len() > Limit::EVENTS {
            return Err(LimitExceeded::Events { events: rows.len() });
        }
        let mut bytes = self.page.append_metadata(self.start).map_or(0, <[u8]>::len);
        for (index, row) in rows.enumerate() {
            let Some(view) = self.page.event(row) else { continue };
            let own = event_bytes(index, view.event_type, self.page.tags(row))?;
            let (metadata, payload) = (view.metadata.len(), view.payload.len());
            bytes = bytes.saturating_add(own).saturating_add(metadata).saturating_add(payload);
        }
        if bytes > Limit::APPEND_BYTES {
            return Err(LimitExceeded::AppendBytes { bytes });
        }
        self.origin.checkpoint.as_ref().map_or(Ok(()), |held| check_source(&held.source))
    }

    /// The append as it was handed over.
    pub(crate) fn whole(&self) -> Option<Whole> {
        let Self { page, origin, start, .. } = *self;
        let key = origin.key.map(|(key, _)| key);
        let mut events = Vec::with_capacity(self.rows().len());
        for (index, row) in self.rows().enumerate() {
            let view = page.event(row)?;
            let derived = key.map(|key| key.event_id(index));
            events.push(Event {
                id: Some(view.id).filter(|id| Some(*id) != derived),
                event_type: view.event_type.to_owned(),
                tags: page.tags(row).collect(),
                metadata: view.metadata.to_vec(),
                payload: view.payload.to_vec(),
            });
        }
        let append = Append {
            events,
            conditions: Vec::new(),
            key,
            content: origin.key.map(|(_, content)| content),
            metadata: page.append_metadata(start)?.to_vec(),
            checkpoint: origin.checkpoint.clone(),
        };
        Some(Whole { first: origin.first, append })
    }
}

/// The rows of the append that the first of `rows` belongs to; they are taken off.
fn next_run(page: &Page, rows: &mut Range<usize>) -> Option<Range<usize>> {
    let start = rows.next()?;
    let own = page.append_of().get(start);
    while page.append_of().get(rows.start) == own && rows.next().is_some() {}
    Some(start..rows.start)
}

/// Whether these rows have all events of an append.
fn is_whole(page: &Page, rows: &Range<usize>, origin: &Origin) -> bool {
    let positions = page.positions().get(rows.clone()).unwrap_or_default();
    positions.iter().copied().eq(origin.first.0..=origin.last.0)
}
