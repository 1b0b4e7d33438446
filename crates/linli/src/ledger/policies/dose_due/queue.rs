//! Who waits for which dose, and since when it is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::steps::{Due, Known, Matter, start_of};
use super::{DoseDue, VACCINATION};
use crate::domain::policies::Notice;
use crate::domain::services::{Dose, DoseGiven, Progress, Validity, due_on, is_valid};
use crate::domain::{DoseId, Dosing, HomeVisitId, PersonRef, ProductCode, SeriesId};

/// A dose that is to come after one that was given, and has no appointment.
pub(super) struct Awaited<'a> {
    pub(super) matter: &'a Matter,
    pub(super) recipient_ref: &'a PersonRef,
    /// Which dose is to come.
    pub(super) dose_no: u32,
    due_on: NaiveDate,
    /// The version of the record of the dose that it follows.
    version_n: u32,
    /// A visit at home that was asked for, and is still to come.
    pub(super) visit: Option<&'a HomeVisitId>,
}

/// The dose of a series that somebody has a place for, or will be given one.
type Place<'a> = (&'a PersonRef, &'a SeriesId, u32);

impl Awaited<'_> {
    /// The wait for the day, and the word to the person when it has come.
    pub(super) fn becomes_due(&self, known: &Known<'_>) -> Due {
        let from = start_of(self.due_on, 0, self.matter.zone).unwrap_or(known.now);
        let tell = |late: Due| late.tells(Notice::Report, Some(self.recipient_ref));
        known.deadline(self.matter, &self.due_step(), from, tell)
    }

    /// Whether the day has come.
    pub(super) fn is_due(&self, known: &Known<'_>) -> bool {
        known.is_late(self.matter, &self.due_step())
    }

    fn due_step(&self) -> String {
        format!("due on {}, version {}", self.due_on, self.version_n)
    }

    /// The step that offers a place in a session.
    pub(super) fn offer_step(&self, session_id: &str) -> String {
        offer_step(session_id, self.version_n)
    }
}

/// The step that offers a place in a session for a version of a dose.
pub(super) fn offer_step(session_id: &str, version_n: u32) -> String {
    format!("offer {session_id}, version {version_n}")
}

impl DoseDue {
    /// Who waits, the first that is due first.
    pub(super) fn queue<'a>(&'a self, known: &Known<'a>) -> Vec<Awaited<'a>> {
        let mut series: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (dose_id, dose) in &known.state.services.doses {
            if !dose.is_voided {
                let own = series.entry((&dose.recipient_ref, &dose.series_id)).or_default();
                own.push((dose_id, dose));
            }
        }
        let placed = self.placed(known);
        let mut queue = Vec::new();
        for ((recipient_ref, series_id), mut doses) in series {
            doses.sort_by_key(|(dose_id, dose)| (dose.record.administered_at, *dose_id));
            let next = self.next(known, recipient_ref, &doses);
            queue.extend(
                next.filter(|next| !placed.contains(&(recipient_ref, series_id, next.dose_no))),
            );
        }
        queue.sort_by(|a, b| {
            (a.due_on, &a.matter.correlation).cmp(&(b.due_on, &b.matter.correlation))
        });
        queue
    }

    /// The dose after the last one that counts, if a rule says when it is due.
    fn next<'a>(
        &'a self,
        known: &Known<'a>,
        recipient_ref: &'a PersonRef,
        doses: &[(&'a DoseId, &'a Dose)],
    ) -> Option<Awaited<'a>> {
        let (_, first) = doses.first().filter(|(_, own)| !wants_none(known, own))?;
        let registered = &known.state.registry.registered;
        let (_, rule) = registered.rule(Dosing::of, known.now.local_date(first.zone)?)?;
        let mut valid: Vec<DoseGiven> = Vec::new();
        let mut last: Option<(u32, &DoseId, &Dose)> = None;
        for (dose_id, dose) in doses {
            let age = dose.day().and_then(|on| registered.age_on(recipient_ref, on));
            let given =
                dose.given(age).filter(|own| is_valid(own, &valid, rule) == Validity::Valid);
            if given.as_ref().is_some_and(|own| last.is_none_or(|(no, ..)| no < own.dose_no)) {
                last = Some((dose.record.dose_no, dose_id, dose));
            }
            valid.extend(given);
        }
        let (last_no, dose_id, dose) = last?;
        let dose_no = last_no.checked_add(1)?;
        let due_on = first_day(rule, &valid, dose_no)?;
        let (matter, version_n) = (self.doses.get(dose_id)?, dose.version_n);
        let visit = visit_of(known, recipient_ref);
        Some(Awaited { matter, recipient_ref, dose_no, due_on, version_n, visit })
    }

    /// Who has a place, or lost it with a session and is booked anew by [`DoseDue::rebooks`].
    fn placed<'a>(&self, known: &Known<'a>) -> BTreeSet<Place<'a>> {
        let services = &known.state.services;
        let placed = services.appointments.iter().filter(|(name, own)| {
            let is_live = services.status(own).is_live();
            is_live || (own.status.is_live() && self.is_lost(known, name, own))
        });
        placed.map(|(_, own)| (&own.recipient_ref, &own.series_id, own.dose_no)).collect()
    }
}

/// The first day on which a dose of any product may be given.
fn first_day(rule: &Dosing, valid: &[DoseGiven], dose_no: u32) -> Option<NaiveDate> {
    let rows = rule.rows.iter().filter(|row| row.to_dose == dose_no);
    let products = rows.flat_map(|row| &row.products);
    let products = products.filter_map(|code| ProductCode::new(code).ok());
    let of_products = products.filter_map(|code| due_on(valid, dose_no, Some(&code), rule));
    of_products.chain(due_on(valid, dose_no, None, rule)).min()
}

/// Whether somebody took their consent to vaccination back, or demands to be forgotten.
fn wants_none(known: &Known<'_>, dose: &Dose) -> bool {
    let (registry, person) = (&known.state.registry, &dose.recipient_ref);
    let mut own = registry.registered.consents.values().filter(|own| own.subject_ref == *person);
    let took_it_back = own.any(|own| own.withdrawn.contains_key(VACCINATION));
    let consents = || registry.registered.has_consent(person, VACCINATION, known.now, dose.zone);
    registry.erasures.contains_key(person) || (took_it_back && !consents())
}

fn visit_of<'a>(known: &Known<'a>, recipient_ref: &PersonRef) -> Option<&'a HomeVisitId> {
    let open = [Progress::Requested, Progress::Approved, Progress::Scheduled];
    let mut visits = known.state.services.visits.iter();
    let own = visits.find(|(_, visit)| {
        visit.recipient_ref.as_ref() == Some(recipient_ref) && open.contains(&visit.progress)
    });
    own.map(|(visit_id, _)| visit_id)
}
