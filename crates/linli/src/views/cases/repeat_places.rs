//! Where the same comes up again and again.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::{Event, Evolve, Happened, PlaceId};
use crate::views::Rate;

/// Places with several cases of one category within the days that end with a day.
#[derive(Clone, Debug)]
pub struct RepeatPlaces {
    cases: Cases,
    within_days: u32,
}

/// What came up at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// How many cases; merged ones count once.
    pub cases_n: u64,
    /// How many reports: those of merged cases, and repeats without a new fact, count each.
    pub reports_n: u64,
}

impl RepeatPlaces {
    /// The view of the 30 days that end with this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self::within(30, day)
    }

    /// The view of so many days that end with this day, which is one of them.
    #[must_use]
    pub fn within(within_days: u32, day: NaiveDate) -> Self {
        Self { cases: Cases::as_of(day), within_days }
    }

    /// The places with two cases or more of one category, with that category.
    #[must_use]
    pub fn repeated(&self) -> BTreeMap<(&PlaceId, &str), Repeats> {
        let mut all = self.all();
        all.retain(|_, repeats| repeats.cases_n > 1);
        all
    }

    /// Places with repeats, of the places with any case in these days; a place counts once for each
    /// category.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.all().values().map(|repeats| repeats.cases_n > 1))
    }

    fn all(&self) -> BTreeMap<(&PlaceId, &str), Repeats> {
        let mut all = BTreeMap::new();
        for group in self.cases.groups().filter(|group| self.is_recent(group)) {
            let (_, case, _) = group.root;
            let Some(opened) = &case.opened else { continue };
            let at: &mut Repeats =
                all.entry((&opened.place_id, case.category.as_str())).or_default();
            at.cases_n = at.cases_n.saturating_add(1);
            for (.., past) in &group.members {
                at.reports_n = at.reports_n.saturating_add(past.repeats_n).saturating_add(1);
            }
        }
        all
    }

    fn is_recent(&self, group: &Group<'_>) -> bool {
        let reported_on = group.first_reported_at().and_then(|at| at.local_date(group.root.2.zone));
        reported_on.is_some_and(|on| {
            let days = self.cases.day().signed_duration_since(on).num_days();
            (0..i64::from(self.within_days)).contains(&days)
        })
    }
}

impl Evolve for RepeatPlaces {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.cases.evolve(happened);
    }
}
