//! When an element applies: by the clock, and by what the session has used so far.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate};

use super::content::Validity;
use super::days::DayKind;
use crate::domain::{Exact, Timestamp};

/// The minutes of a day.
pub(super) const DAY_MIN: u32 = 1_440;

/// Days from the first of January of the year 1 to 1970-01-01.
pub(super) const EPOCH_FROM_CE: i32 = 719_163;

/// What must hold for an element to apply; absent means no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Restrictions {
    pub(super) window: Option<Window>,
    pub(super) weekdays: Option<Weekdays>,
    /// Local days since 1970-01-01; the start is included, the end is not.
    pub(super) start_day: Option<i32>,
    pub(super) end_day: Option<i32>,
    pub(super) season: Option<Season>,
    /// Looked up in the tariff's own calendar.
    pub(super) day: Option<DayKind>,
    pub(super) min_wh: Option<Exact>,
    pub(super) max_wh: Option<Exact>,
    pub(super) min_w: Option<Exact>,
    pub(super) max_w: Option<Exact>,
    pub(super) min_a: Option<Exact>,
    pub(super) max_a: Option<Exact>,
    pub(super) min_us: Option<i64>,
    pub(super) max_us: Option<i64>,
    /// Only for reservations: never in a charging session.
    pub(super) reservation: bool,
    /// When its version's turn is, where a tariff's versions take turns within a session.
    pub(super) turn: Option<Validity>,
}

/// A window of local wall-clock time in minutes of the day: from the start, up to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start_min: u32,
    /// At most [`DAY_MIN`]; before the start where the window crosses midnight.
    pub(super) end_min: u32,
}

/// A set of weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weekdays(pub(super) [bool; 7]);

/// A stretch of each year, both ends included; it may cross the turn of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Season {
    pub(super) from: MonthDay,
    pub(super) until: MonthDay,
}

/// A day of any year: month and day of the month.
pub(super) type MonthDay = (u32, u32);

/// What a session has used at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// The moment, where anything looks at it.
    pub(super) at: Timestamp,
    pub(super) elapsed_us: Exact,
    pub(super) energy_wh: Exact,
    /// The least and the greatest power of the moment; mostly one.
    pub(super) least_w: Exact,
    pub(super) most_w: Exact,
    /// The greatest power of the whole session, where any price looks at it.
    pub(super) peak_w: Exact,
    /// The least and the greatest current; `None` where nobody measured it.
    pub(super) least_a: Option<Exact>,
    pub(super) most_a: Option<Exact>,
    /// What the card's month comes to at the moment, and at the end of all that is known of it.
    pub(super) month_wh: Exact,
    pub(super) whole_month_wh: Exact,
}

impl Usage {
    /// What is used when a session starts at an instant.
    pub(super) fn none_at(at: Timestamp) -> Self {
        let none = Exact::ZERO;
        Self {
            at,
            elapsed_us: none,
            energy_wh: none,
            least_w: none,
            most_w: none,
            peak_w: none,
            least_a: None,
            most_a: None,
            month_wh: none,
            whole_month_wh: none,
        }
    }
}

impl Restrictions {
    /// Whether the local clock allows it, its kind of day apart.
    pub(super) fn allow_clock(&self, local_day: i32, minute: u32) -> bool {
        !self.reservation
            && self.start_day.is_none_or(|day| local_day >= day)
            && self.end_day.is_none_or(|day| local_day < day)
            && self.season.is_none_or(|season| season.has(local_day))
            && self.weekdays.is_none_or(|weekdays| weekdays.has(local_day))
            && self.window.is_none_or(|window| window.has(minute))
    }

    /// Whether the session's usage allows it: a `min_` is included, a `max_` is not.
    pub(super) fn allow_usage(&self, usage: &Usage) -> bool {
        within(usage.energy_wh, self.min_wh, self.max_wh)
            && self.min_w.is_none_or(|min| usage.most_w >= min)
            && self.max_w.is_none_or(|max| usage.least_w < max)
            && self.min_a.is_none_or(|min| usage.most_a.is_some_and(|most| most >= min))
            && self.max_a.is_none_or(|max| usage.least_a.is_some_and(|least| least < max))
            && self.turn.is_none_or(|turn| turn.has(usage.at))
            && within(
                usage.elapsed_us,
                self.min_us.map(|us| Exact::whole(us.into())),
                self.max_us.map(|us| Exact::whole(us.into())),
            )
    }

    /// Whether anything depends on the session's usage.
    pub(super) fn depends_on_usage(&self) -> bool {
        let figures = [self.min_wh, self.max_wh, self.min_w, self.max_w, self.min_a, self.max_a];
        figures.iter().any(Option::is_some)
            || self.min_us.is_some()
            || self.max_us.is_some()
            || self.turn.is_some()
    }

    /// Whether anything depends on the local clock.
    pub(super) fn depends_on_clock(&self) -> bool {
        self.window.is_some()
            || self.weekdays.is_some()
            || self.start_day.is_some()
            || self.end_day.is_some()
            || self.season.is_some()
            || self.day.is_some()
    }

    /// Whether it always applies.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

fn within(figure: Exact, min: Option<Exact>, max: Option<Exact>) -> bool {
    min.is_none_or(|min| figure >= min) && max.is_none_or(|max| figure < max)
}

impl Window {
    fn has(self, minute: u32) -> bool {
        let (started, ended) = (self.start_min <= minute, self.end_min <= minute);
        match self.start_min.cmp(&self.end_min) {
            Ordering::Less => started && !ended,
            Ordering::Equal => false,
            Ordering::Greater => started || !ended,
        }
    }
}

impl Season {
    fn has(self, local_day: i32) -> bool {
        let date = local_day.checked_add(EPOCH_FROM_CE);
        let Some(date) = date.and_then(NaiveDate::from_num_days_from_ce_opt) else { return false };
        let day = (date.month(), date.day());
        if self.from <= self.until {
            self.from <= day && day <= self.until
        } else {
            day >= self.from || day <= self.until
        }
    }
}

impl Weekdays {
    /// Their names in OCPI, Monday first.
    pub(super) const NAMES: [&'static str; 7] =
        ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

    /// Monday to Friday.
    pub(super) const WORKED: Self = Self([true, true, true, true, true, false, false]);

    pub(super) fn has(self, local_day: i32) -> bool {
        // 1970-01-01 was a Thursday.
        let weekday = local_day.saturating_add(3).rem_euclid(7);
        usize::try_from(weekday).ok().and_then(|day| self.0.get(day).copied()).unwrap_or(false)
    }
}
