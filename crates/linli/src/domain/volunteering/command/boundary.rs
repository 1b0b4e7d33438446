//! What each command reads before it is decided.

use super::Command;
use crate::domain::{
    Boundary, BoundaryItem, CertificateNo, Crediting, PersonRef, Registered, ShiftId, Span,
    Timestamp,
};

/// A day of 24 hours in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// What tells who a volunteer is.
const OF_VOLUNTEER: &[&str] = &[
    "VolunteerRegistered",
    "VolunteerSuspended",
    "VolunteerReinstated",
    "InsuranceRecorded",
    "MembershipStarted",
    "MembershipEnded",
];
/// What takes or frees a volunteer's time.
const BUSY: &[&str] = &[
    "VolunteerSignedUp",
    "VolunteerAssigned",
    "VolunteerWithdrawn",
    "VolunteerExcused",
    "VolunteerAbsent",
    "VolunteerReleased",
];
/// What tells where a volunteer was.
const PRESENT: &[&str] = &["VolunteerCheckedIn", "VolunteerCheckedOut"];
/// What adds up to a volunteer's minutes.
const CREDITED: &[&str] = &["HoursCredited", "HoursAdjusted"];
/// What tells how a project stands.
const OF_PROJECT: &[&str] = &["ProjectLaunched", "ProjectRetired"];

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let mut items: Vec<BoundaryItem> = self.shift().into_iter().map(of_shift).collect();
        match self {
            Self::RegisterVolunteer { person_ref, volunteer_no, .. } => {
                items.push(of_volunteer(person_ref));
                let number = format!("volunteer:{volunteer_no}");
                items.push(BoundaryItem::all(&["VolunteerRegistered"], number));
            }
            Self::RecordInsurance { person_ref, .. }
            | Self::SuspendVolunteer { person_ref, .. }
            | Self::ReinstateVolunteer { person_ref, .. }
            | Self::JoinTeam { person_ref, .. }
            | Self::LeaveTeam { person_ref, .. }
            | Self::JoinShiftWaitlist { person_ref, .. } => items.push(of_volunteer(person_ref)),
            Self::LaunchProject { project_id, .. }
            | Self::RetireProject { project_id, .. }
            | Self::OpenShift { project_id, .. }
            | Self::RecordService { project_id, .. } => {
                items.push(BoundaryItem::all(OF_PROJECT, format!("project:{project_id}")));
            }
            Self::SignUp { person_ref, .. } | Self::Assign { person_ref, .. } => {
                items.extend([of_volunteer(person_ref), Registered::of_person(person_ref)]);
            }
            Self::Withdraw { .. } => items.push(Registered::of_rule(Crediting::NAME)),
            Self::ApproveHours { person_ref, approved_by_ref, .. } => {
                items.extend([person_ref, approved_by_ref].map(Registered::merges_of_person));
                items.push(Registered::of_rule(Crediting::NAME));
            }
            Self::RecordVolunteerCheckIn { person_ref, at, .. }
            | Self::RecordVolunteerCheckOut { person_ref, at, .. } => {
                items.extend([of_volunteer(person_ref), Registered::of_rule(Crediting::NAME)]);
                items.extend(days(PRESENT, Span { from: *at, until: *at }, person_ref));
            }
            Self::AdjustHours { person_ref, approved_by_ref, .. } => {
                const CERTIFIED: &[&str] =
                    &["CertificateIssued", "CertificateRevoked", "CertificateSuperseded"];
                items.push(of_person(CERTIFIED, person_ref));
                items.extend([person_ref, approved_by_ref].map(Registered::merges_of_person));
            }
            Self::IssueCertificate { certificate_no, person_ref, .. } => {
                items.push(of_certificate(certificate_no));
                items.extend([of_volunteer(person_ref), of_person(CREDITED, person_ref)]);
                items.push(Registered::of_rule(Crediting::NAME));
            }
            Self::RevokeCertificate { certificate_no, .. } => {
                items.push(of_certificate(certificate_no));
            }
            Self::AwardStar { person_ref, .. } => {
                items.extend([of_volunteer(person_ref), of_person(CREDITED, person_ref)]);
                items.push(of_person(&["StarAwarded"], person_ref));
                items.push(Registered::of_rule(Crediting::NAME));
            }
            _ => {}
        }
        Boundary { items }
    }

    /// What has to be known besides, once the shift tells when it is: whose time is taken on the
    /// days around it, or what was credited on them. Days, and not a person's years.
    pub(in super::super) fn around(&self, shift: Span) -> Vec<BoundaryItem> {
        match self {
            Self::SignUp { person_ref, .. } | Self::Assign { person_ref, .. } => {
                days(BUSY, shift, person_ref).collect()
            }
            Self::ApproveHours { person_ref, .. } => {
                days(&["HoursCredited"], a_day_wider(shift), person_ref).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The shift it is about.
    pub(in super::super) fn shift(&self) -> Option<&ShiftId> {
        match self {
            Self::OpenShift { shift_id, .. }
            | Self::CancelShift { shift_id, .. }
            | Self::SignUp { shift_id, .. }
            | Self::Assign { shift_id, .. }
            | Self::JoinShiftWaitlist { shift_id, .. }
            | Self::ConfirmShift { shift_id, .. }
            | Self::Withdraw { shift_id, .. }
            | Self::Excuse { shift_id, .. }
            | Self::RecordVolunteerNoShow { shift_id, .. }
            | Self::RecordVolunteerCheckIn { shift_id, .. }
            | Self::RecordVolunteerCheckOut { shift_id, .. }
            | Self::ProposeAttendance { shift_id, .. }
            | Self::ApproveHours { shift_id, .. }
            | Self::RejectHours { shift_id, .. }
            | Self::AdjustHours { shift_id, .. } => Some(shift_id),
            _ => None,
        }
    }
}

fn of_shift(shift_id: &ShiftId) -> BoundaryItem {
    BoundaryItem::all(&[], format!("shift:{shift_id}"))
}

fn of_certificate(certificate_no: &CertificateNo) -> BoundaryItem {
    BoundaryItem::all(&[], format!("certificate:{certificate_no}"))
}

fn of_volunteer(person_ref: &PersonRef) -> BoundaryItem {
    of_person(OF_VOLUNTEER, person_ref)
}

fn of_person(types: &'static [&'static str], person_ref: &PersonRef) -> BoundaryItem {
    BoundaryItem::all(types, format!("person:{person_ref}"))
}

/// What is said of a person on the days around an interval.
fn days(
    types: &'static [&'static str],
    span: Span,
    person_ref: &PersonRef,
) -> impl Iterator<Item = BoundaryItem> {
    span.busy_tags_around(person_ref.as_str()).map(move |day| BoundaryItem::all(types, day))
}

/// With the tolerance before and after it, which is never more than a day.
pub(in super::super) fn a_day_wider(span: Span) -> Span {
    let from = Timestamp(span.from.0.saturating_sub(DAY_US));
    Span { from, until: Timestamp(span.until.0.saturating_add(DAY_US)) }
}
