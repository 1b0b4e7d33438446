//! What another tariff changes: who gains and who loses, group by group.

use std::collections::BTreeMap;

use super::Report;
use crate::domain::Money;

/// One tariff held against the first of the same replay. A difference is what a group pays more;
/// it is below zero for a group that gains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// The difference of the totals.
    pub total: Money,
    /// The difference of each group, where groups were asked for. A group of which one of the two
    /// prices nothing counts as zero there.
    pub groups: BTreeMap<String, Money>,
    /// The group that gains the most, and its difference.
    pub largest_gain: Option<(String, Money)>,
    /// The group that loses the most, and its difference.
    pub largest_loss: Option<(String, Money)>,
}

impl WhatIf {
    /// How many groups pay less.
    #[must_use]
    pub fn gain(&self) -> usize {
        self.groups.values().filter(|more| **more < Money::ZERO).count()
    }

    /// How many groups pay more.
    #[must_use]
    pub fn lose(&self) -> usize {
        self.groups.values().filter(|more| **more > Money::ZERO).count()
    }

    /// How many groups pay the same.
    #[must_use]
    pub fn same(&self) -> usize {
        self.groups.values().filter(|more| **more == Money::ZERO).count()
    }
}

impl Report {
    /// What the tariff of this place changes against the first; `None` for the first itself, and
    /// where the two have no currency in common.
    #[must_use]
    pub fn what_if(&self, tariff: usize) -> Option<WhatIf> {
        let first = self.tariffs.first()?;
        let other = self.tariffs.get(tariff).filter(|_| tariff > 0)?;
        if first.currency != other.currency {
            return None;
        }
        let less = |more: Money, than: Money| Money(more.0.saturating_sub(than.0));
        let mut found = WhatIf { total: less(other.total, first.total), ..WhatIf::default() };
        for name in first.groups.keys().chain(other.groups.keys()) {
            let own = other.groups.get(name).copied().unwrap_or_default().amount;
            let before = first.groups.get(name).copied().unwrap_or_default().amount;
            found.groups.insert(name.clone(), less(own, before));
        }
        let named = |(name, more): (&String, &Money)| (name.clone(), *more);
        let least = found.groups.iter().min_by_key(|(_, more)| **more);
        let most = found.groups.iter().rev().max_by_key(|(_, more)| **more);
        found.largest_gain = least.filter(|(_, more)| **more < Money::ZERO).map(named);
        found.largest_loss = most.filter(|(_, more)| **more > Money::ZERO).map(named);
        Some(found)
    }
}
