//! `linli import charging`: real sessions out of a file into the journal, as events.
//!
//! The structure of the whole file is checked first: if it is not of the format, nothing is
//! written. Then the rows go in, one append a row, in the order in which they started. A row that
//! happened is never turned down: what looks odd about it is a flag. Only a row that cannot be
//! read is left out, and listed with its line, its column and the reason.
//!
//! The same file again adds nothing, and a run that was cut short goes on where it stopped: each
//! row has a key made of the format and the source's own id. A row that says something else under
//! an id that the journal knows is listed as refused; the first content counts.
//!
//! A file of another format is a file of its own here, with one [`Shape`](shape::Shape) in it.

mod clock;
mod doubt;
mod error;
mod fields;
mod linli_csv;
mod norway12;
mod number;
mod recorder;
mod report;
mod row;
mod shape;
mod source;
mod table;
mod trondheim;
mod workplace;

#[cfg(test)]
mod tests;

pub(crate) use error::ImportError;
pub(crate) use report::ImportReport;

use std::path::PathBuf;

use linli::Zone;
use linli::ledger::Ledger;

use recorder::Recorder;
use shape::{Shape, Zones};
use source::Source;
use table::Table;

/// What `linli import charging` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The file with the sessions
    pub(crate) file: PathBuf,
    /// Whose file it is
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// The time zone in which stamps without an offset are meant, such as Europe/Oslo
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(crate) timezone: Option<chrono_tz::Tz>,
    /// Exchange day and month in every date whose day is at most 12
    #[arg(long)]
    pub(crate) swap_day_month: bool,
}

/// Whose files can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Sessions at workplaces, with issued dollars (Asensio and others 2021)
    #[value(name = "workplace")]
    Workplace,
    /// Residents' garages in Trondheim (Sørensen and others 2021)
    #[value(name = "trondheim")]
    Trondheim,
    /// Twelve housing sites in Norway (Sørensen 2024)
    #[value(name = "norway12")]
    Norway12,
    /// Public charging points of Dundee City Council
    #[value(name = "dundee")]
    Dundee,
    /// OCPI charge detail records
    #[value(name = "ocpi-cdr")]
    OcpiCdr,
    /// Linli's own columns
    #[value(name = "csv")]
    Csv,
}

/// Reads the file, checks it whole, and records its sessions.
///
/// `progress` is told after each row how many of how many are done.
///
/// # Errors
/// [`ImportError`]: of those about the file nothing was written; after [`ImportError::Stopped`]
/// the same command goes on where it stopped.
pub(crate) fn run(
    args: &ImportArgs,
    ledger: &Ledger,
    actor: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ImportReport, ImportError> {
    shape_of(args.format)?;
    import(&Source::open(&args.file)?, args, ledger, actor, progress)
}

fn import(
    source: &Source,
    args: &ImportArgs,
    ledger: &Ledger,
    actor: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ImportReport, ImportError> {
    let shape = shape_of(args.format)?;
    let options = Options { zone: zone_for(shape, args.timezone)?, dates: dates(args) };
    let table = Table::read(source, shape, options)?;
    let mut report = ImportReport { rows: table.rows_n, ..ImportReport::default() };
    report.suggestions = table.suggestions(shape);
    report.refused = table.refused;
    let mut recorder = Recorder::new(ledger, actor, shape, report, progress);
    if !table.rows.is_empty() {
        recorder.record_file(source.sha256(), options)?;
    }
    for row in table.rows {
        recorder.take(row)?;
    }
    recorder.finish()
}

/// How the file is to be read, beyond its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Options {
    zone: Option<Zone>,
    dates: Dates,
}

/// Which number of a date is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dates {
    AsWritten,
    /// Day and month change places where the day is at most 12.
    Exchanged,
}

impl std::fmt::Display for Options {
    /// As they stand in `FileImported`, and in what a row's key stands for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let zone = self.zone.map_or("in the stamps", |zone| zone.name());
        let dates = match self.dates {
            Dates::AsWritten => "as written",
            Dates::Exchanged => "day and month exchanged",
        };
        write!(f, "zone: {zone}; dates: {dates}")
    }
}

fn dates(args: &ImportArgs) -> Dates {
    if args.swap_day_month { Dates::Exchanged } else { Dates::AsWritten }
}

fn shape_of(format: Format) -> Result<&'static Shape, ImportError> {
    let unread = |name: &str| {
        let what = format!(
            "the format {name} is not read yet; this version reads workplace, trondheim, \
             norway12 and csv"
        );
        Err(ImportError::Usage { what })
    };
    match format {
        Format::Workplace => Ok(&workplace::SHAPE),
        Format::Trondheim => Ok(&trondheim::SHAPE),
        Format::Norway12 => Ok(&norway12::SHAPE),
        Format::Csv => Ok(&linli_csv::SHAPE),
        Format::Dundee => unread("dundee"),
        Format::OcpiCdr => unread("ocpi-cdr"),
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

fn zone(name: &str) -> Result<Zone, String> {
    name.parse().map_err(|_| "write an IANA zone, such as Europe/Oslo or UTC".to_owned())
}
