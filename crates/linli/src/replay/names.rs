//! Names that come again and again, checked when they are first seen.

use foldhash::HashSet;

use crate::domain::{CardId, ConnectorId};

/// So many names are kept; with more, all are forgotten, and checked anew.
const MOST: usize = 1 << 16;

/// The connectors and cards seen so far.
#[derive(Default)]
pub(super) struct Names {
    connectors: HashSet<ConnectorId>,
    cards: HashSet<CardId>,
}

impl Names {
    /// The connector of this name; `None` if it is no name.
    pub(super) fn connector(&mut self, name: &[u8]) -> Option<ConnectorId> {
        if let Some(known) = self.connectors.get(name) {
            return Some(known.clone());
        }
        let connector = ConnectorId::new(std::str::from_utf8(name).ok()?).ok()?;
        if self.connectors.len() >= MOST {
            self.connectors.clear();
        }
        self.connectors.insert(connector.clone());
        Some(connector)
    }

    /// The card of this name; `None` if it is no name.
    pub(super) fn card(&mut self, name: &[u8]) -> Option<CardId> {
        if let Some(known) = self.cards.get(name) {
            return Some(known.clone());
        }
        let card = CardId::new(std::str::from_utf8(name).ok()?).ok()?;
        if self.cards.len() >= MOST {
            self.cards.clear();
        }
        self.cards.insert(card.clone());
        Some(card)
    }
}
