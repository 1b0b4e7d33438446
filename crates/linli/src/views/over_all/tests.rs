//! What is asked over all contexts, and which events it is asked of.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CorrectedFact, Corrections, DoublePresence, Where, is_correction};
use crate::domain::charging::{Event as Charging, Reading};
use crate::domain::disputes::{Event as Disputes, Role};
use crate::domain::programmes::{Event as Programmes, Standing};
use crate::domain::registry::Event as Registry;
use crate::domain::services::Event as Services;
use crate::domain::volunteering::Event as Volunteering;
use crate::domain::{
    Event, Evolve, Happened, Minutes, Person, PersonRef, Registered, Scope, Span, Timestamp,
    WattHours,
};
use crate::journal::Position;
use crate::views::tests::{ZONE, day, name, noon};
use crate::views::{Asked, Rate, VolunteerHours};

fn told(at: Timestamp, event: Event) -> Happened<Event> {
    Happened::at(at, ZONE, event)
}

/// So many minutes after noon of the first day.
fn minute(number: i64) -> Timestamp {
    Timestamp(noon(0).0 + number * 60_000_000)
}

fn credited(minutes: u32) -> Happened<Event> {
    let event = Volunteering::HoursCredited {
        shift_id: name("s"),
        person_ref: name("a"),
        project_id: name("knives"),
        body_id: name("station"),
        served_on: day(1),
        credited_min: Minutes(minutes),
        inferred_min: Minutes(0),
        stretches: Vec::new(),
        rule_version: None,
        approved_by_ref: name("host"),
    };
    told(noon(1), Event::Volunteering(event))
}

fn adjusted(delta_min: i64) -> Happened<Event> {
    let event = Volunteering::HoursAdjusted {
        shift_id: name("s"),
        person_ref: name("a"),
        delta_min,
        reason: "the clock was fast".into(),
        approved_by_ref: name("host"),
    };
    told(noon(2), Event::Volunteering(event))
}

fn attendance(standing: Standing) -> Happened<Event> {
    let (class_id, child_ref, supersedes_n) = (name("c"), name("child"), 0);
    let event = Programmes::AttendanceCorrected { class_id, child_ref, supersedes_n, standing };
    told(noon(3), Event::Programmes(event))
}

fn reading(at: i64, wh: i64, is_corrected: bool) -> Happened<Event> {
    let (session, reading) = (name("x:1"), Reading::Register(WattHours(wh)));
    let (reason, by) = ("misread".into(), name("operator"));
    let event = match is_corrected {
        true => Charging::ReadingCorrected { session, reading, reason, by },
        false => Charging::MeterSampled { session, reading, power: None },
    };
    told(minute(at), Event::Charging(event))
}

/// A rule of the sub-district, of its community, or of the one beside it.
fn rule(scope: &str) -> Happened<Event> {
    let event = Registry::BodyRegistered { body_id: name("committee"), kind: "committee".into() };
    let mut happened = told(noon(0), Event::Registry(event));
    happened.scope = Scope::new(scope).expect("a scope");
    happened
}

proptest! {
    /// A chain of adjustments is closed: each begins where the one before it ended, the last ends
    /// at what holds, and without corrections the first told stands.
    #[test]
    fn each_correction_begins_where_the_one_before_ended(
        first in 100_u32..500, deltas in prop::collection::vec(-20_i64..20, 0..6),
    ) {
        let mut story = vec![credited(first)];
        story.extend(deltas.iter().map(|delta| adjusted(*delta)));
        let mut corrections = Corrections::default();
        let mut hours = [VolunteerHours::as_of(day(9)), VolunteerHours::as_of(day(9))];
        for (index, happened) in story.iter().enumerate() {
            corrections.evolve_known(Position(index as u64 + 1), happened);
            for (is_uncorrected, hours) in [false, true].into_iter().zip(&mut hours) {
                let asked = Asked { is_uncorrected, ..Asked::default() };
                if asked.takes(happened) {
                    hours.evolve(happened);
                }
            }
        }
        let mut minutes = i64::from(first);
        let fact = CorrectedFact { kind: "hours", of: "s a".into() };
        prop_assert_eq!(corrections.of(&fact).count(), deltas.len());
        for (index, correction) in corrections.of(&fact).enumerate() {
            prop_assert_eq!(&correction.old, &json!(minutes));
            minutes += deltas[index];
            prop_assert_eq!(&correction.new, &json!(minutes));
            prop_assert_eq!(correction.known_at, Some(Position(index as u64 + 2)));
            prop_assert_eq!(correction.by_ref.as_ref().map(PersonRef::as_str), Some("host"));
        }
        let [with, without] = hours.map(|hours| i64::from(hours.of(&name("a")).0));
        prop_assert_eq!((with, without), (minutes, first.into()));
    }
}

#[test]
fn a_correction_shows_what_stood_there() {
    let (class_id, child_ref) = (name("c"), name("child"));
    let absence = Programmes::AbsenceRecorded { class_id, child_ref, is_excused: true };
    let story = [
        reading(1, 500, false),
        reading(2, 900, false),
        reading(1, 600, true),
        reading(1, 650, true),
        told(noon(1), Event::Programmes(absence)),
        attendance(Standing::Present),
        attendance(Standing::Late),
    ];
    let mut corrections = Corrections::default();
    for happened in &story {
        corrections.evolve(happened);
    }
    let rows: Vec<(&str, Value, Value)> =
        corrections.iter().map(|one| (one.fact.kind, one.old.clone(), one.new.clone())).collect();
    let register = |wh: i64| json!({ "register": wh });
    assert_eq!(
        rows,
        [
            ("reading", register(500), register(600)),
            ("reading", register(600), register(650)),
            ("attendance", json!("absent_excused"), json!("present")),
            ("attendance", json!("present"), json!("late")),
        ]
    );
    let corrected = story.iter().filter(|happened| is_correction(&happened.event)).count();
    assert_eq!(corrected, corrections.iter().count());
}

/// A record's fields that were not corrected are not shown, and are not lost.
#[test]
fn a_session_is_corrected_field_by_field() {
    let (session, connector, card, register) = (name("x:1"), None, None, None);
    let started = Charging::SessionStarted { session, connector, card, register, admitted: false };
    let corrected = |started_at, ended_at| {
        let (session, reason, by) = (name("x:1"), "the clock".into(), name("operator"));
        let event = Charging::SessionCorrected { session, started_at, ended_at, reason, by };
        told(minute(90), Event::Charging(event))
    };
    let mut corrections = Corrections::default();
    corrections.evolve(&told(minute(0), Event::Charging(started)));
    corrections.evolve(&corrected(None, Some(minute(60))));
    corrections.evolve(&corrected(Some(minute(5)), None));
    let rows: Vec<_> = corrections.iter().map(|one| (one.old.clone(), one.new.clone())).collect();
    let ended = (json!({"ended_at": null}), json!({"ended_at": minute(60)}));
    let began = (json!({"started_at": minute(0)}), json!({"started_at": minute(5)}));
    assert_eq!(rows, [ended, began]);
}

/// The rules of the sub-district are common to its communities; those of the community beside it
/// are not.
#[test]
fn a_view_of_a_community_takes_what_is_common_to_it() {
    let scope = Scope::new("xuzhuang/yujing").expect("a scope");
    let asked = Asked { scope, ..Asked::default() };
    let scopes = ["xuzhuang", "xuzhuang/yujing", "xuzhuang/yujing/house-3", "xuzhuang/jingjia"];
    assert_eq!(scopes.map(|scope| asked.takes(&rule(scope))), [true, true, true, false]);
    let mut elsewhere = credited(60);
    elsewhere.scope = Scope::new("xuzhuang").expect("a scope");
    assert!(!asked.takes(&elsewhere));
    let of_the_day = Asked { as_of: Some(day(1)), ..Asked::default() };
    assert_eq!([credited(60), adjusted(1)].map(|one| of_the_day.takes(&one)), [true, false]);
}

fn checked(person: &str, shift: &str, from: i64, until: i64) -> [Happened<Event>; 2] {
    let (shift_id, person_ref, at) = (name(shift), name(person), minute(from));
    let came = Volunteering::VolunteerCheckedIn { shift_id, person_ref, at };
    let (shift_id, person_ref, at) = (name(shift), name(person), minute(until));
    let left = Volunteering::VolunteerCheckedOut { shift_id, person_ref, at };
    [(from, came), (until, left)].map(|(at, event)| told(minute(at), Event::Volunteering(event)))
}

fn held(mediator: &str, from: i64, until: i64) -> Happened<Event> {
    let event = Disputes::MediationHeld {
        dispute_id: name("d"),
        session_no: 1,
        mediator_ref: Some(name(mediator)),
        starts_at: minute(from),
        ends_at: minute(until),
        attended: Vec::new(),
        minutes: None,
    };
    told(minute(from), Event::Disputes(event))
}

/// `a` in a place of each kind but a shift: a party, a vaccinator, a child, an adult of a class.
fn elsewhere(kind: usize, from: i64, until: i64) -> Vec<Happened<Event>> {
    let (starts_at, ends_at, person_ref) = (minute(from), minute(until), name("a"));
    let class = |event| Event::Programmes(event);
    let scheduled = Programmes::ClassScheduled {
        class_id: name("c"),
        programme_id: name("holidays"),
        starts_at: minute(0),
        ends_at: minute(200),
        place_id: name("room"),
        capacity_n: 9,
        children_per_adult_max: 9,
    };
    let (class_id, child_ref) = (name("c"), name("a"));
    let events = match kind {
        0 => {
            let added = Disputes::PartyAdded {
                dispute_id: name("d"),
                party_id: name("p"),
                role: Role::Applicant,
                person_ref: Some(person_ref),
                is_resident: true,
                description: None,
            };
            let mut held = held("m", from, until);
            if let Event::Disputes(Disputes::MediationHeld { attended, .. }) = &mut held.event {
                attended.push(name("p"));
            }
            return vec![told(minute(0), Event::Disputes(added)), held];
        }
        1 => {
            let (visit_id, vaccinator_ref) = (name("v"), person_ref);
            let planned = Services::HomeVisitScheduled {
                visit_id,
                vaccinator_ref,
                starts_at: minute(0),
                ends_at: minute(200),
            };
            let (visit_id, arrived_at, left_at) = (name("v"), starts_at, ends_at);
            let made = Services::HomeVisitCompleted { visit_id, arrived_at, left_at };
            vec![(starts_at, Event::Services(planned)), (ends_at, Event::Services(made))]
        }
        2 => {
            let came = Programmes::ChildSignedIn { class_id: name("c"), child_ref: name("a") };
            let left = Programmes::ChildSignedOut { class_id, child_ref, to_ref: None };
            vec![(starts_at, class(scheduled)), (starts_at, class(came)), (ends_at, class(left))]
        }
        _ => {
            let on = Programmes::AdultRostered { class_id, person_ref, starts_at, ends_at };
            vec![(starts_at, class(scheduled)), (starts_at, class(on))]
        }
    };
    let over = (minute(200), class(Programmes::ClassHeld { class_id: name("c") }));
    events.into_iter().chain([over]).map(|(at, event)| told(at, event)).collect()
}

proptest! {
    /// A shift, and any other place where somebody can be on record.
    #[test]
    fn a_shift_is_compared_with_every_other_place(
        kind in 0_usize..4, shift in (0_i64..60, 1_i64..60), other in (0_i64..60, 1_i64..60),
    ) {
        let people = Registered::default();
        let mut view = DoublePresence::default();
        let mut story = checked("a", "s", shift.0, shift.0 + shift.1).to_vec();
        story.extend(elsewhere(kind, other.0, other.0 + other.1));
        for happened in &story {
            view.evolve(happened);
        }
        let (dispute, visit, class, of_shift) = (name("d"), name("v"), name("c"), name("s"));
        let places = [Where::Mediation(&dispute), Where::HomeVisit(&visit), Where::Class(&class)];
        let from = shift.0.max(other.0);
        let until = (shift.0 + shift.1).min(other.0 + other.1);
        let found = view.list(&people);
        prop_assert_eq!(found.len(), usize::from(from < until));
        for two in found {
            prop_assert_eq!(two.both, Span { from: minute(from), until: minute(until) });
            let mut wanted = [places[kind.min(2)], Where::Shift(&of_shift)];
            let mut seen = two.places;
            wanted.sort_unstable();
            seen.sort_unstable();
            prop_assert_eq!(seen, wanted);
        }
    }

    /// Under two records of one person, at a shift and at a mediation: the minutes that both have
    /// in common, and nothing where one begins as the other ends.
    #[test]
    fn who_is_in_two_places_at_once_is_found(
        shift in (0_i64..60, 1_i64..60), session in (0_i64..60, 1_i64..60),
    ) {
        let mut people = Registered::default();
        let again = Person { merged_into: Some(name("a")), ..Person::default() };
        people.persons.extend([(name("a"), Person::default()), (name("a-again"), again)]);
        let mut view = DoublePresence::default();
        let story = [
            checked("a", "s", shift.0, shift.0 + shift.1).to_vec(),
            checked("b", "s", 0, 200).to_vec(),
            vec![held("a-again", session.0, session.0 + session.1)],
        ];
        story.concat().iter().for_each(|happened| view.evolve(happened));
        let from = shift.0.max(session.0);
        let until = (shift.0 + shift.1).min(session.0 + session.1);
        let found = view.list(&people);
        prop_assert_eq!(found.len(), usize::from(from < until));
        for two in found {
            prop_assert_eq!(two.both, Span { from: minute(from), until: minute(until) });
            let mut places = two.places;
            places.sort_unstable();
            let (dispute, shift) = (name("d"), name("s"));
            prop_assert_eq!(places, [Where::Mediation(&dispute), Where::Shift(&shift)]);
        }
        let counted_n = u64::from(from < until);
        prop_assert_eq!(view.rate(&people), Rate { counted_n, of_n: 2 });
        prop_assert!(view.list(&Registered::default()).is_empty());
    }
}
