//! One event of a clinic of every type, with every field set.

use chrono::NaiveDate;

use super::{AT, read, text};
use crate::domain::services::{AgeBand, Deviation, DoseFields, Event, Outcome};
use crate::domain::{AppointmentId, ClinicSessionId, DoseId, HomeVisitId, Minutes};
use crate::domain::{PersonRef, SeriesId};

fn session_id() -> ClinicSessionId {
    read("clinic-1")
}

fn appointment_id() -> AppointmentId {
    read("a-1")
}

fn dose_id() -> DoseId {
    read("dose-1")
}

fn visit_id() -> HomeVisitId {
    read("visit-1")
}

fn recipient_ref() -> PersonRef {
    read("p-7")
}

fn series_id() -> SeriesId {
    read("covid-19")
}

fn day() -> NaiveDate {
    read("2022-02-27")
}

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    [of_sessions(), of_bookings(), of_appointments(), of_doses(), of_visits()].concat()
}

fn of_sessions() -> Vec<Event> {
    vec![
        Event::ClinicSessionPlanned {
            session_id: session_id(),
            place_id: read("yujing-centre"),
            provider_id: read("clinic"),
            opens_at: AT,
            closes_at: AT,
            slot_min: Minutes(30),
            slot_capacity_n: 6,
            product_codes: vec![read("inactivated")],
            dose_nos: vec![2, 3],
        },
        Event::BookingOpened { session_id: session_id() },
        Event::LotAllocated {
            session_id: session_id(),
            lot_no: read("L-17"),
            expires_on: day(),
            doses_n: 40,
        },
        Event::ClinicSessionCancelled { session_id: session_id(), reason: text("snow") },
        Event::ClinicSessionClosed { session_id: session_id() },
        Event::LotRecalled { lot_no: read("L-17"), reason: text("warm") },
    ]
}

fn of_bookings() -> Vec<Event> {
    vec![
        Event::AppointmentBooked {
            appointment_id: appointment_id(),
            session_id: session_id(),
            slot_at: AT,
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            dose_no: 3,
        },
        Event::AppointmentWaitlisted {
            appointment_id: appointment_id(),
            session_id: session_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            dose_no: 3,
        },
        Event::AppointmentCancelled {
            appointment_id: appointment_id(),
            session_id: session_id(),
            slot_at: Some(AT),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            reason: text("a cold"),
        },
        Event::AppointmentRescheduled {
            appointment_id: appointment_id(),
            session_id: session_id(),
            from_slot_at: AT,
            to_slot_at: AT,
            recipient_ref: recipient_ref(),
            series_id: series_id(),
        },
    ]
}

fn of_appointments() -> Vec<Event> {
    vec![
        Event::NoShowRecorded {
            appointment_id: appointment_id(),
            session_id: session_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
        },
        Event::RecipientCheckedIn {
            appointment_id: appointment_id(),
            session_id: session_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            at: AT,
        },
        Event::ScreeningRecorded {
            appointment_id: appointment_id(),
            session_id: session_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            was_informed: true,
            outcome: Outcome::Proceed,
            findings: None,
        },
        Event::DoseNotDone {
            appointment_id: appointment_id(),
            session_id: session_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            reason: text("fever"),
        },
        Event::AppointmentVoided {
            appointment_id: appointment_id(),
            session_id: session_id(),
            slot_at: Some(AT),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            supersedes_n: 0,
            reason: text("another person"),
        },
    ]
}

fn of_doses() -> Vec<Event> {
    vec![
        Event::DoseAdministered {
            dose_id: dose_id(),
            appointment_id: Some(appointment_id()),
            session_id: Some(session_id()),
            visit_id: Some(visit_id()),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            dose_no: 3,
            product_code: read("inactivated"),
            holder: text("a holder"),
            pack_id: text("81000017"),
            lot_no: read("L-17"),
            expires_on: day(),
            site: text("left arm"),
            route: text("intramuscular"),
            administered_at: AT,
            vaccinator_ref: read("p-9"),
            age_band: Some(AgeBand::From60),
        },
        Event::DoseDeviationNoted {
            dose_id: dose_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            rule_version: Some(text("2022-02-19")),
            kind: Deviation::Early,
        },
        Event::ObservationCompleted {
            dose_id: dose_id(),
            recipient_ref: recipient_ref(),
            observed_min: Minutes(30),
        },
        Event::AdverseEventReported {
            dose_id: dose_id(),
            recipient_ref: recipient_ref(),
            finding: None,
        },
        Event::DoseRecordCorrected {
            dose_id: dose_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            supersedes_n: 0,
            fields: DoseFields {
                dose_no: Some(2),
                product_code: Some(read("inactivated")),
                holder: Some(text("a holder")),
                pack_id: Some(text("81000018")),
                lot_no: Some(read("L-18")),
                expires_on: Some(day()),
                site: Some(text("right arm")),
                route: Some(text("intramuscular")),
                administered_at: Some(AT),
                vaccinator_ref: Some(read("p-9")),
                age_band: Some(AgeBand::From18To59),
            },
            reason: text("misread"),
        },
        Event::DoseRecordVoided {
            dose_id: dose_id(),
            recipient_ref: recipient_ref(),
            series_id: series_id(),
            supersedes_n: 1,
            reason: text("entered in error"),
        },
    ]
}

fn of_visits() -> Vec<Event> {
    vec![
        Event::HomeVisitRequested {
            visit_id: visit_id(),
            recipient_ref: recipient_ref(),
            consent_id: read("consent-1"),
            reason: None,
        },
        Event::HomeVisitApproved { visit_id: visit_id() },
        Event::HomeVisitDeclined { visit_id: visit_id(), reason: text("can come") },
        Event::HomeVisitScheduled {
            visit_id: visit_id(),
            vaccinator_ref: read("p-9"),
            starts_at: AT,
            ends_at: AT,
        },
        Event::HomeVisitCompleted { visit_id: visit_id(), arrived_at: AT, left_at: AT },
        Event::HomeVisitFailed { visit_id: visit_id(), reason: text("nobody in") },
    ]
}
