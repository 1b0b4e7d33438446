//! Who wants to be forgotten, and how far that is.

use super::{Registry, asks_the_registry};
use crate::domain::PersonRef;
use crate::domain::registry::Erasure;

/// The demands to be forgotten at the end of a day.
#[derive(Clone, Debug)]
pub struct Erasures(Registry);

asks_the_registry!(Erasures);

impl Erasures {
    /// Every demand, and what was answered.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonRef, &Erasure)> {
        self.0.state.erasures.iter()
    }

    /// Those whose key still has to be destroyed.
    pub fn open(&self) -> impl Iterator<Item = (&PersonRef, &Erasure)> {
        self.iter().filter(|(_, erasure)| !erasure.is_destroyed)
    }
}
