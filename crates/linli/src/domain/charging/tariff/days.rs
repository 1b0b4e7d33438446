//! What kind of day a local day is: holidays and make-up workdays stand in the tariff, not in code.
//!
//! What a calendar does not list goes by its weekday alone, so that a tariff needs a new version
//! for each year's holidays.

use std::collections::BTreeSet;

use super::additions::refuse_rest;
use super::document::{Fields, Node};
use super::element::Element;
use super::error::DocumentError;
use super::restriction::Weekdays;
use super::restrictions::local_day;

/// More days than a calendar of ten years lists.
const MOST_DAYS: usize = 1_000;

/// What kind of day an element asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayKind {
    Workday,
    Restday,
    Holiday,
}

impl DayKind {
    pub(super) const ALL: [(&'static str, Self); 3] =
        [("workday", Self::Workday), ("restday", Self::Restday), ("holiday", Self::Holiday)];
}

/// The days that their weekday does not tell, as days since 1970-01-01.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) holidays: BTreeSet<i32>,
    /// Days of a weekend that are worked, to make up for a holiday.
    pub(super) workdays: BTreeSet<i32>,
}

impl Days {
    /// What kind of day a local day is.
    pub(super) fn kind(&self, local_day: i32) -> DayKind {
        if self.holidays.contains(&local_day) {
            DayKind::Holiday
        } else if self.workdays.contains(&local_day) || Weekdays::WORKED.has(local_day) {
            DayKind::Workday
        } else {
            DayKind::Restday
        }
    }
}

/// Takes `calendar` of the tariff's `linli`.
pub(super) fn read_calendar(own: &mut Fields<'_>) -> Result<Option<Days>, DocumentError> {
    let Some(node) = own.take("calendar") else { return Ok(None) };
    let mut lists = node.fields()?;
    let mut days = Days::default();
    if let Some(list) = lists.take("holidays") {
        for item in list.items(MOST_DAYS)? {
            days.holidays.insert(local_day(&item)?);
        }
    }
    if let Some(list) = lists.take("workdays") {
        for item in list.items(MOST_DAYS)? {
            let day = local_day(&item)?;
            if days.holidays.contains(&day) {
                return Err(item.unexpected("a day that is no holiday; one day is of one kind"));
            }
            days.workdays.insert(day);
        }
    }
    refuse_rest(lists)?;
    Ok(Some(days))
}

/// Refuses an element that asks for a kind of day where nobody says which days are holidays.
pub(super) fn need_calendar(
    elements: &[Element],
    days: Option<&Days>,
    root: &Node<'_>,
) -> Result<(), DocumentError> {
    let asks = elements.iter().any(|element| element.restrictions.day.is_some());
    if asks && days.is_none() {
        return Err(DocumentError::Missing {
            path: format!("{}.calendar", root.path_of("linli")),
            expected: "the holidays and make-up workdays that an element's day looks at, such as \
                       {\"holidays\": [\"2026-01-01\"], \"workdays\": [\"2026-01-04\"]}",
        });
    }
    Ok(())
}
