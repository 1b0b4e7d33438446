//! Which windows of a household were measured, which were not, and before which a net hangs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Cases;
use crate::domain::cases::{Case, Intervention, Remedy, Room, Verdict, Window};
use crate::domain::{CaseId, Event, Evolve, Flag, Happened, PlaceId, PlaceKind, Registered};

/// Windows measured and netted, at the end of a day.
#[derive(Clone, Debug)]
pub struct WindowsMeasuredAndNetted(Cases);

/// A window of the household that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredWindow<'a> {
    /// Its measures, as they were told last.
    pub window: &'a Window,
    /// Whether a net hangs before it.
    pub is_netted: bool,
}

impl WindowsMeasuredAndNetted {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// The measured windows of a case. One that is none of the household's is not among them.
    #[must_use]
    pub fn measured(&self, case_id: &CaseId) -> BTreeMap<&PlaceId, MeasuredWindow<'_>> {
        let mut measured = BTreeMap::new();
        for intervention in self.case(case_id).iter().flat_map(|case| case.interventions.values()) {
            for (opening_id, window) in &intervention.windows {
                if window.flags.contains(&Flag::NotOfHousehold) {
                    continue;
                }
                let is_netted = hangs(intervention);
                let own = MeasuredWindow { window, is_netted };
                let known = measured.entry(opening_id).or_insert(own);
                known.is_netted |= is_netted;
            }
        }
        measured
    }

    /// The rooms of the measured windows of a case.
    #[must_use]
    pub fn rooms(&self, case_id: &CaseId) -> BTreeSet<Room> {
        self.measured(case_id).values().map(|measured| measured.window.room).collect()
    }

    /// The openings of the household that were not measured, as the registry knows them.
    #[must_use]
    pub fn not_measured<'a>(
        &self,
        case_id: &CaseId,
        registered: &'a Registered,
    ) -> BTreeSet<&'a PlaceId> {
        let Some(opened) = self.case(case_id).and_then(|case| case.opened.as_ref()) else {
            return BTreeSet::new();
        };
        let measured = self.measured(case_id);
        let openings =
            registered.places.iter().filter(|(_, place)| place.kind == PlaceKind::Opening);
        let ours = openings.filter(|(name, _)| registered.lies_in(name, &opened.place_id));
        ours.map(|(name, _)| name).filter(|name| !measured.contains_key(name)).collect()
    }

    fn case(&self, case_id: &CaseId) -> Option<&Case> {
        self.0.iter().find(|(own, ..)| *own == case_id).map(|(_, case, _)| case)
    }
}

/// Whether it is a net that is in place and was not given up. One that is measured is none yet.
fn hangs(intervention: &Intervention) -> bool {
    let given_up = intervention.outcome.is_some_and(|(verdict, _)| verdict == Verdict::Abandoned);
    intervention.kind == Remedy::Net && intervention.applied.is_some() && !given_up
}

impl Evolve for WindowsMeasuredAndNetted {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
