//! Whatever a command names has to be there, even where it reports; what it makes must not be; and
//! a correction corrects the newest version.

use super::super::state::Status;
use super::super::{Command, State};
use super::{Refusal, exists, unknown};
use crate::domain::{AppointmentId, ClinicSessionId, DoseId, HomeVisitId, PersonRef};

use Command as C;

impl State {
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            C::PlanClinicSession { session_id, .. } => match self.has_session(session_id) {
                Ok(()) => Err(exists("session", session_id)),
                Err(_) => Ok(()),
            },
            C::OpenBooking { session_id, .. }
            | C::AllocateLot { session_id, .. }
            | C::CancelClinicSession { session_id, .. }
            | C::CloseClinicSession { session_id, .. } => self.has_session(session_id),
            C::RecallLot { lot_no, .. } => match self.recalled.contains_key(lot_no) {
                true => Err(exists("recall of lot", lot_no)),
                false => Ok(()),
            },
            C::BookAppointment { appointment_id, session_id, .. }
            | C::JoinWaitlist { appointment_id, session_id, .. } => {
                self.has_session(session_id)?;
                match self.appointments.contains_key(appointment_id) && !self.waits(command) {
                    true => Err(exists("appointment", appointment_id)),
                    false => Ok(()),
                }
            }
            C::CancelAppointment { appointment_id, .. }
            | C::RescheduleAppointment { appointment_id, .. }
            | C::RecordNoShow { appointment_id, .. }
            | C::RecordCheckIn { appointment_id, .. }
            | C::RecordNotDone { appointment_id, .. } => self.has_appointment(appointment_id, None),
            C::RecordScreening { appointment_id, recipient_ref, .. } => {
                self.has_appointment(appointment_id, Some(recipient_ref))
            }
            C::VoidAppointment { appointment_id, supersedes_n, .. } => {
                self.has_appointment(appointment_id, None)?;
                let appointment = self.appointments.get(appointment_id);
                let is_voided = appointment.is_some_and(|own| own.status == Status::EnteredInError);
                let newest = u32::from(is_voided);
                is_newest(newest, is_voided, *supersedes_n)
            }
            C::RecordDose { dose_id, appointment_id, visit_id, recipient_ref, .. } => {
                if self.doses.contains_key(dose_id) {
                    return Err(exists("dose", dose_id));
                }
                if let Some(appointment_id) = appointment_id {
                    self.has_appointment(appointment_id, Some(recipient_ref))?;
                }
                visit_id.as_ref().map_or(Ok(()), |visit| self.has_visit(visit, Some(recipient_ref)))
            }
            C::RecordObservation { dose_id, .. } => self.has_dose(dose_id, None),
            C::RecordAdverseEvent { dose_id, recipient_ref, .. } => {
                self.has_dose(dose_id, Some(recipient_ref))
            }
            C::CorrectDose { dose_id, supersedes_n, .. }
            | C::VoidDose { dose_id, supersedes_n, .. } => {
                self.has_dose(dose_id, None)?;
                let dose = self.doses.get(dose_id);
                let (newest, is_voided) =
                    dose.map_or((0, false), |dose| (dose.version_n, dose.is_voided));
                is_newest(newest, is_voided, *supersedes_n)
            }
            C::RequestHomeVisit { visit_id, .. } => match self.has_visit(visit_id, None) {
                Ok(()) => Err(exists("visit", visit_id)),
                Err(_) => Ok(()),
            },
            C::ApproveHomeVisit { visit_id, .. }
            | C::DeclineHomeVisit { visit_id, .. }
            | C::ScheduleHomeVisit { visit_id, .. }
            | C::RecordHomeVisit { visit_id, .. } => self.has_visit(visit_id, None),
        }
    }

    /// Whether an appointment to be booked is one that waits for just that.
    fn waits(&self, command: &Command) -> bool {
        let C::BookAppointment {
            appointment_id,
            session_id,
            recipient_ref,
            series_id,
            dose_no,
            ..
        } = command
        else {
            return false;
        };
        self.appointments.get(appointment_id).is_some_and(|waiting| {
            waiting.status == Status::Waitlisted
                && waiting.session_id == *session_id
                && waiting.recipient_ref == *recipient_ref
                && waiting.series_id == *series_id
                && waiting.dose_no == *dose_no
        })
    }

    fn has_session(&self, session_id: &ClinicSessionId) -> Result<(), Refusal> {
        match self.sessions.get(session_id).is_some_and(|session| session.plan.is_some()) {
            true => Ok(()),
            false => Err(unknown("session", session_id)),
        }
    }

    fn has_appointment(&self, name: &AppointmentId, of: Option<&PersonRef>) -> Result<(), Refusal> {
        let known = self.appointments.get(name);
        is_of("appointment", name, known.map(|known| &known.recipient_ref), of)
    }

    fn has_dose(&self, name: &DoseId, of: Option<&PersonRef>) -> Result<(), Refusal> {
        let known = self.doses.get(name);
        is_of("dose", name, known.map(|known| &known.recipient_ref), of)
    }

    fn has_visit(&self, name: &HomeVisitId, of: Option<&PersonRef>) -> Result<(), Refusal> {
        let known = self.visits.get(name).and_then(|visit| visit.recipient_ref.as_ref());
        is_of("visit", name, known, of)
    }
}

/// What is sealed under a key is sealed under that of the right one: the recipient named has to be
/// the recipient on record.
fn is_of(
    kind: &'static str,
    name: &impl ToString,
    known: Option<&PersonRef>,
    of: Option<&PersonRef>,
) -> Result<(), Refusal> {
    let known = known.ok_or_else(|| unknown(kind, name))?;
    match of.is_none_or(|of| of == known) {
        true => Ok(()),
        false => Err(unknown(kind, &format!("{} of this recipient", name.to_string()))),
    }
}

fn is_newest(newest: u32, is_voided: bool, seen: u32) -> Result<(), Refusal> {
    match seen == newest && !is_voided {
        true => Ok(()),
        false => Err(Refusal::AlreadySuperseded { by: newest }),
    }
}
