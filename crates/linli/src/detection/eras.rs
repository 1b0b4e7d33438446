//! Bills in the order of time, parted into eras: each has one rule, and earns its break.

use super::bill::Bill;
use super::rule::Rule;

/// What a bill that its rule does not explain costs, in tenths of a bill.
pub(super) const MISFIT: i64 = 10;
/// What a break costs beside the rule behind it: an era has to win more than three bills.
const BREAK: i64 = 35;

/// A stretch of bills under one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) rule: Rule,
    /// The first bill, and the one behind the last, in the order of starts.
    pub(super) from: usize,
    pub(super) until: usize,
}

/// The cheapest story: misfits, breaks and the rules themselves all cost. Found exactly, by
/// dynamic programming over the bills; among equals the rule that stands first wins.
pub(super) fn eras(bills: &[&Bill], rules: &[Rule]) -> Vec<Stretch> {
    if rules.is_empty() {
        return Vec::new();
    }
    let costs: Vec<i64> = rules.iter().map(|rule| rule.cost().saturating_add(BREAK)).collect();
    let mut totals: Vec<i64> = vec![i64::MAX / 2; rules.len()];
    let (mut cheapest, mut winner) = (0_i64, None);
    // For each bill: whether a rule began there, and which rule was the cheapest before it.
    let mut began: Vec<(Vec<bool>, Option<usize>)> = Vec::with_capacity(bills.len());
    for bill in bills {
        let mut begins = Vec::with_capacity(rules.len());
        let mut next: Option<(i64, usize)> = None;
        for (index, ((rule, cost), total)) in rules.iter().zip(&costs).zip(&mut totals).enumerate()
        {
            let anew = cheapest.saturating_add(*cost);
            begins.push(anew < *total);
            let misfit = if rule.fits(bill) { 0 } else { MISFIT };
            *total = anew.min(*total).saturating_add(misfit);
            if next.is_none_or(|(least, _)| *total < least) {
                next = Some((*total, index));
            }
        }
        began.push((begins, winner));
        if let Some((least, index)) = next {
            (cheapest, winner) = (least, Some(index));
        }
    }
    traced(rules, &began, winner)
}

/// Follows the cheapest story backwards.
fn traced(
    rules: &[Rule],
    began: &[(Vec<bool>, Option<usize>)],
    last: Option<usize>,
) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let (mut own, mut until) = (last, began.len());
    for (index, (begins, before)) in began.iter().enumerate().rev() {
        let Some(rule) = own else { break };
        if begins.get(rule).copied().unwrap_or(false) {
            stretches.extend(rules.get(rule).map(|rule| Stretch {
                rule: *rule,
                from: index,
                until,
            }));
            (own, until) = (*before, index);
        }
    }
    stretches.reverse();
    stretches
}
