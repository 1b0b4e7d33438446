//! Who calls and under which key is asked before anything else.

use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger};
use linli_example_service::House;

use crate::client::{Reply, Service, start, types};

fn answer(headers: &[(&str, &str)]) -> Reply {
    let (service, ledger) = Service::in_memory();
    let body = start("app:1", "k0", "c-1").to_string();
    let reply = service.client.send("/sessions", headers, &body);
    assert_eq!(types(ledger.store()).len(), 2, "nothing was recorded");
    reply
}

#[test]
fn nobody_acts_without_a_name() {
    answer(&[("Idempotency-Key", "1")]).assert_problem(401, "NoActor");
    answer(&[("Idempotency-Key", "1"), ("X-Actor", " ")]).assert_problem(401, "NoActor");
}

#[test]
fn two_names_are_none() {
    let both = [("X-Actor", "p-1"), ("X-Actor", "p-2"), ("Idempotency-Key", "1")];
    answer(&both).assert_problem(401, "NoActor");
}

#[test]
fn a_name_of_endless_length_is_not_recorded() {
    let long = "p".repeat(101);
    answer(&[("X-Actor", &long), ("Idempotency-Key", "1")]).assert_problem(400, "BadActor");
}

#[test]
fn nothing_is_done_without_a_key() {
    answer(&[("X-Actor", "p-1")]).assert_problem(400, "NoIdempotencyKey");
    let long = "1".repeat(256);
    let long = [("X-Actor", "p-1"), ("Idempotency-Key", long.as_str())];
    answer(&long).assert_problem(400, "NoIdempotencyKey");
}

#[test]
fn the_authority_is_asked() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::read_only());
    let service = Service::over(House::new(ledger));
    let refused = service.client.start("1", "app:1", "k0", "c-1");
    refused.assert_problem(403, "NotAllowed");
    assert_eq!(refused.sentence(), "p-1 may not carry out commands");
}

#[test]
fn a_path_or_a_method_that_is_not_there_is_told() {
    let (service, _) = Service::in_memory();
    service.client.get("/session").assert_problem(404, "NoSuchRoute");
    let other = service.client.get("/sessions");
    other.assert_problem(405, "NoSuchMethod");
    assert_eq!(other.allow.as_deref(), Some("POST"));
}
