//! Exact fractions: what stands between a reading and an amount before anything is rounded.

use std::cmp::Ordering;
use std::fmt;

use num_rational::Ratio;

/// An exact fraction over checked 128-bit integers, always in lowest terms.
///
/// Its operators are named and checked, because the plain ones of a ratio panic or wrap.
#[derive(Clone, Copy, Eq)]
pub struct Exact(Ratio<i128>);

/// A figure left the range of 128-bit integers. The input is beyond anything a community can
/// measure: look for a wrong unit or a damaged reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a figure is too large to compute exactly; look for a wrong unit or a damaged reading")]
pub struct Overflow;

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i128) -> Self {
        Self(Ratio::new_raw(number, 1))
    }

    /// A fraction that was taken apart: both parts are in lowest terms already, so that nothing is
    /// looked for that divides them.
    pub(crate) const fn of_lowest_terms(numerator: i128, denominator: i128) -> Self {
        Self(Ratio::new_raw(numerator, denominator))
    }

    /// The fraction `numerator / denominator`, in lowest terms.
    ///
    /// # Errors
    /// [`Overflow`] for a denominator of zero or one whose sign cannot be turned.
    pub fn fraction(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if denominator == 0 || denominator == i128::MIN || numerator == i128::MIN {
            return Err(Overflow);
        }
        if denominator == 1 {
            return Ok(Self::whole(numerator));
        }
        let short = (i64::try_from(numerator), i64::try_from(denominator));
        if let (Ok(numerator), Ok(denominator @ 1..)) = short {
            return Ok(Self::short(numerator, denominator));
        }
        let divisor = greatest_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| Overflow)?;
        let divisor = if denominator < 0 { divisor.wrapping_neg() } else { divisor };
        // Nothing is left over, so that rounding down is no rounding.
        let lowest = |part: i128| divide(part, divisor).map(|(whole, _)| whole).ok_or(Overflow);
        Ok(Self(Ratio::new_raw(lowest(numerator)?, lowest(denominator)?)))
    }

    /// As nearly all fractions are: a machine word each.
    fn short(numerator: i64, denominator: i64) -> Self {
        let divisor = greatest_short_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        // It divides the denominator, so that it is no larger.
        let divisor = i64::try_from(divisor).unwrap_or(1);
        Self(Ratio::new_raw((numerator / divisor).into(), (denominator / divisor).into()))
    }

    /// A decimal: `number` with its last `places` digits after the point, in lowest terms.
    ///
    /// # Errors
    /// [`Overflow`] beyond 38 places.
    pub fn decimal(number: i128, places: u32) -> Result<Self, Overflow> {
        let scale = 10_i128.checked_pow(places).ok_or(Overflow)?;
        let (Ok(mut number), Ok(mut scale)) = (i64::try_from(number), i64::try_from(scale)) else {
            return Self::fraction(number, scale);
        };
        // Nothing but two and five divides a power of ten.
        let twos = number.trailing_zeros().min(places);
        number >>= twos;
        scale >>= twos;
        while scale % 5 == 0 && number % 5 == 0 {
            number /= 5;
            scale /= 5;
        }
        Ok(Self(Ratio::new_raw(number.into(), scale.into())))
    }

    /// The upper part of the fraction in lowest terms; carries the sign.
    #[must_use]
    pub fn numerator(&self) -> i128 {
        *self.0.numer()
    }

    /// The lower part of the fraction in lowest terms; at least 1.
    #[must_use]
    pub fn denominator(&self) -> i128 {
        *self.0.denom()
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.numerator() == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if other.is_zero() {
            return Ok(self);
        }
        let (one, two) = (self.denominator(), other.denominator());
        if one == two {
            let sum = self.numerator().checked_add(other.numerator()).ok_or(Overflow)?;
            return if one == 1 { Ok(Self::whole(sum)) } else { Self::fraction(sum, one) };
        }
        // The least common denominator is the first times what the second has beyond it.
        let shared = Self::fraction(two, one)?;
        let (to_one, to_two) = (shared.numerator(), shared.denominator());
        let left = product(self.numerator(), to_one).ok_or(Overflow)?;
        let right = product(other.numerator(), to_two).ok_or(Overflow)?;
        let sum = left.checked_add(right).ok_or(Overflow)?;
        Self::fraction(sum, product(one, to_one).ok_or(Overflow)?)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        let negative = other.numerator().checked_neg().ok_or(Overflow)?;
        self.plus(Self(Ratio::new_raw(negative, other.denominator())))
    }

    /// The product.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        if self.is_zero() || other.is_zero() {
            return Ok(Self::ZERO);
        }
        let product = |one: i128, two: i128| product(one, two).ok_or(Overflow);
        if self.denominator() == 1 && other.denominator() == 1 {
            return product(self.numerator(), other.numerator()).map(Self::whole);
        }
        // Each numerator against the other denominator: what comes out is in lowest terms.
        let first = Self::fraction(self.numerator(), other.denominator())?;
        let second = Self::fraction(other.numerator(), self.denominator())?;
        let numerator = product(first.numerator(), second.numerator())?;
        let denominator = product(first.denominator(), second.denominator())?;
        Ok(Self(Ratio::new_raw(numerator, denominator)))
    }
}

impl PartialEq for Exact {
    /// In lowest terms equal fractions are written alike.
    fn eq(&self, other: &Self) -> bool {
        self.numerator() == other.numerator() && self.denominator() == other.denominator()
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator() == other.denominator() {
            return self.numerator().cmp(&other.numerator());
        }
        let left = product(self.numerator(), other.denominator());
        match left.zip(product(other.numerator(), self.denominator())) {
            Some((left, right)) => left.cmp(&right),
            None => self.0.cmp(&other.0),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The quotient rounded down and what is left over, by one machine division where both are short;
/// `None` for a divisor of zero or a quotient beyond 128 bits.
pub(in crate::domain) fn divide(dividend: i128, divisor: i128) -> Option<(i128, i128)> {
    // The least word by minus one does not fit a word.
    if let (Ok(short), Ok(by)) = (i64::try_from(dividend), i64::try_from(divisor))
        && let (Some(floor), Some(rest)) =
            (short.checked_div_euclid(by), short.checked_rem_euclid(by))
    {
        return Some((floor.into(), rest.into()));
    }
    let floor = dividend.checked_div_euclid(divisor)?;
    // What is left is less than the divisor, whatever the product wraps to.
    Some((floor, dividend.wrapping_sub(floor.wrapping_mul(divisor))))
}

/// The product, by one machine multiplication where both are short; `None` beyond 128 bits.
#[inline]
pub(in crate::domain) fn product(one: i128, other: i128) -> Option<i128> {
    match (i64::try_from(one), i64::try_from(other)) {
        // No product of two words needs more than two.
        (Ok(one), Ok(other)) => Some(i128::from(one).wrapping_mul(other.into())),
        _ => one.checked_mul(other),
    }
}

/// The greatest common divisor of two numbers of which the second is not 0.
///
/// Figures are mostly short: the long division is done until both fit a machine word.
fn greatest_divisor(mut left: u128, mut right: u128) -> u128 {
    loop {
        if let (Ok(left), Ok(right)) = (u64::try_from(left), u64::try_from(right)) {
            return greatest_short_divisor(left, right).into();
        }
        let Some(rest) = left.checked_rem(right) else { return left };
        (left, right) = (right, rest);
    }
}

/// One division brings the two to one size, then shifts are cheaper.
fn greatest_short_divisor(left: u64, right: u64) -> u64 {
    let Some(rest) = left.checked_rem(right) else { return left };
    let (mut left, mut right) = (right, rest);
    if right <= 1 {
        return if right == 0 { left } else { 1 };
    }
    let twos = (left | right).trailing_zeros();
    left >>= left.trailing_zeros();
    while right != 0 {
        right >>= right.trailing_zeros();
        (left, right) = (left.min(right), left.abs_diff(right));
    }
    left << twos
}

impl fmt::Display for Exact {
    /// A whole number as it stands, a fraction as `numerator/denominator`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use num_rational::Ratio;
    use num_traits::{CheckedAdd as _, CheckedMul as _, CheckedSub as _};
    use proptest::prelude::*;

    use super::{Exact, Overflow};

    /// Small numbers, the edges of a machine word, and what lies beyond.
    fn any_part() -> impl Strategy<Value = i128> {
        let edge = prop::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX]);
        prop_oneof![
            3 => -60_i128..60,
            2 => any::<i64>().prop_map(i128::from),
            1 => edge.prop_map(i128::from),
            2 => -(1_i128 << 90)..(1_i128 << 90),
        ]
    }

    fn any_lower() -> impl Strategy<Value = i128> {
        any_part().prop_filter("nothing divides by zero", |part| *part != 0)
    }

    fn pair(exact: Result<Exact, Overflow>) -> Option<(i128, i128)> {
        exact.ok().map(|exact| (exact.numerator(), exact.denominator()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// All that is computed is what `num-rational` computes, in lowest terms; where that goes
        /// beyond 128 bits on the way, we may still come to the figure.
        #[test]
        fn fractions_are_those_of_num_rational(
            (upper, lower) in (any_part(), any_lower()),
            (other_upper, other_lower) in (any_part(), any_lower()),
            places in 0_u32..19,
        ) {
            let (one, two) = (Ratio::new(upper, lower), Ratio::new(other_upper, other_lower));
            let told = |ratio: Ratio<i128>| (*ratio.numer(), *ratio.denom());
            let own = Exact::fraction(upper, lower);
            prop_assert_eq!(pair(own), Some(told(one)));
            let (own, other) = (own.unwrap(), Exact::fraction(other_upper, other_lower).unwrap());
            prop_assert_eq!(own.cmp(&other), one.cmp(&two));
            prop_assert_eq!(own == other, one == two);
            prop_assert_eq!(own.is_zero(), upper == 0);
            for (ours, theirs) in [
                (own.plus(other), one.checked_add(&two)),
                (own.minus(other), one.checked_sub(&two)),
                (own.times(other), one.checked_mul(&two)),
            ] {
                if let Some(theirs) = theirs {
                    prop_assert_eq!(pair(ours), Some(told(theirs)));
                }
            }
            let scale = 10_i128.pow(places);
            let decimal = Exact::decimal(upper, places);
            prop_assert_eq!(pair(decimal), Some(told(Ratio::new(upper, scale))));
        }
    }

    #[test]
    fn what_no_fraction_says_is_refused() {
        for numerator in [0, 1, -7, i128::MAX] {
            for denominator in [0, i128::MIN] {
                assert_eq!(pair(Exact::fraction(numerator, denominator)), None);
            }
        }
        assert_eq!(pair(Exact::fraction(i128::MIN, 3)), None);
        assert_eq!(pair(Exact::decimal(1, 38)), Some((1, 10_i128.pow(38))));
        assert_eq!(pair(Exact::decimal(1, 39)), None);
        let (most, least) = (Exact::whole(i128::MAX), Exact::whole(-i128::MAX));
        assert_eq!(most.plus(Exact::whole(1)), Err(Overflow));
        assert_eq!(least.minus(Exact::whole(2)), Err(Overflow));
        assert_eq!(most.times(Exact::whole(2)), Err(Overflow));
    }

    #[test]
    fn a_fraction_is_shown_in_lowest_terms() {
        let shown = |upper, lower| format!("{0} {0:?}", Exact::fraction(upper, lower).unwrap());
        assert_eq!(shown(6, -8), "-3/4 -3/4");
        assert_eq!(shown(10, 5), "2 2");
    }
}
