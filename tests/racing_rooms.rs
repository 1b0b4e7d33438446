//! Sixteen bookings want one room, and two groups one member, at one time: one of them gets it, on
//! every store; and when that one is cancelled, one of the others does.
//!
//! Keeps away: a room booked twice because each looked before either wrote.

use std::sync::Arc;

use linli::journal::{EventStore, MemoryStore};
use linli::ledger::{Authority, ExecuteError, Ledger};
use linli::programmes::{Command, Refusal as Programmes};
use linli::{Refusal, Timestamp};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

const WRITERS: usize = 16;
const ROUNDS: usize = 10;
const HOUR: i64 = 3_600_000_000;

fn at(hour: usize) -> Timestamp {
    Timestamp(1_645_000_000_000_000 + i64::try_from(hour).expect("few hours") * HOUR)
}

fn command(name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.insert("at".into(), json!(at(0)));
    own.insert("zone".into(), json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

/// A booking of the room in a round.
fn book(round: usize, writer: usize) -> Command {
    command(
        "book_room",
        json!({
            "booking_id": format!("b-{round}-{writer}"), "place_id": "room",
            "starts_at": at(round * 24), "ends_at": at(round * 24 + 1), "for_ref": null,
        }),
    )
}

/// An activity of one of the two groups in which `b` is.
fn schedule(round: usize, writer: usize) -> Command {
    let group = if writer.is_multiple_of(2) { "dance" } else { "opera" };
    command(
        "schedule_activity",
        json!({
            "activity_id": format!("x-{round}-{writer}"), "kind": "contest", "group_ids": [group],
            "starts_at": at(round * 24), "ends_at": at(round * 24 + 1), "place_id": "hall",
        }),
    )
}

/// Which of the writers was let in; the others must have been told who or what is taken.
fn winners(ledgers: &[Ledger], wanted: impl Fn(usize) -> Command) -> Vec<usize> {
    std::thread::scope(|scope| {
        let race = |writer: usize| {
            let (ledger, wanted) = (&ledgers[writer % ledgers.len()], wanted(writer));
            scope.spawn(move || ledger.execute_blocking("racer", wanted))
        };
        let racers: Vec<_> = (0..WRITERS).map(race).collect();
        let results = racers.into_iter().map(|racer| racer.join().expect("no panic")).enumerate();
        results
            .filter_map(|(writer, result)| match result {
                Ok(_) => Some(writer),
                Err(ExecuteError::Refused(Refusal::Programmes(
                    Programmes::RoomBusy { .. } | Programmes::MemberBusy { .. },
                ))) => None,
                Err(error) => panic!("neither accepted nor refused: {error}"),
            })
            .collect()
    })
}

fn race(stores: &[Arc<dyn EventStore>]) {
    let ledger =
        |store: &Arc<dyn EventStore>| Ledger::over(Arc::clone(store), Authority::local_operator());
    let ledgers: Vec<Ledger> = stores.iter().map(ledger).collect();
    let tell = |command| ledgers[0].execute_blocking("operator", command).expect("allowed");
    for (group, own) in [("dance", "a"), ("opera", "c")] {
        tell(command("form_group", json!({"group_id": group, "kind": group, "troupe_id": null})));
        for member in [own, "b"] {
            tell(command("join_group", json!({"group_id": group, "person_ref": member})));
        }
    }
    for round in 1..=ROUNDS {
        let booked = winners(&ledgers, |writer| book(round, writer));
        assert_eq!(booked.len(), 1, "round {round}: {booked:?}");
        let booking = format!("b-{round}-{}", booked[0]);
        tell(command("cancel_booking", json!({ "booking_id": booking })));
        tell(book(round, WRITERS));
        let scheduled = winners(&ledgers, |writer| schedule(round, writer));
        assert_eq!(scheduled.len(), 1, "round {round}: {scheduled:?}");
        let activity = format!("x-{round}-{}", scheduled[0]);
        tell(command("cancel_activity", json!({"activity_id": activity, "reason": "weather"})));
        tell(schedule(round, WRITERS + scheduled[0] + 1));
    }
}

#[test]
fn in_memory() {
    race(&[Arc::new(MemoryStore::new())]);
}

#[test]
fn in_sqlite_through_two_handles() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("race.db");
    let open = || -> Arc<dyn EventStore> {
        Arc::new(SqliteStore::open(&journal).expect("the journal opens"))
    };
    race(&[open(), open()]);
}
