//! How many disputes came to mediation, of those that were taken in.

use chrono::NaiveDate;

use super::{Disputes, Rate};
use crate::domain::{Event, Evolve, Happened};

/// Disputes whose parties all agreed to mediation, of those registered by the end of a day.
///
/// Agreeing counts once and for good: a dispute in which a party refused later came to mediation
/// all the same.
#[derive(Clone, Debug)]
pub struct AcceptanceRate(Disputes);

impl AcceptanceRate {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Disputes::as_of(day))
    }

    /// Accepted of registered.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let mut rate = Rate::default();
        for (_, told) in self.0.iter() {
            rate.of_n = rate.of_n.saturating_add(1);
            rate.counted_n = rate.counted_n.saturating_add(told.was_accepted.into());
        }
        rate
    }
}

impl Evolve for AcceptanceRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
