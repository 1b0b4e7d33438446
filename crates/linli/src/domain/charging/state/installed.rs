//! What each connector can do, as it was put into service.

use std::collections::BTreeMap;

use super::super::Event;
use crate::domain::{ConnectorId, Evolve, Happened, Watts};

/// What a connector can do; nothing is known of one that was never put into service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Its greatest power, in watts.
    pub max_power: Option<Watts>,
    /// Whether vehicles may feed energy back, so that a negative amount is no doubt.
    pub feeds_back: bool,
}

/// The connectors that were put into service so far.
#[derive(Clone, Debug, Default)]
pub struct Installations(BTreeMap<ConnectorId, Installed>);

impl Installations {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 1] = ["ConnectorCommissioned"];

    /// What a connector can do.
    #[must_use]
    pub fn at(&self, connector: Option<&ConnectorId>) -> Installed {
        connector.and_then(|connector| self.0.get(connector)).copied().unwrap_or_default()
    }
}

impl Evolve for Installations {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::ConnectorCommissioned { connector, max_power, feeds_back, .. } =
            &happened.event
        {
            let installed = Installed { max_power: *max_power, feeds_back: *feeds_back };
            self.0.insert(connector.clone(), installed);
        }
    }
}
