//! The appends of a journal as they were handed over, one by one: what a copy or a proof reads.

use std::collections::VecDeque;
use std::ops::Range;

use super::{
    Append, Blocking, Columns, Corruption, Event, Page, Position, Query, ReadError, ReadOptions,
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
        self.next_of_rows(&mut |_, _| {})
    }
}

impl Appends<'_> {
    /// Only those up to `until`, which is the last position of one.
    #[must_use]
    pub fn until(mut self, until: Option<Position>) -> Self {
        self.until = until;
        self
    }

    /// The next append; `tell` hears of each of its events before, by the row of a page that it
    /// stood in, and maybe of those of later appends.
    pub(crate) fn next_of_rows(
        &mut self,
        tell: &mut dyn FnMut(&Page, usize),
    ) -> Option<Result<Whole, ReadError>> {
        if self.read.is_empty()
            && !self.is_done
            && let Err(error) = self.refill(tell)
        {
            self.is_done = true;
            return Some(Err(error));
        }
        self.read.pop_front().map(Ok)
    }

    fn refill(&mut self, tell: &mut dyn FnMut(&Page, usize)) -> Result<(), ReadError> {
        let options = ReadOptions::forwards().columns(Columns::WithOrigins);
        let page = self.journal.read(&Query::all(), options.after(self.after).until(self.until))?;
        self.until = self.until.or(page.head());
        self.is_done = page.next().is_none();
        let mut rows = page.indexes();
        while let Some(append) = next_run(&page, &mut rows) {
            let is_last = rows.is_empty() && !self.is_done;
            match whole(&page, append.clone()) {
                Some(whole) => {
                    append.for_each(|row| tell(&page, row));
                    self.after = Some(whole.last());
                    self.read.push_back(whole);
                }
                // Cut by the page's end: the next page begins with it.
                None if is_last && !self.read.is_empty() => {}
                None => {
                    let position = page.positions().get(append.start).copied().unwrap_or(0);
                    let what = "an append is not whole";
                    return Err(Corruption::of_journal(Position(position), what).into());
                }
            }
        }
        Ok(())
    }
}

/// The rows of the append that the first of `rows` belongs to; they are taken off.
fn next_run(page: &Page, rows: &mut Range<usize>) -> Option<Range<usize>> {
    let start = rows.next()?;
    let own = page.append_of().get(start);
    while page.append_of().get(rows.start) == own && rows.next().is_some() {}
    Some(start..rows.start)
}

/// The append in these rows, if all of its events are there.
fn whole(page: &Page, rows: Range<usize>) -> Option<Whole> {
    let origin = page.origin(rows.start)?;
    let positions = page.positions().get(rows.clone())?;
    if !positions.iter().copied().eq(origin.first.0..=origin.last.0) {
        return None;
    }
    let key = origin.key.map(|(key, _)| key);
    let mut events = Vec::with_capacity(rows.len());
    for (index, row) in rows.clone().enumerate() {
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
        metadata: page.append_metadata(rows.start)?.to_vec(),
        checkpoint: origin.checkpoint.clone(),
    };
    Some(Whole { first: origin.first, append })
}
