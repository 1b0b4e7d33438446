//! How often which project served.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::volunteering::Event as VolunteerEvent;
use crate::domain::{Event, Evolve, Happened, ProjectId};

/// Services by the end of a day: knives ground, coats mended. These are times, not people.
#[derive(Clone, Debug)]
pub struct ServicesRendered {
    day: NaiveDate,
    by_project: BTreeMap<ProjectId, u64>,
}

impl ServicesRendered {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, by_project: BTreeMap::new() }
    }

    /// Project by project.
    pub fn iter(&self) -> impl Iterator<Item = (&ProjectId, u64)> {
        self.by_project.iter().map(|(project_id, services_n)| (project_id, *services_n))
    }

    /// All of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_project.values().fold(0, |sum, services_n| sum.saturating_add(*services_n))
    }
}

impl Evolve for ServicesRendered {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::Volunteering(VolunteerEvent::BeneficiaryServed {
                project_id,
                services_n,
                ..
            }) if happened.had_happened_by(Some(self.day)) => {
                let sum = self.by_project.entry(project_id.clone()).or_default();
                *sum = sum.saturating_add((*services_n).into());
            }
            _ => {}
        }
    }
}
