//! What may be asked, and what is reported.

mod boundary;

pub(super) use boundary::{of_lot, of_session, of_slot, to_judge};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::of_recipient;
use super::{AgeBand, DoseFields, Outcome, VisitResult};
use crate::domain::{
    AppointmentId, BodyId, ClinicSessionId, ConsentId, DoseId, HomeVisitId, LotNo, Minutes,
    PersonRef, PlaceId, ProductCode, Sealed, SealedField, SeriesId, Timestamp, Zone,
};

/// A command at the clinic. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record`, `Correct` or `Void` report reality: they are refused only for
/// naming something that does not exist or exists already, a version that is not the newest, or a
/// field that has to be sealed. The others ask and may be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks for a session of a clinic.
    PlanClinicSession {
        session_id: ClinicSessionId,
        at: Timestamp,
        zone: Zone,
        place_id: PlaceId,
        provider_id: BodyId,
        opens_at: Timestamp,
        closes_at: Timestamp,
        slot_min: Minutes,
        slot_capacity_n: u32,
        #[serde(default)]
        product_codes: Vec<ProductCode>,
        #[serde(default)]
        dose_nos: Vec<u32>,
    },
    /// Asks that appointments may be booked.
    OpenBooking { session_id: ClinicSessionId, at: Timestamp, zone: Zone },
    /// Asks for doses of a lot; refused where it is expired on the day, or recalled.
    AllocateLot {
        session_id: ClinicSessionId,
        at: Timestamp,
        zone: Zone,
        lot_no: LotNo,
        expires_on: NaiveDate,
        doses_n: u32,
    },
    /// Asks that a session is not held.
    CancelClinicSession { session_id: ClinicSessionId, at: Timestamp, zone: Zone, reason: String },
    /// Asks to end a session.
    CloseClinicSession { session_id: ClinicSessionId, at: Timestamp, zone: Zone },
    /// Asks that a lot is not used any more.
    RecallLot { lot_no: LotNo, at: Timestamp, zone: Zone, reason: String },
    /// Asks for a place in a slot, new or from the waitlist.
    BookAppointment {
        appointment_id: AppointmentId,
        at: Timestamp,
        zone: Zone,
        session_id: ClinicSessionId,
        slot_at: Timestamp,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        dose_no: u32,
    },
    /// Asks for the next place that is given back.
    JoinWaitlist {
        appointment_id: AppointmentId,
        at: Timestamp,
        zone: Zone,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        dose_no: u32,
    },
    /// Gives an appointment up.
    CancelAppointment { appointment_id: AppointmentId, at: Timestamp, zone: Zone, reason: String },
    /// Asks for another slot of the same session.
    RescheduleAppointment {
        appointment_id: AppointmentId,
        at: Timestamp,
        zone: Zone,
        to_slot_at: Timestamp,
    },
    /// Reports that somebody did not come.
    RecordNoShow { appointment_id: AppointmentId, at: Timestamp, zone: Zone },
    /// Reports that somebody came.
    RecordCheckIn { appointment_id: AppointmentId, at: Timestamp, zone: Zone },
    /// Reports what somebody was asked and told before the dose. `findings` are sealed.
    RecordScreening {
        appointment_id: AppointmentId,
        at: Timestamp,
        zone: Zone,
        recipient_ref: PersonRef,
        was_informed: bool,
        outcome: Outcome,
        findings: Option<Sealed>,
    },
    /// Reports that the dose was not given.
    RecordNotDone { appointment_id: AppointmentId, at: Timestamp, zone: Zone, reason: String },
    /// Reports that an appointment was entered in error.
    VoidAppointment {
        appointment_id: AppointmentId,
        at: Timestamp,
        zone: Zone,
        supersedes_n: u32,
        reason: String,
    },
    /// Reports a dose, given at `at`. Where the registry knows the age, `age_band` is its.
    RecordDose {
        dose_id: DoseId,
        at: Timestamp,
        zone: Zone,
        appointment_id: Option<AppointmentId>,
        visit_id: Option<HomeVisitId>,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        dose_no: u32,
        product_code: ProductCode,
        holder: String,
        pack_id: String,
        lot_no: LotNo,
        expires_on: NaiveDate,
        site: String,
        route: String,
        vaccinator_ref: PersonRef,
        age_band: Option<AgeBand>,
    },
    /// Reports for how long somebody was watched after a dose.
    RecordObservation { dose_id: DoseId, at: Timestamp, zone: Zone, observed_min: Minutes },
    /// Reports what happened to somebody after a dose. `finding` is sealed.
    RecordAdverseEvent {
        dose_id: DoseId,
        at: Timestamp,
        zone: Zone,
        recipient_ref: PersonRef,
        finding: Option<Sealed>,
    },
    /// Reports that the record of a dose is wrong, and what is right.
    CorrectDose {
        dose_id: DoseId,
        at: Timestamp,
        zone: Zone,
        supersedes_n: u32,
        fields: DoseFields,
        reason: String,
    },
    /// Reports that a dose was entered in error.
    VoidDose { dose_id: DoseId, at: Timestamp, zone: Zone, supersedes_n: u32, reason: String },
    /// Asks for a visit at home, with a reason. `reason` is sealed.
    RequestHomeVisit {
        visit_id: HomeVisitId,
        at: Timestamp,
        zone: Zone,
        recipient_ref: PersonRef,
        consent_id: ConsentId,
        reason: Option<Sealed>,
    },
    /// Asks that a visit may be scheduled.
    ApproveHomeVisit { visit_id: HomeVisitId, at: Timestamp, zone: Zone },
    /// Asks that a visit is not made.
    DeclineHomeVisit { visit_id: HomeVisitId, at: Timestamp, zone: Zone, reason: String },
    /// Asks for a vaccinator's time; refused while that one is busy.
    ScheduleHomeVisit {
        visit_id: HomeVisitId,
        at: Timestamp,
        zone: Zone,
        vaccinator_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// Reports how a visit went.
    RecordHomeVisit { visit_id: HomeVisitId, at: Timestamp, zone: Zone, result: VisitResult },
}

impl Command {
    /// When and where it happens.
    #[must_use]
    pub fn head(&self) -> (Timestamp, Zone) {
        match self {
            Self::PlanClinicSession { at, zone, .. }
            | Self::OpenBooking { at, zone, .. }
            | Self::AllocateLot { at, zone, .. }
            | Self::CancelClinicSession { at, zone, .. }
            | Self::CloseClinicSession { at, zone, .. }
            | Self::RecallLot { at, zone, .. }
            | Self::BookAppointment { at, zone, .. }
            | Self::JoinWaitlist { at, zone, .. }
            | Self::CancelAppointment { at, zone, .. }
            | Self::RescheduleAppointment { at, zone, .. }
            | Self::RecordNoShow { at, zone, .. }
            | Self::RecordCheckIn { at, zone, .. }
            | Self::RecordScreening { at, zone, .. }
            | Self::RecordNotDone { at, zone, .. }
            | Self::VoidAppointment { at, zone, .. }
            | Self::RecordDose { at, zone, .. }
            | Self::RecordObservation { at, zone, .. }
            | Self::RecordAdverseEvent { at, zone, .. }
            | Self::CorrectDose { at, zone, .. }
            | Self::VoidDose { at, zone, .. }
            | Self::RequestHomeVisit { at, zone, .. }
            | Self::ApproveHomeVisit { at, zone, .. }
            | Self::DeclineHomeVisit { at, zone, .. }
            | Self::ScheduleHomeVisit { at, zone, .. }
            | Self::RecordHomeVisit { at, zone, .. } => (*at, *zone),
        }
    }

    /// Its fields that may stand in the journal only under the recipient's key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let (name, recipient_ref, value) = match self {
            Self::RecordScreening { recipient_ref, findings, .. } => {
                ("findings", recipient_ref, findings)
            }
            Self::RecordAdverseEvent { recipient_ref, finding, .. } => {
                ("finding", recipient_ref, finding)
            }
            Self::RequestHomeVisit { recipient_ref, reason, .. } => {
                ("reason", recipient_ref, reason)
            }
            _ => return Vec::new(),
        };
        SealedField::of(name, || of_recipient(recipient_ref), value).into_iter().collect()
    }
}
