//! Reads the restrictions of an element.

use chrono::{Datelike, NaiveDate};

use super::document::{Fields, Node};
use super::error::DocumentError;
use super::ocpi::Remarks;
use super::restriction::{DAY_MIN, EPOCH_FROM_CE, Restrictions, Weekdays, Window};
use super::warning::WarningKind;
use crate::domain::{Exact, Overflow};

/// Reads a `restrictions` object. Where the element `prices` something, a restriction that is
/// not understood is refused; else it is only noted.
pub(super) fn read_restrictions(
    node: &Node<'_>,
    prices: bool,
    remarks: &mut Remarks,
) -> Result<Restrictions, DocumentError> {
    let mut fields = node.fields()?;
    let restrictions = Restrictions {
        window: read_window(&mut fields, remarks)?,
        weekdays: read_weekdays(&mut fields)?,
        start_day: read_day(&mut fields, "start_date")?,
        end_day: read_day(&mut fields, "end_date")?,
        season: None,
        day: None,
        min_wh: read_scaled(&mut fields, "min_kwh", 1_000)?,
        max_wh: read_scaled(&mut fields, "max_kwh", 1_000)?,
        min_w: read_scaled(&mut fields, "min_power", 1_000)?,
        max_w: read_scaled(&mut fields, "max_power", 1_000)?,
        min_a: read_current(&mut fields, "min_current", remarks)?,
        max_a: read_current(&mut fields, "max_current", remarks)?,
        min_us: read_duration(&mut fields, "min_duration")?,
        max_us: read_duration(&mut fields, "max_duration")?,
        reservation: read_reservation(&mut fields, remarks)?,
        turn: None,
    };
    for node in fields.rest() {
        if prices {
            return Err(DocumentError::UnknownRestriction { path: node.path() });
        }
        remarks.note(WarningKind::UnknownRestriction, &node.path());
    }
    Ok(restrictions)
}

fn read_window(
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<Option<Window>, DocumentError> {
    let start = fields.take("start_time").map(|node| read_minute(&node)).transpose()?;
    let end = fields.take("end_time").map(|node| read_minute(&node)).transpose()?;
    if start.is_none() && end.is_none() {
        return Ok(None);
    }
    if start.is_some() && start == end {
        remarks.note(WarningKind::EmptyWindow, &fields.path());
        return Ok(Some(Window { start_min: 0, end_min: 0 }));
    }
    // Midnight as an end is the end of the day.
    let end_min = end.filter(|minute| *minute != 0).unwrap_or(DAY_MIN);
    Ok(Some(Window { start_min: start.unwrap_or(0), end_min }))
}

/// A minute of the day from `HH:MM`.
fn read_minute(node: &Node<'_>) -> Result<u32, DocumentError> {
    const EXPECTED: &str = "a local time from \"00:00\" to \"23:59\"";
    let text = node.text(EXPECTED)?;
    let minute = text.split_once(':').and_then(|(hour, minute)| {
        let hour = two_digits(hour).filter(|hour| *hour < 24)?;
        let minute = two_digits(minute).filter(|minute| *minute < 60)?;
        hour.checked_mul(60)?.checked_add(minute)
    });
    minute.ok_or_else(|| node.unexpected(EXPECTED))
}

fn two_digits(text: &str) -> Option<u32> {
    let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The days listed; an empty list restricts nothing, as operators send it.
fn read_weekdays(fields: &mut Fields<'_>) -> Result<Option<Weekdays>, DocumentError> {
    const EXPECTED: &str = "a weekday in English capitals, such as \"MONDAY\"";
    let Some(node) = fields.take("day_of_week") else { return Ok(None) };
    let mut weekdays = Weekdays::default();
    for item in node.items(7)? {
        let name = item.text(EXPECTED)?;
        let mut days = weekdays.0.iter_mut().zip(Weekdays::NAMES);
        let (day, _) =
            days.find(|(_, known)| *known == name).ok_or_else(|| item.unexpected(EXPECTED))?;
        *day = true;
    }
    Ok((weekdays != Weekdays::default()).then_some(weekdays))
}

/// A field that is a local date.
fn read_day(fields: &mut Fields<'_>, key: &str) -> Result<Option<i32>, DocumentError> {
    fields.take(key).map(|node| local_day(&node)).transpose()
}

/// A local date as days since 1970-01-01.
pub(super) fn local_day(node: &Node<'_>) -> Result<i32, DocumentError> {
    const EXPECTED: &str = "a local date, such as \"2026-01-31\"";
    let date: NaiveDate = node.text(EXPECTED)?.parse().map_err(|_| node.unexpected(EXPECTED))?;
    let day = date.num_days_from_ce().checked_sub(EPOCH_FROM_CE);
    day.ok_or_else(|| node.unexpected(EXPECTED))
}

fn read_scaled(
    fields: &mut Fields<'_>,
    key: &str,
    factor: i128,
) -> Result<Option<Exact>, DocumentError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    let scaled = node.decimal()?.times(Exact::whole(factor));
    scaled.map(Some).map_err(|Overflow| DocumentError::TooLarge { path: node.path() })
}

/// A current in amperes, the sum over all phases. Meter events carry none, so that it counts where
/// a CDR states it, and only there.
fn read_current(
    fields: &mut Fields<'_>,
    key: &str,
    remarks: &mut Remarks,
) -> Result<Option<Exact>, DocumentError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    remarks.note(WarningKind::CurrentNotMetered, &node.path());
    node.decimal().map(Some)
}

/// A duration in seconds as microseconds.
fn read_duration(fields: &mut Fields<'_>, key: &str) -> Result<Option<i64>, DocumentError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    let micros = i64::from(node.whole()?).checked_mul(1_000_000);
    micros.map(Some).ok_or_else(|| DocumentError::TooLarge { path: node.path() })
}

fn read_reservation(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Result<bool, DocumentError> {
    const EXPECTED: &str = "RESERVATION or RESERVATION_EXPIRES";
    let Some(node) = fields.take("reservation") else { return Ok(false) };
    if !matches!(node.text(EXPECTED)?.as_ref(), "RESERVATION" | "RESERVATION_EXPIRES") {
        return Err(node.unexpected(EXPECTED));
    }
    remarks.note(WarningKind::ReservationOnly, &node.path());
    Ok(true)
}
