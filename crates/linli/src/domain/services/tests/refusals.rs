//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal};
use super::{
    DAY, allocate, approved, book, cancel, check_in, clinic, correct, day, dose, dose_with, given,
    minute, of_session, of_visit, open, plan, recall, reschedule, schedule, screen, visit, void,
    void_appointment, wait,
};
use crate::domain::given::{refusals, variant};
use crate::domain::{PersonRef, Span};

/// A story, what is asked then, and why it is refused.
type Case = (Vec<Command>, Command, Refusal);

fn with(mut story: Vec<Command>, more: impl IntoIterator<Item = Command>) -> Vec<Command> {
    story.extend(more);
    story
}

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn wrong(kind: &'static str, id: &str, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { kind, id: id.into(), is, wanted }
}

fn person(name: &str) -> PersonRef {
    name.parse().expect("a person")
}

fn booked() -> Vec<Command> {
    with(clinic(), [book("x", "c-1", 0, "a", 3)])
}

fn of_names() -> Vec<Case> {
    let visited = json!({"visit_id": "v-1"});
    vec![
        (vec![], open("c-1"), unknown("session", "c-1")),
        (vec![], check_in("x", 0), unknown("appointment", "x")),
        (vec![], void("d-1", 0), unknown("dose", "d-1")),
        (vec![], dose_with("d-1", "a", 2, 0, visited), unknown("visit", "v-1")),
        (booked(), screen("x", "b", "defer"), unknown("appointment", "x of this recipient")),
        (clinic(), plan("c-1", 3), exists("session", "c-1")),
        (booked(), book("x", "c-1", 30, "b", 3), exists("appointment", "x")),
        (booked(), wait("x", "c-1", "a", 3), exists("appointment", "x")),
        (vec![dose("d-1", "a", 2, 0)], dose("d-1", "b", 2, 0), exists("dose", "d-1")),
        (vec![recall("l-1", 0)], recall("l-1", 0), exists("recall of lot", "l-1")),
        (
            approved("v-1", "a"),
            visit("v-1", "a", "consent-a", Some("frail")),
            exists("visit", "v-1"),
        ),
        (
            with(clinic(), [dose("d-3", "a", 3, -5 * DAY)]),
            book("x", "c-1", 0, "a", 3),
            exists("dose", "3"),
        ),
    ]
}

fn of_states() -> Vec<Case> {
    let cancelled = of_session("cancel_clinic_session", "c-1");
    let is_cancelled = || wrong("session", "c-1", "cancelled", "open");
    vec![
        (
            vec![plan("c-1", 0)],
            book("x", "c-1", 0, "a", 3),
            wrong("session", "c-1", "planned", "open"),
        ),
        (with(clinic(), [cancelled.clone()]), book("x", "c-1", 0, "a", 3), is_cancelled()),
        (with(clinic(), [cancelled.clone()]), wait("x", "c-1", "a", 3), is_cancelled()),
        (
            with(booked(), [check_in("x", 0)]),
            cancelled.clone(),
            wrong("session", "c-1", "running", "planned"),
        ),
        (
            with(booked(), [cancelled]),
            cancel("x"),
            wrong("appointment", "x", "cancelled", "booked"),
        ),
        (
            with(booked(), [check_in("x", 0)]),
            reschedule("x", 30),
            wrong("appointment", "x", "checked_in", "booked"),
        ),
        (
            approved("v-1", "a"),
            of_visit("decline_home_visit", "v-1"),
            wrong("visit", "v-1", "approved", "requested"),
        ),
        (
            vec![dose("d-1", "a", 2, 0), correct("d-1", 0, json!({"dose_no": 1}))],
            void("d-1", 0),
            Refusal::AlreadySuperseded { by: 1 },
        ),
        (
            vec![dose("d-1", "a", 2, 0), void("d-1", 0)],
            correct("d-1", 1, json!({})),
            Refusal::AlreadySuperseded { by: 1 },
        ),
        (
            with(booked(), [void_appointment("x", 0)]),
            void_appointment("x", 1),
            Refusal::AlreadySuperseded { by: 1 },
        ),
    ]
}

fn of_bookings() -> Vec<Case> {
    let full = || with(booked(), [book("y", "c-1", 0, "b", 3)]);
    let outside = || Refusal::OutsideSession { opens_at: minute(0), closes_at: minute(480) };
    let second = dose("d-2", "b", 2, -100 * DAY);
    vec![
        (full(), book("z", "c-1", 0, "c", 3), Refusal::SlotFull { capacity_n: 2 }),
        (
            with(full(), [book("z", "c-1", 30, "c", 3)]),
            reschedule("z", 0),
            Refusal::SlotFull { capacity_n: 2 },
        ),
        (clinic(), book("x", "c-1", 480, "a", 3), outside()),
        (clinic(), book("x", "c-1", 10, "a", 3), outside()),
        (clinic(), book("x", "c-1", -30, "a", 3), outside()),
        (clinic(), book("x", "c-1", 0, "a", 1), Refusal::DoseNotOffered { dose_no: 1 }),
        (
            booked(),
            book("y", "c-1", 30, "a", 3),
            Refusal::AlreadyBooked { appointment_id: "x".parse().expect("an appointment") },
        ),
        (
            with(clinic(), [second]),
            book("x", "c-1", 0, "b", 3),
            Refusal::TooEarly { earliest_on: "2022-05-19".parse().expect("a day") },
        ),
        (clinic(), book("x", "c-1", 0, "child", 3), Refusal::UnderAge { min_age_years: 18 }),
        (
            clinic(),
            book("x", "c-1", 0, "ageless", 3),
            Refusal::AgeUnknown { person_ref: person("ageless") },
        ),
        (
            clinic(),
            book("x", "c-1", 0, "stranger", 3),
            Refusal::ConsentMissing { person_ref: person("stranger") },
        ),
        (clinic(), allocate("c-1", "l-1", day(-1)), Refusal::LotExpired { expires_on: day(-1) }),
        (
            with(clinic(), [recall("l-1", 0)]),
            allocate("c-1", "l-1", day(40)),
            Refusal::LotIsRecalled { lot_no: "l-1".parse().expect("a lot") },
        ),
    ]
}

fn of_visits() -> Vec<Case> {
    let consent_missing = || Refusal::ConsentMissing { person_ref: person("a") };
    let busy = with(approved("v-2", "b"), [schedule("v-2", "v", 0, 60)]);
    let (starts_at, ends_at) = (minute(60), minute(60));
    vec![
        (vec![], visit("v-1", "a", "consent-a", Some(" ")), Refusal::ReasonMissing),
        (vec![], visit("v-1", "a", "consent-a", None), Refusal::ReasonMissing),
        (vec![], visit("v-1", "a", "consent-b", Some("frail")), consent_missing()),
        (vec![], visit("v-1", "a", "consent-9", Some("frail")), consent_missing()),
        (
            with(busy, approved("v-1", "a")),
            schedule("v-1", "v", 30, 90),
            Refusal::VaccinatorBusy { until: minute(60) },
        ),
        (
            approved("v-1", "a"),
            schedule("v-1", "v", 0, 300 * DAY),
            Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS },
        ),
        (
            approved("v-1", "a"),
            schedule("v-1", "v", 60, 60),
            Refusal::EndsBeforeStart { starts_at, ends_at },
        ),
    ]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut came_out = BTreeSet::new();
    for (story, command, refusal) in [of_names(), of_states(), of_bookings(), of_visits()].concat()
    {
        let shown = format!("{command:?}");
        let refused = given(story).when(command);
        assert_eq!(refused, Err(refusal), "{shown}");
        came_out.extend(refused.err().iter().map(variant));
    }
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}
