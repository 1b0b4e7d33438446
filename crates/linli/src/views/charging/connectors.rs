//! Which connectors there are, and how they stand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::charging::Event as ChargingEvent;
use crate::domain::{
    ConnectorId, Event, Evolve, Happened, SessionKey, Span, Timestamp, Watts, Zone,
};

/// The connectors that were put into service by the end of a day.
#[derive(Clone, Debug)]
pub struct Connectors {
    day: NaiveDate,
    known: BTreeMap<ConnectorId, ListedConnector>,
    /// Where each session goes on, or went on.
    at: BTreeMap<SessionKey, ConnectorId>,
    /// The sessions that are over, told before their start or after it.
    over: BTreeSet<SessionKey>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedConnector {
    /// Where it is, as whoever commissioned it wrote it.
    pub place: String,
    /// Its meter.
    pub meter: Option<String>,
    /// Its zone.
    pub zone: Zone,
    /// Its greatest power, in watts.
    pub max_power: Option<Watts>,
    /// When it was first put into service; `None` where that was not told.
    pub commissioned_at: Option<Timestamp>,
    /// When it was taken out of service.
    pub retired_at: Option<Timestamp>,
    /// Its faults: when each began, and when it was over, where that was told.
    pub faults: Vec<(Timestamp, Option<Timestamp>)>,
    /// When sessions started here.
    pub starts: BTreeSet<Timestamp>,
    /// The sessions that go on.
    pub active: BTreeSet<SessionKey>,
}

/// How a connector stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Standing {
    Available,
    Occupied,
    Faulted,
    Retired,
}

impl Connectors {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, known: BTreeMap::new(), at: BTreeMap::new(), over: BTreeSet::new() }
    }

    /// The connectors that were put into service, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ConnectorId, &ListedConnector)> {
        self.known.iter().filter(|(_, listed)| listed.commissioned_at.is_some())
    }

    /// One of them by its name.
    #[must_use]
    pub fn get(&self, connector: &ConnectorId) -> Option<&ListedConnector> {
        self.known.get(connector).filter(|listed| listed.commissioned_at.is_some())
    }

    /// How many stand how.
    #[must_use]
    pub fn by_standing(&self) -> BTreeMap<Standing, u64> {
        let mut counts = BTreeMap::new();
        for (_, listed) in self.iter() {
            let count: &mut u64 = counts.entry(listed.standing(self.day)).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }

    fn listed(&mut self, connector: &ConnectorId) -> &mut ListedConnector {
        self.known.entry(connector.clone()).or_default()
    }

    fn start(&mut self, session: &SessionKey, connector: &ConnectorId, at: Timestamp) {
        let is_over = self.over.contains(session);
        let listed = self.listed(connector);
        listed.starts.insert(at);
        if !is_over {
            listed.active.insert(session.clone());
        }
        self.at.insert(session.clone(), connector.clone());
    }

    fn stop(&mut self, session: &SessionKey) {
        self.over.insert(session.clone());
        if let Some(connector) = self.at.get(session)
            && let Some(listed) = self.known.get_mut(connector)
        {
            listed.active.remove(session);
        }
    }
}

impl ListedConnector {
    /// How it stands at the end of a local day.
    #[must_use]
    pub fn standing(&self, day: NaiveDate) -> Standing {
        let goes_on = |out: &Span| out.until.local_date(self.zone).is_none_or(|last| last > day);
        match () {
            () if self.retired_at.is_some() => Standing::Retired,
            () if !self.active.is_empty() => Standing::Occupied,
            () if self.out_of_order().iter().any(goes_on) => Standing::Faulted,
            () => Standing::Available,
        }
    }

    /// When it was out of order. A fault of which no end was told is over when somebody charges
    /// there again; until then nobody knows that it is.
    #[must_use]
    pub fn out_of_order(&self) -> Vec<Span> {
        let faults = self.faults.iter().map(|(from, told)| {
            let until = told.or_else(|| self.starts.range(*from..).next().copied());
            Span { from: *from, until: until.unwrap_or(Timestamp(i64::MAX)) }
        });
        faults.collect()
    }
}

impl Evolve for Connectors {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Charging(event) = &happened.event else { return };
        if !happened.had_happened_by(Some(self.day)) {
            return;
        }
        let at = happened.at;
        match event {
            ChargingEvent::ConnectorCommissioned {
                connector,
                place,
                meter,
                zone,
                max_power,
                ..
            } => {
                let listed = self.listed(connector);
                listed.place.clone_from(place);
                listed.meter.clone_from(meter);
                (listed.zone, listed.max_power) = (*zone, *max_power);
                listed.commissioned_at.get_or_insert(at);
            }
            ChargingEvent::ConnectorRetired { connector } => {
                self.listed(connector).retired_at.get_or_insert(at);
            }
            ChargingEvent::ConnectorFaulted { connector, until, .. } => {
                self.listed(connector).faults.push((at, *until));
            }
            ChargingEvent::SessionStarted { session, connector: Some(connector), .. } => {
                self.start(session, connector, at);
            }
            ChargingEvent::SessionEnded { session, .. }
            | ChargingEvent::SessionClosedByRule { session, .. }
            | ChargingEvent::SessionVoided { session, .. } => self.stop(session),
            _ => {}
        }
    }
}
