//! What is asked of a journal: a page, a receipt, a checkpoint. Each in one short snapshot.

use std::ops::ControlFlow;

use linli::journal::{
    Direction, IdempotencyKey, Page, PageBuilder, Position, Query, ReadOptions, Receipt,
};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::index;
use crate::query::{Span, Walked, head, walk, with_record};

/// One page, with the head read first in the same snapshot.
pub(crate) fn page(
    connection: &Connection,
    query: &Query,
    options: &ReadOptions,
) -> Result<Page, Trouble> {
    // Ends with the page: a long reader would keep the log from being folded into the file.
    let snapshot = connection.unchecked_transaction()?;
    let head = head(&snapshot)?;
    let mut page = PageBuilder::new(head, options);
    let range = options.range();
    let Some(span) = Span::of(&snapshot, head, range)? else { return Ok(page.last()) };
    if query.items.is_empty() {
        let events = span.until.saturating_sub(span.from).saturating_add(1);
        page.reserve(usize::try_from(events).unwrap_or(usize::MAX));
    }
    let walked = walk(&snapshot, query, span, options.direction, &mut |record| {
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

/// What was first appended under a key.
pub(crate) fn receipt(
    connection: &Connection,
    key: IdempotencyKey,
) -> Result<Option<Receipt>, Trouble> {
    let Some(last) = index::newest(connection, index::of_key(key))? else { return Ok(None) };
    let found = with_record(connection, last, |record| {
        let (first, last) = (record.first(), record.last());
        let own = record.key().filter(|(own, _)| *own == key);
        Ok(own.map(|(_, content)| Receipt { first, last, content }))
    })?;
    let what = "the index names an append with another key";
    found.map(Some).ok_or_else(|| Trouble::corrupt(last.cast_unsigned(), what))
}

/// How far an upstream source has been taken in.
pub(crate) fn checkpoint(
    connection: &Connection,
    source: &str,
) -> Result<Option<Position>, Trouble> {
    let last = index::newest(connection, index::of_source(source))?;
    let Some(last) = last else { return Ok(None) };
    let found = with_record(connection, last, |record| {
        let own = record.checkpoint().filter(|(own, _)| *own == source.as_bytes());
        Ok(own.map(|(_, position)| position))
    })?;
    let what = "the index names an append without that checkpoint";
    found.map(Some).ok_or_else(|| Trouble::corrupt(last.cast_unsigned(), what))
}
