//! The ideas, and how each stands.

use chrono::NaiveDate;

use super::{Period, Programmes};
use crate::domain::IdeaId;
use crate::domain::programmes::Idea;

impl Programmes {
    /// The ideas that were submitted, withdrawn and merged ones with them: how each stands is said
    /// in its phase.
    pub fn ideas(&self) -> impl Iterator<Item = (&IdeaId, &Idea)> {
        self.0.ideas.iter().filter(|(_, idea)| idea.submitted_on.is_some())
    }

    /// The ideas submitted in a period, each with the day.
    pub(super) fn submitted_in(
        &self,
        period: Period,
    ) -> impl Iterator<Item = (&IdeaId, &Idea, NaiveDate)> {
        self.ideas().filter_map(move |(idea_id, idea)| {
            let on = idea.submitted_on.filter(|on| period.holds(*on))?;
            Some((idea_id, idea, on))
        })
    }
}
