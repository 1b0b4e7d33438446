//! How many disputes came to mediation, of those that were taken in.

use super::{Disputes, asks_the_disputes};
use crate::views::Rate;

/// Disputes whose parties all agreed to mediation, of those registered by the end of a day.
///
/// Agreeing counts once and for good: a dispute in which a party refused later came to mediation
/// all the same.
#[derive(Clone, Debug)]
pub struct AcceptanceRate(Disputes);

asks_the_disputes!(AcceptanceRate);

impl AcceptanceRate {
    /// Accepted of registered.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.0.iter().map(|(_, told)| told.was_accepted))
    }
}
