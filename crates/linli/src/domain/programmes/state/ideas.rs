//! Ideas, and what became of them.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::{Event, Work};
use crate::domain::{Evolve, Happened, IdeaId, PersonRef};

/// An idea.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Idea {
    /// How it stands; `None` until it was submitted.
    pub phase: Option<IdeaPhase>,
    /// Who submitted it, where that is known.
    pub submitted_by: Option<PersonRef>,
    /// The local day on which it was submitted.
    pub submitted_on: Option<NaiveDate>,
    /// The local day on which it was first adopted, declined or merged.
    pub answered_on: Option<NaiveDate>,
    /// Who supports it.
    pub endorsed_by: BTreeSet<PersonRef>,
    /// What it became.
    pub work: Option<Work>,
    /// The idea that it is a part of.
    pub merged_into: Option<IdeaId>,
}

/// How an idea stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum IdeaPhase {
    Submitted,
    Screened,
    Assessed,
    Adopted,
    Implemented,
    Ended,
    Declined,
    Merged,
    Withdrawn,
}

impl IdeaPhase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Screened => "screened",
            Self::Assessed => "assessed",
            Self::Adopted => "adopted",
            Self::Implemented => "implemented",
            Self::Ended => "ended",
            Self::Declined => "declined",
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Evolve for Idea {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let on = happened.at.local_date(happened.zone);
        let phase = match &happened.event {
            Event::IdeaSubmitted { person_ref, .. } => {
                self.submitted_by.clone_from(person_ref);
                self.submitted_on = on;
                IdeaPhase::Submitted
            }
            Event::IdeaEndorsed { person_ref, .. } => {
                self.endorsed_by.insert(person_ref.clone());
                return;
            }
            Event::IdeaScreened { .. } => IdeaPhase::Screened,
            Event::IdeaAssessed { .. } => IdeaPhase::Assessed,
            Event::IdeaAdopted { work_ref, .. } => {
                self.answered_on = self.answered_on.or(on);
                self.work = Some(work_ref.clone());
                IdeaPhase::Adopted
            }
            Event::IdeaDeclined { .. } => {
                self.answered_on = self.answered_on.or(on);
                IdeaPhase::Declined
            }
            Event::IdeaMerged { into, .. } => {
                self.answered_on = self.answered_on.or(on);
                self.merged_into = Some(into.clone());
                IdeaPhase::Merged
            }
            Event::IdeaWithdrawn { .. } => IdeaPhase::Withdrawn,
            // What was carried out without having been adopted is recorded and adopts nothing.
            Event::IdeaImplemented { .. } if self.phase == Some(IdeaPhase::Adopted) => {
                IdeaPhase::Implemented
            }
            Event::IdeaEnded { .. } => IdeaPhase::Ended,
            _ => return,
        };
        self.phase = Some(phase);
    }
}
