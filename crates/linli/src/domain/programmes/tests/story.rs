//! What happened at the station, as the article tells it.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{
    ActivityPhase, Command, Enrolment, Event, IdeaPhase, Standing, VisitPhase, Work,
};
use super::{
    accept, answer, book, cancel, cancel_booking, cancel_class, class, close_survey, close_visit,
    command, correct, day, dissolve, drop_stop, endorse, enrol, finish, given, hold, idea, kinds,
    leave, miss, offer, open, open_survey, person, plan_stop, plan_visit, programme, promote,
    receive, release, roster, schedule, sign_in, sign_out, stop, teach, troupe, unroster, withdraw,
};
use crate::domain::by_name::names;
use crate::domain::{Flag, Precision};

/// The troupe was founded in 2018, nobody says on which day.
#[test]
fn a_troupe_is_founded_in_a_year() {
    let told = given([]).when(super::found()).expect("allowed");
    assert_eq!((kinds(&told), told[0].precision), (vec!["TroupeFounded".into()], Precision::Year));
}

/// Two groups perform together, with somebody who is in both; the rain takes the next show, and
/// whoever was to perform is free.
#[test]
fn two_groups_perform_together() {
    let mut story = troupe();
    story.extend([schedule("x", &["dance", "opera"], 0, 60), hold("x")]);
    story.extend([schedule("y", &["dance"], 90, 150), cancel("y", "weather")]);
    story.push(schedule("z", &["dance"], 90, 150));
    let given = given(story);
    let phases: Vec<_> = given.state.activities.values().map(|activity| activity.phase).collect();
    assert_eq!(phases, [ActivityPhase::Held, ActivityPhase::RainedOff, ActivityPhase::Scheduled]);
}

#[test]
fn who_left_a_group_performs_with_it_no_more() {
    let mut story = troupe();
    story.push(leave("dance", "b"));
    let mut given = given(story);
    let told = given.when(schedule("x", &["dance"], 0, 60)).expect("allowed").remove(0).event;
    let Event::ActivityScheduled { member_refs, .. } = told else { panic!("{told:?}") };
    assert_eq!(member_refs, [person("a")]);
    given.then(dissolve("dance")).expect("allowed");
    let group = &given.state.groups[b"dance".as_slice()];
    assert!(!group.is_active() && group.members.is_empty());
}

/// The half-past-four class: offered, accepted, enrolled; the grandmother fetches the child.
#[test]
fn a_grandmother_fetches_a_child() {
    let mut story = vec![open("p"), offer("p", "c-1"), accept("p", "c-1")];
    let stands = |given: &crate::domain::given::Given<super::State>| {
        given.state.programmes[b"p".as_slice()].enrolments[b"c-1".as_slice()]
    };
    assert_eq!(stands(&given(story.clone())), Enrolment::ConsentPending);
    story.extend([enrol("p", "c-1", 3), class("k-1", 0, 90), roster("k-1", "g-c-2", 0, 90)]);
    story.extend([sign_in("k-1", "c-1", 5), teach("k-1"), release("k-1", "c-1", "f", 92)]);
    let mut given = given(story);
    assert!(given.story.iter().all(|happened| happened.flags.is_empty()));
    assert_eq!(stands(&given), Enrolment::Enrolled);
    given.then(withdraw("p", "c-1")).expect("allowed");
    assert_eq!(stands(&given), Enrolment::Withdrawn);
}

/// A delegation of twelve is expected and thirteen come; they are shown the activity rooms on the
/// third floor, while a class is held there.
#[test]
fn a_delegation_is_shown_a_class() {
    let mut story = programme();
    story.extend([plan_visit("v-1"), plan_stop("v-1", "classroom", 30, 40), receive("v-1")]);
    story.push(plan_stop("v-1", "attic", 40, 50));
    assert!(given(story.clone()).when(book("b-1", "attic", 45, 60)).is_err());
    story.extend([stop("v-1", "classroom", 31), close_visit("v-1")]);
    let given = given(story);
    assert!(given.when(book("b-1", "attic", 45, 60)).is_ok(), "what it is not shown is free");
    let visit = given.state.visits.values().next().expect("a visit");
    let floors: Vec<_> = visit.stops.iter().map(|stop| stop.floor_n).collect();
    assert_eq!((visit.phase(), visit.headcount_n), (VisitPhase::Closed, Some(13)));
    assert_eq!(floors, [Some(3)], "the floor is the place's");
}

#[test]
fn an_idea_becomes_a_project() {
    let steps = ["submit_idea", "screen_idea", "assess_idea", "adopt_idea"];
    let mut given = given(steps.map(|step| idea(step, "i-1")));
    let project = "pr-1".parse().expect("a project");
    let idea_now = &given.state.ideas[b"i-1".as_slice()];
    assert_eq!(idea_now.work, Some(Work::Project(project)));
    for (step, phase) in
        [("record_implementation", IdeaPhase::Implemented), ("end_idea", IdeaPhase::Ended)]
    {
        given.then(idea(step, "i-1")).expect("allowed");
        assert_eq!(given.state.ideas[b"i-1".as_slice()].phase, Some(phase));
    }
}

#[test]
fn a_cancelled_class_frees_its_adults_first() {
    let mut story = programme();
    story.push(roster("k-1", "a", 0, 90));
    let told = given(story).when(cancel_class("k-1")).expect("allowed");
    assert_eq!(kinds(&told), ["AdultUnrostered", "ClassCancelled"]);
}

/// The story begins at 08:00 in Shanghai; midnight UTC is no end of a day there.
#[test]
fn the_days_of_an_activity_are_local() {
    let mut story = troupe();
    story.push(schedule("x", &["dance"], 0, 17 * 60));
    let given = given(story);
    let happened = given.story.last().expect("an event");
    let tags = happened.event.tags(happened.zone);
    let busy: Vec<&str> =
        tags.iter().map(String::as_str).filter(|tag| tag.starts_with("busy:")).collect();
    let days = ["a", "b", "hall"]
        .iter()
        .flat_map(|who| ["16", "17"].map(|day| format!("busy:{who}/2022-02-{day}")));
    assert_eq!(busy, days.collect::<Vec<_>>());
}

/// Who was not seen to leave stayed to the end of the class.
#[test]
fn a_forgotten_sign_out_is_the_end_of_the_class() {
    let rule = crate::domain::Attendance { attended_min: 60, late_after_min: 10 };
    for (came, left, expected) in [
        (0, None, Standing::Present),
        (31, None, Standing::Partial),
        (30, None, Standing::Late),
        (11, Some(71), Standing::Late),
        (0, Some(59), Standing::Partial),
    ] {
        let mut story = programme();
        story.push(sign_in("k-1", "c-1", came));
        story.extend(left.map(|at| sign_out("k-1", "c-1", None, at)));
        let given = given(story);
        let class = given.state.classes.values().next().expect("a class");
        let span = class.plan.as_ref().expect("a plan").span;
        let record = class.records.values().next().expect("a record");
        assert_eq!(record.standing(span, Some(&rule)), expected, "{came} {left:?}");
    }
}

#[test]
fn a_member_of_the_parents_group_is_in_no_troupe() {
    let formed = given([]).when(super::form("parents", "parents")).expect("allowed").remove(0);
    assert!(matches!(formed.event, Event::GroupFormed { troupe_id: None, .. }));
    let mut given = given([super::form("parents", "parents"), super::join("parents", "g-c-1")]);
    let told = given.then(super::join("parents", "g-c-2"));
    assert_eq!(told, Ok(1));
    assert!(given.state.groups[b"parents".as_slice()].members.contains(&person("g-c-2")));
}

/// A room that somebody booked is shown to a delegation all the same: that is recorded.
#[test]
fn a_stop_in_a_booked_room_is_flagged() {
    let story = [plan_visit("v-1"), super::book("b-1", "attic", 0, 60)];
    let told = given(story).when(stop("v-1", "attic", 0)).expect("recorded").remove(0);
    assert_eq!(told.flags, [Flag::RoomTaken]);
}

/// A day of everything, in which each command there is leads to an event: none falls between the
/// entities.
#[test]
fn every_command_is_answered() {
    let mut story = troupe();
    story.extend([leave("dance", "b"), dissolve("opera"), open("p"), offer("p", "c-1")]);
    story.extend([schedule("x", &["dance"], 0, 9), hold("x")]);
    story.extend([schedule("y", &["dance"], 9, 12), cancel("y", "place")]);
    story.extend([accept("p", "c-1"), enrol("p", "c-1", 3), promote("c-1", 4, day(20))]);
    story.extend([enrol("p", "c-2", 3), withdraw("p", "c-2"), class("k-1", 20, 60)]);
    story.extend([class("k-2", 60, 90), cancel_class("k-2"), roster("k-1", "a", 20, 60)]);
    story.extend([unroster("k-1", "a"), sign_in("k-1", "c-1", 20), teach("k-1")]);
    story.extend([release("k-1", "c-1", "f", 40), sign_out("k-1", "c-1", None, 60)]);
    story.extend([miss("k-1", "c-2", true), correct("k-1", "c-1", 0, "late")]);
    story.extend([finish("p", "c-1"), plan_visit("v-1"), plan_stop("v-1", "hall", 0, 9)]);
    story.extend([plan_stop("v-1", "attic", 0, 9), drop_stop("v-1", "attic")]);
    story.extend([receive("v-1"), stop("v-1", "hall", 3), close_visit("v-1")]);
    story.extend(["i-1", "i-2", "i-3", "i-4"].map(|name| idea("submit_idea", name)));
    story.extend([idea("withdraw_idea", "i-4"), idea("merge_idea", "i-3")]);
    story.extend([idea("decline_idea", "i-2"), endorse("i-1", "a")]);
    let steps = ["screen_idea", "assess_idea", "adopt_idea", "record_implementation", "end_idea"];
    story.extend(steps.map(|step| idea(step, "i-1")));
    story.extend([open_survey("s-1"), answer("s-1", "h", 1), close_survey("s-1")]);
    story.extend([book("b-1", "attic", 0, 9), book("b-2", "attic", 9, 12), cancel_booking("b-2")]);
    let items = json!({"programme_id": "p", "item_kind": "x", "items_n": 2, "donated_n": 1});
    story.extend([
        command("record_items", items),
        command("record_room_use", json!({"booking_id": "b-1"})),
        command("record_incident", json!({"class_id": "k-1"})),
        command("record_briefing", json!({"visit_id": "v-1", "topic": "volunteers"})),
        command("record_talk", json!({"place_id": "home", "topics": []})),
    ]);
    let (mut given, mut answered) = (given([]), BTreeSet::new());
    for asked in story {
        let json = serde_json::to_value(&asked).expect("plain data");
        answered.extend(json.as_object().expect("a name").keys().cloned());
        let told_n = given.then(asked).expect("allowed");
        assert!(told_n > 0, "{json}");
    }
    assert_eq!(answered, names::<Command>().map(str::to_owned).collect());
}
