//! What happens at the clinic and at home, past tense, facts only.

mod tags;

pub(super) use tags::{series_tag, slot_tag};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AgeBand, Deviation, DoseFields, Outcome};
use crate::domain::{
    AppointmentId, BodyId, ClinicSessionId, ConsentId, DoseId, HomeVisitId, LotNo, Minutes,
    PersonRef, PlaceId, ProductCode, Sealed, SealedField, SeriesId, Subject, Timestamp,
};

/// A fact of a clinic. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
///
/// An event about an appointment says in which session and of which series it is, and one that
/// takes or gives back a place says of which slot, so that it tells by itself what it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A session of a clinic is planned: from when until when, in slots of so many minutes for so
    /// many people each, with which products, for which doses.
    ClinicSessionPlanned {
        session_id: ClinicSessionId,
        place_id: PlaceId,
        provider_id: BodyId,
        opens_at: Timestamp,
        closes_at: Timestamp,
        slot_min: Minutes,
        slot_capacity_n: u32,
        product_codes: Vec<ProductCode>,
        dose_nos: Vec<u32>,
    },
    /// Appointments may be booked.
    BookingOpened { session_id: ClinicSessionId },
    /// A session has doses of a lot.
    LotAllocated {
        session_id: ClinicSessionId,
        lot_no: LotNo,
        /// The last day on which the lot may be used.
        expires_on: NaiveDate,
        doses_n: u32,
    },
    /// A session will not be held; its bookings are cancelled with it.
    ClinicSessionCancelled { session_id: ClinicSessionId, reason: String },
    /// A session is over.
    ClinicSessionClosed { session_id: ClinicSessionId },
    /// A lot may not be used any more.
    LotRecalled { lot_no: LotNo, reason: String },
    /// Somebody has a place in a slot.
    AppointmentBooked {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        slot_at: Timestamp,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        dose_no: u32,
    },
    /// Somebody waits for a place in a session.
    AppointmentWaitlisted {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        dose_no: u32,
    },
    /// An appointment was given up, and its place with it.
    AppointmentCancelled {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        slot_at: Option<Timestamp>,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        reason: String,
    },
    /// An appointment was moved to another slot of its session.
    AppointmentRescheduled {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        from_slot_at: Timestamp,
        to_slot_at: Timestamp,
        recipient_ref: PersonRef,
        series_id: SeriesId,
    },
    /// Somebody did not come.
    NoShowRecorded {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
    },
    /// Somebody came.
    RecipientCheckedIn {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        at: Timestamp,
    },
    /// Somebody was asked and informed before the dose.
    ScreeningRecorded {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        was_informed: bool,
        outcome: Outcome,
        findings: Option<Sealed>,
    },
    /// The dose was not given.
    DoseNotDone {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        reason: String,
    },
    /// An appointment was entered in error: it never was.
    AppointmentVoided {
        appointment_id: AppointmentId,
        session_id: ClinicSessionId,
        slot_at: Option<Timestamp>,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        supersedes_n: u32,
        reason: String,
    },
    /// A dose was given, at an appointment, in a home visit, or neither.
    DoseAdministered {
        dose_id: DoseId,
        appointment_id: Option<AppointmentId>,
        session_id: Option<ClinicSessionId>,
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
        administered_at: Timestamp,
        vaccinator_ref: PersonRef,
        age_band: Option<AgeBand>,
    },
    /// A dose departs from the rules; by which version of the dosing rule, where there is one.
    DoseDeviationNoted {
        dose_id: DoseId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        rule_version: Option<String>,
        kind: Deviation,
    },
    /// Somebody was watched after a dose, for so many minutes.
    ObservationCompleted { dose_id: DoseId, recipient_ref: PersonRef, observed_min: Minutes },
    /// Something happened to somebody after a dose.
    AdverseEventReported { dose_id: DoseId, recipient_ref: PersonRef, finding: Option<Sealed> },
    /// What is on record of a dose was corrected, over the version of that number.
    DoseRecordCorrected {
        dose_id: DoseId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        supersedes_n: u32,
        fields: DoseFields,
        reason: String,
    },
    /// A dose was entered in error: it never was.
    DoseRecordVoided {
        dose_id: DoseId,
        recipient_ref: PersonRef,
        series_id: SeriesId,
        supersedes_n: u32,
        reason: String,
    },
    /// A visit at home was asked for.
    HomeVisitRequested {
        visit_id: HomeVisitId,
        recipient_ref: PersonRef,
        consent_id: ConsentId,
        reason: Option<Sealed>,
    },
    /// A visit may be scheduled.
    HomeVisitApproved { visit_id: HomeVisitId },
    /// A visit will not be made.
    HomeVisitDeclined { visit_id: HomeVisitId, reason: String },
    /// A visit takes a vaccinator's time.
    HomeVisitScheduled {
        visit_id: HomeVisitId,
        vaccinator_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A visit was made.
    HomeVisitCompleted { visit_id: HomeVisitId, arrived_at: Timestamp, left_at: Timestamp },
    /// A visit came to nothing.
    HomeVisitFailed { visit_id: HomeVisitId, reason: String },
}

impl Event {
    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Its fields that stand in the journal only under the recipient's key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let (name, recipient_ref, value) = match self {
            Self::ScreeningRecorded { recipient_ref, findings, .. } => {
                ("findings", recipient_ref, findings)
            }
            Self::AdverseEventReported { recipient_ref, finding, .. } => {
                ("finding", recipient_ref, finding)
            }
            Self::HomeVisitRequested { recipient_ref, reason, .. } => {
                ("reason", recipient_ref, reason)
            }
            _ => return Vec::new(),
        };
        SealedField::of(name, || of_recipient(recipient_ref), value).into_iter().collect()
    }
}

/// Whose key seals what is said of somebody's health.
pub(super) fn of_recipient(recipient_ref: &PersonRef) -> Subject {
    Subject::of("person", recipient_ref)
}
