//! P1 to P9, each a law over whatever may be asked and told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::super::{Answers, Claim, Command, Event, IdeaPhase, Refusal, Standing, State};
use super::{
    CHILDREN, answer, book, cancel, cancel_booking, cancel_class, class, close_survey, command,
    correct, day, endorse, enrol, finish, given, hold, idea, join, leave, minute, miss, offer,
    open_survey, person, plan_stop, plan_visit, programme, promote, receive, release, roster,
    schedule, sign_in, sign_out, stop, teach, troupe, unroster, withdraw,
};
use crate::domain::given::{Given, variant};
use crate::domain::{
    Attendance, BoundaryItem, Decide, Evolve, Flag, Happened, Sealed, SealedField, Span, Timestamp,
};

const PERSONS: [&str; 3] = ["a", "b", "c"];
const PLACES: [&str; 3] = ["hall", "classroom", "attic"];
const STANDINGS: [&str; 3] = ["present", "partial", "absent_excused"];

fn one_of<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

fn names(of: &'static str, most: u32) -> impl Strategy<Value = String> {
    (1..=most).prop_map(move |number| format!("{of}-{number}"))
}

/// What takes and frees people and rooms.
fn of_time() -> impl Strategy<Value = Command> {
    let activity = || names("x", 4);
    let class_id = || names("k", 4);
    let groups = || prop::sample::select(vec![&["dance"][..], &["opera"], &["dance", "opera"]]);
    prop_oneof![
        (activity(), groups(), 0_i64..40, -1_i64..20).prop_map(|(x, groups, from, long)| schedule(
            &x,
            groups,
            from,
            from + long
        )),
        activity().prop_map(|x| cancel(&x, "weather")),
        (class_id(), 0_i64..40, 1_i64..20).prop_map(|(k, from, long)| class(&k, from, from + long)),
        (class_id(), one_of(PERSONS), 0_i64..40, 1_i64..9).prop_map(|(k, who, from, long)| roster(
            &k,
            who,
            from,
            from + long
        )),
        (class_id(), one_of(PERSONS)).prop_map(|(k, who)| unroster(&k, who)),
        class_id().prop_map(|k| cancel_class(&k)),
        (names("b", 9), one_of(PLACES), 0_i64..40, 1_i64..20)
            .prop_map(|(b, place, from, long)| book(&b, place, from, from + long)),
        names("b", 9).prop_map(|b| cancel_booking(&b)),
        (names("v", 2), one_of(PLACES), 0_i64..40, 1_i64..20)
            .prop_map(|(v, place, from, long)| plan_stop(&v, place, from, from + long)),
        (names("v", 2), one_of(PLACES)).prop_map(|(v, place)| super::drop_stop(&v, place)),
        (one_of(["dance", "opera"]), one_of(PERSONS)).prop_map(|(g, who)| leave(g, who)),
        (one_of(["dance", "opera"]), one_of(PERSONS)).prop_map(|(g, who)| join(g, who)),
    ]
}

/// What concerns children.
fn of_children() -> impl Strategy<Value = Command> {
    let child = || one_of(CHILDREN);
    let class_id = || names("k", 2);
    prop_oneof![
        (child(), 0_u32..7).prop_map(|(c, grade)| enrol("p", c, grade)),
        child().prop_map(|c| withdraw("p", c)),
        child().prop_map(|c| finish("p", c)),
        child().prop_map(|c| offer("p", c)),
        child().prop_map(|c| super::accept("p", c)),
        (child(), 1_u32..6, 0_u64..90).prop_map(|(c, grade, on)| promote(c, grade, day(on))),
        (class_id(), child(), 0_i64..90).prop_map(|(k, c, at)| sign_in(&k, c, at)),
        (class_id(), child(), prop::option::of(one_of(["g-c-1", "f", "a"])), 0_i64..90)
            .prop_map(|(k, c, to, at)| sign_out(&k, c, to, at)),
        (class_id(), child(), one_of(["g-c-1", "f", "a"]), 0_i64..90)
            .prop_map(|(k, c, to, at)| release(&k, c, to, at)),
        (class_id(), child(), any::<bool>()).prop_map(|(k, c, excused)| miss(&k, c, excused)),
        (class_id(), child(), 0_u32..3, one_of(STANDINGS))
            .prop_map(|(k, c, seen, standing)| correct(&k, c, seen, standing)),
        class_id().prop_map(|k| teach(&k)),
    ]
}

/// Everything else.
fn of_others() -> impl Strategy<Value = Command> {
    const STEPS: [&str; 9] = [
        "submit_idea",
        "screen_idea",
        "assess_idea",
        "adopt_idea",
        "decline_idea",
        "merge_idea",
        "withdraw_idea",
        "record_implementation",
        "end_idea",
    ];
    prop_oneof![
        4 => (one_of(STEPS), names("i", 2)).prop_map(|(step, i)| idea(step, &i)),
        2 => (names("i", 2), one_of(PERSONS)).prop_map(|(i, who)| endorse(&i, who)),
        2 => (names("s", 2), one_of(["h-1", "h-2", "h-3"]), 0_i64..3_000)
            .prop_map(|(s, household, metres)| answer(&s, household, metres)),
        1 => names("s", 2).prop_map(|s| open_survey(&s)),
        1 => names("s", 2).prop_map(|s| close_survey(&s)),
        1 => names("v", 2).prop_map(|v| plan_visit(&v)),
        1 => names("v", 2).prop_map(|v| receive(&v)),
        1 => names("v", 2).prop_map(|v| super::close_visit(&v)),
        2 => (names("v", 2), one_of(PLACES), 0_i64..40).prop_map(|(v, p, at)| stop(&v, p, at)),
        1 => names("x", 4).prop_map(|x| hold(&x)),
    ]
}

fn requests() -> impl Strategy<Value = Command> {
    prop_oneof![of_time(), of_children(), of_others()]
}

fn many(requests: impl Strategy<Value = Command>) -> impl Strategy<Value = Vec<Command>> {
    prop::collection::vec(requests, 0..50)
}

/// The troupe and the programme, two visits and a survey, and what was asked and allowed then.
fn after(requests: Vec<Command>) -> Given<State> {
    let mut story = troupe();
    story.extend(programme());
    story.extend([class("k-2", 60, 120), plan_visit("v-1"), plan_visit("v-2")]);
    story.extend([open_survey("s-1"), idea("submit_idea", "i-1"), idea("submit_idea", "i-2")]);
    let mut given = given(story);
    for request in requests {
        let _ = given.then(request);
    }
    given
}

fn are_apart(taken: &BTreeMap<(String, String), Span>) -> bool {
    taken.iter().all(|((of, by), span)| {
        let others = taken.iter().filter(|((other, claim), _)| other == of && claim != by);
        others.into_iter().all(|(_, other)| !other.overlaps(*span))
    })
}

/// Who or what is taken when, as the story tells it: by the name of the resource and the claim.
fn taken(story: &[Happened<Event>]) -> [BTreeMap<(String, String), Span>; 4] {
    let [mut people, mut booked, mut held, mut shown] = <[BTreeMap<_, _>; 4]>::default();
    for happened in story {
        let span = |from: &Timestamp, until: &Timestamp| Span { from: *from, until: *until };
        match &happened.event {
            Event::ActivityScheduled {
                activity_id,
                member_refs,
                starts_at,
                ends_at,
                place_id,
                ..
            } => {
                for member in member_refs {
                    let key = (member.to_string(), activity_id.to_string());
                    people.insert(key, span(starts_at, ends_at));
                }
                let key = (place_id.to_string(), activity_id.to_string());
                held.insert(key, span(starts_at, ends_at));
            }
            Event::ActivityCancelled { activity_id, .. } => {
                people.retain(|(_, by), _| by != activity_id.as_str());
                held.retain(|(_, by), _| by != activity_id.as_str());
            }
            Event::AdultRostered { class_id, person_ref, starts_at, ends_at } => {
                let key = (person_ref.to_string(), class_id.to_string());
                people.insert(key, span(starts_at, ends_at));
            }
            Event::AdultUnrostered { class_id, person_ref, .. } => {
                people.remove(&(person_ref.to_string(), class_id.to_string()));
            }
            Event::ClassScheduled { class_id, place_id, starts_at, ends_at, .. } => {
                let key = (place_id.to_string(), class_id.to_string());
                held.insert(key, span(starts_at, ends_at));
            }
            Event::ClassCancelled { class_id, .. } => {
                people.retain(|(_, by), _| by != class_id.as_str());
                held.retain(|(_, by), _| by != class_id.as_str());
            }
            Event::RoomBooked { booking_id, place_id, starts_at, ends_at, .. } => {
                let key = (place_id.to_string(), booking_id.to_string());
                booked.insert(key, span(starts_at, ends_at));
            }
            Event::RoomFreed { booking_id, .. } => {
                booked.retain(|(_, by), _| by != booking_id.as_str());
            }
            Event::VisitStopPlanned { visit_id, place_id, starts_at, ends_at } => {
                let key = (place_id.to_string(), visit_id.to_string());
                shown.insert(key, span(starts_at, ends_at));
            }
            Event::VisitStopDropped { visit_id, place_id, .. } => {
                shown.remove(&(place_id.to_string(), visit_id.to_string()));
            }
            _ => {}
        }
    }
    [people, booked, held, shown]
}

fn is_taken(taken: &BTreeMap<(String, String), Span>, resource: &str, span: Span) -> bool {
    taken.iter().any(|((of, _), other)| of == resource && other.overlaps(span))
}

proptest! {
    /// P1: a room is not booked twice at once, a cancelled booking frees it, and one that is free
    /// and shown to nobody is not refused.
    #[test]
    fn no_room_is_booked_twice(
        requests in many(of_time()), place in one_of(PLACES), from in 0_i64..40, long in 1_i64..20,
    ) {
        let given = after(requests);
        let [_, booked, held, shown] = taken(&given.story);
        prop_assert!(are_apart(&booked));
        let span = Span { from: minute(from), until: minute(from + long) };
        let is_shown = is_taken(&shown, place, span) && !is_taken(&held, place, span);
        let is_busy = is_taken(&booked, place, span) || is_shown;
        let refused = given.when(book("b-new", place, from, from + long)).err();
        let is_refused = matches!(refused, Some(Refusal::RoomBusy { .. }));
        prop_assert_eq!(is_refused, is_busy);
    }

    /// P2: nobody performs in two activities or looks after two classes at once, whoever is in how
    /// many groups; and who is free is not refused for being busy.
    #[test]
    fn nobody_is_in_two_places(
        requests in many(of_time()), who in one_of(PERSONS), from in 0_i64..40, long in 1_i64..20,
    ) {
        let mut given = after(requests);
        let [people, ..] = taken(&given.story);
        prop_assert!(are_apart(&people));
        given.then(class("k-new", from, from + long)).expect("a class");
        let span = Span { from: minute(from), until: minute(from + long) };
        let refused = given.when(roster("k-new", who, from, from + long)).err();
        let is_refused = matches!(refused, Some(Refusal::AdultBusy { .. }));
        prop_assert_eq!(is_refused, is_taken(&people, who, span));
    }

    /// P2: an activity of two groups takes the time of everybody in either, and is refused for the
    /// one who is busy.
    #[test]
    fn a_joint_activity_takes_the_time_of_both_groups(
        first in 0_i64..40, second in 0_i64..40, groups in 0_usize..3,
    ) {
        let (of, who) =
            [(&["dance"][..], "a"), (&["opera"], "b"), (&["dance", "opera"], "a")][groups];
        let mut story = troupe();
        story.push(schedule("x", of, first, first + 10));
        let given = given(story);
        let asked = schedule("y", &["dance", "opera"], second, second + 10);
        let overlaps = first < second + 10 && second < first + 10;
        let busy = overlaps.then(|| Refusal::MemberBusy {
            person_ref: person(who), until: minute(first + 10),
        });
        match given.when(asked) {
            Ok(told) => {
                let Event::ActivityScheduled { member_refs, .. } = &told[0].event else {
                    panic!("{told:?}");
                };
                prop_assert_eq!(member_refs, &PERSONS.map(person));
                prop_assert_eq!(busy, None);
            }
            Err(refused) => prop_assert_eq!(Some(refused), busy),
        }
    }

    /// P3: a sign-in says whether a guardian's consent was in force at that moment, and whether the
    /// child was enrolled; neither keeps it from being recorded.
    #[test]
    fn each_sign_in_is_under_consent(
        requests in many(of_children()), child in one_of(CHILDREN), at in 0_i64..90,
        withdrawn in prop::option::of(0_i64..90),
    ) {
        let mut given = after(requests);
        for consent in given.registered.consents.values_mut() {
            consent.withdrawn.extend(withdrawn.map(|at| ("programme".to_owned(), minute(at))));
        }
        let told = given.when(sign_in("k-1", child, at)).expect("recorded").remove(0);
        let in_force = withdrawn.is_none_or(|withdrawn| at < withdrawn);
        prop_assert_eq!(told.flags.contains(&Flag::NoConsentInForce), !in_force);
        let mut enrolled = BTreeSet::new();
        for happened in &given.story {
            match &happened.event {
                Event::ChildEnrolled { child_ref, .. } => enrolled.insert(child_ref.as_str()),
                Event::ChildWithdrawn { child_ref, .. }
                | Event::EnrolmentCompleted { child_ref, .. } => {
                    enrolled.remove(child_ref.as_str())
                }
                _ => false,
            };
        }
        prop_assert_eq!(told.flags.contains(&Flag::NotEnrolled), !enrolled.contains(child));
    }

    /// P4: however often a child signs in and out of a class, and in whatever order that is told,
    /// it is one record, which counts if the child stayed long enough in all.
    #[test]
    fn a_child_and_a_class_are_one_person_time(
        stays in prop::collection::vec((0_i64..8, 0_i64..10), 1..6),
        attended_min in 0_u32..60, late_after_min in 0_u32..60,
        order in Just((0_usize..18).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut told, mut from) = (Vec::new(), 0);
        let (first, mut stayed) = (stays[0].0, 0);
        for (apart, long) in stays {
            from += apart;
            let again = from + long / 2;
            told.extend([from, again].map(|at| sign_in("k-1", "c-1", at)));
            told.push(sign_out("k-1", "c-1", None, from + long));
            stayed += long;
            from += long + 1;
        }
        let mut given = given(programme());
        for place in order.into_iter().filter(|place| *place < told.len()) {
            given.then(told[place].clone()).expect("recorded");
        }
        let (_, class) = given.state.classes.iter().next().expect("a class");
        prop_assert_eq!(class.records.len(), 1);
        let span = class.plan.as_ref().expect("a plan").span;
        let rule = Attendance { attended_min, late_after_min };
        let (_, record) = class.records.iter().next().expect("a record");
        let expected = match () {
            () if stayed < i64::from(attended_min) => Standing::Partial,
            () if first > i64::from(late_after_min) => Standing::Late,
            () => Standing::Present,
        };
        prop_assert_eq!(record.standing(span, Some(&rule)), expected);
        prop_assert_eq!(record.standing(span, None), Standing::Present);
    }

    /// P5: a grade holds from its day on, in whatever order the grades are told; that of an
    /// enrolment from 1 September of its school year.
    #[test]
    fn a_grade_is_a_dated_fact(
        changes in prop::collection::btree_map(0_u64..400, 1_u32..6, 0..6),
        order in Just((0_usize..6).collect::<Vec<_>>()).prop_shuffle(),
        asked in 0_u64..400,
    ) {
        let changes: Vec<(u64, u32)> = changes.into_iter().collect();
        let mut given = given(programme());
        for place in order.into_iter().filter(|place| *place < changes.len()) {
            let (from, grade) = changes[place];
            given.then(promote("c-1", grade, day(from))).expect("allowed");
        }
        let grades = &given.state.grades[b"c-1".as_slice()];
        let told = changes.iter().rev().find(|(from, _)| *from <= asked);
        prop_assert_eq!(grades.on(day(asked)), Some(told.map_or(3, |(_, grade)| *grade)));
        let first = chrono::NaiveDate::from_ymd_opt(2021, 9, 1).expect("a day");
        prop_assert_eq!(grades.on(first), Some(3));
        prop_assert_eq!(grades.on(first.pred_opt().expect("a day")), None);
    }

    /// P7: a person supports an idea once, and none that was withdrawn; an adopted idea names the
    /// work that it becomes.
    #[test]
    fn an_idea_has_one_support_a_person(
        requests in many(of_others()), which in names("i", 2), who in one_of(PERSONS),
    ) {
        let given = after(requests);
        let (mut supports, mut total) = (BTreeSet::new(), 0);
        for happened in &given.story {
            if let Event::IdeaEndorsed { idea_id, person_ref } = &happened.event {
                supports.insert((idea_id.to_string(), person_ref.to_string()));
                total += 1;
            }
        }
        prop_assert_eq!(supports.len(), total);
        let idea = &given.state.ideas[which.as_bytes()];
        let is_closed = matches!(idea.phase, Some(
            IdeaPhase::Withdrawn | IdeaPhase::Declined | IdeaPhase::Merged | IdeaPhase::Ended
        ));
        let is_allowed = !is_closed && !supports.contains(&(which.clone(), who.to_owned()));
        prop_assert_eq!(given.when(endorse(&which, who)).is_ok(), is_allowed);
        for idea in given.state.ideas.values() {
            let is_adopted = matches!(
                idea.phase, Some(IdeaPhase::Adopted | IdeaPhase::Implemented | IdeaPhase::Ended)
            );
            prop_assert_eq!(idea.work.is_some(), is_adopted);
        }
    }

    /// P8: a respondent has one answer, the newest before the survey was closed; one that comes
    /// later says so and counts nothing.
    #[test]
    fn a_unit_has_one_answer_until_the_closing(
        before in prop::collection::vec((one_of(["h-1", "h-2"]), 0_i64..3_000), 0..8),
        later in prop::collection::vec((one_of(["h-1", "h-2"]), 0_i64..3_000), 0..4),
    ) {
        let mut given = given([open_survey("s-1")]);
        for (household, metres) in &before {
            given.then(answer("s-1", household, *metres)).expect("recorded");
        }
        let newest: BTreeMap<&str, i64> = before.into_iter().collect();
        let closed = given.when(close_survey("s-1")).expect("closed").remove(0).event;
        let Event::SurveyClosed { responded_n, .. } = closed else { panic!("{closed:?}") };
        prop_assert_eq!(responded_n as usize, newest.len());
        given.then(close_survey("s-1")).expect("closed");
        for (household, metres) in later {
            let told = given.when(answer("s-1", household, metres)).expect("recorded").remove(0);
            prop_assert_eq!(&told.flags, &[Flag::Late]);
            given.state.evolve(&told);
        }
        let survey = given.state.surveys.values().next().expect("a survey");
        let metres = |answers: &Answers| format!("{:?}", answers["nearest_charger_m"]);
        let kept = survey.answers.values().map(metres);
        let expected = newest.values().map(|metres| format!("Number({metres})"));
        prop_assert_eq!(kept.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    /// P9: a room that a visit will be shown is free, or something is held in it; what was shown
    /// all the same is recorded and flagged.
    #[test]
    fn a_room_shown_is_free_or_in_use(
        requests in many(of_time()), place in one_of(PLACES), from in 0_i64..40, long in 1_i64..20,
    ) {
        let given = after(requests);
        let [_, booked, held, _] = taken(&given.story);
        let is_wrong = |span| is_taken(&booked, place, span) && !is_taken(&held, place, span);
        let span = Span { from: minute(from), until: minute(from + long) };
        let asked = given.when(plan_stop("v-1", place, from, from + long));
        prop_assert_eq!(asked.is_err(), is_wrong(span));
        let told = given.when(stop("v-1", place, from)).expect("recorded").remove(0);
        let moment = Span { from: minute(from), until: Timestamp(minute(from).0 + 1) };
        prop_assert_eq!(told.flags.contains(&Flag::RoomTaken), is_wrong(moment));
    }

    /// A programme never has more children than places, and each that leaves gives its place back.
    #[test]
    fn no_programme_has_more_children_than_places(requests in many(of_children())) {
        let mut given = after(requests);
        let enrolled: Vec<String> = CHILDREN.into_iter().filter(|child| {
            let programme = &given.state.programmes[b"p".as_slice()];
            programme.has(&person(child))
        }).map(str::to_owned).collect();
        prop_assert!(enrolled.len() <= 2);
        let is_full = enrolled.len() == 2;
        let other = CHILDREN.into_iter().find(|child| !enrolled.iter().any(|own| own == child));
        let asked = enrol("p", other.expect("four children"), 1);
        let full = is_full.then_some(Refusal::ProgrammeFull { capacity_n: 2 });
        prop_assert_eq!(given.when(asked.clone()).err(), full);
        for child in &enrolled {
            given.then(withdraw("p", child)).expect("allowed");
        }
        prop_assert!(given.when(asked).is_ok());
    }

    /// A class that takes more children than it has places for, or than its adults may look after,
    /// says so, and a child that comes twice is one.
    #[test]
    fn a_full_class_says_so(
        came in prop::collection::vec((one_of(CHILDREN), 0_i64..90), 0..9), adults in 0_usize..3,
    ) {
        let mut given = given(programme());
        for who in PERSONS.iter().take(adults) {
            given.then(roster("k-1", who, 0, 90)).expect("free");
        }
        let mut there = BTreeSet::new();
        for (child, at) in came {
            let is_new = there.insert(child);
            let told = given.when(sign_in("k-1", child, at)).expect("recorded").remove(0);
            let is_more = is_new && there.len() > 2;
            prop_assert_eq!(told.flags.contains(&Flag::OverCapacity), is_more);
            given.then(sign_in("k-1", child, at)).expect("recorded");
        }
        let told = given.when(teach("k-1")).expect("recorded").remove(0);
        prop_assert_eq!(told.flags.contains(&Flag::TooFewAdults), there.len() > 2 * adults);
    }

    /// A correction is let in where it has seen the newest version, and the last one holds.
    #[test]
    fn only_the_newest_version_is_corrected(
        corrections in prop::collection::vec((0_u32..6, one_of(STANDINGS)), 0..12),
    ) {
        let mut story = programme();
        story.push(sign_in("k-1", "c-1", 0));
        let mut given = given(story);
        let (mut newest, mut holds) = (0, json!("present"));
        for (seen, standing) in corrections {
            let stale = (seen != newest).then_some(Refusal::AlreadySuperseded { by: newest });
            prop_assert_eq!(given.then(correct("k-1", "c-1", seen, standing)).err(), stale.clone());
            if stale.is_none() {
                newest += 1;
                holds = json!(standing);
            }
        }
        let (_, class) = given.state.classes.iter().next().expect("a class");
        let span = class.plan.as_ref().expect("a plan").span;
        let standing = class.records.values().next().expect("a record").standing(span, None);
        prop_assert_eq!(json!(standing), holds);
    }

    /// A child is handed to a guardian and to whom a guardian named; another adult is refused, and
    /// flagged where it happened all the same.
    #[test]
    fn a_child_goes_with_who_may_fetch_it(
        child in one_of(["c-1", "c-2"]), to in one_of(["g-c-1", "g-c-2", "f", "a"]),
    ) {
        let mut story = programme();
        story.push(sign_in("k-1", child, 0));
        let given = given(story);
        let may_fetch = to == format!("g-{child}") || (child, to) == ("c-1", "f");
        prop_assert_eq!(given.when(release("k-1", child, to, 90)).is_ok(), may_fetch);
        let told = given.when(sign_out("k-1", child, Some(to), 90)).expect("recorded").remove(0);
        prop_assert_eq!(told.flags.contains(&Flag::UnauthorisedAdult), !may_fetch);
        let alone = given.when(sign_out("k-1", child, None, 90)).expect("recorded").remove(0);
        prop_assert!(alone.flags.is_empty());
    }

    /// What has to be sealed is known as such, in the command and in its event, under the person
    /// it concerns or, where nobody is named, under the class or the idea.
    #[test]
    fn nothing_sealed_is_taken_in_clear(secret in "[a-z]{12,20}", is_named in any::<bool>()) {
        let (child, who) = (is_named.then_some("c-1"), is_named.then_some("p-1"));
        let incident = json!({"class_id": "k-1", "child_ref": child, "text": &secret});
        let submitted = json!({"idea_id": "i-1", "person_ref": who, "text": &secret});
        let cases = [
            ("record_incident", incident, if is_named { "person:c-1" } else { "class:k-1" }),
            ("submit_idea", submitted, if is_named { "person:p-1" } else { "idea:i-1" }),
        ];
        for (name, fields, under) in cases {
            let mut asked = command(name, fields);
            let mut told = given(programme()).when(asked.clone()).expect("allowed").remove(0).event;
            let shown = format!("{asked:?} {told:?}");
            prop_assert!(!shown.contains(&secret));
            for sealed in [asked.sealed(), told.sealed()] {
                let [SealedField { name: "text", subject, value }] = &sealed[..] else {
                    panic!("{name} has one sealed field, not {}", sealed.len());
                };
                prop_assert_eq!(subject.as_str(), under);
                prop_assert_eq!(value.text(), Some(&*secret));
            }
            told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
            prop_assert!(!told.data().to_string().contains(&secret));
        }
    }

    /// A report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(requests in many(requests()), at in 0_i64..200) {
        let mut given = after(requests);
        let items = json!({"programme_id": "p", "item_kind": "x", "items_n": 1, "donated_n": 2});
        let told = json!({"visit_id": "v-1", "topic": "volunteers"});
        let talk = json!({"place_id": "home-1", "topics": ["noise"]});
        for told in [
            sign_in("k-1", "c-4", at), sign_out("k-1", "c-4", Some("a"), at),
            miss("k-1", "c-3", false), teach("k-1"), stop("v-1", "attic", at),
            answer("s-1", "h-9", at), idea("record_implementation", "i-1"),
            command("record_items", items), command("record_briefing", told),
            command("record_talk", talk),
            command("record_incident", json!({"class_id": "k-1"})),
        ] {
            let shown = format!("{told:?}");
            prop_assert!(given.then(told).is_ok(), "{}", shown);
        }
        let mut given = super::given(troupe());
        given.then(schedule("x-1", &["dance"], 0, 9)).expect("free");
        given.then(cancel("x-1", "weather")).expect("allowed");
        prop_assert!(given.then(hold("x-1")).is_ok());
        let mut given = super::given([book("b-1", "hall", 0, 9), cancel_booking("b-1")]);
        let used = command("record_room_use", json!({"booking_id": "b-1"}));
        prop_assert!(given.then(used).is_ok());
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        (requests, asked) in prop_oneof![
            (many(of_time()), many(of_time())),
            (many(of_children()), many(of_children())),
            (many(of_others()), many(of_others())),
            (many(requests()), many(requests())),
        ],
    ) {
        let given = after(requests);
        for asked in asked {
            let decided = known(&given.story, &asked).decide(asked.clone(), &given.registered);
            prop_assert_eq!(decided, given.when(asked));
        }
    }

    /// No activity that is allowed has more tags than the journal takes, or a boundary of more
    /// items.
    #[test]
    fn an_activity_has_tags_for_everybody(members in 0_usize..120, days in 1_i64..120) {
        let names: Vec<String> = (0..members).map(|number| format!("m-{number}")).collect();
        let mut story = troupe();
        story.push(super::form("large", "dance"));
        story.extend(names.iter().map(|name| join("large", name)));
        let asked = schedule("x", &["large"], 0, days * 24 * 60);
        let given = given(story);
        let items_n = asked.boundary().items.len() + given.state.beyond(&asked).len();
        prop_assert!(items_n <= Command::MOST_TAGS);
        match given.when(asked) {
            Ok(told) => {
                prop_assert!(told[0].event.tags(told[0].zone).len() <= Command::MOST_TAGS);
            }
            Err(refused) => {
                let Refusal::TooManyMembers { most_n } = refused else { panic!("{refused:?}") };
                prop_assert!(members > most_n);
            }
        }
    }
}

/// What is known when a command is decided: its boundary, and what the state names beyond that,
/// until it names nothing new.
fn known(story: &[Happened<Event>], asked: &Command) -> State {
    let mut items = asked.boundary().items;
    loop {
        let mut state = State::default();
        story.iter().filter(|happened| is_read(&items, happened)).for_each(|happened| {
            state.evolve(happened);
        });
        let mut more = state.beyond(asked);
        more.retain(|item| !items.contains(item));
        if more.is_empty() {
            return state;
        }
        items.extend(more);
    }
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
}

/// A class that is cancelled gives back everybody's time and what was held in its room.
#[test]
fn a_cancelled_class_gives_everything_back() {
    let mut story = programme();
    story.extend([roster("k-1", "a", 0, 90), roster("k-1", "b", 0, 40), cancel_class("k-1")]);
    let given = given(story);
    let everywhere = Span { from: Timestamp(i64::MIN), until: Timestamp(i64::MAX) };
    let claim = Claim::Class("k-2".parse().expect("a class"));
    for who in ["a", "b"] {
        assert_eq!(given.state.people.busy_until(&person(who), &claim, everywhere), None);
    }
    let room = "classroom".parse().expect("a place");
    assert_eq!(given.state.rooms.held.taken_until(&room, everywhere), None);
}
