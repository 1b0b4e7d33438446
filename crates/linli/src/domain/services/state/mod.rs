//! What the events add up to: sessions, who has which place, what was given, which visits there
//! are.

mod appointment;
mod dose;
mod session;
mod visit;

pub use appointment::{Appointment, Status};
pub use dose::Dose;
pub use session::{ClinicSession, Phase, Plan};
pub use visit::{HomeVisit, Progress};

use std::collections::{BTreeMap, BTreeSet};

use super::{DoseGiven, Event};
use crate::domain::{
    AppointmentId, ClinicSessionId, Diary, DoseId, Evolve, Happened, HomeVisitId, LotNo, PersonRef,
    SeriesId, Span, Timestamp,
};

/// Everything a decision at the clinic has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The sessions.
    pub sessions: BTreeMap<ClinicSessionId, ClinicSession>,
    /// The appointments.
    pub appointments: BTreeMap<AppointmentId, Appointment>,
    /// Who has a place in which slot of which session.
    pub slots: BTreeMap<(ClinicSessionId, Timestamp), BTreeSet<AppointmentId>>,
    /// The doses.
    pub doses: BTreeMap<DoseId, Dose>,
    /// The home visits.
    pub visits: BTreeMap<HomeVisitId, HomeVisit>,
    /// When which lot was recalled.
    pub recalled: BTreeMap<LotNo, Timestamp>,
    /// The time of vaccinators, by home visit.
    pub diary: Diary<PersonRef, HomeVisitId>,
}

impl State {
    /// How an appointment stands: a cancelled session cancels what was to come of
    /// it.
    #[must_use]
    pub fn status(&self, appointment: &Appointment) -> Status {
        let session = self.sessions.get(&appointment.session_id);
        let is_cancelled = session.is_some_and(ClinicSession::is_cancelled);
        match appointment.status {
            status if status.is_live() && is_cancelled => Status::Cancelled,
            status => status,
        }
    }

    /// How many places of a slot are taken.
    #[must_use]
    pub fn taken_n(&self, session_id: &ClinicSessionId, slot_at: Timestamp) -> usize {
        let slot = self.slots.get(&(session_id.clone(), slot_at));
        match self.sessions.get(session_id).is_some_and(ClinicSession::is_cancelled) {
            true => 0,
            false => slot.map_or(0, BTreeSet::len),
        }
    }

    /// The doses of a series that stand, by the time at which they were given, never by that at
    /// which they were typed in.
    #[must_use]
    pub fn series(&self, recipient_ref: &PersonRef, series_id: &SeriesId) -> Vec<(&DoseId, &Dose)> {
        let own = self.doses.iter().filter(|(_, dose)| {
            !dose.is_voided && dose.recipient_ref == *recipient_ref && dose.series_id == *series_id
        });
        let mut doses: Vec<_> = own.collect();
        doses.sort_by_key(|(name, dose)| (dose.record.administered_at, *name));
        doses
    }

    /// The same as a rule looks at them, but for one.
    pub(super) fn given(
        &self,
        recipient_ref: &PersonRef,
        series_id: &SeriesId,
        without: Option<&DoseId>,
    ) -> Vec<(Timestamp, DoseGiven)> {
        let doses = self.series(recipient_ref, series_id).into_iter();
        let others = doses.filter(|(name, _)| Some(*name) != without);
        others
            .filter_map(|(_, dose)| Some((dose.record.administered_at, dose.given(None)?)))
            .collect()
    }

    fn take_slot(
        &mut self,
        session_id: &ClinicSessionId,
        slot_at: Timestamp,
        appointment_id: &AppointmentId,
    ) {
        let slot = self.slots.entry((session_id.clone(), slot_at)).or_default();
        slot.insert(appointment_id.clone());
    }

    fn free_slot(
        &mut self,
        session_id: &ClinicSessionId,
        slot_at: Timestamp,
        appointment_id: &AppointmentId,
    ) {
        if let Some(slot) = self.slots.get_mut(&(session_id.clone(), slot_at)) {
            slot.remove(appointment_id);
        }
    }

    fn take_slots(&mut self, event: &Event) {
        let Some((session_id, appointment_id)) = event.session().zip(event.appointment()) else {
            return;
        };
        match event {
            Event::AppointmentBooked { slot_at, .. } => {
                self.take_slot(session_id, *slot_at, appointment_id);
            }
            Event::AppointmentRescheduled { from_slot_at, to_slot_at, .. } => {
                self.free_slot(session_id, *from_slot_at, appointment_id);
                self.take_slot(session_id, *to_slot_at, appointment_id);
            }
            Event::AppointmentCancelled { slot_at: Some(slot_at), .. }
            | Event::AppointmentVoided { slot_at: Some(slot_at), .. } => {
                self.free_slot(session_id, *slot_at, appointment_id);
            }
            _ => {}
        }
    }
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let event = &happened.event;
        self.take_slots(event);
        match event {
            Event::LotRecalled { lot_no, .. } => {
                self.recalled.entry(lot_no.clone()).or_insert(happened.at);
            }
            Event::HomeVisitScheduled { visit_id, vaccinator_ref, starts_at, ends_at } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.diary.take(vaccinator_ref, visit_id, span);
            }
            _ => {}
        }
        if let Some(session_id) = event.session() {
            self.sessions.entry(session_id.clone()).or_default().evolve(happened);
        }
        if let Some(appointment_id) = event.appointment() {
            if let Some(booked) = Appointment::booked(event) {
                self.appointments.entry(appointment_id.clone()).or_insert(booked);
            }
            if let Some(appointment) = self.appointments.get_mut(appointment_id) {
                appointment.evolve(happened);
            }
        }
        if let Some(dose_id) = event.dose() {
            if let Some(given) = Dose::administered(happened) {
                self.doses.entry(dose_id.clone()).or_insert(given);
            }
            if let Some(dose) = self.doses.get_mut(dose_id) {
                dose.evolve(happened);
            }
        }
        if let Some(visit_id) = event.visit() {
            self.visits.entry(visit_id.clone()).or_default().evolve(happened);
        }
    }
}
