//! What is told late: of a session whose bill was given, or of a connector whose sessions were.
//! What it bears on is read back, taken out of the report, and put in anew.

use std::collections::BTreeSet;

use super::Fold;
use crate::domain::charging::{Event as ChargingEvent, Session};
use crate::domain::{ConnectorId, Evolve, Happened, SessionKey};
use crate::journal::{Blocking, Position, Query, ReadOptions};
use crate::replay::ReplayError;
use crate::replay::outcome::Sign;

impl Fold<'_> {
    /// An event for a session that is not in memory: what was told of it is read back, its result
    /// taken back, and given anew.
    pub(super) fn reopen(
        &mut self,
        key: SessionKey,
        happened: &Happened<ChargingEvent>,
        position: Position,
    ) -> Result<(), ReplayError> {
        let mut session = self.told_before(&key, position)?;
        if session.is_over() {
            self.settle(&key, &session, Sign::Remove);
        }
        session.evolve(happened);
        if session.is_over() {
            self.close(key, session);
        } else {
            self.open.insert(key, session);
        }
        Ok(())
    }

    /// What becomes known of the points: a connector's sessions that were settled without it are
    /// settled anew.
    pub(super) fn take_point(
        &mut self,
        happened: &Happened<ChargingEvent>,
        position: Position,
    ) -> Result<(), ReplayError> {
        let settled = match &happened.event {
            ChargingEvent::ConnectorCommissioned { connector, .. }
            | ChargingEvent::MeterReplaced { connector, .. }
            | ChargingEvent::ClockOffsetNoted { connector, .. } => {
                self.settled_at(connector, position)?
            }
            _ => Vec::new(),
        };
        for (key, session) in &settled {
            self.settle(key, session, Sign::Remove);
        }
        self.installations.evolve(happened);
        for (key, session) in &settled {
            self.settle(key, session, Sign::Add);
        }
        Ok(())
    }

    /// Our sessions at a connector whose result stands in the report when an event comes.
    fn settled_at(
        &mut self,
        connector: &ConnectorId,
        position: Position,
    ) -> Result<Vec<(SessionKey, Box<Session>)>, ReplayError> {
        let tag = format!("connector:{connector}");
        let query = Query::all().or(["SessionStarted"], [tag.as_str()]);
        let mut keys: BTreeSet<SessionKey> = BTreeSet::new();
        self.each_before(query, position, |happened| {
            keys.extend(happened.event.session().cloned());
        })?;
        let mut settled = Vec::new();
        for key in keys {
            let is_kept = self.open.contains_key(&key) || self.unbilled.contains_key(&key);
            if is_kept || !self.is_mine(key.as_str().as_bytes()) {
                continue;
            }
            let session = self.told_before(&key, position)?;
            if session.is_over() && session.connector() == Some(connector) {
                settled.push((key, session));
            }
        }
        Ok(settled)
    }

    /// A session as it was told before a position.
    pub(super) fn told_before(
        &mut self,
        key: &SessionKey,
        position: Position,
    ) -> Result<Box<Session>, ReplayError> {
        let mut session = Box::<Session>::default();
        let query = Query::tagged(&format!("charging:{key}"));
        self.each_before(query, position, |happened| session.evolve(happened))?;
        Ok(session)
    }

    /// Everything that matches before a position and had happened by the day that is asked for.
    fn each_before(
        &mut self,
        query: Query,
        position: Position,
        mut take: impl FnMut(&Happened<ChargingEvent>),
    ) -> Result<(), ReplayError> {
        let before = Position(position.0.saturating_sub(1));
        if before.0 == 0 {
            return Ok(());
        }
        for page in Blocking(self.store).pages(query, ReadOptions::forwards().until(before)) {
            for view in page?.events() {
                if let Some(earlier) = self.read(&view)?
                    && earlier.had_happened_by(self.replay.as_of)
                {
                    take(&earlier);
                }
            }
        }
        Ok(())
    }
}
