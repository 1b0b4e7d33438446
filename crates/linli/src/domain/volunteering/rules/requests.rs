//! What asks is checked here; what reports passes.

use chrono::NaiveDate;

use super::super::command::a_day_wider;
use super::super::state::{Phase, Plan, Shift, Standing, Status, Volunteer};
use super::super::{Command, State};
use super::{Refusal, exists, unknown};
use crate::domain::{Kinship, PersonRef, Registered, ShiftId, Span, TeamId, Timestamp, Zone};

use Command as C;

/// Who is younger is a minor: Civil Code (民法典) article 17.
const MAJORITY_YEARS: u32 = 18;
/// For what a guardian agrees, as consents name it.
const PURPOSE: &str = "volunteering";

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let (at, zone) = command.head();
        match command {
            C::SuspendVolunteer { person_ref, .. } => {
                self.is_suspended(person_ref, false, (at, zone))
            }
            C::ReinstateVolunteer { person_ref, .. } => {
                self.is_suspended(person_ref, true, (at, zone))
            }
            C::JoinTeam { person_ref, team_id, .. } => self.may_join(person_ref, team_id),
            C::LeaveTeam { person_ref, team_id, valid_until, .. } => {
                self.may_leave(person_ref, team_id, *valid_until)
            }
            C::RetireProject { .. } | C::OpenShift { .. } => self.may_plan(command),
            C::CancelShift { shift_id, .. } => {
                self.is_in(shift_id, at, &[Phase::Done, Phase::Cancelled], "before its end")
            }
            C::SignUp { .. } | C::Assign { .. } => self.may_take_a_place(command, registered),
            C::JoinShiftWaitlist { shift_id, person_ref, .. } => {
                let not = [Phase::Open, Phase::Running, Phase::Done, Phase::Cancelled];
                self.is_in(shift_id, at, &not, "full")?;
                self.has_no_place(shift_id, person_ref, false)?;
                self.is_active_at(person_ref, shift_id)
            }
            C::ConfirmShift { shift_id, person_ref, .. } => {
                self.stands(shift_id, person_ref, "assigned", |is| is == Standing::Assigned)
            }
            C::Withdraw { shift_id, person_ref, .. } => {
                let not = [Phase::Running, Phase::Done, Phase::Cancelled];
                self.is_in(shift_id, at, &not, "before its start")?;
                self.stands(shift_id, person_ref, "accepted or waitlisted", |is| {
                    is.is_accepted() || is == Standing::Waitlisted
                })
            }
            C::Excuse { shift_id, person_ref, .. } => {
                self.stands(shift_id, person_ref, "accepted", Standing::is_accepted)
            }
            _ => self.allows_hours(command, registered),
        }
    }

    fn is_suspended(
        &self,
        person_ref: &PersonRef,
        wanted: bool,
        (at, zone): (Timestamp, Zone),
    ) -> Result<(), Refusal> {
        let Some(volunteer) = self.volunteers.get(person_ref) else { return Ok(()) };
        if volunteer.is_suspended == wanted {
            return Ok(());
        }
        let is = at.local_date(zone).map_or("unknown", |on| volunteer.status(on).name());
        Err(Refusal::WrongState {
            kind: "volunteer",
            id: person_ref.to_string(),
            is,
            wanted: if wanted { Status::Suspended.name() } else { "not suspended" },
        })
    }

    fn may_join(&self, person_ref: &PersonRef, team_id: &TeamId) -> Result<(), Refusal> {
        let volunteer = self.volunteers.get(person_ref);
        match volunteer.and_then(|volunteer| volunteer.open_membership(team_id)) {
            Some(_) => Err(exists("membership of", team_id)),
            None => Ok(()),
        }
    }

    fn may_leave(
        &self,
        person_ref: &PersonRef,
        team_id: &TeamId,
        valid_until: NaiveDate,
    ) -> Result<(), Refusal> {
        let volunteer = self.volunteers.get(person_ref);
        let membership = volunteer.and_then(|volunteer| volunteer.open_membership(team_id));
        let membership = membership.ok_or_else(|| unknown("membership of", team_id))?;
        match membership.valid_from < valid_until {
            true => Ok(()),
            false => Err(Refusal::EmptyPeriod {
                period_from: membership.valid_from,
                period_until: valid_until,
            }),
        }
    }

    fn may_plan(&self, command: &Command) -> Result<(), Refusal> {
        let (C::RetireProject { project_id, .. } | C::OpenShift { project_id, .. }) = command
        else {
            return Ok(());
        };
        if self.projects.get(project_id).is_some_and(|project| project.is_retired) {
            let (id, is, wanted) = (project_id.to_string(), "retired", "launched");
            return Err(Refusal::WrongState { kind: "project", id, is, wanted });
        }
        match command {
            C::OpenShift { zone, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                ends_after_start(span)?;
                // What is credited may reach into the days around it, by the tolerance.
                match a_day_wider(span).is_too_long(*zone) {
                    true => Err(Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS }),
                    false => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// The shift is in none of these phases.
    fn is_in(
        &self,
        shift_id: &ShiftId,
        at: Timestamp,
        not: &[Phase],
        wanted: &'static str,
    ) -> Result<(), Refusal> {
        let Some(shift) = self.shifts.get(shift_id) else { return Ok(()) };
        let phase = shift.phase(at);
        match not.contains(&phase) {
            true => Err(Refusal::WrongState {
                kind: "shift",
                id: shift_id.to_string(),
                is: phase.name(),
                wanted,
            }),
            false => Ok(()),
        }
    }

    /// Somebody's place stands as it has to.
    fn stands(
        &self,
        shift_id: &ShiftId,
        person_ref: &PersonRef,
        wanted: &'static str,
        is_wanted: impl Fn(Standing) -> bool,
    ) -> Result<(), Refusal> {
        let shift = self.shifts.get(shift_id);
        match shift.and_then(|shift| shift.standing(person_ref)) {
            Some(standing) if !is_wanted(standing) => Err(place(person_ref, standing, wanted)),
            _ => Ok(()),
        }
    }

    /// Who is expected, or has come, needs no other place; who waits may be given one, and who
    /// signed up may be assigned.
    fn has_no_place(
        &self,
        shift_id: &ShiftId,
        person_ref: &PersonRef,
        gives_a_place: bool,
    ) -> Result<(), Refusal> {
        self.stands(shift_id, person_ref, "without a place", |is| {
            let waits = is == Standing::Waitlisted;
            !(is.is_accepted() || is.has_come() || (waits && !gives_a_place))
        })
    }

    fn is_active_at(&self, person_ref: &PersonRef, shift_id: &ShiftId) -> Result<(), Refusal> {
        let plan = self.shifts.get(shift_id).and_then(|shift| shift.plan.as_ref());
        let Some(on) = plan.and_then(Plan::first_day) else { return Ok(()) };
        let status = self.volunteers.get(person_ref).map(|volunteer| volunteer.status(on));
        match status.filter(|status| *status != Status::Active) {
            Some(status) => Err(Refusal::WrongState {
                kind: "volunteer",
                id: person_ref.to_string(),
                is: status.name(),
                wanted: Status::Active.name(),
            }),
            None => Ok(()),
        }
    }

    fn may_take_a_place(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let (C::SignUp { shift_id, at, person_ref, .. }
        | C::Assign { shift_id, at, person_ref, .. }) = command
        else {
            return Ok(());
        };
        self.is_in(shift_id, *at, &[Phase::Done, Phase::Cancelled], "before its end")?;
        let shift = self.shifts.get(shift_id);
        let standing = shift.and_then(|shift| shift.standing(person_ref));
        // Who signed up has the place already; to be assigned is the next step.
        let has_signed_up = standing == Some(Standing::SignedUp);
        let is_next_step = has_signed_up && matches!(command, C::Assign { .. });
        if !is_next_step {
            self.has_no_place(shift_id, person_ref, true)?;
        }
        let Some((shift, plan)) = shift.zip(shift.and_then(|shift| shift.plan.as_ref())) else {
            return Ok(());
        };
        self.is_active_at(person_ref, shift_id)?;
        if shift.is_full() && !has_signed_up {
            return Err(Refusal::ShiftFull { capacity_n: plan.capacity_n });
        }
        let reason = match command {
            C::Assign { override_reason, .. } => override_reason.as_deref(),
            _ => None,
        };
        let is_overridden = reason.is_some_and(|reason| !reason.trim().is_empty());
        match self.diary.taken_by(person_ref, shift_id, plan.span) {
            Some(shift_id) if !is_overridden => {
                return Err(Refusal::Overlap { shift_id: shift_id.clone() });
            }
            _ => {}
        }
        match self.volunteers.get(person_ref) {
            Some(volunteer) => suits(volunteer, person_ref, (shift, plan), registered),
            None => Ok(()),
        }
    }
}

/// Whether somebody may do this service: skill, age, danger. Nothing overrides it.
fn suits(
    volunteer: &Volunteer,
    person_ref: &PersonRef,
    (shift, plan): (&Shift, &Plan),
    registered: &Registered,
) -> Result<(), Refusal> {
    let missing = plan.skills.iter().find(|skill| !volunteer.skills.contains(*skill));
    if let Some(skill) = missing {
        return Err(Refusal::SkillMissing { skill: skill.clone() });
    }
    let (Some(first), Some(last)) = (plan.first_day(), plan.last_day()) else { return Ok(()) };
    let age = registered.age_on(person_ref, first);
    let is_minor = age.is_some_and(|years| years < MAJORITY_YEARS);
    let may_be_minor = is_minor || registered.hides_birthday(person_ref);
    match age {
        None if plan.is_dangerous || plan.min_age_years > 0 => {
            return Err(Refusal::AgeUnknown { person_ref: person_ref.clone() });
        }
        Some(_) if plan.is_dangerous && is_minor => return Err(Refusal::MinorInDanger),
        Some(years) if years < plan.min_age_years => {
            return Err(Refusal::UnderAge { min_age_years: plan.min_age_years });
        }
        _ => {}
    }
    let comes_along = |other: &PersonRef| {
        let standing = shift.standing(other);
        standing.is_some_and(|is| is.is_accepted() || is.has_come())
            && registered.is(other, Kinship::Guardian, person_ref, first)
    };
    let agreed = registered.has_consent(person_ref, PURPOSE, plan.span.from, plan.zone);
    if may_be_minor && !agreed && !shift.places.keys().any(comes_along) {
        let person_ref = person_ref.clone();
        return Err(match is_minor {
            true => Refusal::ConsentMissing { person_ref },
            false => Refusal::AgeUnknown { person_ref },
        });
    }
    match plan.is_dangerous && !volunteer.is_insured(first, last) {
        true => Err(Refusal::InsuranceMissing),
        false => Ok(()),
    }
}

pub(super) fn ends_after_start(span: Span) -> Result<(), Refusal> {
    match span.from < span.until {
        true => Ok(()),
        false => Err(Refusal::EndsBeforeStart { starts_at: span.from, ends_at: span.until }),
    }
}

fn place(person_ref: &PersonRef, is: Standing, wanted: &'static str) -> Refusal {
    let id = person_ref.to_string();
    Refusal::WrongState { kind: "place of", id, is: is.name(), wanted }
}
