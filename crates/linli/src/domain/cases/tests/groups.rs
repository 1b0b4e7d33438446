//! C3, and what merging leaves as it is.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Command, Event, Phase, State};
use super::{given, handled, merge, mitigate, open, reopen, resolve, respond, unmerge, withdraw};
use crate::domain::given::Given;
use crate::domain::{BoundaryItem, Decide, Evolve, Happened};

const CASES: [&str; 5] = ["c-1", "c-2", "c-3", "c-4", "c-5"];

fn some_case() -> impl Strategy<Value = &'static str> {
    prop::sample::select(CASES.to_vec())
}

fn merges() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (some_case(), some_case()).prop_map(|(case, into)| merge(case, into)),
        1 => some_case().prop_map(unmerge),
        1 => some_case().prop_map(withdraw),
        1 => some_case().prop_map(reopen),
    ]
}

fn five() -> Given<State> {
    given(CASES.map(|case| open(case, "hazard", None)))
}

/// Into what each case is merged, as the story tells it.
fn merged(story: &[Happened<Event>]) -> BTreeMap<String, String> {
    let mut merged = BTreeMap::new();
    for happened in story {
        match &happened.event {
            Event::CaseMerged { case_id, into } => {
                merged.insert(case_id.to_string(), into.to_string());
            }
            Event::CaseUnmerged { case_id, .. } => {
                merged.remove(case_id.as_str());
            }
            _ => {}
        }
    }
    merged
}

/// Whoever follows the merges from any case comes to an end.
fn has_one_root(story: &[Happened<Event>], state: &State) -> Result<(), TestCaseError> {
    let merged = merged(story);
    for case in CASES {
        let (mut here, mut steps) = (case, 0);
        while let Some(next) = merged.get(here) {
            (here, steps) = (next, steps + 1);
            prop_assert!(steps < CASES.len(), "{case} lives by itself: {merged:?}");
        }
        let case_id = super::name(case);
        prop_assert_eq!(state.root(&case_id).as_str(), here);
    }
    Ok(())
}

fn is_in(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let tags = happened.event.tags(happened.zone);
    items.iter().any(|item| tags.contains(&item.tag))
}

proptest! {
    /// C3: a group has one root, whatever is merged into what, and parted again.
    #[test]
    fn a_group_has_one_root(asked in prop::collection::vec(merges(), 0..40)) {
        let mut given = five();
        for command in asked {
            let _ = given.then(command);
            has_one_root(&given.story, &given.state)?;
        }
    }

    /// C3 ★: no circle is closed by decisions that are made at one time and know nothing of each
    /// other: each is appended only if nothing was recorded in its boundary since it was made.
    #[test]
    fn no_circle_is_closed_at_one_time(
        before in prop::collection::vec(merges(), 0..6),
        at_once in prop::collection::vec(merges(), 2..12),
    ) {
        let mut given = five();
        for command in before {
            let _ = given.then(command);
        }
        let known = given.state.clone();
        let head = given.story.len();
        for command in at_once {
            let items = command.boundary().items;
            let decided = known.decide(command, &given.registered);
            let is_stale = given.story[head..].iter().any(|happened| is_in(&items, happened));
            if is_stale {
                continue;
            }
            for happened in decided.unwrap_or_default() {
                given.state.evolve(&happened);
                given.story.push(happened);
            }
        }
        has_one_root(&given.story, &given.state)?;
    }

    /// What is parted again stands as it stood before it was merged, whatever was told of it
    /// meanwhile.
    #[test]
    fn what_is_unmerged_stands_as_it_stood(far in 1_usize..8, temporary in any::<bool>()) {
        let story = [
            handled("c-1", "request", "plain"),
            vec![mitigate(temporary), mitigate(false), resolve("c-1", &[])],
        ].concat();
        let mut given = given(story.into_iter().take(far));
        given.then(open("c-2", "request", None)).expect("opened");
        let stood = super::case(&given, "c-1").phase();
        given.then(merge("c-1", "c-2")).expect("merged");
        prop_assert_eq!(super::case(&given, "c-1").phase(), Phase::Merged);
        for told in [respond("c-1"), mitigate(true)] {
            given.then(told).expect("recorded");
        }
        given.then(unmerge("c-1")).expect("unmerged");
        prop_assert_eq!(super::case(&given, "c-1").phase(), stood);
    }
}

/// A merge is about both cases, and so is its end.
#[test]
fn a_merge_has_the_tags_of_both() {
    let mut given = five();
    given.then(merge("c-1", "c-2")).expect("merged");
    given.then(unmerge("c-1")).expect("unmerged");
    for happened in given.story.iter().rev().take(2) {
        assert_eq!(happened.event.tags(happened.zone), ["case:c-1", "case:c-2"]);
    }
}
