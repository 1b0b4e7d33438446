//! Ideas, and talks at home.

use super::super::state::{Idea, IdeaPhase};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, unknown, wrong_state};
use crate::domain::{IdeaId, PersonRef};

use Command as C;
use IdeaPhase as P;

/// Before anybody has answered it.
const UNANSWERED: &[P] = &[P::Submitted, P::Screened, P::Assessed];

impl State {
    /// What a command about an idea leads to.
    pub(super) fn in_ideas(&self, command: &Command) -> Answered {
        match command.clone() {
            C::SubmitIdea { idea_id, person_ref, text, .. } => match self.idea(&idea_id) {
                Ok(_) => Err(exists("idea", &idea_id)),
                Err(_) => plain(Event::IdeaSubmitted { idea_id, person_ref, text }),
            },
            C::EndorseIdea { idea_id, person_ref, .. } => {
                self.may_endorse(&idea_id, &person_ref)?;
                plain(Event::IdeaEndorsed { idea_id, person_ref })
            }
            C::MergeIdea { idea_id, into, .. } => {
                self.stands_at(&idea_id, UNANSWERED)?;
                self.stands_at(&into, &[P::Submitted, P::Screened, P::Assessed, P::Adopted])?;
                match into == idea_id {
                    true => Err(wrong_state(&into, "the idea itself", "another idea")),
                    false => plain(Event::IdeaMerged { idea_id, into }),
                }
            }
            C::RecordImplementation { idea_id, .. } => {
                self.idea(&idea_id)?;
                plain(Event::IdeaImplemented { idea_id })
            }
            C::RecordTalk { place_id, topics, .. } => {
                plain(Event::HomeTalkHeld { place_id, topics })
            }
            _ => self.in_steps(command),
        }
    }

    /// The steps that an idea takes one after the other.
    fn in_steps(&self, command: &Command) -> Answered {
        let (idea_id, from, event): (_, &[P], _) = match command.clone() {
            C::ScreenIdea { idea_id, .. } => {
                (idea_id.clone(), &[P::Submitted], Event::IdeaScreened { idea_id })
            }
            // Who assesses an idea has looked it through.
            C::AssessIdea { idea_id, .. } => {
                (idea_id.clone(), &[P::Screened, P::Submitted], Event::IdeaAssessed { idea_id })
            }
            C::AdoptIdea { idea_id, work_ref, .. } => {
                (idea_id.clone(), &[P::Assessed], Event::IdeaAdopted { idea_id, work_ref })
            }
            C::DeclineIdea { idea_id, reason, .. } => {
                (idea_id.clone(), UNANSWERED, Event::IdeaDeclined { idea_id, reason })
            }
            C::WithdrawIdea { idea_id, .. } => {
                (idea_id.clone(), UNANSWERED, Event::IdeaWithdrawn { idea_id })
            }
            C::EndIdea { idea_id, .. } => {
                (idea_id.clone(), &[P::Implemented, P::Adopted], Event::IdeaEnded { idea_id })
            }
            _ => return Ok(Vec::new()),
        };
        self.stands_at(&idea_id, from)?;
        plain(event)
    }

    /// Once a person, and only while there is something to support.
    fn may_endorse(&self, idea_id: &IdeaId, person_ref: &PersonRef) -> Result<(), Refusal> {
        let (idea, phase) = self.idea(idea_id)?;
        if matches!(phase, P::Withdrawn | P::Declined | P::Merged | P::Ended) {
            return Err(wrong_state(idea_id, phase.name(), "open"));
        }
        match idea.endorsed_by.contains(person_ref) {
            true => Err(Refusal::AlreadyEndorsed { person_ref: person_ref.clone() }),
            false => Ok(()),
        }
    }

    fn stands_at(&self, idea_id: &IdeaId, wanted: &[IdeaPhase]) -> Result<(), Refusal> {
        let (_, phase) = self.idea(idea_id)?;
        if wanted.contains(&phase) {
            return Ok(());
        }
        let usual = wanted.first().map_or("open", |wanted| wanted.name());
        Err(wrong_state(idea_id, phase.name(), usual))
    }

    fn idea(&self, idea_id: &IdeaId) -> Result<(&Idea, IdeaPhase), Refusal> {
        let idea = self.ideas.get(idea_id);
        let known = idea.and_then(|idea| Some((idea, idea.phase?)));
        known.ok_or_else(|| unknown("idea", idea_id))
    }
}
