//! Whom the projects served.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::volunteering::Event as VolunteerEvent;
use crate::domain::{Event, Evolve, Happened, PersonRef, ProjectId, Registered};

/// Distinct people whom the projects served by the end of a day, and how often somebody was served
/// of whom nobody said who it was: these are never taken for one person, nor for many.
#[derive(Clone, Debug)]
pub struct Beneficiaries {
    day: NaiveDate,
    by_project: BTreeMap<ProjectId, BTreeSet<PersonRef>>,
    unnamed_n: u64,
}

impl Beneficiaries {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, by_project: BTreeMap::new(), unnamed_n: 0 }
    }

    /// Project by project. Whom two of them served counts in both, so that these do not add up to
    /// [`Beneficiaries::count`].
    pub fn by_project(&self, registered: &Registered) -> BTreeMap<&ProjectId, usize> {
        let projects = self.by_project.iter();
        projects
            .map(|(project_id, people)| (project_id, registered.distinct(people).len()))
            .collect()
    }

    /// Distinct people over all projects.
    #[must_use]
    pub fn count(&self, registered: &Registered) -> usize {
        registered.distinct(self.by_project.values().flatten()).len()
    }

    /// Services to people whom nobody named.
    #[must_use]
    pub fn unnamed_n(&self) -> u64 {
        self.unnamed_n
    }
}

impl Evolve for Beneficiaries {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Volunteering(VolunteerEvent::BeneficiaryServed {
            project_id,
            services_n,
            beneficiary_ref,
        }) = &happened.event
        else {
            return;
        };
        if !happened.had_happened_by(Some(self.day)) {
            return;
        }
        let people = self.by_project.entry(project_id.clone()).or_default();
        match beneficiary_ref {
            Some(person_ref) => {
                people.insert(person_ref.clone());
            }
            None => self.unnamed_n = self.unnamed_n.saturating_add((*services_n).into()),
        }
    }
}
