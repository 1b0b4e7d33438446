//! Which sessions of a range are plain, so that a table stands for their events.

use foldhash::HashMap;

use crate::codec::{Plain, PlainReader, Reader, Told};
use crate::domain::charging::Reading;
use crate::domain::{CardId, ConnectorId, SessionKey, Timestamp, WattHours, Zone};
use crate::journal::Page;
use crate::ledger::{LedgerError, PlainSession, decoded};
use crate::replay::fold::bears_on_no_price;

/// Finds the sessions that end within a range of a journal with nothing remarkable about them, and
/// the events of charging that are not theirs: what a
/// [`ClosedRange`](crate::ledger::ClosedRange) tells.
///
/// All pages of the range are taken in first; then the same pages are asked which events are left.
/// A session that begins in one range may end in the next: [`PlainSessions::after`].
#[derive(Debug, Default)]
pub struct PlainSessions {
    /// What was told of each session, as long as it is plain.
    told: HashMap<SessionKey, Option<Row>>,
    reader: Reader,
}

#[derive(Debug)]
struct Row {
    connector: Option<ConnectorId>,
    card: Option<CardId>,
    zone: Zone,
    started_at: Timestamp,
    start_register: Option<i64>,
    end: Option<End>,
    sample_at: Vec<i64>,
    sample_register: Vec<i64>,
    sample_power: Vec<i64>,
    begun_before: Option<usize>,
}

#[derive(Debug)]
struct End {
    at: Timestamp,
    reading: Option<Reading>,
    stated_seconds: Option<i64>,
    charging_seconds: Option<i64>,
}

impl PlainSessions {
    /// Behind a range whose other events are these pages: of what began there and has not ended it
    /// is known how.
    ///
    /// # Errors
    /// As [`PlainSessions::take`].
    pub fn after(others: &[Page]) -> Result<Self, LedgerError> {
        let mut sessions = Self::default();
        others.iter().try_for_each(|page| sessions.take(page))?;
        sessions.told.retain(|_, told| told.as_ref().is_some_and(|row| row.end.is_none()));
        for row in sessions.told.values_mut().flatten() {
            row.begun_before = Some(row.sample_at.len());
        }
        Ok(sessions)
    }

    /// Takes in the next page of the range.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] at an event that this version does not know: nobody can say
    /// then of what it is, and the range has no table.
    pub fn take(&mut self, page: &Page) -> Result<(), LedgerError> {
        let mut plains = PlainReader::of(page);
        for index in page.indexes() {
            if let Some(plain) = plains.event(index)
                && self.take_plain(&plain).is_some()
            {
                continue;
            }
            let Some(view) = page.event(index) else { continue };
            let Some(happened) = decoded(&mut self.reader, &view)?.charging() else { continue };
            let Some(key) = happened.event.session() else { continue };
            if !bears_on_no_price(&happened) {
                self.told.insert(key.clone(), None);
            }
        }
        Ok(())
    }

    /// An event that is plain; `None` where one of its names is none.
    fn take_plain(&mut self, plain: &Plain<'_>) -> Option<()> {
        if let Some(told) = self.told.get_mut(plain.session) {
            let is_plain = told.as_mut().and_then(|row| row.take(plain)).is_some();
            if !is_plain {
                *told = None;
            }
            return Some(());
        }
        let key = SessionKey::new(text(plain.session)?).ok()?;
        let begun = match plain.told {
            Told::Start { .. } => Some(Row::begun(plain)?),
            Told::Sample { .. } | Told::End { .. } => None,
        };
        self.told.insert(key, begun);
        Some(())
    }

    /// All pages are in: what has not ended by now is told by its events.
    #[must_use]
    pub fn ended(mut self) -> Self {
        self.told.retain(|_, told| told.as_ref().is_some_and(|row| row.end.is_some()));
        self
    }

    /// The same without sessions of more samples: their events tell them.
    pub(super) fn of_few_samples(mut self, most: usize) -> Self {
        self.told.retain(|_, told| told.as_ref().is_some_and(|row| row.sample_at.len() <= most));
        self
    }

    /// The plain sessions, by connector and start.
    #[must_use]
    pub fn in_order(&self) -> Vec<PlainSession<'_>> {
        let rows = self.told.iter().filter_map(|(key, row)| row.as_ref()?.told(key.as_str()));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable_by_key(|row| (row.connector, row.started_at, row.key));
        rows
    }

    /// The events of a page of the range that are of charging, and not told by the sessions: their
    /// indexes.
    ///
    /// # Errors
    /// As [`PlainSessions::take`].
    pub fn others(&mut self, page: &Page) -> Result<Vec<usize>, LedgerError> {
        let mut plains = PlainReader::of(page);
        let mut others = Vec::new();
        for index in page.indexes() {
            if plains.event(index).is_some_and(|plain| self.told.contains_key(plain.session)) {
                continue;
            }
            let Some(view) = page.event(index) else { continue };
            let Some(happened) = decoded(&mut self.reader, &view)?.charging() else { continue };
            // What is left of a plain session is a bill.
            if !happened.event.session().is_some_and(|key| self.told.contains_key(key)) {
                others.push(index);
            }
        }
        Ok(others)
    }
}

impl Row {
    /// `None` where a name is none.
    fn begun(plain: &Plain<'_>) -> Option<Self> {
        let Told::Start { connector, card, register, .. } = plain.told else { return None };
        let connector = match connector {
            Some(name) => Some(ConnectorId::new(text(name)?).ok()?),
            None => None,
        };
        let card = match card {
            Some(name) => Some(CardId::new(text(name)?).ok()?),
            None => None,
        };
        Some(Self {
            connector,
            card,
            zone: plain.zone,
            started_at: plain.at,
            start_register: register.map(|register| register.0),
            end: None,
            sample_at: Vec::new(),
            sample_register: Vec::new(),
            sample_power: Vec::new(),
            begun_before: None,
        })
    }

    /// Takes in what is told next; `None` where the session is plain no more.
    fn take(&mut self, plain: &Plain<'_>) -> Option<()> {
        let last = self.sample_at.last().copied().unwrap_or(self.started_at.0);
        if self.end.is_some() || plain.at.0 < last {
            return None;
        }
        match plain.told {
            Told::Sample { reading: Reading::Register(WattHours(register)), power } => {
                let is_as_the_first = match power {
                    Some(_) => self.sample_power.len() == self.sample_at.len(),
                    None => self.sample_power.is_empty(),
                };
                if register < 0 || !is_as_the_first {
                    return None;
                }
                self.sample_at.push(plain.at.0);
                self.sample_register.push(register);
                self.sample_power.extend(power.map(|power| power.0));
                Some(())
            }
            Told::Start { .. }
            | Told::Sample { .. }
            | Told::End { reading: Some(Reading::Unknown), .. } => None,
            Told::End { reading, stated_seconds, charging_seconds } => {
                self.end = Some(End { at: plain.at, reading, stated_seconds, charging_seconds });
                Some(())
            }
        }
    }

    fn told<'a>(&'a self, key: &'a str) -> Option<PlainSession<'a>> {
        let end = self.end.as_ref()?;
        Some(PlainSession {
            key,
            connector: self.connector.as_ref().map(ConnectorId::as_str),
            card: self.card.as_ref().map(CardId::as_str),
            zone: self.zone,
            started_at: self.started_at,
            start_register: self.start_register,
            ended_at: end.at,
            end_reading: end.reading,
            stated_seconds: end.stated_seconds,
            charging_seconds: end.charging_seconds,
            sample_at: &self.sample_at,
            sample_register: &self.sample_register,
            sample_power: &self.sample_power,
            begun_before: self.begun_before,
        })
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
