//! The sessions of a journal held in memory as columns: one replay after the other prices them, and
//! reads nothing again.

use std::sync::Arc;

use super::{PlainSessions, ReplayError};
use crate::domain::charging::Reading;
use crate::domain::{Timestamp, Zone};
use crate::journal::{
    Blocking, Columns, Corruption, Dictionary, EventView, Page, PageBuilder, Position, Query,
    ReadError, ReadOptions, Row,
};
use crate::ledger::{Actor, ClosedRange, Ledger, PlainSession, Wanted};

impl Ledger {
    /// The same ledger with the sessions that it has now in memory. A replay under another tariff
    /// then reads only what came since, and comes to the same bills. It takes the place of closed
    /// ranges that the ledger had.
    ///
    /// A session of ten events takes about 400 bytes. What is held is what was read, whatever
    /// becomes of the journal. It is made of events, so that [`Ledger::verify`] of such a ledger
    /// looks at no archive: verify the one that has it.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Tariff;
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::{Authority, Ledger};
    /// use linli::replay::Replay;
    ///
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// let held = ledger.with_sessions_held("operator")?;
    /// let flat = r#"{"id": "flat", "currency": "CNY", "elements": [
    ///     {"price_components": [{"type": "ENERGY", "price": PRICE, "step_size": 1}]}]}"#;
    /// for price in ["0.66", "0.68", "0.70"] {
    ///     let tariff = Tariff::from_json(&flat.replace("PRICE", price))?;
    ///     Replay::under(&tariff).run_blocking(&held)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReplayError`], where the actor may not read all of charging, and where the journal cannot
    /// be read.
    pub fn with_sessions_held(&self, actor: impl Into<Actor>) -> Result<Self, ReplayError> {
        self.may_read_all(&actor.into(), "charging")?;
        let held = HeldSessions::of(Blocking(self.store()))?;
        let ranges = held.into_iter().map(|held| Arc::new(held) as Arc<dyn ClosedRange>);
        Ok(self.clone().with_closed(ranges.collect()))
    }
}

/// Plain sessions as columns, and the other events of charging.
#[derive(Debug)]
struct HeldSessions {
    last: Position,
    /// All keys, one behind the other.
    keys: String,
    connectors: Dictionary,
    cards: Dictionary,
    sessions: Vec<Held>,
    sample_at: Vec<i64>,
    sample_register: Vec<i64>,
    sample_power: Vec<i64>,
    others: Vec<Page>,
}

/// A session; texts and samples by where they end.
#[derive(Debug)]
struct Held {
    key: usize,
    connector: Option<u32>,
    card: Option<u32>,
    zone: Zone,
    started_at: Timestamp,
    start_register: Option<i64>,
    ended_at: Timestamp,
    end_reading: Option<Reading>,
    stated_seconds: Option<i64>,
    charging_seconds: Option<i64>,
    samples: usize,
    powers: usize,
}

impl HeldSessions {
    /// `None` while the journal is empty.
    fn of(journal: Blocking<'_>) -> Result<Option<Self>, ReplayError> {
        let Some(last) = journal.head()? else { return Ok(None) };
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags).until(last);
        let pages = || journal.pages(Query::all(), options);
        let mut plain = PlainSessions::default();
        for page in pages() {
            plain.take(&page?)?;
        }
        let mut plain = plain.ended();
        let mut others = Vec::new();
        for page in pages() {
            let page = page?;
            let indexes = plain.others(&page)?;
            if !indexes.is_empty() {
                let what = "an event that was read is not there";
                let lost = || ReadError::from(Corruption::of_journal(last, what));
                others.push(only(&page, &indexes).ok_or_else(lost)?);
            }
        }
        let mut held = Self {
            last,
            keys: String::new(),
            connectors: Dictionary::default(),
            cards: Dictionary::default(),
            sessions: Vec::new(),
            sample_at: Vec::new(),
            sample_register: Vec::new(),
            sample_power: Vec::new(),
            others,
        };
        plain.in_order().iter().for_each(|session| held.take(session));
        Ok(Some(held))
    }

    fn take(&mut self, told: &PlainSession<'_>) {
        self.keys.push_str(told.key);
        self.sample_at.extend_from_slice(told.sample_at);
        self.sample_register.extend_from_slice(told.sample_register);
        self.sample_power.extend_from_slice(told.sample_power);
        self.sessions.push(Held {
            key: self.keys.len(),
            connector: told.connector.map(|name| self.connectors.take(name)),
            card: told.card.map(|name| self.cards.take(name)),
            zone: told.zone,
            started_at: told.started_at,
            start_register: told.start_register,
            ended_at: told.ended_at,
            end_reading: told.end_reading,
            stated_seconds: told.stated_seconds,
            charging_seconds: told.charging_seconds,
            samples: self.sample_at.len(),
            powers: self.sample_power.len(),
        });
    }

    /// The session behind another one; `None` is not to be.
    fn told<'a>(&'a self, before: Option<&Held>, held: &'a Held) -> Option<PlainSession<'a>> {
        let (key, samples, powers) =
            before.map_or((0, 0, 0), |before| (before.key, before.samples, before.powers));
        Some(PlainSession {
            key: self.keys.get(key..held.key)?,
            connector: held.connector.and_then(|number| self.connectors.text(number)),
            card: held.card.and_then(|number| self.cards.text(number)),
            zone: held.zone,
            started_at: held.started_at,
            start_register: held.start_register,
            ended_at: held.ended_at,
            end_reading: held.end_reading,
            stated_seconds: held.stated_seconds,
            charging_seconds: held.charging_seconds,
            sample_at: self.sample_at.get(samples..held.samples)?,
            sample_register: self.sample_register.get(samples..held.samples)?,
            sample_power: self.sample_power.get(powers..held.powers)?,
            begun_before: None,
        })
    }
}

impl HeldSessions {
    /// Nothing is left out of a bill in silence.
    fn damaged(&self) -> Corruption {
        Corruption::of_journal(self.last, "a session that is held cannot be told")
    }
}

impl ClosedRange for HeldSessions {
    fn first(&self) -> Position {
        Position(1)
    }

    fn last(&self) -> Position {
        self.last
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let befores = std::iter::once(None).chain(self.sessions.iter().map(Some));
        for (before, held) in befores.zip(&self.sessions) {
            let mut told = self.told(before, held).ok_or_else(|| self.damaged())?;
            if wanted == Wanted::Registers {
                told.sample_power = &[];
            }
            take(&told)?;
        }
        Ok(())
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        Ok(self.others.clone())
    }

    /// They were made of the events by this process, and nobody has altered them since.
    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        Ok(None)
    }
}

/// A page of these events alone; `None` where one is not there.
pub(super) fn only(page: &Page, indexes: &[usize]) -> Option<Page> {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let mut builder = PageBuilder::new(page.head(), &options);
    for index in indexes {
        let (view, append) = (page.event(*index)?, page.append_of().get(*index)?);
        let event_type = builder.event_type(view.event_type);
        let EventView { position, id, metadata, payload, .. } = view;
        let row = Row { position, id, event_type, tags: &[], metadata, payload };
        builder.push(u64::from(*append), view.append_metadata, &row);
    }
    Some(builder.last())
}
