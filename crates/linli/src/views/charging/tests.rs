//! What the views of the charging points say, counted by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    Connectors, EnergyByBuilding, FlyingWiresBeforeAfter, Given, PointsInService, Site, Standing,
    Utilisation,
};
use crate::domain::cases::{Event as CaseEvent, Kind};
use crate::domain::charging::{Event as Told, Reading, Register};
use crate::domain::{
    Event, Evolve, Happened, Place, PlaceKind, PlaceState, Registered, Timestamp, WattHours,
};
use crate::views::tests::{ZONE, day, name, noon};
use crate::views::{Period, Rate};

const MINUTE: i64 = 60_000_000;

/// So many minutes after noon of the first day.
fn minute(number: i64) -> Timestamp {
    Timestamp(noon(0).0 + number * MINUTE)
}

fn told(at: i64, event: Told) -> Happened<Event> {
    Happened::at(minute(at), ZONE, Event::Charging(event))
}

fn folded<V: Evolve<Event = Happened<Event>>>(mut view: V, story: &[Happened<Event>]) -> V {
    for happened in story {
        view.evolve(happened);
    }
    view
}

fn commissioned(connector: &str, place: &str, at: i64) -> Happened<Event> {
    let event = Told::ConnectorCommissioned {
        connector: name(connector),
        place: place.into(),
        meter: None,
        zone: ZONE,
        max_power: None,
        register: Register::Lifetime,
        feeds_back: false,
    };
    told(at, event)
}

/// A session with so many minutes, and its energy where that is known.
fn session(key: &str, at: &str, from: i64, lasts: i64, wh: Option<i64>) -> [Happened<Event>; 2] {
    let (connector, card, register) = (Some(name(at)), None, None);
    let session = name(key);
    let started = Told::SessionStarted { session, connector, card, register, admitted: false };
    let ended = Told::SessionEnded {
        session: name(key),
        connector: None,
        card: None,
        reading: wh.map(|wh| Reading::Energy(WattHours(wh))),
        stated_seconds: None,
        charging_seconds: None,
        reason: None,
    };
    [told(from, started), told(from + lasts, ended)]
}

fn fault(connector: &str, from: i64, until: Option<i64>) -> Happened<Event> {
    let until = until.map(minute);
    let event =
        Told::ConnectorFaulted { connector: name(connector), fault: "no power".into(), until };
    told(from, event)
}

fn place(kind: PlaceKind, parent: Option<&str>, state: PlaceState) -> Place {
    let parent_id = parent.map(name);
    Place { community_id: None, parent_id, grid_id: None, kind, floor_n: None, state }
}

proptest! {
    /// Of the minutes of the hour that is asked for, those in which the connector is in service
    /// and in order; of these, those in which anybody is connected.
    #[test]
    fn occupied_of_available_minutes(
        sessions in prop::collection::vec((0_i64..120, 1_i64..40), 0..6),
        from in 0_i64..60,
        service in (0_i64..100, 0_i64..100),
        out in (0_i64..100, 1_i64..30),
    ) {
        let (since, retired) = (service.0, service.0 + service.1);
        let mut story = vec![
            commissioned("c", "gate", since),
            fault("c", out.0, Some(out.0 + out.1)),
            told(retired, Told::ConnectorRetired { connector: name("c") }),
        ];
        for (number, (start, lasts)) in sessions.iter().enumerate() {
            story.extend(session(&format!("s:{number}"), "c", *start, *lasts, None));
        }
        let is_out = |at: i64| (out.0..out.0 + out.1).contains(&at);
        let available: Vec<i64> =
            (from..from + 60).filter(|at| (since..retired).contains(at) && !is_out(*at)).collect();
        let is_taken = |at: &i64| sessions.iter().any(|(on, of)| (*on..*on + *of).contains(at));
        let expected = Rate::of(available.iter().map(is_taken));
        let view = folded(Utilisation::as_of(day(1)), &story);
        prop_assert_eq!(view.total(minute(from), minute(from + 60)), expected);
    }
}

/// What goes on occupies until the end of what is asked; a voided session never did.
#[test]
fn an_open_session_occupies_and_a_voided_one_does_not() {
    let [started, _] = session("s:1", "c", 30, 0, None);
    let mut story = vec![commissioned("c", "gate", 0), started];
    let rate = |story: &[Happened<Event>]| {
        folded(Utilisation::as_of(day(1)), story).total(minute(0), minute(60))
    };
    assert_eq!(rate(&story), Rate { counted_n: 30, of_n: 60 });
    let (reason, by) = ("a test".into(), name("operator"));
    let (session, connector, card) = (name("s:1"), None, None);
    story.push(told(50, Told::SessionVoided { session, reason, by, connector, card }));
    assert_eq!(rate(&story), Rate { counted_n: 0, of_n: 60 });
}

/// A fault of which nobody told the end is over when somebody charges there again.
#[test]
fn connectors_stand_as_they_were_told_last() {
    let [free, over] = session("s:1", "free", 10, 5, None);
    let [taken, _] = session("s:2", "taken", 10, 5, None);
    let [again, done] = session("s:3", "mended", 30, 5, None);
    let connectors = ["broken", "free", "gone", "mended", "taken"];
    let mut story: Vec<_> = connectors.map(|own| commissioned(own, "gate", 0)).into();
    story.extend([over, free, taken, fault("broken", 20, None), fault("mended", 20, None)]);
    story.extend([again, done, told(40, Told::ConnectorRetired { connector: name("gone") })]);
    let standings = folded(Connectors::as_of(day(0)), &story).by_standing();
    let expected = [
        (Standing::Available, 2),
        (Standing::Occupied, 1),
        (Standing::Faulted, 1),
        (Standing::Retired, 1),
    ];
    assert_eq!(standings, BTreeMap::from(expected));
}

#[test]
fn energy_is_that_of_the_building_that_the_place_lies_in() {
    let mut registered = Registered::default();
    let (site, building) = (PlaceKind::Entrance, PlaceKind::Building);
    let in_use = PlaceState::InUse;
    registered.places.insert(name("house-3"), place(building, None, in_use));
    registered.places.insert(name("gate-3"), place(site, Some("house-3"), in_use));
    let mut story = vec![commissioned("c-1", "gate-3", 0), commissioned("c-2", "by the road", 0)];
    story.extend(session("s:1", "c-1", 10, 60, Some(1_200)));
    story.extend(session("s:2", "c-1", 80, 60, None));
    story.extend(session("s:3", "c-2", 10, 60, Some(300)));
    story.extend(session("s:4", "nowhere", 10, 60, Some(7)));
    story.extend(session("s:5", "c-1", 24 * 60, 60, Some(9_999)));
    let first = Period { from_on: day(0), until_on: day(1) };
    let sites = folded(EnergyByBuilding::as_of(day(2)), &story).by_site(first, &registered);
    let given =
        |wh, counted_n, of_n| Given { energy: WattHours(wh), measured: Rate { counted_n, of_n } };
    let expected = [
        (Site::Building(name("house-3")), given(1_200, 1, 2)),
        (Site::Place("by the road".into()), given(300, 1, 1)),
        (Site::Unknown, given(7, 1, 1)),
    ];
    assert_eq!(sites, BTreeMap::from(expected));
}

#[test]
fn points_are_shared_by_the_households_that_are_lived_in() {
    let mut registered = Registered::default();
    for (id, state) in [
        ("h-1", PlaceState::InUse),
        ("h-2", PlaceState::InUse),
        ("h-3", PlaceState::Closed),
        ("h-4", PlaceState::Planned),
    ] {
        registered.places.insert(name(id), place(PlaceKind::Household, None, state));
    }
    registered.places.insert(name("room"), place(PlaceKind::Room, None, PlaceState::InUse));
    let points = folded(PointsInService::as_of(day(0)), &[commissioned("c", "gate", 0)]);
    assert_eq!(points.per_household(&registered), Rate { counted_n: 1, of_n: 2 });
}

/// Two reports of one wire are one case; a bare strip is a hazard, and no wire.
#[test]
fn wires_are_counted_before_and_after_the_first_point() {
    let reported = |case: &str, category: &str, on: u64| {
        let opened = CaseEvent::CaseOpened {
            case_id: name(case),
            kind: Kind::Hazard,
            category: category.into(),
            severity_n: 3.try_into().expect("a severity"),
            place_id: name("yujing"),
            reporter_ref: None,
            handle: None,
            text: None,
            media: Vec::new(),
            observed_at: noon(on),
        };
        Happened::at(noon(on), ZONE, Event::Cases(opened))
    };
    let merged = CaseEvent::CaseMerged { case_id: name("w-2"), into: name("w-1") };
    let minutes_of = |days: i64| days * 24 * 60;
    let story = [
        reported("w-1", "flying_wire", 1),
        reported("w-2", "flying_wire", 2),
        Happened::at(noon(3), ZONE, Event::Cases(merged)),
        reported("strip", "bare_wire", 4),
        commissioned("c-2", "gate", minutes_of(9)),
        commissioned("c-1", "gate", minutes_of(6)),
        reported("w-3", "flying_wire", 8),
    ];
    let sides = folded(FlyingWiresBeforeAfter::as_of(day(16)), &story);
    let (before, after) = sides.sides(&Registered::default()).expect("there is a point");
    assert_eq!((before.wires, before.days_n), (Rate { counted_n: 1, of_n: 2 }, 5));
    assert_eq!((after.wires, after.days_n), (Rate { counted_n: 1, of_n: 1 }, 10));
    let early = folded(FlyingWiresBeforeAfter::as_of(day(5)), &story);
    assert_eq!(early.sides(&Registered::default()), None);
}
