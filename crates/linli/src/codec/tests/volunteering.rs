//! One event of volunteering of every type, with every field set.

use chrono::NaiveDate;

use super::{AT, read, text};
use crate::domain::volunteering::{Event, ProjectTime, Stretch};
use crate::domain::{Minutes, PersonRef, ShiftId, Timestamp};

fn day() -> NaiveDate {
    read("2022-02-28")
}

fn person_ref() -> PersonRef {
    read("p-42")
}

fn shift_id() -> ShiftId {
    read("knives-7")
}

const END: Timestamp = Timestamp(AT.0 + 7_200_000_000);

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    [of_people(), of_shifts(), of_places(), of_presence(), of_hours(), of_certificates()].concat()
}

fn of_people() -> Vec<Event> {
    vec![
        Event::VolunteerRegistered {
            person_ref: person_ref(),
            volunteer_no: read("sd-0042"),
            skills: vec![text("knife grinding"), text("tailoring")],
            is_party_member: Some(true),
        },
        Event::InsuranceRecorded {
            person_ref: person_ref(),
            valid_from: day(),
            valid_until: day(),
        },
        Event::VolunteerSuspended { person_ref: person_ref(), reason: text("away") },
        Event::VolunteerReinstated { person_ref: person_ref() },
        Event::MembershipStarted {
            person_ref: person_ref(),
            team_id: read("canal-love"),
            valid_from: day(),
        },
        Event::MembershipEnded {
            person_ref: person_ref(),
            team_id: read("canal-love"),
            valid_until: day(),
            reason: text("moved"),
        },
    ]
}

fn of_shifts() -> Vec<Event> {
    vec![
        Event::ProjectLaunched {
            project_id: read("knives"),
            team_id: read("canal-love"),
            kind: text("knife grinding"),
            idea_id: Some(read("idea-3")),
        },
        Event::ProjectRetired { project_id: read("knives") },
        Event::ShiftOpened {
            shift_id: shift_id(),
            project_id: read("knives"),
            starts_at: AT,
            ends_at: END,
            capacity_n: 3,
            skills: vec![text("knife grinding")],
            min_age_years: 16,
            is_dangerous: true,
        },
        Event::ShiftCancelled { shift_id: shift_id(), reason: text("snow") },
    ]
}

fn of_places() -> Vec<Event> {
    let (starts_at, ends_at) = (AT, END);
    vec![
        Event::VolunteerSignedUp {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
        },
        Event::VolunteerAssigned {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
            override_reason: Some(text("next door")),
        },
        Event::VolunteerWaitlisted { shift_id: shift_id(), person_ref: person_ref() },
        Event::VolunteerConfirmed { shift_id: shift_id(), person_ref: person_ref() },
        Event::VolunteerWithdrawn {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
            notice_min: Minutes(45),
            is_late: true,
        },
        Event::VolunteerExcused {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
            reason: text("ill"),
        },
        Event::VolunteerAbsent {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
        },
        Event::VolunteerReleased {
            shift_id: shift_id(),
            person_ref: person_ref(),
            starts_at,
            ends_at,
        },
    ]
}

fn of_presence() -> Vec<Event> {
    vec![
        Event::VolunteerCheckedIn { shift_id: shift_id(), person_ref: person_ref(), at: AT },
        Event::VolunteerCheckedOut { shift_id: shift_id(), person_ref: person_ref(), at: END },
        Event::AttendanceInferred {
            shift_id: shift_id(),
            person_ref: person_ref(),
            rule: text("end_of_shift"),
            from_at: AT,
            until_at: END,
        },
    ]
}

fn of_hours() -> Vec<Event> {
    vec![
        Event::HoursCredited {
            shift_id: shift_id(),
            person_ref: person_ref(),
            project_id: read("knives"),
            body_id: read("jingjia-station"),
            served_on: day(),
            credited_min: Minutes(120),
            inferred_min: Minutes(15),
            stretches: vec![Stretch { from: AT, until: END }],
            rule_version: Some(text("2022-1")),
            approved_by_ref: read("p-1"),
        },
        Event::HoursRejected {
            shift_id: shift_id(),
            person_ref: person_ref(),
            reason: text("nobody saw them"),
        },
        Event::HoursAdjusted {
            shift_id: shift_id(),
            person_ref: person_ref(),
            delta_min: -30,
            reason: text("the clock was fast"),
            approved_by_ref: read("p-1"),
        },
        Event::BeneficiaryServed {
            project_id: read("knives"),
            services_n: 4,
            beneficiary_ref: Some(read("p-9")),
        },
    ]
}

fn of_certificates() -> Vec<Event> {
    let certificate_no = || read("c-2022-1");
    vec![
        Event::CertificateIssued {
            certificate_no: certificate_no(),
            person_ref: person_ref(),
            body_id: read("jingjia-station"),
            period_from: day(),
            period_until: day(),
            credited_min: Minutes(90),
            by_project: vec![ProjectTime { project_id: read("knives"), credited_min: Minutes(90) }],
            stated_min: Minutes(60),
            rounding_policy: Some(text("whole_hours")),
            rule_version: Some(text("2022-1")),
            as_known_at: 4_711,
        },
        Event::CertificateRevoked {
            certificate_no: certificate_no(),
            person_ref: person_ref(),
            reason: text("of another person"),
        },
        Event::CertificateSuperseded {
            certificate_no: certificate_no(),
            person_ref: person_ref(),
            by_shift_id: shift_id(),
        },
        Event::StarAwarded {
            person_ref: person_ref(),
            stars_n: 1,
            credited_min: Minutes::of_hours(100),
        },
    ]
}
