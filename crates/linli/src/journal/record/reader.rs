//! Bytes to events, checked before anything is believed.

use uuid::Uuid;

use super::bytes::{Bytes, TORN, Table, TagRun};
use super::matching::Chosen;
use super::{
    CHECKSUM_BYTES, FORMAT, HAS_CHECKPOINT, HAS_KEY, KNOWN_FLAGS, SEALED_DESTROYED, SEALED_KEYED,
    checksum,
};
use crate::journal::{
    Checkpoint, Content, Digest, Direction, IdempotencyKey, Limit, Origin, PageBuilder, Position,
    Query, Row, Sealed,
};

/// A record that is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct DamagedRecord {
    /// What is wrong with it.
    pub what: &'static str,
}

const NO_SUCH_TEXT: DamagedRecord =
    DamagedRecord { what: "a stored event names a type or tag that its append has not" };

/// A stored append whose checksum holds.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    first: Position,
    last: Position,
    key: Option<Key<'a>>,
    /// Its source and its position.
    checkpoint: Option<(&'a [u8], Position)>,
    metadata: &'a [u8],
    types: Table<'a>,
    tags: Table<'a>,
    events: Bytes<'a>,
}

impl<'a> Record<'a> {
    /// Opens the record that ends at `last`, checking it against its checksum.
    ///
    /// # Errors
    /// [`DamagedRecord`] if a bit of it, or its place in the journal, is not as it was written.
    pub fn open(last: Position, bytes: &'a [u8]) -> Result<Self, DamagedRecord> {
        let (body, crc) = bytes
            .len()
            .checked_sub(CHECKSUM_BYTES)
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or(TORN)?;
        let mut rest = Bytes(body);
        let (format, flags) = (rest.byte()?, rest.byte()?);
        if format != FORMAT || flags & !KNOWN_FLAGS != 0 {
            return Err(DamagedRecord { what: "the stored append has an unknown format" });
        }
        let events = rest.varint()?;
        let first = Position(last.0.wrapping_add(1).wrapping_sub(events as u64));
        if crc != checksum(first, body).to_le_bytes() {
            return Err(DamagedRecord { what: "the stored append fails its checksum" });
        }
        if events == 0 || events > Limit::EVENTS || first > last || first.0 == 0 {
            return Err(DamagedRecord { what: "the stored append has no such number of events" });
        }
        let key = if flags & HAS_KEY == 0 { None } else { Some(Key::read(&mut rest, flags)?) };
        let checkpoint = match flags & HAS_CHECKPOINT {
            0 => None,
            _ => Some((rest.run()?, Position(u64::from_le_bytes(*rest.array()?)))),
        };
        let metadata = rest.run()?;
        let (types, tags) = (rest.table()?, rest.table()?);
        Ok(Self { first, last, key, checkpoint, metadata, types, tags, events: rest })
    }

    /// Position of its first event.
    #[must_use]
    pub fn first(&self) -> Position {
        self.first
    }

    /// Position of its last event.
    #[must_use]
    pub fn last(&self) -> Position {
        self.last
    }

    /// How many events it has.
    #[must_use]
    pub fn events_n(&self) -> u64 {
        self.last.0.saturating_sub(self.first.0).saturating_add(1)
    }

    /// Its key and content, if it has one.
    #[must_use]
    pub fn key(&self) -> Option<(IdempotencyKey, Content)> {
        let Key { id, clear, sealed } = self.key?;
        let sealed = match sealed {
            SealedForm::Nothing => Sealed::Nothing,
            SealedForm::Keyed(digest) => Sealed::Keyed(*digest),
            SealedForm::Destroyed => Sealed::KeyDestroyed,
        };
        Some((IdempotencyKey(Uuid::from_bytes(*id)), Content { clear: *clear, sealed }))
    }

    /// How far it took an upstream source in: the source's name and the position there.
    #[must_use]
    pub fn checkpoint(&self) -> Option<(&'a [u8], Position)> {
        self.checkpoint
    }

    fn origin(&self) -> Result<Origin, DamagedRecord> {
        let checkpoint = match self.checkpoint {
            None => None,
            Some((source, position)) => {
                Some(Checkpoint { source: utf8(source)?.to_owned(), position })
            }
        };
        Ok(Origin { first: self.first, last: self.last, key: self.key(), checkpoint })
    }

    /// The distinct types of its events, in byte order.
    pub fn types(&self) -> impl Iterator<Item = &'a [u8]> {
        self.types.texts()
    }

    /// The distinct tags of its events, in byte order.
    pub fn tags(&self) -> impl Iterator<Item = &'a [u8]> {
        self.tags.texts()
    }

    /// The position of its first event in `from..=until` that matches `query`.
    ///
    /// # Errors
    /// [`DamagedRecord`] where the record contradicts itself.
    pub fn first_match(
        &self,
        query: &Query,
        (from, until): (u64, u64),
    ) -> Result<Option<Position>, DamagedRecord> {
        let chosen = Chosen::of(query, self.types, self.tags);
        if chosen.is_nothing() {
            return Ok(None);
        }
        let mut events = self.events();
        while let Some(event) = events.next()? {
            let inside = (from..=until).contains(&event.position.0);
            if inside && chosen.takes(event.event_type, event.tags) {
                return Ok(Some(event.position));
            }
        }
        Ok(None)
    }

    /// Fills a page with its events in `from..=until` that match `query`, until the page is full.
    ///
    /// # Errors
    /// [`DamagedRecord`] where the record contradicts itself.
    pub fn fill(
        &self,
        page: &mut PageBuilder,
        query: &Query,
        range: (u64, u64),
        direction: Direction,
    ) -> Result<(), DamagedRecord> {
        let chosen = Chosen::of(query, self.types, self.tags);
        if chosen.is_nothing() {
            return Ok(());
        }
        self.number_texts(page)?;
        let mut events = self.events();
        match direction {
            Direction::Forwards => {
                while let Some(event) = events.next()? {
                    if page.is_full() {
                        break;
                    }
                    self.put(page, &chosen, range, &event)?;
                }
            }
            Direction::Backwards => {
                let mut all = Vec::new();
                while let Some(event) = events.next()? {
                    all.push(event);
                }
                for event in all.iter().rev() {
                    if page.is_full() {
                        break;
                    }
                    self.put(page, &chosen, range, event)?;
                }
            }
        }
        if page.wants_origins() {
            page.comes_from(self.first.0, self.origin()?);
        }
        Ok(())
    }

    /// Looks up the numbers that the record's types and tags have in the page. Neighbours often
    /// have the same types, and then there is nothing to look up.
    fn number_texts(&self, page: &mut PageBuilder) -> Result<(), DamagedRecord> {
        if page.numbers.type_table != self.types.raw() {
            page.numbers.types.clear();
            for text in self.types.texts() {
                let number = page.event_type(utf8(text)?);
                page.numbers.types.push(number);
            }
            page.numbers.type_table.clear();
            page.numbers.type_table.extend_from_slice(self.types.raw());
        }
        if page.wants_ids_and_tags() {
            page.numbers.tags.clear();
            for text in self.tags.texts() {
                let number = page.tag(utf8(text)?);
                page.numbers.tags.push(number);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn put(
        &self,
        page: &mut PageBuilder,
        chosen: &Chosen,
        (from, until): (u64, u64),
        event: &Stored<'_>,
    ) -> Result<(), DamagedRecord> {
        let inside = (from..=until).contains(&event.position.0);
        if !inside || !chosen.takes(event.event_type, event.tags) {
            return Ok(());
        }
        let mut tags = Vec::new();
        if page.wants_ids_and_tags() {
            tags = std::mem::take(&mut page.numbers.row_tags);
            tags.clear();
            for tag in event.tags.numbers() {
                tags.push(*page.numbers.tags.get(tag).ok_or(NO_SUCH_TEXT)?);
            }
        }
        let row = Row {
            position: event.position,
            id: event.id,
            event_type: *page.numbers.types.get(event.event_type).ok_or(NO_SUCH_TEXT)?,
            tags: &tags,
            metadata: event.metadata,
            payload: event.payload,
        };
        page.push(self.first.0, self.metadata, &row);
        page.numbers.row_tags = tags;
        Ok(())
    }

    fn events(&self) -> Events<'a, '_> {
        Events { record: self, rest: self.events, position: self.first.0 }
    }
}

struct Events<'a, 'r> {
    record: &'r Record<'a>,
    rest: Bytes<'a>,
    position: u64,
}

impl<'a> Events<'a, '_> {
    #[inline(always)]
    fn next(&mut self) -> Result<Option<Stored<'a>>, DamagedRecord> {
        let position = self.position;
        if position > self.record.last.0 {
            return Ok(None);
        }
        let event_type = self.rest.varint()?;
        let tags = TagRun::read(&mut self.rest)?;
        let id = match (self.rest.byte()?, &self.record.key) {
            (0, Some(Key { id, .. })) => {
                let index = position.wrapping_sub(self.record.first.0);
                let key = IdempotencyKey(Uuid::from_bytes(**id));
                key.event_id(usize::try_from(index).unwrap_or(usize::MAX))
            }
            (0, None) => Uuid::nil(),
            _ => Uuid::from_bytes(*self.rest.array()?),
        };
        let (metadata, payload) = (self.rest.run()?, self.rest.run()?);
        self.position = position.saturating_add(1);
        Ok(Some(Stored { position: Position(position), event_type, tags, id, metadata, payload }))
    }
}

struct Stored<'a> {
    position: Position,
    event_type: usize,
    tags: TagRun<'a>,
    id: Uuid,
    metadata: &'a [u8],
    payload: &'a [u8],
}

/// A key and its content, as they lie there.
#[derive(Clone, Copy, Debug)]
struct Key<'a> {
    id: &'a [u8; 16],
    clear: &'a Digest,
    sealed: SealedForm<'a>,
}

#[derive(Clone, Copy, Debug)]
enum SealedForm<'a> {
    Nothing,
    Keyed(&'a Digest),
    Destroyed,
}

impl<'a> Key<'a> {
    #[inline(always)]
    fn read(rest: &mut Bytes<'a>, flags: u8) -> Result<Self, DamagedRecord> {
        let (id, clear) = (rest.array()?, rest.array()?);
        let sealed = match flags & (SEALED_KEYED | SEALED_DESTROYED) {
            0 => SealedForm::Nothing,
            SEALED_KEYED => SealedForm::Keyed(rest.array()?),
            _ => SealedForm::Destroyed,
        };
        Ok(Self { id, clear, sealed })
    }
}

fn utf8(text: &[u8]) -> Result<&str, DamagedRecord> {
    std::str::from_utf8(text).map_err(|_| DamagedRecord { what: "a stored text is not UTF-8" })
}
