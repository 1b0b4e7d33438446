//! Who is busy: connectors, cards, and how far each session has come.

use std::collections::BTreeMap;

use super::super::Event;
use crate::domain::{CardId, ConnectorId, Evolve, Happened, SessionKey, Timestamp, WattHours};

/// Connectors, cards and sessions as far as their events were read.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// The connectors.
    pub connectors: BTreeMap<ConnectorId, Connector>,
    /// The cards.
    pub cards: BTreeMap<CardId, Card>,
    /// The sessions.
    pub sessions: BTreeMap<SessionKey, Progress>,
}

/// One connector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connector {
    /// Whether it was put into service.
    pub is_commissioned: bool,
    /// Whether it was taken out of service.
    pub is_retired: bool,
    /// The fault it has, and until when if that is known.
    pub fault: Option<(String, Option<Timestamp>)>,
    /// The session that is going on.
    pub active: Option<SessionKey>,
    /// The latest reported end of a session here.
    pub latest_end: Option<Timestamp>,
    /// The latest start of a session here.
    pub latest_start: Option<Timestamp>,
    /// Whether the latest session here was closed by rule.
    pub was_closed_by_rule: bool,
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Whether it was issued.
    pub is_issued: bool,
    /// Whether it was blocked.
    pub is_blocked: bool,
    /// The session that is going on.
    pub active: Option<SessionKey>,
    /// The latest reported end of a session of it.
    pub latest_end: Option<Timestamp>,
}

/// How far a session has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Where it goes on.
    pub connector: Option<ConnectorId>,
    /// Whose it is.
    pub card: Option<CardId>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// Its first register.
    pub first_register: Option<WattHours>,
    /// Whether it has ended, by report or by rule.
    pub is_over: bool,
    /// Whether it was voided.
    pub is_voided: bool,
}

impl Points {
    fn free(&mut self, session: &SessionKey, at: Option<Timestamp>) {
        let Some(progress) = self.sessions.get(session) else { return };
        if let Some(connector) = &progress.connector {
            let connector = self.connectors.entry(connector.clone()).or_default();
            connector.active = connector.active.take().filter(|active| active != session);
            connector.latest_end = connector.latest_end.max(at);
            connector.was_closed_by_rule = at.is_none();
        }
        if let Some(card) = &progress.card {
            let card = self.cards.entry(card.clone()).or_default();
            card.active = card.active.take().filter(|active| active != session);
            card.latest_end = card.latest_end.max(at);
        }
    }

    fn occupy(&mut self, session: &SessionKey, at: Timestamp) {
        let progress = self.sessions.entry(session.clone()).or_default();
        let (connector, card) = (progress.connector.clone(), progress.card.clone());
        if let Some(connector) = connector {
            let connector = self.connectors.entry(connector).or_default();
            connector.active = Some(session.clone());
            connector.latest_start = connector.latest_start.max(Some(at));
        }
        if let Some(card) = card {
            self.cards.entry(card).or_default().active = Some(session.clone());
        }
    }
}

impl Evolve for Points {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ConnectorCommissioned { connector, .. } => {
                self.connectors.entry(connector.clone()).or_default().is_commissioned = true;
            }
            Event::ConnectorRetired { connector } => {
                self.connectors.entry(connector.clone()).or_default().is_retired = true;
            }
            Event::ConnectorFaulted { connector, fault, until } => {
                let connector = self.connectors.entry(connector.clone()).or_default();
                connector.fault = Some((fault.clone(), *until));
            }
            Event::CardIssued { card, .. } => {
                self.cards.entry(card.clone()).or_default().is_issued = true;
            }
            Event::CardBlocked { card } => {
                self.cards.entry(card.clone()).or_default().is_blocked = true;
            }
            Event::SessionStarted { session, connector, card, register } => {
                let progress = self.sessions.entry(session.clone()).or_default();
                if progress.started_at.is_some() {
                    return;
                }
                progress.started_at = Some(happened.at);
                progress.connector.clone_from(connector);
                progress.card.clone_from(card);
                progress.first_register = *register;
                if !progress.is_over {
                    self.occupy(session, happened.at);
                }
            }
            Event::SessionEnded { session, connector, card, .. } => {
                self.end(session, connector.as_ref(), card.as_ref());
                self.free(session, Some(happened.at));
            }
            Event::SessionClosedByRule { session, connector, card, .. } => {
                self.end(session, connector.as_ref(), card.as_ref());
                self.free(session, None);
            }
            Event::SessionVoided { session, .. } => {
                self.sessions.entry(session.clone()).or_default().is_voided = true;
                self.free(session, None);
            }
            _ => {}
        }
    }
}

impl Points {
    fn end(
        &mut self,
        session: &SessionKey,
        connector: Option<&ConnectorId>,
        card: Option<&CardId>,
    ) {
        let progress = self.sessions.entry(session.clone()).or_default();
        progress.is_over = true;
        // The start may lie before what was read back: the end names both again.
        progress.connector = progress.connector.take().or_else(|| connector.cloned());
        progress.card = progress.card.take().or_else(|| card.cloned());
    }
}
