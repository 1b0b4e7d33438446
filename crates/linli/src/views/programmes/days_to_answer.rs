//! How long it took until an idea was answered.

use super::{Period, Programmes, count};
use crate::domain::IdeaId;
use crate::views::Rate;

/// The days to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaysToAnswer<'a> {
    /// Local days from submission to adoption, decline or merging, by idea; 0 on the same day.
    pub by_idea: Vec<(&'a IdeaId, i64)>,
    /// Answered, of submitted.
    pub answered: Rate,
}

impl Programmes {
    /// The days to the first answer of each idea submitted in a period.
    #[must_use]
    pub fn days_to_answer(&self, period: Period) -> DaysToAnswer<'_> {
        let mut by_idea = Vec::new();
        let mut of_n = 0_u64;
        for (idea_id, idea, on) in self.submitted_in(period) {
            of_n = of_n.saturating_add(1);
            let days = idea.answered_on.map(|day| day.signed_duration_since(on).num_days());
            by_idea.extend(days.map(|days| (idea_id, days)));
        }
        let answered = Rate { counted_n: count(by_idea.len()), of_n };
        DaysToAnswer { by_idea, answered }
    }
}

impl DaysToAnswer<'_> {
    /// The median: of an even number, the lower of the two in the middle. `None` without any
    /// answer.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        let mut days: Vec<i64> = self.by_idea.iter().map(|(_, days)| *days).collect();
        days.sort_unstable();
        days.get(days.len().checked_sub(1)? / 2).copied()
    }
}
