//! What helps against nuisances, and what does not.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::{Basis, Remedy, Verdict};
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Interventions that helped, of those whose outcome is known, by what was tried.
///
/// What the committee observed and what households told stand apart: the second is hearsay. What
/// was given up in place did not help; what was given up before that was never tried, and what is
/// on trial has no outcome yet.
#[derive(Clone, Debug)]
pub struct InterventionSuccess(Cases);

impl InterventionSuccess {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Seen to help of observed.
    #[must_use]
    pub fn observed(&self) -> BTreeMap<Remedy, Rate> {
        self.by_remedy(Basis::Observed)
    }

    /// Said to have helped of what was told.
    #[must_use]
    pub fn reported(&self) -> BTreeMap<Remedy, Rate> {
        self.by_remedy(Basis::Reported)
    }

    fn by_remedy(&self, basis: Basis) -> BTreeMap<Remedy, Rate> {
        let mut verdicts: BTreeMap<Remedy, Vec<bool>> = BTreeMap::new();
        for tried in self.0.iter().flat_map(|(_, case, _)| case.interventions.values()) {
            let was_tried = basis == Basis::Reported || tried.applied.is_some();
            if let Some((verdict, own)) = tried.outcome
                && own == basis
                && was_tried
            {
                verdicts.entry(tried.kind).or_default().push(verdict == Verdict::Effective);
            }
        }
        verdicts
            .into_iter()
            .map(|(remedy, helped)| (remedy, Rate::of(helped.into_iter())))
            .collect()
    }
}

impl Evolve for InterventionSuccess {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
