//! How many ideas are adopted.

use super::{Period, Programmes};
use crate::domain::programmes::IdeaPhase;
use crate::views::Rate;

impl Programmes {
    /// Adopted, of the ideas submitted in a period. Withdrawn ones are no part of it, nor merged
    /// ones: those live on in another.
    #[must_use]
    pub fn adoption_rate(&self, period: Period) -> Rate {
        let mut rate = Rate::default();
        for (_, idea, _) in self.submitted_in(period) {
            if !matches!(idea.phase, Some(IdeaPhase::Withdrawn | IdeaPhase::Merged)) {
                rate.of_n = rate.of_n.saturating_add(1);
                rate.counted_n = rate.counted_n.saturating_add(idea.work.is_some().into());
            }
        }
        rate
    }
}
