//! A sign-up goes to the library by the name of its command.
//!
//! Keeps away: a service that has to be written anew for each command that the library learns.

use linli::Command;
use serde_json::json;

use crate::client::{AT, Service, ZONE, types};

#[test]
fn a_sign_up_is_passed_on_by_name() {
    let (service, ledger) = Service::in_memory();
    let asked = json!({"person_ref": "p-1", "at": AT, "zone": ZONE});
    let answer = service.client.post("/shifts/s-1/sign-up", "1", &asked);
    if Command::names().any(|name| name == "sign_up") {
        // It was understood, and there is no such shift.
        assert_eq!(answer.status, 409, "{}", answer.told);
    } else {
        answer.assert_problem(404, "NoSuchCommand");
        assert!(answer.sentence().contains("`sign_up`"), "{}", answer.sentence());
    }
    assert_eq!(types(ledger.store()).len(), 2);
}

#[test]
fn a_bad_sign_up_is_told_by_line_and_field() {
    let (service, _) = Service::in_memory();
    let asked = json!({"person_ref": 17, "at": AT, "zone": ZONE});
    let answer = service.client.post("/shifts/s-1/sign-up", "1", &asked);
    answer.assert_problem(400, "BadBody");
    assert_eq!(answer.told["values"]["field"], "person_ref");
}
