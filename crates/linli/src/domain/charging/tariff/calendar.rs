//! Which elements the local clock allows, as stretches of instants.
//!
//! A page covers one UTC day. Within it the zone's offset is constant but for clock changes, and
//! between those local time is plain arithmetic: both passes of a repeated hour belong to the
//! windows of that hour, and nothing belongs to a missing one.

use std::sync::Arc;

use chrono::{DateTime, Offset, TimeZone};

use super::content::Content;
use super::element::Dimension;
use super::error::Unbillable;
use super::periods::Thresholds;
use super::restriction::DAY_MIN;
use crate::domain::{Timestamp, Zone};

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// The most pages kept at a time, for tariffs as they are.
const MOST_PAGES: usize = 4_096;

/// The most verdicts kept at a time, one a piece and element: a tariff of a thousand windows has a
/// million of them a day, and fewer pages.
const MOST_VERDICTS: usize = 4_194_304;

/// The clock's verdicts under one tariff, worked out a day at a time and kept.
#[derive(Debug)]
pub(super) struct Calendar {
    content: Arc<Content>,
    /// Minutes of the local day at which something may change; midnight is one.
    edges: Vec<u32>,
    /// What beside the clock a session may cross: the same for all of them.
    thresholds: Arc<Thresholds>,
    /// Days apart by as many as there are share a place.
    pages: Vec<Option<Page>>,
}

#[derive(Debug)]
struct Page {
    day: i64,
    zone: Zone,
    pieces: Vec<Piece>,
}

/// A stretch of instants in which the clock's verdicts do not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from_us: i64,
    pub(super) until_us: i64,
    local_day: i32,
    /// The elements that the clock allows, by index.
    pub(super) allowed: Vec<usize>,
    /// The first of them that prices energy.
    pub(super) energy: Option<usize>,
}

impl Calendar {
    pub(super) fn new(content: Arc<Content>) -> Self {
        let windows = content.elements.iter().filter_map(|element| element.restrictions.window);
        let mut edges: Vec<u32> =
            windows.flat_map(|window| [window.start_min, window.end_min]).collect();
        edges.retain(|edge| *edge < DAY_MIN);
        edges.push(0);
        edges.sort_unstable();
        edges.dedup();
        let thresholds = Arc::new(Thresholds::of(&content));
        Self { content, edges, thresholds, pages: Vec::new() }
    }

    /// What beside the clock a session may cross.
    pub(super) fn thresholds(&self) -> Arc<Thresholds> {
        Arc::clone(&self.thresholds)
    }

    /// The piece that holds an instant; it may be cut short by the end of the UTC day.
    pub(super) fn piece_at(&mut self, at: Timestamp, zone: Zone) -> Result<&Piece, Unbillable> {
        let outside = Unbillable::OutsideCalendar { at };
        let day = at.0.div_euclid(DAY_US);
        if self.pages.is_empty() {
            let a_day = self.edges.len().saturating_mul(self.content.elements.len()).max(1);
            let pages = MOST_VERDICTS.div_euclid(a_day).clamp(2, MOST_PAGES);
            self.pages.resize_with(pages, || None);
        }
        let pages = i64::try_from(self.pages.len()).map_err(|_| outside)?;
        let place = usize::try_from(day.rem_euclid(pages)).map_err(|_| outside)?;
        let slot = self.pages.get_mut(place).ok_or(outside)?;
        if !slot.as_ref().is_some_and(|page| page.day == day && page.zone == zone) {
            *slot = None;
            let pieces = pieces_of(&self.content, &self.edges, day, zone).ok_or(outside)?;
            *slot = Some(Page { day, zone, pieces });
        }
        let page = slot.as_ref().ok_or(outside)?;
        page.pieces.iter().find(|piece| at.0 < piece.until_us).ok_or(outside)
    }

    /// Until when, but for `limit`, the clock's verdicts at `at` stay and the local day does not
    /// end.
    pub(super) fn steady_until(
        &mut self,
        at: Timestamp,
        zone: Zone,
        limit: Timestamp,
    ) -> Result<Timestamp, Unbillable> {
        let piece = self.piece_at(at, zone)?;
        if limit.0 <= piece.until_us {
            return Ok(limit);
        }
        let mut piece = piece.clone();
        while piece.until_us < limit.0 {
            let next = self.piece_at(Timestamp(piece.until_us), zone)?;
            if next.local_day != piece.local_day || next.allowed != piece.allowed {
                return Ok(Timestamp(piece.until_us));
            }
            piece.until_us = next.until_us;
        }
        Ok(limit)
    }
}

/// The local day since 1970-01-01 and the minute of that day; `None` outside the calendar.
pub(super) fn local_minute(at: Timestamp, zone: Zone) -> Option<(i32, u32)> {
    let offset = offset_us(at.0.div_euclid(SECOND_US), zone)?;
    day_and_minute(at.0.checked_add(offset)?)
}

fn day_and_minute(local_us: i64) -> Option<(i32, u32)> {
    let day = i32::try_from(local_us.div_euclid(DAY_US)).ok()?;
    let minute = u32::try_from(local_us.rem_euclid(DAY_US).div_euclid(MINUTE_US)).ok()?;
    Some((day, minute))
}

/// How far local time is ahead of UTC at a second.
fn offset_us(second: i64, zone: Zone) -> Option<i64> {
    let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    i64::from(offset).checked_mul(SECOND_US)
}

fn pieces_of(content: &Content, edges: &[u32], day: i64, zone: Zone) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (from_us, until_us, offset) in offset_spans(day, zone)? {
        let mut cuts = cuts_of(edges, from_us, until_us, offset)?;
        cuts.push(until_us);
        let mut from_us = from_us;
        for until_us in cuts {
            let piece = piece_of(content, from_us, until_us, offset)?;
            match pieces.last_mut() {
                Some(last)
                    if last.local_day == piece.local_day && last.allowed == piece.allowed =>
                {
                    last.until_us = until_us;
                }
                _ => pieces.push(piece),
            }
            from_us = until_us;
        }
    }
    Some(pieces)
}

fn piece_of(content: &Content, from_us: i64, until_us: i64, offset: i64) -> Option<Piece> {
    let (local_day, minute) = day_and_minute(from_us.checked_add(offset)?)?;
    let elements = content.elements.iter().enumerate();
    let allowed: Vec<usize> = elements
        .filter(|(_, element)| content.allows(element, local_day, minute))
        .map(|(index, _)| index)
        .collect();
    let prices_energy = |index: &usize| {
        let element = content.elements.get(*index);
        element.is_some_and(|element| element.component(Dimension::Energy).is_some())
    };
    let energy = allowed.iter().copied().find(prices_energy);
    Some(Piece { from_us, until_us, local_day, allowed, energy })
}

/// The instants strictly inside `from_us..until_us` at which the local clock passes an edge.
fn cuts_of(edges: &[u32], from_us: i64, until_us: i64, offset: i64) -> Option<Vec<i64>> {
    let mut cuts = Vec::new();
    let mut day = from_us.checked_add(offset)?.div_euclid(DAY_US);
    loop {
        let midnight = day.checked_mul(DAY_US)?.checked_sub(offset)?;
        if midnight >= until_us {
            return Some(cuts);
        }
        let instants = edges
            .iter()
            .map(|edge| midnight.saturating_add(i64::from(*edge).saturating_mul(MINUTE_US)));
        cuts.extend(instants.filter(|cut| from_us < *cut && *cut < until_us));
        day = day.checked_add(1)?;
    }
}

/// The UTC day as stretches of constant offset: from, until, offset, all in microseconds.
fn offset_spans(day: i64, zone: Zone) -> Option<Vec<(i64, i64, i64)>> {
    let start = day.checked_mul(DAY_US)?.div_euclid(SECOND_US);
    let hour = HOUR_US.div_euclid(SECOND_US);
    let mut spans: Vec<(i64, i64, i64)> = Vec::new();
    let mut offset = offset_us(start, zone)?;
    let mut from = start;
    for second in (1..=24_i64).map(|passed| start.saturating_add(passed.saturating_mul(hour))) {
        let later = offset_us(second, zone)?;
        if later != offset {
            let change = change_between(second.saturating_sub(hour), second, offset, zone)?;
            spans.push((from.checked_mul(SECOND_US)?, change.checked_mul(SECOND_US)?, offset));
            (from, offset) = (change, later);
        }
    }
    let end = start.checked_add(DAY_US.div_euclid(SECOND_US))?;
    spans.push((from.checked_mul(SECOND_US)?, end.checked_mul(SECOND_US)?, offset));
    spans.retain(|(from, until, _)| from < until);
    Some(spans)
}

/// The second at which the offset stops being `offset`, between one that has it and one that has
/// not.
fn change_between(mut with: i64, mut without: i64, offset: i64, zone: Zone) -> Option<i64> {
    while without.saturating_sub(with) > 1 {
        let middle = with.midpoint(without);
        if offset_us(middle, zone)? == offset { with = middle } else { without = middle }
    }
    Some(without)
}
