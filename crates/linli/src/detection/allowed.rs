//! Which rates a bill allows under a rule whose rate is not known, and which rates many allow.

use super::bill::Bill;
use super::rule::{RATE_UNIT, Rule};
use crate::domain::Money;
use crate::domain::charging::tariff::{Method, Stage};

/// The greatest rate that is looked for, in millionths: a million for a unit.
const MOST: i64 = 1_000_000 * RATE_UNIT;

/// The lowest and the highest rate, in millionths, under which `rule` gives the bill's amount;
/// `None` where no rate does. Where the minimum alone is due every rate does.
///
/// An amount of `a` rounded to a unit `u` leaves `(a ± u/2) / q`, or `[a, a + u) / q` where digits
/// are cut. Where intervals are rounded one by one, each may be off by so much: between these
/// bounds the amount only grows with the rate, so that its ends are found by halving.
pub(super) fn rates(rule: &Rule, bill: &Bill) -> Option<(i64, i64)> {
    // What two rates leave open for one of them is not looked for.
    if rule.band.is_some() {
        return None;
    }
    if bill.issued < rule.minimum || bill.issued < Money::ZERO {
        return None;
    }
    let is_by_interval = matches!(rule.rounding.stage, Stage::Interval | Stage::Period);
    let (billed, roundings) = match is_by_interval {
        true => {
            let parts = rule.billed_parts(bill).filter(|part| *part > 0);
            parts.fold((0_i64, 0_i64), |(sum, count), part| (sum.saturating_add(part), count + 1))
        }
        false => (rule.billed(bill), if rule.fee == 0 { 1 } else { 2 }),
    };
    if billed <= 0 {
        return (billed == 0 && rule.fits(bill)).then_some((0, MOST));
    }
    let unit = Money::UNIT.checked_div(10_i128.checked_pow(rule.rounding.digits.into())?)?;
    let slack = unit.checked_mul(roundings.into())?;
    let half = slack.checked_div(2)?;
    // In billionths: below the first, not above the second.
    let (down, up) = match rule.rounding.method {
        Method::HalfUp | Method::HalfEven => (half, half),
        Method::Down | Method::Floor => (0, slack.checked_sub(1)?),
        Method::Up | Method::Ceiling => (slack.checked_sub(1)?, 0),
    };
    let is_least = rule.minimum > Money::ZERO && bill.issued == rule.minimum;
    // An amount in billionths, times the unit of the rate, by what is billed: a rate in millionths.
    let times = |amount: i128| amount.checked_mul(rule.measure.unit());
    let by = i128::from(billed).checked_mul(1_000)?;
    let lowest = times(bill.issued.0.checked_sub(down)?)?;
    let lowest = lowest.checked_neg()?.checked_div_euclid(by)?.checked_neg()?;
    let low = if is_least { 0 } else { i64::try_from(lowest.max(0)).ok()? };
    let highest = times(bill.issued.0.checked_add(up)?)?.checked_div_euclid(by)?;
    let high = i64::try_from(highest.min(MOST.into())).ok()?;
    if low > high {
        return None;
    }
    match roundings {
        1 => Some((low, high)),
        _ => halved(rule, bill, low, high),
    }
}

/// The part of `[low, high]` in which the rule gives the bill's amount.
fn halved(rule: &Rule, bill: &Bill, low: i64, high: i64) -> Option<(i64, i64)> {
    let amount = |rate| Rule { rate, fee: 0, ..*rule }.amount(bill);
    let first = |reached: &dyn Fn(Money) -> bool| {
        let (mut below, mut found) = (low, high.checked_add(1)?);
        while below < found {
            let middle = below.checked_add(found.checked_sub(below)?.checked_div(2)?)?;
            if reached(amount(middle)?) {
                found = middle;
            } else {
                below = middle.checked_add(1)?;
            }
        }
        Some(found)
    };
    let from = first(&|amount| amount >= bill.issued)?;
    let until = first(&|amount| amount > bill.issued)?;
    (from < until).then(|| (from, until.saturating_sub(1)))
}

/// A rate, and how many bills allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peak {
    pub(super) rate: i64,
    pub(super) votes: usize,
}

/// The rates of so many digits (`grid` millionths apart) that the most bills allow, the best first.
pub(super) fn peaks(allowed: &[(i64, i64)], grid: i64, most: usize) -> Vec<Peak> {
    let mut ends: Vec<(i64, i8)> = Vec::with_capacity(allowed.len().saturating_mul(2));
    for (low, high) in allowed {
        let low = low.div_euclid(grid) + i64::from(low.rem_euclid(grid) != 0);
        let high = high.div_euclid(grid);
        if low <= high {
            ends.push((low, 1));
            ends.push((high.saturating_add(1), -1));
        }
    }
    // At one place ends stand before beginnings: a region ends where the next begins.
    ends.sort_unstable();
    let (mut votes, mut since, mut is_rising) = (0_usize, 0_i64, false);
    let mut found: Vec<Peak> = Vec::new();
    for (place, change) in ends {
        if change > 0 {
            votes = votes.saturating_add(1);
            (since, is_rising) = (place, true);
        } else {
            if is_rising {
                let rate = roundest(since, place.saturating_sub(1)).saturating_mul(grid);
                found.push(Peak { rate, votes });
            }
            votes = votes.saturating_sub(1);
            is_rising = false;
        }
    }
    found.retain(|peak| peak.rate > 0);
    found.sort_by_key(|peak| (std::cmp::Reverse(peak.votes), peak.rate));
    found.truncate(most);
    found
}

/// The number with the most zeros at its end.
pub(super) fn roundest(from: i64, until: i64) -> i64 {
    let mut power = 1_000_000_000_000_i64;
    while power > 1 {
        let up = from.div_euclid(power) + i64::from(from.rem_euclid(power) != 0);
        let multiple = up.saturating_mul(power);
        if multiple <= until && multiple > 0 {
            return multiple;
        }
        power /= 10;
    }
    from
}
