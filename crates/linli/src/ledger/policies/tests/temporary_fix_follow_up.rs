//! The strip in the snow.

use serde_json::json;

use super::{DAY, Story};
use crate::codec::Channel;
use crate::domain::Timestamp;

fn strip() -> Story {
    let mut story = Story::new();
    story.tell(
        "open_case",
        json!({"case_id": "strip", "kind": "hazard", "category": "charging", "severity_n": 2,
            "place_id": "gate", "reporter_ref": "p-7",
            "observed_at": "2022-02-14T08:00:00+08:00"}),
    );
    story.tell("triage_case", json!({"case_id": "strip", "category": "charging", "severity_n": 2}));
    story.tell(
        "assign_case",
        json!({"case_id": "strip", "body_id": "committee", "sla_rule": "ordinary"}),
    );
    story
}

fn wrap(story: &mut Story, channel: Channel) {
    let wrapped = json!({"case_id": "strip", "what": "wrapped in foil", "is_temporary": true});
    story.tell_through(channel, "record_mitigation", wrapped);
}

fn resolve(story: &mut Story) {
    story.tell("resolve_case", json!({"case_id": "strip", "manner": "fixed"}));
}

fn mend(story: &mut Story) {
    let mended = json!({"case_id": "strip", "what": "a new strip", "is_temporary": false});
    story.tell("record_mitigation", mended);
}

fn show(story: &mut Story) {
    let taken_at = Timestamp(story.now).to_string();
    let media = json!({"media_hash": "aa", "taken_at": taken_at});
    story.tell("record_evidence", json!({"case_id": "strip", "media": media, "shows": "after"}));
}

/// A strip that was wrapped for the time being.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = strip();
    wrap(&mut story, channel);
    story
}

#[test]
fn a_task_stays_open_until_a_photo_shows_the_fix() {
    let mut story = strip();
    wrap(&mut story, Channel::App);
    story.run();
    assert!(story.has("task") && !story.steps().iter().any(|step| step.ends_with("/late")));
    story.is_idempotent();
    mend(&mut story);
    resolve(&mut story);
    story.pass(3 * DAY);
    assert_eq!(story.late("reminder"), 1, "resolved, but nothing shows it");
    show(&mut story);
    story.pass(20 * DAY);
    assert_eq!(story.late("escalation"), 0, "shown");
    story.is_idempotent();
}

#[test]
fn a_reminder_comes_after_three_days_and_an_escalation_after_fourteen() {
    let mut story = strip();
    wrap(&mut story, Channel::App);
    story.run();
    story.pass(2 * DAY);
    assert_eq!(story.count("PolicyTimedOut"), 0);
    story.pass(DAY);
    assert_eq!(story.count("PolicyTimedOut"), 1);
    story.pass(10 * DAY);
    assert_eq!(story.count("PolicyTimedOut"), 1);
    story.pass(DAY);
    assert_eq!((story.count("PolicyTimedOut"), story.count("NoticeGiven")), (2, 3));
    story.is_idempotent();
}

#[test]
fn each_mitigation_has_one_task_and_an_imported_one_has_none() {
    let mut story = strip();
    wrap(&mut story, Channel::Import);
    assert_eq!(story.pass(30 * DAY).taken_n, 0);
    wrap(&mut story, Channel::App);
    wrap(&mut story, Channel::App);
    story.run();
    assert_eq!(story.count("NoticeGiven"), 2);
    let mut asked = crate::ledger::policies::Policies::new().with_imports();
    let now = Timestamp(story.now);
    story.ledger.advance_blocking(&mut asked, "p-host", now).expect("runs");
    assert_eq!(story.count("NoticeGiven"), 5, "a task, a reminder, an escalation more");
}
