//! What a neighbour asks of the record, each answer a fold over events.
//!
//! A view knows no ledger and no store: events are handed to it in the order of the journal, and
//! thrown away and folded again it is the same. [`AllViews`] is all of them in one pass; whoever
//! writes another adds its line there.
//!
//! Of which community, as of which day and as known at which position a view is asked is said once
//! for all of them, by [`Asked`]: it says which events are handed in
//! ([`Ledger::ask`](crate::ledger::Ledger::ask) does that). Views have no arguments for it; one
//! that judges by a day (what is overdue) is made for that day. People who are counted are counted
//! once, however many records turned out to be theirs
//! ([`Registered::distinct`](crate::domain::Registered::distinct)).

mod all_views;
mod annual_report;
mod asked;
pub mod cases;
pub mod charging;
mod disputes;
mod facts;
mod over_all;
pub mod programmes;
mod published_form;
mod rate;
pub mod registry;
pub mod services;
mod volunteering;

#[cfg(test)]
mod tests;

pub use all_views::{AllViews, Questions};
pub use annual_report::{AnnualReport, Row, Sources};
pub use asked::Asked;
pub use charging::{
    Billed, CardBills, Connectors, EnergyByBuilding, EnergyPrice, FlyingWiresBeforeAfter,
    PointsInService, Sessions, TariffInForce, Utilisation,
};
pub use disputes::{
    AcceptanceRate, AgreementForm, ConfirmationWindow, DaysToAgreement, Disputes, FulfilmentRate,
    Load, MediationSuccess, MediatorLoad, Overdue, OverdueObligations, RepeatParties, Told, Window,
};
pub use facts::{Fact, Facts};
pub use over_all::{CorrectedFact, Correction, Corrections, DoublePresence, TwoPlaces, Where};
pub use programmes::{Period, Programmes};
pub use published_form::published_form;
pub use rate::Rate;
pub use services::Services;
pub use volunteering::{
    Beneficiaries, CertificateCheck, Checked, PartyMemberShare, ProjectGrowth, ProjectsActive,
    ServicesRendered, ShiftNoShowRate, StarLevels, Turnout, VolunteerHours, VolunteersActive,
};
