//! What may be asked, and what is reported.

mod boundary;

pub(super) use boundary::a_day_wider;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{
    BodyId, CertificateNo, IdeaId, PersonRef, ProjectId, SealedField, ShiftId, TeamId, Timestamp,
    VolunteerNo, Zone,
};

/// A command in the teams of volunteers. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record` report reality and are refused only for naming something that
/// does not exist. The others ask and may be refused. Who asks for a place or for hours names the
/// shift; when that is, the journal knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to become a volunteer, or to become one again after leaving.
    RegisterVolunteer {
        person_ref: PersonRef,
        at: Timestamp,
        zone: Zone,
        volunteer_no: VolunteerNo,
        #[serde(default)]
        skills: Vec<String>,
        is_party_member: Option<bool>,
    },
    /// Reports that somebody is insured.
    RecordInsurance {
        person_ref: PersonRef,
        at: Timestamp,
        zone: Zone,
        valid_from: NaiveDate,
        valid_until: NaiveDate,
    },
    /// Asks that somebody takes no shifts until further notice.
    SuspendVolunteer { person_ref: PersonRef, at: Timestamp, zone: Zone, reason: String },
    /// Asks that somebody may take shifts again.
    ReinstateVolunteer { person_ref: PersonRef, at: Timestamp, zone: Zone },
    /// Asks for membership of a team.
    JoinTeam {
        person_ref: PersonRef,
        at: Timestamp,
        zone: Zone,
        team_id: TeamId,
        valid_from: NaiveDate,
    },
    /// Asks that a membership ends.
    LeaveTeam {
        person_ref: PersonRef,
        at: Timestamp,
        zone: Zone,
        team_id: TeamId,
        valid_until: NaiveDate,
        reason: String,
    },
    /// Asks for a project of a team, new or retired.
    LaunchProject {
        project_id: ProjectId,
        at: Timestamp,
        zone: Zone,
        team_id: TeamId,
        kind: String,
        idea_id: Option<IdeaId>,
    },
    /// Asks that a project ends.
    RetireProject { project_id: ProjectId, at: Timestamp, zone: Zone },
    /// Asks for a shift of a project.
    OpenShift {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        project_id: ProjectId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        capacity_n: u32,
        #[serde(default)]
        skills: Vec<String>,
        #[serde(default)]
        min_age_years: u32,
        #[serde(default)]
        is_dangerous: bool,
    },
    /// Asks that a shift is not held; who has a place in it is released.
    CancelShift { shift_id: ShiftId, at: Timestamp, zone: Zone, reason: String },
    /// A volunteer asks for a place in a shift.
    SignUp { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Somebody gives a volunteer a place in a shift; with a reason even where another overlaps.
    Assign {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        override_reason: Option<String>,
    },
    /// Asks for the next place that is given back in a full shift.
    JoinShiftWaitlist { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// A volunteer confirms the place that was given.
    ConfirmShift { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Gives a place back before the shift begins.
    Withdraw { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Asks that an absence is excused.
    Excuse { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef, reason: String },
    /// Reports that somebody who has a place did not come.
    RecordVolunteerNoShow { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Reports that somebody came.
    RecordVolunteerCheckIn { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Reports that somebody went.
    RecordVolunteerCheckOut { shift_id: ShiftId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Proposes until when somebody was there whose check-out is missing. `from_at` is the
    /// check-in.
    ProposeAttendance {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        rule: String,
        from_at: Timestamp,
        until_at: Timestamp,
    },
    /// Asks that the time of a volunteer at a shift is credited. `body_id` is who records it.
    ApproveHours {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        body_id: BodyId,
        approved_by_ref: PersonRef,
    },
    /// Asks that the time of a volunteer at a shift is not credited.
    RejectHours {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        reason: String,
    },
    /// Asks for more or fewer minutes than were credited for a shift.
    AdjustHours {
        shift_id: ShiftId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        delta_min: i64,
        reason: String,
        approved_by_ref: PersonRef,
    },
    /// Reports that a project served somebody, so many times.
    RecordService {
        project_id: ProjectId,
        at: Timestamp,
        zone: Zone,
        services_n: u32,
        beneficiary_ref: Option<PersonRef>,
    },
    /// Asks for a certificate of the time that a body recorded of a person, from a local day until
    /// another, which is no longer of it. `as_known_at` is the position up to which the ledger was
    /// read; without a rounding policy minutes stand as they are.
    IssueCertificate {
        certificate_no: CertificateNo,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        body_id: BodyId,
        period_from: NaiveDate,
        period_until: NaiveDate,
        rounding_policy: Option<String>,
        as_known_at: u64,
    },
    /// Asks that a certificate is worth nothing any more.
    RevokeCertificate { certificate_no: CertificateNo, at: Timestamp, zone: Zone, reason: String },
    /// Asks for a star.
    AwardStar { person_ref: PersonRef, at: Timestamp, zone: Zone, stars_n: u32 },
}

impl Command {
    /// When and where it happens.
    #[must_use]
    pub fn head(&self) -> (Timestamp, Zone) {
        match self {
            Self::RegisterVolunteer { at, zone, .. }
            | Self::RecordInsurance { at, zone, .. }
            | Self::SuspendVolunteer { at, zone, .. }
            | Self::ReinstateVolunteer { at, zone, .. }
            | Self::JoinTeam { at, zone, .. }
            | Self::LeaveTeam { at, zone, .. }
            | Self::LaunchProject { at, zone, .. }
            | Self::RetireProject { at, zone, .. }
            | Self::OpenShift { at, zone, .. }
            | Self::CancelShift { at, zone, .. }
            | Self::SignUp { at, zone, .. }
            | Self::Assign { at, zone, .. }
            | Self::JoinShiftWaitlist { at, zone, .. }
            | Self::ConfirmShift { at, zone, .. }
            | Self::Withdraw { at, zone, .. }
            | Self::Excuse { at, zone, .. }
            | Self::RecordVolunteerNoShow { at, zone, .. }
            | Self::RecordVolunteerCheckIn { at, zone, .. }
            | Self::RecordVolunteerCheckOut { at, zone, .. }
            | Self::ProposeAttendance { at, zone, .. }
            | Self::ApproveHours { at, zone, .. }
            | Self::RejectHours { at, zone, .. }
            | Self::AdjustHours { at, zone, .. }
            | Self::RecordService { at, zone, .. }
            | Self::IssueCertificate { at, zone, .. }
            | Self::RevokeCertificate { at, zone, .. }
            | Self::AwardStar { at, zone, .. } => (*at, *zone),
        }
    }

    /// Its fields that may stand in the journal only under a key: none. Skills, numbers and reasons
    /// are those that a team keeps of anybody.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }
}
