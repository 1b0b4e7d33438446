//! What was asked for and allowed, and what was reported, becomes the event that says the same.

use super::super::state::{Appointment, Dose};
use super::super::{AgeBand, Command, Event, State, VisitResult};
use crate::domain::Registered;

use Command as C;

impl State {
    /// The event that says what a command says.
    pub(super) fn stated(&self, command: Command, registered: &Registered) -> Option<Event> {
        match command {
            C::PlanClinicSession { .. }
            | C::OpenBooking { .. }
            | C::AllocateLot { .. }
            | C::CancelClinicSession { .. }
            | C::CloseClinicSession { .. }
            | C::RecallLot { .. } => of_sessions(command),
            C::BookAppointment { .. } | C::JoinWaitlist { .. } => of_bookings(command),
            C::CancelAppointment { .. }
            | C::RescheduleAppointment { .. }
            | C::RecordNoShow { .. }
            | C::RecordCheckIn { .. }
            | C::RecordScreening { .. }
            | C::RecordNotDone { .. }
            | C::VoidAppointment { .. } => self.of_appointments(command),
            C::RecordDose { .. } => self.of_a_dose(command, registered),
            C::RecordObservation { .. }
            | C::RecordAdverseEvent { .. }
            | C::CorrectDose { .. }
            | C::VoidDose { .. } => self.of_doses(command),
            C::RequestHomeVisit { .. }
            | C::ApproveHomeVisit { .. }
            | C::DeclineHomeVisit { .. }
            | C::ScheduleHomeVisit { .. }
            | C::RecordHomeVisit { .. } => of_visits(command),
        }
    }

    fn of_appointments(&self, command: Command) -> Option<Event> {
        let (at, _) = command.head();
        let name = match &command {
            C::CancelAppointment { appointment_id, .. }
            | C::RescheduleAppointment { appointment_id, .. }
            | C::RecordNoShow { appointment_id, .. }
            | C::RecordCheckIn { appointment_id, .. }
            | C::RecordScreening { appointment_id, .. }
            | C::RecordNotDone { appointment_id, .. }
            | C::VoidAppointment { appointment_id, .. } => appointment_id.clone(),
            _ => return None,
        };
        let Appointment { session_id, recipient_ref, series_id, slot_at, .. } =
            self.appointments.get(&name)?.clone();
        let appointment_id = name;
        Some(match command {
            C::CancelAppointment { reason, .. } => Event::AppointmentCancelled {
                appointment_id,
                session_id,
                slot_at,
                recipient_ref,
                series_id,
                reason,
            },
            C::RescheduleAppointment { to_slot_at, .. } => Event::AppointmentRescheduled {
                appointment_id,
                session_id,
                from_slot_at: slot_at?,
                to_slot_at,
                recipient_ref,
                series_id,
            },
            C::RecordNoShow { .. } => {
                Event::NoShowRecorded { appointment_id, session_id, recipient_ref, series_id }
            }
            C::RecordCheckIn { .. } => Event::RecipientCheckedIn {
                appointment_id,
                session_id,
                recipient_ref,
                series_id,
                at,
            },
            C::RecordScreening { was_informed, outcome, findings, .. } => {
                Event::ScreeningRecorded {
                    appointment_id,
                    session_id,
                    recipient_ref,
                    series_id,
                    was_informed,
                    outcome,
                    findings,
                }
            }
            C::RecordNotDone { reason, .. } => {
                Event::DoseNotDone { appointment_id, session_id, recipient_ref, series_id, reason }
            }
            C::VoidAppointment { supersedes_n, reason, .. } => Event::AppointmentVoided {
                appointment_id,
                session_id,
                slot_at,
                recipient_ref,
                series_id,
                supersedes_n,
                reason,
            },
            _ => return None,
        })
    }

    fn of_a_dose(&self, command: Command, registered: &Registered) -> Option<Event> {
        let (administered_at, zone) = command.head();
        let C::RecordDose {
            dose_id,
            appointment_id,
            visit_id,
            recipient_ref,
            series_id,
            dose_no,
            product_code,
            holder,
            pack_id,
            lot_no,
            expires_on,
            site,
            route,
            vaccinator_ref,
            age_band,
            ..
        } = command
        else {
            return None;
        };
        let appointment = appointment_id.as_ref().and_then(|name| self.appointments.get(name));
        let on = administered_at.local_date(zone);
        let age = on.and_then(|on| registered.age_on(&recipient_ref, on));
        Some(Event::DoseAdministered {
            dose_id,
            session_id: appointment.map(|appointment| appointment.session_id.clone()),
            appointment_id,
            visit_id,
            recipient_ref,
            series_id,
            dose_no,
            product_code,
            holder,
            pack_id,
            lot_no,
            expires_on,
            site,
            route,
            administered_at,
            vaccinator_ref,
            age_band: age.map(AgeBand::of).or(age_band),
        })
    }

    fn of_doses(&self, command: Command) -> Option<Event> {
        let (C::RecordObservation { dose_id, .. }
        | C::RecordAdverseEvent { dose_id, .. }
        | C::CorrectDose { dose_id, .. }
        | C::VoidDose { dose_id, .. }) = &command
        else {
            return None;
        };
        let Dose { recipient_ref, series_id, .. } = self.doses.get(dose_id)?.clone();
        let dose_id = dose_id.clone();
        Some(match command {
            C::RecordObservation { observed_min, .. } => {
                Event::ObservationCompleted { dose_id, recipient_ref, observed_min }
            }
            C::RecordAdverseEvent { finding, .. } => {
                Event::AdverseEventReported { dose_id, recipient_ref, finding }
            }
            C::CorrectDose { supersedes_n, fields, reason, .. } => Event::DoseRecordCorrected {
                dose_id,
                recipient_ref,
                series_id,
                supersedes_n,
                fields,
                reason,
            },
            C::VoidDose { supersedes_n, reason, .. } => {
                Event::DoseRecordVoided { dose_id, recipient_ref, series_id, supersedes_n, reason }
            }
            _ => return None,
        })
    }
}

fn of_sessions(command: Command) -> Option<Event> {
    Some(match command {
        C::PlanClinicSession {
            session_id,
            place_id,
            provider_id,
            opens_at,
            closes_at,
            slot_min,
            slot_capacity_n,
            product_codes,
            dose_nos,
            ..
        } => Event::ClinicSessionPlanned {
            session_id,
            place_id,
            provider_id,
            opens_at,
            closes_at,
            slot_min,
            slot_capacity_n,
            product_codes,
            dose_nos,
        },
        C::OpenBooking { session_id, .. } => Event::BookingOpened { session_id },
        C::AllocateLot { session_id, lot_no, expires_on, doses_n, .. } => {
            Event::LotAllocated { session_id, lot_no, expires_on, doses_n }
        }
        C::CancelClinicSession { session_id, reason, .. } => {
            Event::ClinicSessionCancelled { session_id, reason }
        }
        C::CloseClinicSession { session_id, .. } => Event::ClinicSessionClosed { session_id },
        C::RecallLot { lot_no, reason, .. } => Event::LotRecalled { lot_no, reason },
        _ => return None,
    })
}

fn of_bookings(command: Command) -> Option<Event> {
    Some(match command {
        C::BookAppointment {
            appointment_id,
            session_id,
            slot_at,
            recipient_ref,
            series_id,
            dose_no,
            ..
        } => Event::AppointmentBooked {
            appointment_id,
            session_id,
            slot_at,
            recipient_ref,
            series_id,
            dose_no,
        },
        C::JoinWaitlist {
            appointment_id, session_id, recipient_ref, series_id, dose_no, ..
        } => Event::AppointmentWaitlisted {
            appointment_id,
            session_id,
            recipient_ref,
            series_id,
            dose_no,
        },
        _ => return None,
    })
}

fn of_visits(command: Command) -> Option<Event> {
    Some(match command {
        C::RequestHomeVisit { visit_id, recipient_ref, consent_id, reason, .. } => {
            Event::HomeVisitRequested { visit_id, recipient_ref, consent_id, reason }
        }
        C::ApproveHomeVisit { visit_id, .. } => Event::HomeVisitApproved { visit_id },
        C::DeclineHomeVisit { visit_id, reason, .. } => {
            Event::HomeVisitDeclined { visit_id, reason }
        }
        C::ScheduleHomeVisit { visit_id, vaccinator_ref, starts_at, ends_at, .. } => {
            Event::HomeVisitScheduled { visit_id, vaccinator_ref, starts_at, ends_at }
        }
        C::RecordHomeVisit { visit_id, result, .. } => match result {
            VisitResult::Completed { arrived_at, left_at } => {
                Event::HomeVisitCompleted { visit_id, arrived_at, left_at }
            }
            VisitResult::Failed { reason } => Event::HomeVisitFailed { visit_id, reason },
        },
        _ => return None,
    })
}
