//! What others wrote down: tables of sessions, of hours, of attendance.

use std::sync::Arc;

use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger, Request};
use linli::privacy::MemoryKeyring;
use linli::{Scope, Timestamp, Zone};
use linli_import::{
    Dates, Format, ImportError, ImportReport, Options, Sessions, Source, Steps, attendance, hours,
    requests,
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
        .chain([hours, attendance].map(|read| steps(&source, read)))
        .chain([steps(&source, |source, zone, scope| requests(source, "fuzz", zone, scope))])
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

fn steps(
    source: &Source,
    read: fn(&Source, Option<Zone>, &Scope) -> Result<Steps, ImportError>,
) -> Read {
    let ledger = ledger();
    let take = || {
        let steps = read(source, Some(Zone::Asia__Shanghai), &Scope::default())?;
        steps.record(&ledger, "fuzz", &mut |_, _| {})
    };
    let first = take().map_err(|fault| fault.to_string())?;
    let again = take().map_err(|fault| fault.to_string())?;
    assert_eq!(again.imported, 0, "the same file adds nothing");
    accounts_for_each_row(&first);
    accounts_for_each_row(&again);
    Ok(first.refused.iter().map(ToString::to_string).collect())
}

/// A ledger in memory, with a keyring, a shift and a class.
fn ledger() -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator())
        .with_keyring(Arc::new(MemoryKeyring::for_tests()));
    let story = Request::from_json(STORY).expect("commands");
    ledger.execute_blocking("fuzz", story).expect("nothing forbids it");
    ledger
}

const STORY: &str = r#"[
    {"launch_project": {"project_id": "gate", "team_id": "reds", "kind": "order",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_shift": {"shift_id": "gate-1", "project_id": "gate", "capacity_n": 4,
        "starts_at": "2022-02-20T09:00:00+08:00", "ends_at": "2022-02-20T11:00:00+08:00",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"register_volunteer": {"person_ref": "p-1", "volunteer_no": "v-1",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_programme": {"programme_id": "drum", "grade_min": 1, "grade_max": 6, "capacity_n": 20,
        "children_per_adult_max": 10,
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"schedule_class": {"class_id": "drum-1", "programme_id": "drum", "place_id": "room-2",
        "starts_at": "2022-02-20T09:00:00+08:00", "ends_at": "2022-02-20T11:00:00+08:00",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}}]"#;
