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
    /// The share as an exact fraction; `None` of nothing.
    #[must_use]
    pub fn share(self) -> Option<Exact> {
        Exact::fraction(self.counted_n.into(), self.of_n.into()).ok()
    }
}
