//! What holds for every policy: each story begins with what starts one of them, and nobody does
//! anything about it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    DAY, HOUR, Story, consent_withdrawal, dose_due, flying_wire_to_piles, hotline_callback,
    idea_to_project, scratch_to_fulfilment, temporary_fix_follow_up, vaccine_recall,
    volunteer_crediting,
};
use crate::codec::Channel;
use crate::domain::policies::Policy;
use crate::domain::{Event, Timestamp};
use crate::ledger::policies::Policies;

type Begun = fn(Channel) -> Story;

const STORIES: [(Policy, Begun); 9] = [
    (Policy::FlyingWireToPiles, flying_wire_to_piles::begun),
    (Policy::TemporaryFixFollowUp, temporary_fix_follow_up::begun),
    (Policy::ScratchToFulfilment, scratch_to_fulfilment::begun),
    (Policy::DoseDue, dose_due::begun),
    (Policy::HotlineCallback, hotline_callback::begun),
    (Policy::VolunteerCrediting, volunteer_crediting::begun),
    (Policy::ConsentWithdrawal, consent_withdrawal::begun),
    (Policy::IdeaToProject, idea_to_project::begun),
    (Policy::VaccineRecall, vaccine_recall::begun),
];

/// Longer than any wait of these stories, and of the waits that follow on them.
const LONG: i64 = 120;

fn any_story() -> impl Strategy<Value = (Policy, Begun)> {
    (0..STORIES.len()).prop_map(|number| STORIES[number])
}

/// Six weeks at most, by the hours that pass between two looks at the clock.
fn any_days() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(1..144_i64, 1..8)
}

/// The steps that were taken, by policy and matter.
fn taken(story: &Story) -> BTreeSet<String> {
    let events = story.events().into_iter();
    let steps = events.filter_map(|event| match event {
        Event::Policies(event) => {
            let (policy, correlation, step) = event.step();
            let kind = crate::codec::kind(&Event::Policies(event.clone())).0;
            Some(format!("{kind} {} {correlation} {step}", policy.name()))
        }
        _ => None,
    });
    steps.collect()
}

/// The days go by one after the other until everything is over.
fn runs_out(story: &mut Story) {
    for _ in 0..LONG {
        story.pass(DAY);
    }
}

#[test]
fn every_policy_has_a_story() {
    let told: BTreeSet<_> = STORIES.iter().map(|(policy, _)| *policy).collect();
    assert_eq!(told, Policy::ALL.iter().copied().collect());
    for (policy, begun) in STORIES {
        let mut story = begun(Channel::App);
        runs_out(&mut story);
        let is_own = |step: &String| step.contains(policy.name());
        assert!(taken(&story).iter().any(is_own), "{policy:?} did nothing");
    }
}

#[test]
fn every_open_wait_ends() {
    for (policy, begun) in STORIES {
        let mut story = begun(Channel::App);
        runs_out(&mut story);
        let waits = |kind: &str| -> BTreeSet<String> {
            let steps = taken(&story).into_iter();
            steps.filter_map(|step| step.strip_prefix(kind).map(str::to_owned)).collect()
        };
        assert_eq!(waits("PolicyWaiting"), waits("PolicyTimedOut"), "{policy:?}");
        assert!(!waits("PolicyWaiting").is_empty(), "{policy:?} waits for nothing");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// At one time a policy acts once, whoever asks it.
    #[test]
    fn the_same_time_again_adds_nothing((_, begun) in any_story(), days in any_days()) {
        let mut story = begun(Channel::App);
        for hours in days {
            story.pass(hours * HOUR);
            story.is_idempotent();
        }
    }

    /// A host that looks at the clock seldom comes to the same steps as one that looks often.
    #[test]
    fn small_steps_and_a_leap_end_the_same((_, begun) in any_story(), days in any_days()) {
        let (mut small, mut leap) = (begun(Channel::App), begun(Channel::App));
        for hours in &days {
            small.pass(hours * HOUR);
        }
        leap.pass(days.iter().sum::<i64>() * HOUR);
        prop_assert_eq!(small.now, leap.now);
        runs_out(&mut small);
        runs_out(&mut leap);
        prop_assert_eq!(taken(&small), taken(&leap));
    }

    /// Policies that read the journal anew know what those that were kept know.
    #[test]
    fn rebuilt_policies_equal_the_kept_ones((_, begun) in any_story(), days in any_days()) {
        let mut story = begun(Channel::App);
        for hours in days {
            story.pass(hours * HOUR);
            let mut rebuilt = Policies::new();
            let now = Timestamp(story.now);
            let done = story.ledger.advance_blocking(&mut rebuilt, "p-host", now).expect("runs");
            prop_assert_eq!(done.taken_n, 0);
            story.run();
            prop_assert_eq!(known(&rebuilt), known(&story.policies));
        }
    }

    /// What came from a file starts nothing, unless that is asked for; then it starts the same.
    #[test]
    fn imports_start_nothing((policy, begun) in any_story(), days in any_days()) {
        let mut story = begun(Channel::Import);
        for hours in &days {
            prop_assert_eq!(story.pass(hours * HOUR).taken_n, 0, "{:?}", policy);
        }
        let mut asked = begun(Channel::Import);
        asked.policies = Policies::new().with_imports();
        let mut told = begun(Channel::App);
        runs_out(&mut asked);
        runs_out(&mut told);
        prop_assert_eq!(taken(&asked), taken(&told));
    }
}

/// All that policies know.
fn known(policies: &Policies) -> String {
    format!("{:?} {:?}", policies.state, policies.followed)
}
