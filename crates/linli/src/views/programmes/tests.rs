//! What a view of the station says, counted by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Period, Programmes, count};
use crate::domain::programmes::{ActivityKind, Event as Told};
use crate::domain::{
    Attendance, Event, Evolve, Happened, Person, Precision, Published, Registered, RuleSet,
    SchoolCalendar, Timestamp, Window, Zone,
};
use crate::views::{Rate, published_form};

const ZONE: Zone = Zone::Asia__Shanghai;

/// Days from Friday, 7 January 2022; the winter holidays begin on the 15th.
fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 1, 7).expect("a day");
    first.checked_add_days(Days::new(number)).expect("a day")
}

fn at(number: u64, time: &str) -> Timestamp {
    Timestamp::try_from(format!("{}T{time}:00+08:00", day(number))).expect("an instant")
}

fn told_at(at: Timestamp, event: Value) -> Happened<Event> {
    let told: Told = serde_json::from_value(event).expect("an event");
    Happened::at(at, ZONE, Event::Programmes(told))
}

fn told(number: u64, event: Value) -> Happened<Event> {
    told_at(at(number, "12:00"), event)
}

fn folded(events: impl IntoIterator<Item = Happened<Event>>) -> Programmes {
    let mut programmes = Programmes::default();
    for event in events {
        programmes.evolve(&event);
    }
    programmes
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn calendar() -> SchoolCalendar {
    let winter = vec![(day(8), day(40))];
    let summer = vec![(day(30), day(45))];
    let year = (day(0), day(60));
    SchoolCalendar { winter, summer, make_up: vec![day(1), day(9), day(51)], year }
}

/// The calendar, a rule of attendance, and a child `c-3` that turned out to be `c-1`.
fn registered() -> Registered {
    let published = |rule| Published {
        rule,
        version: "1".into(),
        jurisdiction: "CN".into(),
        valid_from: NaiveDate::MIN,
        valid_until: None,
    };
    let mut registered = Registered::default();
    let attendance = Attendance { attended_min: 30, late_after_min: 10 };
    registered.rules.push(published(RuleSet::SchoolCalendar(calendar())));
    registered.rules.push(published(RuleSet::Attendance(attendance)));
    let merged = Person { merged_into: Some(name("c-1")), ..Person::default() };
    registered.persons.insert(name("c-3"), merged);
    registered
}

fn scheduled(class: &str, on: u64) -> Happened<Event> {
    told(
        on,
        json!({"ClassScheduled": {
            "class_id": class, "programme_id": "p", "starts_at": at(on, "16:30"),
            "ends_at": at(on, "18:00"), "place_id": "room", "capacity_n": 9,
            "children_per_adult_max": 2,
        }}),
    )
}

fn enrolled(child: &str, grade: u32) -> Happened<Event> {
    told(
        0,
        json!({"ChildEnrolled": {
            "programme_id": "p", "child_ref": child, "grade_n": grade, "school_year": 2021,
            "guardian_ref": "g", "consent_id": "consent",
        }}),
    )
}

fn signed_in(class: &str, child: &str, on: u64, time: &str) -> Happened<Event> {
    told_at(at(on, time), json!({"ChildSignedIn": {"class_id": class, "child_ref": child}}))
}

fn signed_out(class: &str, child: &str, on: u64, time: &str) -> Happened<Event> {
    let event = json!({"ChildSignedOut": {"class_id": class, "child_ref": child, "to_ref": null}});
    told_at(at(on, time), event)
}

fn held(class: &str) -> Happened<Event> {
    told(0, json!({"ClassHeld": {"class_id": class}}))
}

/// A class on each day on which somebody came, and which of four children came how often.
fn classes(came: &[(u64, usize, bool)]) -> Programmes {
    let mut events: Vec<_> =
        ["c-1", "c-2", "c-3", "c-4"].iter().zip(1..).map(|(c, grade)| enrolled(c, grade)).collect();
    let days: BTreeSet<u64> = came.iter().map(|(on, ..)| *on).collect();
    events.extend(days.into_iter().map(|on| scheduled(&format!("k-{on}"), on)));
    for (on, child, stays) in came {
        let (class, child) = (format!("k-{on}"), format!("c-{}", child + 1));
        events.push(signed_in(&class, &child, *on, "16:30"));
        events.extend((!stays).then(|| signed_out(&class, &child, *on, "16:50")));
    }
    folded(events)
}

fn came() -> impl Strategy<Value = Vec<(u64, usize, bool)>> {
    prop::collection::vec((0_u64..60, 0_usize..4, any::<bool>()), 0..30)
}

/// By hand: who came on which day and stayed in one of its comings, `c-3` being `c-1`. A short stay
/// and a whole one of the same child under one name are told apart by the first sign-out.
fn attended(came: &[(u64, usize, bool)]) -> BTreeSet<(u64, usize)> {
    let mut names: BTreeMap<(u64, usize), bool> = BTreeMap::new();
    for (on, child, stays) in came {
        let stayed = names.entry((*on, *child)).or_insert(true);
        *stayed &= stays;
    }
    let root = |child: usize| if child == 2 { 0 } else { child };
    names.into_iter().filter(|(_, stays)| *stays).map(|((on, c), _)| (on, root(c))).collect()
}

proptest! {
    /// P4: a child and a class are one person-time, however many sign-ins and pseudonyms; the
    /// children are counted once over all windows.
    #[test]
    fn person_times_and_children_are_counted_apart(
        came in came(), from in 0_u64..60, long in 0_u64..60,
    ) {
        let (programmes, registered) = (classes(&came), registered());
        let period = Period { from_on: day(from), until_on: day(from + long) };
        let expected: BTreeSet<_> = attended(&came)
            .into_iter()
            .filter(|(on, _)| (from..from + long).contains(on))
            .collect();
        let times = programmes.person_times(period, &registered);
        prop_assert_eq!(times.count(), count(expected.len()));
        prop_assert_eq!(times.by_window().values().sum::<u64>(), times.count());
        prop_assert_eq!(times.by_grade().values().sum::<u64>(), times.count());
        prop_assert_eq!(times.by_programme().values().sum::<u64>(), times.count());
        let children: BTreeSet<_> = expected.iter().map(|(_, child)| child).collect();
        let distinct = programmes.children_distinct(period, &registered);
        prop_assert_eq!(distinct.count(), count(children.len()));
        prop_assert!(distinct.count() <= times.count());
        let grades = children.iter().map(|child| u32::try_from(**child).expect("few") + 1);
        prop_assert_eq!(distinct.grades, grades.clone().min().zip(grades.max()));
        prop_assert_eq!((times.period, distinct.period), (period, period));
        let windows = programmes.windows_per_child(period, &registered);
        let calendar = calendar();
        for (child, windows) in windows {
            let own = expected.iter().filter(|(_, own)| child.as_str() == format!("c-{}", own + 1));
            let own: BTreeSet<Window> = own.map(|(on, _)| calendar.window(day(*on))).collect();
            prop_assert_eq!(windows, own);
        }
    }

    /// A day falls in one window: winter before summer before weekend before weekday, and a make-up
    /// school day is a weekday unless it lies in the holidays.
    #[test]
    fn a_day_falls_in_one_window(number in 0_u64..60) {
        let expected = match number {
            8..40 => Window::Winter,
            40..45 => Window::Summer,
            1 | 51 => Window::Weekday,
            _ if matches!(number % 7, 1 | 2) => Window::Weekend,
            _ => Window::Weekday,
        };
        prop_assert_eq!(calendar().window(day(number)), expected);
    }

    /// P6: a joint activity is one, a rehearsal none, and only what was held counts.
    #[test]
    fn a_joint_activity_counts_once_and_a_rehearsal_never(
        planned in prop::collection::vec((0_usize..7, 1_usize..4, 0_usize..3, 0_u64..800), 0..20),
    ) {
        let kinds = [&ActivityKind::COUNTED[..], &[ActivityKind::Rehearsal]].concat();
        let (mut events, mut counted, mut years) = (Vec::new(), 0, BTreeMap::new());
        let mut of_groups = 0;
        for (number, (kind, groups, fate, on)) in planned.into_iter().enumerate() {
            let groups: Vec<_> = (0..groups).map(|group| format!("group-{group}")).collect();
            let (id, place) = (format!("x-{number}"), "hall");
            let (starts_at, ends_at) = (at(on, "00:30"), at(on, "02:00"));
            events.push(told(on, json!({"ActivityScheduled": {
                "activity_id": id, "kind": kinds[kind], "group_ids": groups,
                "starts_at": starts_at, "ends_at": ends_at, "place_id": place, "member_refs": [],
            }})));
            events.extend([
                Some(told(on, json!({"ActivityHeld": {"activity_id": id, "audience_n": null}}))),
                Some(told(on, json!({"ActivityCancelled": {
                    "activity_id": id, "reason": "weather", "starts_at": starts_at,
                    "ends_at": ends_at, "place_id": place, "member_refs": [],
                }}))),
                None,
            ].into_iter().nth(fate).flatten());
            if fate == 0 && kind < 6 {
                counted += 1;
                of_groups += groups.len();
                *years.entry(chrono::Datelike::year(&day(on))).or_insert(0) += 1;
            }
        }
        let programmes = folded(events);
        let activities = programmes.activities();
        prop_assert_eq!(activities.count(), counted);
        prop_assert_eq!(activities.by_kind().values().sum::<u64>(), counted);
        prop_assert_eq!(activities.by_kind().len(), 6);
        prop_assert_eq!(activities.by_group().values().sum::<u64>(), count(of_groups));
        prop_assert_eq!(activities.by_year(), years);
        let total = activities.cumulative().into_values().next_back();
        prop_assert_eq!(total.unwrap_or(0), counted);
    }

    /// What is published is a lower bound with 余 where it is cut down, and the number where not.
    #[test]
    fn a_published_form_is_a_lower_bound(number in 0_u64..2_000) {
        let form = published_form(number);
        let bound: u64 = form.trim_end_matches('余').parse().expect("a number");
        prop_assert_eq!(form.ends_with('余'), bound < number);
        let step = match number { 10..100 => 10, 100..1_000 => 100, _ => 1 };
        prop_assert!(bound <= number && number - bound < step && bound.is_multiple_of(step));
    }

    /// A view that was asked after every event, and gone on with from a copy, says what one says
    /// that was folded afresh.
    #[test]
    fn rebuilt_is_incremental(came in came(), split in 0_usize..40) {
        let registered = registered();
        let period = Period { from_on: day(0), until_on: day(60) };
        let mut live = Programmes::default();
        let mut events = vec![enrolled("c-1", 1), enrolled("c-2", 5)];
        events.extend((0..20).map(|on| scheduled(&format!("k-{on}"), on)));
        for (on, child, _) in &came {
            let (class, child) = (format!("k-{on}"), format!("c-{}", child + 1));
            events.push(signed_in(&class, &child, *on, "16:45"));
        }
        for (number, event) in events.iter().enumerate() {
            live.evolve(event);
            if number % 16 == 0 {
                let _ = live.attendance(&registered);
            }
            if number == split {
                live = live.clone();
            }
        }
        let rebuilt = folded(events);
        prop_assert_eq!(live.attendance(&registered), rebuilt.attendance(&registered));
        let rates = |programmes: &Programmes| programmes.attendance_rate(period, &registered);
        prop_assert_eq!(rates(&live), rates(&rebuilt));
    }
}

#[test]
fn a_troupe_has_its_active_groups_and_each_member_once() {
    let formed = |group: &str, kind: &str, troupe: Option<&str>| {
        told(1, json!({"GroupFormed": {"group_id": group, "kind": kind, "troupe_id": troupe}}))
    };
    let joined = |group: &str, person: &str| {
        told(2, json!({"GroupJoined": {"group_id": group, "person_ref": person}}))
    };
    let founded = Happened {
        precision: Precision::Year,
        ..told(0, json!({"TroupeFounded": {"troupe_id": "canal"}}))
    };
    let mut events = vec![founded];
    for kind in ["dance", "catwalk", "instruments", "opera"] {
        events.extend([formed(kind, kind, Some("canal")), joined(kind, "a"), joined(kind, kind)]);
    }
    events.extend([formed("old", "dance", Some("canal")), joined("old", "z")]);
    events.push(told(3, json!({"GroupDissolved": {"group_id": "old"}})));
    events.push(formed("parents", "parents", None));
    events.extend(["c-1", "c-3", "g"].map(|parent| joined("parents", parent)));
    events.push(told(4, json!({"GroupLeft": {"group_id": "dance", "person_ref": "dance"}})));
    let (programmes, registered) = (folded(events), registered());
    let canal = name("canal");
    let troupe = programmes.troupe(&canal).expect("a troupe");
    assert_eq!((troupe.founded_on, troupe.precision), (Some(day(0)), Precision::Year));
    assert_eq!(programmes.active_groups(&canal).count(), 4);
    assert_eq!(programmes.troupe_members(&canal, &registered).len(), 4);
    assert_eq!(programmes.group_members(&name("parents"), &registered).len(), 2);
    assert_eq!(programmes.group_members(&name("old"), &registered).len(), 0);
}

#[test]
fn a_visit_has_its_headcount_and_floors() {
    let planned =
        json!({"VisitPlanned": {"visit_id": "v", "from_body": "district", "headcount_n": 12}});
    let received = json!({"VisitReceived": {"visit_id": "v", "headcount_n": 13}});
    let shown = json!({"VisitStopMade": {
        "visit_id": "v", "place_id": "room", "shown": "activity_room", "floor_n": 3,
    }});
    let programmes = folded([told(1, planned), told(5, received), told(5, shown)]);
    assert_eq!(programmes.visits_received_on(day(1)).count(), 0);
    let (_, visit) = programmes.visits_received_on(day(5)).next().expect("a visit");
    let floors: Vec<_> = visit.stops.iter().map(|stop| stop.floor_n).collect();
    assert_eq!((visit.headcount_n, floors), (Some(13), vec![Some(3)]));
}

/// A class at 16:30 is at 16:30 of its own day, and one that was cancelled never begins.
#[test]
fn classes_start_at_local_times() {
    let cancelled = json!({"ClassCancelled": {
        "class_id": "k-2", "reason": "other", "starts_at": at(3, "16:30"),
        "ends_at": at(3, "18:00"), "place_id": "room",
    }});
    let programmes =
        folded([scheduled("k-1", 3), scheduled("k-2", 3), told(3, cancelled), scheduled("k-3", 9)]);
    let starts = programmes.class_starts(&name("p"), &registered());
    let shown = starts.iter().map(|start| (start.on, start.window, start.starts.to_string()));
    let time = || "16:30:00".to_owned();
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [(day(3), Some(Window::Weekday), time()), (day(9), Some(Window::Winter), time())]
    );
    assert!(programmes.class_starts(&name("q"), &registered()).is_empty());
}

#[test]
fn a_survey_says_how_many_said_it() {
    let opened = json!({"SurveyOpened": {"survey_id": "s", "invited_n": 5, "unit": "household"}});
    let answered = |household: &str, answers: Value| {
        told(
            2,
            json!({"SurveyAnswered": {
                "survey_id": "s", "by": {"household": household}, "answers": answers,
            }}),
        )
    };
    let programmes = folded([
        told(1, opened),
        answered("h-1", json!({"nearest_charger_m": 9_000})),
        answered("h-1", json!({"nearest_charger_m": 2_000, "wanted": "yes"})),
        answered("h-2", json!({"nearest_charger_m": 1_000, "wanted": "yes"})),
        answered("h-3", json!({"wanted": "no"})),
    ]);
    let results = programmes.survey_results(&name("s")).expect("a survey");
    assert_eq!(results.responded(), Rate { counted_n: 3, of_n: 5 });
    assert_eq!(results.answered("nearest_charger_m"), Rate { counted_n: 2, of_n: 3 });
    assert_eq!(results.numbers("nearest_charger_m"), [1_000, 2_000]);
    assert_eq!(results.words("wanted"), BTreeMap::from([("no", 1), ("yes", 2)]));
    assert_eq!(programmes.surveys().count(), 1);
}

/// Three children are enrolled; one comes, one is absent, of one nothing is told. A class that is
/// not held expects nobody.
#[test]
fn the_attendance_rate_has_everybody_below_it() {
    let absent =
        json!({"AbsenceRecorded": {"class_id": "k-1", "child_ref": "c-2", "is_excused": true}});
    let rostered = json!({"AdultRostered": {
        "class_id": "k-1", "person_ref": "a", "starts_at": at(3, "16:30"),
        "ends_at": at(3, "18:00"),
    }});
    let left = json!({"ChildWithdrawn": {
        "programme_id": "p", "child_ref": "c-5", "reason": "moved",
    }});
    let mut events = ["c-1", "c-2", "c-4", "c-5"].map(|child| enrolled(child, 2)).to_vec();
    events.extend([told(1, left), scheduled("k-1", 3), scheduled("k-2", 4)]);
    events.extend([signed_in("k-1", "c-1", 3, "16:30"), told(3, absent), held("k-1")]);
    events.push(told(3, rostered));
    let programmes = folded(events);
    let period = Period { from_on: day(0), until_on: day(9) };
    let rate = programmes.attendance_rate(period, &registered());
    assert_eq!(rate, Rate { counted_n: 1, of_n: 3 });
    let ratios = programmes.children_per_adult(period);
    assert_eq!(ratios.len(), 1);
    assert_eq!((ratios[0].ratio, ratios[0].most_n), (Rate { counted_n: 1, of_n: 1 }, 2));
}

#[test]
fn a_room_is_used_of_what_was_booked() {
    let booked = |booking: &str, on: u64| {
        told(
            0,
            json!({"RoomBooked": {
                "booking_id": booking, "place_id": "room", "starts_at": at(on, "09:00"),
                "ends_at": at(on, "10:30"), "for_ref": null,
            }}),
        )
    };
    let freed = json!({"RoomFreed": {
        "booking_id": "b-2", "place_id": "room", "starts_at": at(2, "09:00"),
        "ends_at": at(2, "10:30"),
    }});
    let mut events: Vec<_> = (1..=4).map(|on| booked(&format!("b-{on}"), on)).collect();
    events.extend([told(1, json!({"RoomUsed": {"booking_id": "b-1"}})), told(1, freed)]);
    let programmes = folded(events);
    let rooms = programmes.room_use(at(1, "00:00"), at(4, "00:00"));
    let room = rooms.values().next().expect("a room");
    assert_eq!(room.used, Rate { counted_n: 1, of_n: 2 });
    assert_eq!(room.cancelled, Rate { counted_n: 1, of_n: 3 });
    assert_eq!(room.booked_min, 180);
}

#[test]
fn ideas_are_adopted_answered_and_become_projects() {
    let step = |on: u64, kind: &str, idea: &str, more: Value| {
        let mut fields = json!({ "idea_id": idea });
        if let Value::Object(more) = more {
            fields.as_object_mut().expect("fields").extend(more);
        }
        told(on, json!({ kind: fields }))
    };
    let none = || json!({"person_ref": null, "text": null});
    let mut events: Vec<_> = ["i-1", "i-2", "i-3", "i-4", "i-5"]
        .iter()
        .map(|idea| step(1, "IdeaSubmitted", idea, none()))
        .collect();
    events.push(step(40, "IdeaSubmitted", "i-6", none()));
    events.extend([
        step(3, "IdeaAdopted", "i-1", json!({"work_ref": {"project": "pr"}})),
        step(5, "IdeaAdopted", "i-2", json!({"work_ref": {"case": "case"}})),
        step(9, "IdeaDeclined", "i-3", json!({"reason": "there is one"})),
        step(2, "IdeaWithdrawn", "i-4", Value::Null),
        step(9, "IdeaEnded", "i-1", Value::Null),
    ]);
    let programmes = folded(events);
    let period = Period { from_on: day(0), until_on: day(9) };
    assert_eq!(programmes.ideas().count(), 6);
    assert_eq!(programmes.adoption_rate(period), Rate { counted_n: 2, of_n: 4 });
    assert_eq!(programmes.ideas_become_projects(period), Rate { counted_n: 1, of_n: 2 });
    let days = programmes.days_to_answer(period);
    assert_eq!(days.answered, Rate { counted_n: 3, of_n: 5 });
    assert_eq!(days.median(), Some(4));
}
