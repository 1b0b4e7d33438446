//! A step is taken once; a wait ends in time; every refusal comes out of a decision.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Command, Event, Policy, Refusal, State, Wait};
use crate::domain::given::{Given, given, refusals, variant};
use crate::domain::{BoundaryItem, Correlation, Decide, Evolve, Happened, Timestamp, Zone};

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

/// What may be put on record, of few steps of two matters.
fn asked() -> impl Strategy<Value = Command> {
    let about = (0_usize..3, 0_usize..2, 0_i64..20, 0_i64..20);
    (about, 0_u8..4).prop_map(|((step, matter, at, due_at), kind)| {
        let step = ["reminder", "task", "close"][step];
        let mut command = match kind {
            0 => wait(step, at, due_at),
            1 => end(step, at),
            2 => take(step),
            _ => refused(step),
        };
        let (Command::AwaitStep { correlation, .. }
        | Command::TimeOutStep { correlation, .. }
        | Command::TakeStep { correlation, .. }
        | Command::GiveNotice { correlation, .. }
        | Command::RecordStepRefused { correlation, .. }) = &mut command;
        *correlation = ["strip-1", "strip-2"][matter].parse().expect("a name");
        command
    })
}

proptest! {
    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        commands in prop::collection::vec(asked(), 0..30), asked in asked(),
    ) {
        let mut given: Given<State> = given([]);
        for command in commands {
            let _ = given.then(command);
        }
        let items = asked.boundary().items;
        let mut read = State::default();
        given.story.iter().filter(|happened| is_read(&items, happened)).for_each(|happened| {
            read.evolve(happened);
        });
        prop_assert_eq!(read.decide(asked.clone(), &given.registered), given.when(asked));
    }
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
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
