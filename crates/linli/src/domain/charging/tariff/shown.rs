//! Quantities as they are printed: with three decimals, and adding up.

use super::element::Dimension;
use super::rounding::{Method, round};
use super::tally::Share;
use crate::domain::{Exact, Overflow};

/// The quantity of each share in thousandths. For energy the shares' thousandths add up to those
/// of their sum: the last digits go by largest remainder, to the earlier line first.
pub(super) fn shown_thousandths(shares: &[Share<'_>]) -> Result<Vec<i128>, Overflow> {
    let mut shown = Vec::with_capacity(shares.len());
    let mut remainders = Vec::new();
    let mut sum = Exact::ZERO;
    for (index, share) in shares.iter().enumerate() {
        if share.component.dimension != Dimension::Energy {
            shown.push(nearest_thousandth(share.billed)?);
            continue;
        }
        sum = sum.plus(share.billed)?;
        let thousandths = share.billed.times(Exact::whole(1_000))?;
        let floor = thousandths.numerator().div_euclid(thousandths.denominator());
        remainders.push((thousandths.minus(Exact::whole(floor))?, index));
        shown.push(floor);
    }
    let mut floors = remainders.iter().filter_map(|(_, index)| shown.get(*index));
    let floors = floors.try_fold(0_i128, |sum, floor| sum.checked_add(*floor)).ok_or(Overflow)?;
    let missing = nearest_thousandth(sum)?.checked_sub(floors).ok_or(Overflow)?;
    remainders.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    for (_, index) in remainders.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        if let Some(floor) = shown.get_mut(index) {
            *floor = floor.saturating_add(1);
        }
    }
    Ok(shown)
}

fn nearest_thousandth(figure: Exact) -> Result<i128, Overflow> {
    let rounded = round(figure, Method::HalfUp, 3)?;
    Ok(rounded.0.div_euclid(1_000_000))
}
