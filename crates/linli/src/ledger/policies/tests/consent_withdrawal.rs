//! A consent taken back, a demand to be forgotten, and a birthday.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;

const CONTEXTS: [&str; 7] =
    ["cases", "charging", "disputes", "programmes", "registry", "services", "volunteering"];

fn person(story: &mut Story, person_ref: &str) {
    story.tell("register_person", json!({"person_ref": person_ref}));
}

fn consent(story: &mut Story, consent_id: &str) {
    let consent = json!({"consent_id": consent_id, "subject_ref": "p-1", "given_by_ref": "p-1",
        "capacity": "self", "purposes": ["vaccination", "photo"], "is_separate": true,
        "valid_from": "2022-01-01"});
    story.tell("give_consent", consent);
}

fn demand() -> Story {
    let mut story = Story::new();
    person(&mut story, "p-1");
    story.tell("request_erasure", json!({"subject_ref": "p-1"}));
    story.run();
    story
}

fn answer(story: &mut Story, context: &str, outcome: &Value) {
    let answer = json!({"subject_ref": "p-1", "context": context, "outcome": outcome});
    story.tell("answer_erasure", answer);
}

fn held(until_on: &str) -> Value {
    json!({"restricted_until": {"until_on": until_on, "legal_basis": "疫苗管理法 46"}})
}

/// A demand to be forgotten, and a consent taken back.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = Story::new();
    person(&mut story, "p-1");
    consent(&mut story, "c-1");
    book(&mut story);
    story.tell_through(channel, "request_erasure", json!({"subject_ref": "p-1"}));
    let both = json!({"consent_id": "c-1", "purposes": ["photo", "vaccination"]});
    story.tell_through(channel, "withdraw_consent", both);
    story
}

#[test]
fn without_a_hold_the_key_is_destroyed_and_the_person_hears_of_it() {
    let mut story = demand();
    assert!(CONTEXTS.iter().all(|context| story.has(&format!("answer of {context}"))));
    story.is_idempotent();
    for context in CONTEXTS {
        assert!(!story.has("destroy the key"));
        answer(&mut story, context, &json!("erased"));
        story.run();
    }
    assert!(story.has("destroy the key") && story.has("report of the answers"));
    story.is_idempotent();
    story.tell("record_key_destroyed", json!({"subject_ref": "p-1"}));
    story.run();
    assert!(story.has("confirm that no copy is left") && !story.has("report of the erasure"));
    story.tell("record_key_loss", json!({"subject_ref": "p-1"}));
    story.pass(30 * DAY);
    assert!(story.has("report of the erasure"));
    assert_eq!(story.count("PolicyTimedOut"), 0, "everybody was in time");
    story.is_idempotent();
}

#[test]
fn a_context_that_does_not_answer_in_three_days_is_known_above() {
    let mut story = demand();
    answer(&mut story, "services", &json!("erased"));
    story.pass(3 * DAY - HOUR);
    assert_eq!(story.count("PolicyTimedOut"), 0);
    story.pass(HOUR);
    assert_eq!((story.late("answer of"), story.late("answer of services")), (6, 0));
    story.is_idempotent();
}

#[test]
fn a_hold_keeps_the_key_and_is_asked_about_on_its_day() {
    let mut story = demand();
    for context in CONTEXTS {
        answer(&mut story, context, &json!("erased"));
    }
    answer(&mut story, "services", &held("2022-03-01"));
    story.run();
    assert!(story.has("report of the answers") && !story.has("destroy the key"));
    story.pass(14 * DAY);
    assert!(!story.has("answer of services after"), "28 February");
    story.pass(DAY);
    assert!(story.has("answer of services after 2022-03-01"));
    story.is_idempotent();
    answer(&mut story, "services", &held("2022-03-10"));
    story.pass(2 * DAY);
    assert_eq!(story.late("answer of services"), 0);
    answer(&mut story, "services", &json!("erased"));
    story.pass(30 * DAY);
    assert!(story.has("destroy the key"));
    story.is_idempotent();
}

#[test]
fn a_withdrawn_consent_cancels_appointments_and_is_looked_at_after_three_days() {
    let mut story = Story::new();
    person(&mut story, "p-1");
    consent(&mut story, "c-1");
    book(&mut story);
    let both = json!({"consent_id": "c-1", "purposes": ["photo", "vaccination"]});
    story.tell("withdraw_consent", both);
    story.run();
    assert_eq!(story.count("AppointmentCancelled"), 1);
    assert!(story.has("report of vaccination") && story.has("stop photo"));
    story.is_idempotent();
    story.pass(3 * DAY);
    assert_eq!(story.late("stop"), 2);
    story.is_idempotent();
}

#[test]
fn what_another_consent_covers_goes_on() {
    let mut story = Story::new();
    person(&mut story, "p-1");
    consent(&mut story, "c-1");
    consent(&mut story, "c-2");
    book(&mut story);
    story.tell("withdraw_consent", json!({"consent_id": "c-1", "purposes": ["vaccination"]}));
    assert_eq!(story.pass(9 * DAY).taken_n, 0);
}

/// An appointment of p-1 in a week.
fn book(story: &mut Story) {
    let session = json!({"session_id": "s-1", "place_id": "centre", "provider_id": "clinic",
        "opens_at": "2022-02-21T01:00:00Z", "closes_at": "2022-02-21T02:00:00Z",
        "slot_min": 0, "slot_capacity_n": 9});
    story.tell("plan_clinic_session", session);
    story.tell("open_booking", json!({"session_id": "s-1"}));
    let booked = json!({"appointment_id": "a-1", "session_id": "s-1", "recipient_ref": "p-1",
        "slot_at": "2022-02-21T01:00:00Z", "series_id": "covid", "dose_no": 1});
    story.tell("book_appointment", booked);
}

/// A child whose guardian consented, and who comes of age on 1 March.
fn child(story: &mut Story) {
    person(story, "p-mother");
    story.tell("register_person", json!({"person_ref": "p-child", "born_on": "2008-02-29"}));
    let kin = json!({"a_ref": "p-mother", "b_ref": "p-child", "kind": "guardian",
        "valid_from": "2008-02-29"});
    story.tell("record_relation", kin);
    give(story, "c-1", "p-mother", "guardian");
}

fn give(story: &mut Story, consent_id: &str, by: &str, capacity: &str) {
    let consent = json!({"consent_id": consent_id, "subject_ref": "p-child", "given_by_ref": by,
        "capacity": capacity, "purposes": ["programme"], "is_separate": true,
        "valid_from": "2022-01-01"});
    story.tell("give_consent", consent);
}

#[test]
fn on_its_fourteenth_birthday_a_child_is_asked_itself() {
    let mut story = Story::new();
    child(&mut story);
    story.run();
    story.pass(14 * DAY);
    assert!(!story.has("ask for their own consent"), "28 February");
    story.pass(DAY);
    assert!(story.has("ask for their own consent"));
    story.is_idempotent();
    story.pass(3 * DAY);
    assert_eq!(story.late("ask for their own consent"), 1);
    story.is_idempotent();
}

#[test]
fn a_child_that_consented_itself_is_not_asked_again() {
    let mut story = Story::new();
    child(&mut story);
    story.run();
    story.pass(15 * DAY);
    give(&mut story, "c-2", "p-child", "self");
    story.pass(9 * DAY);
    assert_eq!(story.late("ask for their own consent"), 0);
}

#[test]
fn imported_demands_and_withdrawals_ask_nobody() {
    let mut story = Story::new();
    person(&mut story, "p-1");
    consent(&mut story, "c-1");
    story.tell_through(Channel::Import, "request_erasure", json!({"subject_ref": "p-1"}));
    let withdrawn = json!({"consent_id": "c-1", "purposes": ["photo"]});
    story.tell_through(Channel::Import, "withdraw_consent", withdrawn);
    assert_eq!(story.pass(9 * DAY).taken_n, 0);
}
