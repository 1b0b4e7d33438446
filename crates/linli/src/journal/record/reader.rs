//! Bytes to events, checked before anything is believed.

use uuid::Uuid;

use super::{CHECKSUM_BYTES, FORMAT, HAS_KEY, SEALED_DESTROYED, SEALED_KEYED, checksum};
use crate::journal::{
    Content, Digest, Direction, IdempotencyKey, PageBuilder, Position, Query, Row, Sealed,
};

/// A record that is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct DamagedRecord {
    /// What is wrong with it.
    pub what: &'static str,
}

const TORN: DamagedRecord = DamagedRecord { what: "the stored append ends too early" };

/// A stored append whose checksum holds.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    first: Position,
    events: usize,
    key: Option<(IdempotencyKey, Content)>,
    metadata: &'a [u8],
    types: Vec<&'a str>,
    tags: Vec<&'a str>,
    rest: Bytes<'a>,
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
        if rest.byte()? != FORMAT {
            return Err(DamagedRecord { what: "the stored append has an unknown format" });
        }
        let flags = rest.byte()?;
        let events = rest.varint()?;
        let first = Position(last.0.wrapping_add(1).wrapping_sub(events as u64));
        if crc != checksum(first, body).to_le_bytes() {
            return Err(DamagedRecord { what: "the stored append fails its checksum" });
        }
        let key = if flags & HAS_KEY == 0 { None } else { Some(read_key(&mut rest, flags)?) };
        let metadata = rest.run()?;
        let types = rest.table()?;
        let tags = rest.table()?;
        Ok(Self { first, events, key, metadata, types, tags, rest })
    }

    /// Position of its first event.
    #[must_use]
    pub fn first(&self) -> Position {
        self.first
    }

    /// Its key and content, if it has one.
    #[must_use]
    pub fn key(&self) -> Option<&(IdempotencyKey, Content)> {
        self.key.as_ref()
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
        if self.cannot_match(query) {
            return Ok(None);
        }
        let mut events = self.events();
        while let Some(event) = events.next()? {
            let position = event.position.0;
            if (from..=until).contains(&position) && event.matches(self, query) {
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
        (from, until): (u64, u64),
        direction: Direction,
    ) -> Result<(), DamagedRecord> {
        if self.cannot_match(query) {
            return Ok(());
        }
        let types: Vec<u32> = self.types.iter().map(|text| page.event_type(text)).collect();
        let tags: Vec<u32> = if page.wants_ids_and_tags() {
            self.tags.iter().map(|text| page.tag(text)).collect()
        } else {
            Vec::new()
        };
        let mut row_tags = Vec::new();
        let mut put = |page: &mut PageBuilder, event: &Stored<'_>| {
            let inside = (from..=until).contains(&event.position.0);
            if page.is_full() || !inside || !event.matches(self, query) {
                return;
            }
            row_tags.clear();
            row_tags.extend(event.tags.numbers().filter_map(|tag| tags.get(tag).copied()));
            let row = Row {
                position: event.position,
                id: event.id,
                event_type: types.get(event.event_type).copied().unwrap_or_default(),
                tags: &row_tags,
                metadata: event.metadata,
                payload: event.payload,
            };
            page.push(self.first.0, self.metadata, &row);
        };
        let mut events = self.events();
        match direction {
            Direction::Forwards => {
                while let Some(event) = events.next()? {
                    put(page, &event);
                }
            }
            Direction::Backwards => {
                let mut all = Vec::with_capacity(self.events);
                while let Some(event) = events.next()? {
                    all.push(event);
                }
                all.iter().rev().for_each(|event| put(page, event));
            }
        }
        Ok(())
    }

    /// Whether the tables alone show that no event matches.
    fn cannot_match(&self, query: &Query) -> bool {
        let possible = |item: &crate::journal::QueryItem| {
            (item.types.is_empty() || self.types.iter().any(|t| item.types.iter().any(|i| i == t)))
                && item.tags.iter().all(|tag| self.tags.contains(&tag.as_str()))
        };
        !query.items.is_empty() && !query.items.iter().any(possible)
    }

    fn events(&self) -> Events<'a, '_> {
        Events { record: self, rest: self.rest, index: 0 }
    }
}

struct Events<'a, 'r> {
    record: &'r Record<'a>,
    rest: Bytes<'a>,
    index: usize,
}

impl<'a> Events<'a, '_> {
    fn next(&mut self) -> Result<Option<Stored<'a>>, DamagedRecord> {
        if self.index == self.record.events {
            return Ok(None);
        }
        let event_type = self.rest.varint()?;
        let count = self.rest.varint()?;
        let tags = TagRun { rest: self.rest, count };
        for _ in 0..count {
            self.rest.varint()?;
        }
        let id = match (self.rest.byte()?, &self.record.key) {
            (0, Some((key, _))) => key.event_id(self.index),
            (0, None) => Uuid::nil(),
            _ => Uuid::from_bytes(self.rest.array()?),
        };
        let position = Position(self.record.first.0.wrapping_add(self.index as u64));
        let (metadata, payload) = (self.rest.run()?, self.rest.run()?);
        self.index = self.index.saturating_add(1);
        Ok(Some(Stored { position, event_type, tags, id, metadata, payload }))
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

impl Stored<'_> {
    fn matches(&self, record: &Record<'_>, query: &Query) -> bool {
        if query.items.is_empty() {
            return true;
        }
        let event_type = record.types.get(self.event_type).copied().unwrap_or_default();
        query.matches(event_type, |tag| {
            self.tags.numbers().any(|number| record.tags.get(number) == Some(&tag))
        })
    }
}

#[derive(Clone, Copy)]
struct TagRun<'a> {
    rest: Bytes<'a>,
    count: usize,
}

impl<'a> TagRun<'a> {
    fn numbers(&self) -> impl Iterator<Item = usize> + use<'a> {
        let mut rest = self.rest;
        (0..self.count).map_while(move |_| rest.varint().ok())
    }
}

fn read_key(rest: &mut Bytes<'_>, flags: u8) -> Result<(IdempotencyKey, Content), DamagedRecord> {
    let key = IdempotencyKey(Uuid::from_bytes(rest.array()?));
    let clear: Digest = rest.array()?;
    let sealed = match flags & (SEALED_KEYED | SEALED_DESTROYED) {
        0 => Sealed::Nothing,
        SEALED_KEYED => Sealed::Keyed(rest.array()?),
        _ => Sealed::KeyDestroyed,
    };
    Ok((key, Content { clear, sealed }))
}

/// What has not been read yet.
#[derive(Clone, Copy, Debug)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Result<u8, DamagedRecord> {
        let (byte, rest) = self.0.split_first().ok_or(TORN)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8], DamagedRecord> {
        let (run, rest) = self.0.split_at_checked(bytes).ok_or(TORN)?;
        self.0 = rest;
        Ok(run)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DamagedRecord> {
        self.take(N)?.try_into().map_err(|_| TORN)
    }

    fn varint(&mut self) -> Result<usize, DamagedRecord> {
        let mut number = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DamagedRecord { what: "a number in the stored append is too long" })
    }

    fn run(&mut self) -> Result<&'a [u8], DamagedRecord> {
        let bytes = self.varint()?;
        self.take(bytes)
    }

    fn table(&mut self) -> Result<Vec<&'a str>, DamagedRecord> {
        let entries = self.varint()?;
        let mut table = Vec::with_capacity(entries.min(self.0.len()));
        for _ in 0..entries {
            let text = std::str::from_utf8(self.run()?);
            table.push(text.map_err(|_| DamagedRecord { what: "a stored text is not UTF-8" })?);
        }
        Ok(table)
    }
}
