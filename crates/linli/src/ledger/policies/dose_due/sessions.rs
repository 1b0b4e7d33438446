//! The sessions that there are, the next one, and those that will not be.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::super::steps::{Due, Known, Matter, days_after, later_in_zone};
use super::DoseDue;
use super::queue::Awaited;
use crate::domain::policies::{Notice, Policy};
use crate::domain::services::{Appointment, Command as Services, Phase, Plan};
use crate::domain::{AppointmentId, ClinicSessionId, Minutes, Span, Timestamp};
use crate::journal::IdempotencyKey;

const MINUTE_US: i64 = 60_000_000;
const NEXT: &str = "next session";

/// The sessions that are open to bookings and yet to come, the first first.
pub(super) fn upcoming<'a>(known: &Known<'a>) -> Vec<(&'a ClinicSessionId, &'a Plan)> {
    let open = known.state.services.sessions.iter().filter(|(_, own)| own.phase == Phase::Open);
    let plans = open.filter_map(|(name, own)| Some((name, own.plan.as_ref()?)));
    let mut yet_to_come: Vec<_> = plans.filter(|(_, plan)| plan.span.from > known.now).collect();
    yet_to_come.sort_by_key(|(name, plan)| (plan.span.from, *name));
    yet_to_come
}

/// Whether a session is where the matter is, and gives this dose.
pub(super) fn serves(plan: &Plan, matter: &Matter, dose_no: u32) -> bool {
    let gives = plan.dose_nos.is_empty() || plan.dose_nos.contains(&dose_no);
    gives && plan.scope == matter.scope
}

/// The free places of a session: each slot as often as it has one.
pub(super) fn free_slots(
    known: &Known<'_>,
    session_id: &ClinicSessionId,
    plan: &Plan,
) -> Vec<Timestamp> {
    let long = match plan.slot_min {
        Minutes(0) => plan.span.until.since(plan.span.from),
        Minutes(minutes) => i64::from(minutes).saturating_mul(MINUTE_US),
    };
    let next = |slot: &Timestamp| Some(Timestamp(slot.0.saturating_add(long)));
    let slots = std::iter::successors(Some(plan.span.from), next);
    let slots = slots.take_while(|slot| long > 0 && plan.has_slot(*slot));
    let capacity = usize::try_from(plan.slot_capacity_n).unwrap_or(usize::MAX);
    let free = slots.flat_map(|slot| {
        let taken = known.state.services.taken_n(session_id, slot);
        std::iter::repeat_n(slot, capacity.saturating_sub(taken))
    });
    free.collect()
}

impl DoseDue {
    /// The next session, while somebody is due who was never offered a place, and none is planned.
    pub(super) fn plans(&self, known: &Known<'_>, queue: &[Awaited<'_>]) -> Vec<Due> {
        let mut last: BTreeMap<_, (&ClinicSessionId, &Plan)> = BTreeMap::new();
        for (name, own) in &known.state.services.sessions {
            let Some(plan) = own.plan.as_ref().filter(|_| !own.is_cancelled()) else { continue };
            let latest = last.entry(&plan.scope).or_insert((name, plan));
            if latest.1.span.from < plan.span.from {
                *latest = (name, plan);
            }
        }
        let over = last.into_values().filter(|(_, plan)| plan.span.from <= known.now);
        let next = over.filter_map(|(name, plan)| {
            let is_asked_for = queue.iter().any(|next| {
                let was_offered = known.state.services.sessions.keys().any(|session_id| {
                    known.is_taken(next.matter, &next.offer_step(session_id.as_str()))
                });
                next.visit.is_none()
                    && !was_offered
                    && serves(plan, next.matter, next.dose_no)
                    && next.is_due(known)
            });
            is_asked_for.then(|| next_session(known, self.planned.get(name)?, plan)).flatten()
        });
        next.collect()
    }

    /// Whether a place was lost with a session, and its holder is not booked anew yet.
    pub(super) fn is_lost(
        &self,
        known: &Known<'_>,
        name: &AppointmentId,
        appointment: &Appointment,
    ) -> bool {
        self.cancelled.contains_key(&appointment.session_id) && !is_booked_anew(known, name)
    }

    /// Everybody who had a place in a cancelled session gets the next that is free, and somebody
    /// above hears who has none in time. A step is to take one slot: whoever loses the race for it
    /// tries for the next.
    pub(super) fn rebooks(&self, known: &Known<'_>) -> Vec<Due> {
        let services = &known.state.services;
        let open = upcoming(known).into_iter();
        let mut free: Vec<_> =
            open.map(|(name, plan)| (name, plan, free_slots(known, name, plan))).collect();
        let mut due = Vec::new();
        for (name, own) in &services.appointments {
            let Some((matter, at)) = self.cancelled.get(&own.session_id) else { continue };
            if !own.status.is_live() || has_another(known, own) || is_booked_anew(known, name) {
                continue;
            }
            let (at, zone) = (days_after(*at, known.limits(matter.zone).offer_days), matter.zone);
            let above = |late: Due| late.tells(Notice::Escalation, None);
            due.push(known.deadline(matter, &format!("{name} is booked anew"), at, above));
            let mut fit = free.iter_mut().filter(|(_, plan, _)| serves(plan, matter, own.dose_no));
            let slot = fit.find(|(.., slots)| !slots.is_empty());
            let (Some((session_id, _, slots)), Some(appointment_id)) = (slot, again(name)) else {
                continue;
            };
            let slot_at = slots.remove(0);
            let step = format!("rebook {name} in {session_id} at {slot_at}");
            due.push(matter.step(&step).and(Services::BookAppointment {
                appointment_id,
                at: known.now,
                zone,
                session_id: session_id.clone(),
                slot_at,
                recipient_ref: own.recipient_ref.clone(),
                series_id: own.series_id.clone(),
                dose_no: own.dose_no,
            }));
        }
        due
    }
}

/// Whether a lost place was booked anew, whatever became of the new one.
fn is_booked_anew(known: &Known<'_>, name: &AppointmentId) -> bool {
    again(name).is_some_and(|again| known.state.services.appointments.contains_key(&again))
}

/// The name of the appointment that takes the place of one.
fn again(name: &AppointmentId) -> Option<AppointmentId> {
    named(&format!("{name} again"))
}

/// A thing by this name, or where that is too long by one derived from it.
fn named<T: FromStr>(text: &str) -> Option<T> {
    let derived = || IdempotencyKey::of(Policy::DoseDue.name(), text).to_string();
    text.parse().ok().or_else(|| derived().parse().ok())
}

/// Whether somebody has a place for the same dose in a session that will be held.
fn has_another(known: &Known<'_>, lost: &Appointment) -> bool {
    let services = &known.state.services;
    services.appointments.values().any(|own| {
        services.status(own).is_live()
            && own.recipient_ref == lost.recipient_ref
            && own.series_id == lost.series_id
            && own.dose_no == lost.dose_no
    })
}

/// The same session so many days later, on the first such day that is yet to come.
fn next_session(known: &Known<'_>, matter: &Matter, plan: &Plan) -> Option<Due> {
    let every = known.limits(plan.zone).session_every_days.max(1);
    let later = |days: u32| {
        let from = later_in_zone(plan.span.from, days, plan.zone)?;
        Some(Span { from, until: later_in_zone(plan.span.until, days, plan.zone)? })
    };
    let days = std::iter::successors(Some(every), |days| days.checked_add(every));
    let span = days.map_while(later).find(|span| span.from > known.now)?;
    let on = span.from.local_date(plan.zone)?;
    let session_id = named::<ClinicSessionId>(&format!("{} {on}", plan.place_id))?;
    let (at, zone) = (known.now, plan.zone);
    let planned = Services::PlanClinicSession {
        session_id: session_id.clone(),
        at,
        zone,
        place_id: plan.place_id.clone(),
        provider_id: plan.provider_id.clone(),
        opens_at: span.from,
        closes_at: span.until,
        slot_min: plan.slot_min,
        slot_capacity_n: plan.slot_capacity_n,
        product_codes: plan.product_codes.clone(),
        dose_nos: plan.dose_nos.clone(),
    };
    Some(matter.step(NEXT).and(planned).and(Services::OpenBooking { session_id, at, zone }))
}
