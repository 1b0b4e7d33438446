//! Delegations, what they are shown and told.

use super::super::state::{Visit, VisitPhase};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, span, unknown, wrong_state};
use crate::domain::{Flag, PlaceId, Registered, Span, Timestamp, VisitId};

use Command as C;

impl State {
    /// What a command about a visit leads to.
    pub(super) fn in_visits(&self, command: &Command, registered: &Registered) -> Answered {
        match command.clone() {
            C::PlanVisit { visit_id, from_body, headcount_n, .. } => match self.visit(&visit_id) {
                Ok(_) => Err(exists("visit", &visit_id)),
                Err(_) => plain(Event::VisitPlanned { visit_id, from_body, headcount_n }),
            },
            C::PlanStop { visit_id, zone, place_id, starts_at, ends_at, .. } => {
                if self.visit(&visit_id)? == VisitPhase::Closed {
                    return Err(wrong_state(&visit_id, "closed", "planned"));
                }
                match self.in_the_way_of_a_visit(&place_id, span(starts_at, ends_at, zone)?) {
                    Some(until) => Err(Refusal::RoomBusy { until }),
                    None => {
                        plain(Event::VisitStopPlanned { visit_id, place_id, starts_at, ends_at })
                    }
                }
            }
            C::ReceiveVisit { visit_id, headcount_n, .. } => match self.visit(&visit_id)? {
                VisitPhase::Planned => plain(Event::VisitReceived { visit_id, headcount_n }),
                phase => Err(wrong_state(&visit_id, phase.name(), "planned")),
            },
            C::RecordStop { visit_id, at, place_id, floor_n, shown, .. } => {
                self.visit(&visit_id)?;
                let moment = Span { from: at, until: Timestamp(at.0.saturating_add(1)) };
                let flags = match self.in_the_way_of_a_visit(&place_id, moment) {
                    Some(_) => vec![Flag::RoomTaken],
                    None => Vec::new(),
                };
                let known = registered.places.get(&place_id);
                let floor_n = floor_n.or_else(|| known.and_then(|place| place.floor_n));
                let event = Event::VisitStopMade { visit_id, place_id, shown, floor_n };
                Ok(vec![(event, flags)])
            }
            C::RecordBriefing { visit_id, topic, .. } => {
                self.visit(&visit_id)?;
                plain(Event::BriefingGiven { visit_id, topic })
            }
            C::DropStop { visit_id, place_id, .. } => {
                self.visit(&visit_id)?;
                let mut planned = self.planned(&visit_id).filter(|(place, _)| **place == place_id);
                let (_, span) = planned.next().ok_or_else(|| unknown("stop", &place_id))?;
                plain(dropped(&visit_id, &place_id, span))
            }
            C::CloseVisit { visit_id, at, .. } => match self.visit(&visit_id)? {
                VisitPhase::Received => {
                    let to_come = self.planned(&visit_id).filter(|(_, span)| span.until > at);
                    let freed = to_come.map(|(place, span)| dropped(&visit_id, place, span));
                    let mut told: Vec<_> = freed.map(|event| (event, Vec::new())).collect();
                    let visit_id = visit_id.clone();
                    told.push((Event::VisitClosed { visit_id }, Vec::new()));
                    Ok(told)
                }
                phase => Err(wrong_state(&visit_id, phase.name(), "received")),
            },
            _ => Ok(Vec::new()),
        }
    }

    fn visit(&self, visit_id: &VisitId) -> Result<VisitPhase, Refusal> {
        let planned = self.visits.get(visit_id).filter(|visit| visit.from_body.is_some());
        planned.map(Visit::phase).ok_or_else(|| unknown("visit", visit_id))
    }

    /// What a visit will be shown, and when.
    fn planned(&self, visit_id: &VisitId) -> impl Iterator<Item = (&PlaceId, Span)> {
        let visit = self.visits.get(visit_id).into_iter();
        visit.flat_map(|visit| visit.planned.iter().map(|(place_id, span)| (place_id, *span)))
    }

    /// Until when a room is booked, unless an activity or a class is held in it then: that is what
    /// a visit is shown.
    fn in_the_way_of_a_visit(&self, place_id: &PlaceId, span: Span) -> Option<Timestamp> {
        match self.is_something_held(place_id, span) {
            true => None,
            false => self.rooms.booked.taken_until(place_id, span),
        }
    }
}

fn dropped(visit_id: &VisitId, place_id: &PlaceId, span: Span) -> Event {
    let (visit_id, place_id) = (visit_id.clone(), place_id.clone());
    Event::VisitStopDropped { visit_id, place_id, starts_at: span.from, ends_at: span.until }
}
