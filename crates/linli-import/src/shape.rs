//! What makes a format: its columns, its marks, and how one row of it is read.

use linli::charging::Reading;
use linli::{CardId, ConnectorId, Currency, WattHours, Zone};

use super::clock::Stamp;
use super::fields::{Fields, Unreadable};
use super::number::Mark;

/// A format, as data.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its name: the source in keys and in bills.
    pub(super) name: &'static str,
    /// What parts the columns.
    pub(super) delimiter: Delimiter,
    /// What parts the whole from the decimals, in a file parted by this.
    pub(super) mark: Mark,
    /// What stands for nothing, beside an empty field.
    pub(super) missing: &'static str,
    /// Columns that must be there; the first holds the source's id of the session.
    pub(super) required: &'static [&'static str],
    /// All columns there may be; empty where others are passed over.
    pub(super) known: &'static [&'static str],
    /// Columns that need another one beside them.
    pub(super) pairs: &'static [(&'static str, &'static str)],
    /// Where the time zone comes from.
    pub(super) zones: Zones,
    /// How one row is read.
    pub(super) read: fn(&Fields<'_>) -> Result<Told, Unreadable>,
}

/// Where a file comes from, as keys and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The format: the source in keys and in bills.
    pub(super) name: &'static str,
    /// The column that holds the source's id of a session.
    pub(super) id_column: &'static str,
}

impl Shape {
    pub(super) fn origin(&self) -> Origin {
        let id_column = self.required.first().copied().unwrap_or_default();
        Origin { name: self.name, id_column }
    }
}

/// What parts the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Comma,
    Semicolon,
    /// A semicolon if the header has one.
    Either,
}

/// Where the time zone of stamps without an offset comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zones {
    /// From the publisher.
    Always(Zone),
    /// From `--timezone`; the hint says which.
    Asked(&'static str),
    /// From `--timezone`, if there is a stamp without an offset.
    InStamp,
}

/// What a row tells, before the instants are settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The source's own id of the session.
    pub(super) id: String,
    /// Who charged.
    pub(super) card: Option<CardId>,
    /// Where.
    pub(super) connector: Option<ConnectorId>,
    /// Since when.
    pub(super) started: Stamp,
    /// Until when, if that was reported.
    pub(super) ended: Option<Stamp>,
    /// The register at the start.
    pub(super) start_register: Option<WattHours>,
    /// The energy or the register at the end.
    pub(super) reading: Option<Reading>,
    /// How long the source says it took.
    pub(super) stated_seconds: Option<i64>,
    /// How long of that it charged.
    pub(super) charging_seconds: Option<i64>,
    /// What was billed, its digits as written.
    pub(super) bill: Option<(String, Currency)>,
}

impl Delimiter {
    /// The delimiter in a file with this first line.
    pub(super) fn in_file(self, header: &str) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Either if header.contains(';') => b';',
            Self::Comma | Self::Either => b',',
        }
    }
}
