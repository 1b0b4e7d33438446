//! A good idea, adopted.

use serde_json::json;

use super::{DAY, Story};
use crate::codec::Channel;

fn adopt(story: &mut Story, channel: Channel) {
    story.tell("submit_idea", json!({"idea_id": "i-1", "person_ref": "p-7"}));
    story.tell("assess_idea", json!({"idea_id": "i-1"}));
    let work = json!({"project": "mending"});
    story.tell_through(channel, "adopt_idea", json!({"idea_id": "i-1", "work_ref": work}));
}

/// An idea that was adopted, and that people have to launch.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = Story::new();
    adopt(&mut story, channel);
    story
}

#[test]
fn an_adopted_idea_is_launched_and_ends_with_its_project() {
    let mut story = Story::new();
    story.limit("idea_team_id", &json!("canal-love"));
    adopt(&mut story, Channel::App);
    story.run();
    assert_eq!((story.count("ProjectLaunched"), story.count("IdeaImplemented")), (1, 1));
    story.is_idempotent();
    story.pass(40 * DAY);
    assert_eq!(story.count("PolicyTimedOut"), 0, "launched in time");
    assert_eq!(story.count("IdeaEnded"), 0, "its project goes on");
    story.tell("retire_project", json!({"project_id": "mending"}));
    story.run();
    assert_eq!(story.count("IdeaEnded"), 1);
    story.is_idempotent();
}

#[test]
fn an_idea_that_nobody_launches_is_assessed_again_and_its_submitter_is_told() {
    let mut story = Story::new();
    adopt(&mut story, Channel::App);
    story.run();
    story.pass(29 * DAY);
    assert_eq!(story.count("NoticeGiven"), 0);
    story.pass(DAY);
    assert_eq!(story.count("NoticeGiven"), 2);
    assert!(story.has("tell the submitter"));
    story.is_idempotent();
}

#[test]
fn a_refused_launch_is_on_record_and_is_not_asked_again() {
    let mut story = Story::new();
    story.limit("idea_team_id", &json!("canal-love"));
    story.tell(
        "launch_project",
        json!({"project_id": "mending", "team_id": "others", "kind": "repair"}),
    );
    adopt(&mut story, Channel::App);
    let done = story.run();
    assert_eq!(done.refused_n, 1);
    assert!(story.has("launch refused"));
    story.is_idempotent();
    story.tell("retire_project", json!({"project_id": "mending"}));
    story.run();
    assert_eq!(story.count("ProjectLaunched"), 1, "refused once, and left to people");
}

#[test]
fn an_imported_adoption_launches_nothing() {
    let mut story = Story::new();
    story.limit("idea_team_id", &json!("canal-love"));
    adopt(&mut story, Channel::Import);
    assert_eq!(story.pass(60 * DAY).taken_n, 0);
}
