//! What others wrote down: tables of sessions, of hours, of attendance.

use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger};
use linli::{Scope, Timestamp, Zone};
use linli_import::{
    Dates, Format, ImportError, ImportReport, Options, Sessions, Source, Steps, attendance, hours,
};

/// Reads a table as whatever can be imported, and records what can be read. A file twice adds
/// nothing, and each of its rows is accounted for. No sentence where a reader took all of it, else
/// one of a row that was left out, else why it is of no format.
pub fn import(bytes: &[u8]) -> Option<String> {
    let source = match Source::of("rows".to_owned(), bytes.to_vec()) {
        Ok(source) => source,
        Err(fault) => return Some(fault.to_string()),
    };
    let read: Vec<Read> = Format::ALL
        .into_iter()
        .map(|format| sessions(&source, format))
        .chain([hours, attendance].map(|read| presence(&source, read)))
        .collect();
    for sentence in read.iter().flat_map(sentences) {
        assert!(sentence.len() < 4_000, "one sentence: {sentence}");
    }
    let of_format = read.iter().flatten().min_by_key(|left_out| left_out.len());
    match of_format {
        Some(left_out) => left_out.first().cloned(),
        None => read.into_iter().find_map(Result::err),
    }
}

/// What was said of each row that was left out; why the file is not of the format.
type Read = Result<Vec<String>, String>;

fn sentences(read: &Read) -> &[String] {
    read.as_ref().map_or_else(std::slice::from_ref, Vec::as_slice)
}

fn sessions(source: &Source, format: Format) -> Read {
    let ledger = ledger();
    let zone = Some(Zone::UTC).filter(|_| takes_a_zone(format));
    let take = |dates| {
        let sessions = Sessions::read(source, format, Options { zone, dates })?;
        sessions.record(&ledger, "fuzz", Timestamp(0), &mut |_, _| {})
    };
    let first = take(Dates::AsWritten).map_err(|fault| fault.to_string())?;
    let again = take(Dates::AsWritten).map_err(|fault| fault.to_string())?;
    // Not every format has dates to exchange.
    for again in [Some(again), take(Dates::Exchanged).ok()].into_iter().flatten() {
        assert_eq!(again.imported, 0, "the same file adds nothing");
        accounts_for_each_row(&again);
    }
    accounts_for_each_row(&first);
    Ok(first.refused.iter().map(ToString::to_string).collect())
}

fn accounts_for_each_row(report: &ImportReport) {
    let rows = report.imported + report.duplicates + report.refused.len() as u64;
    assert_eq!(rows, report.rows, "each row is accounted for");
}

fn takes_a_zone(format: Format) -> bool {
    matches!(format, Format::Workplace | Format::Csv | Format::OcpiCdr)
}

fn presence(
    source: &Source,
    read: fn(&Source, Option<Zone>, &Scope) -> Result<Steps, ImportError>,
) -> Read {
    let steps = read(source, Some(Zone::Asia__Shanghai), &Scope::default());
    let report = steps.and_then(|steps| steps.record(&ledger(), "fuzz", &mut |_, _| {}));
    let report = report.map_err(|fault| fault.to_string())?;
    accounts_for_each_row(&report);
    Ok(report.refused.iter().map(ToString::to_string).collect())
}

/// A ledger in memory.
fn ledger() -> Ledger {
    Ledger::new(MemoryStore::new(), Authority::local_operator())
}
