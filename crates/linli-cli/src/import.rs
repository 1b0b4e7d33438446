//! `linli import`: what others wrote down, out of a file into the journal, as events.
//!
//! How files are read, and what of them is recorded, is `linli-import`'s; here it is asked for and
//! shown.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use linli::{CaseId, InvalidName, Scope, Zone};
use linli_import::{
    Dates, Format, ImportError, ImportReport, Options, Sessions, Source, attendance, hours,
    requests,
};

use crate::args::{Global, KeyringArgs};
use crate::clock::now;
use crate::failure::{BAD_INPUT, Failure};
use crate::{out, progress};

/// What can be imported.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Import {
    /// Charging sessions
    Charging(ImportArgs),
    /// Open service requests, as the JSON of Open311 GeoReport v2
    Requests(RequestsArgs),
    /// Volunteers at shifts, as CSV with the columns person, shift, in, out
    Hours(PresenceArgs),
    /// Children in classes, as CSV with the columns class, child, in, out, and perhaps to
    Attendance(PresenceArgs),
}

/// What `linli import charging` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The file with the sessions
    file: PathBuf,
    /// Whose file it is
    #[arg(long, value_parser = formats())]
    format: Format,
    /// The time zone in which stamps without an offset are meant, such as Europe/Oslo
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Zone>,
    /// Exchange day and month in every date whose day is at most 12
    #[arg(long)]
    swap_day_month: bool,
}

/// What `linli import requests` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RequestsArgs {
    /// The file with the requests
    file: PathBuf,
    /// Who gave the requests their ids: a case is named SOURCE:ID
    #[arg(long, value_name = "SOURCE", default_value = "open311", value_parser = source_name)]
    source: String,
    /// The time zone in which local dates are meant, such as Asia/Shanghai; without it the offset
    /// of each time
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Zone>,
    /// The community in which they are handled, such as xuzhuang/yujing
    #[arg(long, value_name = "PATH", default_value = "")]
    scope: Scope,
    #[command(flatten)]
    keyring: KeyringArgs,
}

/// What `linli import hours` and `linli import attendance` are told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PresenceArgs {
    /// The file with the rows
    file: PathBuf,
    /// The time zone in which times without an offset are meant, such as Asia/Shanghai
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Zone>,
    /// The community in which it happened, such as xuzhuang/yujing
    #[arg(long, value_name = "PATH", default_value = "")]
    scope: Scope,
}

/// The formats by their names.
fn formats() -> impl TypedValueParser<Value = Format> {
    let told = |format: Format| PossibleValue::new(format.name()).help(format.holds());
    let typed = |name: String| Format::ALL.into_iter().find(|format| format.name() == name);
    PossibleValuesParser::new(Format::ALL.map(told))
        .try_map(move |name| typed(name).ok_or("there is no such format"))
}

/// The zone that somebody typed.
pub(crate) fn zone(name: &str) -> Result<Zone, String> {
    name.parse().map_err(|_| "write an IANA zone, such as Europe/Oslo or UTC".to_owned())
}

/// A source is the beginning of names.
fn source_name(text: &str) -> Result<String, InvalidName> {
    CaseId::new(text).map(|name| name.to_string())
}

/// Carries out `linli import`: 2 where a row was left out.
pub(crate) fn run(global: &Global, import: &Import) -> Result<u8, Failure> {
    // A file that is not of the format leaves no journal behind.
    let actor = global.actor.as_str();
    match import {
        Import::Charging(args) => {
            let dates = if args.swap_day_month { Dates::Exchanged } else { Dates::AsWritten };
            let options = Options { zone: args.timezone, dates };
            let sessions = Sessions::read(&Source::open(&args.file)?, args.format, options)?;
            let ledger = global.address()?.create()?;
            let rows = sessions.rows();
            shown(global, rows, |tell| sessions.record(&ledger, actor, now(), tell))
        }
        Import::Requests(args) => {
            let source = Source::open(&args.file)?;
            let steps = requests(&source, &args.source, args.timezone, &args.scope)?;
            let ledger = args.keyring.lent_to(global.address()?.create()?)?;
            let rows = steps.rows();
            shown(global, rows, |tell| steps.record(&ledger, actor, tell))
        }
        Import::Hours(args) | Import::Attendance(args) => {
            let read = if matches!(import, Import::Hours(_)) { hours } else { attendance };
            let steps = read(&Source::open(&args.file)?, args.timezone, &args.scope)?;
            let ledger = global.address()?.create()?;
            let rows = steps.rows();
            shown(global, rows, |tell| steps.record(&ledger, actor, tell))
        }
    }
}

/// Records with a progress bar, and shows what became of the rows.
fn shown(
    global: &Global,
    rows: u64,
    record: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<ImportReport, ImportError>,
) -> Result<u8, Failure> {
    progress::listen_for_interrupt();
    let bar = progress::bar(global, "importing", rows);
    let mut tell = |done, _| {
        bar.set_position(done);
        if progress::is_interrupted() {
            // Each append of a row is there entirely or not at all.
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

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let sentence = error.to_string();
        match error {
            ImportError::Stopped { error, .. } => Self { sentence, ..(*error).into() },
            ImportError::NotReadBack { error, .. } => Self { sentence, ..error.into() },
            _ => Self::input(sentence),
        }
    }
}
