//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal, Relation};
use super::{
    accept, add, apply, apply_as_of, appoint, command, consent, day, disclose, given, in_effect,
    mediated, minute, propose, register, represent, schedule, terminate,
};
use crate::domain::given::{refusals, variant};
use crate::domain::{DisputeId, PartyId, PersonRef, Span};

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn person(name: &str) -> PersonRef {
    name.parse().expect("a person")
}

/// A story, what is asked then, and why it is refused.
type Case = (Vec<Command>, Command, Refusal);

fn with(mut story: Vec<Command>, more: Vec<Command>) -> Vec<Command> {
    story.extend(more);
    story
}

fn of_names() -> Vec<Case> {
    let mediated = || mediated("d-1");
    vec![
        (vec![], add("d-1", "a", None), unknown("dispute", "d-1")),
        (mediated(), accept(1, "c", "p-c"), unknown("party", "c")),
        (in_effect(day(1)), super::breach("o9"), unknown("obligation", "o9")),
        (mediated(), super::sign(4, "a", day(1)), unknown("version", "4")),
        (mediated(), register("d-1", "damage"), exists("dispute", "d-1")),
        (mediated(), add("d-1", "a", None), exists("party", "a")),
        (
            with(mediated(), vec![schedule("d-1", 1, "m", 0, 60)]),
            schedule("d-1", 1, "m", 90, 120),
            exists("session", "1"),
        ),
    ]
}

fn of_states() -> Vec<Case> {
    let mediated = || mediated("d-1");
    let wrong = |is, wanted| Refusal::WrongState { id: "d-1".into(), is, wanted };
    let only_one = vec![register("d-1", "damage"), add("d-1", "a", None), consent("d-1", "a")];
    vec![
        (only_one, appoint("d-1", "m"), wrong("awaiting_consent", "accepted")),
        (mediated(), appoint("d-1", "n"), wrong("mediator_appointed", "accepted")),
        (mediated(), apply(day(1), true), wrong("mediator_appointed", "in_effect")),
        (in_effect(day(1)), terminate(true), wrong("in_effect", "before in_effect")),
        (mediated(), accept(1, "a", "p-a"), wrong("mediator_appointed", "terms_proposed")),
        (
            with(mediated(), vec![add("d-1", "c", None)]),
            schedule("d-1", 1, "m", 0, 60),
            Refusal::ConsentMissing { party_id: party("c") },
        ),
        (mediated(), terminate(false), Refusal::RoutesNotInformed),
    ]
}

fn of_mediators() -> Vec<Case> {
    let mediated = || mediated("d-1");
    let stranger = || Refusal::NotAMediator { person_ref: person("n") };
    let busy_elsewhere = with(super::mediated("d-2"), vec![schedule("d-2", 1, "m", 0, 60)]);
    let (starts_at, ends_at) = (minute(60), minute(60));
    vec![
        (mediated(), super::replace("n", "o"), stranger()),
        (mediated(), super::replace("m", "q"), Refusal::NotAMediator { person_ref: person("q") }),
        (mediated(), schedule("d-1", 1, "n", 0, 60), stranger()),
        (mediated(), add("d-1", "c", Some("m")), interest("c", Relation::Party)),
        (mediated(), represent("b", "m", true), interest("b", Relation::Representative)),
        (mediated(), super::replace("m", "p-b"), interest("b", Relation::Party)),
        (
            with(mediated(), vec![disclose("d-1", "m", "b", "landlord")]),
            schedule("d-1", 1, "m", 0, 60),
            interest("b", Relation::Landlord),
        ),
        (
            with(busy_elsewhere, mediated()),
            schedule("d-1", 1, "m", 30, 90),
            Refusal::MediatorBusy { until: minute(60) },
        ),
        (
            mediated(),
            schedule("d-1", 1, "m", 0, 60 * 24 * 300),
            Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS },
        ),
        (
            mediated(),
            schedule("d-1", 1, "m", 60, 60),
            Refusal::EndsBeforeStart { starts_at, ends_at },
        ),
    ]
}

fn of_agreements() -> Vec<Case> {
    let mediated = || mediated("d-1");
    let status = in_effect(day(1)).into_iter().skip(1).collect();
    let status = with(vec![register("d-1", "status")], status);
    vec![
        (
            with(mediated(), vec![propose(), propose()]),
            accept(1, "a", "p-a"),
            Refusal::StaleVersion { current: 2 },
        ),
        (
            with(mediated(), vec![propose(), represent("a", "p-host", false)]),
            accept(1, "a", "p-host"),
            Refusal::MayNotSettle { representative_ref: person("p-host") },
        ),
        (in_effect(day(1)), apply(day(2), false), Refusal::NotJoint),
        (in_effect(day(1)), apply(day(32), true), Refusal::TooLate { last_on: day(31) }),
        (
            in_effect(day(1)),
            apply_as_of(day(2), day(3), true),
            Refusal::Backdated { earliest_on: day(3) },
        ),
        (status, apply(day(2), true), Refusal::StatusMatter),
    ]
}

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn interest(name: &str, relation: Relation) -> Refusal {
    Refusal::HasInterest { party_id: party(name), relation }
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut came_out = BTreeSet::new();
    for (story, command, refusal) in
        [of_names(), of_states(), of_mediators(), of_agreements()].concat()
    {
        let shown = format!("{command:?}");
        let refused = given(story).when(command);
        assert_eq!(refused, Err(refusal), "{shown}");
        came_out.extend(refused.err().iter().map(variant));
    }
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}

#[test]
fn terms_name_their_obligations_apart() {
    let mut twice = super::terms();
    let first = twice[0].clone();
    twice.as_array_mut().expect("a list").push(first);
    let refused =
        given(mediated("d-1")).when(command("propose_terms", json!({ "obligations": twice })));
    assert_eq!(refused, Err(exists("obligation", "o1")));
}

#[test]
fn what_was_disclosed_in_another_dispute_counts() {
    let mut story = mediated("d-2");
    story.push(disclose("d-2", "n", "b", "kin"));
    story.extend(mediated("d-1"));
    let refused = given(story).when(super::replace("m", "n"));
    assert_eq!(refused, Err(interest("b", Relation::Kin)));
}

/// The parts of a dispute have names of their own: another dispute's party is none of it.
#[test]
fn a_name_is_looked_for_in_its_own_dispute() {
    let mut story = mediated("d-1");
    story.push(register("d-2", "damage"));
    let asked = super::consent("d-2", "a");
    let (dispute, ..) = asked.head();
    assert_eq!(*dispute, "d-2".parse::<DisputeId>().expect("a dispute"));
    assert_eq!(given(story).when(asked), Err(unknown("party", "a")));
}
