//! Laws of the clinic, then examples.

mod dosing;
mod laws;
mod refusals;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::{Command, Dose, Event, Phase, Progress, State, Status};
use crate::domain::given::{Given, given_of, variant};
use crate::domain::{
    Capacity, Consent, Dosing, DosingRow, Flag, Happened, Interval, IntervalUnit, Person,
    Published, Registered, RuleSet, Timestamp,
};

const DAY: i64 = 24 * 60;

/// Minutes from 2022-02-27T09:00 in Shanghai on.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_645_923_600_000_000 + minutes * 60_000_000)
}

/// Days from 2022-02-27 on.
fn day(number: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 27).expect("a day");
    first + chrono::TimeDelta::days(number)
}

fn command(name: &str, mut fields: Value) -> Command {
    for (field, value) in [("at", json!(minute(-10 * DAY))), ("zone", json!("Asia/Shanghai"))] {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.entry(field).or_insert(value);
    }
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

/// A session from 09:00 to 17:00, so many days later.
fn plan(session: &str, on: i64) -> Command {
    let fields = json!({
        "session_id": session, "place_id": "centre", "provider_id": "clinic",
        "opens_at": minute(on * DAY), "closes_at": minute(on * DAY + 480), "slot_min": 30,
        "slot_capacity_n": 2, "product_codes": ["inactivated"], "dose_nos": [2, 3],
    });
    command("plan_clinic_session", fields)
}

fn of_session(name: &str, session: &str) -> Command {
    let fields = match name {
        "cancel_clinic_session" => json!({"session_id": session, "reason": "snow"}),
        _ => json!({ "session_id": session }),
    };
    command(name, fields)
}

fn open(session: &str) -> Command {
    of_session("open_booking", session)
}

fn allocate(session: &str, lot: &str, expires_on: NaiveDate) -> Command {
    let fields = json!({
        "session_id": session, "lot_no": lot, "expires_on": expires_on, "doses_n": 40,
    });
    command("allocate_lot", fields)
}

fn recall(lot: &str, at: i64) -> Command {
    command("recall_lot", json!({"lot_no": lot, "reason": "warm", "at": minute(at)}))
}

fn book(appointment: &str, session: &str, slot: i64, person: &str, dose: u32) -> Command {
    let fields = json!({
        "appointment_id": appointment, "session_id": session, "slot_at": minute(slot),
        "recipient_ref": person, "series_id": "s", "dose_no": dose,
    });
    command("book_appointment", fields)
}

fn wait(appointment: &str, session: &str, person: &str, dose: u32) -> Command {
    let fields = json!({
        "appointment_id": appointment, "session_id": session, "recipient_ref": person,
        "series_id": "s", "dose_no": dose,
    });
    command("join_waitlist", fields)
}

fn cancel(appointment: &str) -> Command {
    command("cancel_appointment", json!({"appointment_id": appointment, "reason": "a cold"}))
}

fn reschedule(appointment: &str, slot: i64) -> Command {
    let fields = json!({"appointment_id": appointment, "to_slot_at": minute(slot)});
    command("reschedule_appointment", fields)
}

fn no_show(appointment: &str) -> Command {
    command("record_no_show", json!({ "appointment_id": appointment }))
}

fn check_in(appointment: &str, at: i64) -> Command {
    command("record_check_in", json!({"appointment_id": appointment, "at": minute(at)}))
}

fn screen(appointment: &str, person: &str, outcome: &str) -> Command {
    let fields = json!({
        "appointment_id": appointment, "recipient_ref": person, "was_informed": true,
        "outcome": outcome,
    });
    command("record_screening", fields)
}

fn not_done(appointment: &str) -> Command {
    command("record_not_done", json!({"appointment_id": appointment, "reason": "fever"}))
}

fn void_appointment(appointment: &str, seen: u32) -> Command {
    let fields = json!({"appointment_id": appointment, "supersedes_n": seen, "reason": "wrong"});
    command("void_appointment", fields)
}

/// A dose of lot `l-1`, which may be used until 2022-04-08.
fn dose(name: &str, person: &str, number: u32, at: i64) -> Command {
    dose_with(name, person, number, at, json!({}))
}

fn dose_with(name: &str, person: &str, number: u32, at: i64, more: Value) -> Command {
    let mut fields = json!({
        "dose_id": name, "recipient_ref": person, "series_id": "s", "dose_no": number,
        "product_code": "inactivated", "holder": "a holder", "pack_id": "81", "lot_no": "l-1",
        "expires_on": day(40), "site": "left arm", "route": "intramuscular",
        "vaccinator_ref": "v", "at": minute(at),
    });
    let Value::Object(more) = more else { panic!("fields have names") };
    fields.as_object_mut().expect("fields").extend(more);
    command("record_dose", fields)
}

fn correct(name: &str, seen: u32, fields: Value) -> Command {
    let mut told = json!({"dose_id": name, "supersedes_n": seen, "reason": "misread"});
    told["fields"] = fields;
    command("correct_dose", told)
}

fn void(name: &str, seen: u32) -> Command {
    command("void_dose", json!({"dose_id": name, "supersedes_n": seen, "reason": "wrong"}))
}

fn visit(name: &str, person: &str, consent: &str, reason: Option<&str>) -> Command {
    let fields = json!({
        "visit_id": name, "recipient_ref": person, "consent_id": consent, "reason": reason,
    });
    command("request_home_visit", fields)
}

fn of_visit(name: &str, visit: &str) -> Command {
    let fields = match name {
        "decline_home_visit" => json!({"visit_id": visit, "reason": "can come"}),
        _ => json!({ "visit_id": visit }),
    };
    command(name, fields)
}

fn schedule(visit: &str, vaccinator: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "visit_id": visit, "vaccinator_ref": vaccinator, "starts_at": minute(from),
        "ends_at": minute(until),
    });
    command("schedule_home_visit", fields)
}

fn visited(visit: &str, from: i64, until: i64) -> Command {
    let result = json!({"completed": {"arrived_at": minute(from), "left_at": minute(until)}});
    command("record_home_visit", json!({"visit_id": visit, "result": result}))
}

fn failed(visit: &str) -> Command {
    let result = json!({"failed": {"reason": "nobody in"}});
    command("record_home_visit", json!({"visit_id": visit, "result": result}))
}

/// An open session on 2022-02-27.
fn clinic() -> Vec<Command> {
    vec![plan("c-1", 0), open("c-1")]
}

/// A visit that may be scheduled.
fn approved(name: &str, person: &str) -> Vec<Command> {
    let consent = format!("consent-{person}");
    vec![visit(name, person, &consent, Some("cannot walk")), of_visit("approve_home_visit", name)]
}

fn months(value: u32) -> Interval {
    Interval { value, unit: IntervalUnit::CalendarMonth }
}

/// The booster: from 18 years on, six calendar months after the second dose.
fn booster(grace_days: u32) -> Dosing {
    let row = |from_dose, min_interval, min_age_years| DosingRow {
        products: vec!["inactivated".into()],
        from_dose,
        to_dose: from_dose + 1,
        min_interval: Some(min_interval),
        min_age_years,
        grace_days,
    };
    let three_weeks = Interval { value: 21, unit: IntervalUnit::Day };
    Dosing { rows: vec![row(1, three_weeks, 3), row(2, months(6), 18)] }
}

fn published(rule: Dosing) -> Published {
    Published {
        rule: RuleSet::Dosing(rule),
        version: "2022-02-19".into(),
        jurisdiction: "CN".into(),
        valid_from: NaiveDate::default(),
        valid_until: None,
    }
}

/// `a`, `b`, `c` are grown up, `child` is eleven, `ageless` might be anything; `stranger` has given
/// no consent.
fn people() -> Registered {
    let mut registered = Registered::default();
    let born = |years: u64| day(0).checked_sub_days(Days::new(years * 366));
    let known = [("a", born(70)), ("b", born(30)), ("c", born(40)), ("child", born(11))];
    let unknown = [("ageless", None), ("stranger", born(30))];
    for (name, born_on) in known.into_iter().chain(unknown) {
        let person = Person { born_on, ..Person::default() };
        registered.persons.insert(name.parse().expect("a person"), person);
        if name == "stranger" {
            continue;
        }
        let consent = Consent {
            subject_ref: name.parse().expect("a person"),
            given_by_ref: "a".parse().expect("a person"),
            capacity: if name == "child" { Capacity::Guardian } else { Capacity::Oneself },
            purposes: vec!["vaccination".into()],
            valid_from: day(-60),
            valid_until: Some(day(60)),
            withdrawn: BTreeMap::new(),
            is_void: false,
        };
        let id = format!("consent-{name}").parse().expect("a consent");
        registered.consents.insert(id, consent);
    }
    registered.rules.push(published(booster(0)));
    registered
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    given_of(people(), commands)
}

fn kinds(events: &[Happened<Event>]) -> Vec<String> {
    events.iter().map(|happened| variant(&happened.event)).collect()
}

fn status(given: &Given<State>, appointment: &str) -> Status {
    given.state.status(&given.state.appointments[appointment.as_bytes()])
}

fn phase(given: &Given<State>, session: &str) -> Phase {
    given.state.sessions[session.as_bytes()].phase
}

fn dose_of<'a>(given: &'a Given<State>, name: &str) -> &'a Dose {
    &given.state.doses[name.as_bytes()]
}

/// 27 February: third doses, six months after the second ones, from nine to five.
#[test]
fn a_third_dose_is_booked_screened_and_given() {
    let mut given = given(clinic());
    assert_eq!(phase(&given, "c-1"), Phase::Open);
    let second = given.then(dose("d-2", "a", 2, -184 * DAY)).expect("recorded");
    assert_eq!(second, 1, "2021-08-27, and nobody knows of a first one");
    given.then(book("x", "c-1", 30, "a", 3)).expect("booked");
    assert_eq!(status(&given, "x"), Status::Booked);
    given.then(check_in("x", 25)).expect("recorded");
    assert_eq!((status(&given, "x"), phase(&given, "c-1")), (Status::CheckedIn, Phase::Running));
    given.then(screen("x", "a", "proceed")).expect("recorded");
    assert_eq!(status(&given, "x"), Status::Screened);
    let told =
        given.when(dose_with("d-3", "a", 3, 35, json!({"appointment_id": "x"}))).expect("recorded");
    assert_eq!((kinds(&told), told[0].flags.len()), (vec!["DoseAdministered".to_owned()], 0));
    given.then(dose_with("d-3", "a", 3, 35, json!({"appointment_id": "x"}))).expect("recorded");
    assert_eq!(status(&given, "x"), Status::Fulfilled);
    given.then(of_session("close_clinic_session", "c-1")).expect("closed");
    assert_eq!(phase(&given, "c-1"), Phase::Closed);
    assert!(given.state.sessions[b"c-1".as_slice()].is_held());
}

/// A walk-in is booked and checked in by one append.
#[test]
fn a_walk_in_takes_the_place_that_is_left() {
    let mut given = given(clinic());
    given.then(book("x", "c-1", 0, "a", 2)).expect("booked");
    given.then(check_in("x", 2)).expect("recorded");
    assert_eq!(status(&given, "x"), Status::CheckedIn);
}

#[test]
fn a_visit_at_home_goes_through_its_states() {
    let progress = |given: &Given<State>| given.state.visits[b"v-1".as_slice()].progress;
    let mut given = given(approved("v-1", "a"));
    assert_eq!(progress(&given), Progress::Approved);
    given.then(schedule("v-1", "v", 0, 60)).expect("scheduled");
    assert_eq!(progress(&given), Progress::Scheduled);
    let at_home = json!({"visit_id": "v-1"});
    given.then(dose_with("d-3", "a", 3, 20, at_home)).expect("recorded");
    given.then(visited("v-1", 5, 50)).expect("recorded");
    given.then(failed("v-1")).expect("recorded");
    assert_eq!(progress(&given), Progress::Completed);
}

#[test]
fn what_was_deferred_or_not_done_may_be_booked_again() {
    for told in [screen("x", "a", "defer"), not_done("x"), screen("x", "a", "not_done")] {
        let mut given = given(clinic());
        given.then(book("x", "c-1", 0, "a", 3)).expect("booked");
        assert!(given.when(book("y", "c-1", 30, "a", 3)).is_err());
        given.then(told).expect("recorded");
        assert!(given.when(book("y", "c-1", 30, "a", 3)).is_ok());
    }
}

#[test]
fn a_correction_is_judged_as_the_dose_that_it_makes() {
    let mut given = given([dose("d-2", "a", 2, -20 * DAY), dose("d-3", "a", 3, -10 * DAY)]);
    let earlier = json!({"administered_at": minute(-300 * DAY)});
    assert_eq!(given.story[1].flags, [Flag::Early]);
    let told = given.when(correct("d-2", 0, earlier.clone())).expect("recorded");
    assert_eq!(kinds(&told), ["DoseRecordCorrected"]);
    given.then(correct("d-2", 0, earlier)).expect("recorded");
    let told = given.when(correct("d-3", 0, json!({"dose_no": 2}))).expect("recorded");
    assert_eq!(kinds(&told), ["DoseRecordCorrected", "DoseDeviationNoted"]);
    assert_eq!(told[0].flags, [Flag::DuplicateDoseNo]);
    assert_eq!(dose_of(&given, "d-2").version_n, 1);
}
