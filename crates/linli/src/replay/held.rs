//! The sessions of a journal held in memory as columns: one replay after the other prices them, and
//! reads nothing again.

use std::sync::Arc;

use super::{PackedRange, ReplayError};
use crate::journal::{Blocking, Columns, EventView, Page, PageBuilder, ReadOptions, Row};
use crate::ledger::{Actor, ClosedRange, Ledger};

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
        let journal = Blocking(self.store());
        let ranges: Vec<Arc<dyn ClosedRange>> = match journal.head()? {
            Some(last) => vec![Arc::new(PackedRange::of(journal, None, last)?)],
            None => Vec::new(),
        };
        Ok(self.clone().with_closed(ranges))
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
