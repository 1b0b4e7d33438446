//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal};
use super::{
    accept, answer, book, cancel, cancel_booking, cancel_class, class, class_of, close_survey,
    close_visit, command, correct, day, dissolve, drop_stop, endorse, enrol, finish, form, found,
    given, hold, idea, join, leave, minute, miss, offer, open, open_survey, person, plan_stop,
    plan_visit, programme, promote, receive, release, roster, schedule, sign_in, stop, troupe,
    unroster, withdraw,
};
use crate::domain::Span;
use crate::domain::given::{refusals, variant};

/// A story, what is asked then, and why it is refused.
type Case = (Vec<Command>, Command, Refusal);

fn with(mut story: Vec<Command>, more: Vec<Command>) -> Vec<Command> {
    story.extend(more);
    story
}

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn wrong(id: &str, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: id.into(), is, wanted }
}

fn of_names() -> Vec<Case> {
    let items = json!({"programme_id": "p", "item_kind": "x", "items_n": 1, "donated_n": 0});
    vec![
        (vec![], form("dance", "dance"), unknown("troupe", "canal")),
        (vec![], join("dance", "a"), unknown("group", "dance")),
        (troupe(), leave("dance", "c"), unknown("member", "c")),
        (vec![], hold("x"), unknown("activity", "x")),
        (vec![], class("k-1", 0, 90), unknown("programme", "p")),
        (vec![], command("record_items", items), unknown("programme", "p")),
        (programme(), withdraw("p", "c-3"), unknown("enrolment", "c-3")),
        (programme(), promote("c-3", 2, day(1)), unknown("child", "c-3")),
        (programme(), sign_in("k-9", "c-1", 0), unknown("class", "k-9")),
        (programme(), unroster("k-1", "a"), unknown("adult", "a")),
        (programme(), correct("k-1", "c-1", 0, "present"), unknown("attendance", "c-1")),
        (vec![], stop("v-1", "classroom", 0), unknown("visit", "v-1")),
        (vec![plan_visit("v-1")], drop_stop("v-1", "hall"), unknown("stop", "hall")),
        (vec![], idea("record_implementation", "i-1"), unknown("idea", "i-1")),
        (vec![], answer("s-1", "h", 1), unknown("survey", "s-1")),
        (vec![], cancel_booking("b-1"), unknown("booking", "b-1")),
    ]
}

fn of_repeats() -> Vec<Case> {
    let scheduled = with(troupe(), vec![schedule("x", &["dance"], 0, 60)]);
    let submitted = vec![idea("submit_idea", "i-1")];
    let booked = vec![book("b-1", "hall", 0, 60)];
    let rostered = with(programme(), vec![roster("k-1", "a", 0, 90)]);
    vec![
        (troupe(), found(), exists("troupe", "canal")),
        (troupe(), form("dance", "dance"), exists("group", "dance")),
        (troupe(), join("dance", "a"), exists("member", "a")),
        (scheduled, schedule("x", &["opera"], 90, 99), exists("activity", "x")),
        (programme(), open("p"), exists("programme", "p")),
        (programme(), enrol("p", "c-1", 3), exists("enrolment", "c-1")),
        (programme(), offer("p", "c-1"), exists("enrolment", "c-1")),
        (programme(), class("k-1", 200, 290), exists("class", "k-1")),
        (rostered, roster("k-1", "a", 0, 90), exists("adult", "a")),
        (vec![plan_visit("v-1")], plan_visit("v-1"), exists("visit", "v-1")),
        (submitted.clone(), idea("submit_idea", "i-1"), exists("idea", "i-1")),
        (
            with(submitted, vec![endorse("i-1", "a")]),
            endorse("i-1", "a"),
            Refusal::AlreadyEndorsed { person_ref: person("a") },
        ),
        (vec![open_survey("s-1")], open_survey("s-1"), exists("survey", "s-1")),
        (booked, book("b-1", "attic", 0, 60), exists("booking", "b-1")),
    ]
}

fn of_states() -> Vec<Case> {
    let held = with(troupe(), vec![schedule("x", &["opera"], 0, 60), hold("x")]);
    let cancelled = with(programme(), vec![cancel_class("k-1")]);
    let withdrawn = vec![idea("submit_idea", "i-1"), idea("withdraw_idea", "i-1")];
    let merged = vec![idea("submit_idea", "i-2")];
    let over = vec![plan_visit("v-1"), receive("v-1"), close_visit("v-1")];
    let absent = with(programme(), vec![miss("k-1", "c-1", true)]);
    vec![
        (
            with(troupe(), vec![dissolve("dance")]),
            schedule("x", &["dance"], 0, 60),
            wrong("dance", "dissolved", "formed"),
        ),
        (held, cancel("x", "weather"), wrong("x", "held", "scheduled")),
        (programme(), accept("p", "c-1"), wrong("c-1", "enrolled", "offered")),
        (
            with(programme(), vec![withdraw("p", "c-1")]),
            finish("p", "c-1"),
            wrong("c-1", "withdrawn", "enrolled"),
        ),
        (cancelled, roster("k-1", "a", 0, 90), wrong("k-1", "cancelled", "scheduled")),
        (absent, release("k-1", "c-1", "f", 9), wrong("c-1", "not in the class", "signed in")),
        (over.clone(), receive("v-1"), wrong("v-1", "closed", "planned")),
        (over, plan_stop("v-1", "hall", 0, 9), wrong("v-1", "closed", "planned")),
        (vec![plan_visit("v-1")], close_visit("v-1"), wrong("v-1", "planned", "received")),
        (withdrawn.clone(), endorse("i-1", "a"), wrong("i-1", "withdrawn", "open")),
        (withdrawn, idea("adopt_idea", "i-1"), wrong("i-1", "withdrawn", "assessed")),
        (merged, idea("merge_idea", "i-2"), wrong("i-2", "the idea itself", "another idea")),
        (
            vec![open_survey("s-1"), close_survey("s-1")],
            close_survey("s-1"),
            wrong("s-1", "closed", "open"),
        ),
        (
            vec![book("b-1", "hall", 0, 60), cancel_booking("b-1")],
            cancel_booking("b-1"),
            wrong("b-1", "cancelled", "booked"),
        ),
    ]
}

fn of_time() -> Vec<Case> {
    let (starts_at, ends_at) = (minute(60), minute(60));
    let taken = with(troupe(), vec![schedule("x", &["dance"], 0, 60)]);
    let crowd = (0..90).map(|number| join("dance", &format!("m-{number}")));
    let crowded = with(troupe(), crowd.collect());
    let busy = with(programme(), vec![class("k-2", 30, 120), roster("k-1", "a", 0, 90)]);
    let booked = vec![book("b-1", "hall", 0, 60), plan_visit("v-1")];
    let too_long = Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS };
    vec![
        (vec![], book("b-1", "hall", 60, 60), Refusal::EndsBeforeStart { starts_at, ends_at }),
        (vec![], book("b-1", "hall", 0, 60 * 24 * 300), too_long),
        (crowded, schedule("x", &["dance"], 0, 60), Refusal::TooManyMembers { most_n: 83 }),
        (troupe(), schedule("x", &["dance"; 255], 0, 60), Refusal::TooManyMembers { most_n: 0 }),
        (
            taken,
            schedule("y", &["opera"], 30, 90),
            Refusal::MemberBusy { person_ref: person("b"), until: minute(60) },
        ),
        (
            programme(),
            roster("k-1", "a", 60, 120),
            Refusal::OutsideClass { starts_at: minute(0), ends_at: minute(90) },
        ),
        (
            busy,
            roster("k-2", "a", 30, 120),
            Refusal::AdultBusy { person_ref: person("a"), until: minute(90) },
        ),
        (booked.clone(), book("b-2", "hall", 30, 90), Refusal::RoomBusy { until: minute(60) }),
        (booked, plan_stop("v-1", "hall", 30, 90), Refusal::RoomBusy { until: minute(60) }),
        (
            vec![plan_visit("v-1"), plan_stop("v-1", "hall", 30, 90)],
            book("b-2", "hall", 0, 60),
            Refusal::RoomBusy { until: minute(90) },
        ),
    ]
}

fn of_children() -> Vec<Case> {
    let here = with(programme(), vec![sign_in("k-1", "c-1", 0)]);
    let corrected = with(here.clone(), vec![correct("k-1", "c-1", 0, "late")]);
    vec![
        (vec![open("p")], enrol("p", "c-9", 3), Refusal::ConsentMissing { purpose: "programme" }),
        (vec![open("p")], enrol("p", "c-1", 6), Refusal::GradeOutside { min: 1, max: 5 }),
        (programme(), enrol("p", "c-3", 1), Refusal::ProgrammeFull { capacity_n: 2 }),
        (
            here,
            release("k-1", "c-1", "g-c-2", 60),
            Refusal::AdultNotAuthorised { to_ref: person("g-c-2") },
        ),
        (corrected, correct("k-1", "c-1", 0, "present"), Refusal::AlreadySuperseded { by: 1 }),
    ]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut came_out = BTreeSet::new();
    for (story, command, refusal) in
        [of_names(), of_repeats(), of_states(), of_time(), of_children()].concat()
    {
        let shown = format!("{command:?}");
        let refused = given(story).when(command);
        assert_eq!(refused, Err(refusal), "{shown}");
        came_out.extend(refused.err().iter().map(variant));
    }
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}

/// A consent covers a child for a programme on a day, from the guardian who enrols it; another
/// child's, another purpose's, one that is over, void or withdrawn, and one's own do not.
#[test]
fn only_a_guardians_consent_in_force_enrols() {
    use crate::domain::{Capacity, Consent};
    type Change = fn(&mut Consent);
    let changes: [Change; 7] = [
        |consent| consent.subject_ref = person("c-2"),
        |consent| consent.given_by_ref = person("g-c-2"),
        |consent| consent.capacity = Capacity::Oneself,
        |consent| consent.purposes = vec!["vaccination".into()],
        |consent| consent.valid_until = Some(day(15)),
        |consent| consent.is_void = true,
        |consent| {
            consent.withdrawn.insert("programme".into(), minute(0));
        },
    ];
    for change in changes {
        let mut given = given([open("p")]);
        let own = given.registered.consents.values_mut().next().expect("a consent");
        change(own);
        let refused = given.when(enrol("p", "c-1", 3));
        assert_eq!(refused, Err(Refusal::ConsentMissing { purpose: "programme" }));
    }
}

#[test]
fn a_class_of_another_programme_is_scheduled_beside_it() {
    let mut story = programme();
    story.push(open("q"));
    assert!(given(story).when(class_of("q", "k-2", 0, 90)).is_ok());
}
