//! What asks is checked here; what reports passes, but for an amount that nobody can read and a
//! stretch of time that is none.

use std::collections::BTreeSet;

use super::super::tariff::Tariff;
use super::super::{Command, Event, State};
use super::doubts::Start;
use super::{Refusal, one};
use crate::domain::{CardId, ConnectorId, Happened, Money, SessionKey, TariffId, Timestamp, Zone};

use Command as C;

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            C::StartSession { connector, card, at, .. } => self.may_start(connector, card, *at),
            C::RecordBill { amount, .. } if Money::written(amount).is_none() => {
                Err(Refusal::NotAnAmount { amount: amount.clone() })
            }
            C::NoteClockOffset { from, until, .. } if until <= from => {
                Err(Refusal::NoTimeBetween { from: *from, until: *until })
            }
            _ => Ok(()),
        }
    }

    /// The sessions of which more has to be read before one starts: what seems to go on at its
    /// connector and under its card, and what doubts about it rest on.
    pub(super) fn half_known(&self, command: &Command) -> BTreeSet<&SessionKey> {
        let (connector, card) = command.occupies();
        let point = connector.and_then(|connector| self.points.connectors.get(connector));
        let holder = card.and_then(|card| self.points.cards.get(card));
        let at_point = point.into_iter().flat_map(|point| &point.active);
        let going_on = at_point.chain(holder.into_iter().flat_map(|holder| &holder.active));
        let start = Start::reported(command).into_iter();
        going_on.chain(start.flat_map(|start| start.doubtful(&self.points))).collect()
    }

    fn may_start(
        &self,
        connector: &ConnectorId,
        card: &CardId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let point = self.points.connectors.get(connector);
        let unavailable = |because: &str| Refusal::ConnectorNotAvailable {
            connector: connector.clone(),
            because: because.to_owned(),
        };
        let Some(point) = point.filter(|point| point.is_commissioned) else {
            return Err(unavailable("it was never commissioned"));
        };
        if point.is_retired {
            return Err(unavailable("it is retired"));
        }
        if let Some((fault, until)) = &point.fault
            && until.is_none_or(|until| at < until)
        {
            return Err(unavailable(fault));
        }
        if let Some(active) = point.active.first() {
            let (connector, session) = (connector.clone(), active.clone());
            return Err(Refusal::ConnectorActive { connector, session });
        }
        let holder = self.points.cards.get(card);
        if holder.is_some_and(|holder| holder.is_blocked) {
            return Err(Refusal::CardIsBlocked { card: card.clone() });
        }
        if let Some(active) = holder.and_then(|holder| holder.active.first()) {
            let (card, session) = (card.clone(), active.clone());
            return Err(Refusal::CardActive { card, session });
        }
        Ok(())
    }

    /// The same version with the same content is published once; with other content never.
    pub(super) fn publish(
        &self,
        at: Timestamp,
        zone: Zone,
        content: String,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        let read = Tariff::from_json(&content)
            .map_err(|error| Refusal::BadTariff { reason: error.to_string() })?;
        let tariff = TariffId::new(read.id())?;
        let version = read.version();
        let hash = read.hash().to_owned();
        match self.tariffs.hash(&tariff, version) {
            Some(published) if published == hash => Ok(Vec::new()),
            Some(_) => Err(Refusal::VersionHasOtherContent { tariff, version }),
            None => Ok(one(at, zone, Event::TariffPublished { tariff, version, content, hash })),
        }
    }
}
