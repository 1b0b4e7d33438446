//! From what a file calls a time to an instant.
//!
//! A stamp with an offset is an instant. One without is local to a zone, and twice a year a zone's
//! clock leaves it open which instant that is:
//! - In the hour that comes **twice** the first pass is meant, unless the stated duration decides;
//!   where none is stated, unless the session would end before it starts.
//! - In the hour that is **left out** the clock was not put forward yet: the offset from before the
//!   change counts, as in RFC 5545, so that 02:30 is the instant that was called 03:30.
//!
//! Both are flagged `repeated_hour`: the clock change leaves the instant undecided.

use chrono::{
    DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta,
    TimeZone, Utc,
};
use linli::{Timestamp, Zone};
use linli_interchange::zone_at;

/// How far a stated duration may be from end minus start: as for the flag `duration_mismatch`.
const TOLERANCE_US: u64 = 60_000_000;

/// A date and a time of day as written, with the offset if it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    local: NaiveDateTime,
    offset: Option<FixedOffset>,
}

impl Stamp {
    /// `2019-11-28 19:08:00`, local.
    pub(super) fn year_first(text: &str) -> Option<Self> {
        let parts = numbers(text, &['-', '-', ' ', ':', ':'])?;
        let [year, month, day, hour, minute, second]: [u32; 6] = parts.try_into().ok()?;
        Self::local([year, month, day], [hour, minute, second], 0)
    }

    /// `21.12.2018 10:20`, local.
    pub(super) fn day_first(text: &str) -> Option<Self> {
        let parts = numbers(text, &['.', '.', ' ', ':'])?;
        let [day, month, year, hour, minute]: [u32; 5] = parts.try_into().ok()?;
        Self::local([year, month, day], [hour, minute, 0], 0)
    }

    /// ISO 8601: `2022-02-27T01:00:00.5+08:00`. A space may stand for the `T`, seconds and offset
    /// may be left out; at most microseconds.
    pub(super) fn iso(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't', ' '])?;
        let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let (clock, offset) = time.split_at_checked(end)?;
        let clock = clock.trim_end();
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let date: [u32; 3] = numbers(date, &['-', '-'])?.try_into().ok()?;
        let mut clock = numbers(clock, &[':', ':']).or_else(|| numbers(clock, &[':']))?;
        clock.resize(3, 0);
        let own = Self::local(date, clock.try_into().ok()?, microseconds(fraction)?)?;
        let offset = match offset {
            "" => None,
            "Z" | "z" => FixedOffset::east_opt(0),
            offset => Some(offset_of(offset)?),
        };
        Some(Self { offset, ..own })
    }

    fn local(
        [year, month, day]: [u32; 3],
        [hour, minute, second]: [u32; 3],
        microsecond: u32,
    ) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let local = date.and_hms_micro_opt(hour, minute, second, microsecond)?;
        Some(Self { local, offset: None })
    }

    /// The same with the year 14 read as 2014.
    pub(super) fn in_this_century(self) -> Option<Self> {
        let year = self.local.year();
        let year = if year < 100 { year.checked_add(2_000)? } else { year };
        Some(Self { local: self.local.with_year(year)?, ..self })
    }

    /// The same with day and month exchanged, where the day is at most 12.
    pub(super) fn exchanged(self) -> Self {
        let (year, month, day) = (self.local.year(), self.local.month(), self.local.day());
        match NaiveDate::from_ymd_opt(year, day, month) {
            Some(date) => Self { local: date.and_time(self.local.time()), ..self },
            None => self,
        }
    }

    /// Seconds from `earlier` to here: on the wall clock, unless the stamps have offsets.
    pub(super) fn seconds_since(self, earlier: Self) -> i64 {
        let plain = |stamp: Self| {
            let offset = stamp.offset.and_then(|offset| stamp.local.checked_sub_offset(offset));
            offset.unwrap_or(stamp.local)
        };
        plain(self).signed_duration_since(plain(earlier)).num_seconds()
    }

    /// The instants that may be meant.
    pub(super) fn instants(self, zone: Option<Zone>) -> Result<Instants, Undecided> {
        if let Some(offset) = self.offset {
            let utc = self.local.checked_sub_offset(offset).ok_or(Undecided::NoInstant)?;
            let zone = zone.unwrap_or_else(|| zone_at(offset));
            return Ok(Instants::only(told(utc.and_utc())?, zone));
        }
        let zone = zone.ok_or(Undecided::NoZone)?;
        match zone.from_local_datetime(&self.local) {
            LocalResult::Single(instant) => Ok(Instants::only(told(instant.to_utc())?, zone)),
            LocalResult::Ambiguous(one, other) => {
                let (one, other) = (told(one.to_utc())?, told(other.to_utc())?);
                let (first, second) = (one.min(other), Some(one.max(other)));
                Ok(Instants { first, second, is_doubtful: true, zone })
            }
            LocalResult::None => {
                let first = before_the_change(self.local, zone).ok_or(Undecided::NoInstant)?;
                Ok(Instants { first, second: None, is_doubtful: true, zone })
            }
        }
    }
}

fn told(instant: DateTime<Utc>) -> Result<Timestamp, Undecided> {
    Timestamp::told(instant).ok_or(Undecided::NoInstant)
}

/// Why a stamp is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecided {
    /// It has no offset, and nobody named a zone.
    NoZone,
    /// It lies outside the years 1 to 9999.
    NoInstant,
}

/// The instants that a stamp may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instants {
    first: Timestamp,
    second: Option<Timestamp>,
    /// Whether a clock change leaves it open.
    pub(super) is_doubtful: bool,
    /// The zone in which its local date is meant.
    pub(super) zone: Zone,
}

impl Instants {
    fn only(first: Timestamp, zone: Zone) -> Self {
        Self { first, second: None, is_doubtful: false, zone }
    }

    /// The first pass.
    pub(super) fn first(self) -> Timestamp {
        self.first
    }

    fn passes(self) -> impl Iterator<Item = Timestamp> {
        [Some(self.first), self.second].into_iter().flatten()
    }
}

/// Start and end: those whose difference is the stated duration, else the first that are in order.
pub(super) fn settle(
    start: Instants,
    end: Instants,
    stated_seconds: Option<i64>,
) -> (Timestamp, Timestamp) {
    let pairs = || start.passes().flat_map(|from| end.passes().map(move |until| (from, until)));
    let stated = stated_seconds.and_then(|seconds| {
        let stated_us = seconds.saturating_mul(1_000_000);
        pairs().find(|(from, until)| until.since(*from).abs_diff(stated_us) <= TOLERANCE_US)
    });
    stated
        .or_else(|| pairs().find(|(from, until)| from <= until))
        .unwrap_or((start.first, end.first))
}

/// A local time that was left out, by the offset that held before.
fn before_the_change(local: NaiveDateTime, zone: Zone) -> Option<Timestamp> {
    let before: DateTime<Zone> = [3, 30].into_iter().find_map(|hours| {
        let earlier = local.checked_sub_signed(TimeDelta::hours(hours))?;
        zone.from_local_datetime(&earlier).latest()
    })?;
    let utc = local.checked_sub_offset(before.offset().fix())?;
    Some(utc.and_utc().into())
}

/// `+08:00`, `+0800`, `+08`.
fn offset_of(text: &str) -> Option<FixedOffset> {
    let (is_east, digits) = match text.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('-')?),
    };
    let digits = digits.replacen(':', "", 1);
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 => (number(digits.get(..2)?)?, number(digits.get(2..)?)?),
        _ => return None,
    };
    if minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?);
    let seconds = seconds.ok()?;
    if is_east { FixedOffset::east_opt(seconds) } else { FixedOffset::west_opt(seconds) }
}

fn microseconds(fraction: &str) -> Option<u32> {
    let digits = fraction.trim_end_matches('0');
    let is_plain = digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { format!("{digits:0<6}").parse().ok() } else { None }
}

/// The whole numbers of one to four digits between these marks.
fn numbers(text: &str, marks: &[char]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    let mut rest = text;
    for mark in marks {
        let (head, tail) = rest.split_once(*mark)?;
        found.push(number(head)?);
        rest = tail;
    }
    found.push(number(rest)?);
    Some(found)
}

fn number(text: &str) -> Option<u32> {
    let is_plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}
