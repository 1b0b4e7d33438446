//! What happens among volunteers, past tense, facts only.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ProjectTime, Stretch};
use crate::domain::{
    BodyId, CertificateNo, IdeaId, Minutes, PersonRef, ProjectId, SealedField, ShiftId, Span,
    TeamId, Timestamp, VolunteerNo, Zone,
};

/// A fact of volunteering. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
///
/// An event that gives or takes a place in a shift says when that is, so that it tells by itself
/// whose time it takes or frees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// Somebody became a volunteer, or one again.
    VolunteerRegistered {
        person_ref: PersonRef,
        volunteer_no: VolunteerNo,
        skills: Vec<String>,
        is_party_member: Option<bool>,
    },
    /// A volunteer is insured, from a local day until another, which is no longer of it.
    InsuranceRecorded { person_ref: PersonRef, valid_from: NaiveDate, valid_until: NaiveDate },
    /// A volunteer takes no shifts until further notice.
    VolunteerSuspended { person_ref: PersonRef, reason: String },
    /// A volunteer may take shifts again.
    VolunteerReinstated { person_ref: PersonRef },
    /// A volunteer joined a team, from a local day on.
    MembershipStarted { person_ref: PersonRef, team_id: TeamId, valid_from: NaiveDate },
    /// A volunteer left a team; the first local day on which the membership is over.
    MembershipEnded {
        person_ref: PersonRef,
        team_id: TeamId,
        valid_until: NaiveDate,
        reason: String,
    },
    /// A project began, or began again.
    ProjectLaunched {
        project_id: ProjectId,
        team_id: TeamId,
        kind: String,
        idea_id: Option<IdeaId>,
    },
    /// A project ended.
    ProjectRetired { project_id: ProjectId },
    /// A shift is open for volunteers.
    ShiftOpened {
        shift_id: ShiftId,
        project_id: ProjectId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        capacity_n: u32,
        skills: Vec<String>,
        min_age_years: u32,
        is_dangerous: bool,
    },
    /// A shift will not be held.
    ShiftCancelled { shift_id: ShiftId, reason: String },
    /// A volunteer took a place.
    VolunteerSignedUp {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A volunteer was given a place, with a reason perhaps for a shift that overlaps another.
    VolunteerAssigned {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
        override_reason: Option<String>,
    },
    /// A volunteer waits for a place.
    VolunteerWaitlisted { shift_id: ShiftId, person_ref: PersonRef },
    /// A volunteer confirmed a place.
    VolunteerConfirmed { shift_id: ShiftId, person_ref: PersonRef },
    /// A volunteer gave a place back, so many minutes before the shift; late by the rule or not.
    VolunteerWithdrawn {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
        notice_min: Minutes,
        is_late: bool,
    },
    /// A volunteer was excused.
    VolunteerExcused {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
        reason: String,
    },
    /// A volunteer did not come.
    VolunteerAbsent {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// The shift of a volunteer was cancelled.
    VolunteerReleased {
        shift_id: ShiftId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A volunteer came.
    VolunteerCheckedIn { shift_id: ShiftId, person_ref: PersonRef, at: Timestamp },
    /// A volunteer went.
    VolunteerCheckedOut { shift_id: ShiftId, person_ref: PersonRef, at: Timestamp },
    /// By a rule, a volunteer whose check-out is missing was there until then. It counts once the
    /// hours are approved, and not if a check-out turns up before that.
    AttendanceInferred {
        shift_id: ShiftId,
        person_ref: PersonRef,
        rule: String,
        from_at: Timestamp,
        until_at: Timestamp,
    },
    /// Time was credited: what is new of a volunteer's presence, on the local day on which the
    /// shift begins. `inferred_min` of it are no more than inferred.
    HoursCredited {
        shift_id: ShiftId,
        person_ref: PersonRef,
        project_id: ProjectId,
        body_id: BodyId,
        served_on: NaiveDate,
        credited_min: Minutes,
        inferred_min: Minutes,
        stretches: Vec<Stretch>,
        rule_version: Option<String>,
        approved_by_ref: PersonRef,
    },
    /// Time was not credited.
    HoursRejected { shift_id: ShiftId, person_ref: PersonRef, reason: String },
    /// Credited time was made more or less.
    HoursAdjusted {
        shift_id: ShiftId,
        person_ref: PersonRef,
        delta_min: i64,
        reason: String,
        approved_by_ref: PersonRef,
    },
    /// A project served somebody, so many times.
    BeneficiaryServed {
        project_id: ProjectId,
        services_n: u32,
        /// Whom, where that is known.
        beneficiary_ref: Option<PersonRef>,
    },
    /// A certificate was issued over what a body has recorded: the sum, project by project, and
    /// what the certificate states under the rounding policy.
    CertificateIssued {
        certificate_no: CertificateNo,
        person_ref: PersonRef,
        body_id: BodyId,
        period_from: NaiveDate,
        period_until: NaiveDate,
        credited_min: Minutes,
        by_project: Vec<ProjectTime>,
        stated_min: Minutes,
        rounding_policy: Option<String>,
        rule_version: Option<String>,
        as_known_at: u64,
    },
    /// A certificate is worth nothing any more.
    CertificateRevoked { certificate_no: CertificateNo, person_ref: PersonRef, reason: String },
    /// A certificate no longer says what the ledger says: the hours of a shift were adjusted.
    CertificateSuperseded {
        certificate_no: CertificateNo,
        person_ref: PersonRef,
        by_shift_id: ShiftId,
    },
    /// A volunteer was given a star, for so many minutes.
    StarAwarded { person_ref: PersonRef, stars_n: u32, credited_min: Minutes },
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

    /// Its fields that stand in the journal only under a key: none.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }

    /// What it is about, as tags: `person:`, `volunteer:`, `team:`, `project:`, `shift:`,
    /// `certificate:`, and `busy:` for each day in `zone` on which it takes or frees a volunteer's
    /// time, tells where they were, or credits it.
    #[must_use]
    pub fn tags(&self, zone: Zone) -> Vec<String> {
        let mut tags = Vec::new();
        let mut put = |kind: &str, name: Option<&dyn std::fmt::Display>| {
            tags.extend(name.map(|name| format!("{kind}:{name}")));
        };
        if let Self::VolunteerRegistered { volunteer_no, .. } = self {
            put("volunteer", Some(volunteer_no));
        }
        put("person", self.person().map(|name| name as _));
        put("shift", self.shift().map(|name| name as _));
        put("project", self.project().map(|name| name as _));
        match self {
            Self::MembershipStarted { team_id, .. }
            | Self::MembershipEnded { team_id, .. }
            | Self::ProjectLaunched { team_id, .. } => put("team", Some(team_id)),
            Self::CertificateIssued { certificate_no, .. }
            | Self::CertificateRevoked { certificate_no, .. }
            | Self::CertificateSuperseded { certificate_no, .. } => {
                put("certificate", Some(certificate_no));
            }
            _ => {}
        }
        if let Some(person_ref) = self.person() {
            let days = self.spans().into_iter();
            tags.extend(days.flat_map(|span| span.busy_tags(person_ref.as_str(), zone)));
        }
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// The volunteer, or who was served.
    #[must_use]
    pub fn person(&self) -> Option<&PersonRef> {
        match self {
            Self::VolunteerRegistered { person_ref, .. }
            | Self::InsuranceRecorded { person_ref, .. }
            | Self::VolunteerSuspended { person_ref, .. }
            | Self::VolunteerReinstated { person_ref }
            | Self::MembershipStarted { person_ref, .. }
            | Self::MembershipEnded { person_ref, .. }
            | Self::VolunteerSignedUp { person_ref, .. }
            | Self::VolunteerAssigned { person_ref, .. }
            | Self::VolunteerWaitlisted { person_ref, .. }
            | Self::VolunteerConfirmed { person_ref, .. }
            | Self::VolunteerWithdrawn { person_ref, .. }
            | Self::VolunteerExcused { person_ref, .. }
            | Self::VolunteerAbsent { person_ref, .. }
            | Self::VolunteerReleased { person_ref, .. }
            | Self::VolunteerCheckedIn { person_ref, .. }
            | Self::VolunteerCheckedOut { person_ref, .. }
            | Self::AttendanceInferred { person_ref, .. }
            | Self::HoursCredited { person_ref, .. }
            | Self::HoursRejected { person_ref, .. }
            | Self::HoursAdjusted { person_ref, .. }
            | Self::CertificateIssued { person_ref, .. }
            | Self::CertificateRevoked { person_ref, .. }
            | Self::CertificateSuperseded { person_ref, .. }
            | Self::StarAwarded { person_ref, .. } => Some(person_ref),
            Self::BeneficiaryServed { beneficiary_ref, .. } => beneficiary_ref.as_ref(),
            Self::ProjectLaunched { .. }
            | Self::ProjectRetired { .. }
            | Self::ShiftOpened { .. }
            | Self::ShiftCancelled { .. } => None,
        }
    }

    /// The shift.
    #[must_use]
    pub fn shift(&self) -> Option<&ShiftId> {
        match self {
            Self::ShiftOpened { shift_id, .. }
            | Self::ShiftCancelled { shift_id, .. }
            | Self::VolunteerSignedUp { shift_id, .. }
            | Self::VolunteerAssigned { shift_id, .. }
            | Self::VolunteerWaitlisted { shift_id, .. }
            | Self::VolunteerConfirmed { shift_id, .. }
            | Self::VolunteerWithdrawn { shift_id, .. }
            | Self::VolunteerExcused { shift_id, .. }
            | Self::VolunteerAbsent { shift_id, .. }
            | Self::VolunteerReleased { shift_id, .. }
            | Self::VolunteerCheckedIn { shift_id, .. }
            | Self::VolunteerCheckedOut { shift_id, .. }
            | Self::AttendanceInferred { shift_id, .. }
            | Self::HoursCredited { shift_id, .. }
            | Self::HoursRejected { shift_id, .. }
            | Self::HoursAdjusted { shift_id, .. } => Some(shift_id),
            Self::CertificateSuperseded { by_shift_id, .. } => Some(by_shift_id),
            _ => None,
        }
    }

    fn project(&self) -> Option<&ProjectId> {
        match self {
            Self::ProjectLaunched { project_id, .. }
            | Self::ProjectRetired { project_id }
            | Self::ShiftOpened { project_id, .. }
            | Self::HoursCredited { project_id, .. }
            | Self::BeneficiaryServed { project_id, .. } => Some(project_id),
            _ => None,
        }
    }

    /// The time of a volunteer that it takes, frees, tells of or credits.
    fn spans(&self) -> Vec<Span> {
        match self {
            Self::VolunteerSignedUp { starts_at, ends_at, .. }
            | Self::VolunteerAssigned { starts_at, ends_at, .. }
            | Self::VolunteerWithdrawn { starts_at, ends_at, .. }
            | Self::VolunteerExcused { starts_at, ends_at, .. }
            | Self::VolunteerAbsent { starts_at, ends_at, .. }
            | Self::VolunteerReleased { starts_at, ends_at, .. } => {
                vec![Span { from: *starts_at, until: *ends_at }]
            }
            Self::VolunteerCheckedIn { at, .. } | Self::VolunteerCheckedOut { at, .. } => {
                vec![Span { from: *at, until: *at }]
            }
            Self::HoursCredited { stretches, .. } => {
                stretches.iter().map(|stretch| stretch.span()).collect()
            }
            _ => Vec::new(),
        }
    }
}
