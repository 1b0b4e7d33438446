//! Where three things and more were tried, and none helped.

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::{CaseId, Event, Evolve, Happened};

/// Open cases with three failed interventions or more, at the end of a day.
#[derive(Clone, Debug)]
pub struct StuckCases(Cases);

/// From how many failed interventions on a case is stuck. What makes the view, not a rule that
/// anybody decides by.
const STUCK_FROM: usize = 3;

impl StuckCases {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// The stuck cases, each with how many interventions failed; what was tried before there was a
    /// case counts, and what was tried in cases that were merged into it.
    pub fn iter(&self) -> impl Iterator<Item = (&CaseId, usize)> {
        let open = self.0.groups().filter(|group| group.root.1.phase().is_open());
        open.map(|group| (group.root.0, failed(&group))).filter(|(_, failed)| *failed >= STUCK_FROM)
    }
}

fn failed(group: &Group<'_>) -> usize {
    let tried = group.members.iter().flat_map(|(_, case, _)| case.interventions.values());
    tried.filter(|intervention| intervention.has_failed()).count()
}

impl Evolve for StuckCases {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
