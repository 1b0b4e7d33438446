//! How many of the children who were expected came.

use super::{Period, Programmes, count};
use crate::domain::Registered;
use crate::domain::programmes::ClassPhase;
use crate::views::Rate;

impl Programmes {
    /// Attended of expected or told of, over the classes held in a period. A child of whom nothing
    /// was told was not there.
    #[must_use]
    pub fn attendance_rate(&self, period: Period, registered: &Registered) -> Rate {
        let mut told = self.attendance(registered);
        told.retain(|told| told.phase == ClassPhase::Held && period.holds(told.on));
        let attended = told.iter().filter(|told| told.standing.is_attended());
        Rate { counted_n: count(attended.count()), of_n: count(told.len()) }
    }
}
