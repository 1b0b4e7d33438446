//! How often which project served.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::volunteering::Event as VolunteerEvent;
use crate::domain::{Event, Evolve, Happened, ProjectId};

/// Services by the end of a day: knives ground, coats mended. These are times, not people.
#[derive(Clone, Debug)]
pub struct ServicesRendered {
    day: NaiveDate,
    by_day: BTreeMap<(ProjectId, NaiveDate), u64>,
}

impl ServicesRendered {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, by_day: BTreeMap::new() }
    }

    /// Project by project.
    #[must_use]
    pub fn by_project(&self) -> BTreeMap<&ProjectId, u64> {
        let mut projects: BTreeMap<&ProjectId, u64> = BTreeMap::new();
        for ((project_id, _), services_n) in &self.by_day {
            let sum = projects.entry(project_id).or_default();
            *sum = sum.saturating_add(*services_n);
        }
        projects
    }

    /// How many on which local day, project by project.
    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, u64)> {
        self.by_day.iter().map(|((_, on), services_n)| (*on, *services_n))
    }

    /// All of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_day.values().fold(0, |sum, services_n| sum.saturating_add(*services_n))
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
                let Some(on) = happened.at.local_date(happened.zone) else { return };
                let sum = self.by_day.entry((project_id.clone(), on)).or_default();
                *sum = sum.saturating_add((*services_n).into());
            }
            _ => {}
        }
    }
}
