//! The sessions of a file, and how it is to be read.

use std::fmt;

use linli::ledger::Ledger;
use linli::{Timestamp, Zone};

use super::recorder::Recorder;
use super::shape::{Origin, Shape, Zones};
use super::table::Table;
use super::{Format, ImportError, ImportReport, Source, ocpi_cdr};

/// The sessions of a file whose structure was checked.
#[derive(Debug)]
pub struct Sessions {
    origin: Origin,
    options: Options,
    sha256: String,
    table: Table,
}

impl Sessions {
    /// Checks the file whole, and reads every row.
    ///
    /// # Errors
    /// [`ImportError::Usage`] where a zone is wanted and none is given, or another;
    /// [`ImportError::NotOfFormat`] where the file is of another format.
    pub fn read(source: &Source, format: Format, options: Options) -> Result<Self, ImportError> {
        let sha256 = source.sha256().to_owned();
        let Some(shape) = format.shape() else {
            let table = ocpi_cdr::read(source, options)?;
            return Ok(Self { origin: ocpi_cdr::ORIGIN, options, sha256, table });
        };
        let options = Options { zone: zone_for(shape, options.zone)?, ..options };
        let table = Table::read(source, shape, options)?;
        Ok(Self { origin: shape.origin(), options, sha256, table })
    }

    /// How many rows the file has, those that are left out too.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.table.rows_n
    }

    /// Records them, as of `now` what has no time of its own. `progress` is told after each row how
    /// many of how many are done.
    ///
    /// # Errors
    /// [`ImportError::Stopped`] where the ledger did not take a row: the same again goes on there;
    /// [`ImportError::NotReadBack`] where rows are recorded and cannot be read back.
    pub fn record(
        self,
        ledger: &Ledger,
        actor: &str,
        now: Timestamp,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ImportReport, ImportError> {
        let Self { origin, options, sha256, table } = self;
        let report = ImportReport {
            rows: table.rows_n,
            suggestions: table.suggestions(origin.name),
            refused: table.refused,
            ..ImportReport::default()
        };
        let mut recorder = Recorder::new((ledger, actor, now), (origin, options), report, progress);
        if !table.rows.is_empty() {
            recorder.record_file(&sha256)?;
        }
        for row in table.rows {
            recorder.take(row)?;
        }
        recorder.finish()
    }
}

/// How a file is to be read, beyond its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The zone in which stamps without an offset are meant.
    pub zone: Option<Zone>,
    /// Which number of a date is the month.
    pub dates: Dates,
}

/// Which number of a date is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// As the format has it.
    AsWritten,
    /// Day and month change places where the day is at most 12.
    Exchanged,
}

impl fmt::Display for Options {
    /// As they stand in `FileImported`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.map_or("in the stamps", |zone| zone.name());
        let dates = match self.dates {
            Dates::AsWritten => "as written",
            Dates::Exchanged => "day and month exchanged",
        };
        write!(f, "zone: {zone}; dates: {dates}")
    }
}

fn zone_for(shape: &Shape, given: Option<Zone>) -> Result<Option<Zone>, ImportError> {
    let usage = |what: String| Err(ImportError::Usage { what });
    match (shape.zones, given) {
        (Zones::Always(own), Some(given)) if own != given => usage(format!(
            "{} files are in {own}, not in {given}; leave --timezone out",
            shape.name
        )),
        (Zones::Always(own), _) => Ok(Some(own)),
        (Zones::Asked(hint), None) => {
            usage(format!("{} files name no time zone; {hint}", shape.name))
        }
        (Zones::Asked(_) | Zones::InStamp, given) => Ok(given),
    }
}
