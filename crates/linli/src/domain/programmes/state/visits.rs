//! The visits of delegations.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Event;
use crate::domain::{BodyId, Evolve, Happened, PlaceId, Span};

/// A visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// From where they come; `None` until it was planned.
    pub from_body: Option<BodyId>,
    /// How many are expected.
    pub planned_n: u32,
    /// How many came; `None` until they did.
    pub headcount_n: Option<u32>,
    /// The local day on which they came.
    pub received_on: Option<NaiveDate>,
    /// What they will be shown, and when; the newest time for each place.
    pub planned: BTreeMap<PlaceId, Span>,
    /// What they were shown.
    pub stops: Vec<Stop>,
    /// What they were told of.
    pub topics: Vec<String>,
    /// Whether it is over.
    pub is_closed: bool,
}

/// What a visit was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub place_id: PlaceId,
    /// On which floor, where somebody said so.
    pub floor_n: Option<i64>,
    /// What: `activity_room`.
    pub shown: String,
}

/// How a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum VisitPhase {
    Planned,
    Received,
    Closed,
}

impl VisitPhase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Received => "received",
            Self::Closed => "closed",
        }
    }
}

impl Visit {
    /// How it stands.
    #[must_use]
    pub fn phase(&self) -> VisitPhase {
        match self.headcount_n {
            _ if self.is_closed => VisitPhase::Closed,
            Some(_) => VisitPhase::Received,
            None => VisitPhase::Planned,
        }
    }
}

impl Evolve for Visit {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::VisitPlanned { from_body, headcount_n, .. } => {
                self.from_body = Some(from_body.clone());
                self.planned_n = *headcount_n;
            }
            Event::VisitReceived { headcount_n, .. } => {
                self.headcount_n = Some(*headcount_n);
                self.received_on = happened.at.local_date(happened.zone);
            }
            Event::VisitStopPlanned { place_id, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.planned.insert(place_id.clone(), span);
            }
            Event::VisitStopDropped { place_id, .. } => {
                self.planned.remove(place_id);
            }
            Event::VisitStopMade { place_id, floor_n, shown, .. } => {
                let (place_id, floor_n, shown) = (place_id.clone(), *floor_n, shown.clone());
                self.stops.push(Stop { place_id, floor_n, shown });
            }
            Event::BriefingGiven { topic, .. } => self.topics.push(topic.clone()),
            Event::VisitClosed { .. } => self.is_closed = true,
            _ => {}
        }
    }
}
