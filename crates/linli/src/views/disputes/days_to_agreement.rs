//! How long it took from taking a dispute in until an agreement was in effect.

use super::{Disputes, asks_the_disputes};
use crate::domain::DisputeId;
use crate::views::Rate;

/// The days to an agreement, for the disputes registered by the end of a day.
#[derive(Clone, Debug)]
pub struct DaysToAgreement(Disputes);

asks_the_disputes!(DaysToAgreement);

impl DaysToAgreement {
    /// Local days from registration to effect, by dispute; 0 where both are on one day, negative
    /// where an agreement was older than its registration. Disputes without an agreement in effect
    /// are not among them: [`DaysToAgreement::agreed`] says how many those are.
    pub fn by_dispute(&self) -> impl Iterator<Item = (&DisputeId, i64)> {
        self.0.in_effect().filter_map(|(dispute_id, told, effect)| {
            let days = effect.effect_on.signed_duration_since(told.registered_on?).num_days();
            Some((dispute_id, days))
        })
    }

    /// The median: of an even number, the lower of the two in the middle. `None` without any
    /// agreement.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        let mut days: Vec<i64> = self.by_dispute().map(|(_, days)| days).collect();
        days.sort_unstable();
        days.get(days.len().checked_sub(1)? / 2).copied()
    }

    /// Agreements in effect of disputes registered.
    #[must_use]
    pub fn agreed(&self) -> Rate {
        Rate::of(self.0.iter().map(|(_, told)| self.0.effect(told).is_some()))
    }
}
