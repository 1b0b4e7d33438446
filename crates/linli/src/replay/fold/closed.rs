//! Closed ranges: their plain sessions straight from columns, and then the rest of their events.
//!
//! What is told of the connectors comes first, of all ranges, so that nothing is settled twice.

use std::sync::Arc;

use super::{Fold, Points};
use crate::domain::{Evolve, SessionKey};
use crate::journal::{Corruption, Position, ReadError};
use crate::ledger::{ClosedRange, PlainSession, Wanted};
use crate::replay::ReplayError;
use crate::replay::outcome::Sign;

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
        let (last, mut settled) = (range.last(), Vec::new());
        range.each_session(self.wanted(), &mut |told| {
            settled.extend(self.take_session(told, last)?);
            Ok(())
        })?;
        for key in settled {
            self.take_again(key, range)?;
        }
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

    /// The key of a session that began before the range and was settled there all the same, as one
    /// whose end was told before its start: columns do not tell what came of it.
    fn take_session(
        &mut self,
        told: &PlainSession<'_>,
        position: Position,
    ) -> Result<Option<SessionKey>, ReadError> {
        if !self.is_mine(told.key.as_bytes()) {
            return Ok(None);
        }
        let what = "it tells a session by a name that is none";
        let damaged = || ReadError::from(Corruption::of_journal(position, what));
        if !self.open.is_empty()
            && let Some((key, mut session)) = self.open.remove_entry(told.key.as_bytes())
        {
            // A range before this one told of it.
            told.tell_rest(&mut session).ok_or_else(damaged)?;
            self.close(key, session);
            return Ok(None);
        }
        if self.adds_up && told.begun_before.is_none() && self.add_up(told).is_some() {
            return Ok(None);
        }
        let key = SessionKey::new(told.key).map_err(|_| damaged())?;
        if told.begun_before.is_some() {
            return Ok(Some(key));
        }
        let mut session = self.spare.pop().unwrap_or_default();
        told.tell(&mut session).ok_or_else(damaged)?;
        self.close(key, session);
        Ok(None)
    }

    /// Takes back what a session came to before the range, and gives what it comes to at its end.
    fn take_again(&mut self, key: SessionKey, range: &dyn ClosedRange) -> Result<(), ReplayError> {
        let before = self.told_before(&key, range.first())?;
        if before.is_over() {
            self.settle(&key, &before, Sign::Remove);
        }
        let behind = Position(range.last().0.saturating_add(1));
        let session = self.told_before(&key, behind)?;
        if session.is_over() {
            self.close(key, session);
        } else {
            self.open.insert(key, session);
        }
        Ok(())
    }
}
