//! The index: which appends hold a tag, a key or a checkpoint of a source. All names stand in one
//! table in byte order, and each entry is bound to the one behind it.
//!
//! The bond is a checksum over both entries' names and places. Whoever looks for a name reads from
//! the entry before it to the entry behind it, so that an entry that is gone, altered or not found
//! shows, and so does a name that is said to have none. The first entry and the last are of no
//! append and always there; the first says how far the index covers the journal. What stands behind
//! that is the [`Tail`].

use std::cmp::Ordering;
use std::collections::VecDeque;

use linli::journal::{Direction, IdempotencyKey, Name};
use rusqlite::{Connection, Row, Rows};

use crate::error::Trouble;
use crate::tail::Tail;

// Each place is bound, not selected: only so does SQLite seek by both columns.
const BEFORE: &str = "SELECT name, last, bond FROM entry WHERE (name, last) < (?1, ?2) \
    ORDER BY name DESC, last DESC LIMIT 1";
const BEHIND: &str = "SELECT name, last, bond FROM entry WHERE (name, last) > (?1, ?2) \
    ORDER BY name, last LIMIT 1";
const AROUND: &str = "SELECT * FROM (SELECT name, last, bond FROM entry \
    WHERE (name, last) < (?1, ?2) ORDER BY name DESC, last DESC LIMIT 1) UNION ALL \
    SELECT * FROM (SELECT name, last, bond FROM entry \
    WHERE (name, last) > (?1, ?2) ORDER BY name, last LIMIT 1)";
const BEGIN: &str = "SELECT name, last, bond FROM entry ORDER BY name, last LIMIT 2";
pub(crate) const UP_FROM: &str = "SELECT name, last, bond FROM entry \
    WHERE (name, last) >= (?1, ?2) ORDER BY name, last LIMIT ?3";
pub(crate) const DOWN_FROM: &str = "SELECT name, last, bond FROM entry \
    WHERE (name, last) <= (?1, ?2) ORDER BY name DESC, last DESC LIMIT ?3";
const INSERT: &str = "INSERT INTO entry(name, last, bond) VALUES (?1, ?2, ?3)";
const BIND: &str = "UPDATE entry SET bond = ?3 WHERE name = ?1 AND last = ?2";
const COVER: &str = "UPDATE entry SET last = ?3, bond = ?4 WHERE name = ?1 AND last = ?2";

/// Below every name; the first entry stands under it, with the last position that the index covers.
const LOWEST: &[u8] = b"";
/// Above every name: those begin with a letter.
const LAST: (&[u8], i64) = (b"\xff", 0);

/// What a connection finds appends with: the entries, and what it knows of those that have none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) tail: &'c Tail,
}

/// The name under which the appends with a tag stand.
pub(crate) fn of_tag(tag: &[u8]) -> Vec<u8> {
    named(b't', tag)
}

/// The name under which the append of a key stands.
pub(crate) fn of_key(key: IdempotencyKey) -> Vec<u8> {
    named(b'k', key.0.as_bytes())
}

/// The name under which the appends that took a source in stand.
pub(crate) fn of_source(source: &[u8]) -> Vec<u8> {
    named(b's', source)
}

fn named(kind: u8, name: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(name.len().saturating_add(1));
    whole.push(kind);
    whole.extend_from_slice(name);
    whole
}

/// The two entries of an empty index.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(INSERT)?;
    let first = (LOWEST, 0);
    insert.execute((first.0, first.1, bond(first, LAST).as_slice()))?;
    insert.execute((LAST.0, LAST.1, bond(LAST, first).as_slice()))?;
    Ok(())
}

/// The last position that the index covers; `head` is the last that there is.
pub(crate) fn entered(connection: &Connection, head: i64) -> Result<i64, Trouble> {
    let mut statement = connection.prepare_cached(BEGIN)?;
    let (first, _) = pair(statement.query(())?, 1)?;
    let is_first = first.name == LOWEST && (0..=head).contains(&first.last);
    is_first.then_some(first.last).ok_or_else(|| broken(1))
}

/// Notes how far the index will cover the journal, and how far it did.
pub(crate) fn cover(connection: &Connection, (old, new): (i64, i64)) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(BEGIN)?;
    let (first, second) = pair(statement.query(())?, 1)?;
    let bound = bond((LOWEST, new), second.place());
    let mut cover = connection.prepare_cached(COVER)?;
    let covered = cover.execute((LOWEST, old, new, bound.as_slice()))?;
    if first.place() == (LOWEST, old) && covered == 1 { Ok(()) } else { Err(broken(old)) }
}

/// Enters appends under their names. The entries come in order; those between the same two that
/// are there already are bound as one run.
pub(crate) fn enter<'e>(
    connection: &Connection,
    entries: impl Iterator<Item = (&'e [u8], i64)>,
) -> Result<(), Trouble> {
    let mut around = connection.prepare_cached(AROUND)?;
    let mut bind = connection.prepare_cached(BIND)?;
    let mut insert = connection.prepare_cached(INSERT)?;
    let mut entries = entries.peekable();
    while let Some(mut new) = entries.next() {
        let (before, behind) = pair(around.query(new)?, new.1)?;
        if before.place() >= new || behind.place() <= new {
            return Err(broken(new.1));
        }
        let bound = bond(before.place(), new);
        if bind.execute((&before.name, before.last, bound.as_slice()))? != 1 {
            return Err(broken(new.1));
        }
        while let Some(next) = entries.next_if(|next| *next < behind.place()) {
            insert.execute((new.0, new.1, bond(new, next).as_slice()))?;
            new = next;
        }
        insert.execute((new.0, new.1, bond(new, behind.place()).as_slice()))?;
    }
    Ok(())
}

/// Two entries that are bound to each other.
fn pair(mut rows: Rows<'_>, position: i64) -> Result<(Entry, Entry), Trouble> {
    let mut next = || rows.next()?.map(Entry::read).transpose()?.ok_or_else(|| broken(position));
    let (before, behind) = (next()?, next()?);
    if before.is_bound_to(&behind) { Ok((before, behind)) } else { Err(broken(position)) }
}

/// The last append under a name.
pub(crate) fn newest(index: Index<'_>, name: &[u8]) -> Result<Option<i64>, Trouble> {
    let all = (0, i64::MAX);
    if let Some(last) = index.tail.of(name, all).next_back() {
        return Ok(Some(last));
    }
    let mut around = index.connection.prepare_cached(AROUND)?;
    let (before, behind) = pair(around.query((name, i64::MAX))?, 1)?;
    if before.place() > (name, i64::MAX) || behind.place() <= (name, i64::MAX) {
        return Err(broken(1));
    }
    Ok((before.name == name).then_some(before.last))
}

/// Reads the whole index from its first entry on, so many entries at a time, each time in a
/// snapshot of its own: entries come to be between others, and none goes.
#[derive(Debug)]
pub(crate) struct Through {
    /// The entry read last.
    at: Option<Entry>,
    is_done: bool,
}

impl Through {
    pub(crate) const fn new() -> Self {
        Self { at: None, is_done: false }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }

    /// Hands over the next entries, without the first of all and the last.
    pub(crate) fn next(
        &mut self,
        connection: &Connection,
        mut take: impl FnMut(&[u8], i64) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        const AT_ONCE: i64 = 4_096;
        let mut statement = connection.prepare_cached(UP_FROM)?;
        let from = self.at.as_ref().map_or((LOWEST, 0), Entry::place);
        let mut rows = statement.query((from.0, from.1, AT_ONCE))?;
        let mut before: Option<Entry> = None;
        while let Some(entry) = rows.next()?.map(Entry::read).transpose()? {
            let is_sound = match (&before, &self.at) {
                (Some(before), _) => before.place() < entry.place() && before.is_bound_to(&entry),
                (None, Some(at)) => at.place() == entry.place(),
                (None, None) => entry.name == LOWEST,
            };
            if !is_sound {
                return Err(broken(1));
            }
            self.is_done = entry.place() == LAST;
            if before.is_some() && !self.is_done {
                take(&entry.name, entry.last)?;
            }
            before = Some(entry);
        }
        // There always is a next one, but behind the last.
        let is_on = before.is_some() && (self.is_done || before.as_ref() != self.at.as_ref());
        self.at = before;
        if is_on { Ok(()) } else { Err(broken(1)) }
    }
}

/// A name as it stands; `None` where it is none.
pub(crate) fn read_name(name: &[u8]) -> Option<Name<'_>> {
    let (kind, name) = name.split_first()?;
    Some(match kind {
        b't' => Name::Tag(std::str::from_utf8(name).ok()?),
        b'k' => Name::Key(name.try_into().ok()?),
        b's' => Name::Source(std::str::from_utf8(name).ok()?),
        _ => return None,
    })
}

/// The appends under one name that end in a range, in order; read in batches that grow.
#[derive(Debug)]
pub(crate) struct Walk {
    name: Vec<u8>,
    low: i64,
    high: i64,
    direction: Direction,
    /// The entry read last, from which the next batch goes on.
    at: Option<Entry>,
    batch: usize,
    read: VecDeque<i64>,
    /// Those in the tail; they come behind all entries.
    late: VecDeque<i64>,
    is_done: bool,
}

impl Walk {
    pub(crate) fn new(
        tail: &Tail,
        name: Vec<u8>,
        (low, high): (i64, i64),
        direction: Direction,
    ) -> Self {
        let late = tail.of(&name, (low, high)).collect();
        let is_done = low > tail.entered();
        let read = VecDeque::new();
        Self { name, low, high, direction, at: None, batch: 16, read, late, is_done }
    }

    pub(crate) fn next(&mut self, connection: &Connection) -> Result<Option<i64>, Trouble> {
        if self.direction == Direction::Backwards
            && let Some(last) = self.late.pop_back()
        {
            return Ok(Some(last));
        }
        while self.read.is_empty() && !self.is_done {
            self.refill(connection)?;
        }
        Ok(self.read.pop_front().or_else(|| self.late.pop_front()))
    }

    fn refill(&mut self, connection: &Connection) -> Result<(), Trouble> {
        let (outside, edge, on) = match self.direction {
            Direction::Forwards => (BEFORE, self.low, UP_FROM),
            Direction::Backwards => (BEHIND, self.high, DOWN_FROM),
        };
        let is_on = self.at.is_some();
        let at = match self.at.take() {
            Some(at) => at,
            None => nearest(connection, outside, (&self.name, edge))?,
        };
        let mut statement = connection.prepare_cached(on)?;
        let mut rows = statement.query((&at.name, at.last, self.batch.cast_signed()))?;
        let start = at.place();
        let mut before: Option<Entry> = None;
        for row in 0..self.batch {
            let Some(entry) = rows.next()?.map(Entry::read).transpose()? else {
                return Err(broken(self.low));
            };
            let side = self.side_of(&entry);
            let is_sound = match (&before, self.direction) {
                (None, _) => entry.place() == start && (is_on || side == Ordering::Less),
                (Some(before), Direction::Forwards) => before.is_bound_to(&entry),
                (Some(before), Direction::Backwards) => entry.is_bound_to(before),
            };
            if !is_sound || (row > 0 && side == Ordering::Less) {
                return Err(broken(self.low));
            }
            if row > 0 && side == Ordering::Equal {
                self.read.push_back(entry.last);
            }
            self.is_done = side == Ordering::Greater;
            if self.is_done {
                return Ok(());
            }
            before = Some(entry);
        }
        self.at = before;
        self.batch = self.batch.saturating_mul(4).min(512);
        Ok(())
    }

    /// Whether an entry stands before the range, in it or behind it, in the direction of reading.
    fn side_of(&self, entry: &Entry) -> Ordering {
        let side = if entry.place() < (&*self.name, self.low) {
            Ordering::Less
        } else if entry.place() > (&*self.name, self.high) {
            Ordering::Greater
        } else {
            Ordering::Equal
        };
        match self.direction {
            Direction::Forwards => side,
            Direction::Backwards => side.reverse(),
        }
    }
}

/// The entry next to a place, before it or behind it; there always is one.
fn nearest(
    connection: &Connection,
    sql: &'static str,
    (name, last): (&[u8], i64),
) -> Result<Entry, Trouble> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((name, last))?;
    let entry = rows.next()?.map(Entry::read).transpose()?;
    entry.ok_or_else(|| broken(last))
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    name: Vec<u8>,
    last: i64,
    bond: [u8; 4],
}

impl Entry {
    fn read(row: &Row<'_>) -> Result<Self, Trouble> {
        let bond = row.get_ref(2)?.as_blob()?;
        Ok(Self {
            name: row.get_ref(0)?.as_blob()?.to_vec(),
            last: row.get_ref(1)?.as_i64()?,
            bond: bond.try_into().map_err(|_| broken(1))?,
        })
    }

    fn place(&self) -> (&[u8], i64) {
        (&self.name, self.last)
    }

    fn is_bound_to(&self, behind: &Self) -> bool {
        self.bond == bond(self.place(), behind.place())
    }
}

/// What an entry says of itself and of the one behind it.
fn bond(own: (&[u8], i64), behind: (&[u8], i64)) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    for (name, last) in [own, behind] {
        crc.update(&last.to_le_bytes());
        crc.update(&(name.len() as u64).to_le_bytes());
        crc.update(name);
    }
    crc.finalize().to_le_bytes()
}

/// Binds the entries as they stand, as somebody would who has altered some.
#[cfg(test)]
pub(crate) fn bind_all(connection: &Connection) {
    let mut all = connection.prepare("SELECT name, last, bond FROM entry").expect("a statement");
    let entries = all.query_map((), |row| Ok(Entry::read(row).expect("an entry")));
    let entries: Vec<Entry> = entries.expect("entries").collect::<Result<_, _>>().expect("each");
    let behind = entries.iter().skip(1).chain(entries.first());
    for (own, behind) in entries.iter().zip(behind) {
        let bound = bond(own.place(), behind.place());
        connection.execute(BIND, (&own.name, own.last, bound.as_slice())).expect("it is bound");
    }
}

pub(crate) fn broken(position: i64) -> Trouble {
    Trouble::corrupt(position.cast_unsigned().max(1), "the index is not as it was written")
}
