//! The shift at the station, and the class that a parent looked after.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;

fn volunteers(story: &mut Story) {
    for person in ["p-1", "p-2", "p-3"] {
        let volunteer = json!({"person_ref": person, "volunteer_no": person});
        story.tell("register_volunteer", volunteer);
        let member = json!({"person_ref": person, "team_id": "t", "valid_from": "2022-01-01"});
        story.tell("join_team", member);
    }
    story.tell("launch_project", json!({"project_id": "knives", "team_id": "t", "kind": "repair"}));
}

/// A shift of two places from in one hour until in three.
fn shift(channel: Channel) -> Story {
    let mut story = Story::new();
    volunteers(&mut story);
    let span = json!({"starts_at": story.later(HOUR), "ends_at": story.later(3 * HOUR)});
    let mut opened = json!({"shift_id": "s-1", "project_id": "knives", "capacity_n": 2});
    merge(&mut opened, &span);
    story.tell_through(channel, "open_shift", opened);
    story
}

fn merge(fields: &mut Value, more: &Value) {
    let more = more.as_object().expect("fields").clone();
    fields.as_object_mut().expect("fields").extend(more);
}

fn sign_up(story: &mut Story, person: &str) {
    story.tell("sign_up", place(person));
}

fn place(person: &str) -> Value {
    json!({"shift_id": "s-1", "person_ref": person})
}

/// A shift that one came to and left without a word, and another did not come to.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = shift(channel);
    sign_up(&mut story, "p-1");
    sign_up(&mut story, "p-2");
    story.tell("record_volunteer_check_in", place("p-1"));
    story
}

#[test]
fn a_missing_check_out_is_proposed_and_who_did_not_come_was_absent() {
    let mut story = shift(Channel::App);
    sign_up(&mut story, "p-1");
    sign_up(&mut story, "p-2");
    story.run();
    story.pass(HOUR);
    story.tell("record_volunteer_check_in", place("p-1"));
    story.pass(3 * HOUR + HOUR / 2);
    assert_eq!(story.count("AttendanceInferred"), 0, "two hours of grace");
    story.pass(HOUR / 2);
    assert_eq!((story.count("AttendanceInferred"), story.count("VolunteerAbsent")), (1, 1));
    assert_eq!(story.count("HoursCredited"), 0, "never in silence");
    story.is_idempotent();
    story.pass(13 * DAY);
    assert_eq!(story.count("HoursRejected"), 0);
    story.pass(DAY);
    assert_eq!((story.count("HoursRejected"), story.count("NoticeGiven")), (1, 1));
    story.is_idempotent();
}

#[test]
fn a_place_that_is_given_back_goes_to_who_waited_longest() {
    let mut story = shift(Channel::App);
    sign_up(&mut story, "p-1");
    sign_up(&mut story, "p-3");
    story.tell("join_shift_waitlist", place("p-2"));
    story.run();
    assert_eq!(story.count("VolunteerAssigned"), 0);
    story.tell("withdraw", place("p-1"));
    story.run();
    assert!(story.has("replace by p-2"));
    assert_eq!(story.count("VolunteerAssigned"), 1);
    story.is_idempotent();
}

#[test]
fn a_place_that_may_not_be_taken_is_refused_on_record() {
    let mut story = shift(Channel::App);
    sign_up(&mut story, "p-1");
    sign_up(&mut story, "p-3");
    story.tell("join_shift_waitlist", place("p-2"));
    story.tell("suspend_volunteer", json!({"person_ref": "p-2", "reason": "ill"}));
    story.tell("withdraw", place("p-1"));
    assert_eq!(story.run().refused_n, 1);
    assert!(story.has("replace by p-2 refused"));
    story.is_idempotent();
}

#[test]
fn an_adult_who_looked_after_a_class_served() {
    let mut story = Story::new();
    volunteers(&mut story);
    story.limit("class_project_id", &json!("knives"));
    story.tell(
        "open_programme",
        json!({"programme_id": "four-thirty", "grade_min": 1, "grade_max": 5, "capacity_n": 30,
            "children_per_adult_max": 10}),
    );
    let span = json!({"starts_at": story.later(HOUR), "ends_at": story.later(3 * HOUR)});
    let mut class = json!({"class_id": "k-1", "programme_id": "four-thirty", "place_id": "room"});
    merge(&mut class, &span);
    story.tell("schedule_class", class);
    for adult in ["p-1", "p-9"] {
        let mut rostered = json!({"class_id": "k-1", "person_ref": adult});
        merge(&mut rostered, &span);
        story.tell("roster_adult", rostered);
    }
    story.pass(4 * HOUR);
    story.tell("record_class", json!({"class_id": "k-1"}));
    story.run();
    assert_eq!(story.count("VolunteerCheckedOut"), 1, "p-9 is no volunteer");
    assert_eq!(story.count("HoursCredited"), 0, "somebody has to approve it");
    story.is_idempotent();
    let approval = json!({"shift_id": "class k-1", "person_ref": "p-1",
        "body_id": "station", "approved_by_ref": "p-2"});
    story.tell("approve_hours", approval);
    story.pass(30 * DAY);
    assert_eq!((story.count("HoursCredited"), story.count("HoursRejected")), (1, 0));
}

#[test]
fn imported_shifts_credit_and_blame_nobody() {
    let mut story = shift(Channel::Import);
    sign_up(&mut story, "p-1");
    assert_eq!(story.pass(30 * DAY).taken_n, 0);
}
