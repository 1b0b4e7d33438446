//! What an event is about.

use super::Event;
use crate::domain::{
    AppointmentId, ClinicSessionId, DoseId, HomeVisitId, LotNo, PersonRef, SeriesId, Span,
    Timestamp, Zone,
};

/// The longest tag in bytes.
const MAX_TAG_BYTES: usize = 128;

impl Event {
    /// What it is about, as tags: `clinic:`, `appointment:`, `dose:`, `home_visit:`, `lot:`,
    /// `person:` for the recipient, `series:` for the recipient's series, `slot:` for each slot in
    /// which it takes or gives back a place, and `busy:` for each day in `zone` on which it takes a
    /// vaccinator's time.
    #[must_use]
    pub fn tags(&self, zone: Zone) -> Vec<String> {
        let mut tags: Vec<String> = [
            self.session().map(|name| format!("clinic:{name}")),
            self.appointment().map(|name| format!("appointment:{name}")),
            self.dose().map(|name| format!("dose:{name}")),
            self.visit().map(|name| format!("home_visit:{name}")),
            self.lot().map(|name| format!("lot:{name}")),
            self.recipient().map(|name| format!("person:{name}")),
            self.series().map(|(recipient, series)| series_tag(recipient, series)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if let Some(session_id) = self.session() {
            tags.extend(self.slots().into_iter().map(|slot_at| slot_tag(session_id, slot_at)));
        }
        if let Self::HomeVisitScheduled { vaccinator_ref, starts_at, ends_at, .. } = self {
            let span = Span { from: *starts_at, until: *ends_at };
            tags.extend(span.busy_tags(vaccinator_ref.as_str(), zone));
        }
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// The session of a clinic.
    #[must_use]
    pub fn session(&self) -> Option<&ClinicSessionId> {
        match self {
            Self::ClinicSessionPlanned { session_id, .. }
            | Self::BookingOpened { session_id }
            | Self::LotAllocated { session_id, .. }
            | Self::ClinicSessionCancelled { session_id, .. }
            | Self::ClinicSessionClosed { session_id }
            | Self::AppointmentBooked { session_id, .. }
            | Self::AppointmentWaitlisted { session_id, .. }
            | Self::AppointmentCancelled { session_id, .. }
            | Self::AppointmentRescheduled { session_id, .. }
            | Self::NoShowRecorded { session_id, .. }
            | Self::RecipientCheckedIn { session_id, .. }
            | Self::ScreeningRecorded { session_id, .. }
            | Self::DoseNotDone { session_id, .. }
            | Self::AppointmentVoided { session_id, .. } => Some(session_id),
            Self::DoseAdministered { session_id, .. } => session_id.as_ref(),
            _ => None,
        }
    }

    /// The appointment.
    #[must_use]
    pub fn appointment(&self) -> Option<&AppointmentId> {
        match self {
            Self::AppointmentBooked { appointment_id, .. }
            | Self::AppointmentWaitlisted { appointment_id, .. }
            | Self::AppointmentCancelled { appointment_id, .. }
            | Self::AppointmentRescheduled { appointment_id, .. }
            | Self::NoShowRecorded { appointment_id, .. }
            | Self::RecipientCheckedIn { appointment_id, .. }
            | Self::ScreeningRecorded { appointment_id, .. }
            | Self::DoseNotDone { appointment_id, .. }
            | Self::AppointmentVoided { appointment_id, .. } => Some(appointment_id),
            Self::DoseAdministered { appointment_id, .. } => appointment_id.as_ref(),
            _ => None,
        }
    }

    /// The dose.
    #[must_use]
    pub fn dose(&self) -> Option<&DoseId> {
        match self {
            Self::DoseAdministered { dose_id, .. }
            | Self::DoseDeviationNoted { dose_id, .. }
            | Self::ObservationCompleted { dose_id, .. }
            | Self::AdverseEventReported { dose_id, .. }
            | Self::DoseRecordCorrected { dose_id, .. }
            | Self::DoseRecordVoided { dose_id, .. } => Some(dose_id),
            _ => None,
        }
    }

    /// The home visit.
    #[must_use]
    pub fn visit(&self) -> Option<&HomeVisitId> {
        match self {
            Self::HomeVisitRequested { visit_id, .. }
            | Self::HomeVisitApproved { visit_id }
            | Self::HomeVisitDeclined { visit_id, .. }
            | Self::HomeVisitScheduled { visit_id, .. }
            | Self::HomeVisitCompleted { visit_id, .. }
            | Self::HomeVisitFailed { visit_id, .. } => Some(visit_id),
            Self::DoseAdministered { visit_id, .. } => visit_id.as_ref(),
            _ => None,
        }
    }

    fn lot(&self) -> Option<&LotNo> {
        match self {
            Self::LotAllocated { lot_no, .. }
            | Self::LotRecalled { lot_no, .. }
            | Self::DoseAdministered { lot_no, .. } => Some(lot_no),
            Self::DoseRecordCorrected { fields, .. } => fields.lot_no.as_ref(),
            _ => None,
        }
    }

    /// Whom it concerns.
    #[must_use]
    pub fn recipient(&self) -> Option<&PersonRef> {
        match self {
            Self::ObservationCompleted { recipient_ref, .. }
            | Self::AdverseEventReported { recipient_ref, .. }
            | Self::HomeVisitRequested { recipient_ref, .. } => Some(recipient_ref),
            _ => self.series().map(|(recipient_ref, _)| recipient_ref),
        }
    }

    /// Whose series it belongs to.
    #[must_use]
    pub fn series(&self) -> Option<(&PersonRef, &SeriesId)> {
        match self {
            Self::AppointmentBooked { recipient_ref, series_id, .. }
            | Self::AppointmentWaitlisted { recipient_ref, series_id, .. }
            | Self::AppointmentCancelled { recipient_ref, series_id, .. }
            | Self::AppointmentRescheduled { recipient_ref, series_id, .. }
            | Self::NoShowRecorded { recipient_ref, series_id, .. }
            | Self::RecipientCheckedIn { recipient_ref, series_id, .. }
            | Self::ScreeningRecorded { recipient_ref, series_id, .. }
            | Self::DoseNotDone { recipient_ref, series_id, .. }
            | Self::AppointmentVoided { recipient_ref, series_id, .. }
            | Self::DoseAdministered { recipient_ref, series_id, .. }
            | Self::DoseDeviationNoted { recipient_ref, series_id, .. }
            | Self::DoseRecordCorrected { recipient_ref, series_id, .. }
            | Self::DoseRecordVoided { recipient_ref, series_id, .. } => {
                Some((recipient_ref, series_id))
            }
            _ => None,
        }
    }

    /// The slots in which it takes or gives back a place.
    fn slots(&self) -> Vec<Timestamp> {
        match self {
            Self::AppointmentBooked { slot_at, .. } => vec![*slot_at],
            Self::AppointmentCancelled { slot_at, .. }
            | Self::AppointmentVoided { slot_at, .. } => slot_at.iter().copied().collect(),
            Self::AppointmentRescheduled { from_slot_at, to_slot_at, .. } => {
                vec![*from_slot_at, *to_slot_at]
            }
            _ => Vec::new(),
        }
    }
}

/// The tag of a slot: its session, and its first microsecond since 1970.
pub(in super::super) fn slot_tag(session_id: &ClinicSessionId, slot_at: Timestamp) -> String {
    format!("slot:{session_id}/{}", slot_at.0)
}

/// The tag of somebody's series. Two long names are cut to what a tag holds: series that share
/// their first bytes then read each other's events, and are told apart by the fields.
pub(in super::super) fn series_tag(recipient_ref: &PersonRef, series_id: &SeriesId) -> String {
    let mut tag = format!("series:{recipient_ref}/{series_id}");
    while tag.len() > MAX_TAG_BYTES {
        tag.pop();
    }
    tag
}
