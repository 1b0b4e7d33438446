//! A consent that is withdrawn (撤回同意), a demand to be forgotten (删除), a fourteenth birthday: each
//! context answers, and the person hears what became of it.
//!
//! What the law holds is for people to say, so that an answer to a demand is a task for each
//! context, `AnswerErasure` its answer, and a hold is asked about again on its last day. A key is
//! destroyed by whoever keeps it, not by a policy: that is a task too, once no context holds
//! anything, and `KeyDestroyed` and `KeyLossConfirmed` say that it was done. A withdrawal has no
//! answer of its own on record, so that somebody above looks at it after some days, unless another
//! consent covers the purpose by then; what the policy can stop by itself, appointments at the
//! clinic, it does.
//!
//! # Source
//! Personal Information Protection Law (个人信息保护法) 15 and 47; for the birthday 28 and 31: from 14
//! years on a child consents for itself. It is known to who may read the day of birth.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::dose_due::VACCINATION;
use super::steps::{Due, Known, Matter, days_after, start_of};
use super::{Follows, Told};
use crate::domain::policies::{Notice, Policy};
use crate::domain::registry::{CONTEXTS, Erasure, Event as OfRegistry, Outcome};
use crate::domain::services::{Command as Services, Status};
use crate::domain::{Capacity, ConsentId, Event, Evolve, PersonRef, Timestamp};

/// From this birthday on a child consents for itself.
const OF_AGE_TO_CONSENT: i32 = 14;
const BIRTHDAY: &str = "fourteenth birthday";

/// The demands, the purposes that consent was withdrawn for, and the consents of guardians.
#[derive(Debug, Default)]
pub(super) struct ConsentWithdrawal {
    demands: BTreeMap<PersonRef, (Matter, Timestamp)>,
    withdrawn: BTreeMap<(ConsentId, String), Withdrawn>,
    of_guardians: BTreeMap<ConsentId, Matter>,
}

#[derive(Debug)]
struct Withdrawn {
    matter: Matter,
    subject_ref: PersonRef,
    at: Timestamp,
}

impl Evolve for ConsentWithdrawal {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let at = told.happened.at;
        let Event::Registry(event) = &told.happened.event else { return };
        let matter = |name: &str| told.matter(Policy::ConsentWithdrawal, name);
        match event {
            OfRegistry::ErasureRequested { subject_ref } => {
                if let Some(matter) = matter(subject_ref.as_str()) {
                    self.demands.entry(subject_ref.clone()).or_insert((matter, at));
                }
            }
            OfRegistry::ConsentWithdrawn { consent_id, subject_ref, purposes } => {
                let withdrawn = purposes.iter().filter_map(|purpose| {
                    let (matter, subject_ref) = (matter(consent_id.as_str())?, subject_ref.clone());
                    let purpose = (consent_id.clone(), purpose.clone());
                    Some((purpose, Withdrawn { matter, subject_ref, at }))
                });
                self.withdrawn.extend(withdrawn);
            }
            OfRegistry::ConsentGiven { consent_id, capacity: Capacity::Guardian, .. } => {
                let matter = matter(consent_id.as_str());
                self.of_guardians.extend(matter.map(|matter| (consent_id.clone(), matter)));
            }
            _ => {}
        }
    }
}

impl Follows for ConsentWithdrawal {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (subject_ref, (matter, at)) in &self.demands {
            let erasure = known.state.registry.erasures.get(subject_ref);
            due.extend(
                erasure
                    .into_iter()
                    .flat_map(|erasure| forgets(known, matter, (subject_ref, *at), erasure)),
            );
        }
        for ((_, purpose), withdrawn) in &self.withdrawn {
            due.extend(stops(known, withdrawn, purpose));
        }
        for (consent_id, matter) in &self.of_guardians {
            due.extend(comes_of_age(known, matter, consent_id));
        }
        due
    }
}

/// Each context answers, holds are asked about again, and without one the key goes.
fn forgets(
    known: &Known<'_>,
    matter: &Matter,
    (subject_ref, demanded_at): (&PersonRef, Timestamp),
    erasure: &Erasure,
) -> Vec<Due> {
    let days = known.limits(matter.zone).answer_days;
    let mut due = Vec::new();
    for context in CONTEXTS {
        let answer = format!("answer of {context}");
        match erasure.answers.get(context) {
            None => {
                due.extend(known.asks(matter, &answer, days_after(demanded_at, days), None));
            }
            Some(Outcome::RestrictedUntil { until_on, .. }) => {
                due.extend(asks_again(known, matter, &answer, *until_on));
            }
            Some(Outcome::Erased | Outcome::Refused { .. }) => {}
        }
    }
    if !CONTEXTS.iter().all(|context| erasure.answers.contains_key(*context)) {
        return due;
    }
    let report = |step: &str| matter.step(step).tells(Notice::Report, Some(subject_ref));
    due.push(report("report of the answers"));
    let by = days_after(known.now, days);
    match erasure {
        Erasure { is_confirmed: true, .. } => due.push(report("report of the erasure")),
        Erasure { is_destroyed: true, .. } => {
            due.extend(known.asks(matter, "confirm that no copy is left", by, None));
        }
        _ if erasure.is_released() => {
            due.extend(known.asks(matter, "destroy the key", by, None));
        }
        _ => {}
    }
    due
}

/// On the day until which a law holds a record the context is asked again.
fn asks_again(known: &Known<'_>, matter: &Matter, answer: &str, until_on: NaiveDate) -> Vec<Due> {
    let Some(over_at) = start_of(until_on, 0, matter.zone) else { return Vec::new() };
    let hold = format!("hold until {until_on}, {answer}");
    let mut due = vec![known.deadline(matter, &hold, over_at, |late| late)];
    if known.is_late(matter, &hold) {
        let by = days_after(over_at, known.limits(matter.zone).answer_days);
        due.extend(known.asks(matter, &format!("{answer} after {until_on}"), by, None));
    }
    due
}

/// What nobody may do any more is stopped.
fn stops(known: &Known<'_>, withdrawn: &Withdrawn, purpose: &str) -> Vec<Due> {
    let Withdrawn { matter, subject_ref, at } = withdrawn;
    let (now, zone) = (known.now, matter.zone);
    if known.state.registry.registered.has_consent(subject_ref, purpose, now, zone) {
        return Vec::new();
    }
    let mut due = Vec::new();
    let services = &known.state.services;
    let appointments = services.appointments.iter().filter(|(_, own)| {
        let is_open = matches!(services.status(own), Status::Booked | Status::Waitlisted);
        purpose == VACCINATION && own.recipient_ref == *subject_ref && is_open
    });
    due.extend(appointments.map(|(appointment_id, _)| {
        matter.step(&format!("cancel {appointment_id}")).and(Services::CancelAppointment {
            appointment_id: appointment_id.clone(),
            at: now,
            zone,
            reason: "the consent was withdrawn".to_owned(),
        })
    }));
    let by = days_after(*at, known.limits(zone).answer_days);
    due.extend(known.asks(matter, &format!("stop {purpose}"), by, None));
    let report = matter.step(&format!("report of {purpose}"));
    due.push(report.tells(Notice::Report, Some(subject_ref)));
    due
}

/// What a guardian consented to is asked of the child itself on its fourteenth birthday.
fn comes_of_age(known: &Known<'_>, matter: &Matter, consent_id: &ConsentId) -> Vec<Due> {
    let registered = &known.state.registry.registered;
    let Some(consent) = registered.consents.get(consent_id) else { return Vec::new() };
    let own = registered
        .consents
        .values()
        .filter(|own| own.subject_ref == consent.subject_ref && own.capacity == Capacity::Oneself);
    let is_left = |purpose: &&String| {
        let is_their_own = own.clone().any(|own| own.covers(purpose, known.now, matter.zone));
        !is_their_own && !consent.is_void && !consent.withdrawn.contains_key(*purpose)
    };
    let born_on = registered.persons.get(&consent.subject_ref).and_then(|child| child.born_on);
    let birthday = born_on.and_then(of_age_on).and_then(|on| start_of(on, 0, matter.zone));
    let Some(birthday) = birthday.filter(|_| consent.purposes.iter().any(|p| is_left(&p))) else {
        return Vec::new();
    };
    let mut due = vec![known.deadline(matter, BIRTHDAY, birthday, |late| late)];
    if known.is_late(matter, BIRTHDAY) {
        let by = days_after(birthday, known.limits(matter.zone).answer_days);
        due.extend(known.asks(matter, "ask for their own consent", by, Some(&consent.subject_ref)));
    }
    due
}

/// Who is born on 29 February comes of age on 1 March of a common year.
fn of_age_on(born_on: NaiveDate) -> Option<NaiveDate> {
    let year = born_on.year().checked_add(OF_AGE_TO_CONSENT)?;
    born_on.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}
