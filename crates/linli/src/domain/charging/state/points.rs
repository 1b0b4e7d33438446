//! Who is busy: connectors, cards, and how far each session has come.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Event, Reading};
use crate::domain::{
    CardId, ConnectorId, Evolve, Flag, Happened, PersonRef, SessionKey, Timestamp, WattHours,
};

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
    /// The sessions that are going on: one where each was asked for, more where stations reported
    /// them.
    pub active: BTreeSet<SessionKey>,
    /// The latest reported end of a session here.
    pub latest_end: Option<Timestamp>,
    /// The latest start of a session here.
    pub latest_start: Option<Timestamp>,
    /// The register at the latest end that told one, in watt-hours; the first of its meter where
    /// that was exchanged since.
    pub end_register: Option<WattHours>,
    /// When its meter was exchanged last.
    pub exchanged_at: Option<Timestamp>,
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Whether it was issued.
    pub is_issued: bool,
    /// To whom it was issued last.
    pub subject_ref: Option<PersonRef>,
    /// Whether it was blocked.
    pub is_blocked: bool,
    /// The sessions that are going on.
    pub active: BTreeSet<SessionKey>,
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
    /// Whether it has ended, by report or by rule.
    pub is_over: bool,
    /// When it ended, where that was reported.
    pub ended_at: Option<Timestamp>,
    /// Whether it was voided.
    pub is_voided: bool,
    /// Whether a second start or end was read: the first counts, and may lie where nobody looked.
    pub is_told_again: bool,
}

impl Progress {
    /// Whether its end was reported, and lies behind a moment.
    pub fn ends_after(&self, at: Timestamp) -> bool {
        self.ended_at.is_some_and(|ended_at| at < ended_at)
    }
}

/// How a session stops going on.
#[derive(Clone, Copy)]
enum Stop {
    Reported(Timestamp),
    ByRule,
    Voided,
}

impl Points {
    fn free(&mut self, session: &SessionKey, stop: Stop) {
        let Some(progress) = self.sessions.get(session) else { return };
        let ended_at = match stop {
            Stop::Reported(at) => Some(at),
            Stop::ByRule | Stop::Voided => None,
        };
        if let Some(connector) = &progress.connector {
            let connector = self.connectors.entry(connector.clone()).or_default();
            connector.active.remove(session);
            connector.latest_end = connector.latest_end.max(ended_at);
        }
        if let Some(card) = &progress.card {
            self.cards.entry(card.clone()).or_default().active.remove(session);
        }
    }

    fn occupy(&mut self, session: &SessionKey) {
        let progress = self.sessions.entry(session.clone()).or_default();
        let (connector, card) = (progress.connector.clone(), progress.card.clone());
        if let Some(connector) = connector {
            self.connectors.entry(connector).or_default().active.insert(session.clone());
        }
        if let Some(card) = card {
            self.cards.entry(card).or_default().active.insert(session.clone());
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
            Event::MeterReplaced { connector, first, .. } => {
                let connector = self.connectors.entry(connector.clone()).or_default();
                if connector.latest_end <= Some(happened.at) {
                    connector.end_register = Some(*first);
                }
                connector.exchanged_at = connector.exchanged_at.max(Some(happened.at));
            }
            Event::CardIssued { card, subject_ref, .. } => {
                let card = self.cards.entry(card.clone()).or_default();
                card.is_issued = true;
                card.subject_ref = Some(subject_ref.clone());
            }
            Event::CardBlocked { card } => {
                self.cards.entry(card.clone()).or_default().is_blocked = true;
            }
            Event::SessionStarted { session, connector, card, .. } => {
                let progress = self.sessions.entry(session.clone()).or_default();
                progress.is_told_again |= happened.flags.contains(&Flag::StartDuplicate);
                if progress.started_at.is_some() {
                    return;
                }
                progress.started_at = Some(happened.at);
                progress.connector.clone_from(connector);
                progress.card.clone_from(card);
                let goes_on = !progress.is_over && !progress.is_voided;
                if let Some(connector) = connector {
                    let connector = self.connectors.entry(connector.clone()).or_default();
                    connector.latest_start = connector.latest_start.max(Some(happened.at));
                }
                if goes_on {
                    self.occupy(session);
                }
            }
            Event::SessionEnded { session, connector, card, reading, .. } => {
                let progress = self.progress(session, connector.as_ref(), card.as_ref());
                progress.is_over = true;
                progress.is_told_again |= happened.flags.contains(&Flag::EndDuplicate);
                progress.ended_at.get_or_insert(happened.at);
                if let (Some(connector), Some(Reading::Register(register))) =
                    (progress.connector.clone(), reading.filter(|reading| reading.is_known()))
                {
                    let connector = self.connectors.entry(connector).or_default();
                    if connector.exchanged_at <= Some(happened.at) {
                        connector.end_register = Some(register);
                    }
                }
                self.free(session, Stop::Reported(happened.at));
            }
            Event::SessionClosedByRule { session, connector, card, .. } => {
                self.progress(session, connector.as_ref(), card.as_ref()).is_over = true;
                self.free(session, Stop::ByRule);
            }
            Event::SessionVoided { session, connector, card, .. } => {
                self.progress(session, connector.as_ref(), card.as_ref()).is_voided = true;
                self.free(session, Stop::Voided);
            }
            _ => {}
        }
    }
}

impl Points {
    /// The start may lie before what was read back: what stops a session names both again.
    fn progress(
        &mut self,
        session: &SessionKey,
        connector: Option<&ConnectorId>,
        card: Option<&CardId>,
    ) -> &mut Progress {
        let progress = self.sessions.entry(session.clone()).or_default();
        progress.connector = progress.connector.take().or_else(|| connector.cloned());
        progress.card = progress.card.take().or_else(|| card.cloned());
        progress
    }
}
