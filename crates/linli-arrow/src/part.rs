//! Rows behind a position: for who keeps a view of their own and goes on where it ended.

use linli::codec::Reader;
use linli::journal::{Columns, Position, Query, ReadOptions};
use linli::ledger::Ledger;
use linli::replay::Progress;

use crate::events::EventRows;
use crate::issued_bills::{IssuedRows, TYPES};
use crate::meter_samples::{self, SampleRows};
use crate::{Scan, Table, TableError};

/// Which table: one whose rows stand in the order of the journal, so that none changes later.
#[derive(Clone, Debug)]
pub enum Over {
    /// The events that match, as [`Scan::events`] has them.
    Events(Query),
    /// Every meter reading, as [`Scan::meter_samples`] has them.
    MeterSamples,
    /// Every bill, as [`Scan::issued_bills`] has them.
    IssuedBills,
}

/// A part of a table.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its rows; perhaps none.
    pub table: Table,
    /// Every row up to here is in this part or stands before it: read on behind it.
    pub reached: Position,
    /// Where the journal ended, or is asked to end; the last part reaches it.
    pub until: Position,
}

impl Scan {
    /// The rows behind `after`: those of one page of the journal, of at most `most` events.
    /// `None` where the journal is empty. Who reads on hands in what [`Part::until`] said first,
    /// so that all parts are of one snapshot.
    ///
    /// ```
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::{Authority, Ledger};
    /// use linli_arrow::{Over, Scan};
    ///
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// let part = Scan::by("analyst").part(&ledger, &Over::MeterSamples, None, None, 8_192)?;
    /// assert!(part.is_none());
    /// # Ok::<(), linli_arrow::TableError>(())
    /// ```
    ///
    /// # Errors
    /// [`TableError`].
    pub fn part(
        &self,
        ledger: &Ledger,
        over: &Over,
        after: Option<Position>,
        until: Option<Position>,
        most: usize,
    ) -> Result<Option<Part>, TableError> {
        let options = ReadOptions::forwards().after(after).limit(most.max(1));
        let options = options.until(until.into_iter().chain(self.asked.as_known_at).min());
        let lean = options.columns(Columns::WithoutIdsAndTags);
        let mut reader = Reader::default();
        let (come, table) = match over {
            Over::Events(query) => {
                let mut rows = EventRows::new();
                let come =
                    self.page(ledger, query, options, &mut reader, |page, view, happened| {
                        rows.push(page, view, happened)
                    })?;
                (come, rows.0.finish()?)
            }
            Over::MeterSamples => {
                let (mut rows, query) = (SampleRows::new(), Query::of_types([meter_samples::TYPE]));
                let come = self.page(ledger, &query, lean, &mut reader, |_, view, happened| {
                    rows.push(view.position, happened)
                })?;
                (come, rows.0.finish()?)
            }
            Over::IssuedBills => {
                let (mut rows, query) = (IssuedRows::new(), Query::of_types(TYPES));
                let come = self.page(ledger, &query, lean, &mut reader, |_, view, happened| {
                    rows.push(view.position, happened)
                })?;
                (come, rows.finish()?)
            }
        };
        Ok(come.map(|Progress { position, until }| Part { table, reached: position, until }))
    }
}
