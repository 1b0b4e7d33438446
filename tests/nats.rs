//! The main job over JetStream: the command takes its address, and a copy of a copy over every
//! store has the same root, keys, checkpoints and bills.

use linli::journal::{Blocking, EventStore, Position, copy};
use linli_nats::trial::Fresh;
use linli_sqlite::SqliteStore;

use crate::copies::{key, on, root, story};
use crate::postgres::ROWS;
use crate::program::{json, refusal, tariff};

const APPENDS: u64 = 300;

#[test]
fn a_copy_over_every_store_is_the_same_journal() {
    let (Some(in_postgres), Some(in_nats)) =
        (linli_postgres::trial::Fresh::journal(), Fresh::journal())
    else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let stores = ["one.db", "two.db"].map(|name| SqliteStore::open(folder.path().join(name)));
    let [one, two] = stores.map(|store| store.expect("a journal"));
    let (memory, postgres, nats) = (story(APPENDS), in_postgres.store(), in_nats.store());
    let chain: [&dyn EventStore; 5] = [&memory, &one, &postgres, &nats, &two];
    for pair in chain.windows(2) {
        let copied = copy(Blocking(pair[0]), Blocking(pair[1]), on).expect("an empty target");
        assert_eq!(copied.events, copied.written);
        assert_eq!(root(pair[0]), root(pair[1]));
    }
    for number in 0..APPENDS {
        let receipts = chain.map(|store| Blocking(store).receipt(key(number)).expect("readable"));
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "key {number}");
        assert_eq!(receipts[0].is_some(), number % 3 != 0);
    }
    let held = chain.map(|store| Blocking(store).checkpoint("meter").expect("readable"));
    assert_eq!(held, [Some(Position(APPENDS - 1)); 5]);
}

#[test]
fn the_command_copies_to_jetstream_and_back_and_the_bills_are_the_same() {
    let Some(Fresh { address }) = Fresh::journal() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, flat) = (folder.path(), tariff("flat-0.66"));
    std::fs::write(folder.join("rows.csv"), ROWS).expect("written");
    let rows = ["rows.csv", "--format", "csv", "--timezone", "UTC"];
    let import = [&["import", "charging"], &rows[..]].concat();
    assert_eq!(json(folder, 0, &import)["imported"], 3);
    let there = json(folder, 0, &["copy", "--to", &address]);
    let again = [&import[..], &["--journal", &address]].concat();
    assert_eq!(json(folder, 0, &again)["duplicates"], 3, "keys are kept");
    let back = json(folder, 0, &["copy", "--journal", &address, "--to", "back.db"]);
    assert_eq!((&there["root"], &there["events"]), (&back["root"], &back["events"]));
    let [here, there, back] = ["linli.db", &address, "back.db"].map(|journal| {
        let words = ["replay", "--journal", journal, "--tariff", &flat];
        json(folder, 0, &words)["tariffs"][0]["digest"].clone()
    });
    assert!(here.is_string());
    assert_eq!((&here, &here), (&there, &back));
    let verified = json(folder, 0, &["verify", "--journal", &address]);
    assert_eq!(verified, json(folder, 0, &["verify"]));
}

#[test]
fn an_address_that_cannot_be_used_gets_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = "nats://127.0.0.1:1/yujing?monitor=127.0.0.1:2";
    let said = refusal(folder.path(), 3, &["events", "--journal", nowhere]);
    assert!(said.contains("127.0.0.1:1"), "{said}");
    let said = refusal(folder.path(), 2, &["events", "--journal", "nats://127.0.0.1:4222"]);
    assert!(said.contains("/STREAM"), "{said}");
}
