//! How much energy was given off where.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Connectors, Sessions};
use crate::domain::{
    ConnectorId, Event, Evolve, Happened, PlaceId, PlaceKind, Registered, WattHours,
};
use crate::views::{Period, Rate};

/// The energy of the sessions that were over by the end of a day, by building.
#[derive(Clone, Debug)]
pub struct EnergyByBuilding {
    connectors: Connectors,
    sessions: Sessions,
    day: NaiveDate,
}

/// Where energy was given off.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// In or at a building of the registry.
    Building(PlaceId),
    /// At a place, as whoever commissioned the connector wrote it, of which the registry knows no
    /// building.
    Place(String),
    /// Nobody told where.
    Unknown,
}

/// What was given off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The energy, in watt-hours.
    pub energy: WattHours,
    /// Sessions of which the energy is known, of all that are over. What is not known is not
    /// nothing.
    pub measured: Rate,
}

impl EnergyByBuilding {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { connectors: Connectors::as_of(day), sessions: Sessions::default(), day }
    }

    /// What was given off in the sessions that began in a period, by the local day of the start.
    /// Voided sessions are left out.
    #[must_use]
    pub fn by_site(&self, period: Period, registered: &Registered) -> BTreeMap<Site, Given> {
        let mut sites: BTreeMap<Site, Given> = BTreeMap::new();
        let mut intervals = Vec::new();
        for (_, session, installed) in self.sessions.iter().filter(|(_, own, _)| !own.is_voided()) {
            let Some(billable) = session.billable(installed, &mut intervals) else { continue };
            let on = billable.started_at.local_date(billable.zone);
            if !on.is_some_and(|on| period.holds(on)) {
                continue;
            }
            let given = sites.entry(self.site(session.connector(), registered)).or_default();
            given.measured.add(billable.energy.is_some());
            let energy = billable.energy.unwrap_or_default();
            given.energy.0 = given.energy.0.saturating_add(energy.0);
        }
        sites
    }

    fn site(&self, connector: Option<&ConnectorId>, registered: &Registered) -> Site {
        let listed = connector.and_then(|connector| self.connectors.get(connector));
        let Some(listed) = listed else { return Site::Unknown };
        let place = PlaceId::new(&listed.place).ok();
        let building = place.and_then(|place| building(&place, registered).cloned());
        building.map_or_else(|| Site::Place(listed.place.clone()), Site::Building)
    }
}

/// The building that a place is or lies in.
fn building<'a>(place: &PlaceId, registered: &'a Registered) -> Option<&'a PlaceId> {
    let (mut name, mut at) = registered.places.get_key_value(place)?;
    // No place lies in more places than there are.
    for _ in 0..registered.places.len() {
        if at.kind == PlaceKind::Building {
            return Some(name);
        }
        (name, at) = registered.places.get_key_value(at.parent_id.as_ref()?)?;
    }
    None
}

impl Evolve for EnergyByBuilding {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.connectors.evolve(happened);
        if happened.had_happened_by(Some(self.day)) {
            self.sessions.evolve(happened);
        }
    }
}
