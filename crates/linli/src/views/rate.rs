//! A share of something, which never comes without what it is a share of.

use crate::domain::Exact;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub counted_n: u64,
    /// Of how many.
    pub of_n: u64,
}

impl Rate {
    /// How many of these hold.
    #[must_use]
    pub(crate) fn of(each: impl Iterator<Item = bool>) -> Self {
        let mut rate = Self::default();
        for holds in each {
            rate.add(holds);
        }
        rate
    }

    /// One more of them, which holds or does not.
    pub(crate) fn add(&mut self, holds: bool) {
        self.of_n = self.of_n.saturating_add(1);
        self.counted_n = self.counted_n.saturating_add(holds.into());
    }

    /// The share as an exact fraction; `None` of nothing.
    #[must_use]
    pub fn share(self) -> Option<Exact> {
        Exact::fraction(self.counted_n.into(), self.of_n.into()).ok()
    }
}
