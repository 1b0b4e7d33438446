//! One event of the registry of every type, with every field set.

use super::{read, text};
use crate::domain::registry::{Event, Outcome};
use crate::domain::{
    Capacity, Kinship, Level, Mediation, PlaceKind, PlaceState, Published, Role, RuleSet,
    SchoolCalendar, Sealed,
};

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    [of_places(), of_people(), of_roles(), of_consents(), of_rules()].concat()
}

fn sealed(bytes: &[u8]) -> Sealed {
    Sealed::Locked(bytes.into())
}

fn of_places() -> Vec<Event> {
    vec![
        Event::CommunityRegistered {
            community_id: read("yujing"),
            parent_id: Some(read("xuzhuang")),
            level: Level::Community,
            path: read("xuzhuang/yujing"),
        },
        Event::PlaceRegistered {
            place_id: read("flat-301"),
            community_id: read("yujing"),
            parent_id: Some(read("building-3")),
            grid_id: Some(read("grid-1")),
            kind: PlaceKind::Household,
            floor_n: Some(3),
            state: PlaceState::InUse,
        },
        Event::PlaceStateChanged { place_id: read("study-hall"), state: PlaceState::Planned },
    ]
}

fn of_people() -> Vec<Event> {
    vec![
        Event::PersonRegistered {
            person_ref: read("p-7"),
            name: Some(sealed(&[1, 2, 3])),
            phone: Some(sealed(&[4, 5])),
            born_on: Some(sealed(&[6])),
        },
        Event::PersonsMerged { person_ref: read("p-7"), into_ref: read("p-8") },
        Event::PersonsSplit { person_ref: read("p-7"), from_ref: read("p-8") },
        Event::ResidenceRecorded {
            person_ref: read("p-7"),
            household_id: read("flat-301"),
            valid_from: read("2020-01-01"),
        },
        Event::RelationRecorded {
            a_ref: read("p-7"),
            b_ref: read("p-9"),
            kind: Kinship::Guardian,
            valid_from: read("2012-09-01"),
        },
        Event::RelationEnded {
            a_ref: read("p-7"),
            b_ref: read("p-9"),
            kind: Kinship::Guardian,
            valid_until: read("2022-03-01"),
        },
    ]
}

fn of_roles() -> Vec<Event> {
    vec![
        Event::BodyRegistered { body_id: read("committee"), kind: text("residents_committee") },
        Event::RoleGranted {
            person_ref: read("p-7"),
            role: Role::Mediator,
            body_id: read("committee"),
            valid_from: read("2022-01-01"),
            valid_until: Some(read("2023-01-01")),
        },
        Event::RoleEnded {
            person_ref: read("p-7"),
            role: Role::Auditor,
            body_id: read("committee"),
            valid_until: read("2022-02-28"),
        },
    ]
}

fn of_consents() -> Vec<Event> {
    let subject_ref = || read("p-9");
    let outcome = Outcome::RestrictedUntil {
        until_on: read("2027-02-27"),
        legal_basis: text("Vaccine Administration Law 46"),
    };
    vec![
        Event::ConsentGiven {
            consent_id: read("c-1"),
            subject_ref: subject_ref(),
            given_by_ref: read("p-7"),
            capacity: Capacity::Guardian,
            purposes: vec![text("programme"), text("vaccination")],
            is_separate: true,
            valid_from: read("2022-01-01"),
            valid_until: Some(read("2022-09-01")),
        },
        Event::ConsentWithdrawn {
            consent_id: read("c-1"),
            subject_ref: subject_ref(),
            purposes: vec![text("programme")],
        },
        Event::ConsentVoided {
            consent_id: read("c-1"),
            subject_ref: subject_ref(),
            reason: text("entered twice"),
        },
        Event::ErasureRequested { subject_ref: subject_ref() },
        Event::ErasureAnswered { subject_ref: subject_ref(), context: text("services"), outcome },
        Event::KeyDestroyed { subject_ref: subject_ref() },
        Event::KeyLossConfirmed { subject_ref: subject_ref() },
    ]
}

fn of_rules() -> Vec<Event> {
    let published = |rule| Published {
        rule,
        version: text("2022-1"),
        jurisdiction: text("CN-SD"),
        valid_from: read("2022-01-01"),
        valid_until: Some(read("2023-01-01")),
    };
    let calendar = SchoolCalendar {
        winter: vec![(read("2022-01-17"), read("2022-02-17"))],
        summer: vec![(read("2021-07-10"), read("2021-09-01"))],
        make_up: vec![read("2021-09-18")],
        year: (read("2021-03-01"), read("2022-03-01")),
    };
    let mediation = RuleSet::Mediation(Mediation { earlier_mediator_bars: true });
    vec![
        Event::RuleSetPublished { published: published(mediation) },
        Event::CalendarPublished { published: published(RuleSet::SchoolCalendar(calendar)) },
    ]
}
