//! Numbers as people write them into tables, read exactly: nothing here is a float.

use rust_decimal::Decimal;

/// What may part the whole from the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Point,
    /// A comma as well; there are no thousands marks, so that both are unambiguous.
    PointOrComma,
}

/// The number with a point, its digits as written, and its value.
pub(super) fn decimal(text: &str, mark: Mark) -> Result<(String, Decimal), String> {
    let written = match mark {
        Mark::Point => text.to_owned(),
        Mark::PointOrComma => text.replacen(',', ".", 1),
    };
    let digits = written.strip_prefix('-').unwrap_or(&written);
    let is_plain = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.matches('.').count() <= 1;
    if !is_plain {
        return Err(format!("`{}` is no number; write plain decimals", shown(text)));
    }
    match Decimal::from_str_exact(&written) {
        Ok(value) => Ok((written, value)),
        Err(_) => Err(format!("`{}` has more digits than can be kept exactly", shown(text))),
    }
}

/// Whole watt-hours out of kilowatt-hours.
pub(super) fn watt_hours_of_kwh(kwh: Decimal) -> Result<i64, String> {
    let kwh = kwh.normalize();
    let Some(missing) = 3_u32.checked_sub(kwh.scale()) else {
        return Err(format!("{kwh} kWh is finer than a watt-hour; at most three decimals"));
    };
    let watt_hours = kwh.mantissa().checked_mul(10_i128.pow(missing));
    watt_hours
        .and_then(|watt_hours| i64::try_from(watt_hours).ok())
        .ok_or_else(|| format!("{kwh} kWh is more than any meter can count"))
}

/// A whole number.
pub(super) fn whole(value: Decimal) -> Result<i64, String> {
    let value = value.normalize();
    match i64::try_from(value.mantissa()) {
        Ok(whole) if value.scale() == 0 => Ok(whole),
        Ok(_) => Err(format!("{value} is no whole number")),
        Err(_) => Err(format!("{value} is too large")),
    }
}

/// The nearest whole seconds of so many hours: publishers cut hours off after some decimals.
pub(super) fn seconds_of_hours(hours: Decimal) -> Result<i64, String> {
    let seconds = hours.checked_mul(Decimal::from(3_600)).map(|seconds| seconds.round());
    seconds
        .and_then(|seconds| i64::try_from(seconds.normalize().mantissa()).ok())
        .ok_or_else(|| format!("{hours} hours is too long"))
}

/// At most sixty characters of what somebody wrote, fit for a terminal.
pub(super) fn shown(text: &str) -> String {
    let mut start: String = text.chars().take(57).collect();
    if start.len() < text.len() {
        start.push_str("...");
    }
    start.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}
