//! What was tried against nuisances, and is, by how it stands.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::{Basis, Intervention, Standing};
use crate::domain::{CaseId, Event, Evolve, Happened, InterventionId};

/// The interventions at the end of a day, those of before a case among them.
#[derive(Clone, Debug)]
pub struct Interventions(Cases);

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// In which case.
    pub case_id: &'a CaseId,
    /// Its name within the case.
    pub intervention_id: &'a InterventionId,
    /// What it is, and what was measured for it.
    pub intervention: &'a Intervention,
    /// How it stands.
    pub standing: Standing,
}

impl Tried<'_> {
    /// Whether it was tried before there was a case, so that its outcome is hearsay.
    #[must_use]
    pub fn is_past(&self) -> bool {
        self.intervention.outcome.is_some_and(|(_, basis)| basis == Basis::Reported)
    }
}

impl Interventions {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// The interventions, case by case. What was put in place on an earlier day is under
    /// observation.
    pub fn iter(&self) -> impl Iterator<Item = Tried<'_>> {
        let day = self.0.day();
        self.0.iter().flat_map(move |(case_id, case, _)| {
            case.interventions.iter().map(move |(intervention_id, intervention)| Tried {
                case_id,
                intervention_id,
                intervention,
                standing: intervention.standing(day),
            })
        })
    }

    /// How many of a case stand how.
    #[must_use]
    pub fn by_standing(&self, case_id: &CaseId) -> BTreeMap<Standing, u64> {
        let mut counts = BTreeMap::new();
        for tried in self.iter().filter(|tried| tried.case_id == case_id) {
            let count: &mut u64 = counts.entry(tried.standing).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl Evolve for Interventions {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
