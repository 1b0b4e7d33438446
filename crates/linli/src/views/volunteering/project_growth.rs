//! How the number of projects grew.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::volunteering::Event as VolunteerEvent;
use crate::domain::{Event, Evolve, Happened, ProjectId, Timestamp};

/// Active projects over time: what was launched less what was retired.
#[derive(Clone, Debug, Default)]
pub struct ProjectGrowth {
    /// By local day, instant and order of entry: which project, and whether it was launched.
    steps: BTreeMap<(NaiveDate, Timestamp, usize), (ProjectId, bool)>,
}

impl ProjectGrowth {
    /// The projects that are active at the end of a day.
    #[must_use]
    pub fn active_on(&self, day: NaiveDate) -> BTreeSet<&ProjectId> {
        let mut active = BTreeSet::new();
        for ((on, ..), (project_id, is_launched)) in &self.steps {
            match () {
                () if *on > day => break,
                () if *is_launched => active.insert(project_id),
                () => active.remove(project_id),
            };
        }
        active
    }

    /// On which local day which project was launched, each time.
    pub fn launched(&self) -> impl Iterator<Item = (&ProjectId, NaiveDate)> {
        let launched = self.steps.iter().filter(|(_, (_, is_launched))| *is_launched);
        launched.map(|((on, ..), (project_id, _))| (project_id, *on))
    }

    /// How many are active at the end of a day.
    #[must_use]
    pub fn count_on(&self, day: NaiveDate) -> usize {
        self.active_on(day).len()
    }

    /// Each day on which a project was launched or retired, with how many were active at its end.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        let days: BTreeSet<NaiveDate> = self.steps.keys().map(|(on, ..)| *on).collect();
        days.into_iter().map(|day| (day, self.count_on(day)))
    }
}

impl Evolve for ProjectGrowth {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Volunteering(event) = &happened.event else { return };
        let step = match event {
            VolunteerEvent::ProjectLaunched { project_id, .. } => (project_id.clone(), true),
            VolunteerEvent::ProjectRetired { project_id } => (project_id.clone(), false),
            _ => return,
        };
        if let Some(on) = happened.at.local_date(happened.zone) {
            self.steps.insert((on, happened.at, self.steps.len()), step);
        }
    }
}
