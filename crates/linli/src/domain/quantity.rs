//! Quantities with their unit in the type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Electrical energy in whole watt-hours; negative where a meter ran backwards.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WattHours(pub i64);

/// Electrical power in whole watts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Watts(pub i64);

impl fmt::Display for WattHours {
    /// Kilowatt-hours with three decimals, as a meter shows them: `19.990`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let wh = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", wh / 1_000, wh % 1_000)
    }
}

/// Whole minutes of somebody's time. Hours are made of them on a certificate only.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Minutes(pub u32);

impl Minutes {
    /// The minutes of so many hours; no more than a `u32` holds, which is eight thousand years.
    #[must_use]
    pub fn of_hours(hours: u32) -> Self {
        Self(hours.saturating_mul(60))
    }

    /// The sum, with the same bound.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many minutes more, or fewer; `None` where fewer than none would be left.
    #[must_use]
    pub fn amended(self, delta_min: i64) -> Option<Self> {
        let amended = i64::from(self.0).checked_add(delta_min)?;
        u32::try_from(amended).ok().map(Self)
    }
}

impl std::iter::Sum for Minutes {
    fn sum<I: Iterator<Item = Self>>(minutes: I) -> Self {
        minutes.fold(Self::default(), Self::plus)
    }
}

impl fmt::Display for Minutes {
    /// `90 min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

/// An amount of money in billionths of the currency's main unit: one fen is `10_000_000`.
///
/// An integer, so that sums are exact; fine enough for every rounding of up to nine digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i128);

impl Money {
    /// Billionths in one main unit (yuan, krone, dollar).
    pub const UNIT: i128 = 1_000_000_000;
    /// Its digits after the point.
    pub const DIGITS: u32 = 9;
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The amount that a decimal text writes; `None` for another text, and for more than nine
    /// digits behind the point.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let amount = text.parse::<rust_decimal::Decimal>().ok()?;
        let scale = 9_u32.checked_sub(amount.scale())?;
        amount.mantissa().checked_mul(10_i128.checked_pow(scale)?).map(Self)
    }

    /// The sum; `None` beyond 128 bits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; `None` beyond 128 bits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl fmt::Display for Money {
    /// A decimal with at least two digits after the point, no more than needed: `0.66`, `0.6604`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let unit = Self::UNIT.unsigned_abs();
        let decimals = format!("{:09}", nanos % unit);
        let shown = decimals.trim_end_matches('0').len().max(2);
        let shown = decimals.get(..shown).unwrap_or(&decimals);
        write!(f, "{sign}{}.{shown}", nanos / unit)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An amount owed or paid in whole fen, never negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Fen(i64);

/// A negative amount. Exchange debtor and creditor instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount of {0} fen is negative; exchange debtor and creditor")]
pub struct NegativeAmount(pub i64);

impl Fen {
    /// The number of fen.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }

    /// The sum; no more than an `i64` holds, which is more than there is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of it after another amount; none where that is as much or more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }
}

impl TryFrom<i64> for Fen {
    type Error = NegativeAmount;

    fn try_from(fen: i64) -> Result<Self, NegativeAmount> {
        if fen < 0 { Err(NegativeAmount(fen)) } else { Ok(Self(fen)) }
    }
}

impl From<Fen> for i64 {
    fn from(amount: Fen) -> Self {
        amount.0
    }
}

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

/// A text that is no ISO 4217 code. Write three capital letters, `CNY` for instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no ISO 4217 currency code; write three capital letters, such as CNY")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// The three letters of ISO 4217.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency's smallest unit has: 2 for the yuan, 0 for the yen.
    #[must_use]
    pub fn minor_digits(self) -> u8 {
        self.0.exponent().and_then(|digits| u8::try_from(digits).ok()).unwrap_or(2)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .ok_or_else(|| UnknownCurrency(code.chars().take(16).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
