//! Sixty-four disputes want one mediator at one time: one of them gets her, on every store; and
//! when that one is terminated, one of the others does.
//!
//! Keeps away: a rule that spans disputes, kept by a state that knows one dispute.

use std::sync::Arc;

use linli::disputes::{Command, Refusal as Disputes};
use linli::journal::{EventStore, MemoryStore};
use linli::ledger::{Authority, ExecuteError, Ledger, Request};
use linli::{Refusal, Timestamp, registry};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

const WRITERS: usize = 64;
const ROUNDS: usize = 50;
const HOUR: i64 = 3_600_000_000;

fn at(hour: i64) -> Timestamp {
    Timestamp(1_645_000_000_000_000 + hour * HOUR)
}

fn command(dispute: usize, name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.insert("dispute_id".into(), json!(format!("d-{dispute}")));
    own.insert("at".into(), json!(at(0)));
    own.insert("zone".into(), json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

/// A dispute of two parties who agreed to mediation by `m`.
fn mediated(dispute: usize) -> Vec<Command> {
    let registered = json!({"kind": "damage", "origin": "application", "place_id": "yujing"});
    let mut story = vec![command(dispute, "register_dispute", registered)];
    for party in ["a", "b"] {
        let added = json!({"party_id": party, "role": "third", "is_resident": true});
        story.push(command(dispute, "add_party", added));
        let consents = json!({"party_id": party, "by_ref": "p-x"});
        story.push(command(dispute, "record_consent", consents));
    }
    let appointed = json!({"mediator_ref": "m", "chosen_by": "parties"});
    story.push(command(dispute, "appoint_mediator", appointed));
    story
}

/// Each dispute wants about the same hour, and some tell it from a zone of another day.
fn schedule(dispute: usize, round: usize) -> Command {
    let hour = i64::try_from(round * 24).expect("few rounds");
    let shift = i64::try_from(dispute % 4).expect("a small number") * HOUR / 8;
    let (starts_at, ends_at) = (Timestamp(at(hour).0 + shift), Timestamp(at(hour + 1).0 + shift));
    let mut fields = json!({
        "session_no": round, "mediator_ref": "m", "starts_at": starts_at, "ends_at": ends_at,
        "is_open": false,
    });
    if dispute % 2 == 1 {
        fields["zone"] = json!("Pacific/Kiritimati");
    }
    command(dispute, "schedule_session", fields)
}

/// Which of the disputes got the mediator; the others must have been told that she is busy.
fn winners(ledgers: &[Ledger], disputes: &[usize], round: usize) -> Vec<usize> {
    std::thread::scope(|scope| {
        let race = |dispute: &usize| {
            let (ledger, wanted) = (&ledgers[dispute % ledgers.len()], schedule(*dispute, round));
            (*dispute, scope.spawn(move || ledger.execute_blocking("racer", wanted)))
        };
        let racers: Vec<_> = disputes.iter().map(race).collect();
        let results = racers.into_iter().map(|(dispute, racer)| (dispute, racer.join()));
        results
            .filter_map(|(dispute, result)| match result.expect("no panic") {
                Ok(_) => Some(dispute),
                Err(ExecuteError::Refused(Refusal::Disputes(Disputes::MediatorBusy {
                    ..
                }))) => None,
                Err(error) => panic!("neither accepted nor refused: {error}"),
            })
            .collect()
    })
}

/// `m` is a mediator of the committee.
fn appointable() -> Vec<registry::Command> {
    let told = |name: &str, mut fields: Value| {
        let own = fields.as_object_mut().expect("fields have names");
        own.insert("at".into(), json!(at(0)));
        own.insert("zone".into(), json!("Asia/Shanghai"));
        serde_json::from_value(json!({ name: fields })).expect("a command")
    };
    vec![
        told("register_body", json!({"body_id": "committee", "kind": "mediation_committee"})),
        told("register_person", json!({"person_ref": "m"})),
        told(
            "grant_role",
            json!({"person_ref": "m", "role": "mediator", "body_id": "committee",
            "valid_from": "2020-01-01"}),
        ),
    ]
}

fn race(stores: &[Arc<dyn EventStore>]) {
    let ledger =
        |store: &Arc<dyn EventStore>| Ledger::over(Arc::clone(store), Authority::local_operator());
    let ledgers: Vec<Ledger> = stores.iter().map(ledger).collect();
    ledgers[0].execute_blocking("operator", Request::all(appointable())).expect("registered");
    let mut disputes: Vec<usize> = (0..WRITERS).collect();
    let told = disputes.iter().map(|dispute| Request::all(mediated(*dispute))).collect();
    let done = ledgers[0].execute_group_blocking("operator", told).expect("allowed");
    assert!(done.into_iter().all(|done| done.is_ok()));
    for round in 1..=ROUNDS {
        let won = winners(&ledgers, &disputes, round);
        assert_eq!(won.len(), 1, "round {round}: {won:?}");
        let fields = json!({"reason": "settled at home", "routes_informed": true});
        let ended = command(won[0], "terminate_mediation", fields);
        ledgers[0].execute_blocking("operator", ended).expect("terminated");
        disputes.retain(|dispute| *dispute != won[0]);
        let next = schedule(disputes[round % disputes.len()], round);
        ledgers[0].execute_blocking("operator", next).expect("she is free again");
        // So that as many race in the next round.
        let fresh = WRITERS + round;
        ledgers[0].execute_blocking("operator", Request::all(mediated(fresh))).expect("mediated");
        disputes.push(fresh);
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
