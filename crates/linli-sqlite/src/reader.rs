//! What is asked of a journal: a page, a receipt, a checkpoint. Each in one short snapshot.

use std::ops::ControlFlow;

use linli::journal::{
    Direction, IdempotencyKey, Page, PageBuilder, Position, Query, ReadOptions, Receipt,
};

use crate::error::Trouble;
use crate::index::{self, Index};
use crate::pool::Reader;
use crate::query::{Span, Walked, head, walk, with_record};

/// One page, with the head read first in the same snapshot.
pub(crate) fn page(
    reader: &mut Reader,
    query: &Query,
    options: &ReadOptions,
) -> Result<Page, Trouble> {
    // Ends with the page: a long reader would keep the log from being folded into the file.
    let snapshot = reader.connection.unchecked_transaction()?;
    let head = head(&snapshot)?;
    let mut page = PageBuilder::new(head, options);
    let range = options.range();
    let Some(span) = Span::of(&snapshot, head, range)? else { return Ok(page.last()) };
    if query.items.is_empty() {
        let events = span.until.saturating_sub(span.from).saturating_add(1);
        page.reserve(usize::try_from(events).unwrap_or(usize::MAX));
    }
    if query.items.iter().any(|item| !item.tags.is_empty()) {
        reader.tail.bring_up(&snapshot, head)?;
    }
    let index = Index { connection: &snapshot, tail: &reader.tail };
    let walked = walk(index, query, span, options.direction, &mut |record| {
        if page.is_full() || page.leaves_to_the_next(record.events_n()) {
            return Ok(ControlFlow::Break(()));
        }
        record.fill(&mut page, query, range, options.direction)?;
        Ok(ControlFlow::Continue(()))
    })?;
    let end = match options.direction {
        Direction::Forwards => span.until,
        Direction::Backwards => span.from,
    };
    let may_lack_some = page.is_full() && page.seen() != Some(Position(end));
    Ok(if walked == Walked::Stopped || may_lack_some { page.more() } else { page.last() })
}

/// Asks the index, and the appends that it names, in one snapshot.
pub(crate) fn asked<T>(
    reader: &mut Reader,
    ask: impl FnOnce(Index<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let snapshot = reader.connection.unchecked_transaction()?;
    let head = head(&snapshot)?;
    reader.tail.bring_up(&snapshot, head)?;
    ask(Index { connection: &snapshot, tail: &reader.tail })
}

/// What was first appended under a key.
pub(crate) fn receipt(index: Index<'_>, key: IdempotencyKey) -> Result<Option<Receipt>, Trouble> {
    let Some(last) = index::newest(index, &index::of_key(key))? else { return Ok(None) };
    let found = with_record(index.connection, last, |record| {
        let (first, last) = (record.first(), record.last());
        let own = record.key().filter(|(own, _)| *own == key);
        Ok(own.map(|(_, content)| Receipt { first, last, content }))
    })?;
    let what = "the index names an append with another key";
    found.map(Some).ok_or_else(|| Trouble::corrupt(last.cast_unsigned(), what))
}

/// How far an upstream source has been taken in.
pub(crate) fn checkpoint(index: Index<'_>, source: &str) -> Result<Option<Position>, Trouble> {
    let last = index::newest(index, &index::of_source(source.as_bytes()))?;
    let Some(last) = last else { return Ok(None) };
    let found = with_record(index.connection, last, |record| {
        let own = record.checkpoint().filter(|(own, _)| *own == source.as_bytes());
        Ok(own.map(|(_, position)| position))
    })?;
    let what = "the index names an append without that checkpoint";
    found.map(Some).ok_or_else(|| Trouble::corrupt(last.cast_unsigned(), what))
}
