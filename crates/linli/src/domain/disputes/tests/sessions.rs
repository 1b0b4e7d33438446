//! A mediator's time: what is moved or falls away is free again.

use super::{appoint, given, hold, kinds, mediated, refuse, replace, schedule, terminate};

#[test]
fn a_session_held_at_another_time_frees_the_planned_one() {
    let mut story = mediated("d-1");
    story.push(schedule("d-1", 1, "m", 0, 60));
    let held = given(story.clone()).when(hold(1, 120, 180)).expect("recorded");
    assert_eq!(kinds(&held), ["MediationUnscheduled", "MediationHeld"]);
    story.push(hold(1, 120, 180));
    story.extend(mediated("d-2"));
    let given = given(story);
    assert!(given.when(schedule("d-2", 1, "m", 0, 60)).is_ok());
    assert!(given.when(schedule("d-2", 1, "m", 170, 200)).is_err());
}

#[test]
fn an_end_and_another_mediator_free_what_was_scheduled() {
    for end in [terminate(true), refuse("a"), replace("m", "n")] {
        let mut story = mediated("d-1");
        story.extend([schedule("d-1", 1, "m", 0, 60), schedule("d-1", 2, "m", 60, 90), end]);
        story.extend(mediated("d-2"));
        let given = given(story);
        assert!(given.when(schedule("d-2", 1, "m", 30, 70)).is_ok());
    }
}

#[test]
fn one_session_after_another_is_no_clash() {
    let mut story = mediated("d-1");
    story.push(schedule("d-1", 1, "m", 0, 60));
    story.extend(mediated("d-2"));
    assert!(given(story).when(schedule("d-2", 1, "m", 60, 120)).is_ok());
}

/// The story begins at 2022-02-16 16:26:40 in Shanghai.
#[test]
fn the_days_of_a_session_are_local() {
    let story = mediated("d-1");
    let scheduled = given(story).when(schedule("d-1", 1, "m", 0, 24 * 60));
    let happened = scheduled.expect("scheduled").remove(0);
    let tags = happened.event.tags(happened.zone);
    let busy: Vec<&str> =
        tags.iter().map(String::as_str).filter(|tag| tag.starts_with("busy:")).collect();
    assert_eq!(busy, ["busy:m/2022-02-16", "busy:m/2022-02-17"]);
    let read = appoint("d-1", "m").boundary().items;
    let days = read.iter().filter(|item| item.tag.starts_with("busy:"));
    assert_eq!(days.count(), 0, "no days are read where none are taken");
}
