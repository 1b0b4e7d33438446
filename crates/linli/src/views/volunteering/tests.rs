//! What the views of volunteering say, counted by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::super::{AnnualReport, Programmes, Rate, Sources};
use super::{
    Beneficiaries, CertificateCheck, PartyMemberShare, ProjectGrowth, ProjectsActive,
    ServicesRendered, ShiftNoShowRate, StarLevels, Turnout, VolunteerHours, VolunteersActive,
};
use crate::domain::volunteering::{Event as VolunteerEvent, Validity};
use crate::domain::{Event, Evolve, Happened, Minutes, Person, Registered, Timestamp, Zone};

const ZONE: Zone = Zone::Asia__Shanghai;

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 1, 1).expect("a day");
    first.checked_add_days(Days::new(number)).expect("a day")
}

/// An hour of a day in Shanghai.
fn hour(number: u64, hour: u32) -> Timestamp {
    let text = format!("{}T{hour:02}:00:00+08:00", day(number));
    Timestamp::try_from(text).expect("an instant")
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn told(on: u64, event: VolunteerEvent) -> Happened<Event> {
    Happened::at(hour(on, 12), ZONE, Event::Volunteering(event))
}

fn folded<V: Evolve<Event = Happened<Event>>>(mut view: V, story: &[Happened<Event>]) -> V {
    for happened in story {
        view.evolve(happened);
    }
    view
}

fn registered(person: &str, is_party_member: Option<bool>) -> VolunteerEvent {
    VolunteerEvent::VolunteerRegistered {
        person_ref: name(person),
        volunteer_no: name(&format!("no-{person}")),
        skills: Vec::new(),
        is_party_member,
    }
}

fn joined(person: &str, team: &str, from: u64) -> VolunteerEvent {
    let (person_ref, team_id, valid_from) = (name(person), name(team), day(from));
    VolunteerEvent::MembershipStarted { person_ref, team_id, valid_from }
}

fn left(person: &str, team: &str, until: u64) -> VolunteerEvent {
    VolunteerEvent::MembershipEnded {
        person_ref: name(person),
        team_id: name(team),
        valid_until: day(until),
        reason: "moved".into(),
    }
}

fn launched(project: &str) -> VolunteerEvent {
    VolunteerEvent::ProjectLaunched {
        project_id: name(project),
        team_id: name("canal-love"),
        kind: "tailoring".into(),
        idea_id: None,
    }
}

fn retired(project: &str) -> VolunteerEvent {
    VolunteerEvent::ProjectRetired { project_id: name(project) }
}

fn credited(shift: &str, person: &str, project: &str, on: u64, minutes: u32) -> VolunteerEvent {
    VolunteerEvent::HoursCredited {
        shift_id: name(shift),
        person_ref: name(person),
        project_id: name(project),
        body_id: name("station"),
        served_on: day(on),
        credited_min: Minutes(minutes),
        inferred_min: Minutes(0),
        stretches: Vec::new(),
        rule_version: None,
        approved_by_ref: name("host"),
    }
}

fn adjusted(shift: &str, person: &str, delta_min: i64) -> VolunteerEvent {
    VolunteerEvent::HoursAdjusted {
        shift_id: name(shift),
        person_ref: name(person),
        delta_min,
        reason: "the clock was fast".into(),
        approved_by_ref: name("host"),
    }
}

fn served(project: &str, services_n: u32, whom: Option<&str>) -> VolunteerEvent {
    VolunteerEvent::BeneficiaryServed {
        project_id: name(project),
        services_n,
        beneficiary_ref: whom.map(name),
    }
}

/// Nobody turned out to be anybody else.
fn nobody() -> Registered {
    Registered::default()
}

/// `a-again` turned out to be `a`.
fn merged() -> Registered {
    let mut registered = nobody();
    let again = Person { merged_into: Some(name("a")), ..Person::default() };
    registered.persons.extend([(name("a"), Person::default()), (name("a-again"), again)]);
    registered
}

/// Every count of people takes the records that were merged as one.
#[test]
fn two_records_are_one_volunteer() {
    let star = |person: &str, stars_n| VolunteerEvent::StarAwarded {
        person_ref: name(person),
        stars_n,
        credited_min: Minutes(0),
    };
    let story: Vec<_> = [
        registered("a", None),
        registered("a-again", Some(true)),
        registered("b", Some(false)),
        joined("a", "station", 1),
        joined("a-again", "canal-love", 1),
        joined("b", "station", 1),
        served("knives", 1, Some("a")),
        served("knives", 1, Some("a-again")),
        star("a", 1),
        star("a-again", 2),
    ]
    .map(|event| told(1, event))
    .into();
    let (on, people) = (day(2), merged());
    let active = folded(VolunteersActive::as_of(on), &story);
    assert_eq!((active.count(&people), active.count(&nobody())), (2, 3));
    let share = folded(PartyMemberShare::as_of(on), &story);
    assert_eq!(share.rate(&people), Rate { counted_n: 1, of_n: 2 });
    assert_eq!((share.unknown_n(&people), share.unknown_n(&nobody())), (0, 1));
    let served = folded(Beneficiaries::as_of(on), &story);
    assert_eq!((served.count(&people), served.count(&nobody())), (1, 2));
    assert_eq!(served.by_project(&people).into_values().collect::<Vec<_>>(), [1]);
    let stars = folded(StarLevels::as_of(on), &story);
    assert_eq!(stars.by_level(&people), BTreeMap::from([(2, 1)]));
}

/// 42 people in the team of the station, one of them in two teams, one who left, one who comes
/// later: what the report tells is 42.
#[test]
fn forty_two_people_are_active_at_the_station() {
    let mut story: Vec<_> = (0..42)
        .map(|n| told(3, joined(&format!("p-{n}"), "station", 3)))
        .chain([
            told(4, joined("p-0", "canal-love", 4)),
            told(4, joined("gone", "station", 4)),
            told(9, joined("later", "station", 90)),
        ])
        .collect();
    let as_told = folded(VolunteersActive::as_of(day(58)), &story).count(&nobody());
    story.push(told(70, left("gone", "station", 50)));
    let as_known_later = folded(VolunteersActive::as_of(day(58)), &story).count(&nobody());
    assert_eq!((as_told, as_known_later), (43, 42));
}

#[test]
fn the_share_of_party_members_leaves_out_of_whom_nobody_knows() {
    let story = [("a", Some(true)), ("b", Some(false)), ("c", None), ("gone", Some(true))]
        .into_iter()
        .flat_map(|(person, is_member)| {
            [told(1, registered(person, is_member)), told(1, joined(person, "station", 1))]
        })
        .chain([told(2, left("gone", "station", 2))])
        .collect::<Vec<_>>();
    let view = folded(PartyMemberShare::as_of(day(58)), &story);
    assert_eq!(view.rate(&nobody()), Rate { counted_n: 1, of_n: 2 });
    assert_eq!(view.unknown_n(&nobody()), 1);
}

/// A launch, its end and another launch of one project are one project.
#[test]
fn projects_grow_to_twelve() {
    let mut story = vec![told(0, launched("p-0")), told(5, retired("p-0"))];
    story.extend((0..12).map(|n| told(10 + n, launched(&format!("p-{n}")))));
    let growth = folded(ProjectGrowth::default(), &story);
    let counts: Vec<usize> = [0, 4, 5, 10, 20, 58].map(|on| growth.count_on(day(on))).into();
    assert_eq!(counts, [1, 1, 0, 1, 11, 12]);
    assert_eq!(growth.iter().last(), Some((day(21), 12)));
    let view = folded(ProjectsActive::as_of(day(15)), &story);
    assert_eq!(view.count(), 6);
    assert_eq!(view.iter().next().map(ToString::to_string).as_deref(), Some("p-0"));
}

#[test]
fn what_became_of_places_is_kept_apart() {
    let (starts_at, ends_at) = (hour(10, 9), hour(10, 11));
    let shift = |shift: &str, on: u64| VolunteerEvent::ShiftOpened {
        shift_id: name(shift),
        project_id: name("knives"),
        starts_at: hour(on, 9),
        ends_at: hour(on, 11),
        capacity_n: 9,
        skills: Vec::new(),
        min_age_years: 0,
        is_dangerous: false,
    };
    let signed_up = |shift: &str, person: &str| {
        let (shift_id, person_ref) = (name(shift), name(person));
        told(1, VolunteerEvent::VolunteerSignedUp { shift_id, person_ref, starts_at, ends_at })
    };
    let mut story = vec![told(0, shift("s-1", 10)), told(0, shift("s-2", 40))];
    story.extend(["a", "b", "c", "d", "e", "f"].map(|person| signed_up("s-1", person)));
    story.push(signed_up("s-2", "a"));
    let shift_id = || name("s-1");
    let withdrawn = |person: &str, is_late| VolunteerEvent::VolunteerWithdrawn {
        shift_id: shift_id(),
        person_ref: name(person),
        starts_at,
        ends_at,
        notice_min: Minutes(9),
        is_late,
    };
    story.extend([
        told(2, withdrawn("b", false)),
        told(9, withdrawn("c", true)),
        told(
            9,
            VolunteerEvent::VolunteerExcused {
                shift_id: shift_id(),
                person_ref: name("d"),
                starts_at,
                ends_at,
                reason: "ill".into(),
            },
        ),
        told(
            10,
            VolunteerEvent::VolunteerAbsent {
                shift_id: shift_id(),
                person_ref: name("e"),
                starts_at,
                ends_at,
            },
        ),
        told(
            10,
            VolunteerEvent::VolunteerCheckedIn {
                shift_id: shift_id(),
                person_ref: name("f"),
                at: starts_at,
            },
        ),
    ]);
    let view = folded(ShiftNoShowRate::as_of(day(30)), &story);
    assert_eq!(view.rate(), Rate { counted_n: 1, of_n: 3 });
    let each =
        Turnout { came_n: 1, absent_n: 1, untold_n: 1, withdrawn_n: 1, late_n: 1, excused_n: 1 };
    assert_eq!(view.turnout(), each);
    let before = folded(ShiftNoShowRate::as_of(day(9)), &story);
    assert_eq!(before.rate().of_n, 0, "nobody is due before it is over");
}

#[test]
fn services_are_times_and_beneficiaries_are_people() {
    let story = [
        told(1, served("knives", 3, Some("granny"))),
        told(2, served("coats", 1, Some("granny"))),
        told(2, served("knives", 5, None)),
        told(60, served("knives", 7, Some("later"))),
    ];
    let services = folded(ServicesRendered::as_of(day(58)), &story);
    assert_eq!(services.count(), 9);
    assert_eq!(services.by_project().into_values().collect::<Vec<_>>(), [1, 8]);
    let people = folded(Beneficiaries::as_of(day(58)), &story);
    assert_eq!((people.count(&nobody()), people.unnamed_n()), (1, 5));
    assert_eq!(people.by_project(&nobody()).values().sum::<usize>(), 2, "in two projects");
}

#[test]
fn a_person_stands_at_one_level() {
    let star = |person: &str, stars_n| {
        let (person_ref, credited_min) = (name(person), Minutes(0));
        told(3, VolunteerEvent::StarAwarded { person_ref, stars_n, credited_min })
    };
    let story = [star("a", 1), star("a", 2), star("b", 1), star("b", 1)];
    let view = folded(StarLevels::as_of(day(58)), &story);
    assert_eq!(view.by_level(&nobody()), BTreeMap::from([(1, 1), (2, 1)]));
    assert_eq!((view.of(&name("a")), view.of(&name("c"))), (2, 0));
    assert!(folded(StarLevels::as_of(day(2)), &story).by_level(&nobody()).is_empty());
}

#[test]
fn a_certificate_is_checked_against_the_ledger() {
    let issued = VolunteerEvent::CertificateIssued {
        certificate_no: name("c-1"),
        person_ref: name("a"),
        body_id: name("station"),
        period_from: day(0),
        period_until: day(31),
        credited_min: Minutes(90),
        by_project: Vec::new(),
        stated_min: Minutes(60),
        rounding_policy: Some("whole_hours".into()),
        rule_version: None,
        as_known_at: 17,
    };
    let superseded = VolunteerEvent::CertificateSuperseded {
        certificate_no: name("c-1"),
        person_ref: name("a"),
        by_shift_id: name("s-1"),
    };
    let story = [
        told(1, credited("s-1", "a", "knives", 1, 90)),
        told(2, credited("s-2", "a", "knives", 31, 500)),
        told(40, issued),
        told(50, adjusted("s-1", "a", -20)),
        told(50, superseded),
    ];
    for (on, validity, ledger) in [(45, Validity::Issued, 90), (58, Validity::Superseded, 70)] {
        let view = folded(CertificateCheck::as_of(day(on)), &story);
        let (_, checked) = view.iter().next().expect("a certificate");
        assert_eq!((checked.validity, checked.ledger_min), (validity, Minutes(ledger)));
        assert_eq!((checked.credited_min, checked.stated_min), (Minutes(90), Minutes(60)));
        assert_eq!(checked.as_known_at, 17);
    }
}

/// Credits and adjustments of two people in two projects, by shift: when it was, when and how much
/// was credited, and when and how much it was adjusted.
fn any_hours() -> impl Strategy<Value = Vec<(bool, bool, u64, u64, u32, u64, i64)>> {
    let shift =
        (any::<bool>(), any::<bool>(), 0_u64..60, 0_u64..60, 1_u32..300, 0_u64..60, -1_i64..200);
    prop::collection::vec(shift, 0..12)
}

proptest! {
    /// Minutes are neither minted nor lost: a person's rows add up to what was credited by the
    /// day, and each stands in the month in which its shift began.
    #[test]
    fn rows_add_up_to_what_was_credited(shifts in any_hours(), on in 0_u64..80) {
        let mut story = Vec::new();
        let mut rows: BTreeMap<(String, String, NaiveDate), i64> = BTreeMap::new();
        for (number, (who, what, served, credited_on, minutes, later, delta)) in
            shifts.into_iter().enumerate()
        {
            let (person, project) = (["a", "b"][usize::from(who)], ["x", "y"][usize::from(what)]);
            let shift = format!("s-{number}");
            let adjusted_on = credited_on + later;
            story.push(told(credited_on, credited(&shift, person, project, served, minutes)));
            story.push(told(adjusted_on, adjusted(&shift, person, delta)));
            let month = day(if served < 31 { 0 } else if served < 59 { 31 } else { 59 });
            let row = rows.entry((person.into(), project.into(), month)).or_default();
            *row += if credited_on <= on { i64::from(minutes) } else { 0 };
            *row += if adjusted_on <= on { delta } else { 0 };
        }
        let view = folded(VolunteerHours::as_of(day(on)), &story);
        let shown: BTreeMap<_, i64> = view
            .rows()
            .into_iter()
            .map(|((person, project, month), minutes)| {
                ((person.to_string(), project.to_string(), month), i64::from(minutes.0))
            })
            .filter(|(_, minutes)| *minutes > 0)
            .collect();
        rows.retain(|_, minutes| *minutes > 0);
        prop_assert_eq!(&shown, &rows);
        for person in ["a", "b"] {
            let sum: i64 =
                shown.iter().filter(|((of, ..), _)| of == person).map(|(_, minutes)| minutes).sum();
            prop_assert_eq!(i64::from(view.of(&name(person)).0), sum);
        }
    }

    /// Whoever was asked after every event says what one says that was folded afresh, and in
    /// whatever order periods are told, who is active on a day is the same.
    #[test]
    fn rebuilt_is_incremental(
        joins in prop::collection::vec((0_usize..6, 0_u64..60, prop::option::of(0_u64..60)), 0..12),
        on in 0_u64..80,
    ) {
        let mut story = Vec::new();
        let mut active = BTreeSet::new();
        for (number, (person, from, long)) in joins.into_iter().enumerate() {
            let (person, team) = (format!("p-{person}"), format!("t-{number}"));
            story.push(told(from, joined(&person, &team, from)));
            let until = long.map(|long| from + long);
            story.extend(until.map(|until| told(until, left(&person, &team, until))));
            if from <= on && until.is_none_or(|until| on < until) {
                active.insert(person);
            }
        }
        let mut live = VolunteersActive::as_of(day(on));
        for happened in &story {
            live.evolve(happened);
            let _ = live.clone().count(&nobody());
        }
        let rebuilt = folded(VolunteersActive::as_of(day(on)), &story);
        let people: BTreeSet<String> = rebuilt.iter().map(|(who, _)| who.to_string()).collect();
        prop_assert_eq!(live.count(&nobody()), rebuilt.count(&nobody()));
        prop_assert_eq!(people, active);
    }
}

/// A year and nothing of the one after it; two records of one volunteer are one who served.
#[test]
fn the_annual_report_counts_what_volunteers_did_in_the_year() {
    let story: Vec<_> = [
        credited("s-0", "b", "knives", 0, 60),
        credited("s-1", "a", "knives", 1, 60),
        credited("s-2", "a-again", "knives", 364, 60),
        credited("s-3", "b", "knives", 365, 60),
    ]
    .map(|event| told(400, event))
    .into_iter()
    .chain([told(0, served("knives", 9, None)), told(1, served("knives", 25, None))])
    .chain([told(400, served("knives", 7, None)), told(400, launched("hair"))])
    .chain([told(0, launched("knives")), told(2, launched("shoes"))])
    .collect();
    let (programmes, registered) = (Programmes::default(), merged());
    let projects = folded(ProjectGrowth::default(), &story);
    let hours = folded(VolunteerHours::as_of(day(500)), &story);
    let services = folded(ServicesRendered::as_of(day(500)), &story);
    let report = AnnualReport::of(
        2022,
        Sources {
            programmes: &programmes,
            projects: &projects,
            hours: &hours,
            services: &services,
            registered: &registered,
        },
    );
    let counts = |what| report.rows.iter().find(|row| row.what == what).map(|row| row.count_n);
    let whats =
        ["volunteers who served", "shifts served", "services rendered", "projects launched"];
    assert_eq!(whats.map(counts), [Some(2), Some(3), Some(34), Some(2)]);
}
