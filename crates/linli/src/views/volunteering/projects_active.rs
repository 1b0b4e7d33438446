//! Which projects there are on a day.

use chrono::NaiveDate;

use super::ProjectGrowth;
use crate::domain::{Event, Evolve, Happened, ProjectId};

/// The projects that were launched by the end of a day and not retired since.
#[derive(Clone, Debug)]
pub struct ProjectsActive {
    day: NaiveDate,
    growth: ProjectGrowth,
}

impl ProjectsActive {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, growth: ProjectGrowth::default() }
    }

    /// The projects, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &ProjectId> {
        self.growth.active_on(self.day).into_iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.growth.count_on(self.day)
    }
}

impl Evolve for ProjectsActive {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.growth.evolve(happened);
    }
}
