//! The tables of an archive tell a replay what the segments tell it, or are found out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array};
use bytes::Bytes;
use linli::charging::tariff::Tariff;
use linli::charging::{Event, Reading, Register};
use linli::codec::{self, Channel, Reason, Recorded};
use linli::journal::{Append, Blocking, IdempotencyKey, MemoryStore, Position};
use linli::ledger::{Authority, Ledger};
use linli::proof::Root;
use linli::replay::{GroupBy, Replay, Report};
use linli::{Flag, Happened, Scope, Timestamp, WattHours, Watts, Zone};
use object_store::memory::InMemory;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::on;
use super::verifying::with_column;
use crate::{Archive, ArchiveStore, ArchivedJournal, Damage, Seal};

const ZONE: Zone = Zone::Europe__Oslo;
const MINUTE: i64 = 60_000_000;

/// What is told next of a session, or of its connector.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Start,
    Sample(i64),
    End(i64),
    /// With a flag, so that the session is not plain.
    FlaggedEnd(i64),
    Void,
    Commission(i64),
}

/// Steps of some sessions in any order: before their starts, after their ends, twice.
pub(super) fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let figure = || 0_i64..3_000;
    let step = prop_oneof![
        6 => figure().prop_map(Step::Sample),
        2 => figure().prop_map(Step::End),
        1 => figure().prop_map(Step::FlaggedEnd),
        1 => Just(Step::Void),
        1 => figure().prop_map(Step::Commission),
    ];
    let starts: Vec<(usize, Step)> = (0..5).map(|number| (number, Step::Start)).collect();
    let others = prop::collection::vec((0_usize..5, step), 0..40);
    others.prop_map(move |others| [starts.clone(), others].concat()).prop_shuffle()
}

fn event(number: usize, step: Step) -> Event {
    let session = format!("test:{number}").parse().expect("a session key");
    let connector: linli::ConnectorId = format!("c{}", number % 2).parse().expect("a connector");
    let card = Some("card".parse().expect("a card"));
    match step {
        Step::Start => Event::SessionStarted {
            session,
            connector: Some(connector),
            card,
            register: Some(WattHours(500)),
            admitted: false,
        },
        Step::Sample(wh) => {
            let power = (number == 1).then_some(Watts(wh));
            Event::MeterSampled { session, reading: Reading::Register(WattHours(wh)), power }
        }
        Step::End(wh) | Step::FlaggedEnd(wh) => Event::SessionEnded {
            session,
            connector: None,
            card,
            reading: match number {
                2 => Some(Reading::Energy(WattHours(wh))),
                3 => None,
                _ => Some(Reading::Register(WattHours(wh))),
            },
            stated_seconds: Some(wh),
            charging_seconds: (number == 4).then_some(wh),
            reason: None,
        },
        Step::Void => Event::SessionVoided {
            session,
            reason: "a test".to_owned(),
            by: "p-1".parse().expect("a pseudonym"),
            connector: None,
            card: None,
        },
        Step::Commission(watts) => Event::ConnectorCommissioned {
            connector,
            place: "east gate".to_owned(),
            meter: None,
            zone: ZONE,
            max_power: Some(Watts(watts)),
            register: Register::Lifetime,
            feeds_back: false,
        },
    }
}

/// A journal of these steps, one a quarter of an hour and an append.
pub(super) fn journal(steps: &[(usize, Step)]) -> MemoryStore {
    let store = MemoryStore::new();
    for (quarters, (number, step)) in (0..).zip(steps) {
        let at = Timestamp(1_600_000_000_000_000 + 15 * MINUTE * quarters);
        let mut happened = Happened::at(at, ZONE, linli::Event::Charging(event(*number, *step)));
        if matches!(step, Step::FlaggedEnd(_)) {
            happened.flags.push(Flag::ClockUnset);
        }
        let recorded = Recorded {
            recorded_at: at,
            actor: "station".to_owned(),
            channel: Channel::Device,
            zone: ZONE,
            scope: Scope::default(),
            reason: Reason::default(),
        };
        let append = Append::of(codec::encode(&happened, ZONE)).metadata(&recorded.encode());
        let append = append.key(IdempotencyKey::of("tables", &quarters.to_string()));
        Blocking(&store).append(append).expect("nothing forbids it");
    }
    store
}

/// Two sessions with nothing remarkable about them, and one that was voided.
fn three_sessions() -> MemoryStore {
    let told = |number| [Step::Start, Step::Sample(900), Step::End(1_500)].map(|of| (number, of));
    let voided = (3, Step::Void);
    journal(&[told(0), told(1), told(3)].concat().into_iter().chain([voided]).collect::<Vec<_>>())
}

fn tariff() -> Tariff {
    Tariff::from_json(
        r#"{"id": "bands", "currency": "NOK", "elements": [
            {"restrictions": {"start_time": "16:00", "end_time": "21:00"},
             "price_components": [{"type": "ENERGY", "price": 0.97, "step_size": 1}]},
            {"price_components": [{"type": "ENERGY", "price": 0.31, "step_size": 1}]}],
            "linli": {"rounding": [{"stage": "session", "method": "half_up", "digits": 2}]}}"#,
    )
    .expect("a tariff")
}

pub(super) fn replayed(ledger: &Ledger) -> String {
    let replay = Replay::under(&tariff()).by(GroupBy::CardMonth).keep_bills();
    let Report { sessions, energy_wh, tariffs, .. } =
        replay.run_blocking(ledger).expect("replayed");
    let tariff = &tariffs[0];
    let bills: Vec<_> = tariff.bills.iter().collect();
    format!(
        "{sessions} {energy_wh} {} {} {:?} {bills:?}",
        tariff.total, tariff.digest, tariff.groups
    )
}

pub(super) fn ledger(store: impl linli::journal::EventStore + 'static) -> Ledger {
    Ledger::new(store, Authority::read_only())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However it was cut and sealed: from the tables, from the segments, from the tables and what
    /// the journal told since.
    #[test]
    fn a_replay_of_the_tables_is_that_of_the_journal(
        steps in steps(),
        cuts in prop::collection::vec(0_u64..50, 0..3),
        rows in 1_u64..20,
    ) {
        let store = journal(&steps);
        let archive = Archive::in_objects(Arc::new(InMemory::new()));
        let expected = replayed(&ledger(store.clone()));
        let mut cuts = cuts;
        cuts.sort_unstable();
        for up_to in cuts.into_iter().map(Some).chain([None]) {
            let seal = Seal::all().rows(rows).up_to(up_to.map(Position));
            archive.seal(Blocking(&store), seal, on).expect("sealed");
            let archived = ArchiveStore::of(archive.clone()).expect("sealed just now");
            let joined = ArchivedJournal::of(archived, Arc::new(store.clone())).expect("its own");
            let closed = joined.closed();
            prop_assert_eq!(closed.last().map(|range| range.last()), joined_end(&archive));
            prop_assert_eq!(&replayed(&ledger(joined).with_closed(closed)), &expected);
        }
        let archived = || ArchiveStore::of(archive.clone()).expect("sealed just now");
        prop_assert_eq!(&replayed(&ledger(archived())), &expected);
        prop_assert_eq!(&replayed(&ledger(archived()).with_closed(archived().closed())), &expected);
        let found = archive.verify(Some(Blocking(&store)), on).expect("readable");
        prop_assert_eq!(found.damages, []);
    }
}

fn joined_end(archive: &Archive) -> Option<Position> {
    archive.manifest().expect("a manifest").end()
}

fn sealed(folder: &Path) -> Archive {
    let archive = Archive::create(folder).expect("a folder");
    archive.seal(Blocking(&three_sessions()), Seal::all(), on).expect("sealed");
    archive
}

#[test]
fn plain_sessions_stand_in_one_table_and_other_events_in_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = sealed(folder.path()).manifest().expect("a manifest");
    let [table] = &manifest.tables[..] else { panic!("one table") };
    assert_eq!((table.first, table.last), (Position(1), Position(10)));
    assert_eq!((table.sessions.rows, table.others.rows), (2, 4));
}

/// An archive of before there were tables, or one whose tables were thrown away.
#[test]
fn an_archive_without_tables_is_replayed_and_gets_them_when_it_is_sealed_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    let path = folder.path().join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("it")).expect("JSON");
    let tables = manifest.as_object_mut().expect("fields").remove("tables").expect("tables");
    for folder in ["sessions", "others"].map(|name| folder.path().join(name)) {
        fs::remove_dir_all(folder).expect("it was there");
    }
    fs::write(&path, manifest.to_string()).expect("written");
    let store = ArchiveStore::open(folder.path()).expect("an archive");
    assert!(store.closed().is_empty());
    assert_eq!(replayed(&ledger(store)), replayed(&ledger(three_sessions())));
    assert_eq!(archive.verify(None, on).expect("readable").damages, []);
    let again = archive.seal(Blocking(&three_sessions()), Seal::all(), on).expect("sealed");
    assert_eq!(again.segments, 0);
    let written = serde_json::to_value(archive.manifest().expect("a manifest")).expect("JSON");
    assert_eq!(written["tables"], tables);
}

/// The files of the table, and where each of them is listed.
fn files(folder: &Path) -> [(std::path::PathBuf, &'static str); 2] {
    ["sessions", "others"]
        .map(|name| (folder.join(format!("{name}/{:020}-{:020}.parquet", 1, 10)), name))
}

fn damages(archive: &Archive) -> Vec<Damage> {
    archive.verify(None, on).expect("readable").damages
}

#[test]
fn every_flipped_byte_of_a_table_is_found_and_none_is_replayed() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    for (file, _) in files(folder.path()) {
        let made = fs::read(&file).expect("a table");
        for place in (0..made.len()).step_by(41) {
            let mut flipped = made.clone();
            flipped[place] ^= 1 << (place % 8);
            fs::write(&file, &flipped).expect("written");
            let [damage] = &damages(&archive)[..] else { panic!("byte {place}") };
            assert_eq!(damage.file, file.display().to_string());
            let store = ArchiveStore::open(folder.path()).expect("an archive");
            let closed = store.closed();
            let ledger = ledger(store).with_closed(closed);
            let replayed = Replay::under(&tariff()).run_blocking(&ledger);
            assert!(replayed.is_err(), "byte {place} was believed");
        }
        fs::remove_file(&file).expect("it was there");
        assert_eq!(damages(&archive).len(), 1);
        fs::write(&file, made).expect("written");
    }
    assert_eq!(damages(&archive), []);
}

/// Puts other bytes in the place of the sessions, and into the manifest, as who writes both can do.
fn relist(folder: &Path, altered: &[u8]) {
    let [(file, _), _] = files(folder);
    fs::write(file, altered).expect("written");
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("it")).expect("JSON");
    let listed = &mut manifest["tables"][0]["sessions"];
    listed["bytes"] = altered.len().into();
    listed["sha256"] = Root(Sha256::digest(altered).into()).to_string().into();
    fs::write(&path, manifest.to_string()).expect("written");
}

/// A replay has a reader of its own: what is verified is what it reads.
#[test]
fn a_table_that_a_replay_reads_otherwise_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    let [(file, _), _] = files(folder.path());
    let made = fs::read(&file).expect("a table");
    let right = replayed(&ledger(three_sessions()));
    // The end of what the footer says of the rows, before what Arrow says of them.
    let arrow = made.windows(12).position(|bytes| bytes == b"ARROW:schema").expect("it is there");
    for place in arrow - 128..arrow {
        let mut altered = made.clone();
        altered[place] = 0;
        relist(folder.path(), &altered);
        if damages(&archive).is_empty() {
            let store = ArchiveStore::open(folder.path()).expect("an archive");
            let closed = store.closed();
            assert_eq!(replayed(&ledger(store).with_closed(closed)), right, "byte {place}");
        }
    }
}

/// A table and a manifest that were both rewritten: the segments tell.
#[test]
fn a_table_that_says_something_else_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    let [(file, _), _] = files(folder.path());
    let bytes = Bytes::from(fs::read(&file).expect("a table"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    let batch = reader.build().expect("rows").next().expect("some").expect("they are read");
    let cheaper: ArrayRef = Arc::new(Int64Array::from(vec![501; batch.num_rows()]));
    let batch = with_column(&batch, "end_register", cheaper);
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("a file");
    writer.write(&batch).expect("written");
    let altered = writer.into_inner().expect("whole");
    relist(folder.path(), &altered);
    let [damage] = &damages(&archive)[..] else { panic!("it was believed") };
    assert_eq!(damage.file, file.display().to_string());
    // Who verifies the journal that a replay would take it for hears of it, too.
    let open = || ArchiveStore::open(folder.path()).expect("an archive");
    let beside = ArchivedJournal::of(open(), Arc::new(three_sessions())).expect("the same journal");
    let closed = open().closed();
    for ledger in [ledger(open()), ledger(beside)] {
        let ledger = ledger.with_closed(closed.clone());
        let found = ledger.verify("test", &[], on).expect("read").expect("to its end");
        let bad = found.first_bad.expect("it was believed");
        assert_eq!((bad.position, found.root), (Position(1), None));
    }
}

#[test]
fn every_flipped_bit_of_a_manifest_with_tables_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    let path = folder.path().join("manifest.json");
    let sealed = fs::read(&path).expect("a manifest");
    let tables = sealed.windows(8).position(|run| run == b"\"tables\"").expect("tables");
    for place in tables..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[place] ^= 1 << (place % 8);
        fs::write(&path, &flipped).expect("written");
        assert_ne!(damages(&archive), [], "byte {place}");
    }
}

/// What is left of a seal that ended between a file and the manifest.
#[test]
fn a_table_that_nobody_lists_is_found_and_set_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = sealed(folder.path());
    let stranger = folder.path().join(format!("sessions/{:020}-{:020}.parquet", 11, 14));
    fs::write(&stranger, b"PAR1 and no more").expect("written");
    let [damage] = &damages(&archive)[..] else { panic!("nobody saw it") };
    assert_eq!(damage.file, stranger.display().to_string());
    archive.seal(Blocking(&three_sessions()), Seal::all(), on).expect("sealed");
    assert_eq!(damages(&archive), []);
}
