//! V1 to V6, each a law over whatever may be asked and told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::super::{Command, Event, Refusal, Standing, State, Validity};
use super::{
    adjust, approve, assign, cancel, certify, check_in, check_out, command, day, given, join,
    leave, minute, name, open, open_with, place, propose, register, sign_up, standing, star, team,
    with,
};
use crate::domain::given::{Given, given_of, variant};
use crate::domain::{BoundaryItem, Decide, Evolve, Happened, Minutes, PersonRef, ShiftId};

const PERSONS: [&str; 5] = ["p-1", "p-2", "p-3", "teen", "nobody"];
/// Shifts that overlap each other or not, from when until when, with how many places.
const SHIFTS: [(&str, i64, i64, u32); 5] = [
    ("s-1", 0, 120, 2),
    ("s-2", 60, 180, 1),
    ("s-3", 120, 240, 3),
    ("s-4", 230, 250, 2),
    ("s-5", 4_000, 4_100, 2),
];

fn one_of<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

fn shift() -> impl Strategy<Value = (&'static str, i64, i64, u32)> {
    prop::sample::select(SHIFTS.to_vec())
}

/// What is asked about places, by anybody, sensible or not.
fn of_places() -> impl Strategy<Value = Command> {
    let shift = || shift().prop_map(|(shift, ..)| shift);
    let reason = prop::option::weighted(0.2, Just("next door"));
    let step = one_of(["join_shift_waitlist", "confirm_shift", "withdraw", "excuse"]);
    prop_oneof![
        6 => (shift(), one_of(PERSONS)).prop_map(|(shift, person)| sign_up(shift, person)),
        3 => (shift(), one_of(PERSONS), reason)
            .prop_map(|(shift, person, reason)| assign(shift, person, reason)),
        3 => (step, -200_i64..300, shift(), one_of(PERSONS))
            .prop_map(|(step, at, shift, person)| place(step, at, shift, person)),
        1 => (shift(), one_of(PERSONS))
            .prop_map(|(shift, person)| place("record_volunteer_no_show", 5, shift, person)),
        1 => shift().prop_map(cancel),
    ]
}

/// What one person asks for, in shifts that overlap.
fn of_time() -> impl Strategy<Value = Command> {
    shift().prop_map(|(shift, ..)| sign_up(shift, "p-3"))
}

/// Who was at two shifts at once, and what is credited of that.
fn of_credits() -> impl Strategy<Value = Command> {
    let shift = || one_of(["s-1", "s-2"]);
    prop_oneof![
        (shift(), 50_i64..130).prop_map(|(shift, at)| check_in(shift, "p-1", at)),
        (shift(), 50_i64..130).prop_map(|(shift, at)| check_out(shift, "p-1", at)),
        shift().prop_map(|shift| approve(shift, "p-1", "station")),
    ]
}

fn many(commands: impl Strategy<Value = Command>) -> impl Strategy<Value = Vec<Command>> {
    prop::collection::vec(commands, 0..80)
}

/// Who comes and goes, in one team or another.
fn of_memberships() -> impl Strategy<Value = Command> {
    let team = || one_of(["canal-love", "canal-love", "other"]);
    prop_oneof![
        (team(), 0_u64..20).prop_map(|(team, from)| join("p-1", team, day(from))),
        (team(), 0_u64..20).prop_map(|(team, until)| leave("p-1", team, day(until))),
    ]
}

/// What is told and asked about time, by anybody, sensible or not.
fn of_hours() -> impl Strategy<Value = Command> {
    let shift = || shift().prop_map(|(shift, ..)| shift);
    let at = || -30_i64..300;
    let person = || one_of(["p-1", "p-1", "p-2", "nobody"]);
    prop_oneof![
        6 => (shift(), person(), at()).prop_map(|(shift, p, at)| check_in(shift, p, at)),
        6 => (shift(), person(), at()).prop_map(|(shift, p, at)| check_out(shift, p, at)),
        1 => (shift(), person(), at(), at())
            .prop_map(|(shift, p, from, until)| propose(shift, p, from, until)),
        3 => (shift(), person(), one_of(["station", "station", "other"]))
            .prop_map(|(shift, p, body)| approve(shift, p, body)),
        1 => (shift(), person()).prop_map(|(shift, p)| place("reject_hours", 9, shift, p)),
        1 => (shift(), person(), -90_i64..90)
            .prop_map(|(shift, p, delta)| adjust(shift, p, delta)),
        1 => (1_u32..9, person(), one_of(["station", "other"]))
            .prop_map(|(n, p, body)| certify(&format!("c-{n}"), p, body, Some("whole_hours"))),
        1 => (person(), 0_u32..4).prop_map(|(p, stars_n)| star(p, stars_n)),
    ]
}

/// What is asked about people and projects.
fn of_people() -> impl Strategy<Value = Command> {
    let person = || one_of(PERSONS);
    prop_oneof![
        person().prop_map(register),
        (person(), one_of(["canal-love", "other"]), 0_u64..20).prop_map(|(p, team, from)| join(
            p,
            team,
            day(from)
        )),
        (person(), one_of(["canal-love", "other"]), 0_u64..20).prop_map(|(p, team, until)| leave(
            p,
            team,
            day(until)
        )),
        person().prop_map(|p| {
            command("suspend_volunteer", json!({"person_ref": p, "reason": "away"}))
        }),
        person().prop_map(|p| command("reinstate_volunteer", json!({"person_ref": p}))),
        Just(command("retire_project", json!({"project_id": "knives"}))),
        Just(super::launch("knives")),
        Just(open("s-9", 0, 60, 1)),
        (1_u32..9).prop_map(|n| command(
            "revoke_certificate",
            json!({"certificate_no": format!("c-{n}"), "reason": "lost"}),
        )),
    ]
}

fn anything() -> impl Strategy<Value = Command> {
    prop_oneof![3 => of_places(), 4 => of_hours(), 1 => of_people()]
}

/// The team with all its shifts, of its two projects in turn.
fn shifts() -> Vec<Command> {
    let projects = ["knives", "scissors"].into_iter().cycle();
    let shifts =
        SHIFTS.into_iter().zip(projects).map(|((shift, from, until, capacity), project)| {
            open_with(shift, from, until, json!({"capacity_n": capacity, "project_id": project}))
        });
    let mut story = with(team(), [super::launch("scissors")]);
    story.extend(shifts);
    story
}

/// The same, and what was asked and allowed after that.
fn after(asked: impl IntoIterator<Item = Command>) -> Given<State> {
    let mut given = given(shifts());
    for command in asked {
        let _ = given.then(command);
    }
    given
}

fn minutes(count: i64) -> Minutes {
    Minutes(u32::try_from(count).expect("a count"))
}

/// What the ledger says of a person, as its events tell it.
fn told_total(story: &[Happened<Event>], person: &str, body: Option<&str>) -> i64 {
    let mut of_body: BTreeMap<&ShiftId, &str> = BTreeMap::new();
    let mut total = 0;
    for happened in story {
        match &happened.event {
            Event::HoursCredited { shift_id, person_ref, body_id, credited_min, .. }
                if person_ref.as_str() == person =>
            {
                of_body.insert(shift_id, body_id.as_str());
                if body.is_none_or(|body| body == body_id.as_str()) {
                    total += i64::from(credited_min.0);
                }
            }
            Event::HoursAdjusted { shift_id, person_ref, delta_min, .. }
                if person_ref.as_str() == person
                    && body.is_none_or(|body| of_body.get(shift_id) == Some(&body)) =>
            {
                total += delta_min;
            }
            _ => {}
        }
    }
    total
}

/// The places that the story gave and did not take back: who, in which shift, under an override.
fn accepted(story: &[Happened<Event>]) -> BTreeMap<(String, String), bool> {
    let mut accepted = BTreeMap::new();
    for happened in story {
        let event = &happened.event;
        let Some((person, shift)) = event.person().zip(event.shift()) else { continue };
        let key = (person.to_string(), shift.to_string());
        match event {
            Event::VolunteerSignedUp { .. } => {
                accepted.insert(key, false);
            }
            Event::VolunteerAssigned { override_reason, .. } => {
                accepted.insert(key, override_reason.is_some());
            }
            Event::VolunteerWithdrawn { .. }
            | Event::VolunteerExcused { .. }
            | Event::VolunteerAbsent { .. }
            | Event::VolunteerReleased { .. } => {
                accepted.remove(&key);
            }
            _ => {}
        }
    }
    accepted
}

fn overlap(one: &str, other: &str) -> bool {
    let span = |shift: &str| {
        SHIFTS.iter().find(|(of, ..)| *of == shift).map(|(_, from, until, _)| (*from, *until))
    };
    let ((a, b), (c, d)) = (span(one).expect("a shift"), span(other).expect("a shift"));
    a < d && c < b
}

proptest! {
    /// V1: accepted shifts of a person do not overlap, unless by an override with a reason; and
    /// whoever is free is not refused for overlapping.
    #[test]
    fn accepted_shifts_of_a_person_do_not_overlap(
        asked in prop::collection::vec(of_places(), 0..60),
    ) {
        let mut given = given(shifts());
        for command in asked {
            let before = accepted(&given.story);
            let refused = given.then(command.clone()).err();
            let (Command::SignUp { shift_id, person_ref, .. }
            | Command::Assign { shift_id, person_ref, .. }) = &command
            else {
                continue;
            };
            let is_overridden =
                matches!(&command, Command::Assign { override_reason: Some(_), .. });
            let is_in_the_way = before.keys().any(|(person, shift)| {
                *person == person_ref.as_str()
                    && *shift != shift_id.as_str()
                    && overlap(shift, shift_id.as_str())
            });
            match refused {
                None => prop_assert!(!is_in_the_way || is_overridden),
                Some(Refusal::Overlap { .. }) => prop_assert!(is_in_the_way && !is_overridden),
                Some(_) => {}
            }
        }
    }

    /// V2: what is credited is the union of all that was reported, within the shifts of whatever
    /// projects and their tolerance, under whichever of the person's records, in whatever order it
    /// is told and approved: no minute twice, none left out.
    #[test]
    fn no_minute_is_credited_twice(
        stays in prop::collection::vec(
            (shift(), one_of(["p-1", "p-2"]), -30_i64..260, 1_i64..90), 1..8,
        ),
        order in any::<u64>(),
        early in any::<bool>(),
    ) {
        let mut registered = super::registered();
        let record = registered.persons.entry(name("p-2")).or_default();
        record.merged_into = Some(name("p-1"));
        let mut given = given_of::<State>(registered, shifts());
        let approvals = |last: [(&'static str, i64, i64, u32); 5]| {
            let records = |shift| ["p-1", "p-2"].map(|record| approve(shift, record, "station"));
            last.into_iter().flat_map(move |(shift, ..)| records(shift))
        };
        let mut expected = BTreeSet::new();
        let mut told: Vec<Command> = Vec::new();
        let mut busy: BTreeMap<_, Vec<(i64, i64)>> = BTreeMap::new();
        for ((shift, from, until, _), record, at, long) in stays {
            // Stays at one shift are apart, else they are not pairs of a coming and a going.
            let at_shift = busy.entry((shift, record)).or_default();
            if at_shift.iter().any(|(a, b)| at <= *b && *a <= at + long) {
                continue;
            }
            at_shift.push((at, at + long));
            told.extend([check_in(shift, record, at), check_out(shift, record, at + long)]);
            expected.extend(at.max(from - 10)..(at + long).min(until + 10));
        }
        let turn = usize::try_from(order % told.len() as u64).expect("small");
        told.rotate_left(turn);
        if order % 2 == 0 {
            told.reverse();
        }
        for command in told {
            given.then(command).expect("recorded");
            if early {
                for asked in approvals(SHIFTS) {
                    let _ = given.then(asked);
                }
            }
        }
        let mut last = SHIFTS;
        last.rotate_left(usize::try_from(order % 5).expect("small"));
        for asked in approvals(last) {
            let _ = given.then(asked);
        }
        let mut credited = Vec::new();
        for happened in &given.story {
            if let Event::HoursCredited { stretches, credited_min, .. } = &happened.event {
                let of: Vec<i64> = stretches
                    .iter()
                    .flat_map(|part| (part.from.0..part.until.0).step_by(60_000_000))
                    .collect();
                prop_assert_eq!(minutes(i64::try_from(of.len()).expect("few")), *credited_min);
                credited.extend(of);
            }
        }
        let apart: BTreeSet<i64> = credited.iter().copied().collect();
        prop_assert_eq!(apart.len(), credited.len(), "a minute was credited twice");
        if !early {
            let expected: BTreeSet<i64> = expected.into_iter().map(|at| minute(at).0).collect();
            prop_assert_eq!(apart, expected);
        }
    }

    /// Both ends are put back to the minute, so that seconds neither mint nor lose minutes: a stay
    /// in parts is credited as the whole is.
    #[test]
    fn parts_of_a_stay_add_up(cuts in prop::collection::btree_set(0_i64..7_200, 2..8)) {
        let at = |second: i64| crate::domain::Timestamp(minute(0).0 + second * 1_000_000);
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let mark = |name: &str, second: i64| {
            super::command_at(at(second), name, json!({"shift_id": "s-1", "person_ref": "p-1"}))
        };
        let mut given = given(shifts());
        for part in cuts.windows(2) {
            given.then(mark("record_volunteer_check_in", part[0])).expect("recorded");
            given.then(mark("record_volunteer_check_out", part[1])).expect("recorded");
            let _ = given.then(approve("s-1", "p-1", "station"));
        }
        let whole = cuts[cuts.len() - 1] / 60 - cuts[0] / 60;
        prop_assert_eq!(told_total(&given.story, "p-1", None), whole);
    }

    /// V3: a check-in without a check-out brings nothing, until somebody proposes when it was and
    /// another approves that; and then the credit says that it is inferred.
    #[test]
    fn a_missing_check_out_is_not_credited_in_silence(
        came in 0_i64..100, until in 1_i64..110, proposes in any::<bool>(), stays in any::<bool>(),
    ) {
        let mut story = with(shifts(), [check_in("s-1", "p-1", came)]);
        if stays {
            story.extend([check_in("s-1", "p-1", -10), check_out("s-1", "p-1", -5)]);
        }
        let until = came + until;
        if proposes {
            story.push(propose("s-1", "p-1", came, until));
        }
        let given = given(story);
        prop_assert_eq!(told_total(&given.story, "p-1", None), 0, "not yet approved");
        let told = given.when(approve("s-1", "p-1", "station")).expect("allowed");
        let Event::HoursCredited { credited_min, inferred_min, .. } = &told[0].event else {
            panic!("{told:?}");
        };
        let inferred = if proposes { until.min(130) - came } else { 0 };
        prop_assert_eq!(*inferred_min, minutes(inferred));
        prop_assert_eq!(*credited_min, minutes(inferred + if stays { 5 } else { 0 }));
    }

    /// V4: a certificate states what the ledger states of that body's records, project by project;
    /// and one that still holds states it to this day, but for what was credited later.
    #[test]
    fn a_certificate_states_what_the_ledger_states(
        asked in prop::collection::vec(of_hours(), 0..80),
    ) {
        let mut given = given(shifts());
        for command in asked {
            let before = given.story.len();
            let Ok(_) = given.then(command) else { continue };
            for happened in &given.story[before..] {
                if let Event::CertificateIssued {
                    person_ref, body_id, credited_min, by_project, stated_min, ..
                } = &happened.event
                {
                    let told =
                        told_total(&given.story, person_ref.as_str(), Some(body_id.as_str()));
                    prop_assert_eq!(*credited_min, minutes(told));
                    let sum: Minutes = by_project.iter().map(|of| of.credited_min).sum();
                    prop_assert_eq!(*credited_min, sum);
                    prop_assert_eq!(*stated_min, minutes(told / 60 * 60));
                }
            }
        }
        for (number, certificate) in &given.state.certificates {
            let issued = given.story.iter().position(|happened| matches!(
                &happened.event,
                Event::CertificateIssued { certificate_no, .. } if certificate_no == number
            ));
            let (before, since) = given.story.split_at(issued.expect("issued"));
            let stated: BTreeSet<&ShiftId> = before.iter().filter_map(|happened| {
                match &happened.event {
                    Event::HoursCredited { shift_id, person_ref, body_id, .. }
                        if *person_ref == certificate.person_ref
                            && *body_id == certificate.body_id => Some(shift_id),
                    _ => None,
                }
            }).collect();
            let is_adjusted = since.iter().any(|happened| matches!(
                &happened.event,
                Event::HoursAdjusted { shift_id, person_ref, .. }
                    if *person_ref == certificate.person_ref && stated.contains(shift_id)
            ));
            if is_adjusted {
                prop_assert_eq!(certificate.validity, Validity::Superseded);
            }
        }
    }

    /// V5: a body certifies its own records alone, and gets no certificate over another's.
    #[test]
    fn who_records_certifies(bodies in prop::collection::vec(0_usize..2, 3)) {
        let bodies: Vec<&str> = bodies.into_iter().map(|body| ["station", "other"][body]).collect();
        let mut story = shifts();
        let apart = [SHIFTS[0], SHIFTS[2], SHIFTS[4]];
        for ((shift, from, until, _), body) in apart.into_iter().zip(&bodies) {
            story.extend([check_in(shift, "p-1", from), check_out(shift, "p-1", until)]);
            story.push(approve(shift, "p-1", body));
        }
        let given = given(story);
        for body in ["station", "other", "third"] {
            let certified = given.when(certify("c-1", "p-1", body, None));
            prop_assert_eq!(certified.is_ok(), bodies.contains(&body));
            if let Ok(told) = certified {
                let Event::CertificateIssued { credited_min, .. } = &told[0].event else {
                    panic!("{told:?}");
                };
                let own = told_total(&given.story, "p-1", Some(body));
                prop_assert_eq!(*credited_min, minutes(own));
            }
        }
    }

    /// V6: who is a member on a day is what the joins and leaves add up to.
    #[test]
    fn membership_is_folded_from_joins_and_leaves(
        asked in prop::collection::vec(of_memberships(), 0..40), on in 0_u64..25,
    ) {
        let given = after(asked);
        for person in ["p-1", "p-2"] {
            let mut periods: Vec<(String, chrono::NaiveDate, Option<chrono::NaiveDate>)> = vec![];
            for happened in &given.story {
                match &happened.event {
                    Event::MembershipStarted { person_ref, team_id, valid_from }
                        if person_ref.as_str() == person =>
                    {
                        periods.push((team_id.to_string(), *valid_from, None));
                    }
                    Event::MembershipEnded { person_ref, team_id, valid_until, .. }
                        if person_ref.as_str() == person =>
                    {
                        let of = periods.iter_mut().rev().find(|(of, ..)| of == team_id.as_str());
                        of.expect("joined before").2 = Some(*valid_until);
                    }
                    _ => {}
                }
            }
            let is_member = periods.iter().any(|(_, from, until)| {
                *from <= day(on) && until.is_none_or(|until| day(on) < until)
            });
            let person: PersonRef = name(person);
            prop_assert_eq!(given.state.volunteers[&person].is_member_on(day(on)), is_member);
        }
    }

    /// No shift gives more places than it has, and who asks for one that is free is not refused
    /// for want of it; when everybody has gone, all are free again.
    #[test]
    fn no_shift_gives_more_places_than_it_has(
        asked in prop::collection::vec(of_places(), 0..60),
    ) {
        let mut given = given(shifts());
        let taken = |story: &[Happened<Event>], shift: &str| {
            let taken = accepted(story).keys().filter(|(_, of)| of == shift).count();
            u32::try_from(taken).expect("few")
        };
        for command in asked {
            let shift = command.shift().map(ToString::to_string).expect("a shift");
            let (.., capacity) =
                *SHIFTS.iter().find(|(of, ..)| *of == shift).expect("a shift of these");
            let was_full = taken(&given.story, &shift) >= capacity;
            if let Err(Refusal::ShiftFull { .. }) = given.then(command) {
                prop_assert!(was_full);
            }
            prop_assert!(taken(&given.story, &shift) <= capacity);
        }
        let all: Vec<(String, String)> = accepted(&given.story).into_keys().collect();
        for (person, shift) in all {
            given.then(place("excuse", 0, &shift, &person)).expect("allowed");
        }
        for (shift, ..) in SHIFTS {
            prop_assert!(!given.state.shifts[shift.as_bytes()].is_full());
        }
    }

    /// Who gives notice, gives it late, has a reason, or just stays away: kept apart.
    #[test]
    fn four_ways_not_to_come_are_kept_apart(which in 0_usize..4, notice in 1_i64..400) {
        let mut given = given(with(shifts(), [sign_up("s-1", "p-1")]));
        let way = ["withdraw", "withdraw", "excuse", "record_volunteer_no_show"][which];
        given.then(place(way, -notice, "s-1", "p-1")).expect("allowed");
        let stands = match way {
            "withdraw" if notice < 120 => Standing::LateCancelled,
            "withdraw" => Standing::Withdrawn,
            "excuse" => Standing::Excused,
            _ => Standing::NoShow,
        };
        prop_assert_eq!(standing(&given, "s-1", "p-1"), Some(stands));
        if let Some(Event::VolunteerWithdrawn { notice_min, .. }) =
            given.story.last().map(|last| &last.event)
        {
            prop_assert_eq!(*notice_min, minutes(notice));
        }
    }

    /// No minor has a place where it is dangerous, whoever asks, for whatever reason; nor anybody
    /// uninsured.
    #[test]
    fn only_insured_adults_serve_in_danger(
        person in one_of(["p-1", "teen", "child"]),
        insured in prop::option::of(0_u64..20),
        assigned in any::<bool>(),
    ) {
        let mut story =
            with(team(), [open_with("s-8", 0, 60, json!({"is_dangerous": true}))]);
        if let Some(until) = insured {
            let (from, until) = (day(0), day(until));
            let fields = json!({"person_ref": person, "valid_from": from, "valid_until": until});
            story.push(command("record_insurance", fields));
        }
        let asked = match assigned {
            true => assign("s-8", person, Some("nobody else")),
            false => sign_up("s-8", person),
        };
        // The shift is on day 15, so that an insurance until day 16 covers it.
        let may = person == "p-1" && insured.is_some_and(|until| until >= 16);
        prop_assert_eq!(given(story).when(asked).is_ok(), may);
    }

    /// A report is never refused for what came before it.
    #[test]
    fn reality_is_never_refused(
        asked in prop::collection::vec(anything(), 0..60),
        person in one_of(["p-1", "p-2", "teen"]),
        (shift, ..) in shift(),
        at in -9_000_i64..9_000,
        goes_first in any::<bool>(),
    ) {
        let mut given = after(asked);
        let served = json!({"project_id": "knives", "services_n": 3});
        let insured =
            json!({"person_ref": person, "valid_from": day(3), "valid_until": day(2)});
        let mut marks = [check_in(shift, person, at), check_out(shift, person, at)];
        marks.rotate_left(goes_first.into());
        for told in marks {
            prop_assert!(given.then(told).is_ok());
        }
        for told in [
            check_in(shift, person, at),
            place("record_volunteer_no_show", at, shift, person),
            command("record_service", served),
            command("record_insurance", insured),
        ] {
            prop_assert!(given.then(told).is_ok());
        }
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        (story, asked) in prop_oneof![
            2 => (many(anything()), anything()),
            1 => (many(prop_oneof![anything(), of_time()]), of_time()),
            1 => (many(of_credits()), of_credits()),
        ],
    ) {
        let given = after(story);
        let decided = known(&given.story, &asked).decide(asked.clone(), &given.registered);
        prop_assert_eq!(decided, given.when(asked));
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

/// Service is unpaid: no command has a field for a fee, and no event either.
#[test]
fn there_is_no_field_for_a_fee() {
    for command in super::served() {
        let mut told = serde_json::to_value(&command).expect("a command is plain data");
        let fields = told.as_object_mut().and_then(|named| named.values_mut().next());
        let fields = fields.and_then(|fields| fields.as_object_mut()).expect("fields");
        fields.insert("fee_fen".to_owned(), json!(100));
        let read = serde_json::from_value::<Command>(told);
        assert!(read.is_err_and(|error| error.to_string().contains("fee_fen")));
    }
}
