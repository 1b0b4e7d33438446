//! Laws of the programmes, then examples.

mod laws;
mod refusals;
mod story;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::{Command, Event, State};
use crate::domain::given::Given;
use crate::domain::{
    Capacity, Consent, Happened, Kinship, PersonRef, Place, PlaceKind, PlaceState, Registered,
    Related, Timestamp,
};

const MINUTE: i64 = 60_000_000;
const CHILDREN: [&str; 4] = ["c-1", "c-2", "c-3", "c-4"];

/// Minutes after 08:00 in Shanghai on Wednesday, 16 February 2022.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_644_969_600_000_000 + minutes * MINUTE)
}

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first.checked_add_days(Days::new(number)).expect("a day")
}

/// A command at the first minute, as it is written in a file.
fn command(name: &str, fields: Value) -> Command {
    command_at(0, name, fields)
}

fn command_at(minutes: i64, name: &str, mut fields: Value) -> Command {
    for (field, value) in [("at", json!(minute(minutes))), ("zone", json!("Asia/Shanghai"))] {
        fields.as_object_mut().expect("fields have names").insert(field.to_owned(), value);
    }
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn found() -> Command {
    command("found_troupe", json!({"troupe_id": "canal", "precision": "year"}))
}

fn form(group: &str, kind: &str) -> Command {
    let troupe = (kind != "parents").then_some("canal");
    command("form_group", json!({"group_id": group, "kind": kind, "troupe_id": troupe}))
}

fn join(group: &str, person: &str) -> Command {
    command("join_group", json!({"group_id": group, "person_ref": person}))
}

fn leave(group: &str, person: &str) -> Command {
    command("leave_group", json!({"group_id": group, "person_ref": person}))
}

fn dissolve(group: &str) -> Command {
    command("dissolve_group", json!({ "group_id": group }))
}

/// An activity in the hall from one minute until another.
fn schedule(activity: &str, groups: &[&str], from: i64, until: i64) -> Command {
    let fields = json!({
        "activity_id": activity, "kind": "charity_tour", "group_ids": groups,
        "starts_at": minute(from), "ends_at": minute(until), "place_id": "hall",
    });
    command("schedule_activity", fields)
}

fn hold(activity: &str) -> Command {
    command("record_activity", json!({ "activity_id": activity }))
}

fn cancel(activity: &str, reason: &str) -> Command {
    command("cancel_activity", json!({"activity_id": activity, "reason": reason}))
}

/// A programme for grades 1 to 5 with two places, one adult to two children.
fn open(programme: &str) -> Command {
    let fields = json!({
        "programme_id": programme, "grade_min": 1, "grade_max": 5, "capacity_n": 2,
        "children_per_adult_max": 2,
    });
    command("open_programme", fields)
}

fn offer(programme: &str, child: &str) -> Command {
    command("offer_place", json!({"programme_id": programme, "child_ref": child}))
}

fn accept(programme: &str, child: &str) -> Command {
    let fields =
        json!({"programme_id": programme, "child_ref": child, "guardian_ref": guardian(child)});
    command("accept_place", fields)
}

fn enrol(programme: &str, child: &str, grade: u32) -> Command {
    let fields = json!({
        "programme_id": programme, "child_ref": child, "grade_n": grade, "school_year": 2021,
        "guardian_ref": guardian(child), "consent_id": format!("of-{child}"),
    });
    command("enrol_child", fields)
}

fn withdraw(programme: &str, child: &str) -> Command {
    let fields = json!({"programme_id": programme, "child_ref": child, "reason": "moved"});
    command("withdraw_child", fields)
}

fn finish(programme: &str, child: &str) -> Command {
    command("finish_enrolment", json!({"programme_id": programme, "child_ref": child}))
}

fn promote(child: &str, grade: u32, from: NaiveDate) -> Command {
    let fields = json!({"child_ref": child, "grade_n": grade, "valid_from": from});
    command("promote_grade", fields)
}

/// A class of the programme `p` in the classroom from one minute until another.
fn class(class: &str, from: i64, until: i64) -> Command {
    class_of("p", class, from, until)
}

fn class_of(programme: &str, class: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "class_id": class, "programme_id": programme, "starts_at": minute(from),
        "ends_at": minute(until), "place_id": "classroom",
    });
    command("schedule_class", fields)
}

fn cancel_class(class: &str) -> Command {
    command("cancel_class", json!({"class_id": class, "reason": "weather"}))
}

fn roster(class: &str, person: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "class_id": class, "person_ref": person, "starts_at": minute(from),
        "ends_at": minute(until),
    });
    command("roster_adult", fields)
}

fn unroster(class: &str, person: &str) -> Command {
    command("unroster_adult", json!({"class_id": class, "person_ref": person}))
}

fn teach(class: &str) -> Command {
    command("record_class", json!({ "class_id": class }))
}

fn sign_in(class: &str, child: &str, at: i64) -> Command {
    command_at(at, "record_sign_in", json!({"class_id": class, "child_ref": child}))
}

fn release(class: &str, child: &str, to: &str, at: i64) -> Command {
    let fields = json!({"class_id": class, "child_ref": child, "to_ref": to});
    command_at(at, "release_child", fields)
}

fn sign_out(class: &str, child: &str, to: Option<&str>, at: i64) -> Command {
    let fields = json!({"class_id": class, "child_ref": child, "to_ref": to});
    command_at(at, "record_sign_out", fields)
}

fn miss(class: &str, child: &str, is_excused: bool) -> Command {
    let fields = json!({"class_id": class, "child_ref": child, "is_excused": is_excused});
    command("record_absence", fields)
}

fn correct(class: &str, child: &str, seen: u32, standing: &str) -> Command {
    let fields = json!({
        "class_id": class, "child_ref": child, "supersedes_n": seen, "standing": standing,
    });
    command("correct_attendance", fields)
}

fn plan_visit(visit: &str) -> Command {
    let fields = json!({"visit_id": visit, "from_body": "district", "headcount_n": 12});
    command("plan_visit", fields)
}

fn plan_stop(visit: &str, place: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "visit_id": visit, "place_id": place, "starts_at": minute(from), "ends_at": minute(until),
    });
    command("plan_stop", fields)
}

fn drop_stop(visit: &str, place: &str) -> Command {
    command("drop_stop", json!({"visit_id": visit, "place_id": place}))
}

fn receive(visit: &str) -> Command {
    command("receive_visit", json!({"visit_id": visit, "headcount_n": 13}))
}

fn stop(visit: &str, place: &str, at: i64) -> Command {
    let fields = json!({"visit_id": visit, "place_id": place, "shown": "activity_room"});
    command_at(at, "record_stop", fields)
}

fn close_visit(visit: &str) -> Command {
    command("close_visit", json!({ "visit_id": visit }))
}

fn idea(name: &str, idea: &str) -> Command {
    let mut fields = json!({ "idea_id": idea });
    let more = match name {
        "endorse_idea" => ("person_ref", json!("p-1")),
        "adopt_idea" => ("work_ref", json!({"project": "pr-1"})),
        "decline_idea" => ("reason", json!("there is one")),
        "merge_idea" => ("into", json!("i-2")),
        _ => ("idea_id", json!(idea)),
    };
    fields.as_object_mut().expect("fields").insert(more.0.to_owned(), more.1);
    command(name, fields)
}

fn endorse(idea: &str, person: &str) -> Command {
    command("endorse_idea", json!({"idea_id": idea, "person_ref": person}))
}

fn open_survey(survey: &str) -> Command {
    command("open_survey", json!({"survey_id": survey, "invited_n": 10, "unit": "household"}))
}

fn answer(survey: &str, household: &str, metres: i64) -> Command {
    let fields = json!({
        "survey_id": survey, "by": {"household": household},
        "answers": {"nearest_charger_m": metres, "wanted": "yes"},
    });
    command("record_answer", fields)
}

fn close_survey(survey: &str) -> Command {
    command("close_survey", json!({ "survey_id": survey }))
}

fn book(booking: &str, place: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "booking_id": booking, "place_id": place, "starts_at": minute(from),
        "ends_at": minute(until), "for_ref": "p-1",
    });
    command("book_room", fields)
}

fn cancel_booking(booking: &str) -> Command {
    command("cancel_booking", json!({ "booking_id": booking }))
}

fn guardian(child: &str) -> String {
    format!("g-{child}")
}

fn person(name: &str) -> PersonRef {
    name.parse().expect("a person")
}

/// Four children whose guardians consent from February 2022 on. The grandmother `f` may fetch
/// `c-1`.
fn relation(a_ref: PersonRef, kind: Kinship, child: &str) -> Related {
    Related { a_ref, kind, b_ref: person(child), valid_from: day(0), valid_until: None }
}

fn registered() -> Registered {
    let mut registered = Registered::default();
    for child in CHILDREN {
        registered
            .consents
            .insert(format!("of-{child}").parse().expect("a consent"), consent(child));
        let guardian = person(&guardian(child));
        registered.relations.push(relation(guardian, Kinship::Guardian, child));
    }
    registered.relations.push(relation(person("f"), Kinship::FetchesChild, "c-1"));
    let room = Place {
        community_id: None,
        grid_id: None,
        parent_id: None,
        kind: PlaceKind::Room,
        floor_n: Some(3),
        state: PlaceState::InUse,
    };
    registered.places.insert("classroom".parse().expect("a place"), room);
    registered
}

fn consent(child: &str) -> Consent {
    Consent {
        subject_ref: person(child),
        given_by_ref: person(&guardian(child)),
        capacity: Capacity::Guardian,
        purposes: vec!["programme".into()],
        valid_from: day(0),
        valid_until: None,
        withdrawn: BTreeMap::new(),
        is_void: false,
    }
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    crate::domain::given::given_of(registered(), commands)
}

fn kinds(events: &[Happened<Event>]) -> Vec<String> {
    let kind = |happened: &Happened<Event>| crate::domain::given::variant(&happened.event);
    events.iter().map(kind).collect()
}

/// A troupe of two groups, with one person in both.
fn troupe() -> Vec<Command> {
    vec![
        found(),
        form("dance", "dance"),
        form("opera", "opera"),
        join("dance", "a"),
        join("dance", "b"),
        join("opera", "b"),
        join("opera", "c"),
    ]
}

/// The programme `p` with two children and a class of 90 minutes.
fn programme() -> Vec<Command> {
    vec![open("p"), enrol("p", "c-1", 3), enrol("p", "c-2", 5), class("k-1", 0, 90)]
}
