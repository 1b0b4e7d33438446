//! The wire table of `volunteering`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, put_fields};
use super::wire::wire;
use crate::domain::volunteering::{Event, ProjectTime, Stretch};

wire! {
    VolunteerRegistered 1 { person_ref, volunteer_no, skills, is_party_member };
    InsuranceRecorded 1 { person_ref, valid_from, valid_until };
    VolunteerSuspended 1 { person_ref, reason };
    VolunteerReinstated 1 { person_ref };
    MembershipStarted 1 { person_ref, team_id, valid_from };
    MembershipEnded 1 { person_ref, team_id, valid_until, reason };
    ProjectLaunched 1 { project_id, team_id, kind, idea_id };
    ProjectRetired 1 { project_id };
    ShiftOpened 1 {
        shift_id, project_id, starts_at, ends_at, capacity_n, min_age_years, skills, is_dangerous
    };
    ShiftCancelled 1 { shift_id, reason };
    VolunteerSignedUp 1 { shift_id, person_ref, starts_at, ends_at };
    VolunteerAssigned 1 { shift_id, person_ref, starts_at, ends_at, override_reason };
    VolunteerWaitlisted 1 { shift_id, person_ref };
    VolunteerConfirmed 1 { shift_id, person_ref };
    VolunteerWithdrawn 1 { shift_id, person_ref, starts_at, ends_at, notice_min, is_late };
    VolunteerExcused 1 { shift_id, person_ref, starts_at, ends_at, reason };
    VolunteerAbsent 1 { shift_id, person_ref, starts_at, ends_at };
    VolunteerReleased 1 { shift_id, person_ref, starts_at, ends_at };
    VolunteerCheckedIn 1 { shift_id, person_ref, at };
    VolunteerCheckedOut 1 { shift_id, person_ref, at };
    AttendanceInferred 1 { shift_id, person_ref, rule, from_at, until_at };
    HoursCredited 1 {
        shift_id, person_ref, project_id, body_id, served_on, credited_min, inferred_min,
        approved_by_ref, stretches, rule_version
    };
    HoursRejected 1 { shift_id, person_ref, reason };
    HoursAdjusted 1 { shift_id, person_ref, delta_min, reason, approved_by_ref };
    BeneficiaryServed 1 { project_id, services_n, beneficiary_ref };
    CertificateIssued 1 {
        certificate_no, person_ref, body_id, period_from, period_until, credited_min, stated_min,
        as_known_at, by_project, rounding_policy, rule_version
    };
    CertificateRevoked 1 { certificate_no, person_ref, reason };
    CertificateSuperseded 1 { certificate_no, person_ref, by_shift_id };
    StarAwarded 1 { person_ref, stars_n, credited_min };
}

impl Field for Stretch {
    fn put(&self, out: &mut Out) {
        put_fields(&[&self.from, &self.until], out);
    }
}

impl FromField for Stretch {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (from, until) = (fields.next()?, fields.next()?);
        fields.close()?;
        Ok(Self { from, until })
    }
}

impl Field for ProjectTime {
    fn put(&self, out: &mut Out) {
        put_fields(&[&self.project_id, &self.credited_min], out);
    }
}

impl FromField for ProjectTime {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (project_id, credited_min) = (fields.next()?, fields.next()?);
        fields.close()?;
        Ok(Self { project_id, credited_min })
    }
}
