//! Laws of the registry, then examples.

mod laws;
mod refusals;

use serde_json::{Value, json};

use super::{Command, Standing, State};
use crate::domain::given::Given;
use crate::domain::{PersonRef, Role, Timestamp};

fn day(number: i64) -> Timestamp {
    Timestamp(1_645_000_000_000_000 + number * 86_400_000_000)
}

/// A command as it is written in a file.
fn command(name: &str, mut fields: Value) -> Command {
    for (field, value) in [("at", json!(day(0))), ("zone", json!("Asia/Shanghai"))] {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.entry(field).or_insert(value);
    }
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn community(id: &str, parent: Option<&str>, level: &str) -> Command {
    let fields = json!({"community_id": id, "parent_id": parent, "level": level});
    command("register_community", fields)
}

fn place(id: &str, parent: Option<&str>, kind: &str) -> Command {
    place_in("yujing", id, parent, kind)
}

fn place_in(community: &str, id: &str, parent: Option<&str>, kind: &str) -> Command {
    let fields = json!({
        "place_id": id, "community_id": community, "parent_id": parent, "kind": kind,
        "state": "in_use",
    });
    command("register_place", fields)
}

fn person(id: &str, born_on: Option<&str>) -> Command {
    command("register_person", json!({"person_ref": id, "born_on": born_on}))
}

fn merge(person: &str, into: &str) -> Command {
    command("merge_persons", json!({"person_ref": person, "into_ref": into}))
}

fn split(person: &str) -> Command {
    command("split_persons", json!({ "person_ref": person }))
}

fn relate(a: &str, kind: &str, b: &str) -> Command {
    let fields = json!({"a_ref": a, "b_ref": b, "kind": kind, "valid_from": "2022-01-01"});
    command("record_relation", fields)
}

fn unrelate(a: &str, kind: &str, b: &str, until: &str) -> Command {
    let fields = json!({"a_ref": a, "b_ref": b, "kind": kind, "valid_until": until});
    command("end_relation", fields)
}

fn body(id: &str) -> Command {
    command("register_body", json!({"body_id": id, "kind": "residents_committee"}))
}

fn grant(person: &str, role: &str, from: &str) -> Command {
    let fields =
        json!({"person_ref": person, "role": role, "body_id": "committee", "valid_from": from});
    command("grant_role", fields)
}

fn end(person: &str, role: &str, until: &str) -> Command {
    let fields =
        json!({"person_ref": person, "role": role, "body_id": "committee", "valid_until": until});
    command("end_role", fields)
}

/// A consent of `subject`, given by `by` as `capacity`, from 2022-02-01 on.
fn consent(id: &str, subject: &str, by: &str, capacity: &str, separate: bool) -> Command {
    let fields = json!({
        "consent_id": id, "subject_ref": subject, "given_by_ref": by, "capacity": capacity,
        "purposes": ["programme", "vaccination"], "is_separate": separate,
        "valid_from": "2022-02-01",
    });
    command("give_consent", fields)
}

fn withdraw(id: &str, purpose: &str, on: i64) -> Command {
    command("withdraw_consent", json!({"consent_id": id, "purposes": [purpose], "at": day(on)}))
}

fn of_erasure(name: &str, subject: &str) -> Command {
    command(name, json!({ "subject_ref": subject }))
}

fn answer(subject: &str, context: &str, outcome: &Value) -> Command {
    let fields = json!({"subject_ref": subject, "context": context, "outcome": outcome});
    command("answer_erasure", fields)
}

fn publish(name: &str, rule: &Value) -> Command {
    let published = json!({
        "rule": rule, "version": "1", "jurisdiction": "CN", "valid_from": "2022-01-01",
    });
    command(name, json!({ "published": published }))
}

fn of_mediation() -> Value {
    json!({"mediation": {"earlier_mediator_bars": true}})
}

/// Two communities, a committee, a mother and her child, and a neighbour.
fn founded() -> Vec<Command> {
    vec![
        community("xuzhuang", None, "sub_district"),
        community("yujing", Some("xuzhuang"), "community"),
        community("jingjia", Some("xuzhuang"), "community"),
        place("grid-1", None, "grid"),
        place("building-3", Some("grid-1"), "building"),
        place("flat-301", Some("building-3"), "household"),
        body("committee"),
        person("p-mother", Some("1985-05-05")),
        person("p-child", Some("2012-09-01")),
        person("p-neighbour", Some("1950-01-01")),
        relate("p-mother", "guardian", "p-child"),
    ]
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    crate::domain::given::given(commands)
}

fn founded_and(more: impl IntoIterator<Item = Command>) -> Given<State> {
    given(founded().into_iter().chain(more))
}

fn named(person: &str) -> PersonRef {
    person.parse().expect("a person")
}

#[test]
fn a_community_has_a_path_and_a_place_its_grid() {
    let given = founded_and([]);
    let registered = &given.state.registered;
    let yujing = &registered.communities[b"yujing".as_slice()];
    assert_eq!(yujing.scope.as_str(), "xuzhuang/yujing");
    let flat = "flat-301".parse().expect("a place");
    let grid = "grid-1".parse().expect("a place");
    assert_eq!(registered.places[&flat].grid_id.as_ref(), Some(&grid));
    assert!(registered.lies_in(&flat, &grid) && !registered.lies_in(&grid, &flat));
}

#[test]
fn a_role_holds_from_its_first_day_until_its_end() {
    let story =
        [grant("p-mother", "mediator", "2022-02-01"), end("p-mother", "mediator", "2022-03-01")];
    let given = founded_and(story);
    let holds = |on: &str| {
        given.state.registered.holds(&named("p-mother"), Role::Mediator, on.parse().expect("a day"))
    };
    assert_eq!(
        ["2022-01-31", "2022-02-01", "2022-02-28", "2022-03-01"].map(holds),
        [false, true, true, false]
    );
}

/// A role of one community says nothing of another: it is granted there anew, and what ends there
/// does not end here; but what ends around both ends both.
#[test]
fn a_role_is_of_the_community_in_which_it_was_granted() {
    let mut given = founded_and([]);
    let mut within = |path: &str, command: Command| {
        given.registered.within = path.parse().expect("a path");
        given.then(command).is_ok()
    };
    let granted = || grant("p-mother", "secretary", "2022-02-01");
    let ended = || end("p-mother", "secretary", "2022-03-01");
    for (path, command, may) in [
        ("xuzhuang/yujing", granted(), true),
        ("xuzhuang/yujing", granted(), false),
        ("xuzhuang/yujing/station", granted(), false),
        ("xuzhuang/jingjia", ended(), false),
        ("xuzhuang/yujing/station", ended(), false),
        ("xuzhuang/jingjia", granted(), true),
        ("xuzhuang/jingjia", ended(), true),
    ] {
        assert_eq!(within(path, command), may, "{path}");
    }
    let held = |given: &Given<State>| {
        let on = "2022-03-01".parse().expect("a day");
        let mother = named("p-mother");
        let roles = given.state.registered.roles_of(&mother, on);
        roles.map(|held| held.scope.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(held(&given), ["xuzhuang/yujing"]);
    given.registered.within = "xuzhuang".parse().expect("a path");
    given.then(ended()).expect("ended around it");
    assert_eq!(held(&given), [""; 0]);
}

#[test]
fn who_moves_lives_in_the_new_household() {
    let move_in = |person: &str, household: &str, from: &str| {
        let fields = json!({
            "person_ref": person, "household_id": household, "valid_from": from,
        });
        command("record_residence", fields)
    };
    let given = founded_and([
        place("flat-302", Some("building-3"), "household"),
        move_in("p-mother", "flat-301", "2020-01-01"),
        move_in("p-neighbour", "flat-301", "2021-01-01"),
        move_in("p-neighbour", "flat-302", "2022-01-01"),
    ]);
    let together = |on: &str| {
        let on = on.parse().expect("a day");
        given.state.registered.live_together(&named("p-mother"), &named("p-neighbour"), on)
    };
    assert_eq!(["2020-06-01", "2021-06-01", "2022-06-01"].map(together), [false, true, false]);
}

/// A demand to be forgotten: a hold restricts, the key's end erases.
#[test]
fn a_person_is_forgotten_step_by_step() {
    let mut given = founded_and([of_erasure("request_erasure", "p-neighbour")]);
    let standing = |given: &Given<State>| given.state.standing(&named("p-neighbour"));
    let held = json!({"restricted_until": {"until_on": "2027-02-27", "legal_basis":
        "Vaccine Administration Law 46"}});
    assert_eq!(standing(&given), Some(Standing::Registered));
    given.then(answer("p-neighbour", "services", &held)).expect("answered");
    assert_eq!(standing(&given), Some(Standing::Restricted));
    given.then(answer("p-neighbour", "services", &json!("erased"))).expect("answered");
    assert_eq!(standing(&given), Some(Standing::Registered));
    given.then(of_erasure("record_key_destroyed", "p-neighbour")).expect("recorded");
    given.then(of_erasure("record_key_loss", "p-neighbour")).expect("recorded");
    assert_eq!(standing(&given), Some(Standing::Erased));
    assert!(given.when(of_erasure("request_erasure", "p-neighbour")).is_err());
}

#[test]
fn a_rule_holds_from_its_day_and_a_later_one_wins() {
    let none = json!({"mediation": {"earlier_mediator_bars": false}});
    let given = founded_and([
        publish("publish_rule_set", &of_mediation()),
        publish("publish_rule_set", &none),
    ]);
    let bars = |on: &str| {
        let on = on.parse().expect("a day");
        let rule = given.state.registered.rule(crate::domain::Mediation::of, on);
        rule.map(|(version, rule)| (version.to_owned(), rule.earlier_mediator_bars))
    };
    assert_eq!(["2021-12-31", "2022-01-01"].map(bars), [None, Some(("1".to_owned(), false))]);
}
