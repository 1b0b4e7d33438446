//! Sessions start once, whoever asks and however often.
//!
//! Keeps away: a handler that decides by itself, or that writes a repeated request a second time.

use linli::ledger::{Authority, Ledger};
use linli_example_service::House;
use linli_sqlite::SqliteStore;
use serde_json::json;

use crate::client::{LATER, Service, ZONE, commission, start, types};

#[test]
fn a_session_is_started_and_stopped() {
    let (service, ledger) = Service::in_memory();
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    let stop = json!({"at": LATER, "zone": ZONE, "register": 121_250, "reason": "local"});
    service.client.post("/sessions/app:1/stop", "2", &stop).assert_outcome("recorded", 4);
    // The connector is free again, and the card too.
    service.client.start("3", "app:2", "k0", "c-1").assert_outcome("recorded", 5);
    let told = &types(ledger.store())[2..];
    assert_eq!(told, ["SessionStarted", "SessionEnded", "SessionStarted"]);
}

#[test]
fn a_busy_connector_is_refused_with_the_session_that_goes_on() {
    let (service, ledger) = Service::in_memory();
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    let refused = service.client.start("2", "app:2", "k0", "c-2");
    refused.assert_problem(409, "ConnectorActive");
    assert_eq!(refused.sentence(), "connector k0 is busy with session app:1");
    assert_eq!(refused.told["values"], json!({"connector": "k0", "session": "app:1"}));
    // A refusal uses no key up: asked again when the connector is free, it is let in.
    let stop = json!({"at": LATER, "zone": ZONE});
    service.client.post("/sessions/app:1/stop", "3", &stop).assert_outcome("recorded", 4);
    service.client.start("2", "app:2", "k0", "c-2").assert_outcome("recorded", 5);
    assert_eq!(types(ledger.store()).len(), 5);
}

#[test]
fn the_same_key_twice_is_one_event() {
    let (service, ledger) = Service::in_memory();
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("repeated", 3);
    assert_eq!(types(ledger.store()).len(), 3);
}

#[test]
fn a_key_is_not_used_for_something_else() {
    let (service, ledger) = Service::in_memory();
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    service.client.start("1", "app:2", "k1", "c-2").assert_problem(422, "KeyReused");
    assert_eq!(types(ledger.store()).len(), 3);
}

#[test]
fn two_callers_may_choose_the_same_key() {
    let (service, ledger) = Service::in_memory();
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    let headers = [("X-Actor", "p-2"), ("Idempotency-Key", "1")];
    let body = start("app:2", "k1", "c-2").to_string();
    service.client.send("/sessions", &headers, &body).assert_outcome("recorded", 4);
    assert_eq!(types(ledger.store()).len(), 4);
}

/// Thirty-two clients want one connector of a journal in a file, all at once.
#[test]
fn of_many_starts_at_once_exactly_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path().join("race.db")).expect("the journal opens");
    let ledger = Ledger::new(store, Authority::local_operator());
    commission(&ledger);
    let service = Service::over(House::new(ledger.clone()));
    let replies: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..32)
            .map(|number| {
                let client = service.client.clone();
                let names = (format!("{number}"), format!("race:{number}"), format!("c-{number}"));
                scope.spawn(move || client.start(&names.0, &names.1, "k0", &names.2))
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().expect("no panic")).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(won.len(), 1);
    for reply in lost {
        reply.assert_problem(409, "ConnectorActive");
    }
    assert_eq!(types(ledger.store()).len(), 3);
}
