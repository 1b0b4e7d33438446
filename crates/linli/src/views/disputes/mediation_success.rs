//! How many mediations ended with an agreement.

use super::{Disputes, asks_the_disputes};
use crate::domain::disputes::Phase;
use crate::views::Rate;

/// Mediations that ended with an agreement in effect, of those that were concluded by the end of a
/// day: with one, or ended without.
///
/// A dispute that a party declined before all had agreed to mediation never came to it, and is in
/// no part of the rate; [`AcceptanceRate`](super::AcceptanceRate) tells of those.
#[derive(Clone, Debug)]
pub struct MediationSuccess(Disputes);

asks_the_disputes!(MediationSuccess);

impl MediationSuccess {
    /// Agreements of concluded.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let ends = self.0.iter().filter_map(|(_, told)| {
            let is_agreed = self.0.effect(told).is_some();
            let is_concluded = is_agreed || told.dispute.phase() == Phase::Terminated;
            is_concluded.then_some(is_agreed)
        });
        Rate::of(ends)
    }
}
