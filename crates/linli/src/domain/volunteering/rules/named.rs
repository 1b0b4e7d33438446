//! Whatever a command names has to be there, even where it reports.

use super::super::state::{Status, Volunteer};
use super::super::{Command, State};
use super::{Refusal, exists, unknown};
use crate::domain::{PersonRef, ProjectId, ShiftId};

use Command as C;

impl State {
    /// Whether everything is there that a command names, and nothing that it creates.
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            C::RegisterVolunteer { .. } => self.may_register(command),
            C::RecordInsurance { person_ref, .. }
            | C::SuspendVolunteer { person_ref, .. }
            | C::ReinstateVolunteer { person_ref, .. }
            | C::JoinTeam { person_ref, .. }
            | C::LeaveTeam { person_ref, .. }
            | C::AwardStar { person_ref, .. } => self.knows_volunteer(person_ref),
            C::LaunchProject { project_id, .. } => match self.projects.get(project_id) {
                Some(project) if !project.is_retired => Err(exists("project", project_id)),
                _ => Ok(()),
            },
            C::RetireProject { project_id, .. } | C::RecordService { project_id, .. } => {
                self.knows_project(project_id)
            }
            C::OpenShift { shift_id, project_id, .. } => match self.knows_shift(shift_id) {
                Ok(()) => Err(exists("shift", shift_id)),
                Err(_) => self.knows_project(project_id),
            },
            C::CancelShift { shift_id, .. } => self.knows_shift(shift_id),
            C::SignUp { shift_id, person_ref, .. }
            | C::Assign { shift_id, person_ref, .. }
            | C::JoinShiftWaitlist { shift_id, person_ref, .. }
            | C::RecordVolunteerCheckIn { shift_id, person_ref, .. }
            | C::RecordVolunteerCheckOut { shift_id, person_ref, .. } => {
                self.knows_shift(shift_id)?;
                self.knows_volunteer(person_ref)
            }
            C::ConfirmShift { shift_id, person_ref, .. }
            | C::Withdraw { shift_id, person_ref, .. }
            | C::Excuse { shift_id, person_ref, .. }
            | C::RecordVolunteerNoShow { shift_id, person_ref, .. }
            | C::ProposeAttendance { shift_id, person_ref, .. }
            | C::ApproveHours { shift_id, person_ref, .. }
            | C::RejectHours { shift_id, person_ref, .. }
            | C::AdjustHours { shift_id, person_ref, .. } => self.knows_place(shift_id, person_ref),
            C::IssueCertificate { certificate_no, person_ref, .. } => {
                match self.certificates.contains_key(certificate_no) {
                    true => Err(exists("certificate", certificate_no)),
                    false => self.knows_volunteer(person_ref),
                }
            }
            C::RevokeCertificate { certificate_no, .. } => {
                match self.certificates.contains_key(certificate_no) {
                    true => Ok(()),
                    false => Err(unknown("certificate", certificate_no)),
                }
            }
        }
    }

    /// Who left may register again; a number belongs to one person for good.
    fn may_register(&self, command: &Command) -> Result<(), Refusal> {
        let C::RegisterVolunteer { person_ref, volunteer_no, .. } = command else { return Ok(()) };
        let (at, zone) = command.head();
        let known = self.volunteers.get(person_ref).filter(|known| known.is_registered());
        let status = known.zip(at.local_date(zone)).map(|(known, on)| known.status(on));
        if status.is_some_and(|status| status != Status::Left) {
            return Err(exists("volunteer", person_ref));
        }
        match self.numbers.get(volunteer_no).filter(|holder| *holder != person_ref) {
            Some(_) => Err(exists("volunteer number", volunteer_no)),
            None => Ok(()),
        }
    }

    fn knows_volunteer(&self, person_ref: &PersonRef) -> Result<(), Refusal> {
        match self.volunteers.get(person_ref).is_some_and(Volunteer::is_registered) {
            true => Ok(()),
            false => Err(unknown("volunteer", person_ref)),
        }
    }

    fn knows_project(&self, project_id: &ProjectId) -> Result<(), Refusal> {
        match self.projects.contains_key(project_id) {
            true => Ok(()),
            false => Err(unknown("project", project_id)),
        }
    }

    fn knows_shift(&self, shift_id: &ShiftId) -> Result<(), Refusal> {
        match self.shifts.get(shift_id).is_some_and(|shift| shift.plan.is_some()) {
            true => Ok(()),
            false => Err(unknown("shift", shift_id)),
        }
    }

    /// Somebody who has, had or waits for a place, or who came without one.
    fn knows_place(&self, shift_id: &ShiftId, person_ref: &PersonRef) -> Result<(), Refusal> {
        self.knows_shift(shift_id)?;
        let shift = self.shifts.get(shift_id);
        match shift.is_some_and(|shift| shift.standing(person_ref).is_some()) {
            true => Ok(()),
            false => Err(unknown("place of", person_ref)),
        }
    }
}
