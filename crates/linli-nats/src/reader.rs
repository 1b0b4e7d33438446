//! What is asked of a journal: a page, a receipt, a checkpoint.

use std::sync::Arc;

use bytes::Bytes;
use linli::journal::{
    Direction, IdempotencyKey, Limit, Page, PageBuilder, Position, Query, ReadOptions, Receipt,
};

use crate::error::Trouble;
use crate::journal::{Journal, at};
use crate::message::Stored;

/// Appends of a first batch, where it is not known that many are wanted.
const FEW: usize = 16;
/// How often the place of an append that was not answered is asked for.
const FENCES: u32 = 100;

impl Journal {
    /// The position of the last event.
    pub(crate) async fn head(&self) -> Result<Option<Position>, Trouble> {
        self.catch_up().await?;
        Ok(self.index.lock().head())
    }

    /// One page. Appends never change and have no gaps, so that everything up to a head that was
    /// taken first is one snapshot.
    pub(crate) async fn page(&self, query: &Query, options: &ReadOptions) -> Result<Page, Trouble> {
        let head = self.head().await?;
        let mut page = PageBuilder::new(head, options);
        match inside(options.range(), head) {
            Some(range) if options.limit != Some(0) => {
                let is_cut = self.fill(query, options, range, &mut page).await?;
                Ok(if is_cut { page.more() } else { page.last() })
            }
            _ => Ok(page.last()),
        }
    }

    /// Fills a page and says whether more may follow.
    async fn fill(
        &self,
        query: &Query,
        options: &ReadOptions,
        range: (u64, u64),
        page: &mut PageBuilder,
    ) -> Result<bool, Trouble> {
        let direction = options.direction;
        let (mut from, mut until) = range;
        let mut most = options.limit.unwrap_or(Limit::PAGE_EVENTS).clamp(1, Limit::PAGE_EVENTS);
        while from <= until && !page.is_full() {
            let bounds = (most, Limit::PAGE_BYTES);
            let batch = self.batch(query, (from, until), direction, bounds).await?;
            if batch.is_empty() {
                break;
            }
            for stored in &batch {
                match direction {
                    Direction::Forwards => from = stored.last().0.saturating_add(1),
                    Direction::Backwards => until = stored.first.saturating_sub(1),
                }
                let Some(record) = stored.open()? else { continue };
                if page.is_full() || page.leaves_to_the_next(record.events_n()) {
                    return Ok(true);
                }
                let filled = record.fill(page, query, range, direction);
                filled.map_err(|damage| at(record.first(), damage))?;
            }
            most = most.saturating_mul(8).min(Limit::PAGE_EVENTS);
        }
        let end = match direction {
            Direction::Forwards => range.1,
            Direction::Backwards => range.0,
        };
        Ok(page.is_full() && page.seen() != Some(Position(end)))
    }

    /// The first position from `from` on that matches, among the appends in the index.
    pub(crate) async fn first_match(
        &self,
        query: &Query,
        from: u64,
    ) -> Result<Option<Position>, Trouble> {
        let head = self.index.lock().head();
        let Some((mut from, until)) = inside((from, u64::MAX), head) else { return Ok(None) };
        let mut most = FEW;
        while from <= until {
            let bounds = (most, Limit::PAGE_BYTES);
            let batch = self.batch(query, (from, until), Direction::Forwards, bounds).await?;
            if batch.is_empty() {
                break;
            }
            for stored in &batch {
                if let Some(record) = stored.open()? {
                    let found = record.first_match(query, (from, until));
                    let found = found.map_err(|damage| at(record.first(), damage))?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                from = stored.last().0.saturating_add(1);
            }
            most = most.saturating_mul(8).min(Limit::PAGE_EVENTS);
        }
        Ok(None)
    }

    /// What was first appended under a key. "Nothing" is final: where an append of ours was not
    /// answered and may still come to stand, its place is taken by a message without events.
    pub(crate) async fn receipt(&self, key: IdempotencyKey) -> Result<Option<Receipt>, Trouble> {
        self.catch_up().await?;
        for _ in 0..FENCES {
            let found = self.found_under(key).await?;
            if found.is_some() || self.doubted().is_none() {
                return Ok(found);
            }
            let (head, last) = self.reached();
            let fence = Stored {
                sequence: last.saturating_add(1),
                first: head.map_or(0, |head| head.0).saturating_add(1),
                events: 0,
                writer: Arc::clone(&self.writer),
                record: Bytes::new(),
            };
            let subject = self.place.stream.subject();
            // Whatever is answered, and if nothing is: the stream is asked.
            let message = vec![(fence.headers(), fence.record)];
            let answer = self.connection.publish(subject, last, message);
            drop(answer.await);
            self.catch_up().await?;
        }
        Err(Trouble::Silent)
    }

    /// What was first appended under a key, among the appends in the index.
    pub(crate) async fn found_under(
        &self,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, Trouble> {
        let candidates = self.index.lock().under(key);
        for stored in self.fetch(&candidates).await? {
            let Some(record) = stored.open()? else { continue };
            if let Some((_, content)) = record.key().filter(|(own, _)| *own == key) {
                let (first, last) = (record.first(), record.last());
                return Ok(Some(Receipt { first, last, content }));
            }
        }
        Ok(None)
    }

    /// How far an upstream source has been taken in.
    pub(crate) async fn checkpoint(&self, source: &str) -> Result<Option<Position>, Trouble> {
        self.catch_up().await?;
        Ok(self.index.lock().checkpoint(source))
    }
}

/// The part of a range that is there.
fn inside((from, until): (u64, u64), head: Option<Position>) -> Option<(u64, u64)> {
    let (from, until) = (from.max(1), until.min(head?.0));
    (from <= until).then_some((from, until))
}
