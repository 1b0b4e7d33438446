//! What the events add up to: points and cards for decisions, sessions for bills.

mod billing;
mod installed;
mod points;
mod session;
mod tariffs;

pub use billing::{Billing, OwnBill};
pub(super) use installed::delivers;
pub use installed::{ClockOffset, Installations, Installed, Replaced};
pub use points::{Card, Connector, Points, Progress};
pub(crate) use session::SampleColumns;
pub use session::{Billable, Issued, Session, SessionState};
pub use tariffs::{Assignment, TariffBook};

use super::Event;
use crate::domain::{Evolve, Happened};

/// Everything a decision at the charging points has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Connectors, cards and the progress of sessions.
    pub points: Points,
    /// Tariff versions and where they apply.
    pub tariffs: TariffBook,
    /// What is known of the connectors beside their sessions.
    pub installations: Installations,
    /// Our bills, their sessions, and the statements.
    pub billing: Billing,
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, event: &Happened<Event>) {
        self.points.evolve(event);
        self.tariffs.evolve(event);
        self.installations.evolve(event);
        self.billing.evolve(event);
    }
}
