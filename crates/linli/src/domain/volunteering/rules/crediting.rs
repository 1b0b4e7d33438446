//! What is credited, adjusted, certified.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::state::{Account, Claim, Plan, Presence, Validity};
use super::super::{Command, Event, ProjectTime, State, Stretch};
use super::requests::ends_after_start;
use super::{Refusal, exists, unknown};
use crate::domain::{
    BodyId, CertificateNo, Crediting, HourRounding, Minutes, PersonRef, ProjectId, Registered,
    ShiftId, Span, Timestamp,
};

use Command as C;

/// A tolerance is at most a day, which is as far as a decision reads around a shift.
const MOST_TOLERANCE_MIN: u32 = 24 * 60;
const MINUTE_US: i64 = 60_000_000;

/// What is new of a presence, and how much of it is no more than inferred.
pub(super) struct NewTime {
    pub(super) stretches: Vec<Stretch>,
    pub(super) inferred_min: Minutes,
}

impl State {
    /// Whether hours, certificates and stars may be as a command asks.
    pub(super) fn allows_hours(
        &self,
        command: &Command,
        registered: &Registered,
    ) -> Result<(), Refusal> {
        match command {
            C::ProposeAttendance { shift_id, person_ref, from_at, until_at, .. } => {
                let presence = self.presence(person_ref, shift_id);
                let mut open = presence.into_iter().flat_map(Presence::open);
                if !open.any(|open| open == *from_at) {
                    return Err(unknown("check-in without a check-out at", from_at));
                }
                ends_after_start(Span { from: *from_at, until: *until_at })
            }
            C::ApproveHours { .. } => self.may_approve(command, registered),
            C::RejectHours { shift_id, person_ref, .. } => {
                self.is_claim(shift_id, person_ref, Claim::Claimed)
            }
            C::AdjustHours { shift_id, person_ref, delta_min, approved_by_ref, .. } => {
                is_another(approved_by_ref, person_ref, registered)?;
                let Some(credit) = self.credit(person_ref, shift_id) else {
                    return Err(unknown("credit of", person_ref));
                };
                let (credited_min, delta_min) = (credit.minutes(), *delta_min);
                match credited_min.amended(delta_min) {
                    Some(_) => Ok(()),
                    None => Err(Refusal::WouldBeNegative { credited_min, delta_min }),
                }
            }
            C::IssueCertificate { .. } => self.may_certify(command, registered),
            C::RevokeCertificate { certificate_no, .. } => {
                match self.certificates.get(certificate_no).map(|known| known.validity) {
                    Some(Validity::Revoked) => Err(Refusal::WrongState {
                        kind: "certificate",
                        id: certificate_no.to_string(),
                        is: Validity::Revoked.name(),
                        wanted: "issued or superseded",
                    }),
                    _ => Ok(()),
                }
            }
            C::AwardStar { .. } => self.may_award(command, registered),
            _ => Ok(()),
        }
    }

    fn is_claim(
        &self,
        shift_id: &ShiftId,
        person_ref: &PersonRef,
        wanted: Claim,
    ) -> Result<(), Refusal> {
        let claim = self.shifts.get(shift_id).and_then(|shift| shift.claim(person_ref));
        match claim == Some(wanted) {
            true => Ok(()),
            false => Err(Refusal::WrongState {
                kind: "claim of",
                id: person_ref.to_string(),
                is: claim.map_or("not made", Claim::name),
                wanted: wanted.name(),
            }),
        }
    }

    fn may_approve(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let C::ApproveHours { shift_id, person_ref, body_id, approved_by_ref, .. } = command else {
            return Ok(());
        };
        is_another(approved_by_ref, person_ref, registered)?;
        self.is_claim(shift_id, person_ref, Claim::Claimed)?;
        let recorded = self.credit(person_ref, shift_id).and_then(|credit| credit.of.as_ref());
        match recorded {
            Some((other, ..)) if other != body_id => {
                Err(Refusal::NotOwnRecords { body_id: other.clone() })
            }
            _ => Ok(()),
        }
    }

    fn may_certify(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let C::IssueCertificate {
            person_ref,
            body_id,
            period_from,
            period_until,
            rounding_policy,
            ..
        } = command
        else {
            return Ok(());
        };
        let (period_from, period_until) = (*period_from, *period_until);
        if period_until <= period_from {
            return Err(Refusal::EmptyPeriod { period_from, period_until });
        }
        let account = self.accounts.get(person_ref);
        let credits = account.into_iter().flat_map(|own| own.within((period_from, period_until)));
        let bodies: Vec<&BodyId> = credits.map(|(recorded_by, ..)| recorded_by).collect();
        if let Some(other) = bodies.first()
            && !bodies.contains(&body_id)
        {
            return Err(Refusal::NotOwnRecords { body_id: (*other).clone() });
        }
        match rounding_policy {
            Some(name) if rounding(command, registered).is_none() => {
                Err(unknown("rounding policy", name))
            }
            _ => Ok(()),
        }
    }

    fn may_award(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let C::AwardStar { person_ref, stars_n, .. } = command else { return Ok(()) };
        let account = self.accounts.get(person_ref);
        if account.is_some_and(|account| *stars_n <= account.stars_n) {
            return Err(exists("star", stars_n));
        }
        let Some((_, rule)) = rule(command, registered) else { return Ok(()) };
        let level = usize::try_from(*stars_n).ok().and_then(|stars| stars.checked_sub(1));
        let hours = level.and_then(|level| rule.stars_h.get(level));
        let needed_min = Minutes::of_hours(*hours.ok_or_else(|| unknown("star", stars_n))?);
        let credited_min = self.credited(person_ref);
        match credited_min < needed_min {
            true => Err(Refusal::NotEarned { credited_min, needed_min }),
            false => Ok(()),
        }
    }

    /// All that was credited to somebody.
    pub(super) fn credited(&self, person_ref: &PersonRef) -> Minutes {
        self.accounts.get(person_ref).map_or(Minutes::default(), Account::total)
    }

    pub(super) fn plan(&self, shift_id: &ShiftId) -> Option<&Plan> {
        self.shifts.get(shift_id)?.plan.as_ref()
    }

    /// What an approval credits: the union of all that was reported and inferred of somebody's
    /// presence at a shift, within it and the tolerance, apart from what was credited before, for
    /// whatever shift and under whichever of their records.
    pub(super) fn new_time(
        &self,
        shift_id: &ShiftId,
        person_ref: &PersonRef,
        registered: &Registered,
    ) -> NewTime {
        let nothing = NewTime { stretches: Vec::new(), inferred_min: Minutes::default() };
        let Some(plan) = self.plan(shift_id) else { return nothing };
        let Some(presence) = self.presence(person_ref, shift_id) else { return nothing };
        let window = window(plan, registered);
        let within = |told: Vec<Stretch>| -> Vec<Stretch> {
            told.into_iter().filter_map(|stretch| stretch.within(window)).collect()
        };
        let reported = within(presence.reported());
        let all = Stretch::union([reported.clone(), within(presence.inferred())].concat());
        let records = registered.records_of(person_ref).into_iter();
        let before = records.filter_map(|record| self.accounts.get(record));
        let stretches = Stretch::without(all, before.flat_map(Account::stretches));
        let inferred = Stretch::without(stretches.clone(), reported);
        NewTime { stretches, inferred_min: inferred.iter().map(|part| part.minutes()).sum() }
    }

    /// The certificate that a command asks for.
    pub(super) fn certificate(&self, command: &Command, registered: &Registered) -> Option<Event> {
        let C::IssueCertificate {
            certificate_no,
            person_ref,
            body_id,
            period_from,
            period_until,
            rounding_policy,
            as_known_at,
            ..
        } = command
        else {
            return None;
        };
        let mut by_project: BTreeMap<&ProjectId, Minutes> = BTreeMap::new();
        let account = self.accounts.get(person_ref);
        let credits = account.into_iter().flat_map(|own| own.within((*period_from, *period_until)));
        for (_, project_id, minutes) in credits.filter(|(by, ..)| *by == body_id) {
            let sum = by_project.entry(project_id).or_default();
            *sum = sum.plus(minutes);
        }
        let credited_min = by_project.values().copied().sum();
        let rounding = rounding(command, registered);
        Some(Event::CertificateIssued {
            certificate_no: certificate_no.clone(),
            person_ref: person_ref.clone(),
            body_id: body_id.clone(),
            period_from: *period_from,
            period_until: *period_until,
            credited_min,
            by_project: by_project
                .into_iter()
                .map(|(project_id, credited_min)| ProjectTime {
                    project_id: project_id.clone(),
                    credited_min,
                })
                .collect(),
            stated_min: rounding.map_or(credited_min, |(_, rounding)| rounding.of(credited_min)),
            rounding_policy: rounding_policy.clone(),
            rule_version: rounding.map(|(version, _)| version.to_owned()),
            as_known_at: *as_known_at,
        })
    }

    /// The certificates that state hours which are adjusted now.
    pub(super) fn certified(
        &self,
        person_ref: &PersonRef,
        shift_id: &ShiftId,
    ) -> impl Iterator<Item = &CertificateNo> {
        let of = self.credit(person_ref, shift_id).and_then(|credit| credit.of.as_ref());
        let of = of.map(|(body_id, _, on)| (body_id, *on));
        let own = self.certificates.iter().filter(move |(_, certificate)| {
            certificate.person_ref == *person_ref
                && certificate.validity == Validity::Issued
                && of.is_some_and(|(body_id, on)| certificate.covers(body_id, on))
        });
        own.map(|(certificate_no, _)| certificate_no)
    }
}

/// A shift with the tolerance before and after it.
pub(super) fn window(plan: &Plan, registered: &Registered) -> Stretch {
    let rule = plan.first_day().and_then(|on| registered.rule(Crediting::of, on));
    let tolerance_min = rule.map_or(0, |(_, rule)| rule.tolerance_min).min(MOST_TOLERANCE_MIN);
    let tolerance = MINUTE_US.saturating_mul(tolerance_min.into());
    Stretch {
        from: Timestamp(plan.span.from.0.saturating_sub(tolerance)),
        until: Timestamp(plan.span.until.0.saturating_add(tolerance)),
    }
}

/// The rule of the day on which something is asked.
fn rule<'a>(command: &Command, registered: &'a Registered) -> Option<(&'a str, &'a Crediting)> {
    let (at, zone) = command.head();
    let on: NaiveDate = at.local_date(zone)?;
    registered.rule(Crediting::of, on)
}

/// The rounding policy that a certificate names, with the version of the rules that has it.
fn rounding<'a>(
    command: &Command,
    registered: &'a Registered,
) -> Option<(&'a str, &'a HourRounding)> {
    let C::IssueCertificate { rounding_policy: Some(name), .. } = command else { return None };
    let (version, rule) = rule(command, registered)?;
    let policy = rule.roundings.iter().find(|policy| policy.name == *name)?;
    Some((version, policy))
}

/// Nobody approves their own hours, under whichever of their records.
fn is_another(
    approved_by_ref: &PersonRef,
    person_ref: &PersonRef,
    registered: &Registered,
) -> Result<(), Refusal> {
    match registered.are_one(approved_by_ref, person_ref) {
        true => Err(Refusal::ApproverIsClaimant { person_ref: person_ref.clone() }),
        false => Ok(()),
    }
}
