//! What the columns are, cell by cell.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use linli::charging::{self, Command, Reading};
use linli::codec::{self, Channel, Reason, Recorded};
use linli::journal::{Append, Blocking, MemoryStore, Position, Query};
use linli::ledger::{Authority, Ledger, LedgerError, Request};
use linli::replay::{Comparison, Difference, DifferenceKind, Report, TariffReport};
use linli::{Currency, Event, Happened, Money, Scope, SessionKey, WattHours, Watts};

use super::story::{ZONE, at};
use crate::column::amount;
use crate::{Scan, Table, TableError, bills, differences};

/// The columns as `name: type`, with `?` where a row may have no value.
fn shape(table: &Table) -> Vec<String> {
    let shown = |field: &Arc<arrow_schema::Field>| {
        let may_be_null = if field.is_nullable() { "?" } else { "" };
        format!("{}: {}{may_be_null}", field.name(), field.data_type())
    };
    table.schema().fields().iter().map(shown).collect()
}

fn ledger() -> Ledger {
    Ledger::new(MemoryStore::new(), Authority::local_operator())
}

fn started(number: usize) -> Command {
    Command::RecordSessionStart {
        session: format!("test:{number:06}").parse().expect("a session key"),
        connector: None,
        card: None,
        at: at(0),
        zone: ZONE,
        register: None,
        flags: Vec::new(),
    }
}

fn sampled(reading: Reading, power: Option<Watts>) -> Command {
    let session = "test:000001".parse().expect("a session key");
    Command::RecordMeterSample { session, at: at(15), zone: ZONE, reading, power }
}

const WORD: &str = "Dictionary(Int32, Utf8)";
const INSTANT: &str = "Timestamp(µs, \"UTC\")";
const LIST: &str = "List(Utf8)";

#[test]
fn sessions_have_these_columns() {
    let table = Scan::by("test").sessions(&ledger()).expect("a table");
    let expected = [
        "session: Utf8".into(),
        "card: Utf8?".into(),
        "connector: Utf8?".into(),
        format!("started_at: {INSTANT}"),
        format!("ended_at: {INSTANT}?"),
        format!("zone: {WORD}"),
        "energy_wh: Int64?".into(),
        "readings: UInt32".into(),
        format!("state: {WORD}"),
        "held: Boolean".into(),
        format!("flags: {LIST}"),
    ];
    assert_eq!(shape(&table), expected);
}

#[test]
fn amounts_are_decimals_of_nine_digits() {
    let report = Report::default();
    let (bills, differences) = (bills(&report, &[]), differences(&report, &[]));
    let amounts = |table: Result<Table, TableError>| -> Vec<String> {
        let of_amounts = shape(&table.expect("a table")).into_iter();
        let names = of_amounts
            .filter_map(|column| Some(column.split_once(": Decimal128(38, 9)")?.0.into()));
        names.collect()
    };
    let parts = ["amount", "electricity", "service", "other", "issued", "difference"];
    assert_eq!(amounts(bills), parts);
    assert_eq!(amounts(differences), ["issued", "replayed", "difference"]);
}

#[test]
fn an_amount_beyond_its_column_is_a_named_error() {
    let most = 10_i128.pow(38) - 1;
    assert_eq!(amount(Money(most)).ok(), Some(most));
    assert!(matches!(amount(Money(most + 1)), Err(TableError::TooLarge { .. })));
    assert!(matches!(amount(Money(i128::MIN)), Err(TableError::TooLarge { .. })));
}

#[test]
fn an_unknown_reading_is_null_and_never_zero() {
    let ledger = ledger();
    let readings =
        [Reading::Register(WattHours(7)), Reading::Energy(WattHours(0)), Reading::Unknown];
    let mut commands = vec![started(1)];
    commands.extend(readings.map(|reading| sampled(reading, Some(Watts(3_500)))));
    ledger.execute_blocking("test", Request::all(commands)).expect("recorded");
    let samples = Scan::by("test").meter_samples(&ledger).expect("a table");
    let cells = samples.head(9).into_iter().map(|row| (row[4].clone(), row[5].clone()));
    let text = |text: &str| Some(text.to_owned());
    let expected = [(text("7"), None), (None, text("0")), (None, None)];
    assert_eq!(cells.collect::<Vec<_>>(), expected);
    assert_eq!(samples.head(1)[0][6], text("3500"));
    let sessions = Scan::by("test").sessions(&ledger).expect("a table");
    assert_eq!(sessions.head(1)[0][6], None, "an open session has no energy yet");
}

#[test]
fn a_batch_holds_at_most_its_rows() {
    let count = Table::BATCH_ROWS * 2 + 1;
    let missing = |number: usize| Difference {
        session: format!("test:{number}").parse().expect("a session key"),
        kind: DifferenceKind::Missing,
        issued: Money::ZERO,
        replayed: Money(Money::UNIT),
        causes: Vec::new(),
    };
    let differences_found = (0..count).map(missing).collect();
    let against_issued = Some(Comparison { agree: 0, differences: differences_found });
    let tariff = TariffReport { against_issued, ..TariffReport::default() };
    let report = Report { tariffs: vec![tariff], ..Report::default() };
    let table = differences(&report, &[]).expect("a table");
    let rows: Vec<usize> = table.batches().iter().map(arrow_array::RecordBatch::num_rows).collect();
    assert_eq!(rows, [Table::BATCH_ROWS, Table::BATCH_ROWS, 1]);
    assert_eq!(table.rows(), count);
    let last = table.head(count).pop().expect("a row");
    assert_eq!(last[1], Some(format!("test:{}", count - 1)));
}

#[test]
fn a_scan_asks_the_authority() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::nobody());
    let refused = Scan::by("somebody").sessions(&ledger);
    assert!(matches!(refused, Err(TableError::Ledger(LedgerError::NotAllowed(_)))));
}

#[test]
fn a_scan_tells_how_far_it_is_and_stops_when_asked() {
    let ledger = ledger();
    ledger.execute_blocking("test", started(1)).expect("recorded");
    let told = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&told);
    let scan = Scan::by("test").on_progress(move |progress| {
        seen.store(progress.until.0, Ordering::Relaxed);
        ControlFlow::Break(())
    });
    assert!(matches!(scan.sessions(&ledger), Err(TableError::Cancelled)));
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[test]
fn as_of_a_day_leaves_out_what_came_after_it_in_its_own_zone() {
    let ledger = ledger();
    // 2022-01-01 00:00 UTC is 08:00 of the same day in Shanghai; 16 hours later it is the next.
    let late = Command::RecordMeterSample {
        session: "test:000001".parse().expect("a session key"),
        at: at(16 * 60),
        zone: ZONE,
        reading: Reading::Energy(WattHours(1)),
        power: None,
    };
    let commands = vec![started(1), sampled(Reading::Energy(WattHours(0)), None), late];
    ledger.execute_blocking("test", Request::all(commands)).expect("recorded");
    let day = chrono::NaiveDate::from_ymd_opt(2022, 1, 1).expect("a day");
    let scan = Scan::by("test").as_of(day);
    assert_eq!(scan.meter_samples(&ledger).expect("a table").rows(), 1);
    assert_eq!(scan.events(&ledger, &Query::all()).expect("a table").rows(), 2);
    let known = Scan::by("test").as_known_at(Position(1));
    assert_eq!(known.events(&ledger, &Query::all()).expect("a table").rows(), 1);
}

#[test]
fn an_event_is_shown_with_what_it_says() {
    let ledger = ledger();
    ledger.execute_blocking("operator", started(1)).expect("recorded");
    let table = Scan::by("test").events(&ledger, &Query::tagged("charging:test:000001"));
    let row = &table.expect("a table").head(1)[0];
    let cell = |place: usize| row[place].as_deref();
    assert_eq!((cell(0), cell(2), cell(3)), (Some("1"), Some("SessionStarted"), Some("1")));
    assert_eq!((cell(4), cell(8)), (Some("charging:test:000001"), Some("operator")));
    assert_eq!((cell(5), cell(6)), (Some("2022-01-01T00:00:00Z"), Some("Asia/Shanghai")));
    assert!(cell(10).is_some_and(|data| data.contains(r#""session":"test:000001""#)), "{row:?}");
}

#[test]
fn an_event_of_mediation_is_shown_as_well() {
    let told = r#"{"register_dispute": {"dispute_id": "d-1", "kind": "damage",
        "origin": "application", "place_id": "yujing", "at": "2022-02-20T09:00:00+08:00",
        "zone": "Asia/Shanghai"}}"#;
    let ledger = ledger();
    let request = linli::ledger::Request::from_json(told).expect("a command");
    ledger.execute_blocking("operator", request).expect("recorded");
    let table = Scan::by("test").events(&ledger, &Query::all()).expect("a table");
    let row = &table.head(1)[0];
    assert_eq!(row[2].as_deref(), Some("DisputeRegistered"));
    assert!(row[10].as_deref().is_some_and(|data| data.contains(r#""kind":"damage""#)), "{row:?}");
}

/// A journal of these events, as a ledger of a later day would have written them.
fn of_events(events: Vec<charging::Event>) -> Ledger {
    let store = MemoryStore::new();
    let (recorded_at, actor, zone) = (at(1), "operator".to_owned(), ZONE);
    let (channel, scope, reason) = (Channel::App, Scope::default(), Reason::default());
    let recorded = Recorded { recorded_at, actor, channel, zone, scope, reason };
    let encoded = |event| codec::encode(&Happened::at(at(0), ZONE, Event::Charging(event)), ZONE);
    let append = Append::all(events.into_iter().map(encoded)).metadata(&recorded.encode());
    Blocking(&store).append(append).expect("appended");
    Ledger::new(store, Authority::local_operator())
}

#[test]
fn a_bill_keeps_its_digits_and_names_what_it_replaces() {
    let session: SessionKey = "test:1".parse().expect("a session key");
    let currency: Currency = "CNY".parse().expect("a currency");
    let table = Scan::by("test").issued_bills(&of_events(vec![
        charging::Event::BillRecorded {
            session: session.clone(),
            source: "old".into(),
            amount: "0.660".into(),
            currency,
        },
        charging::Event::BillIssued {
            bill: "B2".into(),
            session: session.clone(),
            tariff: "flat".parse().expect("a tariff"),
            version: 3,
            currency,
            amount: "-1.5".into(),
            replaces: Some("B1".into()),
            card: None,
            month: None,
            hash: None,
        },
        charging::Event::BillCredited {
            bill: "B3".into(),
            credits: "B2".into(),
            session,
            reason: "a test".into(),
            card: None,
        },
    ]));
    let rows = table.expect("a table").head(9);
    let cells = |row: usize| -> Vec<&str> {
        rows[row][4..].iter().map(|cell| cell.as_deref().unwrap_or("-")).collect()
    };
    assert_eq!(cells(0), ["recorded", "-", "old", "-", "-", "CNY", "0.66", "0.660", "-"]);
    assert_eq!(cells(1), ["issued", "B2", "-", "flat", "3", "CNY", "-1.50", "-1.5", "B1"]);
    assert_eq!(cells(2), ["credited", "B3", "-", "-", "-", "-", "-", "-", "B2"]);
}

#[test]
fn an_amount_is_read_as_it_is_written() {
    assert_eq!(Money::written("0.66"), Some(Money(660_000_000)));
    assert_eq!(Money::written("-12"), Some(Money(-12_000_000_000)));
    for text in ["", "0,66", "free", "0.0000000001"] {
        assert_eq!(Money::written(text), None, "{text}");
    }
}
