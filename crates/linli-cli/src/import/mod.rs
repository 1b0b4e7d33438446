//! `linli import`: what others wrote down, out of a file into the journal, as events.
//!
//! The structure of the whole file is checked first: if it is not of the format, nothing is
//! written. Then the rows go in, one append a row, in the order in which they started. A row that
//! happened is never turned down: what looks odd about it is a flag. Only a row that cannot be
//! read is left out, and listed with its line, its column and the reason.
//!
//! The same file again adds nothing, and a run that was cut short goes on where it stopped: each
//! row has a key made of the format and the source's own id. A row that says something else under
//! an id that the journal knows is listed as refused; the first content counts. The same row read
//! with other options corrects its session (see [`again`]).
//!
//! A file of another format is a file of its own here, with one [`shape::Shape`] in it where it
//! is a table of sessions. Requests of a hotline, hours and attendance are [`steps`]: rows that
//! each ask the ledger for one thing after another.

mod again;
mod clock;
mod doubt;
mod dundee;
mod error;
mod fields;
mod linli_csv;
mod norway12;
mod number;
mod ocpi_cdr;
mod ocpi_periods;
mod place;
mod presence;
mod recorder;
mod report;
mod requests;
mod row;
mod shape;
mod source;
mod steps;
mod table;
mod trondheim;
mod workplace;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use linli::Zone;
use linli::ledger::Ledger;

use crate::args::Global;
use crate::failure::{BAD_INPUT, Failure};
use crate::{out, progress};
use error::ImportError;
use recorder::Recorder;
use report::ImportReport;
use shape::{Origin, Shape, Zones};
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
    /// OCPI charge detail records, one or a list of them
    #[value(name = "ocpi-cdr")]
    OcpiCdr,
    /// Linli's own columns
    #[value(name = "csv")]
    Csv,
}

/// What can be imported.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Import {
    /// Charging sessions
    Charging(ImportArgs),
    /// Open service requests, as the JSON of Open311 GeoReport v2
    Requests(requests::RequestsArgs),
    /// Volunteers at shifts, as CSV with the columns person, shift, in, out
    Hours(presence::PresenceArgs),
    /// Children in classes, as CSV with the columns class, child, in, out, and perhaps to
    Attendance(presence::PresenceArgs),
}

/// Carries out `linli import`: 2 where a row was left out.
pub(crate) fn run(global: &Global, import: &Import) -> Result<u8, Failure> {
    // A file that is not of the format leaves no journal behind.
    match import {
        Import::Charging(args) => {
            let sessions = Sessions::read(&Source::open(&args.file)?, args)?;
            let ledger = global.address()?.create()?;
            let rows_n = sessions.table.rows_n;
            shown(global, rows_n, |tell| sessions.record(&ledger, global.actor.as_str(), tell))
        }
        Import::Requests(args) => {
            let steps = requests::read(&Source::open(&args.file)?, args)?;
            let ledger = args.keyring.lent_to(global.address()?.create()?)?;
            let rows_n = steps.rows_n;
            shown(global, rows_n, |tell| steps.record(&ledger, global.actor.as_str(), tell))
        }
        Import::Hours(args) | Import::Attendance(args) => {
            let shape = match import {
                Import::Hours(_) => &presence::HOURS,
                _ => &presence::ATTENDANCE,
            };
            let steps = presence::read(&Source::open(&args.file)?, shape, args)?;
            let ledger = global.address()?.create()?;
            let rows_n = steps.rows_n;
            shown(global, rows_n, |tell| steps.record(&ledger, global.actor.as_str(), tell))
        }
    }
}

/// Records with a progress bar, and shows what became of the rows.
fn shown(
    global: &Global,
    rows_n: u64,
    record: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<ImportReport, ImportError>,
) -> Result<u8, Failure> {
    progress::listen_for_interrupt();
    let bar = progress::bar(global, "importing", rows_n);
    let mut tell = |done, _| {
        bar.set_position(done);
        if progress::is_interrupted() {
            // Each row is an append of its own, there entirely or not at all.
            bar.finish_and_clear();
            out::complaint(&Failure::interrupted("stopped; the same command goes on from here"));
            std::process::exit(130);
        }
    };
    let report = record(&mut tell)?;
    bar.finish_and_clear();
    if global.json {
        out::json(&report.to_json())?;
    } else {
        out::text(report.to_text().trim_end())?;
    }
    Ok(if report.refused.is_empty() { 0 } else { BAD_INPUT })
}

/// The sessions of a file whose structure was checked.
#[derive(Debug)]
struct Sessions {
    origin: Origin,
    options: Options,
    sha256: String,
    table: Table,
}

impl Sessions {
    /// Checks the file whole, and reads every row.
    fn read(source: &Source, args: &ImportArgs) -> Result<Self, ImportError> {
        let sha256 = source.sha256().to_owned();
        let Some(shape) = shape_of(args.format) else {
            let options = Options { zone: args.timezone, dates: dates(args) };
            let table = ocpi_cdr::read(source, options)?;
            return Ok(Self { origin: ocpi_cdr::ORIGIN, options, sha256, table });
        };
        let options = Options { zone: zone_for(shape, args.timezone)?, dates: dates(args) };
        let table = Table::read(source, shape, options)?;
        Ok(Self { origin: shape.origin(), options, sha256, table })
    }

    /// Records them. `progress` is told after each row how many of how many are done.
    fn record(
        self,
        ledger: &Ledger,
        actor: &str,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ImportReport, ImportError> {
        let Self { origin, options, sha256, table } = self;
        let report = ImportReport {
            rows: table.rows_n,
            suggestions: table.suggestions(origin.name),
            refused: table.refused,
            ..ImportReport::default()
        };
        let mut recorder = Recorder::new(ledger, actor, (origin, options), report, progress);
        if !table.rows.is_empty() {
            recorder.record_file(&sha256)?;
        }
        for row in table.rows {
            recorder.take(row)?;
        }
        recorder.finish()
    }
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
    /// As they stand in `FileImported`.
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

/// The shape of a table; `None` for what is no table.
fn shape_of(format: Format) -> Option<&'static Shape> {
    match format {
        Format::Workplace => Some(&workplace::SHAPE),
        Format::Trondheim => Some(&trondheim::SHAPE),
        Format::Norway12 => Some(&norway12::SHAPE),
        Format::Csv => Some(&linli_csv::SHAPE),
        Format::Dundee => Some(&dundee::SHAPE),
        Format::OcpiCdr => None,
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

/// The zone that somebody typed.
pub(crate) fn zone(name: &str) -> Result<Zone, String> {
    name.parse().map_err(|_| "write an IANA zone, such as Europe/Oslo or UTC".to_owned())
}
