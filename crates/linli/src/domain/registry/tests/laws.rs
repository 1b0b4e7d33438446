//! The laws of the registry, whatever is told in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::json;

use super::super::{CONTEXTS, Command, Event, State};
use super::{
    community, consent, day, founded, founded_and, merge, named, of_erasure, person, place_in,
    relate, split, withdraw,
};
use crate::domain::given::{Given, variant};
use crate::domain::{
    Boundary, Capacity, Decide, Evolve, Flag, Happened, Kinship, PersonRef, PlaceId, PlaceKind,
    Sealed, Timestamp, Zone,
};

/// 2022-01-01, on which the relations of these stories begin, at noon in Shanghai.
const BEGUN: Timestamp = Timestamp(1_641_009_600_000_000);
const START: NaiveDate = NaiveDate::from_ymd_opt(2022, 1, 1).expect("a day");

const PERSONS: [&str; 4] = ["p-mother", "p-child", "p-neighbour", "p-new"];
const PLACES: [&str; 6] = ["grid-1", "grid-2", "building-3", "flat-301", "flat-302", "window-1"];
const KINDS: [&str; 4] = ["grid", "building", "household", "opening"];
const LEVELS: [&str; 4] = ["city", "sub_district", "community", "station"];
const COMMUNITIES: [&str; 5] = ["xuzhuang", "yujing", "jingjia", "station-1", "city-1"];

fn of(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names)
}

fn requests() -> impl Strategy<Value = Command> {
    let on = prop::sample::select(vec!["2021-12-01", "2022-01-01", "2022-02-10", "2022-03-01"]);
    prop_oneof![
        (of(&COMMUNITIES), prop::option::of(of(&COMMUNITIES)), of(&LEVELS))
            .prop_map(|(id, parent, level)| community(id, parent, level)),
        (of(&COMMUNITIES), of(&PLACES), prop::option::of(of(&PLACES)), of(&KINDS))
            .prop_map(|(community, id, parent, kind)| place_in(community, id, parent, kind)),
        of(&PERSONS).prop_map(|id| person(id, Some("2010-02-28"))),
        (of(&PERSONS), of(&PERSONS)).prop_map(|(a, b)| merge(a, b)),
        of(&PERSONS).prop_map(split),
        (of(&PERSONS), of(&PERSONS), of(&["guardian", "kin"]))
            .prop_map(|(a, b, kind)| relate(a, kind, b)),
        (of(&PERSONS), of(&PERSONS), of(&["guardian", "kin"]), on.clone())
            .prop_map(|(a, b, kind, until)| super::unrelate(a, kind, b, until)),
        (of(&PERSONS), on.clone()).prop_map(|(id, from)| super::grant(id, "mediator", from)),
        (of(&PERSONS), on).prop_map(|(id, until)| super::end(id, "mediator", until)),
        (of(&["c-1", "c-2"]), of(&PERSONS), of(&PERSONS), of(&["self", "guardian"]), any::<bool>())
            .prop_map(|(id, subject, by, as_, alone)| consent(id, subject, by, as_, alone)),
        (of(&["c-1", "c-2"]), of(&["programme", "vaccination"]), 0_i64..40)
            .prop_map(|(id, purpose, on)| withdraw(id, purpose, on)),
    ]
}

fn after(requests: Vec<Command>) -> Given<State> {
    let mut given = founded_and([]);
    for request in requests {
        let _ = given.then(request);
    }
    given
}

proptest! {
    /// R1: communities are a tree in which what is inside is smaller, and a path names each on the
    /// way; a place lies in the community of its parent, and in one grid at most.
    #[test]
    fn a_place_lies_in_one_community_and_one_grid(
        requests in prop::collection::vec(requests(), 0..60),
    ) {
        let given = after(requests);
        let registered = &given.state.registered;
        for (id, community) in &registered.communities {
            let parent = community.parent_id.as_ref().map(|parent| &registered.communities[parent]);
            if let Some(parent) = parent {
                prop_assert!(parent.level < community.level);
                prop_assert!(parent.scope.holds(&community.scope));
            }
            prop_assert_eq!(community.scope.as_str().rsplit('/').next(), Some(id.as_str()));
        }
        for (id, place) in &registered.places {
            let around: Vec<&PlaceId> =
                registered.places.keys().filter(|other| registered.lies_in(id, other)).collect();
            let is_grid = |at: &&&PlaceId| registered.places[**at].kind == PlaceKind::Grid;
            let grids: Vec<&&PlaceId> = around.iter().filter(is_grid).collect();
            prop_assert!(grids.len() <= 1, "{} lies in {:?}", id, grids);
            prop_assert_eq!(place.grid_id.as_ref(), grids.first().map(|grid| **grid));
            let communities: BTreeSet<_> =
                around.iter().map(|at| &registered.places[*at].community_id).collect();
            prop_assert_eq!(communities.len(), 1);
        }
    }

    /// R2: a consent that stands was given by the person, or by a guardian who was recorded before
    /// it; never by a child under 14 itself.
    #[test]
    fn a_guardian_consents_for_a_child(requests in prop::collection::vec(requests(), 0..60)) {
        let given = after(requests);
        let mut guardians: BTreeSet<(&PersonRef, &PersonRef)> = BTreeSet::new();
        let children = ["p-child", "p-new"];
        for happened in &given.story {
            match &happened.event {
                Event::RelationRecorded { a_ref, b_ref, kind: Kinship::Guardian, .. } => {
                    guardians.insert((a_ref, b_ref));
                }
                Event::ConsentGiven { subject_ref, given_by_ref, capacity, is_separate, .. } => {
                    let is_child = children.contains(&subject_ref.as_str());
                    let is_guardian = guardians.contains(&(given_by_ref, subject_ref));
                    match capacity {
                        Capacity::Guardian => prop_assert!(is_guardian),
                        Capacity::Oneself => {
                            prop_assert!(given_by_ref == subject_ref && !is_child);
                        }
                    }
                    prop_assert!(*is_separate, "vaccination is sensitive");
                }
                _ => {}
            }
        }
    }

    /// Without the keyring nobody consents who may not with it: a sealed day of birth makes no
    /// child an adult.
    #[test]
    fn a_sealed_birthday_opens_no_door(
        requests in prop::collection::vec(requests(), 0..60),
        subject in of(&PERSONS), by in of(&PERSONS), as_ in of(&["self", "guardian"]),
        alone in any::<bool>(),
    ) {
        let given = after(requests);
        let mut sealed = State::default();
        for mut happened in given.story.clone() {
            happened.event.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
            sealed.evolve(&happened);
        }
        let asked = consent("c-3", subject, by, as_, alone);
        if sealed.decide(asked.clone(), &given.registered).is_ok() {
            prop_assert!(given.when(asked).is_ok(), "{} for {}", by, subject);
        }
    }

    /// R4: however records are merged and split, each has one that stands for it, and that one
    /// stands for itself.
    #[test]
    fn one_record_stands_for_a_person(requests in prop::collection::vec(requests(), 0..80)) {
        let given = after(requests);
        let registered = &given.state.registered;
        for person in registered.persons.keys() {
            let root = registered.root(person);
            prop_assert_eq!(registered.root(root), root);
            prop_assert!(registered.persons[root].merged_into.is_none());
        }
    }

    /// A relation holds from its first day until its end, either way where it is mutual, and one
    /// that begins at the end holds on. Whose guardianship is over consents for no child.
    #[test]
    fn a_relation_holds_until_it_ends(
        until in 1_u64..60, asked in 0_u64..90, again in any::<bool>(),
        kind in of(&["guardian", "kin"]), turned in any::<bool>(),
    ) {
        let on = |days| START.checked_add_days(Days::new(days)).expect("a day");
        let (a, b) = ("p-neighbour", "p-child");
        let is_turned = turned && kind == "kin";
        let (c, d) = if is_turned { (b, a) } else { (a, b) };
        let ended = super::unrelate(c, kind, d, &on(until).to_string());
        let mut given = founded_and([relate(a, kind, b), ended]);
        if again {
            let fields = json!({"a_ref": a, "b_ref": b, "kind": kind, "valid_from": on(until)});
            given.then(super::command("record_relation", fields)).expect("recorded");
            let earlier = super::unrelate(a, kind, b, &on(until).to_string());
            given.then(earlier).expect("over by then all the same");
        }
        let kinship = if kind == "kin" { Kinship::Kin } else { Kinship::Guardian };
        let registered = &given.state.registered;
        let holds = registered.is(&named(c), kinship, &named(d), on(asked));
        prop_assert_eq!(holds, asked < until || again);
        if kind == "guardian" {
            let mut asks = consent("c-1", b, a, "guardian", true);
            if let Command::GiveConsent { at, .. } = &mut asks {
                *at = Timestamp(BEGUN.0 + i64::try_from(asked).expect("few") * 86_400_000_000);
            }
            prop_assert_eq!(given.when(asks).is_ok(), holds);
        }
    }

    /// A key that was destroyed is recorded as that, and flagged unless every context had answered
    /// that nothing holds.
    #[test]
    fn a_key_that_goes_too_early_is_flagged(answers in prop::array::uniform7(0_usize..12)) {
        let mut given = founded_and([of_erasure("request_erasure", "p-neighbour")]);
        for (context, answer) in CONTEXTS.into_iter().zip(answers) {
            let outcome = match answer {
                0 => continue,
                1 => json!({"refused": {"reason": "a claim"}}),
                2 => json!({"restricted_until": {"until_on": "2027-02-27", "legal_basis": "46"}}),
                _ => json!("erased"),
            };
            given.then(super::answer("p-neighbour", context, &outcome)).expect("answered");
        }
        let told = given.when(of_erasure("record_key_destroyed", "p-neighbour")).expect("a report");
        let is_early = answers.iter().any(|answer| *answer < 3);
        prop_assert_eq!(told[0].flags.contains(&Flag::KeyHeld), is_early);
    }

    /// R5: no pseudonym is an identity card number, and no field is named for one.
    #[test]
    fn no_identity_number_is_kept(number in "[0-9]{17}[0-9X]") {
        prop_assert!(founded_and([]).when(person(&number, None)).is_err());
        let told = json!({"register_person": {"at": day(0), "zone": "UTC", "person_ref": "p-1",
            "identity_no": number}});
        let read = serde_json::from_value::<Command>(told);
        prop_assert!(read.is_err_and(|error| error.to_string().contains("identity_no")));
    }

    /// A consent covers its purposes from its first day until it is withdrawn for them, and what
    /// lies before the withdrawal stays covered.
    #[test]
    fn a_withdrawal_does_not_undo_the_past(withdrawn in 0_i64..40, asked in -30_i64..60) {
        let mut given = founded_and([consent("c-1", "p-mother", "p-mother", "self", true)]);
        given.then(withdraw("c-1", "programme", withdrawn)).expect("withdrawn");
        let covers = |purpose| {
            let registered = &given.state.registered;
            registered.has_consent(&named("p-mother"), purpose, day(asked), Zone::Asia__Shanghai)
        };
        let begun = day(asked) >= Timestamp(1_643_644_800_000_000);
        prop_assert_eq!(covers("programme"), begun && asked < withdrawn);
        prop_assert_eq!(covers("vaccination"), begun);
        prop_assert!(!covers("tracks"));
    }

    /// A report is never refused for what came before it, as long as it names what is there.
    #[test]
    fn reality_is_never_refused(requests in prop::collection::vec(requests(), 0..40)) {
        let mut given = after(requests);
        let moved = json!({"person_ref": "p-child", "household_id": "flat-301",
            "valid_from": "2022-02-02"});
        prop_assert!(given.then(super::command("record_residence", moved)).is_ok());
        prop_assert!(given.then(relate("p-neighbour", "guardian", "p-child")).is_ok());
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        requests in prop::collection::vec(requests(), 0..60), asked in requests(),
    ) {
        let given = after(requests);
        let boundary = asked.boundary();
        let mut read = State::default();
        let seen = given.story.iter().filter(|happened| is_read(&boundary, happened));
        seen.for_each(|happened| read.evolve(happened));
        let decided = read.decide(asked.clone(), &given.registered);
        prop_assert_eq!(decided, given.when(asked));
    }
}

fn is_read(boundary: &Boundary, happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    boundary.items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
}

/// What other contexts read of the registry are events that it has.
#[test]
fn what_others_read_is_there() {
    use crate::domain::Registered;
    let kinds: BTreeMap<&str, u32> =
        crate::codec::KINDS.iter().copied().flatten().copied().collect();
    let items = [
        Registered::of_person(&named("p-1")),
        Registered::of_place(&"flat-301".parse().expect("a place")),
        Registered::of_consent(&"c-1".parse().expect("a consent")),
        Registered::of_body(&"committee".parse().expect("a body")),
        Registered::of_rule("dosing"),
    ];
    for kind in items.iter().flat_map(|item| item.types) {
        assert!(kinds.contains_key(kind), "{kind}");
    }
    assert!(!founded().is_empty());
}
