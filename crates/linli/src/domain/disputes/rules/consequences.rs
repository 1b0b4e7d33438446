//! What follows from an event in the same append: an agreement comes into effect with its last
//! mark, and time that is no longer needed is free again.

use super::super::state::Dispute;
use super::super::{Event, Form, State};
use crate::domain::{DisputeId, Evolve, Happened, PersonRef, Span};

impl State {
    /// Adds what follows from the event that a command led to.
    pub(super) fn add_what_follows(&self, events: &mut Vec<Happened<Event>>) {
        let Some(told) = events.first().cloned() else { return };
        let dispute_id = told.event.dispute().clone();
        let before = self.disputes.get(&dispute_id).cloned().unwrap_or_default();
        let mut after = before.clone();
        after.evolve(&told);
        let follows = |event| Happened::at(told.at, told.zone, event);
        let freed = unneeded(&dispute_id, &before, &after, &told.event);
        // What is moved is free before it is taken anew.
        events.splice(0..0, freed.into_iter().map(follows));
        if after.end.is_none()
            && let Some(event) = effect(&dispute_id, &after, &told.event)
        {
            events.push(follows(event));
        }
    }
}

/// The agreement that binds from this event on, if it does.
fn effect(dispute_id: &DisputeId, after: &Dispute, told: &Event) -> Option<Event> {
    let agreement = &after.agreement;
    let dispute_id = dispute_id.clone();
    let newest = Some(agreement.newest()).filter(|version| *version > 0);
    match told {
        // Article 30: an oral agreement takes effect on the day it is reached. One is in effect
        // only once; what is reached by word of mouth later is recorded and changes no date.
        Event::OralAgreementReached { reached_on, .. } if agreement.effect.is_none() => {
            let (form, effect_on) = (Form::Oral, *reached_on);
            Some(Event::AgreementInEffect { dispute_id, form, effect_on, version_n: newest })
        }
        // Article 29: a written one with the last mark of parties, mediator and committee.
        Event::AgreementSigned { .. }
        | Event::MediatorSigned { .. }
        | Event::CommitteeSealed { .. }
            if after.is_accepted() && !agreement.is_settled() =>
        {
            let (form, effect_on) = (Form::Written, agreement.marked_on(after.parties.keys())?);
            Some(Event::AgreementInEffect { dispute_id, form, effect_on, version_n: newest })
        }
        _ => None,
    }
}

/// The scheduled sessions that will not be: those of a dispute that has ended or has another
/// mediator, and the planned time of one that was held at another.
fn unneeded(dispute_id: &DisputeId, before: &Dispute, after: &Dispute, told: &Event) -> Vec<Event> {
    let freed =
        |(session_no, mediator_ref, span): (u32, &PersonRef, Span)| Event::MediationUnscheduled {
            dispute_id: dispute_id.clone(),
            session_no,
            mediator_ref: mediator_ref.clone(),
            starts_at: span.from,
            ends_at: span.until,
        };
    match told {
        Event::MediationHeld { session_no, .. } => {
            let moved = before.scheduled().filter(|(number, _, planned)| {
                number == session_no
                    && after.sessions.get(number).is_some_and(|held| held.span != *planned)
            });
            moved.map(freed).collect()
        }
        Event::MediatorReplaced { .. }
        | Event::PartyRefused { .. }
        | Event::MediationTerminated { .. }
            if after.end.is_some() || after.mediator != before.mediator =>
        {
            before.scheduled().map(freed).collect()
        }
        _ => Vec::new(),
    }
}
