//! Programmes, and the children in them.

use super::super::state::{Enrolment, Opened, Programme};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, unknown, wrong_state};
use crate::domain::{Capacity, PersonRef, ProgrammeId, Registered};

use Command as C;

/// What a child's guardian consents to.
pub(super) const PURPOSE: &str = "programme";

impl State {
    /// What a command about a programme leads to.
    pub(super) fn in_programmes(&self, command: &Command, registered: &Registered) -> Answered {
        match command.clone() {
            C::OpenProgramme {
                programme_id,
                grade_min,
                grade_max,
                capacity_n,
                children_per_adult_max,
                ..
            } => match self.opened(&programme_id) {
                Ok(_) => Err(exists("programme", &programme_id)),
                Err(_) => plain(Event::ProgrammeOpened {
                    programme_id,
                    grade_min,
                    grade_max,
                    capacity_n,
                    children_per_adult_max,
                }),
            },
            C::EnrolChild {
                programme_id,
                child_ref,
                grade_n,
                school_year,
                guardian_ref,
                consent_id,
                ..
            } => {
                self.may_enrol(command, registered)?;
                plain(Event::ChildEnrolled {
                    programme_id,
                    child_ref,
                    grade_n,
                    school_year,
                    guardian_ref,
                    consent_id,
                })
            }
            C::PromoteGrade { child_ref, grade_n, valid_from, .. } => {
                match self.programmes.values().any(|has| has.enrolments.contains_key(&child_ref)) {
                    true => plain(Event::GradeChanged { child_ref, grade_n, valid_from }),
                    false => Err(unknown("child", &child_ref)),
                }
            }
            C::RecordItems { programme_id, item_kind, items_n, donated_n, .. } => {
                self.opened(&programme_id)?;
                plain(Event::ItemsMade { programme_id, item_kind, items_n, donated_n })
            }
            _ => self.in_enrolments(command),
        }
    }

    fn in_enrolments(&self, command: &Command) -> Answered {
        let (wanted, event) = match command.clone() {
            C::OfferPlace { programme_id, child_ref, .. } => {
                let (programme, _) = self.opened(&programme_id)?;
                return match programme.enrolments.get(&child_ref) {
                    None | Some(Enrolment::Completed | Enrolment::Withdrawn) => {
                        plain(Event::PlaceOffered { programme_id, child_ref })
                    }
                    Some(_) => Err(exists("enrolment", &child_ref)),
                };
            }
            C::AcceptPlace { programme_id, child_ref, guardian_ref, .. } => (
                &[Enrolment::Offered][..],
                Event::PlaceAccepted { programme_id, child_ref, guardian_ref },
            ),
            C::WithdrawChild { programme_id, child_ref, reason, .. } => (
                &[Enrolment::Enrolled, Enrolment::Offered, Enrolment::ConsentPending][..],
                Event::ChildWithdrawn { programme_id, child_ref, reason },
            ),
            C::FinishEnrolment { programme_id, child_ref, .. } => {
                (&[Enrolment::Enrolled][..], Event::EnrolmentCompleted { programme_id, child_ref })
            }
            _ => return Ok(Vec::new()),
        };
        if let C::AcceptPlace { programme_id, child_ref, .. }
        | C::WithdrawChild { programme_id, child_ref, .. }
        | C::FinishEnrolment { programme_id, child_ref, .. } = command
        {
            self.stands(programme_id, child_ref, wanted)?;
        }
        plain(event)
    }

    /// A guardian's consent covers it, the grade fits, and a place is free.
    fn may_enrol(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let C::EnrolChild {
            programme_id,
            at,
            zone,
            child_ref,
            grade_n,
            guardian_ref,
            consent_id,
            ..
        } = command
        else {
            return Ok(());
        };
        let (programme, opened) = self.opened(programme_id)?;
        if programme.has(child_ref) {
            return Err(exists("enrolment", child_ref));
        }
        let consent = registered.consents.get(consent_id).filter(|consent| {
            consent.subject_ref == *child_ref
                && consent.given_by_ref == *guardian_ref
                && consent.capacity == Capacity::Guardian
                && consent.covers(PURPOSE, *at, *zone)
        });
        if consent.is_none() {
            return Err(Refusal::ConsentMissing { purpose: PURPOSE });
        }
        let Opened { grade_min: min, grade_max: max, capacity_n, .. } = opened;
        if !(min..=max).contains(grade_n) {
            return Err(Refusal::GradeOutside { min, max });
        }
        match usize::try_from(capacity_n).is_ok_and(|most_n| programme.enrolled_n() >= most_n) {
            true => Err(Refusal::ProgrammeFull { capacity_n }),
            false => Ok(()),
        }
    }

    /// Whether a child stands in a programme as it has to, the usual way first.
    fn stands(
        &self,
        programme_id: &ProgrammeId,
        child_ref: &PersonRef,
        wanted: &[Enrolment],
    ) -> Result<(), Refusal> {
        let (programme, _) = self.opened(programme_id)?;
        let stands = programme.enrolments.get(child_ref);
        let stands = *stands.ok_or_else(|| unknown("enrolment", child_ref))?;
        if wanted.contains(&stands) {
            return Ok(());
        }
        let usual = wanted.first().map_or("enrolled", |wanted| wanted.name());
        Err(wrong_state(child_ref, stands.name(), usual))
    }

    /// A programme that was opened, and with what.
    pub(super) fn opened(
        &self,
        programme_id: &ProgrammeId,
    ) -> Result<(&Programme, Opened), Refusal> {
        let programme = self.programmes.get(programme_id);
        let known = programme.and_then(|programme| Some((programme, programme.opened?)));
        known.ok_or_else(|| unknown("programme", programme_id))
    }
}
