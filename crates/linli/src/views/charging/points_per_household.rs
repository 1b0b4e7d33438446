//! How many charging points there are for how many households.

use super::PointsInService;
use crate::domain::{PlaceKind, PlaceState, Registered};
use crate::views::Rate;

impl PointsInService {
    /// The points in service on the day, of the households in use: a share above one where there
    /// are more points. Planned and closed households are none.
    #[must_use]
    pub fn per_household(&self, registered: &Registered) -> Rate {
        let lived_in = registered
            .places
            .values()
            .filter(|place| place.kind == PlaceKind::Household && place.state == PlaceState::InUse);
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Rate { counted_n: count(self.count()), of_n: count(lived_in.count()) }
    }
}
