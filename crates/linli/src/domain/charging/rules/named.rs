//! Whatever a command names has to be there, and what it makes must not be. A report of a session
//! names what it saw, and is taken even where nobody knew of it.

use super::super::{Command, State};
use super::{Refusal, exists, unknown};
use crate::domain::{CardId, ConnectorId};

use Command as C;

impl State {
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            C::StartSession { session, .. } if self.points.sessions.contains_key(session) => {
                Err(Refusal::SessionExists { session: session.clone() })
            }
            C::CommissionConnector { connector, .. } if self.is_commissioned(connector) => {
                Err(exists("connector", connector))
            }
            C::RetireConnector { connector, .. } if !self.is_commissioned(connector) => {
                Err(unknown("connector", connector))
            }
            C::IssueCard { card, .. } if self.is_issued(card) => Err(exists("card", card)),
            C::BlockCard { card, .. } if !self.is_issued(card) => Err(unknown("card", card)),
            C::AssignTariff { tariff, .. } if !self.tariffs.has(tariff) => {
                Err(unknown("tariff", tariff))
            }
            _ => Ok(()),
        }
    }

    fn is_commissioned(&self, connector: &ConnectorId) -> bool {
        self.points.connectors.get(connector).is_some_and(|connector| connector.is_commissioned)
    }

    fn is_issued(&self, card: &CardId) -> bool {
        self.points.cards.get(card).is_some_and(|card| card.is_issued)
    }
}
