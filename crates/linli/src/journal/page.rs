//! A page: events as columns, bounded in size whatever the journal holds.

use std::fmt;
use std::ops::Range;

use foldhash::HashMap;
use uuid::Uuid;

use super::{Columns, EventView, Limit, Origin, Position, ReadOptions};

/// Texts by number, each kept once.
#[derive(Clone, Default)]
pub struct Dictionary {
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    bytes: usize,
}

impl Dictionary {
    /// The text with this number.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(number as usize).map(AsRef::as_ref)
    }

    /// The number of this text, if it is here.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<u32> {
        // A page has few types, and to compare them is quicker than to hash one.
        if self.texts.len() <= 4 {
            let place = self.texts.iter().position(|known| **known == *text)?;
            return u32::try_from(place).ok();
        }
        self.numbers.get(text).copied()
    }

    /// All texts, in the order of their numbers.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// The number of `text`, which is taken in if it is new.
    pub fn take(&mut self, text: &str) -> u32 {
        if let Some(number) = self.number(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.bytes = self.bytes.saturating_add(text.len());
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.texts()).finish()
    }
}

/// A column of byte runs: one buffer, and where each run ends.
#[derive(Clone, Debug, Default)]
pub struct Column {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Column {
    /// The run at `index`.
    #[must_use]
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(index)? as usize)
    }

    /// All runs, one behind the other.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where each run ends in [`Column::bytes`].
    #[must_use]
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    #[inline(always)]
    fn push(&mut self, run: &[u8]) {
        self.bytes.extend_from_slice(run);
        // A page is bounded far below 4 GiB.
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }
}

/// Events in columns, with the head of the journal at the moment they were read.
#[derive(Clone, Debug, Default)]
pub struct Page {
    head: Option<Position>,
    next: Option<Position>,
    positions: Vec<u64>,
    ids: Vec<Uuid>,
    types: Dictionary,
    type_of: Vec<u32>,
    tags: Dictionary,
    tag_of: Vec<u32>,
    tag_ends: Vec<u32>,
    append_metadata: Column,
    append_of: Vec<u32>,
    origins: Vec<Origin>,
    metadata: Column,
    payload: Column,
}

impl Page {
    /// The position of the journal's last event, taken in the same snapshot before the rows.
    #[must_use]
    pub fn head(&self) -> Option<Position> {
        self.head
    }

    /// Where to go on: give it as `after` for the next page. `None`: there is nothing more.
    #[must_use]
    pub fn next(&self) -> Option<Position> {
        self.next
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether it holds no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// The positions, one an event.
    #[must_use]
    pub fn positions(&self) -> &[u64] {
        &self.positions
    }

    /// The types that occur; [`Page::type_of`] gives each event's number in it.
    #[must_use]
    pub fn types(&self) -> &Dictionary {
        &self.types
    }

    /// The number of each event's type.
    #[must_use]
    pub fn type_of(&self) -> &[u32] {
        &self.type_of
    }

    /// Which append each event belongs to, by a number that means nothing outside the page.
    #[must_use]
    pub fn append_of(&self) -> &[u32] {
        &self.append_of
    }

    /// What the append of the event at `index` states once for all its events.
    #[must_use]
    #[inline(always)]
    pub fn append_metadata(&self, index: usize) -> Option<&[u8]> {
        self.append_metadata.get(*self.append_of.get(index)? as usize)
    }

    /// What the append of the event at `index` was written with, where that was asked for.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<&Origin> {
        self.origins.get(*self.append_of.get(index)? as usize)
    }

    /// The tags that occur, where they were asked for.
    #[must_use]
    pub fn tag_dictionary(&self) -> &Dictionary {
        &self.tags
    }

    /// The events' own metadata.
    #[must_use]
    pub fn metadata(&self) -> &Column {
        &self.metadata
    }

    /// The events' payloads.
    #[must_use]
    pub fn payload(&self) -> &Column {
        &self.payload
    }

    /// The tags of the event at `index`, sorted; none where they were not asked for.
    pub fn tags(&self, index: usize) -> impl Iterator<Item = &str> {
        let start = index.checked_sub(1).and_then(|before| self.tag_ends.get(before)).copied();
        let end = self.tag_ends.get(index).copied().unwrap_or(0);
        let run = self.tag_of.get(start.unwrap_or(0) as usize..end as usize).unwrap_or_default();
        run.iter().filter_map(|tag| self.tags.text(*tag))
    }

    /// The event at `index`. Its id is nil where ids were not asked for.
    #[must_use]
    #[inline(always)]
    pub fn event(&self, index: usize) -> Option<EventView<'_>> {
        Some(EventView {
            position: Position(*self.positions.get(index)?),
            id: self.ids.get(index).copied().unwrap_or(Uuid::nil()),
            event_type: self.types.text(*self.type_of.get(index)?)?,
            append_metadata: self.append_metadata.get(*self.append_of.get(index)? as usize)?,
            metadata: self.metadata.get(index)?,
            payload: self.payload.get(index)?,
        })
    }

    /// The events in the order in which they were read.
    #[inline(always)]
    pub fn events(&self) -> impl Iterator<Item = EventView<'_>> {
        (0..self.len()).filter_map(|index| self.event(index))
    }

    /// The indexes of the events, for columns that are read side by side.
    #[must_use]
    pub fn indexes(&self) -> Range<usize> {
        0..self.len()
    }
}

/// What an event's metadata, or its payload, seldom exceeds; a guess that costs nothing if wrong.
const COMMON_BYTES: usize = 32;

/// Fills a page: for those who write a store.
#[derive(Debug)]
pub struct PageBuilder {
    page: Page,
    columns: Columns,
    limit: usize,
    seen: Option<Position>,
    open_append: Option<u64>,
    pub(super) numbers: Numbers,
}

/// The numbers that the types and tags of the append at hand have in a page. Kept from append to
/// append, so that a page allocates for its columns only.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The stored form of the types that `types` belongs to.
    pub(super) type_table: Vec<u8>,
    pub(super) types: Vec<u32>,
    pub(super) tags: Vec<u32>,
    pub(super) row_tags: Vec<u32>,
}

impl PageBuilder {
    /// A page that will hold what `options` ask for. `head` comes from the same snapshot as the
    /// rows, and is read before them.
    #[must_use]
    pub fn new(head: Option<Position>, options: &ReadOptions) -> Self {
        let limit = options.limit.unwrap_or(Limit::PAGE_EVENTS).min(Limit::PAGE_EVENTS);
        let page = Page { head, ..Page::default() };
        let (columns, numbers) = (options.columns, Numbers::default());
        Self { page, columns, limit, seen: None, open_append: None, numbers }
    }

    /// Makes room for so many events, where it is known that many will come.
    pub fn reserve(&mut self, events: usize) {
        let events = events.min(self.limit);
        let page = &mut self.page;
        page.positions.reserve(events);
        page.type_of.reserve(events);
        page.append_of.reserve(events);
        for column in [&mut page.metadata, &mut page.payload] {
            column.ends.reserve(events);
            column.bytes.reserve(events.saturating_mul(COMMON_BYTES));
        }
    }

    /// Whether nothing more goes in.
    #[must_use]
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        let page = &self.page;
        let columns = [&page.payload, &page.metadata, &page.append_metadata];
        let texts = [&page.types, &page.tags].map(|dictionary| dictionary.bytes);
        let bytes = columns.map(|column| column.bytes.len()).into_iter().chain(texts);
        page.len() >= self.limit || bytes.fold(0, usize::saturating_add) >= Limit::PAGE_BYTES
    }

    /// Whether an append of so many events would be cut by the page's end although nobody asked
    /// for an end there: it then begins the next page, instead of being read for both.
    #[must_use]
    pub fn leaves_to_the_next(&self, events: u64) -> bool {
        let room = Limit::PAGE_EVENTS.saturating_sub(self.page.len());
        self.limit == Limit::PAGE_EVENTS
            && !self.page.is_empty()
            && usize::try_from(events).is_ok_and(|events| room < events)
    }

    /// Whether ids and tags are wanted.
    #[must_use]
    pub fn wants_ids_and_tags(&self) -> bool {
        self.columns != Columns::WithoutIdsAndTags
    }

    /// Whether [`PageBuilder::comes_from`] is wanted for each append.
    #[must_use]
    pub fn wants_origins(&self) -> bool {
        self.columns == Columns::WithOrigins
    }

    /// Says what `append` was written with, after its events were taken in. An append of which
    /// nothing was taken in is passed over.
    pub fn comes_from(&mut self, append: u64, origin: Origin) {
        let page = &mut self.page;
        if self.open_append == Some(append) && page.origins.len() < page.append_metadata.ends.len()
        {
            page.origins.push(origin);
        }
    }

    /// The number of a type in this page.
    pub fn event_type(&mut self, text: &str) -> u32 {
        self.page.types.take(text)
    }

    /// The number of a tag in this page.
    pub fn tag(&mut self, text: &str) -> u32 {
        self.page.tags.take(text)
    }

    /// Takes an event in. `append` tells appends apart (any number that is its own), and
    /// `append_metadata` is what the events of that append share.
    #[inline(always)]
    pub fn push(&mut self, append: u64, append_metadata: &[u8], event: &Row<'_>) {
        let page = &mut self.page;
        if self.open_append != Some(append) {
            self.open_append = Some(append);
            page.append_metadata.push(append_metadata);
        }
        let open = page.append_metadata.ends.len().saturating_sub(1);
        page.append_of.push(u32::try_from(open).unwrap_or(u32::MAX));
        page.positions.push(event.position.0);
        page.type_of.push(event.event_type);
        if self.columns != Columns::WithoutIdsAndTags {
            page.ids.push(event.id);
            page.tag_of.extend_from_slice(event.tags);
            page.tag_ends.push(u32::try_from(page.tag_of.len()).unwrap_or(u32::MAX));
        }
        page.metadata.push(event.metadata);
        page.payload.push(event.payload);
        self.seen = Some(event.position);
    }

    /// How far has been looked: the last event taken in, or what was noted since.
    #[must_use]
    pub fn seen(&self) -> Option<Position> {
        self.seen
    }

    /// Notes that everything up to `position`, in the direction of reading, has been looked at.
    pub fn looked_at(&mut self, position: Position) {
        self.seen = Some(position);
    }

    /// The finished page: nothing more matches.
    #[must_use]
    pub fn last(self) -> Page {
        self.page
    }

    /// The finished page: more may follow behind what has been looked at.
    #[must_use]
    pub fn more(mut self) -> Page {
        self.page.next = self.seen;
        self.page
    }
}

/// One event on its way into a page.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Where it stands.
    pub position: Position,
    /// Its id.
    pub id: Uuid,
    /// The number of its type, from [`PageBuilder::event_type`].
    pub event_type: u32,
    /// The numbers of its tags, from [`PageBuilder::tag`].
    pub tags: &'a [u32],
    /// Its own envelope.
    pub metadata: &'a [u8],
    /// What happened.
    pub payload: &'a [u8],
}
