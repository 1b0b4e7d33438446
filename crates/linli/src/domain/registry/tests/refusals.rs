//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal};
use super::{
    body, community, consent, end, founded, founded_and, grant, merge, named, of_erasure,
    of_mediation, person, place, place_in, publish, relate, split, unrelate, withdraw,
};
use crate::domain::given::{refusals, variant};
use crate::domain::{Level, Sealed};

/// What comes after the founding, what is asked then, and why it is refused.
type Case = (Vec<Command>, Command, Refusal);

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn wrong(id: &str, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: id.into(), is, wanted }
}

/// A person whose day of birth was told, and is read without its key.
fn sealed() -> Command {
    let mut told = person("p-sealed", Some("2012-09-01"));
    told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
    told
}

fn of_places() -> Vec<Case> {
    let long = "n".repeat(95);
    let no_path = |id: &str| Refusal::NoPath { community_id: id.parse().expect("a name") };
    let below =
        Refusal::NotBelow { parent_id: "yujing".parse().expect("a name"), level: Level::Community };
    let at = |id: &str| id.parse().expect("a place");
    vec![
        (vec![], community("a", Some("nowhere"), "station"), unknown("community", "nowhere")),
        (vec![], community("yujing", None, "community"), exists("community", "yujing")),
        (vec![], community("a", Some("yujing"), "community"), below),
        (vec![], community("a/b", None, "city"), no_path("a/b")),
        (vec![], community(&long, Some("xuzhuang"), "station"), no_path(&long)),
        (vec![], place("flat-301", None, "household"), exists("place", "flat-301")),
        (vec![], place("flat-1", Some("building-9"), "household"), unknown("place", "building-9")),
        (
            vec![],
            place_in("jingjia", "flat-1", Some("building-3"), "household"),
            Refusal::OtherCommunity { parent_id: at("building-3") },
        ),
        (
            vec![],
            place("grid-2", Some("building-3"), "grid"),
            Refusal::SecondGrid { grid_id: at("grid-1") },
        ),
        (
            vec![],
            publish("publish_calendar", &of_mediation()),
            Refusal::WrongRule { rule: "mediation" },
        ),
    ]
}

fn of_people() -> Vec<Case> {
    vec![
        (vec![], person("p-child", None), exists("person", "p-child")),
        (vec![], person("11010519491231002X", None), Refusal::IdentityNumber),
        (vec![], person("p-new", Some("28.2.1990")), Refusal::NotADate { field: "born_on" }),
        (vec![], relate("p-mother", "kin", "p-nobody"), unknown("person", "p-nobody")),
        (
            vec![unrelate("p-mother", "guardian", "p-child", "2022-02-01")],
            unrelate("p-mother", "guardian", "p-child", "2022-02-15"),
            unknown("relation of", "p-mother"),
        ),
        (
            vec![merge("p-mother", "p-neighbour")],
            merge("p-child", "p-mother"),
            wrong("p-mother", "merged", "a record of its own"),
        ),
        (vec![], split("p-child"), wrong("p-child", "a record of its own", "merged")),
        (vec![], merge("p-child", "p-child"), wrong("p-child", "itself", "another record")),
        (vec![], body("committee"), exists("body", "committee")),
        (
            vec![grant("p-mother", "mediator", "2022-01-01")],
            grant("p-mother", "mediator", "2022-02-01"),
            exists("role of", "p-mother"),
        ),
        (vec![], end("p-mother", "mediator", "2022-02-01"), unknown("role of", "p-mother")),
    ]
}

fn of_consents() -> Vec<Case> {
    let no_guardian = |person| Refusal::NotGuardian { person_ref: named(person) };
    let separate = |purpose: &str| Refusal::NotSeparate { purpose: purpose.into() };
    let own = |separate| consent("c-1", "p-mother", "p-mother", "self", separate);
    vec![
        (
            vec![],
            consent("c-1", "p-child", "p-neighbour", "guardian", true),
            no_guardian("p-neighbour"),
        ),
        (vec![], consent("c-1", "p-child", "p-child", "self", true), no_guardian("p-child")),
        (vec![], consent("c-1", "p-mother", "p-child", "self", true), no_guardian("p-child")),
        (
            vec![sealed()],
            consent("c-1", "p-sealed", "p-sealed", "self", true),
            Refusal::AgeUnknown { person_ref: named("p-sealed") },
        ),
        (vec![], own(false), separate("vaccination")),
        (vec![], consent("c-1", "p-child", "p-mother", "guardian", false), separate("programme")),
        (vec![own(true)], own(true), exists("consent", "c-1")),
        (vec![], withdraw("c-9", "programme", 1), unknown("consent", "c-9")),
        (vec![own(true)], withdraw("c-1", "tracks", 1), unknown("purpose", "tracks")),
        (
            vec![],
            super::answer("p-child", "services", &json!("erased")),
            unknown("demand to erase", "p-child"),
        ),
        (
            vec![
                of_erasure("request_erasure", "p-child"),
                of_erasure("record_key_destroyed", "p-child"),
            ],
            of_erasure("request_erasure", "p-child"),
            wrong("p-child", "erased", "registered"),
        ),
    ]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut seen = BTreeSet::new();
    for (more, asked, expected) in [of_places(), of_people(), of_consents()].concat() {
        let refused = founded_and(more).when(asked.clone());
        assert_eq!(refused.as_ref(), Err(&expected), "{asked:?}");
        assert!(!expected.to_string().is_empty());
        seen.insert(variant(&expected));
    }
    assert_eq!(seen, refusals(include_str!("../rules/mod.rs")));
    assert!(!founded().is_empty());
}
