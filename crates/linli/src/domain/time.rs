//! Instants, zones, and how exactly a moment is known.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// An instant in microseconds since 1970-01-01T00:00:00Z.
///
/// What is told as text lies in the years 1 to 9999 of every zone: RFC 3339 has no others, nor have
/// the tables' readers (Python's `datetime`). [`Timestamp::told`] keeps to them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(pub i64);

/// An IANA time zone.
pub type Zone = chrono_tz::Tz;

impl Timestamp {
    /// The local date of this instant in `zone`; `None` outside the years a calendar holds.
    #[must_use]
    pub fn local_date(self, zone: Zone) -> Option<NaiveDate> {
        Some(zone.from_utc_datetime(&self.utc()?.naive_utc()).date_naive())
    }

    /// The instant as a calendar date and time in UTC; `None` outside the years a calendar holds.
    #[must_use]
    pub fn utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }

    /// An instant that somebody told; `None` outside the years 1 to 9999 of any zone.
    ///
    /// # Source
    /// RFC 3339, section 5.6: a year has four digits.
    #[must_use]
    pub fn told(instant: DateTime<Utc>) -> Option<Self> {
        // From 2 January of year 1 until 31 December of 9999: no zone is a whole day off.
        const YEARS: std::ops::Range<i64> = -62_135_510_400_000_000..253_402_214_400_000_000;
        let told = Self::from(instant);
        YEARS.contains(&told.0).then_some(told)
    }

    /// Microseconds from `earlier` to here; negative if it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, as fine as the instant is: `2022-02-27T01:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.utc() {
            Some(utc) => f.write_str(&utc.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
            None => write!(f, "{} microseconds from 1970", self.0),
        }
    }
}

impl From<Timestamp> for String {
    fn from(instant: Timestamp) -> Self {
        instant.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = NoInstant;

    /// Reads RFC 3339. What is finer than a microsecond is cut off, and a leap second, `:60`, is
    /// the second behind it.
    fn try_from(text: String) -> Result<Self, NoInstant> {
        let instant = DateTime::parse_from_rfc3339(&text).ok();
        let told = instant.and_then(|instant| Self::told(instant.to_utc()));
        told.ok_or_else(|| NoInstant(text.chars().take(48).collect()))
    }
}

/// A text that names no instant of the years 1 to 9999. Write date, time and offset: without an
/// offset a time is local to nobody knows where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no instant of the years 1 to 9999; write it with its offset, such as \
     2022-02-27T09:00:00+08:00"
)]
pub struct NoInstant(pub String);

/// How exactly the moment of an event is known ("founded in 2018", "one evening").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// To the microsecond as stated.
    #[default]
    Exact,
    /// To the minute.
    Minute,
    /// To the local day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
}
