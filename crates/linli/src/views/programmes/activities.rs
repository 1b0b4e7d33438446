//! Which activities were held: a joint one once, a rehearsal never.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{Programmes, count};
use crate::domain::programmes::{ActivityKind, ActivityPhase};
use crate::domain::{ActivityId, GroupId};

/// The activities that were held.
#[derive(Clone, Debug)]
pub struct Activities<'a>(Vec<HeldActivity<'a>>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldActivity<'a> {
    /// Its name.
    pub activity_id: &'a ActivityId,
    /// What it was.
    pub kind: ActivityKind,
    /// Whose it was.
    pub group_ids: &'a [GroupId],
    /// The local day on which it began.
    pub on: NaiveDate,
    /// How many people saw it, where somebody counted them.
    pub audience_n: Option<u32>,
}

impl Programmes {
    /// The activities that were held. What is only scheduled, cancelled or rained off is not among
    /// them, nor a rehearsal.
    #[must_use]
    pub fn activities(&self) -> Activities<'_> {
        let held = self.0.activities.iter().filter_map(|(activity_id, activity)| {
            let plan = activity.plan.as_ref().filter(|plan| plan.kind.counts())?;
            let on = plan.span.from.local_date(plan.zone)?;
            let is_held = activity.phase == ActivityPhase::Held;
            is_held.then_some(HeldActivity {
                activity_id,
                kind: plan.kind,
                group_ids: &plan.group_ids,
                on,
                audience_n: activity.audience_n,
            })
        });
        Activities(held.collect())
    }
}

impl<'a> Activities<'a> {
    /// One by one, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &HeldActivity<'a>> {
        self.0.iter()
    }

    /// How many, a joint one once.
    #[must_use]
    pub fn count(&self) -> u64 {
        count(self.0.len())
    }

    /// How many of each kind, every kind named.
    #[must_use]
    pub fn by_kind(&self) -> BTreeMap<ActivityKind, u64> {
        let none = ActivityKind::COUNTED.map(|kind| (kind, 0));
        add(none.into(), self.0.iter().map(|held| held.kind))
    }

    /// How many in each year.
    #[must_use]
    pub fn by_year(&self) -> BTreeMap<i32, u64> {
        add(BTreeMap::new(), self.0.iter().map(|held| held.on.year()))
    }

    /// How many up to the end of each year.
    #[must_use]
    pub fn cumulative(&self) -> BTreeMap<i32, u64> {
        let mut so_far = 0_u64;
        let up_to = |(year, held_n)| {
            so_far = so_far.saturating_add(held_n);
            (year, so_far)
        };
        self.by_year().into_iter().map(up_to).collect()
    }

    /// How many each group took part in. A joint one is counted with each of its groups, so that
    /// these add up to more than there were.
    #[must_use]
    pub fn by_group(&self) -> BTreeMap<&'a GroupId, u64> {
        add(BTreeMap::new(), self.0.iter().flat_map(|held| held.group_ids))
    }
}

fn add<K: Ord>(mut counts: BTreeMap<K, u64>, keys: impl Iterator<Item = K>) -> BTreeMap<K, u64> {
    for key in keys {
        let counted = counts.entry(key).or_default();
        *counted = counted.saturating_add(1);
    }
    counts
}
