//! One row by the names of its columns.

use std::collections::HashMap;
use std::str::FromStr;

use csv::StringRecord;
use linli::{Currency, InvalidName, WattHours};
use rust_decimal::Decimal;

use super::clock::Stamp;
use super::number::{self, Mark, shown};

/// Which column stands where.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    places: HashMap<String, usize>,
    columns_n: usize,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// The column; empty where it is about the whole row.
    pub(super) column: String,
    /// What is wrong there.
    pub(super) reason: String,
}

impl Unreadable {
    pub(super) fn new(column: &str, reason: impl Into<String>) -> Self {
        Self { column: column.to_owned(), reason: reason.into() }
    }
}

impl Header {
    /// The columns of a header; `Err` names one that stands there twice.
    pub(super) fn of(record: &StringRecord) -> Result<Self, String> {
        let mut places = HashMap::new();
        for (place, name) in record.iter().enumerate() {
            if places.insert(name.trim().to_owned(), place).is_some() {
                return Err(name.trim().to_owned());
            }
        }
        Ok(Self { places, columns_n: record.len() })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.places.contains_key(column)
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.places.get(column).copied()
    }

    /// The columns in the order of the alphabet.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.places.keys().map(String::as_str).collect();
        columns.sort_unstable();
        columns
    }

    pub(super) fn columns_n(&self) -> usize {
        self.columns_n
    }

    /// The name of the column at a place.
    pub(super) fn name_of(&self, place: usize) -> &str {
        let own = self.places.iter().find(|(_, own)| **own == place);
        own.map_or("", |(name, _)| name.as_str())
    }
}

/// One row by the names of its columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    /// Which column stands where.
    pub(super) header: &'a Header,
    /// The row.
    pub(super) record: &'a StringRecord,
    /// What may part the whole from the decimals.
    pub(super) mark: Mark,
    /// What stands for nothing, beside an empty field.
    pub(super) missing: &'static str,
}

impl<'a> Fields<'a> {
    /// The text in a column; `None` where there is no such column or nothing in it.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        let place = self.header.places.get(column)?;
        let text = self.record.get(*place)?.trim();
        (!text.is_empty() && text != self.missing).then_some(text)
    }

    /// The text in a column that must not be empty.
    pub(super) fn required(&self, column: &str) -> Result<&'a str, Unreadable> {
        self.text(column).ok_or_else(|| Unreadable::new(column, "nothing stands here"))
    }

    /// A name.
    pub(super) fn name<T>(&self, column: &str) -> Result<Option<T>, Unreadable>
    where
        T: FromStr<Err = InvalidName>,
    {
        self.text(column).map(|text| name(column, text)).transpose()
    }

    /// A moment, by the reader of its format; `like` shows how one is written.
    pub(super) fn stamp(
        &self,
        column: &str,
        read: fn(&str) -> Option<Stamp>,
        like: &str,
    ) -> Result<Option<Stamp>, Unreadable> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let no_date = || format!("`{}` is no date and time; write it as {like}", shown(text));
        read(text).map(Some).ok_or_else(|| Unreadable::new(column, no_date()))
    }

    /// Whole watt-hours out of kilowatt-hours.
    pub(super) fn kwh(&self, column: &str) -> Result<Option<WattHours>, Unreadable> {
        Ok(self.number(column, number::watt_hours_of_kwh)?.map(WattHours))
    }

    /// Whole watt-hours.
    pub(super) fn watt_hours(&self, column: &str) -> Result<Option<WattHours>, Unreadable> {
        Ok(self.number(column, number::whole)?.map(WattHours))
    }

    /// Seconds out of hours, to the nearest.
    pub(super) fn hours(&self, column: &str) -> Result<Option<i64>, Unreadable> {
        self.number(column, number::seconds_of_hours)
    }

    /// Whole seconds.
    pub(super) fn seconds(&self, column: &str) -> Result<Option<i64>, Unreadable> {
        self.number(column, number::whole)
    }

    /// An amount of money, its digits as written, with a point.
    pub(super) fn amount(&self, column: &str) -> Result<Option<String>, Unreadable> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let wrong = |reason: String| Unreadable::new(column, reason);
        let (written, amount) = number::decimal(text, self.mark).map_err(wrong)?;
        if amount.scale() > 9 {
            return Err(wrong(format!("`{}` has more than nine decimals", shown(text))));
        }
        Ok(Some(written))
    }

    /// A currency.
    pub(super) fn currency(&self, column: &str) -> Result<Currency, Unreadable> {
        let code = self.required(column)?;
        code.parse()
            .map_err(|error: linli::UnknownCurrency| Unreadable::new(column, error.to_string()))
    }

    fn number<T>(
        &self,
        column: &str,
        read: fn(Decimal) -> Result<T, String>,
    ) -> Result<Option<T>, Unreadable> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let value = number::decimal(text, self.mark).and_then(|(_, value)| read(value));
        value.map(Some).map_err(|reason| Unreadable::new(column, reason))
    }
}

/// A text as a name.
pub(super) fn name<T>(column: &str, text: &str) -> Result<T, Unreadable>
where
    T: FromStr<Err = InvalidName>,
{
    text.parse().map_err(|error| Unreadable::new(column, reason(&error)))
}

/// Why a text is no name, without repeating all of it.
pub(super) fn reason(error: &InvalidName) -> String {
    match error {
        InvalidName::ControlCharacter { name } => {
            format!("`{}` has a control character", shown(name))
        }
        error => error.to_string(),
    }
}
