//! The call after the case.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;
use crate::domain::Event;
use crate::domain::cases::{Event as Cases, How};

fn reported(story: &mut Story, channel: Channel) {
    story.tell(
        "open_case",
        json!({"case_id": "c-1", "kind": "request", "category": "water", "severity_n": 2,
            "place_id": "gate", "reporter_ref": "p-7",
            "observed_at": "2022-02-14T08:00:00+08:00"}),
    );
    story.tell("triage_case", json!({"case_id": "c-1", "category": "water", "severity_n": 2}));
    let due_at = story.later(2 * DAY);
    let assigned = json!({"case_id": "c-1", "body_id": "committee", "sla_rule": "ordinary",
        "due_at": due_at});
    story.tell_through(channel, "assign_case", assigned);
}

fn resolve(story: &mut Story, channel: Channel) {
    story.tell(
        "record_first_response",
        json!({"case_id": "c-1", "by_ref": "p-1", "manner": "call"}),
    );
    let resolved = json!({"case_id": "c-1", "manner": "fixed"});
    story.tell_through(channel, "resolve_case", resolved);
}

fn resolved() -> Story {
    let mut story = Story::new();
    reported(&mut story, Channel::App);
    resolve(&mut story, Channel::App);
    story
}

fn call(story: &mut Story, outcome: &str) {
    story.tell("record_callback", json!({"case_id": "c-1", "outcome": outcome}));
}

fn rate(story: &mut Story, solved: &str) {
    let rating: Value = json!({"case_id": "c-1", "solved": solved, "satisfied": "no_answer"});
    story.tell("record_rating", rating);
}

fn closed(story: &Story) -> Vec<How> {
    let how = |event| match event {
        Event::Cases(Cases::CaseClosed { how, .. }) => Some(how),
        _ => None,
    };
    story.events().into_iter().filter_map(how).collect()
}

/// A case that was resolved.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = Story::new();
    reported(&mut story, channel);
    resolve(&mut story, channel);
    story
}

#[test]
fn a_yes_closes_the_case_and_a_no_disputes_it() {
    let mut story = resolved();
    story.run();
    assert!(story.has("call 0.0"));
    story.is_idempotent();
    call(&mut story, "answered");
    rate(&mut story, "no");
    story.run();
    assert_eq!((story.count("ReporterDisputed"), closed(&story)), (1, vec![]));
    resolve(&mut story, Channel::App);
    story.run();
    call(&mut story, "answered");
    rate(&mut story, "yes");
    story.run();
    assert_eq!((story.count("ReporterConfirmed"), closed(&story)), (1, vec![How::Fixed]));
    story.is_idempotent();
}

#[test]
fn after_three_calls_in_vain_on_three_days_it_closes_as_unreachable() {
    let mut story = resolved();
    story.run();
    for _ in 0..3 {
        assert!(closed(&story).is_empty());
        let calls = story.count("NoticeGiven");
        call(&mut story, "no_answer");
        story.run();
        assert_eq!(story.count("NoticeGiven"), calls, "never twice a day");
        story.pass(15 * HOUR);
    }
    assert_eq!(closed(&story), [How::Unreachable]);
    assert_eq!(story.count("ReporterConfirmed"), 0, "silence never satisfies");
    story.is_idempotent();
}

#[test]
fn a_call_that_nobody_makes_goes_to_somebody_above() {
    let mut story = resolved();
    story.run();
    story.pass(23 * HOUR);
    assert_eq!(story.count("PolicyTimedOut"), 0);
    story.pass(HOUR);
    assert_eq!(story.count("PolicyTimedOut"), 1);
    assert!(closed(&story).is_empty(), "nobody called, so nothing is known");
    story.is_idempotent();
}

#[test]
fn at_the_deadline_the_reporter_hears_that_it_is_not_resolved() {
    let mut story = Story::new();
    reported(&mut story, Channel::App);
    story.run();
    story.pass(DAY);
    assert_eq!(story.count("NoticeGiven"), 0);
    story.pass(DAY);
    assert_eq!(story.count("NoticeGiven"), 1);
    story.is_idempotent();
}

#[test]
fn imported_cases_call_nobody() {
    let mut story = Story::new();
    reported(&mut story, Channel::Import);
    assert_eq!(story.pass(9 * DAY).taken_n, 0);
    resolve(&mut story, Channel::Import);
    assert_eq!(story.pass(9 * DAY).taken_n, 0);
}

#[test]
fn a_close_that_a_rule_forbids_is_on_record() {
    let mut story = Story::new();
    let row = json!({"sla_rule": "ordinary", "respond_within_min": 60, "resolve_within_min": 600,
        "callbacks_n": 5});
    let published = json!({"rule": {"case_handling": {"rows": [row]}}, "version": "1",
        "jurisdiction": "yujing", "valid_from": "2022-01-01"});
    story.tell("publish_rule_set", json!({ "published": published }));
    reported(&mut story, Channel::App);
    resolve(&mut story, Channel::App);
    for _ in 0..3 {
        call(&mut story, "no_answer");
    }
    assert_eq!(story.run().refused_n, 1, "the rule asks for five calls, the policy for three");
    assert!(closed(&story).is_empty());
    story.is_idempotent();
}
