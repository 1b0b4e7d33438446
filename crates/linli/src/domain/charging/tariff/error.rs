//! Why a document was not read, and why a session was not priced.

use crate::domain::{Overflow, Timestamp};

/// Why a tariff, a CDR or a described session was not read. Each names the place by its JSON path.
///
/// Nothing was changed: mend the file where it says and read it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Mend the JSON at this line and column.
    #[error("the document is no JSON: {reason}")]
    NotJson {
        /// What the JSON reader says, with line and column.
        reason: String,
    },
    /// Write it as UTF-8.
    #[error("byte {at} of the document belongs to no character; write it as UTF-8")]
    NotUtf8 {
        /// The place of the byte, from 0.
        at: usize,
    },
    /// Split it, or take out what is no tariff.
    #[error("the document has {bytes} bytes, at most {most} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        most: usize,
    },
    /// Take out what nests so deep; no OCPI object does.
    #[error("the document nests more than {most} levels deep; take out what is no OCPI object")]
    TooDeep {
        /// The deepest that is read.
        most: usize,
    },
    /// Split it: no OCPI object has so many values.
    #[error("the document has more than {most} values; split it")]
    TooManyValues {
        /// The most that are read.
        most: usize,
    },
    /// Add the field.
    #[error("{path} is missing; write {expected}")]
    Missing {
        /// Where it should stand.
        path: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Write what is expected there.
    #[error("{path} is {found}; write {expected}")]
    Unexpected {
        /// Where it stands.
        path: String,
        /// What stands there, shortened.
        found: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// Write the key once.
    #[error("{path} is written twice; keep one")]
    Twice {
        /// The key that comes again.
        path: String,
    },
    /// Take it out, or wait for a version of Linli that prices it.
    #[error("{path} is not supported yet, and without it the price would be wrong; take it out")]
    NotSupported {
        /// The key in question.
        path: String,
    },
    /// Take the restriction out, or put what it restricts into a tariff of its own.
    #[error(
        "{path} is a restriction that Linli does not know, so the price would be wrong; take it out"
    )]
    UnknownRestriction {
        /// The restriction.
        path: String,
    },
    /// Give it at least one element.
    #[error("{path} has no element, so the tariff prices nothing; write at least one")]
    NoElement {
        /// The list.
        path: String,
    },
    /// Write fewer.
    #[error("{path} has {count} entries, at most {most} are read")]
    TooMany {
        /// The list.
        path: String,
        /// How many it has.
        count: usize,
        /// The most that are read.
        most: usize,
    },
    /// Make the two fees sum to the price.
    #[error(
        "{path}: electricity {electricity} and service {service} do not sum to the price {price}"
    )]
    FeesDoNotSum {
        /// The fees.
        path: String,
        /// The electricity fee.
        electricity: String,
        /// The service fee.
        service: String,
        /// The price of the component.
        price: String,
    },
    /// Put the stages in the order interval or period, component, session, `card_month`.
    #[error(
        "{path}: each stage comes once, in the order interval or period, component, session, \
         card_month"
    )]
    StagesOutOfOrder {
        /// The rounding step in question.
        path: String,
    },
    /// Exchange the two, or correct one.
    #[error("{path}: the end {end} is before the start {start}; exchange them or correct one")]
    EndBeforeStart {
        /// The object that holds both.
        path: String,
        /// When it starts.
        start: Timestamp,
        /// When it ends.
        end: Timestamp,
    },
    /// Look for a wrong unit.
    #[error("{path} leads to a figure that is too large to compute exactly; look for a wrong unit")]
    TooLarge {
        /// Where it stands.
        path: String,
    },
}

impl DocumentError {
    /// The JSON path it is about; `None` where it is about the whole document.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::NotJson { .. }
            | Self::NotUtf8 { .. }
            | Self::TooLong { .. }
            | Self::TooDeep { .. }
            | Self::TooManyValues { .. } => None,
            Self::Missing { path, .. }
            | Self::Unexpected { path, .. }
            | Self::Twice { path }
            | Self::NotSupported { path }
            | Self::UnknownRestriction { path }
            | Self::NoElement { path }
            | Self::TooMany { path, .. }
            | Self::FeesDoNotSum { path, .. }
            | Self::StagesOutOfOrder { path }
            | Self::EndBeforeStart { path, .. }
            | Self::TooLarge { path } => Some(path),
        }
    }
}

/// Why a tariff was not read.
pub type TariffError = DocumentError;

/// Why a session or a CDR has no price. Its readings are at fault, not its tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unbillable {
    /// Give at least one interval; one of no length will do.
    #[error("the session has no interval; give at least one, even of no length")]
    NoInterval,
    /// Ask its issuer for one that states its charging periods: without them nothing says what
    /// was used when.
    #[error("the CDR states no charging period; ask its issuer for one that does")]
    NoPeriod,
    /// Price it in a replay, which knows the month.
    #[error(
        "the tariff looks at all sessions of the card's month, which one session does not know; \
         price it in a replay"
    )]
    NeedsMonth,
    /// Name the zone.
    #[error(
        "the CDR names neither a time zone nor a country with one clock, and the tariff looks at \
         the local clock; name the zone"
    )]
    NoZone,
    /// Exchange its ends, or leave it out.
    #[error("interval {index} of the session ends before it begins; exchange its ends")]
    Backwards {
        /// Which one, from 0.
        index: usize,
    },
    /// Fill the gap with an interval that is neither charging nor idle, or cut the overlap.
    #[error(
        "interval {index} of the session does not begin where the one before it ends; \
             fill the gap with one that is neither charging nor idle"
    )]
    Apart {
        /// Which one, from 0.
        index: usize,
    },
    /// Look for a damaged time stamp, or a clock that was never set.
    #[error("the session lasts {days} days, at most {most} are priced; look for a wrong clock")]
    TooLong {
        /// How long it lasts.
        days: i64,
        /// The longest that is priced.
        most: i64,
    },
    /// Count energy in whole units of a watt-hour or a part of it.
    #[error("a watt-hour has {units_per_wh} units here; it must have at least 1")]
    NoUnit {
        /// The units as given.
        units_per_wh: i128,
    },
    /// Look for a damaged time stamp.
    #[error("{at} is outside the calendar; look for a damaged time stamp")]
    OutsideCalendar {
        /// The instant.
        at: Timestamp,
    },
    /// Look for a wrong unit or a damaged reading.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}
