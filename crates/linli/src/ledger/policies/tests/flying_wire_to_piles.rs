//! From wires out of windows to points at the entrances.

use serde_json::json;

use super::{DAY, Story};
use crate::codec::Channel;

fn report(story: &mut Story, case_id: &str) {
    report_through(story, Channel::App, case_id);
}

fn report_through(story: &mut Story, channel: Channel, case_id: &str) {
    let opened = json!({"case_id": case_id, "kind": "hazard", "category": "flying_wire",
        "severity_n": 3, "place_id": "building-3", "reporter_ref": "p-7",
        "observed_at": "2022-02-14T08:00:00+08:00"});
    story.tell_through(channel, "open_case", opened);
}

/// Somebody handles a report.
fn handle(story: &mut Story, case_id: &str) {
    story.tell(
        "triage_case",
        json!({"case_id": case_id, "category": "flying_wire", "severity_n": 3}),
    );
    let assigned = json!({"case_id": case_id, "body_id": "committee", "sla_rule": "ordinary"});
    story.tell("assign_case", assigned);
    let answered = json!({"case_id": case_id, "by_ref": "p-1", "manner": "call"});
    story.tell("record_first_response", answered);
}

fn answer(story: &mut Story, households: u32) {
    for household in 0..households {
        let by = json!({"household": format!("home-{household}")});
        let answer = json!({"survey_id": "w-1", "by": by, "answers": {"wanted": "yes"}});
        story.tell("record_answer", answer);
    }
}

/// Three reports, and so many households that want points.
fn surveyed(households: u32) -> Story {
    let mut story = Story::new();
    for case_id in ["w-1", "w-2", "w-3"] {
        report(&mut story, case_id);
    }
    story.run();
    answer(&mut story, households);
    story.pass(14 * DAY);
    story
}

fn commission(story: &mut Story) {
    let point = json!({"connector": "k-1", "place": "entrance", "meter": null,
        "max_power": null, "register": "per_session", "feeds_back": false});
    story.tell("commission_connector", point);
}

/// Three reports at one place.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = Story::new();
    for case_id in ["w-1", "w-2", "w-3"] {
        report_through(&mut story, channel, case_id);
    }
    story
}

#[test]
fn from_the_third_report_to_the_points_that_resolve_them() {
    let mut story = Story::new();
    report(&mut story, "w-1");
    report(&mut story, "w-2");
    story.run();
    assert_eq!(story.count("SurveyOpened"), 0, "two are few");
    report(&mut story, "w-3");
    story.run();
    assert_eq!(story.count("SurveyOpened"), 1);
    story.is_idempotent();
    answer(&mut story, 10);
    story.pass(14 * DAY);
    assert_eq!(story.count("SurveyClosed"), 1);
    assert!(story.has("propose"));
    report(&mut story, "late");
    handle(&mut story, "w-1");
    handle(&mut story, "late");
    commission(&mut story);
    story.run();
    assert_eq!(story.count("CaseResolved"), 2, "late ones join; two are not handled yet");
    story.is_idempotent();
    handle(&mut story, "w-2");
    story.run();
    assert_eq!(story.count("CaseResolved"), 3);
    story.is_idempotent();
}

#[test]
fn without_demand_nothing_is_proposed_and_three_more_reports_ask_again() {
    let mut story = surveyed(9);
    assert!(story.has("no demand") && !story.has("propose"));
    story.pass(200 * DAY);
    assert_eq!(story.count("SurveyOpened"), 1);
    for case_id in ["w-4", "w-5", "w-6"] {
        report(&mut story, case_id);
    }
    story.run();
    assert_eq!(story.count("SurveyOpened"), 2);
    story.is_idempotent();
}

#[test]
fn an_approval_that_does_not_come_in_sixty_days_goes_to_somebody_above() {
    let mut story = surveyed(10);
    story.pass(59 * DAY);
    assert_eq!(story.late("approval"), 0);
    story.pass(DAY);
    assert_eq!(story.late("approval"), 1);
    story.is_idempotent();
}

#[test]
fn an_approval_that_is_not_carried_out_goes_to_somebody_above() {
    let mut story = surveyed(10);
    story.approve_installation();
    story.pass(59 * DAY);
    assert_eq!((story.late("approval"), story.late("commissioning")), (0, 0));
    story.pass(DAY);
    assert_eq!((story.late("approval"), story.late("commissioning")), (0, 1));
    story.is_idempotent();
}

#[test]
fn a_report_within_thirty_days_of_the_points_reopens_the_matter() {
    let mut story = surveyed(10);
    commission(&mut story);
    story.pass(29 * DAY);
    report(&mut story, "again");
    story.run();
    assert!(story.has("reopened by again"));
    story.pass(DAY);
    report(&mut story, "of another day");
    story.run();
    assert!(!story.has("reopened by of another day"));
    story.is_idempotent();
}

#[test]
fn a_resolution_that_a_rule_forbids_is_on_record() {
    let mut story = surveyed(10);
    story.publish(&json!({"case_handling": {"rows": [{"sla_rule": "ordinary",
        "respond_within_min": 60, "resolve_within_min": 600, "needs_after_photo": true}]}}));
    handle(&mut story, "w-1");
    commission(&mut story);
    assert_eq!(story.run().refused_n, 1);
    assert!(story.has("resolve w-1 refused"));
    story.is_idempotent();
}

#[test]
fn imported_reports_open_no_survey_and_are_resolved_with_the_others() {
    let mut story = Story::new();
    for case_id in ["w-1", "w-2", "w-3"] {
        report_through(&mut story, Channel::Import, case_id);
    }
    assert_eq!(story.pass(30 * DAY).taken_n, 0);
    let mut story = surveyed(10);
    report_through(&mut story, Channel::Import, "told by a file");
    handle(&mut story, "told by a file");
    commission(&mut story);
    story.run();
    assert!(story.has("resolve told by a file"));
}
