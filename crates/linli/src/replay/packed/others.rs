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
