//! Which places there are, and how they stand.

use super::{Registry, asks_the_registry};
use crate::domain::{Place, PlaceId, PlaceKind, PlaceState};

/// The places of the registry at the end of a day.
#[derive(Clone, Debug)]
pub struct Places(Registry);

asks_the_registry!(Places);

impl Places {
    /// Every place, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&PlaceId, &Place)> {
        self.0.state.registered.places.iter()
    }

    /// How many of a kind stand so.
    #[must_use]
    pub fn count(&self, kind: PlaceKind, state: PlaceState) -> usize {
        self.iter().filter(|(_, place)| place.kind == kind && place.state == state).count()
    }
}
