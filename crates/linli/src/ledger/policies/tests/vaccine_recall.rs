//! A lot that is recalled, and everybody whom that concerns.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;

/// Two people who were given lot A1, and one who was given another.
fn vaccinated() -> Story {
    let mut story = Story::new();
    for (person, lot_no) in [("p-1", "A1"), ("p-2", "A1"), ("p-3", "B2")] {
        story.tell("register_person", json!({"person_ref": person}));
        let consent = json!({"consent_id": person, "subject_ref": person, "given_by_ref": person,
            "capacity": "self", "purposes": ["vaccination"], "is_separate": true,
            "valid_from": "2022-01-01"});
        story.tell("give_consent", consent);
        story.tell("record_dose", dose(&format!("d-{person}"), person, lot_no));
    }
    story
}

fn dose(dose_id: &str, person: &str, lot_no: &str) -> Value {
    json!({"dose_id": dose_id, "recipient_ref": person, "series_id": "covid", "dose_no": 1,
        "product_code": "V1", "holder": "maker", "pack_id": "pack", "lot_no": lot_no,
        "expires_on": "2023-01-01", "site": "left arm", "route": "im", "vaccinator_ref": "p-v"})
}

fn recall(story: &mut Story, channel: Channel) {
    story.tell_through(channel, "recall_lot", json!({"lot_no": "A1", "reason": "cold chain"}));
}

/// A session in so many hours that has three doses of the lot, for three people.
fn booked(story: &mut Story, hours: i64) {
    let opens_at = story.later(hours * HOUR);
    let session = json!({"session_id": "s-1", "place_id": "centre", "provider_id": "clinic",
        "opens_at": opens_at, "closes_at": story.later((hours + 1) * HOUR),
        "slot_min": 0, "slot_capacity_n": 3});
    story.tell("plan_clinic_session", session);
    story.tell("open_booking", json!({"session_id": "s-1"}));
    allocate(story, "A1");
    for person in ["p-1", "p-2", "p-3"] {
        let booking = json!({"appointment_id": format!("a-{person}"), "session_id": "s-1",
            "slot_at": opens_at, "recipient_ref": person, "series_id": "covid", "dose_no": 2});
        story.tell("book_appointment", booking);
    }
}

fn allocate(story: &mut Story, lot_no: &str) {
    let lot = json!({"session_id": "s-1", "lot_no": lot_no, "expires_on": "2023-01-01",
        "doses_n": 2});
    story.tell("allocate_lot", lot);
}

/// A recall, with a session that counts on the lot.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = vaccinated();
    booked(&mut story, 48);
    recall(&mut story, channel);
    story
}

#[test]
fn who_was_given_the_lot_hears_of_it_once() {
    let mut story = vaccinated();
    recall(&mut story, Channel::App);
    story.run();
    assert!(story.has("inform p-1") && story.has("inform p-2") && !story.has("inform p-3"));
    story.is_idempotent();
    let again = dose("d-again", "p-1", "A1");
    story.tell("record_dose", again);
    story.pass(HOUR);
    assert_eq!(story.count("NoticeGiven"), 2, "one notice per lot and person");
}

#[test]
fn somebody_goes_to_who_was_not_reached_in_a_day() {
    let mut story = vaccinated();
    recall(&mut story, Channel::App);
    story.run();
    story.tell("record_observation", json!({"dose_id": "d-p-1", "observed_min": 10}));
    story.pass(23 * HOUR);
    assert_eq!(story.late("reach"), 0);
    story.pass(HOUR);
    assert_eq!((story.late("reach p-1"), story.late("reach p-2")), (0, 1));
    story.is_idempotent();
}

#[test]
fn a_visit_at_home_reaches_who_was_not() {
    let mut story = vaccinated();
    recall(&mut story, Channel::App);
    story.run();
    let asked = json!({"visit_id": "v-1", "recipient_ref": "p-2", "consent_id": "p-2",
        "reason": "recall"});
    story.tell("request_home_visit", asked);
    story.tell("approve_home_visit", json!({"visit_id": "v-1"}));
    let made = json!({"completed": {"arrived_at": story.later(0), "left_at": story.later(HOUR)}});
    story.tell("record_home_visit", json!({"visit_id": "v-1", "result": made}));
    story.pass(2 * DAY);
    assert_eq!((story.late("reach p-1"), story.late("reach p-2")), (1, 0));
}

#[test]
fn what_happens_to_a_recipient_goes_to_somebody_above() {
    let mut story = vaccinated();
    recall(&mut story, Channel::App);
    story.run();
    for person in ["p-2", "p-3"] {
        let event = json!({"dose_id": format!("d-{person}"), "recipient_ref": person});
        story.tell("record_adverse_event", event);
    }
    story.run();
    assert!(story.has("adverse event after d-p-2") && !story.has("adverse event after d-p-3"));
    story.is_idempotent();
}

#[test]
fn without_another_lot_bookings_are_cancelled_after_a_day() {
    let mut story = vaccinated();
    booked(&mut story, 48);
    recall(&mut story, Channel::App);
    story.run();
    assert!(story.has("supply s-1"));
    story.pass(23 * HOUR);
    assert_eq!(story.count("AppointmentCancelled"), 0);
    story.pass(HOUR);
    assert_eq!(story.count("AppointmentCancelled"), 3);
    story.is_idempotent();
}

#[test]
fn a_session_that_opens_sooner_is_not_held_with_the_lot() {
    let mut story = vaccinated();
    booked(&mut story, 6);
    recall(&mut story, Channel::App);
    story.run();
    story.pass(6 * HOUR);
    assert_eq!(story.count("AppointmentCancelled"), 3);
}

#[test]
fn a_session_that_runs_counts_what_is_left() {
    let mut story = vaccinated();
    booked(&mut story, 6);
    allocate(&mut story, "B2");
    let mut given = dose("d-4", "p-1", "B2");
    for (field, value) in [("appointment_id", json!("a-p-1")), ("dose_no", json!(2))] {
        given.as_object_mut().expect("fields").insert(field.into(), value);
    }
    story.tell("record_dose", given);
    story.pass(6 * HOUR);
    recall(&mut story, Channel::App);
    story.run();
    assert!(story.has("cancel a-p-3"), "one dose is left for two");
    assert_eq!(story.count("AppointmentCancelled"), 1);
    story.is_idempotent();
}

#[test]
fn who_is_supplied_with_another_lot_keeps_their_place() {
    let mut story = vaccinated();
    booked(&mut story, 48);
    recall(&mut story, Channel::App);
    allocate(&mut story, "B2");
    story.run();
    story.pass(DAY);
    assert!(story.has("cancel a-p-3"), "two doses for three, and the last goes");
    assert_eq!(story.count("AppointmentCancelled"), 1);
    story.is_idempotent();
}

#[test]
fn an_imported_recall_tells_nobody() {
    let mut story = vaccinated();
    recall(&mut story, Channel::Import);
    assert_eq!(story.pass(9 * DAY).taken_n, 0);
}
