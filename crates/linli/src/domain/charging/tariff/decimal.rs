//! Decimal text to exact fractions and back: no figure of a file passes through a float.

use crate::domain::{Exact, Overflow};

/// The most digits before and after the point.
pub(super) const MOST_DIGITS: usize = 18;

/// Ten to the power of `digits`, up to 38.
///
/// # Errors
/// [`Overflow`] beyond 38.
pub(super) fn power_of_ten(digits: usize) -> Result<i128, Overflow> {
    u32::try_from(digits).ok().and_then(|digits| 10_i128.checked_pow(digits)).ok_or(Overflow)
}

/// Reads a decimal as JSON writes it, exponent allowed; `None` if it is none, or longer than 18
/// digits before or after the point.
pub(super) fn parse(text: &str) -> Option<Exact> {
    plain(text).or_else(|| any(text))
}

/// The commonest form, at most 18 signs, digits with a point among them or none; anything else is
/// read with more care.
fn plain(text: &str) -> Option<Exact> {
    let bytes = text.as_bytes();
    if bytes.len() > MOST_DIGITS || !bytes.first()?.is_ascii_digit() || bytes.last() == Some(&b'.')
    {
        return None;
    }
    let (mut number, mut places, mut has_point) = (0_i64, 0_u32, false);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                number = number.wrapping_mul(10).wrapping_add((byte & 0x0f).into());
                places = places.wrapping_add(has_point.into());
            }
            b'.' if !has_point => has_point = true,
            _ => return None,
        }
    }
    Exact::decimal(number.into(), places).ok()
}

/// Any form.
fn any(text: &str) -> Option<Exact> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part_missing = digits.contains('.') && part.is_empty();
    if whole.is_empty() || part_missing || !(whole.bytes().chain(part.bytes())).all(is_digit) {
        return None;
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let decimals = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
    let places = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if whole.is_empty() && part.is_empty() {
        return Some(Exact::ZERO);
    }
    let most = i32::try_from(MOST_DIGITS).ok()?;
    if decimals > most || places > most {
        return None;
    }
    let number = figure(whole)?.checked_mul(power_of_ten(part.len()).ok()?)?;
    let number = number.checked_add(figure(part)?)?.checked_mul(sign)?;
    if let Ok(places) = u32::try_from(decimals) {
        return Exact::decimal(number, places).ok();
    }
    let scale = power_of_ten(usize::try_from(decimals.unsigned_abs()).ok()?).ok()?;
    number.checked_mul(scale).map(Exact::whole)
}

/// Digits as a number; none are 0.
fn figure(digits: &str) -> Option<i128> {
    if digits.is_empty() {
        return Some(0);
    }
    match digits.parse::<u64>() {
        Ok(short) => Some(short.into()),
        Err(_) => digits.parse().ok(),
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// The fraction as a decimal with at least `least` digits after the point, if it ends within 18.
pub(super) fn exactly(figure: Exact, least: usize) -> Option<String> {
    let mut digits = 0;
    let (numerator, denominator) = (figure.numerator(), figure.denominator());
    while power_of_ten(digits).ok()?.checked_rem(denominator)? != 0 {
        digits = digits.checked_add(1).filter(|digits| *digits <= MOST_DIGITS)?;
    }
    let digits = digits.max(least);
    let scaled = numerator.checked_mul(power_of_ten(digits).ok()?.checked_div(denominator)?)?;
    let sign = if scaled < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", scaled.unsigned_abs(), width = digits.saturating_add(1));
    let (whole, part) = text.split_at_checked(text.len().saturating_sub(digits))?;
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// The fraction as a decimal where it ends, else as `numerator/denominator`.
pub(super) fn text(figure: Exact, least: usize) -> String {
    exactly(figure, least).unwrap_or_else(|| figure.to_string())
}
