//! What all bills together tell.

use std::collections::BTreeMap;

use super::bill::Bill;
use super::change::{Applies, Change, amount, change};
use super::era::Era;
use super::eras::Stretch;
use super::search::search;
use super::suspect::{Suspect, SuspectCause, of_misfits};
use crate::domain::{Currency, Money};

/// What was inferred from issued bills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// The eras, currency by currency in the order of time.
    pub eras: Vec<Era>,
    /// The bills that fit none, by likely cause and session.
    pub suspects: Vec<Suspect>,
    /// Sessions that are over and count, and have no bill.
    pub unbilled: usize,
}

impl Finding {
    /// How many suspects each likely cause has.
    #[must_use]
    pub fn causes(&self) -> BTreeMap<SuspectCause, usize> {
        let mut causes = BTreeMap::new();
        for suspect in &self.suspects {
            let count: &mut usize = causes.entry(suspect.cause()).or_default();
            *count = count.saturating_add(1);
        }
        causes
    }

    /// Takes in the bills of one currency, which stand in the order of their starts.
    pub(super) fn take(&mut self, bills: &[&Bill], currency: Currency) {
        let stretches = search(bills, currency);
        let changes = changes(bills, &stretches);
        let mut parts: Vec<Part<'_, '_>> = Vec::new();
        let mut from = 0;
        for (index, stretch) in stretches.iter().enumerate() {
            // Each bill is in one era, even if two changes cannot be told in their order.
            let ends = changes.get(index);
            let until = ends.map_or(bills.len(), |change| {
                bills.partition_point(|bill| bill.started_at < change.at).max(from)
            });
            let own = bills.get(from..until).unwrap_or_default();
            let next = stretches.get(index.saturating_add(1)).map(|next| &next.rule).zip(ends);
            parts.push(Part { rule: &stretch.rule, bills: own, next });
            from = until;
        }
        let rules: Vec<_> = stretches.iter().map(|stretch| stretch.rule).collect();
        for (index, part) in parts.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| changes.get(before));
            let Some(era) = Era::of(part, before.cloned(), currency) else { continue };
            let misfits: Vec<(&Bill, Option<Money>)> = part
                .bills
                .iter()
                .filter(|bill| !part.fits(bill))
                .map(|bill| (*bill, part.expected(bill)))
                .collect();
            self.suspects.extend(of_misfits(part, &misfits, &rules, before, currency));
            self.eras.push(era);
        }
    }
}

/// The bills of one era with its rule, and what comes behind.
pub(super) struct Part<'a, 'b> {
    pub(super) rule: &'a super::rule::Rule,
    pub(super) bills: &'b [&'b Bill],
    pub(super) next: Option<(&'a super::rule::Rule, &'a Change)>,
}

impl Part<'_, '_> {
    /// What a bill comes to, with regard to a change that its session sees.
    pub(super) fn expected(&self, bill: &Bill) -> Option<Money> {
        match self.next {
            Some((next, change)) => amount(self.rule, next, bill, change.at, change.applies),
            None => self.rule.amount(bill),
        }
    }

    pub(super) fn fits(&self, bill: &Bill) -> bool {
        match self.next {
            Some((next, change)) if bill.ended_at > change.at => match change.applies {
                Applies::SessionStart => self.rule.fits(bill),
                Applies::SessionEnd => next.fits(bill),
                Applies::Instant => self.expected(bill) == Some(bill.issued),
            },
            _ => self.rule.fits(bill),
        }
    }
}

/// The changes between neighbouring stretches.
fn changes(bills: &[&Bill], stretches: &[Stretch]) -> Vec<Change> {
    let pairs = stretches.iter().zip(stretches.iter().skip(1));
    let of_pair = |(old, new): (&Stretch, &Stretch)| {
        let both = bills.get(old.from..new.until).unwrap_or_default();
        change(&old.rule, &new.rule, both, new.from.saturating_sub(old.from))
    };
    pairs.map(of_pair).collect()
}
