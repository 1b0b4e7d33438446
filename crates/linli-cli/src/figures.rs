//! Numbers, times and tables as people read them.

use comfy_table::{CellAlignment, Table, presets};
use linli::replay::decimal;
use linli::{Exact, Timestamp, Zone};

/// Microseconds as hours.
pub(crate) fn hours(microseconds: i64) -> String {
    match Exact::fraction(microseconds.into(), 3_600_000_000) {
        Ok(hours) => decimal(hours),
        Err(error) => error.to_string(),
    }
}

/// Watt-hours as kilowatt-hours with three decimals.
pub(crate) fn kwh(energy_wh: i128) -> String {
    let sign = if energy_wh < 0 { "-" } else { "" };
    let wh = energy_wh.unsigned_abs();
    format!("{sign}{}.{:03}", grouped(wh / 1_000), wh % 1_000)
}

/// A count with a comma between the thousands.
pub(crate) fn grouped(count: u128) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An instant on the clock of its zone: `2022-02-27 09:00:00 CST`.
pub(crate) fn local(at: Timestamp, zone: Zone) -> String {
    match at.utc() {
        Some(utc) => utc.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string(),
        None => at.to_string(),
    }
}

/// A length of time: `3 h 12 min 5 s`.
pub(crate) fn lasted(microseconds: i64) -> String {
    let seconds = microseconds.div_euclid(1_000_000);
    let (hours, minutes) = (seconds.div_euclid(3_600), seconds.rem_euclid(3_600).div_euclid(60));
    let seconds = seconds.rem_euclid(60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min {seconds} s"),
    }
}

/// A table; the columns in `right` are numbers and stand to the right.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>, right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec()).add_rows(rows);
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
