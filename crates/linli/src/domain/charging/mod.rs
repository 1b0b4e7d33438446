//! Charging points downstairs: connectors, cards, sessions, meter readings, tariffs and bills.
//!
//! ```text
//! Connector  Available ⇄ Occupied;  either → Faulted → Available;  any → Retired
//! Session    Charging ⇄ Suspended → Ended | ClosedByRule;  any → Voided
//! Bill       Issued → Credited;  Issued | Recorded → Disputed → Settled
//! ```
//!
//! Starting a session is a request and may be refused; what a meter or a station reports has
//! happened, is recorded, and is flagged where it looks wrong.
//!
//! # Source
//! OCPP 2.0.1 (transactions, meter values), OCPI 2.2.1 (tariffs, CDRs).

mod command;
mod event;
mod reading;
mod rules;
mod state;
mod statement_line;
pub mod tariff;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use reading::{Decision, Reading, Register, SuspendedBy, TariffScope};
pub use rules::Refusal;
pub use state::{
    Assignment, Billable, Billing, Card, Connector, Installations, Installed, Issued, OwnBill,
    Points, Progress, Session, SessionState, State, TariffBook,
};
pub use statement_line::StatementLine;
