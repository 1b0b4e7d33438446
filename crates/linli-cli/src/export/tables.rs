//! Tables in a folder, a file each, for whoever opens them in a notebook or a spreadsheet.
//!
//! They are for the people of the house: whoever is in them is there by pseudonym, children too,
//! and no small number is left out. What is published is made of them, never they themselves.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;

use clap::ValueEnum;
use linli::journal::{Position, Query};
use linli::ledger::Ledger;
use linli_arrow::{Scan, Table, TableError};
use serde_json::json;

use super::table_file::TableFile;
use crate::args::{Global, TablesArgs};
use crate::failure::Failure;
use crate::{figures, out, progress};

/// The tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum TableName {
    /// Charging sessions
    Sessions,
    /// Meter readings
    MeterSamples,
    /// Bills that the journal holds
    Bills,
    /// The journal as it was written, sealed fields left out
    Events,
    /// Disputes of the mediation room
    Disputes,
    /// Hazards, nuisances and requests
    Cases,
    /// Appointments of the clinic
    Appointments,
    /// Doses that were given
    Doses,
    /// Time that volunteers were credited
    VolunteerHours,
    /// Which child was in which class
    Attendance,
    /// Activities of the troupe
    Activities,
}

pub(super) fn run(global: &Global, args: &TablesArgs) -> Result<u8, Failure> {
    let ledger = global.address()?.open_with_archive(args.archive.as_ref())?;
    fs::create_dir_all(&args.folder)
        .map_err(|error| Failure::in_file(&args.folder, format!("no folder is here: {error}")))?;
    progress::listen_for_interrupt();
    let tables = match &args.tables[..] {
        [] => TableName::value_variants(),
        chosen => chosen,
    };
    let mut rows = BTreeMap::new();
    for table in tables {
        let name = table.to_possible_value().map_or_else(String::new, |own| own.get_name().into());
        let file = TableFile::begin(&args.folder, &name, args.format)?;
        rows.insert(name, written(global, args, &ledger, *table, file)?);
    }
    if global.json {
        out::json(&json!({ "folder": args.folder, "rows": rows }))?;
        return Ok(0);
    }
    let shown = |(name, count): (String, u64)| vec![name, figures::grouped(count.into())];
    let rows = rows.into_iter().map(shown).collect();
    out::text(&figures::table(&["table", "rows"], rows, &[1]))?;
    Ok(0)
}

/// Writes one table, and gives the number of its rows. Those that grow with the journal go batch by
/// batch from page to file.
fn written(
    global: &Global,
    args: &TablesArgs,
    ledger: &Ledger,
    table: TableName,
    mut file: TableFile,
) -> Result<u64, Failure> {
    let bar = progress::bar(global, "exporting", 0);
    let own = bar.clone();
    let scan = bounded(global, args).on_progress(move |come| {
        own.set_length(come.until.0);
        own.set_position(come.position.0);
        match progress::is_interrupted() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    let columns = match table {
        TableName::Events => {
            scan.each_batch_of_events(ledger, &Query::all(), |batch| file.write(&batch))
        }
        TableName::MeterSamples => scan.each_batch_of_samples(ledger, |batch| file.write(&batch)),
        other => made(&scan, ledger, other).and_then(|made| {
            made.batches().iter().try_for_each(|batch| file.write(batch))?;
            Ok(made.schema())
        }),
    };
    bar.finish_and_clear();
    file.finish(columns?)
}

fn made(scan: &Scan, ledger: &Ledger, table: TableName) -> Result<Table, TableError> {
    match table {
        TableName::Sessions => scan.sessions(ledger),
        TableName::MeterSamples => scan.meter_samples(ledger),
        TableName::Bills => scan.issued_bills(ledger),
        TableName::Events => scan.events(ledger, &Query::all()),
        TableName::Disputes => scan.disputes(ledger),
        TableName::Cases => scan.cases(ledger),
        TableName::Appointments => scan.appointments(ledger),
        TableName::Doses => scan.doses(ledger),
        TableName::VolunteerHours => scan.volunteer_hours(ledger),
        TableName::Attendance => scan.attendance(ledger),
        TableName::Activities => scan.activities(ledger),
    }
}

fn bounded(global: &Global, args: &TablesArgs) -> Scan {
    let mut scan = Scan::by(global.actor.as_str());
    if let Some(position) = args.as_known_at {
        scan = scan.as_known_at(Position(position));
    }
    if let Some(day) = args.as_of {
        scan = scan.as_of(day);
    }
    scan
}
