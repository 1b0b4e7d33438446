//! What asks is checked here; what reports passes.

use super::super::state::{ClinicSession, Phase, Plan, Progress, Status};
use super::super::{Command, NotYet, State, may_schedule, valid_of};
use super::{Refusal, exists};
use crate::domain::{
    AppointmentId, ClinicSessionId, Dosing, HomeVisitId, PersonRef, Registered, Sealed, SeriesId,
    Span, Timestamp, Zone,
};

use Command as C;

/// What a consent to vaccination is given for.
const PURPOSE: &str = "vaccination";

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        match command {
            C::PlanClinicSession { zone, opens_at, closes_at, .. } => {
                let span = Span { from: *opens_at, until: *closes_at };
                ends_after_start(span)?;
                is_short(span, *zone)
            }
            C::OpenBooking { session_id, .. } => self.is_in(session_id, &[Phase::Planned]),
            C::AllocateLot { .. } => self.may_allocate(command),
            C::CancelClinicSession { session_id, .. } => {
                self.is_in(session_id, &[Phase::Planned, Phase::Open])
            }
            C::CloseClinicSession { session_id, .. } => {
                self.is_in(session_id, &[Phase::Running, Phase::Open])
            }
            C::BookAppointment { .. } => self.may_book(command, registered),
            C::JoinWaitlist {
                appointment_id,
                session_id,
                recipient_ref,
                series_id,
                dose_no,
                ..
            } => {
                self.is_in(session_id, &[Phase::Open, Phase::Running])?;
                let dose = (recipient_ref, series_id, *dose_no);
                self.is_the_only_one(appointment_id, dose, registered)
            }
            C::CancelAppointment { appointment_id, .. } => {
                self.stands(appointment_id, &[Status::Booked, Status::Waitlisted])
            }
            C::RescheduleAppointment { appointment_id, to_slot_at, .. } => {
                self.may_move(appointment_id, *to_slot_at, registered)
            }
            C::RequestHomeVisit { at, zone, recipient_ref, consent_id, reason, .. } => {
                let consent = registered.consents.get(consent_id);
                let covers = consent.is_some_and(|consent| {
                    consent.subject_ref == *recipient_ref && consent.covers(PURPOSE, *at, *zone)
                });
                match () {
                    () if !says_something(reason.as_ref()) => Err(Refusal::ReasonMissing),
                    () if !covers => Err(consent_missing(recipient_ref)),
                    () => Ok(()),
                }
            }
            C::ApproveHomeVisit { visit_id, .. } | C::DeclineHomeVisit { visit_id, .. } => {
                self.has_got_to(visit_id, Progress::Requested)
            }
            C::ScheduleHomeVisit { visit_id, zone, vaccinator_ref, starts_at, ends_at, .. } => {
                self.has_got_to(visit_id, Progress::Approved)?;
                let span = Span { from: *starts_at, until: *ends_at };
                ends_after_start(span)?;
                is_short(span, *zone)?;
                match self.diary.busy_until(vaccinator_ref, visit_id, span) {
                    Some(until) => Err(Refusal::VaccinatorBusy { until }),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn plan(&self, session_id: &ClinicSessionId) -> Option<(&ClinicSession, &Plan)> {
        let session = self.sessions.get(session_id)?;
        Some((session, session.plan.as_ref()?))
    }

    fn is_in(&self, session_id: &ClinicSessionId, wanted: &[Phase]) -> Result<(), Refusal> {
        let is = self.sessions.get(session_id).map_or(Phase::Planned, |session| session.phase);
        if wanted.contains(&is) {
            return Ok(());
        }
        let wanted = wanted.first().map_or("another", |phase| phase.name());
        let id = session_id.to_string();
        Err(Refusal::WrongState { kind: "session", id, is: is.name(), wanted })
    }

    fn stands(&self, name: &AppointmentId, wanted: &[Status]) -> Result<(), Refusal> {
        let Some(is) = self.appointments.get(name).map(|own| self.status(own)) else {
            return Ok(());
        };
        match wanted.contains(&is) {
            true => Ok(()),
            false => Err(Refusal::WrongState {
                kind: "appointment",
                id: name.to_string(),
                is: is.name(),
                wanted: Status::Booked.name(),
            }),
        }
    }

    fn has_got_to(&self, visit_id: &HomeVisitId, wanted: Progress) -> Result<(), Refusal> {
        let is = self.visits.get(visit_id).map_or(wanted, |visit| visit.progress);
        match is == wanted {
            true => Ok(()),
            false => Err(Refusal::WrongState {
                kind: "visit",
                id: visit_id.to_string(),
                is: is.name(),
                wanted: wanted.name(),
            }),
        }
    }

    /// S4: neither expired on the day nor recalled.
    fn may_allocate(&self, command: &Command) -> Result<(), Refusal> {
        let C::AllocateLot { session_id, lot_no, expires_on, .. } = command else {
            return Ok(());
        };
        self.is_in(session_id, &[Phase::Planned, Phase::Open, Phase::Running])?;
        let on = self.plan(session_id).and_then(|(_, plan)| plan.day());
        match () {
            () if self.recalled.contains_key(lot_no) => {
                Err(Refusal::LotIsRecalled { lot_no: lot_no.clone() })
            }
            () if on.is_some_and(|on| *expires_on < on) => {
                Err(Refusal::LotExpired { expires_on: *expires_on })
            }
            () => Ok(()),
        }
    }

    fn may_book(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let C::BookAppointment {
            appointment_id,
            session_id,
            slot_at,
            recipient_ref,
            series_id,
            dose_no,
            ..
        } = command
        else {
            return Ok(());
        };
        self.is_in(session_id, &[Phase::Open, Phase::Running])?;
        let Some((_, plan)) = self.plan(session_id) else { return Ok(()) };
        if !plan.dose_nos.is_empty() && !plan.dose_nos.contains(dose_no) {
            return Err(Refusal::DoseNotOffered { dose_no: *dose_no });
        }
        self.has_room(appointment_id, session_id, *slot_at)?;
        let dose = (recipient_ref, series_id, *dose_no);
        self.is_the_only_one(appointment_id, dose, registered)?;
        self.may_have(plan, *slot_at, dose, registered)
    }

    /// Another slot is asked for as the first one was: consent or a dose may have changed since.
    fn may_move(
        &self,
        appointment_id: &AppointmentId,
        to_slot_at: Timestamp,
        registered: &Registered,
    ) -> Result<(), Refusal> {
        self.stands(appointment_id, &[Status::Booked])?;
        let Some(own) = self.appointments.get(appointment_id) else { return Ok(()) };
        self.is_in(&own.session_id, &[Phase::Open, Phase::Running])?;
        self.has_room(appointment_id, &own.session_id, to_slot_at)?;
        let Some((_, plan)) = self.plan(&own.session_id) else { return Ok(()) };
        let dose = (&own.recipient_ref, &own.series_id, own.dose_no);
        self.may_have(plan, to_slot_at, dose, registered)
    }

    /// Consent is in force at a slot, and the dose is due then.
    fn may_have(
        &self,
        plan: &Plan,
        slot_at: Timestamp,
        dose: (&PersonRef, &SeriesId, u32),
        registered: &Registered,
    ) -> Result<(), Refusal> {
        let (recipient_ref, ..) = dose;
        match registered.has_consent(recipient_ref, PURPOSE, slot_at, plan.zone) {
            true => self.is_due(plan, slot_at, dose, registered),
            false => Err(consent_missing(recipient_ref)),
        }
    }

    /// S1: live bookings of a slot are no more than it has places.
    fn has_room(
        &self,
        appointment_id: &AppointmentId,
        session_id: &ClinicSessionId,
        slot_at: Timestamp,
    ) -> Result<(), Refusal> {
        let Some((_, plan)) = self.plan(session_id) else { return Ok(()) };
        if !plan.has_slot(slot_at) {
            let (opens_at, closes_at) = (plan.span.from, plan.span.until);
            return Err(Refusal::OutsideSession { opens_at, closes_at });
        }
        let slot = self.slots.get(&(session_id.clone(), slot_at));
        let others = slot.into_iter().flatten().filter(|name| *name != appointment_id).count();
        let capacity_n = plan.slot_capacity_n;
        match u32::try_from(others).is_ok_and(|others| others < capacity_n) {
            true => Ok(()),
            false => Err(Refusal::SlotFull { capacity_n }),
        }
    }

    /// S2: one live appointment per recipient, series and dose, under whichever of the recipient's
    /// records.
    fn is_the_only_one(
        &self,
        appointment_id: &AppointmentId,
        (recipient_ref, series_id, dose_no): (&PersonRef, &SeriesId, u32),
        registered: &Registered,
    ) -> Result<(), Refusal> {
        let other = self.appointments.iter().find(|(name, other)| {
            *name != appointment_id
                && registered.are_one(&other.recipient_ref, recipient_ref)
                && other.series_id == *series_id
                && other.dose_no == dose_no
                && self.status(other).is_live()
        });
        match other {
            Some((name, _)) => Err(Refusal::AlreadyBooked { appointment_id: name.clone() }),
            None => Ok(()),
        }
    }

    /// S3: the interval since the last valid dose is over, by the rule of the day of the slot, for
    /// one of the products of the session.
    fn is_due(
        &self,
        plan: &Plan,
        slot_at: Timestamp,
        (recipient_ref, series_id, dose_no): (&PersonRef, &SeriesId, u32),
        registered: &Registered,
    ) -> Result<(), Refusal> {
        let Some(on) = slot_at.local_date(plan.zone) else { return Ok(()) };
        let none = Dosing::default();
        let rule = registered.rule(Dosing::of, on).map_or(&none, |(_, rule)| rule);
        let records = registered.records_of(recipient_ref).into_iter();
        let mut given: Vec<_> =
            records.flat_map(|record| self.given(record, series_id, None)).collect();
        given.sort_by_key(|(administered_at, _)| *administered_at);
        let valid = valid_of(given.into_iter().map(|(_, dose)| dose), rule);
        if valid.iter().any(|dose| dose.dose_no == dose_no) {
            return Err(exists("dose", &dose_no));
        }
        let age = registered.age_on(recipient_ref, on);
        let asked = |product| may_schedule(&valid, dose_no, product, on, age, rule);
        let products = plan.product_codes.iter().map(Some);
        let any = plan.product_codes.is_empty().then_some(None);
        let answers: Vec<_> = products.chain(any).map(asked).collect();
        if answers.iter().any(Result::is_ok) {
            return Ok(());
        }
        match answers.into_iter().filter_map(Result::err).min() {
            Some(NotYet::TooEarly { earliest_on }) => Err(Refusal::TooEarly { earliest_on }),
            Some(NotYet::UnderAge { min_age_years }) => Err(Refusal::UnderAge { min_age_years }),
            Some(NotYet::AgeUnknown) => {
                Err(Refusal::AgeUnknown { person_ref: recipient_ref.clone() })
            }
            None => Ok(()),
        }
    }
}

/// A text that is locked or erased said something.
fn says_something(reason: Option<&Sealed>) -> bool {
    reason.is_some_and(|reason| reason.text().is_none_or(|text| !text.trim().is_empty()))
}

fn consent_missing(recipient_ref: &PersonRef) -> Refusal {
    Refusal::ConsentMissing { person_ref: recipient_ref.clone() }
}

fn ends_after_start(span: Span) -> Result<(), Refusal> {
    match span.from < span.until {
        true => Ok(()),
        false => Err(Refusal::EndsBeforeStart { starts_at: span.from, ends_at: span.until }),
    }
}

fn is_short(span: Span, zone: Zone) -> Result<(), Refusal> {
    match span.is_too_long(zone) {
        true => Err(Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS }),
        false => Ok(()),
    }
}
