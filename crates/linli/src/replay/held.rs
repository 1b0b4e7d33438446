//! The sessions of a journal held in memory as columns: one replay after the other prices them, and
//! reads nothing again.

use std::sync::Arc;

use super::ReplayError;
use super::packed::{BlockReader, PackedRange, Part};
use crate::journal::{
    Blocking, Columns, Corruption, EventView, Page, PageBuilder, Position, ReadError, ReadOptions,
    Row,
};
use crate::ledger::{Actor, ClosedRange, Ledger, PlainSession, Wanted};

impl Ledger {
    /// The same ledger with the sessions that it has now in memory. A replay under another tariff
    /// then reads only what came since, and comes to the same bills. It takes the place of closed
    /// ranges that the ledger had.
    ///
    /// A session of ten events takes about 70 bytes. What is held is what was read, whatever
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

/// A journal's sessions, packed in memory.
#[derive(Debug)]
struct HeldSessions(PackedRange);

impl HeldSessions {
    /// `None` while the journal is empty.
    fn of(journal: Blocking<'_>) -> Result<Option<Self>, ReplayError> {
        let Some(last) = journal.head()? else { return Ok(None) };
        Ok(Some(Self(PackedRange::of(journal, None, last)?)))
    }

    /// Nothing is left out of a bill in silence.
    fn damaged(&self) -> Corruption {
        Corruption::of_journal(self.last(), "a session that is held cannot be told")
    }
}

impl ClosedRange for HeldSessions {
    fn first(&self) -> Position {
        self.0.range().0
    }

    fn last(&self) -> Position {
        self.0.range().1
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut reader = BlockReader::default();
        for block in self.0.placed(Part::Sessions) {
            reader.each_session(block, wanted, take).map_err(|_| self.damaged())??;
        }
        Ok(())
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        let pages = self.0.placed(Part::Others).map(|(place, block)| place.others(block));
        pages.map(|page| page.map_err(|_| self.damaged().into())).collect()
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
