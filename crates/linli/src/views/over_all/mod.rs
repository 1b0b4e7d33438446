//! What is asked over all contexts.

mod corrections;
mod double_presence;

#[cfg(test)]
mod tests;

pub(super) use corrections::is_correction;
pub use corrections::{Correction, Corrections, Fact as CorrectedFact};
pub use double_presence::{DoublePresence, TwoPlaces, Where};
