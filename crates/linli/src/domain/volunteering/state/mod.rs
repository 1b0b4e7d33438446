//! What the events add up to: who volunteers, what projects there are, who has which place, who was
//! where, and what was credited for it.

mod account;
mod presence;
mod shift;
mod volunteer;

pub use account::{Account, Certificate, Credit, Validity};
pub use presence::Presence;
pub use shift::{Claim, Phase, Place, Plan, Shift, Standing};
pub use volunteer::{Membership, Status, Volunteer};

use std::collections::BTreeMap;

use super::Event;
use crate::domain::{
    CertificateNo, Diary, Evolve, Happened, PersonRef, ProjectId, ShiftId, Span, TeamId,
    VolunteerNo,
};

/// Everything a decision among volunteers has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Who volunteers, or did.
    pub volunteers: BTreeMap<PersonRef, Volunteer>,
    /// Whose number is whose.
    pub numbers: BTreeMap<VolunteerNo, PersonRef>,
    /// The projects.
    pub projects: BTreeMap<ProjectId, Project>,
    /// The shifts.
    pub shifts: BTreeMap<ShiftId, Shift>,
    /// The time that places in shifts take, over all teams.
    pub diary: Diary<PersonRef, ShiftId>,
    /// Who was where.
    pub presences: BTreeMap<PersonRef, BTreeMap<ShiftId, Presence>>,
    /// What was credited to whom.
    pub accounts: BTreeMap<PersonRef, Account>,
    /// The certificates.
    pub certificates: BTreeMap<CertificateNo, Certificate>,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Whose it is.
    pub team_id: TeamId,
    /// What it does.
    pub kind: String,
    /// Whether it is retired.
    pub is_retired: bool,
}

impl State {
    /// How somebody was there at a shift.
    #[must_use]
    pub fn presence(&self, person_ref: &PersonRef, shift_id: &ShiftId) -> Option<&Presence> {
        self.presences.get(person_ref)?.get(shift_id)
    }

    /// What was credited to somebody for a shift.
    #[must_use]
    pub fn credit(&self, person_ref: &PersonRef, shift_id: &ShiftId) -> Option<&Credit> {
        self.accounts.get(person_ref)?.credits.get(shift_id)
    }

    fn take_places(&mut self, event: &Event) {
        match event {
            Event::VolunteerSignedUp { shift_id, person_ref, starts_at, ends_at }
            | Event::VolunteerAssigned { shift_id, person_ref, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.diary.take(person_ref, shift_id, span);
            }
            Event::VolunteerWithdrawn { shift_id, person_ref, .. }
            | Event::VolunteerExcused { shift_id, person_ref, .. }
            | Event::VolunteerAbsent { shift_id, person_ref, .. }
            | Event::VolunteerReleased { shift_id, person_ref, .. } => {
                self.diary.free(person_ref, shift_id);
            }
            _ => {}
        }
    }

    fn take_projects(&mut self, event: &Event) {
        match event {
            Event::ProjectLaunched { project_id, team_id, kind, .. } => {
                let (team_id, kind) = (team_id.clone(), kind.clone());
                let project = Project { team_id, kind, is_retired: false };
                self.projects.insert(project_id.clone(), project);
            }
            Event::ProjectRetired { project_id } => {
                if let Some(project) = self.projects.get_mut(project_id) {
                    project.is_retired = true;
                }
            }
            _ => {}
        }
    }

    fn take_certificates(&mut self, event: &Event) {
        match event {
            Event::CertificateIssued {
                certificate_no,
                person_ref,
                body_id,
                period_from,
                period_until,
                ..
            } => {
                let certificate = Certificate {
                    person_ref: person_ref.clone(),
                    body_id: body_id.clone(),
                    period: (*period_from, *period_until),
                    validity: Validity::Issued,
                };
                self.certificates.insert(certificate_no.clone(), certificate);
            }
            Event::CertificateRevoked { certificate_no, .. } => {
                if let Some(certificate) = self.certificates.get_mut(certificate_no) {
                    certificate.validity = Validity::Revoked;
                }
            }
            Event::CertificateSuperseded { certificate_no, .. } => {
                if let Some(certificate) = self.certificates.get_mut(certificate_no) {
                    certificate.validity = Validity::Superseded;
                }
            }
            _ => {}
        }
    }
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let event = &happened.event;
        self.take_places(event);
        self.take_projects(event);
        self.take_certificates(event);
        if let Event::VolunteerRegistered { person_ref, volunteer_no, .. } = event {
            self.numbers.insert(volunteer_no.clone(), person_ref.clone());
        }
        if let Some(shift_id) = event.shift() {
            if let Some(person_ref) = event.person() {
                let there = self.presences.entry(person_ref.clone()).or_default();
                there.entry(shift_id.clone()).or_default().evolve(happened);
            }
            self.shifts.entry(shift_id.clone()).or_default().evolve(happened);
        }
        if let Some(person_ref) = event.person() {
            self.volunteers.entry(person_ref.clone()).or_default().evolve(happened);
            self.accounts.entry(person_ref.clone()).or_default().evolve(happened);
        }
    }
}
