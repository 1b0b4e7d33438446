//! Sixteen shifts at one time want one volunteer: one of them gets her, on every store; and when
//! she gives that place back, one of the others does. Told of all sixteen, her hour is credited
//! once, however many approve it at one time.
//!
//! Keeps away: days of a person that are read only once the shift is known, and not guarded.

use std::sync::Arc;

use linli::journal::{EventStore, MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, ExecuteError, Ledger};
use linli::volunteering::{Command, Event as Volunteering, Refusal as Volunteers};
use linli::{Event, Refusal, Timestamp};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

const SHIFTS: usize = 16;
const ROUNDS: usize = 10;
const MINUTE: i64 = 60_000_000;
const LONG_MIN: i64 = 60;

fn at(minute: i64) -> Timestamp {
    Timestamp(1_644_969_600_000_000 + minute * MINUTE)
}

fn command_at(minute: i64, name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.insert("at".into(), json!(at(minute)));
    own.insert("zone".into(), json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

/// A command a day before the shifts.
fn command(name: &str, fields: Value) -> Command {
    command_at(-1_440, name, fields)
}

fn place(name: &str, shift: usize) -> Command {
    command(name, json!({"shift_id": format!("s-{shift}"), "person_ref": "p"}))
}

fn came_and_went(shift: usize) -> [Command; 2] {
    let fields = || json!({"shift_id": format!("s-{shift}"), "person_ref": "p"});
    [
        command_at(0, "record_volunteer_check_in", fields()),
        command_at(LONG_MIN, "record_volunteer_check_out", fields()),
    ]
}

fn approve(shift: usize) -> Command {
    let fields = json!({
        "shift_id": format!("s-{shift}"), "person_ref": "p", "body_id": "station",
        "approved_by_ref": "host",
    });
    command("approve_hours", fields)
}

/// The volunteer, her team and its shifts, all at one time.
fn story() -> Vec<Command> {
    let mut story = vec![
        command("register_volunteer", json!({"person_ref": "p", "volunteer_no": "no-1"})),
        command(
            "join_team",
            json!({"person_ref": "p", "team_id": "canal-love", "valid_from": "2022-01-01"}),
        ),
        command(
            "launch_project",
            json!({"project_id": "knives", "team_id": "canal-love", "kind": "repair"}),
        ),
    ];
    story.extend((0..SHIFTS).map(|shift| {
        let fields = json!({
            "shift_id": format!("s-{shift}"), "project_id": "knives", "starts_at": at(0),
            "ends_at": at(LONG_MIN), "capacity_n": 1,
        });
        command("open_shift", fields)
    }));
    story
}

/// What was wanted of which shift and let in; the others must have been told what is in the way.
fn winners(ledgers: &[Ledger], wanted: fn(usize) -> Command) -> Vec<usize> {
    std::thread::scope(|scope| {
        let race = |shift: usize| {
            let ledger = &ledgers[shift % ledgers.len()];
            scope.spawn(move || ledger.execute_blocking("racer", wanted(shift)))
        };
        let racers: Vec<_> = (0..SHIFTS).map(race).collect();
        let results = racers.into_iter().map(|racer| racer.join().expect("no panic")).enumerate();
        results
            .filter_map(|(shift, result)| match result {
                Ok(_) => Some(shift),
                Err(ExecuteError::Refused(Refusal::Volunteering(Volunteers::Overlap {
                    ..
                }))) => None,
                Err(error) => panic!("neither accepted nor refused: {error}"),
            })
            .collect()
    })
}

/// How many minutes each approval credited.
fn credited(ledger: &Ledger) -> Vec<u32> {
    let mut credited = Vec::new();
    let each = ledger.each("operator", Query::all(), ReadOptions::forwards(), |_, happened| {
        if let Event::Volunteering(Volunteering::HoursCredited { credited_min, .. }) =
            happened.event
        {
            credited.push(credited_min.0);
        }
    });
    each.expect("the journal is readable");
    credited
}

fn race(stores: &[Arc<dyn EventStore>]) {
    let ledger =
        |store: &Arc<dyn EventStore>| Ledger::over(Arc::clone(store), Authority::local_operator());
    let ledgers: Vec<Ledger> = stores.iter().map(ledger).collect();
    let tell = |command| ledgers[0].execute_blocking("operator", command).expect("allowed");
    for command in story() {
        tell(command);
    }
    for round in 1..=ROUNDS {
        let taken = winners(&ledgers, |shift| place("sign_up", shift));
        assert_eq!(taken.len(), 1, "round {round}: {taken:?}");
        tell(place("withdraw", taken[0]));
        let next = (taken[0] + 1) % SHIFTS;
        tell(place("sign_up", next));
        tell(place("withdraw", next));
    }
    for command in (0..SHIFTS).flat_map(came_and_went) {
        tell(command);
    }
    assert_eq!(winners(&ledgers, approve).len(), SHIFTS);
    let credited = credited(&ledgers[0]);
    assert_eq!(credited.len(), SHIFTS);
    assert_eq!(i64::from(credited.iter().sum::<u32>()), LONG_MIN, "{credited:?}");
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
