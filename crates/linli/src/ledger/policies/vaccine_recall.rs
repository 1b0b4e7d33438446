//! A lot of vaccine is recalled: whoever was given it hears of that, bookings that would use it are
//! supplied with another or cancelled, and what happens to people afterwards is heard.
//!
//! The notice is given at once, one to each person and lot. No event says that it was understood,
//! so that anything that shows somebody spoke with the person since is taken for that: an
//! observation, an adverse event, a visit at home. To who was not reached in time somebody goes: a
//! task, because a visit is asked for by people, with a consent and a reason under seal.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Due, Known, Matter, hours_after};
use super::{Follows, Told};
use crate::domain::policies::{Notice, Policy};
use crate::domain::services::{
    Appointment, ClinicSession, Command as Services, Event as OfServices, Phase, Plan, Status,
};
use crate::domain::{
    AppointmentId, ClinicSessionId, DoseId, Event, Evolve, LotNo, PersonRef, Timestamp,
};

/// The recalled lots, and when somebody last spoke with a recipient.
#[derive(Debug, Default)]
pub(super) struct VaccineRecall {
    recalled: BTreeMap<LotNo, (Matter, Timestamp)>,
    spoken: BTreeMap<PersonRef, Timestamp>,
    /// After which doses something happened to somebody.
    adverse: BTreeSet<DoseId>,
}

impl Evolve for VaccineRecall {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let at = told.happened.at;
        let Event::Services(event) = &told.happened.event else { return };
        match event {
            OfServices::LotRecalled { lot_no, .. } => {
                let matter = told.matter(Policy::VaccineRecall, lot_no.as_str());
                self.recalled.extend(matter.map(|matter| (lot_no.clone(), (matter, at))));
            }
            OfServices::AdverseEventReported { dose_id, recipient_ref, .. } => {
                self.adverse.insert(dose_id.clone());
                self.speaks(recipient_ref, at);
            }
            OfServices::ObservationCompleted { recipient_ref, .. } => {
                self.speaks(recipient_ref, at);
            }
            _ => {}
        }
    }
}

impl Follows for VaccineRecall {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (lot_no, (matter, recalled_at)) in &self.recalled {
            let hours = known.limits(matter.zone).inform_hours;
            let recall = Recall { lot_no, matter, at: *recalled_at, hours };
            due.extend(self.informs(known, &recall));
            due.extend(recall.supplies(known));
        }
        due
    }
}

/// A lot that was recalled, and how many hours there are to inform everybody.
struct Recall<'a> {
    lot_no: &'a LotNo,
    matter: &'a Matter,
    at: Timestamp,
    hours: u32,
}

impl VaccineRecall {
    fn speaks(&mut self, with: &PersonRef, at: Timestamp) {
        let spoken = self.spoken.entry(with.clone()).or_insert(at);
        *spoken = at.max(*spoken);
    }

    /// Who was given the lot hears of it, and somebody goes to who was not reached. What happens
    /// to them goes to somebody above, once a dose.
    fn informs(&self, known: &Known<'_>, recall: &Recall<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (dose_id, dose) in &known.state.services.doses {
            if dose.is_voided || dose.record.lot_no != *recall.lot_no {
                continue;
            }
            let person_ref = &dose.recipient_ref;
            let inform = recall.matter.step(&format!("inform {person_ref}"));
            due.push(inform.tells(Notice::Report, Some(person_ref)));
            if !self.is_reached(known, person_ref, recall.at) {
                // A dose that was given in spite of the recall has its own time.
                let since = dose.record.administered_at.max(recall.at);
                let (until, wait) =
                    (hours_after(since, recall.hours), format!("reach {person_ref}"));
                let visit = |late: Due| late.tells(Notice::Task, None);
                due.push(known.deadline(recall.matter, &wait, until, visit));
            }
            if self.adverse.contains(dose_id) {
                let adverse = recall.matter.step(&format!("adverse event after {dose_id}"));
                due.push(adverse.tells(Notice::Escalation, None));
            }
        }
        due
    }

    /// Whether somebody spoke with a person since the recall, or was with them.
    fn is_reached(&self, known: &Known<'_>, person_ref: &PersonRef, since: Timestamp) -> bool {
        let mut visits = known.state.services.visits.values();
        self.spoken.get(person_ref).is_some_and(|at| *at >= since)
            || visits.any(|visit| {
                visit.recipient_ref.as_ref() == Some(person_ref)
                    && visit.made.is_some_and(|made| made.from >= since)
            })
    }
}

impl Recall<'_> {
    /// A session that counted on the lot gets another; for whom there is none in time, or when it
    /// opens, the place is cancelled, the last slots first, and they hear of that.
    fn supplies(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (session_id, session) in &known.state.services.sessions {
            let Some(plan) = counts_on(session, self.lot_no) else { continue };
            let booked = booked(known, session_id);
            let lacking = booked.len().saturating_sub(supply(known, session_id, session));
            if lacking == 0 {
                continue;
            }
            let task = self.matter.step(&format!("supply {session_id}"));
            due.push(task.tells(Notice::Task, None));
            let until = hours_after(self.at, self.hours).min(plan.span.from);
            let wait = format!("{session_id} is supplied");
            due.push(known.deadline(self.matter, &wait, until, |late| late));
            if known.is_late(self.matter, &wait) {
                let last = booked.into_iter().rev().take(lacking);
                due.extend(last.map(|(name, own)| self.cancels(known, name, own)));
            }
        }
        due
    }

    fn cancels(&self, known: &Known<'_>, name: &AppointmentId, own: &Appointment) -> Due {
        let step = self.matter.step(&format!("cancel {name}"));
        let (at, zone) = (known.now, self.matter.zone);
        step.tells(Notice::Report, Some(&own.recipient_ref)).and(Services::CancelAppointment {
            appointment_id: name.clone(),
            at,
            zone,
            reason: "the lot was recalled".to_owned(),
        })
    }
}

/// The plan of a session that was to use a lot and is not over.
fn counts_on<'a>(session: &'a ClinicSession, lot_no: &LotNo) -> Option<&'a Plan> {
    let has_it = session.lots.iter().any(|(own, ..)| own == lot_no);
    let is_over = matches!(session.phase, Phase::Closed | Phase::Cancelled);
    session.plan.as_ref().filter(|_| has_it && !is_over)
}

/// How many doses a session has left of lots that were not recalled.
fn supply(known: &Known<'_>, session_id: &ClinicSessionId, session: &ClinicSession) -> usize {
    let services = &known.state.services;
    let is_good = |lot_no: &LotNo| !services.recalled.contains_key(lot_no);
    let good = session.lots.iter().filter(|(lot_no, ..)| is_good(lot_no));
    let doses = good.fold(0_u32, |sum, (.., doses_n)| sum.saturating_add(*doses_n));
    let given = services.doses.values().filter(|dose| {
        !dose.is_voided
            && dose.session_id.as_ref() == Some(session_id)
            && is_good(&dose.record.lot_no)
    });
    usize::try_from(doses).unwrap_or(usize::MAX).saturating_sub(given.count())
}

/// Who has a place in a session, the first slot first.
fn booked<'a>(
    known: &Known<'a>,
    session_id: &ClinicSessionId,
) -> Vec<(&'a AppointmentId, &'a Appointment)> {
    let services = &known.state.services;
    let own = services
        .appointments
        .iter()
        .filter(|(_, own)| own.session_id == *session_id && services.status(own) == Status::Booked);
    let mut booked: Vec<_> = own.collect();
    booked.sort_by_key(|(name, own)| (own.slot_at, *name));
    booked
}
