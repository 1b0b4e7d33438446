//! C3: a merged case lives by its root. C4: who handles a case belongs to the body. C5: a window
//! that is none of the household's is flagged.

use linli::Flag;
use serde_json::{Value, json};

use super::book::Step;
use super::{Command, Places, Race, WRITERS, Wanted, nothing_fresh, races, tell};

/// How many cases stand in a ring.
const RING: usize = 4;
/// How many cases are raced about: two writers each.
const MERGED: usize = WRITERS / 2;
/// How many people, or windows, several writers tell of.
const EACH: usize = 8;

races! {
    /// In rings of four, each case is merged into the next one and into the one after that.
    merges_make_no_circle = Race {
        rule: "C3",
        set_up: || (0..MERGED).map(|case| open(&format!("c-{case}"))).collect(),
        fresh: nothing_fresh,
        wants: |_, writer| {
            let case = writer % MERGED;
            let next = case / RING * RING + (case + 1 + writer / MERGED % 2) % RING;
            let into = json!({"into": format!("c-{next}")});
            Wanted::Place(vec![of_case("merge_case", case, into)])
        },
        places: Places::AtMost(MERGED / RING * (RING - 1)),
        refused: &["WrongState", "MergeCycle"],
        given_back: Some(|_, writer| {
            vec![of_case("unmerge_case", writer % MERGED, json!({"reason": "another one"}))]
        }),
        law: |told| match told.name.as_str() {
            "CaseMerged" => {
                vec![Step::Merges { from: told.text("case_id"), into: told.text("into") }]
            }
            "CaseUnmerged" => vec![Step::Splits { from: told.text("case_id") }],
            _ => Vec::new(),
        },
    };
    /// People leave a body while cases are assigned to them.
    who_handles_it_leaves_the_body = Race {
        rule: "C4",
        set_up: || {
            let person = |it| tell("register_person", json!({"person_ref": format!("p-{it}")}));
            let mut story: Vec<Command> = (0..EACH).map(person).collect();
            (0..EACH).for_each(|case| story.extend([open(&format!("c-{case}")), triage(case)]));
            story
        },
        fresh: |round| {
            let body = format!("body-{round}");
            let mut story =
                vec![tell("register_body", json!({"body_id": body, "kind": "committee"}))];
            story.extend((0..EACH).map(|it| tell("grant_role", json!({
                "person_ref": format!("p-{it}"), "role": "grid_worker", "body_id": body,
                "valid_from": "2020-01-01",
            }))));
            story
        },
        wants: |round, writer| {
            let (body, person) = (format!("body-{round}"), format!("p-{}", writer % EACH));
            if writer >= WRITERS / 2 {
                return Wanted::Aside(vec![tell(
                    "end_role",
                    json!({
                        "person_ref": person, "role": "grid_worker", "body_id": body,
                        "valid_until": "2022-02-20",
                    }),
                )]);
            }
            let to = json!({"body_id": body, "assignee_ref": person, "sla_rule": "ordinary"});
            // Not each to the same case, so that the body alone is between the two.
            let case = (writer + writer / EACH) % EACH;
            Wanted::Place(vec![of_case("assign_case", case, to)])
        },
        places: Places::AtMost(WRITERS / 2),
        refused: &["AssigneeNotOfBody"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "RoleEnded" => {
                vec![Step::Ends(format!("{} of {}", told.text("person_ref"), told.text("body_id")))]
            }
            "CaseAssigned" => vec![Step::Before(format!(
                "{} of {}", told.text("assignee_ref"), told.text("body_id"),
            ))],
            _ => Vec::new(),
        },
    };
    /// Windows are registered while they are measured: the flag says what stood first.
    a_window_is_registered_while_measured = Race {
        rule: "C5",
        set_up: || {
            let community =
                json!({"community_id": "yujing", "parent_id": null, "level": "community"});
            let mut story = vec![
                tell("register_community", community),
                place("yujing-3-201", None, "household"),
            ];
            for case in 0..EACH {
                story.extend([open(&format!("c-{case}")), triage(case)]);
                let to = json!({"body_id": "committee", "sla_rule": "ordinary"});
                story.push(of_case("assign_case", case, to));
                let net = json!({
                    "intervention_id": format!("net-{case}"), "kind": "net", "target": "pigeons",
                });
                story.push(of_case("propose_intervention", case, net));
            }
            story
        },
        fresh: nothing_fresh,
        wants: |round, writer| {
            let window = format!("w-{round}-{}", writer % EACH);
            if writer >= WRITERS / 2 {
                return Wanted::Place(vec![place(&window, Some("yujing-3-201"), "opening")]);
            }
            let case = (writer + writer / EACH) % EACH;
            let measured = json!({
                "intervention_id": format!("net-{case}"), "opening_id": window, "room": "kitchen",
                "width_mm": 900, "height_mm": 1_200,
            });
            Wanted::Aside(vec![of_case("record_measurement", case, measured)])
        },
        places: Places::Exactly(EACH),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "PlaceRegistered" => vec![Step::Ends(told.text("place_id"))],
            "SiteMeasured" if told.has(Flag::NotOfHousehold) => {
                vec![Step::Before(told.text("opening_id"))]
            }
            "SiteMeasured" => vec![Step::After(told.text("opening_id"))],
            _ => Vec::new(),
        },
    };
    /// One name for sixty-four cases.
    one_case_of_a_name = Race {
        rule: "one case of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, _| Wanted::Place(vec![open(&format!("c-{round}"))]),
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "CaseOpened" => told.takes("case_id", "case_id", 1),
            _ => Vec::new(),
        },
    };
}

fn open(case: &str) -> Command {
    tell(
        "open_case",
        json!({
            "case_id": case, "kind": "nuisance", "category": "pigeons", "severity_n": 3,
            "place_id": "yujing-3-201", "observed_at": "2022-02-20T09:00:00+08:00",
        }),
    )
}

fn of_case(name: &str, case: usize, mut fields: Value) -> Command {
    fields["case_id"] = json!(format!("c-{case}"));
    tell(name, fields)
}

fn triage(case: usize) -> Command {
    of_case("triage_case", case, json!({"category": "pigeons", "severity_n": 2}))
}

fn place(place: &str, parent: Option<&str>, kind: &str) -> Command {
    tell(
        "register_place",
        json!({
            "place_id": place, "community_id": "yujing", "parent_id": parent, "kind": kind,
            "state": "in_use",
        }),
    )
}
