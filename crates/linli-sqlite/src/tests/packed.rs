//! What is packed tells a replay what the events tell it, or is found out.

use std::ops::ControlFlow;

use linli::charging::tariff::Tariff;
use linli::charging::{self, Reading};
use linli::codec::{self, Channel, Reason, Recorded};
use linli::journal::Position;
use linli::ledger::{Authority, Ledger};
use linli::proof::Verified;
use linli::replay::{GroupBy, Replay, ReplayError};
use linli::{Happened, Scope, Timestamp, WattHours, Zone};

use super::*;
use crate::{PackError, Packed};

const MINUTE: i64 = 60_000_000;
/// So many events have a range here.
const EVENTS: u64 = 16;

/// What happens to some sessions, five events each, two sessions at a time.
fn told(sessions: i64) -> Vec<Happened<linli::Event>> {
    let mut told = Vec::new();
    for number in 0..sessions {
        let session: linli::SessionKey = format!("test:{number}").parse().expect("a key");
        let begun = 1_600_000_000_000_000 + number * 60 * MINUTE;
        let register = |wh: i64| Reading::Register(WattHours(1_000 * number + wh));
        let card = Some(format!("card-{}", number % 3).parse().expect("a card"));
        let mut tell = |minutes: i64, event: charging::Event| {
            let at = Timestamp(begun + minutes * MINUTE);
            told.push(Happened::at(at, Zone::Europe__Oslo, linli::Event::Charging(event)));
        };
        let connector = Some(format!("c{}", number % 2).parse().expect("a connector"));
        tell(
            0,
            charging::Event::SessionStarted {
                session: session.clone(),
                connector,
                card,
                register: Some(WattHours(1_000 * number)),
                admitted: true,
            },
        );
        for quarter in 1..4 {
            let reading = register(quarter * 200);
            let session = session.clone();
            tell(30 * quarter, charging::Event::MeterSampled { session, reading, power: None });
        }
        tell(
            100,
            charging::Event::SessionEnded {
                session,
                connector: None,
                card: None,
                reading: Some(register(900)),
                stated_seconds: None,
                charging_seconds: None,
                reason: None,
            },
        );
    }
    told.sort_by_key(|happened| happened.at);
    told
}

fn tell(store: &SqliteStore, told: &[Happened<linli::Event>]) {
    for happened in told {
        let recorded = Recorded {
            recorded_at: happened.at,
            actor: "station".to_owned(),
            channel: Channel::Device,
            zone: Zone::Europe__Oslo,
            scope: Scope::default(),
            reason: Reason::default(),
        };
        let event = codec::encode(happened, Zone::Europe__Oslo);
        append(store, Append::of(event).metadata(&recorded.encode())).expect("appended");
    }
}

/// A journal of ten sessions and fifty events, packed, and two more sessions.
fn packed() -> Folder {
    let folder = Folder::new();
    let store = folder.store();
    let told = told(12);
    tell(&store, &told[..50]);
    let packed = store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(packed, Packed { events: 50, new: 50, ranges: 4 });
    tell(&store, &told[50..]);
    folder
}

fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn ledger(folder: &Folder) -> Ledger {
    let store = SqliteStore::open_read_only(folder.path()).expect("a reader");
    let closed = store.closed().expect("readable");
    Ledger::new(store, Authority::read_only()).with_closed(closed)
}

fn bills() -> Replay {
    let json = r#"{"id": "bands", "currency": "NOK", "elements": [
        {"restrictions": {"start_time": "16:00", "end_time": "21:00"},
         "price_components": [{"type": "ENERGY", "price": 0.97, "step_size": 1}]},
        {"price_components": [{"type": "ENERGY", "price": 0.31, "step_size": 1}]}]}"#;
    Replay::under(&Tariff::from_json(json).expect("a tariff")).by(GroupBy::CardMonth)
}

/// The bills from what is packed, and from all events.
fn replayed(folder: &Folder) -> [Result<String, ReplayError>; 2] {
    let closed = ledger(folder);
    let whole = closed.clone().with_closed(Vec::new());
    [told_by(&closed), told_by(&whole)]
}

fn told_by(ledger: &Ledger) -> Result<String, ReplayError> {
    let report = bills().run_blocking(ledger)?;
    Ok(format!("{} {:?}", report.sessions, report.tariffs))
}

fn verified(folder: &Folder) -> Verified {
    verified_of(&ledger(folder))
}

fn verified_of(ledger: &Ledger) -> Verified {
    let none: &[linli::proof::Checkpoint] = &[];
    let verified = ledger.verify("local", none, |_| ControlFlow::Continue(()));
    verified.expect("readable").expect("to its end")
}

#[test]
fn a_packed_journal_is_replayed_from_what_is_packed_to_the_same_bills() {
    let folder = packed();
    let [closed, whole] = replayed(&folder).map(|told| told.expect("replayed"));
    assert_eq!(closed, whole);
    assert!(whole.starts_with("12 "), "{whole}");
    // What is packed is looked at, and not the events beside it.
    folder.sqlite().execute_batch("UPDATE append SET record = x'00' WHERE last = 7").expect("it");
    let [closed, of_events] = replayed(&folder);
    assert_eq!(closed.expect("from what is packed"), whole);
    of_events.expect_err("an event is damaged");
}

/// A bit anywhere in the file: the same bills, or an error.
#[test]
fn no_flipped_bit_of_a_packed_file_is_silent() {
    let folder = packed();
    let [closed, _] = replayed(&folder);
    let sound = closed.expect("replayed");
    let path = folder.path();
    let file = std::fs::read(&path).expect("the file");
    let (mut noticed, mut unchanged) = (0, 0);
    for bit in (0..8 * file.len()).step_by(251) {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, &flipped).expect("written");
        let _ = std::fs::remove_file(path.with_extension("db-shm"));
        let told = SqliteStore::open_read_only(&path).ok().and_then(|store| {
            let closed = store.closed().ok()?;
            let ledger = Ledger::new(store, Authority::read_only()).with_closed(closed);
            told_by(&ledger).ok()
        });
        match told {
            Some(told) => {
                assert_eq!(told, sound, "bit {bit}");
                unchanged += 1;
            }
            None => noticed += 1,
        }
    }
    assert!(noticed > 50 && unchanged > 50, "{noticed} noticed, {unchanged} unchanged");
}

#[test]
fn packing_again_packs_what_came_since_and_appends_go_on() {
    let folder = packed();
    let store = folder.store();
    let packed = store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(packed, Packed { events: 60, new: 10, ranges: 4 });
    let packed = store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(packed, Packed { events: 60, new: 0, ranges: 4 });
    // The writer has seen the tables of before: those that came since are its own, too.
    tell(&store, &told(14).split_off(60));
    let packed = store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(packed, Packed { events: 70, new: 10, ranges: 5 });
    let [closed, whole] = replayed(&folder).map(|told| told.expect("replayed"));
    assert_eq!(closed, whole);
    store.unpack().expect("thrown away");
    assert_eq!(store.closed().expect("readable").len(), 0);
    let again = store.pack_ranges_of(EVENTS, |_| ControlFlow::Break(()));
    assert!(matches!(again, Err(PackError::Stopped)));
    assert_eq!(store.closed().expect("readable").len(), 1);
    let packed = store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(packed, Packed { events: 70, new: 54, ranges: 5 });
    assert_eq!(verified(&folder).first_bad, None);
}

/// Whoever opened the journal before goes on: from the blocks, and once those are gone from the
/// events.
#[test]
fn a_range_that_a_longer_one_replaced_is_read_until_the_journal_is_packed_again() {
    let folder = packed();
    let before = ledger(&folder);
    let told = told_by(&before).expect("replayed");
    let store = folder.store();
    let blocks = || {
        let sql = "SELECT count(*) FROM packed_block";
        folder.sqlite().query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count")
    };
    store.pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(blocks(), 10);
    assert_eq!(told_by(&before).expect("from the blocks that are left"), told);
    store.pack_ranges_of(EVENTS, on).expect("nothing is new");
    assert_eq!(blocks(), 10);
    tell(&store, &self::told(13).split_off(60));
    store.pack_ranges_of(EVENTS, on).expect("packed");
    let told = told_by(&ledger(&folder)).expect("replayed");
    assert_eq!(told_by(&before).expect("from the events"), told);
    assert_eq!(verified_of(&before).first_bad, None);
}

#[test]
fn two_who_pack_at_once_pack_it_once() {
    let folder = Folder::new();
    tell(&folder.store(), &told(40));
    let packed = std::thread::scope(|scope| {
        let packing = [(); 2].map(|()| {
            let store = folder.store();
            scope.spawn(move || store.pack_ranges_of(EVENTS, on).expect("packed"))
        });
        packing.map(|packing| packing.join().expect("no panic"))
    });
    assert_eq!(packed.map(|packed| packed.events), [200, 200]);
    assert_eq!(packed[0].new + packed[1].new, 200);
    assert_eq!(verified(&folder).first_bad, None);
}

#[test]
fn what_is_altered_in_what_is_packed_is_replayed_by_nobody() {
    for sql in [
        "DELETE FROM packed_block WHERE number = 4",
        "DELETE FROM packed_block WHERE number = 1",
        "UPDATE packed_block SET number = 9 WHERE number = 4",
        "UPDATE packed_range SET block = 2 WHERE last = 32",
        "UPDATE packed_range SET sessions = 2 WHERE last = 32",
        "UPDATE packed_range SET sessions = 0 WHERE last = 32",
        "UPDATE packed_range SET others = 0 WHERE last = 16",
        "DELETE FROM packed_range WHERE last = 16",
        "UPDATE packed_range SET last = 31 WHERE last = 32",
        "UPDATE packed_range SET last = -3 WHERE last = 16",
        "UPDATE packed_range SET last = 51 WHERE last = 50",
        "UPDATE packed_range SET last = 4611686018427387904 WHERE last = 50",
    ] {
        let folder = packed();
        folder.sqlite().execute_batch(sql).expect("a change");
        assert!(verified(&folder).first_bad.is_some(), "{sql}: nobody was told");
        let [closed, whole] = replayed(&folder);
        match closed {
            Err(ReplayError::Ledger(error)) => {
                assert!(error.to_string().contains("linli pack --anew"), "{sql}: {error}");
            }
            other => panic!("{sql}: {other:?} instead of {whole:?}"),
        }
    }
}

#[test]
fn every_flipped_byte_of_what_is_packed_is_found_and_none_is_replayed() {
    let folder = packed();
    let blocks: Vec<(i64, Vec<u8>)> = {
        let sqlite = folder.sqlite();
        let sql = "SELECT number, block FROM packed_block WHERE number IN (3, 4)";
        let mut statement = sqlite.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.expect("blocks").collect::<Result<_, _>>().expect("blocks")
    };
    assert_eq!(blocks.len(), 2);
    let put = |number: i64, block: &[u8]| {
        let sql = "UPDATE packed_block SET block = ?2 WHERE number = ?1";
        folder.sqlite().execute(sql, (number, block)).expect("a change");
    };
    for (number, block) in &blocks {
        for place in 0..block.len() {
            let mut flipped = block.clone();
            flipped[place] ^= 1 << (place % 8);
            put(*number, &flipped);
            let [closed, _] = replayed(&folder);
            closed.expect_err("it is damaged");
        }
        put(*number, block);
    }
    assert_eq!(verified(&folder).first_bad, None);
}

/// Blocks that are whole and tell of other events: those of a dearer journal.
#[test]
fn what_is_packed_of_another_journal_is_found_by_a_verification() {
    let (folder, other) = (packed(), Folder::new());
    let mut dearer = told(12);
    for happened in &mut dearer {
        if let linli::Event::Charging(charging::Event::SessionEnded { reading, .. }) =
            &mut happened.event
            && let Some(Reading::Register(register)) = reading
        {
            register.0 += 1;
        }
    }
    tell(&other.store(), &dearer[..50]);
    other.store().pack_ranges_of(EVENTS, on).expect("packed");
    let (of_other, own) = (other.sqlite(), folder.sqlite());
    let mut statement = of_other.prepare("SELECT number, block FROM packed_block").expect("SQL");
    let mut rows = statement.query([]).expect("blocks");
    while let Some(row) = rows.next().expect("a block") {
        let block: (i64, Vec<u8>) = (row.get_unwrap(0), row.get_unwrap(1));
        own.execute("UPDATE packed_block SET block = ?2 WHERE number = ?1", block).expect("it");
    }
    let bad = verified(&folder).first_bad.expect("it was found");
    assert_eq!(bad.position, Position(1));
    assert!(bad.to_string().contains("linli pack --anew"), "{bad}");
    // Mended by packing anew.
    folder.store().unpack().expect("thrown away");
    folder.store().pack_ranges_of(EVENTS, on).expect("packed");
    assert_eq!(verified(&folder).first_bad, None);
}

#[test]
fn who_opened_a_journal_to_read_packs_nothing() {
    let folder = packed();
    let store = SqliteStore::open_read_only(folder.path()).expect("a reader");
    assert!(matches!(store.pack(on), Err(PackError::NotWritable)));
    assert!(matches!(store.unpack(), Err(PackError::NotWritable)));
}

#[test]
fn an_empty_journal_is_left_as_it_is() {
    let folder = Folder::new();
    let store = folder.store();
    assert_eq!(store.pack(on).expect("nothing to do"), Packed::default());
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'packed%'";
    let tables: i64 = folder.sqlite().query_row(sql, [], |row| row.get(0)).expect("a count");
    assert_eq!(tables, 0);
}

/// Somebody appends all the while.
#[test]
fn packing_ends_where_the_journal_ended_when_it_began() {
    let folder = Folder::new();
    let store = folder.store();
    let told = told(40);
    tell(&store, &told[..40]);
    let mut rest = told[40..].chunks(5);
    let packed = store.pack_ranges_of(EVENTS, |_| {
        tell(&store, rest.next().unwrap_or_default());
        ControlFlow::Continue(())
    });
    assert_eq!(packed.expect("packed"), Packed { events: 40, new: 40, ranges: 3 });
}

/// One of the two tables is gone: the journal is the one that it was, and is packed anew.
#[test]
fn a_table_that_was_thrown_away_is_made_again() {
    for table in ["packed_block", "packed_range"] {
        let folder = packed();
        folder.sqlite().execute_batch(&format!("DROP TABLE {table}")).expect("a change");
        let [closed, whole] = replayed(&folder).map(|told| told.expect("replayed"));
        assert_eq!(closed, whole);
        let store = folder.store();
        store.unpack().expect("nothing to throw away");
        assert_eq!(store.pack_ranges_of(EVENTS, on).expect("packed").events, 60);
        assert_eq!(verified(&folder).first_bad, None);
    }
}

/// A range that was taken before what is packed was thrown away says so.
#[test]
fn a_range_that_was_thrown_away_is_told_from_a_damaged_one() {
    let folder = packed();
    let store = folder.store();
    let closed = store.closed().expect("readable");
    store.unpack().expect("thrown away");
    closed[0].others().expect("made of the events");
    // What began before it is told by a range that nobody has any more.
    match closed[1].others() {
        Err(ReadError::Unavailable { reason }) => {
            assert!(reason.contains("open the journal again"));
        }
        other => panic!("{other:?}"),
    }
}
