//! The events of charging that no plain session tells, as bytes, and back as a page.
//!
//! The form: how many events; their positions; of each whether it begins an append, and what that
//! append states for all of its events, once; types by name; what each event states for itself, and
//! its payload.

use uuid::Uuid;

use super::bytes::{self, Names, Runs};
use super::numbers;
use crate::journal::{Columns, EventView, Page, PageBuilder, Position, ReadOptions, Row};

/// So many events lie side by side at most.
const MOST_EVENTS: usize = 4_096;
/// In bytes, but for those of the last event: a block stays below 4 MiB.
const MOST_BYTES: usize = 256 * 1024;

/// Writes these pages as blocks, at least one.
pub(super) fn all_of(pages: &[Page], mut block: impl FnMut(&dyn Fn(&mut Vec<u8>))) {
    let (mut rows, mut bytes) = (Vec::new(), 0_usize);
    for (number, page) in pages.iter().enumerate() {
        for (view, append) in page.events().zip(page.append_of()) {
            if rows.len() == MOST_EVENTS || bytes >= MOST_BYTES {
                block(&|out| put(&rows, out));
                (rows, bytes) = (Vec::new(), 0);
            }
            let own = [view.payload, view.metadata, view.append_metadata].map(<[u8]>::len);
            bytes = own.into_iter().fold(bytes, usize::saturating_add);
            rows.push(((number, *append), view));
        }
    }
    block(&|out| put(&rows, out));
}

/// Writes events, each with what tells its append from others.
fn put(rows: &[((usize, u32), EventView<'_>)], out: &mut Vec<u8>) {
    let (mut begins, mut stated) = (Vec::new(), Runs::default());
    let (mut metadata, mut payload) = (Runs::default(), Runs::default());
    let mut open = None;
    for (append, view) in rows {
        let begins_one = open.replace(append) != Some(append);
        begins.push(begins_one.into());
        if begins_one {
            stated.push(view.append_metadata);
        }
        metadata.push(view.metadata);
        payload.push(view.payload);
    }
    bytes::put_count(out, rows.len());
    let positions = rows.iter().map(|(_, view)| view.position.0.cast_signed());
    numbers::put(out, &positions.collect::<Vec<i64>>());
    numbers::put(out, &begins);
    stated.put(out);
    Names::of(rows.iter().map(|(_, view)| Some(view.event_type))).put(out);
    metadata.put(out);
    payload.put(out);
}

/// Reads a page of a range that ends at `last`; `None` where these bytes are none.
pub(super) fn taken(from: &mut &[u8], last: Position) -> Option<Page> {
    let rows = bytes::take_count(from, MOST_EVENTS)?;
    let (mut positions, mut begins) = (Vec::new(), Vec::new());
    numbers::take(from, rows, &mut positions)?;
    numbers::take(from, rows, &mut begins)?;
    let stated = Runs::taken(from, begins.iter().filter(|begins| **begins != 0).count())?;
    let mut types = Names::default();
    types.take(from, rows)?;
    let (metadata, payload) = (Runs::taken(from, rows)?, Runs::taken(from, rows)?);
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let mut page = PageBuilder::new(Some(last), &options);
    let mut appends = 0_usize;
    for (row, (position, begins)) in positions.iter().zip(&begins).enumerate() {
        appends = appends.checked_add(usize::from(*begins != 0))?;
        let append = appends.checked_sub(1)?;
        let event_type = page.event_type(types.get(row).ok()??);
        let (metadata, payload) = (metadata.get(row)?, payload.get(row)?);
        let (position, id) = (Position(position.cast_unsigned()), Uuid::nil());
        let event = Row { position, id, event_type, tags: &[], metadata, payload };
        page.push(append as u64, stated.get(append)?, &event);
    }
    Some(page.last())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is told of an event, its append's number left out.
    fn told(page: &Page) -> Vec<String> {
        page.events().map(|view| format!("{view:?}")).collect()
    }

    proptest! {
        /// Each event comes back with what its append states, whatever page it stood in.
        #[test]
        fn events_come_back(
            appends in prop::collection::vec((any::<[u8; 2]>(), 1..4_usize, any::<bool>()), 0..12),
            payload in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
            let empty = || PageBuilder::new(Some(Position(99)), &options);
            let (mut pages, mut page, mut position) = (Vec::new(), empty(), 0);
            for (number, (stated, events, ends_a_page)) in (0..).zip(&appends) {
                for event in 0..*events {
                    position += 2;
                    let event_type = page.event_type(["Begun", "Moved", "Ended"][event]);
                    let (place, id) = (Position(position), Uuid::nil());
                    let (metadata, payload) = (&payload[..event.min(payload.len())], &payload[..]);
                    let row = Row { position: place, id, event_type, tags: &[], metadata, payload };
                    page.push(number, &stated[..events % 3], &row);
                }
                if *ends_a_page {
                    pages.push(std::mem::replace(&mut page, empty()).last());
                }
            }
            pages.push(page.last());
            let mut blocks = Vec::new();
            all_of(&pages, |put| {
                let mut block = Vec::new();
                put(&mut block);
                blocks.push(block);
            });
            let read: Vec<String> = blocks
                .iter()
                .flat_map(|block| {
                    let mut from = &block[..];
                    let page = taken(&mut from, Position(99)).expect("as written");
                    assert!(from.is_empty());
                    told(&page)
                })
                .collect();
            prop_assert_eq!(read, pages.iter().flat_map(told).collect::<Vec<_>>());
        }
    }
}
