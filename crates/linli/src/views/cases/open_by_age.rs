//! How long open cases have been waiting.

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::Phase;
use crate::domain::{CaseId, Event, Evolve, Happened};
use crate::views::Rate;

/// The open cases at the end of a day by their age, from the first report of a group on.
#[derive(Clone, Debug)]
pub struct OpenByAge(Cases);

impl OpenByAge {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// The open cases, the oldest first: how many local days ago each was first reported, and how
    /// it stands. One that was opened again is as old as it is, not as new as its reopening.
    #[must_use]
    pub fn oldest_first(&self) -> Vec<(&CaseId, i64, Phase)> {
        let open = self.0.groups().filter(|group| group.root.1.phase().is_open());
        let mut aged: Vec<_> = open
            .filter_map(|group| {
                let (case_id, case, past) = group.root;
                let reported_on = group.first_reported_at()?.local_date(past.zone)?;
                let age = self.0.day().signed_duration_since(reported_on).num_days();
                Some((case_id, age, case.phase()))
            })
            .collect();
        aged.sort_by_key(|(_, age, _)| std::cmp::Reverse(*age));
        aged
    }

    /// Open cases of this age or more in days, of all that are open.
    #[must_use]
    pub fn at_least(&self, days: i64) -> Rate {
        Rate::of(self.oldest_first().into_iter().map(|(_, age, _)| age >= days))
    }
}

impl Evolve for OpenByAge {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
