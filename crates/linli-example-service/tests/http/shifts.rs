//! A sign-up goes to the library by the name of its command.
//!
//! Keeps away: a service that has to be written anew for each command that the library learns.

use linli::ledger::Request;
use serde_json::{Value, json};

use crate::client::{AT, LATER, Service, ZONE, types};

const END: &str = "2022-02-28T12:00:00+08:00";

fn asked(at: &str) -> Value {
    json!({"person_ref": "p-1", "at": at, "zone": ZONE})
}

#[test]
fn a_shift_that_there_is_not_is_refused() {
    let (service, ledger) = Service::in_memory();
    let answer = service.client.post("/shifts/s-1/sign-up", "1", &asked(AT));
    answer.assert_problem(409, "UnknownEntity");
    assert_eq!(answer.sentence(), "there is no shift s-1");
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
    let strange = ask(&asked("tomorrow").to_string());
    strange.assert_problem(400, "BadBody");
    assert_eq!(strange.told["values"]["field"], "at");
}

/// The commands are written as JSON, so that this file knows nothing of the context.
#[test]
fn a_volunteer_is_signed_up_once() {
    let (service, ledger) = Service::in_memory();
    for (name, mut fields) in [
        ("register_volunteer", json!({"person_ref": "p-1", "volunteer_no": "no-1"})),
        (
            "join_team",
            json!({"person_ref": "p-1", "team_id": "canal-love", "valid_from": "2022-01-01"}),
        ),
        (
            "launch_project",
            json!({"project_id": "knives", "team_id": "canal-love", "kind": "repair"}),
        ),
        (
            "open_shift",
            json!({"shift_id": "s-1", "project_id": "knives", "starts_at": LATER, "ends_at": END,
                "capacity_n": 1}),
        ),
    ] {
        fields["at"] = AT.into();
        fields["zone"] = ZONE.into();
        let told = Request::from_json(&json!({ name: fields }).to_string()).expect("a command");
        ledger.execute_blocking("operator", told).expect("it is let in");
    }
    let head = u64::try_from(types(ledger.store()).len()).expect("few");
    let sign_up = || service.client.post("/shifts/s-1/sign-up", "1", &asked(AT));
    sign_up().assert_outcome("recorded", head + 1);
    sign_up().assert_outcome("repeated", head + 1);
    assert_eq!(types(ledger.store()).last().expect("some"), "VolunteerSignedUp");
}
