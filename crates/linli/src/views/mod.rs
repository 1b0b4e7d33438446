//! What a neighbour asks of the record, each answer a fold over events.
//!
//! A view knows no ledger and no store: events are handed to it in the order of the journal, and
//! thrown away and folded again it is the same.

mod facts;
mod points;
mod sessions;
mod tariff_in_force;

pub use facts::{Fact, Facts};
pub use points::PointsInService;
pub use sessions::Sessions;
pub use tariff_in_force::{EnergyPrice, TariffInForce};
