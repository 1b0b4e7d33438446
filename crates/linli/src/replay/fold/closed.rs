//! Closed ranges: their plain sessions straight from columns, and then the rest of their events.
//!
//! What is told of the connectors comes first, of all ranges, so that nothing is settled twice.

use std::sync::Arc;

use super::{Fold, Points};
use crate::domain::{Evolve, SessionKey};
use crate::journal::{Corruption, Position, ReadError};
use crate::ledger::{ClosedRange, PlainSession, Wanted};
use crate::replay::ReplayError;

impl Fold<'_> {
    /// What the points of all ranges come to.
    pub(in crate::replay) fn take_points(
        &mut self,
        ranges: &[Arc<dyn ClosedRange>],
    ) -> Result<(), ReplayError> {
        for range in ranges {
            for page in range.others()? {
                for view in page.events() {
                    let Some(happened) = self.read(&view)? else { continue };
                    if happened.event.session().is_none() {
                        self.installations.evolve(&happened);
                    }
                }
            }
        }
        Ok(())
    }

    /// Folds the sessions of a range, whose points are known.
    pub(in crate::replay) fn take_range(
        &mut self,
        range: &dyn ClosedRange,
    ) -> Result<(), ReplayError> {
        let last = range.last();
        range.each_session(self.wanted(), &mut |told| self.take_session(told, last))?;
        for page in range.others()? {
            self.take_told(&page, Points::Known)?;
        }
        Ok(())
    }

    /// Power is read where a price may depend on it.
    fn wanted(&self) -> Wanted {
        match self.lanes.iter().all(super::Lane::goes_by_the_clock) {
            true => Wanted::Registers,
            false => Wanted::RegistersAndPower,
        }
    }

    fn take_session(
        &mut self,
        told: &PlainSession<'_>,
        position: Position,
    ) -> Result<(), ReadError> {
        if !self.is_mine(told.key.as_bytes()) {
            return Ok(());
        }
        let what = "its archive tells a session by a name that is none";
        let damaged = || ReadError::from(Corruption { position, what });
        if let Some((key, mut session)) = self.open.remove_entry(told.key.as_bytes()) {
            // A range before this one told of it.
            told.tell_rest(&mut session).ok_or_else(damaged)?;
            self.close(key, session);
            return Ok(());
        }
        let key = SessionKey::new(told.key).map_err(|_| damaged())?;
        let mut session = self.spare.pop().unwrap_or_default();
        told.tell(&mut session).ok_or_else(damaged)?;
        self.close(key, session);
        Ok(())
    }
}
