//! What the views of the mediation room say, counted by hand.

use proptest::prelude::*;

use super::{
    AgreementForm, ConfirmationWindow, FulfilmentRate, Load, MediationSuccess, MediatorLoad,
    RepeatParties,
};
use crate::domain::disputes::{Event as Told, Form, Matter, Origin, Role};
use crate::domain::{Event, Evolve, Happened, Person, Registered, Timestamp};
use crate::views::Rate;
use crate::views::tests::{ZONE, course, day, name, noon, story};

fn told(on: u64, event: Told) -> Happened<Event> {
    Happened::at(noon(on), ZONE, Event::Disputes(event))
}

fn folded<V: Evolve<Event = Happened<Event>>>(mut view: V, story: &[Happened<Event>]) -> V {
    for happened in story {
        view.evolve(happened);
    }
    view
}

fn registered(dispute: &str, kind: Matter) -> Told {
    Told::DisputeRegistered {
        dispute_id: name(dispute),
        kind,
        origin: Origin::Application,
        place_id: name("yujing"),
        case_id: None,
    }
}

fn party(dispute: &str, party: &str, person: Option<&str>) -> Told {
    Told::PartyAdded {
        dispute_id: name(dispute),
        party_id: name(party),
        role: Role::Third,
        person_ref: person.map(name),
        is_resident: true,
        description: None,
    }
}

fn in_effect(dispute: &str, form: Form, on: u64, version_n: Option<u32>) -> Told {
    Told::AgreementInEffect { dispute_id: name(dispute), form, effect_on: day(on), version_n }
}

fn terminated(dispute: &str) -> Told {
    Told::MediationTerminated {
        dispute_id: name(dispute),
        reason: "no way was found".into(),
        asked_by: None,
        routes_informed: true,
    }
}

fn session(dispute: &str, number: u32, mediator: &str, on: u64, minutes: i64) -> [Told; 2] {
    let (starts_at, ends_at) = (noon(on), Timestamp(noon(on).0 + minutes * 60_000_000));
    let (dispute_id, session_no) = (name(dispute), number);
    let scheduled = Told::MediationScheduled {
        dispute_id,
        session_no,
        mediator_ref: name(mediator),
        starts_at,
        ends_at,
        is_open: false,
    };
    let (dispute_id, attended) = (name(dispute), Vec::new());
    let mediator_ref = Some(name(mediator));
    let held = Told::MediationHeld {
        dispute_id,
        session_no,
        mediator_ref,
        starts_at,
        ends_at,
        attended,
        minutes: None,
    };
    [scheduled, held]
}

/// `a-again` turned out to be `a`.
fn people() -> Registered {
    let mut registered = Registered::default();
    let again = Person { merged_into: Some(name("a")), ..Person::default() };
    registered.persons.extend([(name("a"), Person::default()), (name("a-again"), again)]);
    registered
}

proptest! {
    /// Ended with an agreement, of ended: what is still mediated is in neither.
    #[test]
    fn agreements_of_concluded(
        courses in prop::collection::vec((course(), any::<bool>()), 0..12), on in 0_u64..70,
    ) {
        let own: Vec<_> = courses.iter().map(|(course, _)| course.clone()).collect();
        let mut events = story(&own);
        let (mut counted_n, mut of_n) = (0, 0);
        for (number, (course, is_ended)) in courses.iter().enumerate() {
            let is_ended = *is_ended && course.effect.is_none();
            if is_ended {
                events.push(told(course.registered, terminated(&format!("d-{number}"))));
            }
            let is_agreed = course.effect.is_some_and(|effect| effect <= on);
            counted_n += u64::from(is_agreed);
            of_n += u64::from(is_agreed || (is_ended && course.registered <= on));
        }
        let rate = folded(MediationSuccess::as_of(day(on)), &events).rate();
        prop_assert_eq!(rate, Rate { counted_n, of_n });
    }

    /// An agreement is kept when all of it is done by the day, whether or not it was due.
    #[test]
    fn kept_of_those_that_say_what_is_owed(
        courses in prop::collection::vec(course(), 0..12), on in 0_u64..90,
    ) {
        let view = folded(FulfilmentRate::as_of(day(on)), &story(&courses));
        let (mut counted_n, mut of_n) = (0, 0);
        for course in &courses {
            let Some(effect) = course.effect.filter(|effect| *effect <= on) else { continue };
            of_n += 1;
            let is_paid = course.paid.max(effect) <= on && course.paid_fen >= 10_000;
            counted_n += u64::from(is_paid);
        }
        prop_assert_eq!(view.rate(), Rate { counted_n, of_n });
        prop_assert_eq!(view.obligations(), Rate { counted_n, of_n });
        prop_assert_eq!(view.untold(), Rate { counted_n: 0, of_n });
    }
}

/// A party that declines mediation concludes none.
#[test]
fn declined_is_not_concluded() {
    let refused = Told::PartyRefused { dispute_id: name("d"), party_id: name("x") };
    let mut events = vec![told(1, registered("d", Matter::Damage)), told(1, party("d", "x", None))];
    events.push(told(2, refused));
    assert_eq!(folded(MediationSuccess::as_of(day(9)), &events).rate(), Rate::default());
}

#[test]
fn each_form_is_a_share_of_the_agreements_in_effect() {
    let of = |dispute: &str, form, version_n| {
        let agreed = in_effect(dispute, form, 3, version_n);
        [told(1, registered(dispute, Matter::Damage)), told(2, agreed)]
    };
    let events = [
        of("d-1", Form::Oral, None),
        of("d-2", Form::Written, Some(1)),
        of("d-3", Form::Oral, Some(1)),
        [told(1, registered("d-4", Matter::Damage)), told(2, terminated("d-4"))],
    ]
    .concat();
    let view = folded(AgreementForm::as_of(day(3)), &events);
    assert_eq!(view.rate(Form::Oral), Rate { counted_n: 2, of_n: 3 });
    assert_eq!(view.rate(Form::Written), Rate { counted_n: 1, of_n: 3 });
    assert_eq!(view.terms_unrecorded(), Rate { counted_n: 1, of_n: 3 });
    assert_eq!(folded(FulfilmentRate::as_of(day(3)), &events).untold().counted_n, 3);
    assert_eq!(folded(AgreementForm::as_of(day(2)), &events).rate(Form::Oral), Rate::default());
}

#[test]
fn thirty_days_are_left_on_the_day_of_effect() {
    let events = [("d-1", Matter::Damage), ("d-2", Matter::Damage), ("d-3", Matter::Status)]
        .map(|(dispute, kind)| {
            let agreed = in_effect(dispute, Form::Oral, 5, None);
            [told(1, registered(dispute, kind)), told(5, agreed)]
        })
        .concat();
    let asked =
        Told::ConfirmationApplied { dispute_id: name("d-2"), applied_on: day(6), jointly: true };
    let events = [events, vec![told(6, asked)]].concat();
    let left = |on| {
        let view = folded(ConfirmationWindow::as_of(day(on)), &events);
        view.windows().iter().map(|window| window.days_left).collect::<Vec<_>>()
    };
    assert!(left(4).is_empty());
    assert_eq!(left(5), [30, 30]);
    assert_eq!([6, 35, 36].map(left), [[29], [0], [-1]]);
    let asked = folded(ConfirmationWindow::as_of(day(6)), &events).asked();
    assert_eq!(asked, Rate { counted_n: 1, of_n: 2 });
}

/// Two records of one person are one party of two disputes; two unknown ones are nobody.
#[test]
fn who_is_a_party_again_is_known_by_the_merged_person() {
    let events: Vec<_> = [
        registered("d-1", Matter::Damage),
        party("d-1", "x", Some("a")),
        party("d-1", "y", None),
        registered("d-2", Matter::Damage),
        party("d-2", "x", Some("a-again")),
        party("d-2", "y", None),
        party("d-2", "z", Some("b")),
    ]
    .map(|event| told(1, event))
    .into();
    let (view, people) = (folded(RepeatParties::as_of(day(2)), &events), people());
    assert_eq!(view.rate(&people), Rate { counted_n: 1, of_n: 2 });
    assert_eq!(view.rate(&Registered::default()), Rate { counted_n: 0, of_n: 3 });
    let repeated = view.by_person(&people);
    assert_eq!(repeated.into_values().map(|of| of.len()).collect::<Vec<_>>(), [2]);
    assert_eq!(view.unknown_n(), 2);
}

#[test]
fn a_mediator_bears_what_is_open_and_what_was_held() {
    let appointed = |dispute: &str, mediator: &str| Told::MediatorAppointed {
        dispute_id: name(dispute),
        mediator_ref: name(mediator),
        chosen_by: crate::domain::disputes::ChosenBy::Parties,
    };
    let [scheduled, held] = session("d-1", 1, "a", 3, 90);
    let [next, _] = session("d-1", 2, "a-again", 5, 60);
    let events: Vec<_> = [
        (1, registered("d-1", Matter::Damage)),
        (1, appointed("d-1", "a")),
        (1, registered("d-2", Matter::Damage)),
        (1, appointed("d-2", "a-again")),
        (1, registered("d-3", Matter::Damage)),
        (2, scheduled),
        (3, held),
        (4, next),
        (4, in_effect("d-2", Form::Oral, 4, None)),
    ]
    .map(|(on, event)| told(on, event))
    .into();
    let (view, people) = (folded(MediatorLoad::as_of(day(4)), &events), people());
    let open = Rate { counted_n: 1, of_n: 2 };
    let sessions = Rate { counted_n: 1, of_n: 2 };
    let load = Load { open, sessions, held_min: 90 };
    assert_eq!(view.by_mediator(&people).into_values().collect::<Vec<_>>(), [load]);
    assert_eq!(view.without_mediator(), Rate { counted_n: 1, of_n: 2 });
}
