//! R2: who consents for a child is its recorded guardian. Records of people are merged without a
//! circle, and a name is of one person.

use serde_json::json;

use super::book::Step;
use super::{Places, Race, WRITERS, Wanted, nothing_fresh, persons, races, tell};

/// How many records stand in a ring.
const RING: usize = 4;
/// How many records are raced about: two writers each.
const MERGED: usize = WRITERS / 2;

races! {
    /// Guardians consent while it is told that they are.
    a_guardian_is_recorded_before_consenting = Race {
        rule: "R2",
        set_up: || persons("p"),
        fresh: nothing_fresh,
        wants: |round, writer| {
            // Another child for each guardian in each round.
            let pair = writer % MERGED;
            let guardian = format!("p-{pair}");
            let child = format!("p-{}", MERGED + (pair + round) % MERGED);
            match writer < MERGED {
                true => Wanted::Aside(vec![tell("record_relation", json!({
                    "a_ref": guardian, "b_ref": child, "kind": "guardian",
                    "valid_from": "2020-01-01",
                }))]),
                false => Wanted::Place(vec![tell("give_consent", json!({
                    "consent_id": format!("c-{round}-{pair}"), "subject_ref": child,
                    "given_by_ref": guardian, "capacity": "guardian", "purposes": ["programme"],
                    "is_separate": true, "valid_from": "2022-01-01",
                }))]),
            }
        },
        places: Places::AtMost(MERGED),
        refused: &["NotGuardian"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "RelationRecorded" => {
                vec![Step::Ends(format!("{} of {}", told.text("a_ref"), told.text("b_ref")))]
            }
            "ConsentGiven" => vec![Step::After(format!(
                "{} of {}", told.text("given_by_ref"), told.text("subject_ref"),
            ))],
            _ => Vec::new(),
        },
    };
    /// In rings of four, each record is merged into the next one and into the one after that.
    merges_make_no_circle = Race {
        rule: "merged persons",
        set_up: || persons("p"),
        fresh: nothing_fresh,
        wants: |_, writer| {
            let one = writer % MERGED;
            let next = one / RING * RING + (one + 1 + writer / MERGED % 2) % RING;
            let merged = json!({"person_ref": format!("p-{one}"), "into_ref": format!("p-{next}")});
            Wanted::Place(vec![tell("merge_persons", merged)])
        },
        places: Places::AtMost(MERGED / RING * (RING - 1)),
        refused: &["WrongState"],
        given_back: Some(|_, writer| {
            let person = format!("p-{}", writer % MERGED);
            vec![tell("split_persons", json!({"person_ref": person}))]
        }),
        law: |told| match told.name.as_str() {
            "PersonsMerged" => {
                vec![Step::Merges { from: told.text("person_ref"), into: told.text("into_ref") }]
            }
            "PersonsSplit" => vec![Step::Splits { from: told.text("person_ref") }],
            _ => Vec::new(),
        },
    };
    /// One name for sixty-four persons.
    one_person_of_a_name = Race {
        rule: "one person of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, _| {
            let person = json!({"person_ref": format!("p-{round}")});
            Wanted::Place(vec![tell("register_person", person)])
        },
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "PersonRegistered" => told.takes("person_ref", "person_ref", 1),
            _ => Vec::new(),
        },
    };
}
