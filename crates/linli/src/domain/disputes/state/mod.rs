//! What the events add up to: how each dispute stands, who is taken when, what was disclosed.

mod agreement;
mod dispute;

pub use agreement::{Agreement, Effect, Performed};
pub use dispute::{Confirmation, Dispute, End, Party, Phase, Session};

use std::collections::BTreeMap;

use super::{Event, Relation};
use crate::domain::{Diary, DisputeId, Evolve, Happened, PersonRef, Span};

/// Everything a decision in the mediation room has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The disputes.
    pub disputes: BTreeMap<DisputeId, Dispute>,
    /// The time of mediators, by dispute and session.
    pub diary: Diary<PersonRef, (DisputeId, u32)>,
    /// What a mediator said they are to a person, in whatever dispute.
    pub interests: BTreeMap<(PersonRef, PersonRef), Vec<Relation>>,
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::MediationScheduled { dispute_id, session_no, mediator_ref, .. } => {
                let span = span(&happened.event);
                self.diary.take(mediator_ref, &(dispute_id.clone(), *session_no), span);
            }
            Event::MediationUnscheduled { dispute_id, session_no, mediator_ref, .. } => {
                self.diary.free(mediator_ref, &(dispute_id.clone(), *session_no));
            }
            Event::MediationHeld {
                dispute_id, session_no, mediator_ref: Some(mediator), ..
            } => {
                let span = span(&happened.event);
                self.diary.take(mediator, &(dispute_id.clone(), *session_no), span);
            }
            Event::InterestDisclosed {
                mediator_ref,
                person_ref: Some(person_ref),
                relation,
                ..
            } => {
                let pair = (mediator_ref.clone(), person_ref.clone());
                self.interests.entry(pair).or_default().push(*relation);
            }
            _ => {}
        }
        self.disputes.entry(happened.event.dispute().clone()).or_default().evolve(happened);
    }
}

fn span(event: &Event) -> Span {
    event.busy().map(|(_, span)| span).unwrap_or_default()
}
