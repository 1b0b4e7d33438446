//! How many adopted ideas become projects of volunteers.

use super::{Period, Programmes};
use crate::domain::programmes::Work;
use crate::views::Rate;

impl Programmes {
    /// Adopted as a project, of the ideas submitted in a period and adopted as anything.
    #[must_use]
    pub fn ideas_become_projects(&self, period: Period) -> Rate {
        let mut rate = Rate::default();
        for work in self.submitted_in(period).filter_map(|(_, idea, _)| idea.work.as_ref()) {
            let is_project = matches!(work, Work::Project(_));
            rate.of_n = rate.of_n.saturating_add(1);
            rate.counted_n = rate.counted_n.saturating_add(is_project.into());
        }
        rate
    }
}
