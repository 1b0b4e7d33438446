//! How many people there are, each counted once.

use super::{Registry, asks_the_registry};
use crate::domain::PersonRef;
use crate::domain::registry::Standing;

/// The people of the registry at the end of a day.
///
/// Records that were merged count as the one that stands for them, as far as that was known: read
/// up to an earlier position, they are still apart.
#[derive(Clone, Debug)]
pub struct People(Registry);

asks_the_registry!(People);

impl People {
    /// Every record, and how it stands.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonRef, Standing)> {
        let state = &self.0.state;
        let records = state.registered.persons.keys();
        records.filter_map(|person| Some((person, state.standing(person)?)))
    }

    /// How many people that are. A name that was taken out stays counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().filter(|(person, _)| self.0.state.registered.root(person) == *person).count()
    }
}
