//! A closed range of a journal in columns: what a replay takes instead of that range's events.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::Ledger;
use crate::domain::charging::{Installed, Reading, Rising, Session, Shown};
use crate::domain::{CardId, ConnectorId, Timestamp, WattHours, Watts, Zone};
use crate::journal::{Corruption, Page, Position, ReadError};
use crate::proof::Verified;

/// A closed range of a journal, told in two parts that stand for all its events of charging: the
/// sessions that ended within it with nothing remarkable about them, one by one, and every other
/// event. Both are derived, by [`PlainSessions`](crate::replay::PlainSessions), and may
/// be thrown away: without them the events are read.
///
/// It is of the journal that it is asked for together with, and whoever writes one sees to that.
pub trait ClosedRange: Send + Sync {
    /// Position of its first event.
    fn first(&self) -> Position;

    /// Position of its last event.
    fn last(&self) -> Position;

    /// Hands over every plain session once, in an order that is always the same. It ends with the
    /// first error that `take` gives, of what was handed over: it may name the file of that.
    ///
    /// # Errors
    /// [`ReadError`], as a store gives it.
    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError>;

    /// The other events of charging, in the order of positions. Bills of the plain sessions are
    /// not among them.
    ///
    /// # Errors
    /// [`ReadError`], as a store gives it.
    fn others(&self) -> Result<Vec<Page>, ReadError>;

    /// Where it says something else than the events that it stands for; `None` where it does not.
    /// A replay believes what is told here: [`Ledger::verify`] asks.
    ///
    /// # Errors
    /// [`ReadError`], as a store gives it.
    fn differs(&self) -> Result<Option<Corruption>, ReadError>;
}

impl Ledger {
    /// The same ledger with ranges of its journal that were closed, as their archive tells them, in
    /// the order of positions from the first on: a replay takes these instead of their events, and
    /// comes to the same bills.
    #[must_use]
    pub fn with_closed(mut self, ranges: Vec<Arc<dyn ClosedRange>>) -> Self {
        self.closed = ranges.into();
        self
    }

    /// A journal that was found sound, and is so only if each closed range says what its events do;
    /// `None` where `tell`, which hears before each of them, breaks it off.
    pub(super) fn with_ranges_verified(
        &self,
        sound: Verified,
        mut tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Option<Verified>, ReadError> {
        for range in self.closed.iter() {
            if tell(sound.events).is_break() {
                return Ok(None);
            }
            let bad = match range.differs() {
                Ok(None) => continue,
                Ok(Some(bad)) | Err(ReadError::Corrupt(bad)) => bad,
                Err(other) => return Err(other),
            };
            let events = match bad.is_derived {
                true => sound.events,
                false => bad.position.0.saturating_sub(1),
            };
            return Ok(Some(Verified { events, root: None, first_bad: Some(bad), ..sound }));
        }
        Ok(Some(sound))
    }

    /// The closed ranges up to a position that follow one another from the first position on.
    pub(crate) fn closed(&self, until: Position) -> &[Arc<dyn ClosedRange>] {
        let mut next = 1;
        let follow = self.closed.iter().take_while(|range| {
            let follows = range.first().0 == next && range.last() <= until;
            next = range.last().0.saturating_add(1);
            follows
        });
        let ranges = follow.count();
        self.closed.get(..ranges).unwrap_or_default()
    }
}

/// What of a session's samples is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Instants and registers.
    Registers,
    /// The power at each of them, too.
    RegistersAndPower,
}

/// A session that ended in a range with nothing remarkable about it: one start, samples of the
/// register in order of time, one end that its station reported, no flag, nothing mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainSession<'a> {
    /// Its key.
    pub key: &'a str,
    /// The connector that it used.
    pub connector: Option<&'a str>,
    /// The card that started it.
    pub card: Option<&'a str>,
    /// The zone whose wall clock decides.
    pub zone: Zone,
    /// When it started.
    pub started_at: Timestamp,
    /// The register at its start, in watt-hours.
    pub start_register: Option<i64>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The last reading: a register, or the session's energy.
    pub end_reading: Option<Reading>,
    /// How long it lasted as its station states it, in seconds.
    pub stated_seconds: Option<i64>,
    /// How long it charged as its station states it, in seconds.
    pub charging_seconds: Option<i64>,
    /// When its samples were taken, in microseconds since 1970, none before the one before it.
    pub sample_at: &'a [i64],
    /// The register at each of them, in watt-hours.
    pub sample_register: &'a [i64],
    /// The power at each of them, in watts; empty where none was told, or none is wanted.
    pub sample_power: &'a [i64],
    /// Where it began in the range before, whose events tell that: how many of its samples are told
    /// there, too.
    pub begun_before: Option<usize>,
}

impl PlainSession<'_> {
    /// Tells a new session all of it; `None` where a name is none.
    #[must_use]
    pub fn tell(&self, session: &mut Session) -> Option<()> {
        self.tell_start(session)?;
        self.tell_behind(0, session);
        Some(())
    }

    /// Tells a session, which knows what was told before this range, what this range tells of it;
    /// `None` where a name is none.
    #[must_use]
    pub fn tell_rest(&self, session: &mut Session) -> Option<()> {
        match self.begun_before {
            Some(samples) => self.tell_behind(samples, session),
            None => self.tell(session)?,
        }
        Some(())
    }

    /// The session, if registers alone tell all of it and no bill for it is held.
    pub(crate) fn rising(&self, installed: &Installed) -> Option<Rising<'_>> {
        let Some(Reading::Register(WattHours(last))) = self.end_reading else { return None };
        let first = Shown { at: self.started_at, register: self.start_register? };
        let last = Shown { at: self.ended_at, register: last };
        Rising::new((first, last), (self.sample_at, self.sample_register), self.zone, installed)
    }

    fn tell_start(&self, session: &mut Session) -> Option<()> {
        let connector = self.connector.map(ConnectorId::new).transpose().ok()?;
        let card = self.card.map(CardId::new).transpose().ok()?;
        let register = self.start_register.map(WattHours);
        session.start(self.started_at, self.zone, (connector, card), register);
        Some(())
    }

    /// Its samples behind the first ones, and its end.
    fn tell_behind(&self, first: usize, session: &mut Session) {
        let powers = self.sample_power.iter().map(|power| Some(Watts(*power)));
        let powers = powers.chain(std::iter::repeat(None));
        let samples = self.sample_at.iter().zip(self.sample_register).zip(powers);
        for ((at, register), power) in samples.skip(first) {
            session.sample(Timestamp(*at), Reading::Register(WattHours(*register)), power);
        }
        let (stated, charging) = (self.stated_seconds, self.charging_seconds);
        session.end(self.ended_at, self.end_reading, stated, charging);
    }
}
