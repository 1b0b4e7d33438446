//! The third dose: who is due, who is offered what, and what happens when a session is off.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;
use crate::domain::policies::{Event as Step, Notice};
use crate::domain::services::Event as Services;
use crate::domain::{Event, Timestamp};
use crate::ledger::Actor;

/// The rule: the third dose six months after the second, and people who may be vaccinated.
fn clinic(people: &[&str]) -> Story {
    let mut story = Story::new();
    let interval = json!({"value": 6, "unit": "calendar_month"});
    let row = json!({"from_dose": 2, "to_dose": 3, "min_interval": interval, "min_age_years": 0});
    story.publish(&json!({"dosing": {"rows": [row]}}));
    for person in people {
        story.tell("register_person", json!({"person_ref": person}));
        let consent = json!({"consent_id": person, "subject_ref": person, "given_by_ref": person,
            "capacity": "self", "purposes": ["vaccination"], "is_separate": true,
            "valid_from": "2022-01-01"});
        story.tell("give_consent", consent);
    }
    story
}

/// A second dose of somebody, on a day.
fn dose(story: &mut Story, channel: Channel, person: &str, on: &str) {
    let dose = json!({"dose_id": person, "recipient_ref": person, "series_id": "covid",
        "dose_no": 2, "product_code": "V1", "holder": "maker", "pack_id": "pack",
        "lot_no": "A1", "expires_on": "2023-01-01", "site": "left arm", "route": "im",
        "vaccinator_ref": "p-v", "at": format!("{on}T10:00:00+08:00")});
    story.tell_through(channel, "record_dose", dose);
}

/// A session of two slots for one person each, in so many days from now.
fn session(story: &mut Story, name: &str, days: i64) {
    let session = json!({"session_id": name, "place_id": "centre", "provider_id": "clinic",
        "opens_at": story.later(days * DAY), "closes_at": story.later(days * DAY + 2 * HOUR),
        "slot_min": 60, "slot_capacity_n": 1, "dose_nos": [3]});
    story.tell("plan_clinic_session", session);
    story.tell("open_booking", json!({"session_id": name}));
}

fn book(story: &mut Story, name: &str, person: &str, session_id: &str, slot_at: &str) {
    let booking: Value = json!({"appointment_id": name, "session_id": session_id,
        "slot_at": slot_at, "recipient_ref": person, "series_id": "covid", "dose_no": 3});
    story.tell("book_appointment", booking);
}

/// Three people who are due, and two places in two months.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = clinic(&["p-1", "p-2", "p-3"]);
    for person in ["p-1", "p-2", "p-3"] {
        dose(&mut story, channel, person, "2021-08-20");
    }
    session(&mut story, "s-1", 60);
    story
}

#[test]
fn who_is_due_is_offered_a_place_and_after_three_days_the_next_is() {
    let mut story = clinic(&["p-1", "p-2", "p-3"]);
    for (person, on) in [("p-2", "2021-08-10"), ("p-1", "2021-08-09"), ("p-3", "2021-08-11")] {
        dose(&mut story, Channel::App, person, on);
    }
    session(&mut story, "s-1", 30);
    story.run();
    let offers: Vec<String> = offered(&story);
    assert_eq!(offers, ["p-1", "p-2"], "two places, the two who waited longest");
    story.is_idempotent();
    story.pass(3 * DAY - HOUR);
    assert_eq!(offered(&story).len(), 2);
    story.pass(HOUR);
    assert_eq!(offered(&story), ["p-1", "p-2", "p-3"]);
    story.is_idempotent();
}

/// To whom a place was offered, in that order.
fn offered(story: &Story) -> Vec<String> {
    let to = |event| match event {
        Event::Policies(Step::NoticeGiven { notice: Notice::Offer, to_ref, .. }) => to_ref,
        _ => None,
    };
    story.events().into_iter().filter_map(to).map(|to| to.to_string()).collect()
}

#[test]
fn nobody_is_offered_a_dose_before_its_day() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-31");
    session(&mut story, "s-1", 30);
    story.run();
    story.pass(13 * DAY);
    assert!(offered(&story).is_empty(), "27 February, a day early");
    story.pass(DAY);
    assert_eq!(offered(&story), ["p-1"], "six months after 31 August is 28 February");
    story.is_idempotent();
}

#[test]
fn who_has_a_place_is_offered_none() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 30);
    let slot_at = opening(&story, "s-1");
    book(&mut story, "a-1", "p-1", "s-1", &slot_at);
    story.pass(5 * DAY);
    assert!(offered(&story).is_empty());
}

#[test]
fn a_dose_that_is_corrected_or_voided_takes_its_offer_back() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 60);
    story.run();
    let fields = json!({"administered_at": "2021-09-01T10:00:00+08:00"});
    story.tell(
        "correct_dose",
        json!({"dose_id": "p-1", "supersedes_n": 0, "fields": fields, "reason": "misread"}),
    );
    story.run();
    assert!(story.has("withdraw offer s-1, version 0"));
    assert_eq!(offered(&story).len(), 1, "due on 1 March now");
    story.is_idempotent();
    story.pass(20 * DAY);
    assert_eq!(offered(&story).len(), 2);
    story.tell("void_dose", json!({"dose_id": "p-1", "supersedes_n": 1, "reason": "never given"}));
    story.pass(9 * DAY);
    assert!(story.has("withdraw offer s-1, version 1"));
    assert_eq!(offered(&story).len(), 2, "it never was");
    story.is_idempotent();
}

#[test]
fn a_visit_at_home_brings_the_dose() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 30);
    let asked = json!({"visit_id": "v-1", "recipient_ref": "p-1", "consent_id": "p-1",
        "reason": "stairs"});
    story.tell("request_home_visit", asked);
    story.run();
    assert!(story.has("bring it on visit v-1"));
    assert!(offered(&story).is_empty());
    story.is_idempotent();
}

#[test]
fn who_took_their_consent_back_is_offered_nothing() {
    let mut story = clinic(&["p-1", "p-2"]);
    for person in ["p-1", "p-2"] {
        dose(&mut story, Channel::App, person, "2021-08-09");
    }
    session(&mut story, "s-1", 30);
    let withdrawn = json!({"consent_id": "p-1", "purposes": ["vaccination"]});
    story.tell("withdraw_consent", withdrawn);
    story.run();
    assert_eq!(offered(&story), ["p-2"]);
    story.is_idempotent();
}

#[test]
fn while_anybody_is_due_there_is_a_session_every_three_days() {
    let mut story = clinic(&["p-1", "p-2", "p-3"]);
    session(&mut story, "s-1", 1);
    for person in ["p-1", "p-2", "p-3"] {
        dose(&mut story, Channel::App, person, "2021-08-09");
    }
    story.run();
    assert_eq!(story.count("ClinicSessionPlanned"), 1);
    story.pass(DAY + HOUR);
    assert_eq!(story.count("ClinicSessionPlanned"), 2, "p-3 has had no offer");
    assert_eq!(offered(&story), ["p-1", "p-2", "p-3"]);
    story.is_idempotent();
    story.pass(30 * DAY);
    assert_eq!(story.count("ClinicSessionPlanned"), 2, "everybody had one");
    story.is_idempotent();
}

#[test]
fn a_cancelled_session_books_everybody_anew() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 10);
    session(&mut story, "s-2", 12);
    let slot_at = opening(&story, "s-1");
    book(&mut story, "a-1", "p-1", "s-1", &slot_at);
    story.tell("cancel_clinic_session", json!({"session_id": "s-1", "reason": "snow"}));
    story.run();
    assert!(story.has("rebook a-1"));
    assert_eq!((story.count("AppointmentBooked"), offered(&story).len()), (2, 0));
    story.is_idempotent();
    story.pass(4 * DAY);
    assert_eq!(story.late("a-1 is booked anew"), 0);
}

/// A lost race ends no rebooking: another took the slot after the policy had seen it free, and the
/// next slot is tried. However long a name is, there is one for the new appointment.
#[test]
fn who_loses_the_race_for_a_slot_gets_the_next() {
    let long = "a".repeat(100);
    let mut story = clinic(&["p-1", "p-2"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    dose(&mut story, Channel::App, "p-2", "2021-08-09");
    session(&mut story, "s-1", 10);
    session(&mut story, "s-2", 12);
    let (lost, free) = (opening(&story, "s-1"), opening(&story, "s-2"));
    book(&mut story, &long, "p-1", "s-1", &lost);
    story.tell("cancel_clinic_session", json!({"session_id": "s-1", "reason": "snow"}));
    pollster::block_on(story.ledger.read_on(&mut story.policies)).expect("read");
    let due = story.policies.due(Timestamp(story.now));
    book(&mut story, "a-2", "p-2", "s-2", &free);
    let (actor, now) = (Actor::from("p-host"), Timestamp(story.now));
    for due in due {
        pollster::block_on(story.ledger.take_step(&actor, &due, now)).expect("taken or refused");
    }
    assert_eq!(story.count("PolicyRefused"), 1, "the slot is full");
    story.run();
    assert_eq!(story.count("AppointmentBooked"), 3);
    story.is_idempotent();
    story.pass(4 * DAY);
    assert_eq!(story.late(&format!("{long} is booked anew")), 0);
}

/// When a session opens.
fn opening(story: &Story, name: &str) -> String {
    let opens = |event| match event {
        Event::Services(Services::ClinicSessionPlanned { session_id, opens_at, .. }) => {
            (session_id.as_str() == name).then_some(opens_at.to_string())
        }
        _ => None,
    };
    story.events().into_iter().find_map(opens).expect("planned")
}

#[test]
fn who_is_not_booked_anew_in_three_days_is_known_above() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 10);
    let slot_at = opening(&story, "s-1");
    book(&mut story, "a-1", "p-1", "s-1", &slot_at);
    story.tell("cancel_clinic_session", json!({"session_id": "s-1", "reason": "snow"}));
    story.run();
    story.pass(3 * DAY - HOUR);
    assert_eq!(story.late("a-1 is booked anew"), 0);
    story.pass(HOUR);
    assert_eq!(story.late("a-1 is booked anew"), 1);
    story.is_idempotent();
}

#[test]
fn a_booking_that_may_not_be_is_refused_on_record() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::App, "p-1", "2021-08-09");
    session(&mut story, "s-1", 10);
    session(&mut story, "s-2", 12);
    let slot_at = opening(&story, "s-1");
    book(&mut story, "a-1", "p-1", "s-1", &slot_at);
    story.tell("cancel_clinic_session", json!({"session_id": "s-1", "reason": "snow"}));
    let withdrawn = json!({"consent_id": "p-1", "purposes": ["vaccination"]});
    story.tell("withdraw_consent", withdrawn);
    assert_eq!(story.run().refused_n, 1);
    let refused = story.steps().into_iter().find(|step| step.starts_with("rebook a-1 in s-2 at"));
    assert!(refused.is_some_and(|step| step.ends_with("refused")));
    story.is_idempotent();
}

#[test]
fn imported_doses_offer_nothing() {
    let mut story = clinic(&["p-1"]);
    dose(&mut story, Channel::Import, "p-1", "2021-08-09");
    session(&mut story, "s-1", 30);
    assert_eq!(story.pass(60 * DAY).taken_n, 0);
}
