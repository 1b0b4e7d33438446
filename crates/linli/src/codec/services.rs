//! The wire table of `services`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::services::{AgeBand, Deviation, DoseFields, Event, Outcome};

wire! {
    ClinicSessionPlanned 1 { session_id, place_id, provider_id, opens_at, closes_at, slot_min,
        slot_capacity_n, product_codes, dose_nos };
    BookingOpened 1 { session_id };
    LotAllocated 1 { session_id, lot_no, expires_on, doses_n };
    ClinicSessionCancelled 1 { session_id, reason };
    ClinicSessionClosed 1 { session_id };
    LotRecalled 1 { lot_no, reason };
    AppointmentBooked 1 { appointment_id, session_id, slot_at, recipient_ref, series_id, dose_no };
    AppointmentWaitlisted 1 { appointment_id, session_id, recipient_ref, series_id, dose_no };
    AppointmentCancelled 1 { appointment_id, session_id, slot_at, recipient_ref, series_id,
        reason };
    AppointmentRescheduled 1 { appointment_id, session_id, from_slot_at, to_slot_at,
        recipient_ref, series_id };
    NoShowRecorded 1 { appointment_id, session_id, recipient_ref, series_id };
    RecipientCheckedIn 1 { appointment_id, session_id, recipient_ref, series_id, at };
    ScreeningRecorded 1 { appointment_id, session_id, recipient_ref, series_id, was_informed,
        outcome, findings };
    DoseNotDone 1 { appointment_id, session_id, recipient_ref, series_id, reason };
    AppointmentVoided 1 { appointment_id, session_id, slot_at, recipient_ref, series_id,
        supersedes_n, reason };
    DoseAdministered 1 { dose_id, recipient_ref, series_id, dose_no, product_code, holder, pack_id,
        lot_no, expires_on, site, route, administered_at, vaccinator_ref, age_band,
        appointment_id, session_id, visit_id };
    DoseDeviationNoted 1 { dose_id, recipient_ref, series_id, kind, rule_version };
    ObservationCompleted 1 { dose_id, recipient_ref, observed_min };
    AdverseEventReported 1 { dose_id, recipient_ref, finding };
    DoseRecordCorrected 1 { dose_id, recipient_ref, series_id, supersedes_n, reason, fields };
    DoseRecordVoided 1 { dose_id, recipient_ref, series_id, supersedes_n, reason };
    HomeVisitRequested 1 { visit_id, recipient_ref, consent_id, reason };
    HomeVisitApproved 1 { visit_id };
    HomeVisitDeclined 1 { visit_id, reason };
    HomeVisitScheduled 1 { visit_id, vaccinator_ref, starts_at, ends_at };
    HomeVisitCompleted 1 { visit_id, arrived_at, left_at };
    HomeVisitFailed 1 { visit_id, reason };
}

words! {
    AgeBand: Under14 = 0, From14To17 = 1, From18To59 = 2, From60 = 3;
    Outcome: Proceed = 0, Defer = 1, NotDone = 2;
    Deviation: Early = 0, UnderAge = 1, LotExpired = 2, LotRecalled = 3, DuplicateDoseNo = 4;
}

impl Field for DoseFields {
    fn put(&self, out: &mut Out) {
        let fields: [&dyn Field; 11] = [
            &self.dose_no,
            &self.product_code,
            &self.holder,
            &self.pack_id,
            &self.lot_no,
            &self.expires_on,
            &self.site,
            &self.route,
            &self.administered_at,
            &self.vaccinator_ref,
            &self.age_band,
        ];
        put_fields(&fields, out);
    }
}

impl FromField for DoseFields {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let corrected = Self {
            dose_no: fields.next()?,
            product_code: fields.next()?,
            holder: fields.next()?,
            pack_id: fields.next()?,
            lot_no: fields.next()?,
            expires_on: fields.next()?,
            site: fields.next()?,
            route: fields.next()?,
            administered_at: fields.next()?,
            vaccinator_ref: fields.next()?,
            age_band: fields.next()?,
        };
        fields.close()?;
        Ok(corrected)
    }
}
