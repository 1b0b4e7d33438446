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
    ///
    /// ```
    /// use linli::Money;
    ///
    /// assert_eq!(Money::written("0.825"), Some(Money(825_000_000)));
    /// assert_eq!(["1_000", "0.0000000001", ""].map(Money::written), [None; 3]);
    /// ```
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        // The library reads `1_000` as a thousand; no standard of ours writes so.
        let written = Some(text).filter(|text| !text.contains('_'))?;
        let amount = written.parse::<rust_decimal::Decimal>().ok()?;
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Currency, Fen, Minutes, Money, NegativeAmount, UnknownCurrency, WattHours};

    proptest! {
        #[test]
        fn energy_is_shown_to_the_watt_hour(wh: i64) {
            let shown = WattHours(wh).to_string();
            let (whole, rest) = shown.split_once('.').expect("a point");
            prop_assert_eq!(rest.len(), 3);
            prop_assert_eq!(format!("{whole}{rest}").parse::<i64>(), Ok(wh));
            let digits = whole.trim_start_matches('-');
            prop_assert!(digits == "0" || !digits.starts_with('0'), "{}", shown);
        }

        /// What is shown is what is read, and says no digit too many.
        #[test]
        fn money_is_read_as_it_is_shown(nanos in any::<i64>(), zeros in 0_u32..9) {
            let money = Money(i128::from(nanos) / 10_i128.pow(zeros) * 10_i128.pow(zeros));
            let shown = money.to_string();
            prop_assert_eq!(&format!("{money:?}"), &shown);
            prop_assert_eq!(Money::written(&shown), Some(money));
            let (_, digits) = shown.split_once('.').expect("a point");
            prop_assert!(digits.len() == 2 || digits.len() > 2 && !digits.ends_with('0'));
            let finer = format!("{shown}{}1", "0".repeat(9 - digits.len()));
            prop_assert_eq!(Money::written(&finer), None);
        }

        #[test]
        fn sums_and_differences_of_money_undo_each_other(one: i64, two: i64) {
            let (one, two) = (Money(one.into()), Money(two.into()));
            let sum = one.checked_add(two).expect("no overflow");
            prop_assert_eq!(sum.0, one.0 + two.0);
            prop_assert_eq!(sum.checked_sub(two), Some(one));
            let (much, more) = (one.0.abs(), Money(one.0.abs() + 1));
            prop_assert_eq!(Money(i128::MAX - much).checked_add(more), None);
            prop_assert_eq!(Money(i128::MIN + much).checked_sub(more), None);
        }

        #[test]
        fn minutes_are_amended_or_refused(
            minutes: u32,
            delta in -5_000_000_000_i64..5_000_000_000,
        ) {
            let wanted = u32::try_from(i64::from(minutes) + delta).ok().map(Minutes);
            prop_assert_eq!(Minutes(minutes).amended(delta), wanted);
            prop_assert_eq!(Minutes(minutes).amended(i64::MAX), None);
            let shown = Minutes(minutes).to_string();
            prop_assert_eq!(shown, format!("{minutes} min"));
        }

        #[test]
        fn minutes_add_up(hours in 0_u32..1_000, more in vec(0_u32..10_000, 0..9)) {
            let all = more.iter().copied().map(Minutes).chain([Minutes::of_hours(hours)]);
            prop_assert_eq!(all.sum::<Minutes>().0, more.iter().sum::<u32>() + 60 * hours);
        }

        /// A debt that grows and is paid back is what it was, and none is ever negative.
        #[test]
        fn debts_are_paid_back(one in 0_i64..1 << 40, two in 0_i64..1 << 40) {
            let fen = |fen| Fen::try_from(fen).expect("not negative");
            prop_assert_eq!(fen(one).plus(fen(two)).get(), one + two);
            prop_assert_eq!(fen(one).plus(fen(two)).less(fen(two)), fen(one));
            prop_assert_eq!(i64::from(fen(one).less(fen(two))), (one - two).max(0));
            prop_assert_eq!(Fen::try_from(-1 - one), Err(NegativeAmount(-1 - one)));
        }
    }

    #[test]
    fn a_currency_is_read_by_its_code() {
        for (code, digits) in [("CNY", 2), ("JPY", 0), ("KWD", 3)] {
            let currency: Currency = code.parse().expect("a code");
            assert_eq!((currency.to_string(), String::from(currency)), (code.into(), code.into()));
            assert_eq!((currency.code(), currency.minor_digits()), (code, digits));
            assert_eq!(Currency::try_from(code.to_owned()), Ok(currency));
        }
        let refused = "cny, and then a long story".parse::<Currency>();
        assert_eq!(refused, Err(UnknownCurrency("cny, and then a ".into())));
    }
}
