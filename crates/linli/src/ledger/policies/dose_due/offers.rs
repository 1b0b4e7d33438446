//! What is offered, until when, and to whom next.

use std::collections::BTreeMap;

use super::super::steps::{Due, Known, days_after};
use super::DoseDue;
use super::queue::{Awaited, offer_step};
use super::sessions::{free_slots, serves, upcoming};
use crate::domain::ClinicSessionId;
use crate::domain::policies::Notice;

/// Each place that is free and not kept for somebody is offered to the next who is due.
pub(super) fn offers(known: &Known<'_>, queue: &[Awaited<'_>]) -> Vec<Due> {
    let mut due = Vec::new();
    let mut waiting = Vec::new();
    let mut kept: BTreeMap<&ClinicSessionId, usize> = BTreeMap::new();
    for next in queue.iter().filter(|next| next.is_due(known)) {
        if let Some(visit_id) = next.visit {
            let brings = next.matter.step(&format!("bring it on visit {visit_id}"));
            due.push(brings.tells(Notice::Task, None));
            continue;
        }
        let sessions = known.state.services.sessions.keys();
        let answers = sessions.filter_map(|name| Some((name, keeps(known, next, name)?)));
        let before = due.len();
        for (session_id, answer) in answers {
            let places = kept.entry(session_id).or_default();
            *places = places.saturating_add(1);
            due.push(answer);
        }
        if due.len() == before {
            waiting.push(next);
        }
    }
    for (session_id, plan) in upcoming(known) {
        let places = free_slots(known, session_id, plan).len();
        let mut free = places.saturating_sub(kept.get(session_id).copied().unwrap_or_default());
        waiting.retain(|next| {
            let step = next.offer_step(session_id.as_str());
            let may_have = free > 0 && serves(plan, next.matter, next.dose_no);
            if !may_have || known.is_taken(next.matter, &step) {
                return true;
            }
            due.push(next.matter.step(&step).tells(Notice::Offer, Some(next.recipient_ref)));
            free = free.saturating_sub(1);
            false
        });
    }
    due
}

/// The wait for an answer to an offer that was made and has not lapsed; then the next is asked.
fn keeps(known: &Known<'_>, next: &Awaited<'_>, session_id: &ClinicSessionId) -> Option<Due> {
    let offer = next.offer_step(session_id.as_str());
    let answer = answer_step(&offer);
    let is_open = known.is_taken(next.matter, &offer) && !known.is_late(next.matter, &answer);
    let until = days_after(known.now, known.limits(next.matter.zone).offer_days);
    is_open.then(|| known.deadline(next.matter, &answer, until, |late| late))
}

fn answer_step(offer: &str) -> String {
    format!("answer to {offer}")
}

impl DoseDue {
    /// What was offered for a version of a dose that stands no more is taken back.
    pub(super) fn withdraws(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (dose_id, matter) in &self.doses {
            let Some(dose) = known.state.services.doses.get(dose_id) else { continue };
            for version_n in 0..dose.version_n {
                for session_id in known.state.services.sessions.keys() {
                    let offer = offer_step(session_id.as_str(), version_n);
                    let has_lapsed = known.is_late(matter, &answer_step(&offer));
                    if known.is_taken(matter, &offer) && !has_lapsed {
                        let step = matter.step(&format!("withdraw {offer}"));
                        due.push(step.tells(Notice::Report, Some(&dose.recipient_ref)));
                    }
                }
            }
        }
        due
    }
}
