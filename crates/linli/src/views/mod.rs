//! What a neighbour asks of the record, each answer a fold over events.
//!
//! A view knows no ledger and no store: events are handed to it in the order of the journal, and
//! thrown away and folded again it is the same.

mod acceptance_rate;
mod days_to_agreement;
mod disputes;
mod facts;
mod overdue_obligations;
mod points;
mod rate;
mod sessions;
mod tariff_in_force;
mod volunteering;

#[cfg(test)]
mod tests;

pub use acceptance_rate::AcceptanceRate;
pub use days_to_agreement::DaysToAgreement;
pub use disputes::{Disputes, Told};
pub use facts::{Fact, Facts};
pub use overdue_obligations::{Overdue, OverdueObligations};
pub use points::PointsInService;
pub use rate::Rate;
pub use sessions::Sessions;
pub use tariff_in_force::{EnergyPrice, TariffInForce};
pub use volunteering::{
    Beneficiaries, CertificateCheck, Checked, PartyMemberShare, ProjectGrowth, ProjectsActive,
    ServicesRendered, ShiftNoShowRate, StarLevels, Turnout, VolunteerHours, VolunteersActive,
};
