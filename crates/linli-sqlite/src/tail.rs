//! The tail: the last appends, which no entry of the index names yet, by name and in memory.
//!
//! An append enters the index together with some hundred others: sorted by name they share
//! searches, pages and a flush. Until then whoever looks for a name has read them through; each
//! connection does so once and goes on from there.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use linli::journal::record::{Record, tags_of};
use linli::journal::{Append, Direction, Position};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::index;
use crate::query::{Span, scan};

/// So many appends enter the index together; more, where one transaction writes more.
const MOST_APPENDS: usize = 256;
/// In a short journal fewer: an eighth of what its positions are, but no less than this.
const LEAST_APPENDS: usize = 8;
/// In bytes; an append that is larger enters the index at once, and all others with it. So no
/// reader has more than 4 MiB to look through.
const LARGE_APPEND: usize = 16 * 1024;

/// What a connection knows of the appends behind the index.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// The last position that the index covers.
    entered: i64,
    /// The last position that is known here.
    until: i64,
    /// Under each name the appends, by the position of their last event.
    names: BTreeMap<Vec<u8>, Vec<i64>>,
    appends: usize,
    has_large: bool,
}

impl Tail {
    /// Reads what stands behind the index, as far as it is not known yet.
    pub(crate) fn bring_up(
        &mut self,
        connection: &Connection,
        last: Option<Position>,
    ) -> Result<(), Trouble> {
        let head = last.map_or(0, |last| last.0.cast_signed());
        if head == self.until && head > 0 {
            // The index goes further only with an append.
            return Ok(());
        }
        let entered = index::entered(connection, head)?;
        if entered != self.entered || head < self.until {
            *self = Self { entered, until: entered, ..Self::default() };
        }
        let range = (self.until.saturating_add(1).cast_unsigned(), u64::MAX);
        let Some(span) = Span::of(connection, last, range)? else { return Ok(()) };
        let read = scan(connection, span, Direction::Forwards, &mut |record| {
            self.take_in(record);
            Ok(ControlFlow::Continue(()))
        });
        // A tail that lacks an append is none.
        read.map(drop).inspect_err(|_| *self = Self::default())
    }

    fn take_in(&mut self, record: &Record<'_>) {
        self.put(record.last().0.cast_signed(), names_of(record));
    }

    /// Adds an append that was just written, with the bytes of its record.
    pub(crate) fn add(&mut self, append: &Append, last: i64, bytes: usize) {
        let tags = tags_of(append).into_iter().map(|tag| index::of_tag(tag.as_bytes()));
        let key = append.key.map(index::of_key);
        let source =
            append.checkpoint.as_ref().map(|from| index::of_source(from.source.as_bytes()));
        self.put(last, tags.chain(key).chain(source));
        self.has_large |= bytes > LARGE_APPEND;
    }

    fn put(&mut self, last: i64, names: impl IntoIterator<Item = Vec<u8>>) {
        for name in names {
            self.names.entry(name).or_default().push(last);
        }
        self.until = last;
        self.appends = self.appends.saturating_add(1);
    }

    /// Whether it is time to enter the index.
    pub(crate) fn is_full(&self) -> bool {
        let share = usize::try_from(self.until / 8).unwrap_or(usize::MAX);
        self.has_large || self.appends >= share.clamp(LEAST_APPENDS, MOST_APPENDS)
    }

    /// Enters the index with all appends, in the transaction that is open, and is empty then.
    pub(crate) fn enter(&mut self, connection: &Connection) -> Result<(), Trouble> {
        index::cover(connection, (self.entered, self.until))?;
        index::enter(connection, self.all())?;
        let until = self.until;
        *self = Self { entered: until, until, ..Self::default() };
        Ok(())
    }

    /// The last position that the index covers.
    pub(crate) fn entered(&self) -> i64 {
        self.entered
    }

    /// Every name of every append here.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&[u8], i64)> {
        self.names
            .iter()
            .flat_map(|(name, appends)| appends.iter().map(move |last| (name.as_slice(), *last)))
    }

    /// The appends of a range that stand under a name, in order.
    pub(crate) fn of<'t>(
        &'t self,
        name: &[u8],
        (low, high): (i64, i64),
    ) -> impl DoubleEndedIterator<Item = i64> + use<'t> {
        let appends = self.names.get(name).map_or(&[][..], Vec::as_slice);
        let from = appends.partition_point(|last| *last < low);
        let until = appends.partition_point(|last| *last <= high);
        appends.get(from..until).unwrap_or_default().iter().copied()
    }
}

/// The names under which an append is found.
pub(crate) fn names_of(record: &Record<'_>) -> Vec<Vec<u8>> {
    let tags = record.tags().map(index::of_tag);
    let key = record.key().map(|(key, _)| index::of_key(key));
    let source = record.checkpoint().map(|(source, _)| index::of_source(source));
    tags.chain(key).chain(source).collect()
}
