//! The views of the registry: folded at once they say what they say event by event.

use super::{ConsentsDueForReview, ConsentsInForce, Erasures, People, Places, Review, Roles};
use crate::domain::registry::{Command, Standing, State};
use crate::domain::{
    Decide, Event, Evolve, Happened, PlaceKind, PlaceState, Registered, Role, Zone,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};

const ZONE: &str = "Asia/Shanghai";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The events that commands lead to, each at noon of its day.
fn told(commands: &[(&str, &str, Value)]) -> Vec<Happened<Event>> {
    let mut state = State::default();
    let mut story = Vec::new();
    for (on, name, fields) in commands {
        let mut fields = fields.clone();
        fields["at"] = json!(format!("{on}T12:00:00+08:00"));
        fields["zone"] = json!(ZONE);
        let command: Command = serde_json::from_value(json!({ *name: fields })).expect("a command");
        for happened in state.decide(command, &Registered::default()).expect("allowed") {
            assert_eq!(happened.zone, Zone::Asia__Shanghai);
            state.evolve(&happened);
            story.push(happened.map(Event::Registry));
        }
    }
    story
}

fn seen<V: Evolve<Event = Happened<Event>>>(mut view: V, story: &[Happened<Event>]) -> V {
    for happened in story {
        view.evolve(happened);
    }
    view
}

fn family() -> Vec<Happened<Event>> {
    let person = |id: &str, born: &str| json!({"person_ref": id, "born_on": born});
    let consent = |id: &str, from: &str| {
        json!({"consent_id": id, "subject_ref": "p-child", "given_by_ref": "p-mother",
            "capacity": "guardian", "purposes": ["programme", "photo"], "is_separate": true,
            "valid_from": from})
    };
    let role = |body: &str| {
        json!({"person_ref": "p-mother", "role": "mediator", "body_id": body,
            "valid_from": "2022-01-01", "valid_until": "2022-06-01"})
    };
    told(&[
        ("2021-09-01", "register_person", person("p-mother", "1985-05-05")),
        ("2021-09-01", "register_person", person("p-child", "2008-03-10")),
        ("2021-09-01", "register_person", person("p-twice", "1985-05-05")),
        (
            "2021-09-01",
            "record_relation",
            json!({"a_ref": "p-mother", "b_ref": "p-child", "kind": "guardian",
                "valid_from": "2008-03-10"}),
        ),
        ("2021-09-02", "give_consent", consent("c-1", "2021-09-02")),
        ("2021-09-03", "register_body", json!({"body_id": "committee", "kind": "committee"})),
        ("2021-09-03", "register_body", json!({"body_id": "station", "kind": "station"})),
        ("2022-01-01", "grant_role", role("committee")),
        ("2022-01-01", "grant_role", role("station")),
        ("2022-01-05", "merge_persons", json!({"person_ref": "p-twice", "into_ref": "p-mother"})),
        ("2022-02-01", "withdraw_consent", json!({"consent_id": "c-1", "purposes": ["photo"]})),
        ("2022-02-02", "request_erasure", json!({"subject_ref": "p-twice"})),
        ("2022-02-09", "record_key_destroyed", json!({"subject_ref": "p-twice"})),
    ])
}

#[test]
fn merged_records_count_once_from_the_day_it_was_known() {
    let story = family();
    let count = |on| seen(People::as_of(day(on)), &story).count();
    assert_eq!(["2021-08-31", "2022-01-04", "2022-01-05"].map(count), [0, 3, 2]);
    let people = seen(People::as_of(day("2022-02-28")), &story);
    let standing: Vec<Standing> = people.iter().map(|(_, standing)| standing).collect();
    assert_eq!(standing, [Standing::Registered, Standing::Registered, Standing::Erased]);
    assert_eq!(people.count(), 2, "a name that was taken out changes no count");
}

#[test]
fn who_holds_a_role_for_two_bodies_is_one_person() {
    let story = family();
    let count = |on| seen(Roles::as_of(day(on)), &story).count(Role::Mediator);
    assert_eq!(["2021-12-31", "2022-01-01", "2022-05-31", "2022-06-01"].map(count), [0, 1, 1, 0]);
}

#[test]
fn a_consent_is_in_force_until_it_is_withdrawn_purpose_by_purpose() {
    let story = family();
    let count = |purpose, on| seen(ConsentsInForce::as_of(day(on)), &story).count(purpose);
    assert_eq!(["2022-01-31", "2022-02-02"].map(|on| count("photo", on)), [1, 0]);
    assert_eq!(["2021-09-01", "2022-02-02"].map(|on| count("programme", on)), [0, 1]);
}

#[test]
fn a_consent_is_reviewed_at_fourteen_and_with_the_school_year() {
    let story = family();
    let due = |on| {
        let view = seen(ConsentsDueForReview::as_of(day(on)), &story);
        view.iter().map(|(_, _, review)| review).collect::<Vec<_>>()
    };
    assert_eq!(due("2022-03-09"), []);
    assert_eq!(due("2022-03-10"), [Review::TurnedFourteen]);
}

proptest! {
    /// R3: what a guardian consented to is due for review from the child's fourteenth birthday on,
    /// and before it from the first school year that began since.
    #[test]
    fn a_guardians_consent_is_reviewed(
        born in (2_006_i32..2_013, 1_u32..13, 1_u32..29),
        (given, waited) in (0_u64..365, 0_u64..1_500),
    ) {
        let date = |(year, month, on)| NaiveDate::from_ymd_opt(year, month, on).expect("a day");
        let given = date((2019, 1, 1)) + Days::new(given);
        let asked = given + Days::new(waited);
        let fourteenth = date((born.0 + 14, born.1, born.2));
        let story = told(&[
            ("2013-01-01", "register_person", json!({"person_ref": "p-m"})),
            (
                "2013-01-01",
                "register_person",
                json!({"person_ref": "p-c", "born_on": date(born).to_string()}),
            ),
            (
                "2013-01-01",
                "record_relation",
                json!({"a_ref": "p-m", "b_ref": "p-c", "kind": "guardian",
                    "valid_from": "2013-01-01"}),
            ),
            (
                &given.to_string(),
                "give_consent",
                json!({"consent_id": "c", "subject_ref": "p-c", "given_by_ref": "p-m",
                    "capacity": "guardian", "purposes": ["programme"], "is_separate": true,
                    "valid_from": given.to_string()}),
            ),
        ]);
        let view = seen(ConsentsDueForReview::as_of(asked), &story);
        let due: Vec<Review> = view.iter().map(|(_, _, review)| review).collect();
        let began = (2019..2025).map(|year| date((year, 9, 1)));
        let expected = if fourteenth <= asked {
            vec![Review::TurnedFourteen]
        } else if began.into_iter().any(|first| given < first && first <= asked) {
            vec![Review::SchoolYear]
        } else {
            Vec::new()
        };
        prop_assert_eq!(due, expected);
    }
}

#[test]
fn a_demand_is_open_until_the_key_is_destroyed() {
    let story = family();
    let open = |on| seen(Erasures::as_of(day(on)), &story).open().count();
    assert_eq!(["2022-02-01", "2022-02-02", "2022-02-09"].map(open), [0, 1, 0]);
}

#[test]
fn a_planned_place_is_none_in_use() {
    let place = json!({"place_id": "study-hall", "community_id": "jingjia", "kind": "room",
        "state": "planned"});
    let story = told(&[
        (
            "2022-01-01",
            "register_community",
            json!({"community_id": "jingjia", "level": "station"}),
        ),
        ("2022-01-01", "register_place", place),
    ]);
    let places = seen(Places::as_of(day("2022-02-28")), &story);
    assert_eq!(places.count(PlaceKind::Room, PlaceState::Planned), 1);
    assert_eq!(places.count(PlaceKind::Room, PlaceState::InUse), 0);
    assert_eq!(places.iter().count(), 1);
}
