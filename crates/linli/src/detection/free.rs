//! Where a free allowance may end: between the sessions that cost nothing and those that do.

use super::bill::Bill;
use super::rule::{Measure, round_sizes};
use crate::domain::Money;

/// The most allowances that are tried of one gap, and the most of one size.
const MOST: usize = 12;
const MOST_ROUND: usize = 6;

/// Allowances that part free sessions from the others, with as few bills as can be on the wrong
/// side; where no session was free, those that all sessions may have exceeded. Watt-hours or
/// microseconds.
pub(super) fn allowances(bills: &[&Bill], measure: Measure) -> Vec<i64> {
    let mut marks: Vec<(i64, bool)> = bills
        .iter()
        .map(|bill| (bill.total(measure), bill.issued > Money::ZERO))
        .filter(|(total, _)| *total > 0)
        .collect();
    marks.sort_unstable();
    let Some((from, until)) = gap(&marks) else { return unseen(&marks, measure) };
    let mut found = Vec::new();
    for size in round_sizes(measure) {
        let up = from.div_euclid(*size).saturating_add(i64::from(from.rem_euclid(*size) != 0));
        let whole = (up..).map(|count| count.saturating_mul(*size)).take_while(|own| *own < until);
        // A gap may hold several of the roundest size: 2, 3 and 4 hours.
        let most = if found.is_empty() { MOST_ROUND } else { 1 };
        for own in whole.take(most) {
            if !found.contains(&own) {
                found.push(own);
            }
        }
    }
    // A low rate leaves sessions free that end soon after the allowance: it may lie before the gap.
    for size in round_sizes(measure).iter().take(4) {
        let before = from.div_euclid(*size).saturating_mul(*size);
        if before > 0 && !found.contains(&before) {
            found.push(before);
        }
    }
    found.truncate(MOST);
    found
}

/// Usual allowances below nearly all sessions that cost something: no bill of nothing shows them,
/// but the others may.
fn unseen(marks: &[(i64, bool)], measure: Measure) -> Vec<i64> {
    const MINUTE: i64 = 60_000_000;
    let usual: &[i64] = match measure {
        Measure::Energy => &[500, 1_000, 2_000, 3_000, 5_000, 10_000],
        _ => &[15, 30, 60, 90, 120, 180, 240, 300, 360, 480, 720],
    };
    let unit = if measure == Measure::Energy { 1 } else { MINUTE };
    let costly: Vec<i64> = marks.iter().filter(|(_, costs)| *costs).map(|(own, _)| *own).collect();
    let least = costly.get(costly.len().div_euclid(20)).copied().unwrap_or(0);
    usual.iter().map(|size| size.saturating_mul(unit)).filter(|size| *size < least).collect()
}

/// The widest stretch `[from, until)` of totals at which a cut leaves the fewest bills on the wrong
/// side: free ones above it, others at it or below.
fn gap(marks: &[(i64, bool)]) -> Option<(i64, i64)> {
    let free = marks.iter().filter(|(_, costs)| !costs).count();
    if free == 0 || free == marks.len() {
        return None;
    }
    let (mut wrong, mut least) = (free, free);
    let mut best: Option<(i64, i64)> = None;
    for (index, (total, costs)) in marks.iter().enumerate() {
        wrong = if *costs { wrong.saturating_add(1) } else { wrong.saturating_sub(1) };
        let next = marks.get(index.saturating_add(1)).map(|(next, _)| *next);
        let Some(next) = next.filter(|next| next > total) else { continue };
        let width = next.saturating_sub(*total);
        let is_wider = best.is_none_or(|(from, until)| width > until.saturating_sub(from));
        if wrong < least || (wrong == least && is_wider) {
            (least, best) = (wrong, Some((*total, next)));
        }
    }
    best
}
