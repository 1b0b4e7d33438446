//! What the events add up to: points and cards for decisions, sessions for bills.

mod installed;
mod points;
mod session;
mod tariffs;

pub use installed::{Installations, Installed};
pub use points::{Card, Connector, Points, Progress};
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
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, event: &Happened<Event>) {
        self.points.evolve(event);
        self.tariffs.evolve(event);
    }
}
