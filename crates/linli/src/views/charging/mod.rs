//! What is asked of the charging points: which there are, how they are used, what they give off.

mod card_bills;
mod connectors;
mod energy_by_building;
mod flying_wires_before_after;
mod points;
mod points_per_household;
mod sessions;
mod tariff_in_force;
mod utilisation;

#[cfg(test)]
mod tests;

pub(super) use card_bills::priced;
pub use card_bills::{Billed, CardBills};
pub use connectors::{Connectors, ListedConnector, Standing};
pub use energy_by_building::{EnergyByBuilding, Given, Site};
pub use flying_wires_before_after::{FlyingWiresBeforeAfter, Side};
pub use points::PointsInService;
pub use sessions::Sessions;
pub use tariff_in_force::{EnergyPrice, TariffInForce};
pub use utilisation::Utilisation;
