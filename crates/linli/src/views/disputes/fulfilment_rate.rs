//! How many agreements were kept.

use super::{Disputes, asks_the_disputes};
use crate::domain::disputes::Agreement;
use crate::views::Rate;

/// Agreements of which everything owed is done, of the agreements in effect at the end of a day
/// that say what is owed.
///
/// Whether something was due yet is no question here:
/// [`OverdueObligations`](super::OverdueObligations) looks at that.
#[derive(Clone, Debug)]
pub struct FulfilmentRate(Disputes);

asks_the_disputes!(FulfilmentRate);

impl FulfilmentRate {
    /// Kept agreements, of those that say what is owed.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let stated = self.agreements().filter(|agreement| !agreement.obligations().is_empty());
        Rate::of(
            stated.map(|agreement| {
                agreement.obligations().iter().all(|owed| agreement.is_done(owed))
            }),
        )
    }

    /// Agreements of which nobody can tell, because no terms with anything owed were written down,
    /// of all in effect.
    #[must_use]
    pub fn untold(&self) -> Rate {
        Rate::of(self.agreements().map(|agreement| agreement.obligations().is_empty()))
    }

    /// Obligations that are done, of all that are owed.
    #[must_use]
    pub fn obligations(&self) -> Rate {
        Rate::of(self.agreements().flat_map(|agreement| {
            agreement.obligations().iter().map(|owed| agreement.is_done(owed))
        }))
    }

    fn agreements(&self) -> impl Iterator<Item = &Agreement> {
        self.0.in_effect().map(|(_, told, _)| &told.dispute.agreement)
    }
}
