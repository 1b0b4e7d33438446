//! A sign-up goes to the library by the name of its command.
//!
//! Keeps away: a service that has to be written anew for each command that the library learns.

use linli::Command;
use serde_json::{Value, json};

use crate::client::{AT, LATER, Service, ZONE, types};

fn has_sign_up() -> bool {
    Command::names().any(|name| name == "sign_up")
}

fn asked(starts_at: &str) -> Value {
    json!({"person_ref": "p-1", "at": AT, "zone": ZONE, "starts_at": starts_at,
        "ends_at": "2022-02-28T12:00:00+08:00"})
}

#[test]
fn a_sign_up_is_passed_on_by_name() {
    let (service, ledger) = Service::in_memory();
    let answer = service.client.post("/shifts/s-1/sign-up", "1", &asked(LATER));
    if has_sign_up() {
        // It was understood, and there is no such shift.
        answer.assert_problem(409, "UnknownEntity");
    } else {
        answer.assert_problem(404, "NoSuchCommand");
        assert!(answer.sentence().contains("`sign_up`"), "{}", answer.sentence());
    }
    assert_eq!(types(ledger.store()).len(), 2);
}

#[test]
fn what_is_no_sign_up_is_told_by_its_field() {
    let (service, _) = Service::in_memory();
    let ask = |body: &str| {
        let headers = [("X-Actor", "p-1"), ("Idempotency-Key", "1")];
        service.client.send("/shifts/s-1/sign-up", &headers, body)
    };
    let broken = ask("{\n\"person_ref\": oops}");
    broken.assert_problem(400, "BadBody");
    assert_eq!(broken.told["values"]["line"], 2);
    let twice = ask("{\"shift_id\": \"s-2\"}");
    twice.assert_problem(400, "BadBody");
    assert_eq!(twice.told["values"]["field"], "shift_id");
    if has_sign_up() {
        let strange = ask(&asked("tomorrow").to_string());
        strange.assert_problem(400, "BadBody");
        assert_eq!(strange.told["values"]["field"], "starts_at");
    }
}
