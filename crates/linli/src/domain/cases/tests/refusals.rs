//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal};
use super::{
    DAY, apply, assess, assign, call, close, command, given, handled, measure, merge, mitigate,
    name, open, pause, propose, reopen, resolve, respond, triage, tried, unmerge, with, withdraw,
};
use crate::domain::given::{refusals, variant};
use crate::domain::{Evolve, Happened, Scope};

/// A story, what is asked then, and why it is refused.
type Refused = (Vec<Command>, Command, Refusal);

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn wrong(is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: "c-1".into(), is, wanted }
}

fn of_names() -> Vec<Refused> {
    let nuisance = || handled("c-1", "nuisance", "strict");
    vec![
        (vec![], respond("c-1"), unknown("case", "c-1")),
        (nuisance(), merge("c-1", "c-9"), unknown("case", "c-9")),
        (nuisance(), measure("net", "study-window", "study"), unknown("intervention", "net")),
        (nuisance(), apply("net", 1), unknown("intervention", "net")),
        (nuisance(), resolve("c-1", &["00"]), unknown("evidence", "00")),
        (
            vec![open("c-1", "hazard", None), triage("c-1")],
            assign("c-1", "urgent"),
            unknown("sla_rule", "urgent"),
        ),
        (nuisance(), open("c-1", "hazard", None), exists("case", "c-1")),
        (
            with(nuisance(), vec![tried("net", "net")]),
            propose("net", "net"),
            exists("intervention", "net"),
        ),
        (
            with(nuisance(), vec![propose("net", "net")]),
            tried("net", "net"),
            exists("intervention", "net"),
        ),
    ]
}

fn of_states() -> Vec<Refused> {
    let request = || handled("c-1", "request", "strict");
    let closed =
        || with(handled("c-1", "request", "plain"), vec![resolve("c-1", &[]), close("c-1")]);
    let opened = || vec![open("c-1", "hazard", None)];
    let paused = with(request(), vec![pause("waits_for_maker")]);
    vec![
        (opened(), assign("c-1", "plain"), wrong("open", "triaged and not resolved")),
        (opened(), resolve("c-1", &[]), wrong("open", "in_progress")),
        (opened(), propose("net", "net"), wrong("open", "handled")),
        (opened(), unmerge("c-1"), wrong("open", "merged")),
        (opened(), reopen("c-1"), wrong("open", "closed")),
        (opened(), command("confirm_resolution", json!({})), wrong("open", "resolved")),
        (opened(), command("resume_clock", json!({})), wrong("running", "paused")),
        (paused, pause("waits_for_maker"), wrong("paused", "running")),
        (request(), close("c-1"), wrong("in_progress", "resolved or confirmed")),
        (closed(), triage("c-1"), wrong("closed", "open and not resolved")),
        (closed(), withdraw("c-1"), wrong("closed", "open")),
        (
            with(request(), vec![mitigate(true)]),
            resolve("c-1", &[]),
            wrong("mitigated", "in_progress"),
        ),
    ]
}

fn of_handling() -> Vec<Refused> {
    let assignee_ref = || name("p-r");
    let stranger = json!({"body_id": "committee", "assignee_ref": "p-r", "sla_rule": "plain"});
    let resolved = vec![resolve("c-1", &[])];
    let unshown = handled("c-1", "request", "strict");
    let resolved = with(
        handled("c-1", "request", "plain"),
        with(resolved, vec![command("dispute_resolution", json!({})), assign("c-1", "strict")]),
    );
    let again = json!({"manner": {"no_action": {"reason": "gone"}}});
    let called =
        with(resolved, vec![respond("c-1"), command("resolve_case", again), call("no_answer")]);
    vec![
        (
            vec![open("c-1", "hazard", None), triage("c-1")],
            command("assign_case", stranger),
            Refusal::AssigneeNotOfBody { assignee_ref: assignee_ref(), body_id: name("committee") },
        ),
        (unshown.clone(), resolve("c-1", &[]), Refusal::AfterPhotoMissing),
        (
            with(handled("c-1", "hazard", "plain"), vec![mitigate(true)]),
            resolve("c-1", &[]),
            Refusal::OnlyTemporary,
        ),
        (called, close("c-1"), Refusal::CallbacksMissing { attempts_n: 1, of_n: 2 }),
        (unshown, pause("holiday"), Refusal::PauseNotInRule { sla_rule: "strict".into() }),
    ]
}

fn of_interventions() -> Vec<Refused> {
    let nuisance = || handled("c-1", "nuisance", "strict");
    let two = || with(nuisance(), vec![propose("net", "net"), propose("talk", "talk")]);
    let on_trial = || with(two(), vec![apply("net", 1)]);
    let judged = with(on_trial(), vec![assess("net", "ineffective", 2, 1, 2)]);
    let wrong = |id: &str, is, wanted| Refusal::WrongState { id: id.into(), is, wanted };
    vec![
        (nuisance(), resolve("c-1", &[]), Refusal::NoEffectiveIntervention),
        (on_trial(), apply("talk", 2), Refusal::OnTrial { intervention_id: name("net") }),
        (on_trial(), apply("net", 2), Refusal::OnTrial { intervention_id: name("net") }),
        (on_trial(), assess("net", "effective", 7, 1, 7), Refusal::ObservedTooShort { days_n: 7 }),
        (
            two(),
            assess("net", "ineffective", 7, 1, 7),
            wrong("net", "proposed", "under_observation"),
        ),
        (
            judged.clone(),
            assess("net", "effective", 9, 1, 9),
            wrong("net", "assessed", "under_observation"),
        ),
        (judged, apply("net", 9), wrong("net", "assessed", "proposed or measured")),
    ]
}

fn of_merges() -> Vec<Refused> {
    let three = || ["c-1", "c-2", "c-3"].map(|case| open(case, "hazard", None)).to_vec();
    let merged = || with(three(), vec![merge("c-2", "c-1")]);
    let cycle = |into| Refusal::MergeCycle { case_id: name("c-1"), into: name(into) };
    let other = |id: &str, is, wanted| Refusal::WrongState { id: id.into(), is, wanted };
    vec![
        (three(), merge("c-1", "c-1"), cycle("c-1")),
        (merged(), merge("c-1", "c-2"), cycle("c-2")),
        (merged(), merge("c-3", "c-2"), other("c-2", "merged", "open")),
        (merged(), merge("c-2", "c-3"), other("c-2", "merged", "open")),
        (with(three(), vec![withdraw("c-2")]), merge("c-1", "c-2"), other("c-2", "closed", "open")),
    ]
}

/// Cases whose events lie in two communities; the scope is stamped when they are recorded.
fn in_another_community() -> Option<Refusal> {
    let mut given = given([open("c-1", "hazard", None)]);
    let there = Scope::new("xuzhuang/jingjia").expect("a scope");
    let opened = given.when(open("c-2", "hazard", None)).expect("opened").remove(0);
    given.state.evolve(&Happened { scope: there.clone(), ..opened });
    let refused = given.when(merge("c-1", "c-2")).err();
    assert_eq!(refused, Some(Refusal::DifferentScope { scope: there }));
    refused
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut came_out: BTreeSet<String> = in_another_community().iter().map(variant).collect();
    let all = [of_names(), of_states(), of_handling(), of_interventions(), of_merges()];
    for (story, command, refusal) in all.concat() {
        let shown = format!("{command:?}");
        let refused = given(story).when(command);
        assert_eq!(refused, Err(refusal), "{shown}");
        came_out.extend(refused.err().iter().map(variant));
    }
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}

/// Where no rule is published, only what a rule would have to allow is refused.
#[test]
fn without_a_rule_no_clock_pauses_and_nothing_else_is_asked_for() {
    let mut given = given([]);
    given.registered.rules.clear();
    let story = handled("c-1", "nuisance", "whatever");
    let asked = [propose("net", "net"), apply("net", 1), assess("net", "effective", 1, 1, 1)];
    for allowed in with(story, asked.to_vec()) {
        given.then(allowed).expect("allowed");
    }
    let sla_rule = "whatever".to_owned();
    assert_eq!(given.when(pause("holiday")), Err(Refusal::PauseNotInRule { sla_rule }));
    let told = command("resolve_case", json!({"manner": "fixed", "at": super::minute(2 * DAY)}));
    given.then(told).expect("resolved");
    given.then(close("c-1")).expect("closed");
}
