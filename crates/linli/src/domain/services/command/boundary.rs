//! What each command reads before it is decided.

use super::super::event::{series_tag, slot_tag};
use super::Command;
use crate::domain::{
    AppointmentId, Boundary, BoundaryItem, ClinicSessionId, DoseId, Dosing, HomeVisitId, LotNo,
    PersonRef, Registered, SeriesId, Span, Timestamp,
};

/// What tells how a session stands, apart from who came.
const OF_SESSION: &[&str] =
    &["ClinicSessionPlanned", "BookingOpened", "ClinicSessionCancelled", "ClinicSessionClosed"];
/// The same, and who came.
const OF_RUNNING: &[&str] = &[
    "ClinicSessionPlanned",
    "BookingOpened",
    "ClinicSessionCancelled",
    "ClinicSessionClosed",
    "RecipientCheckedIn",
    "DoseAdministered",
];
/// What takes a place in a slot or gives it back.
const OF_SLOT: &[&str] =
    &["AppointmentBooked", "AppointmentRescheduled", "AppointmentCancelled", "AppointmentVoided"];
/// What adds up to the doses of a series.
const DOSES: &[&str] = &["DoseAdministered", "DoseRecordCorrected", "DoseRecordVoided"];

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let items = match self {
            Self::PlanClinicSession { session_id, .. }
            | Self::OpenBooking { session_id, .. }
            | Self::CancelClinicSession { session_id, .. }
            | Self::CloseClinicSession { session_id, .. } => {
                vec![BoundaryItem::all(OF_RUNNING, format!("clinic:{session_id}"))]
            }
            Self::AllocateLot { session_id, lot_no, .. } => {
                vec![of_session(session_id), of_lot(lot_no)]
            }
            Self::RecallLot { lot_no, .. } => vec![of_lot(lot_no)],
            Self::BookAppointment {
                appointment_id,
                session_id,
                slot_at,
                recipient_ref,
                series_id,
                ..
            } => vec![
                of_appointment(appointment_id),
                of_session(session_id),
                of_slot(session_id, *slot_at),
                BoundaryItem::all(&[], series_tag(recipient_ref, series_id)),
                Registered::of_person(recipient_ref),
                Registered::of_rule(Dosing::NAME),
            ],
            Self::JoinWaitlist { appointment_id, session_id, recipient_ref, series_id, .. } => {
                vec![
                    of_appointment(appointment_id),
                    of_session(session_id),
                    BoundaryItem::all(&[], series_tag(recipient_ref, series_id)),
                    Registered::merges_of_person(recipient_ref),
                ]
            }
            Self::RescheduleAppointment { appointment_id, .. } => {
                vec![of_appointment(appointment_id), Registered::of_rule(Dosing::NAME)]
            }
            Self::CancelAppointment { appointment_id, .. }
            | Self::RecordNoShow { appointment_id, .. }
            | Self::RecordCheckIn { appointment_id, .. }
            | Self::RecordScreening { appointment_id, .. }
            | Self::RecordNotDone { appointment_id, .. }
            | Self::VoidAppointment { appointment_id, .. } => vec![of_appointment(appointment_id)],
            Self::RecordDose { .. } => self.of_a_dose(),
            Self::RecordObservation { dose_id, .. }
            | Self::RecordAdverseEvent { dose_id, .. }
            | Self::VoidDose { dose_id, .. } => vec![of_dose(dose_id)],
            Self::CorrectDose { dose_id, fields, .. } => {
                let mut items = vec![of_dose(dose_id), Registered::of_rule(Dosing::NAME)];
                items.extend(fields.lot_no.as_ref().map(of_lot));
                items
            }
            Self::RequestHomeVisit { visit_id, consent_id, .. } => {
                vec![of_visit(visit_id), Registered::of_consent(consent_id)]
            }
            Self::ApproveHomeVisit { visit_id, .. }
            | Self::DeclineHomeVisit { visit_id, .. }
            | Self::RecordHomeVisit { visit_id, .. } => vec![of_visit(visit_id)],
            Self::ScheduleHomeVisit { visit_id, vaccinator_ref, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                let days = span.busy_tags_around(vaccinator_ref.as_str());
                let taken = days.map(|day| BoundaryItem::all(&["HomeVisitScheduled"], day));
                std::iter::once(of_visit(visit_id)).chain(taken).collect()
            }
        };
        Boundary { items }
    }

    fn of_a_dose(&self) -> Vec<BoundaryItem> {
        let Self::RecordDose {
            dose_id,
            appointment_id,
            visit_id,
            recipient_ref,
            series_id,
            lot_no,
            ..
        } = self
        else {
            return Vec::new();
        };
        let mut items = vec![of_dose(dose_id), of_lot(lot_no)];
        items.extend(appointment_id.as_ref().map(of_appointment));
        items.extend(visit_id.as_ref().map(of_visit));
        items.extend(to_judge(recipient_ref, series_id));
        items.push(Registered::of_rule(Dosing::NAME));
        items
    }
}

/// What has to be known of somebody to judge a dose.
pub(in super::super) fn to_judge(
    recipient_ref: &PersonRef,
    series_id: &SeriesId,
) -> [BoundaryItem; 2] {
    let series = BoundaryItem::all(DOSES, series_tag(recipient_ref, series_id));
    [series, Registered::of_person(recipient_ref)]
}

/// How a session stands.
pub(in super::super) fn of_session(session_id: &ClinicSessionId) -> BoundaryItem {
    BoundaryItem::all(OF_SESSION, format!("clinic:{session_id}"))
}

/// Who has a place in a slot.
pub(in super::super) fn of_slot(session_id: &ClinicSessionId, slot_at: Timestamp) -> BoundaryItem {
    BoundaryItem::all(OF_SLOT, slot_tag(session_id, slot_at))
}

/// Whether a lot was recalled.
pub(in super::super) fn of_lot(lot_no: &LotNo) -> BoundaryItem {
    BoundaryItem::all(&["LotRecalled"], format!("lot:{lot_no}"))
}

fn of_appointment(appointment_id: &AppointmentId) -> BoundaryItem {
    BoundaryItem::all(&[], format!("appointment:{appointment_id}"))
}

fn of_dose(dose_id: &DoseId) -> BoundaryItem {
    BoundaryItem::all(&[], format!("dose:{dose_id}"))
}

fn of_visit(visit_id: &HomeVisitId) -> BoundaryItem {
    BoundaryItem::all(&[], format!("home_visit:{visit_id}"))
}
