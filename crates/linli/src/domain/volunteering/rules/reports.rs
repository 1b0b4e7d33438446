//! What was asked for and allowed, and what was reported, becomes the event that says the same.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::super::state::{Plan, Presence, Standing};
use super::super::{Command, Event, State, Stretch};
use super::crediting::window;
use crate::domain::{
    Crediting, Flag, Minutes, PersonRef, Registered, ShiftId, Span, Timestamp, Zone,
};

use Command as C;

/// An event with what looks wrong about it.
type Told = (Event, Vec<Flag>);

impl State {
    /// The events that say what a command says.
    pub(super) fn stated(&self, command: &Command, registered: &Registered) -> Vec<Told> {
        let events = match command {
            C::CancelShift { shift_id, reason, .. } => self.cancelled(shift_id, reason),
            C::RecordVolunteerCheckIn { .. } | C::RecordVolunteerCheckOut { .. } => {
                return self.presence_told(command, registered).into_iter().collect();
            }
            C::AdjustHours { .. } => self.adjusted(command),
            C::ApproveHours { .. } => self.credit_given(command, registered).into_iter().collect(),
            C::IssueCertificate { .. } => {
                self.certificate(command, registered).into_iter().collect()
            }
            C::RevokeCertificate { certificate_no, reason, .. } => {
                let known = self.certificates.get(certificate_no).into_iter();
                let revoked = known.map(|certificate| Event::CertificateRevoked {
                    certificate_no: certificate_no.clone(),
                    person_ref: certificate.person_ref.clone(),
                    reason: reason.clone(),
                });
                revoked.collect()
            }
            C::AwardStar { person_ref, stars_n, .. } => vec![Event::StarAwarded {
                person_ref: person_ref.clone(),
                stars_n: *stars_n,
                credited_min: self.credited(person_ref),
            }],
            C::SignUp { .. }
            | C::Assign { .. }
            | C::JoinShiftWaitlist { .. }
            | C::ConfirmShift { .. }
            | C::Withdraw { .. }
            | C::Excuse { .. }
            | C::RecordVolunteerNoShow { .. } => {
                self.of_place(command, registered).into_iter().collect()
            }
            _ => of_plans(command.clone()).into_iter().collect(),
        };
        events.into_iter().map(|event| (event, Vec::new())).collect()
    }

    /// Everybody who is expected is released, by an event each: it frees their time.
    fn cancelled(&self, shift_id: &ShiftId, reason: &str) -> Vec<Event> {
        let (shift_id, reason) = (shift_id.clone(), reason.to_owned());
        let mut events = vec![Event::ShiftCancelled { shift_id: shift_id.clone(), reason }];
        let Some((shift, plan)) = self.shifts.get(&shift_id).zip(self.plan(&shift_id)) else {
            return events;
        };
        let is_released =
            |standing: Standing| standing.is_accepted() || standing == Standing::Waitlisted;
        let places = shift.places.iter();
        let released = places.filter(|(_, place)| place.standing.is_some_and(is_released));
        events.extend(released.map(|(person_ref, _)| Event::VolunteerReleased {
            shift_id: shift_id.clone(),
            person_ref: person_ref.clone(),
            starts_at: plan.span.from,
            ends_at: plan.span.until,
        }));
        events
    }

    fn of_place(&self, command: &Command, registered: &Registered) -> Option<Event> {
        let shift_id = command.shift()?.clone();
        let plan = self.plan(&shift_id)?;
        let Span { from: starts_at, until: ends_at } = plan.span;
        Some(match command.clone() {
            C::SignUp { person_ref, .. } => {
                Event::VolunteerSignedUp { shift_id, person_ref, starts_at, ends_at }
            }
            C::Assign { person_ref, override_reason, .. } => Event::VolunteerAssigned {
                shift_id,
                person_ref,
                starts_at,
                ends_at,
                override_reason,
            },
            C::JoinShiftWaitlist { person_ref, .. } => {
                Event::VolunteerWaitlisted { shift_id, person_ref }
            }
            C::ConfirmShift { person_ref, .. } => {
                Event::VolunteerConfirmed { shift_id, person_ref }
            }
            C::Withdraw { person_ref, at, .. } => {
                let notice = Stretch { from: at, until: starts_at };
                let notice_min = notice.minutes();
                let is_late = is_late(plan, notice_min, registered)
                    && self.stands_accepted(&shift_id, &person_ref);
                Event::VolunteerWithdrawn {
                    shift_id,
                    person_ref,
                    starts_at,
                    ends_at,
                    notice_min,
                    is_late,
                }
            }
            C::Excuse { person_ref, reason, .. } => {
                Event::VolunteerExcused { shift_id, person_ref, starts_at, ends_at, reason }
            }
            C::RecordVolunteerNoShow { person_ref, .. } => {
                Event::VolunteerAbsent { shift_id, person_ref, starts_at, ends_at }
            }
            _ => return None,
        })
    }

    fn stands_accepted(&self, shift_id: &ShiftId, person_ref: &PersonRef) -> bool {
        let standing = self.shifts.get(shift_id).and_then(|shift| shift.standing(person_ref));
        standing.is_some_and(Standing::is_accepted)
    }

    fn presence_told(&self, command: &Command, registered: &Registered) -> Option<Told> {
        let (at, _) = command.head();
        let instant = Span { from: at, until: Timestamp(at.0.saturating_add(1)) };
        Some(match command.clone() {
            C::RecordVolunteerCheckIn { shift_id, person_ref, .. } => {
                let flags = self.doubts((&shift_id, &person_ref), at, instant, registered);
                (Event::VolunteerCheckedIn { shift_id, person_ref, at }, flags)
            }
            C::RecordVolunteerCheckOut { shift_id, person_ref, .. } => {
                let presence = self.presence(&person_ref, &shift_id).into_iter();
                let open = presence.flat_map(Presence::open);
                let came = open.filter(|came| *came < at).max();
                let stay = came.map_or(instant, |came| Span { from: came, until: at });
                let flags = self.doubts((&shift_id, &person_ref), at, stay, registered);
                (Event::VolunteerCheckedOut { shift_id, person_ref, at }, flags)
            }
            _ => return None,
        })
    }

    /// What looks wrong about a coming or a going: outside the shift, or somewhere else at any time
    /// of the stay. Only what was told of the days around it is looked at.
    fn doubts(
        &self,
        (shift_id, person_ref): (&ShiftId, &PersonRef),
        at: Timestamp,
        stay: Span,
        registered: &Registered,
    ) -> Vec<Flag> {
        let mut flags = Vec::new();
        let there = self.presences.get(person_ref).into_iter().flatten();
        let mut elsewhere = there.filter(|(other, _)| *other != shift_id);
        let is_double = days_around(at).is_some_and(|days| {
            elsewhere.any(|(_, other)| {
                other.told_on(&days).iter().any(|told| told.span().overlaps(stay))
            })
        });
        if is_double {
            flags.push(Flag::Overlapping);
        }
        let window = self.plan(shift_id).map(|plan| window(plan, registered));
        if window.is_some_and(|window| at < window.from || window.until < at) {
            flags.push(Flag::OutsideShift);
        }
        flags
    }

    fn credit_given(&self, command: &Command, registered: &Registered) -> Option<Event> {
        let C::ApproveHours { shift_id, person_ref, body_id, approved_by_ref, .. } = command else {
            return None;
        };
        let plan = self.plan(shift_id)?;
        let served_on = plan.first_day()?;
        let new = self.new_time(shift_id, person_ref, registered);
        let rule = registered.rule(Crediting::of, served_on);
        Some(Event::HoursCredited {
            shift_id: shift_id.clone(),
            person_ref: person_ref.clone(),
            project_id: plan.project_id.clone(),
            body_id: body_id.clone(),
            served_on,
            credited_min: new.stretches.iter().map(|stretch| stretch.minutes()).sum(),
            inferred_min: new.inferred_min,
            stretches: new.stretches,
            rule_version: rule.map(|(version, _)| version.to_owned()),
            approved_by_ref: approved_by_ref.clone(),
        })
    }

    /// An adjustment, and the certificates that no longer say what the ledger says.
    fn adjusted(&self, command: &Command) -> Vec<Event> {
        let C::AdjustHours { shift_id, person_ref, delta_min, reason, approved_by_ref, .. } =
            command
        else {
            return Vec::new();
        };
        let mut events = vec![Event::HoursAdjusted {
            shift_id: shift_id.clone(),
            person_ref: person_ref.clone(),
            delta_min: *delta_min,
            reason: reason.clone(),
            approved_by_ref: approved_by_ref.clone(),
        }];
        let certified = self.certified(person_ref, shift_id);
        events.extend(certified.map(|certificate_no| Event::CertificateSuperseded {
            certificate_no: certificate_no.clone(),
            person_ref: person_ref.clone(),
            by_shift_id: shift_id.clone(),
        }));
        events
    }
}

/// The days that a decision about an instant reads: a local date is at most a day off that in UTC.
fn days_around(at: Timestamp) -> Option<RangeInclusive<NaiveDate>> {
    let day = at.local_date(Zone::UTC)?;
    Some(day.pred_opt()?..=day.succ_opt()?)
}

/// Less notice than the rule asks for is late.
fn is_late(plan: &Plan, notice_min: Minutes, registered: &Registered) -> bool {
    let rule = plan.first_day().and_then(|on| registered.rule(Crediting::of, on));
    rule.is_some_and(|(_, rule)| notice_min < Minutes(rule.notice_min))
}

/// What needs nothing else to be known.
fn of_plans(command: Command) -> Option<Event> {
    Some(match command {
        C::RegisterVolunteer { person_ref, volunteer_no, skills, is_party_member, .. } => {
            Event::VolunteerRegistered { person_ref, volunteer_no, skills, is_party_member }
        }
        C::RecordInsurance { person_ref, valid_from, valid_until, .. } => {
            Event::InsuranceRecorded { person_ref, valid_from, valid_until }
        }
        C::SuspendVolunteer { person_ref, reason, .. } => {
            Event::VolunteerSuspended { person_ref, reason }
        }
        C::ReinstateVolunteer { person_ref, .. } => Event::VolunteerReinstated { person_ref },
        C::JoinTeam { person_ref, team_id, valid_from, .. } => {
            Event::MembershipStarted { person_ref, team_id, valid_from }
        }
        C::LeaveTeam { person_ref, team_id, valid_until, reason, .. } => {
            Event::MembershipEnded { person_ref, team_id, valid_until, reason }
        }
        C::LaunchProject { project_id, team_id, kind, idea_id, .. } => {
            Event::ProjectLaunched { project_id, team_id, kind, idea_id }
        }
        C::RetireProject { project_id, .. } => Event::ProjectRetired { project_id },
        C::OpenShift {
            shift_id,
            project_id,
            starts_at,
            ends_at,
            capacity_n,
            skills,
            min_age_years,
            is_dangerous,
            ..
        } => Event::ShiftOpened {
            shift_id,
            project_id,
            starts_at,
            ends_at,
            capacity_n,
            skills,
            min_age_years,
            is_dangerous,
        },
        C::ProposeAttendance { shift_id, person_ref, rule, from_at, until_at, .. } => {
            Event::AttendanceInferred { shift_id, person_ref, rule, from_at, until_at }
        }
        C::RejectHours { shift_id, person_ref, reason, .. } => {
            Event::HoursRejected { shift_id, person_ref, reason }
        }
        C::RecordService { project_id, services_n, beneficiary_ref, .. } => {
            Event::BeneficiaryServed { project_id, services_n, beneficiary_ref }
        }
        _ => return None,
    })
}
