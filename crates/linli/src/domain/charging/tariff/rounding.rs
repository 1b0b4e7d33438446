//! Rounding: where it happens, how, and to how many digits.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::domain::exact::{divide, product};
use crate::domain::{Exact, Money, Overflow};

/// The finest rounding: billionths of the currency's main unit.
pub const MOST_DIGITS: u8 = 9;

/// Where a figure is rounded, from the finest to the coarsest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Each component's share of an interval between two readings.
    Interval,
    /// Each component's share of a period, a piece of an interval in which no price changes.
    Period,
    /// Each component's share of the session; of two fees each.
    Component,
    /// The session's total.
    Session,
    /// A card's sum over a local month; applied by a replay, not by [`price`](super::price).
    CardMonth,
}

impl Stage {
    /// Its name in a tariff file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::Period => "period",
            Self::Component => "component",
            Self::Session => "session",
            Self::CardMonth => "card_month",
        }
    }

    /// All of them, from the finest to the coarsest.
    pub const ALL: [Self; 5] =
        [Self::Interval, Self::Period, Self::Component, Self::Session, Self::CardMonth];
}

/// How a figure between two steps is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// To the nearest, a half away from zero.
    HalfUp,
    /// To the nearest, a half to the even digit.
    HalfEven,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
    /// Toward minus infinity.
    Floor,
    /// Toward plus infinity.
    Ceiling,
}

impl Method {
    /// Its name in a tariff file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::HalfEven => "half_even",
            Self::Down => "down",
            Self::Up => "up",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::HalfUp, Self::HalfEven, Self::Down, Self::Up, Self::Floor, Self::Ceiling];
}

/// One step of a rounding policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoundingStep {
    /// Where.
    pub stage: Stage,
    /// How.
    pub method: Method,
    /// To how many digits after the point, at most 9.
    pub digits: u8,
}

impl RoundingStep {
    /// What a tariff that states no rounding is replayed with: four decimals, half up, at the
    /// session.
    pub const NOT_STATED: Self = Self { stage: Stage::Session, method: Method::HalfUp, digits: 4 };

    /// The figure after this step.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn apply(self, figure: Exact) -> Result<Money, Overflow> {
        round(figure, self.method, self.digits)
    }

    /// What this step adds to a sum of bills; nothing beyond 128 bits.
    ///
    /// A statement has it as a line of its own. Bills of one card and month whose tariffs, or whose
    /// versions of a tariff, round a month otherwise are rounded apart.
    pub fn residue(self, sum: Money) -> Money {
        let rounded = Exact::fraction(sum.0, Money::UNIT).and_then(|exact| self.apply(exact));
        Money(rounded.map_or(0, |rounded| rounded.0.saturating_sub(sum.0)))
    }

    /// A ratio to billionths, half up, and after this step, by one division; `None` where it is
    /// negative, or longer than a machine word, as hardly any figure is.
    pub(super) fn round_twice(self, numerator: i128, denominator: i128) -> Option<(Money, Money)> {
        let (floor, over) = divide(product(numerator, Money::UNIT)?, denominator)?;
        let (floor, over) = (u64::try_from(floor).ok()?, u64::try_from(over).ok()?);
        let denominator = u64::try_from(denominator).ok()?;
        let left = Left { is_none: over == 0, half: over.cmp(&denominator.checked_sub(over)?) };
        let exact = floor.checked_add(left.rounds_up(Method::HalfUp, (false, floor.into())).into());
        let kept = POWERS.get(usize::from(self.digits)).copied().unwrap_or(Money::UNIT);
        let unit = u64::try_from(Money::UNIT.checked_div(kept)?).ok()?;
        let (kept, over) = (floor.checked_div(unit)?, floor.checked_rem(unit)?);
        // Of a unit that is not halved by a whole number of billionths, those behind them decide.
        let half = match over.cmp(&unit.wrapping_sub(over)) {
            _ if unit == 1 => left.half,
            Ordering::Equal if !left.is_none => Ordering::Greater,
            half => half,
        };
        let left = Left { is_none: left.is_none && over == 0, half };
        let rounded = kept.checked_add(left.rounds_up(self.method, (false, kept.into())).into())?;
        Some((Money(exact?.into()), Money(rounded.checked_mul(unit)?.into())))
    }
}

/// Rounds a figure in the currency's main unit to `digits` after the point; more than 9 are 9.
///
/// # Errors
/// [`Overflow`] beyond 128 bits.
///
/// # Example
/// ```
/// use linli::charging::tariff::{Method, round};
/// use linli::{Exact, Money};
/// let exact = Exact::fraction(125, 1_000)?;
/// assert_eq!(round(exact, Method::HalfUp, 2)?, Money(130_000_000));
/// assert_eq!(round(exact, Method::HalfEven, 2)?, Money(120_000_000));
/// # Ok::<(), linli::Overflow>(())
/// ```
///
/// # Source
/// billing.md section 3.3; OCPI leaves rounding open (ocpi 401).
pub fn round(exact: Exact, method: Method, digits: u8) -> Result<Money, Overflow> {
    round_ratio(exact.numerator(), exact.denominator(), method, digits)
}

/// Rounds `numerator / denominator`, which need not be in lowest terms; `denominator` > 0.
///
/// # Errors
/// [`Overflow`] beyond 128 bits, or for a denominator of 0.
pub fn round_ratio(
    numerator: i128,
    denominator: i128,
    method: Method,
    digits: u8,
) -> Result<Money, Overflow> {
    let kept = POWERS.get(usize::from(digits)).copied().unwrap_or(Money::UNIT);
    let scaled = product(numerator, kept).ok_or(Overflow)?;
    let (floor, over) = divide(scaled, denominator).ok_or(Overflow)?;
    let left = Left { is_none: over == 0, half: compare_half(over, denominator) };
    let upwards = left.rounds_up(method, (scaled < 0, floor));
    let rounded = if upwards { floor.checked_add(1).ok_or(Overflow)? } else { floor };
    let unit = Money::UNIT.checked_div(kept).ok_or(Overflow)?;
    product(rounded, unit).map(Money).ok_or(Overflow)
}

const POWERS: [i128; 10] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// What stands behind the last digit that is kept.
struct Left {
    is_none: bool,
    /// How it compares with half a unit of that digit.
    half: Ordering,
}

impl Left {
    /// Whether what is kept goes up by one: it was rounded down, of a negative figure too.
    fn rounds_up(&self, method: Method, (is_negative, floor): (bool, i128)) -> bool {
        let on_tie = |up: bool| self.half.is_gt() || (self.half.is_eq() && up);
        match method {
            Method::Floor => false,
            Method::Ceiling => !self.is_none,
            Method::Down => is_negative && !self.is_none,
            Method::Up => !is_negative && !self.is_none,
            Method::HalfUp => on_tie(!is_negative),
            Method::HalfEven => on_tie(floor & 1 == 1),
        }
    }
}

fn compare_half(over: i128, whole: i128) -> Ordering {
    over.cmp(&whole.wrapping_sub(over))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Rounded twice at once is rounded once and once more, ties and what is just beside them
        /// among the figures.
        #[test]
        fn at_once_is_one_after_the_other(
            halves in 0_i128..2_000,
            beside in -1_i128..2,
            (behind, of) in (0_i128..3, 1_i128..5),
            method in prop::sample::select(Method::ALL.to_vec()),
            digits in 0_u8..=9,
        ) {
            let unit = 10_i128.pow(9 - u32::from(digits));
            let billionths = halves * unit / 2 + beside;
            // So many billionths, and a part of one.
            let (numerator, denominator) = (billionths * of + behind, Money::UNIT * of);
            let step = RoundingStep { stage: Stage::Session, method, digits };
            let exact = round_ratio(numerator, denominator, Method::HalfUp, 9).expect("short");
            let amount = round_ratio(numerator, denominator, method, digits).expect("short");
            match step.round_twice(numerator, denominator) {
                Some(twice) => prop_assert_eq!(twice, (exact, amount)),
                None => prop_assert!(numerator < 0, "{}/{}", numerator, denominator),
            }
        }
    }
}
