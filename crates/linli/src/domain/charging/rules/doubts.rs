//! What looks wrong about a start that was reported, and what has to be known to say so.

use super::super::Command;
use super::super::state::{Points, Progress};
use crate::domain::{CardId, ConnectorId, Flag, SessionKey, Timestamp};

/// A start that was reported.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    session: &'a SessionKey,
    connector: Option<&'a ConnectorId>,
    card: Option<&'a CardId>,
    at: Timestamp,
}

impl<'a> Start<'a> {
    /// `None` of whatever reports none.
    pub(super) fn reported(command: &'a Command) -> Option<Self> {
        let Command::RecordSessionStart { session, connector, card, at, .. } = command else {
            return None;
        };
        Some(Self { session, connector: connector.as_ref(), card: card.as_ref(), at: *at })
    }

    /// What looks wrong about it, beside what the reporter saw.
    pub(super) fn doubts(self, points: &Points) -> Vec<Flag> {
        let mut flags = Vec::new();
        let known = points.sessions.get(self.session);
        if known.is_some_and(|known| known.started_at.is_some()) {
            flags.push(Flag::StartDuplicate);
        }
        if self.last_here(points).is_some_and(|(_, own)| own.ended_at.is_none()) {
            flags.push(Flag::StartOnBusyConnector);
        }
        if self.here(points).any(|(_, own)| own.ends_after(self.at)) {
            flags.push(Flag::OverlapConnector);
        }
        if self.under_its_card(points).any(|(_, own)| own.ends_after(self.at)) {
            flags.push(Flag::OverlapCard);
        }
        let point = self.connector.and_then(|name| points.connectors.get(name));
        if point.and_then(|point| point.latest_start).is_some_and(|start| self.at < start) {
            flags.push(Flag::StartTimeRegression);
        }
        flags
    }

    /// The sessions on which its doubts rest, which their own events may dispel or move: one may
    /// have begun elsewhere, or been over or void before its start was told.
    pub(super) fn doubtful(self, points: &Points) -> impl Iterator<Item = &SessionKey> {
        let near = self.here(points).chain(self.under_its_card(points));
        let in_doubt = near.filter(move |(_, own)| own.is_told_again || own.ends_after(self.at));
        in_doubt.chain(self.last_here(points)).map(|(session, _)| session)
    }

    /// The session before it at its connector.
    fn last_here(self, points: &Points) -> Option<(&SessionKey, &Progress)> {
        self.here(points).max_by_key(|(_, own)| (own.started_at, own.ended_at))
    }

    fn here(self, points: &Points) -> impl Iterator<Item = (&SessionKey, &Progress)> {
        let connector = self.connector;
        self.earlier(points)
            .filter(move |(_, own)| connector.is_some() && own.connector.as_ref() == connector)
    }

    fn under_its_card(self, points: &Points) -> impl Iterator<Item = (&SessionKey, &Progress)> {
        let card = self.card;
        self.earlier(points).filter(move |(_, own)| card.is_some() && own.card.as_ref() == card)
    }

    /// What began later is no session before it, though it was told before.
    fn earlier(self, points: &Points) -> impl Iterator<Item = (&SessionKey, &Progress)> {
        points.sessions.iter().filter(move |(name, own)| {
            *name != self.session
                && !own.is_voided
                && own.started_at.is_none_or(|own| own <= self.at)
        })
    }
}
