//! A step is taken once; a wait ends in time; every refusal comes out of a decision.

use std::collections::BTreeSet;

use super::{Command, Policy, Refusal, State, Wait};
use crate::domain::given::{Given, given, refusals, variant};
use crate::domain::{Correlation, Timestamp, Zone};

const POLICY: Policy = Policy::TemporaryFixFollowUp;
const ZONE: Zone = Zone::Asia__Shanghai;

fn matter() -> Correlation {
    "strip-1".parse().expect("a name")
}

fn wait(step: &str, at: i64, due_at: i64) -> Command {
    Command::AwaitStep {
        policy: POLICY,
        correlation: matter(),
        step: step.into(),
        at: Timestamp(at),
        zone: ZONE,
        due_at: Timestamp(due_at),
    }
}

fn end(step: &str, at: i64) -> Command {
    let (correlation, at) = (matter(), Timestamp(at));
    Command::TimeOutStep { policy: POLICY, correlation, step: step.into(), at, zone: ZONE }
}

fn take(step: &str) -> Command {
    let (correlation, at) = (matter(), Timestamp(0));
    Command::TakeStep { policy: POLICY, correlation, step: step.into(), at, zone: ZONE }
}

fn refused(step: &str) -> Command {
    Command::RecordStepRefused {
        policy: POLICY,
        correlation: matter(),
        step: step.into(),
        at: Timestamp(0),
        zone: ZONE,
        refusal: "no".into(),
    }
}

#[test]
fn a_step_is_taken_once_even_where_it_was_refused() {
    let given: Given<State> = given([take("task"), refused("close")]);
    assert!(matches!(given.when(take("task")), Err(Refusal::StepTaken { .. })));
    assert!(matches!(given.when(take("close")), Err(Refusal::StepTaken { .. })));
    assert!(given.state.is_refused(POLICY, &matter(), "close"));
    assert!(!given.state.is_refused(POLICY, &matter(), "task"));
}

#[test]
fn a_wait_is_over_at_its_time_and_once() {
    let mut given: Given<State> = given([wait("reminder", 0, 10)]);
    let due_at = Timestamp(10);
    assert_eq!(
        given.when(end("reminder", 9)),
        Err(Refusal::NotDue { step: "reminder".into(), due_at })
    );
    given.then(end("reminder", 10)).expect("in time");
    let wait = given.state.wait(POLICY, &matter(), "reminder");
    assert_eq!(wait, Some(&Wait { due_at, has_timed_out: true }));
    assert!(matches!(given.when(end("reminder", 11)), Err(Refusal::NotAwaited { .. })));
    assert!(matches!(given.when(end("never", 11)), Err(Refusal::NotAwaited { .. })));
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let given: Given<State> = given([wait("reminder", 0, 10)]);
    let commands = [wait("reminder", 0, 9), end("reminder", 9), end("never", 9)];
    let seen: BTreeSet<String> = commands
        .into_iter()
        .filter_map(|command| given.when(command).err())
        .map(|refusal| variant(&refusal))
        .collect();
    assert_eq!(seen, refusals(include_str!("rules.rs")));
}
