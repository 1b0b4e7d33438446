//! How long it took from taking a dispute in until an agreement was in effect.

use chrono::NaiveDate;

use super::{Disputes, Rate};
use crate::domain::{DisputeId, Event, Evolve, Happened};

/// The days to an agreement, for the disputes registered by the end of a day.
#[derive(Clone, Debug)]
pub struct DaysToAgreement(Disputes);

impl DaysToAgreement {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Disputes::as_of(day))
    }

    /// Local days from registration to effect, by dispute; 0 where both are on one day, negative
    /// where an agreement was older than its registration. Disputes without an agreement in effect
    /// are not among them: [`DaysToAgreement::agreed`] says how many those are.
    pub fn by_dispute(&self) -> impl Iterator<Item = (&DisputeId, i64)> {
        let day = self.0.day();
        self.0.iter().filter_map(move |(dispute_id, told)| {
            let effect_on = told.dispute.agreement.effect?.effect_on;
            let days = effect_on.signed_duration_since(told.registered_on?).num_days();
            (effect_on <= day).then_some((dispute_id, days))
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
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Rate { counted_n: count(self.by_dispute().count()), of_n: count(self.0.iter().count()) }
    }
}

impl Evolve for DaysToAgreement {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
