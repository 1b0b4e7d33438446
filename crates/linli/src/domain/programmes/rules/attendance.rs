//! Who was in a class, and who fetched whom.

use super::super::state::{Class, ClassPlan, Record};
use super::super::{Command, Event, State};
use super::programmes::PURPOSE;
use super::{Answered, Refusal, plain, unknown, wrong_state};
use crate::domain::{Flag, Kinship, PersonRef, Registered, Timestamp, Zone};

use Command as C;

impl State {
    /// What a command about a child in a class leads to.
    pub(super) fn in_attendance(&self, command: &Command, registered: &Registered) -> Answered {
        match command.clone() {
            C::RecordSignIn { class_id, at, zone, child_ref, .. } => {
                let (class, plan) = self.class(&class_id)?;
                let mut flags = Vec::new();
                if !registered.has_consent(&child_ref, PURPOSE, at, zone) {
                    flags.push(Flag::NoConsentInForce);
                }
                let programme = self.programmes.get(&plan.programme_id);
                if !programme.is_some_and(|programme| programme.has(&child_ref)) {
                    flags.push(Flag::NotEnrolled);
                }
                if is_beyond_capacity(class, plan, &child_ref) {
                    flags.push(Flag::OverCapacity);
                }
                Ok(vec![(Event::ChildSignedIn { class_id, child_ref }, flags)])
            }
            C::ReleaseChild { class_id, at, zone, child_ref, to_ref } => {
                let (class, _) = self.class(&class_id)?;
                if !class.records.get(&child_ref).is_some_and(is_in) {
                    return Err(wrong_state(&child_ref, "not in the class", "signed in"));
                }
                if !may_fetch(registered, &child_ref, &to_ref, at, zone) {
                    return Err(Refusal::AdultNotAuthorised { to_ref });
                }
                plain(Event::ChildSignedOut { class_id, child_ref, to_ref: Some(to_ref) })
            }
            C::RecordSignOut { class_id, at, zone, child_ref, to_ref } => {
                self.class(&class_id)?;
                let may_fetch =
                    |to_ref: &PersonRef| may_fetch(registered, &child_ref, to_ref, at, zone);
                let flags = match to_ref.as_ref().is_none_or(may_fetch) {
                    true => Vec::new(),
                    false => vec![Flag::UnauthorisedAdult],
                };
                Ok(vec![(Event::ChildSignedOut { class_id, child_ref, to_ref }, flags)])
            }
            C::RecordAbsence { class_id, child_ref, is_excused, .. } => {
                self.class(&class_id)?;
                plain(Event::AbsenceRecorded { class_id, child_ref, is_excused })
            }
            C::CorrectAttendance { class_id, child_ref, supersedes_n, standing, .. } => {
                let (class, _) = self.class(&class_id)?;
                let record = class.records.get(&child_ref);
                let record = record.ok_or_else(|| unknown("attendance", &child_ref))?;
                if record.version_n != supersedes_n {
                    return Err(Refusal::AlreadySuperseded { by: record.version_n });
                }
                plain(Event::AttendanceCorrected { class_id, child_ref, supersedes_n, standing })
            }
            C::RecordIncident { class_id, child_ref, text, .. } => {
                self.class(&class_id)?;
                plain(Event::IncidentRecorded { class_id, child_ref, text })
            }
            _ => Ok(Vec::new()),
        }
    }
}

/// Whether a child is more than the class has places for; one that came before is none more.
fn is_beyond_capacity(class: &Class, plan: &ClassPlan, child_ref: &PersonRef) -> bool {
    let is_there = class.came().any(|other| other == child_ref);
    !is_there && usize::try_from(plan.capacity_n).is_ok_and(|most_n| class.came().count() >= most_n)
}

/// Whether a child came and has not left since.
fn is_in(record: &Record) -> bool {
    record.ins.last() > record.outs.last()
}

/// A guardian may fetch a child, and whoever a guardian named for it.
fn may_fetch(
    registered: &Registered,
    child_ref: &PersonRef,
    to_ref: &PersonRef,
    at: Timestamp,
    zone: Zone,
) -> bool {
    let is = |kinship, on| registered.is(to_ref, kinship, child_ref, on);
    at.local_date(zone).is_some_and(|on| is(Kinship::Guardian, on) || is(Kinship::FetchesChild, on))
}
