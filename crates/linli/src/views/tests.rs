//! What the views of disputes say, counted by hand.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::{AcceptanceRate, DaysToAgreement, OverdueObligations, Rate};
use crate::domain::disputes::{
    ChosenBy, Duty, Event as DisputeEvent, Form, Matter, Obligation, Origin, Role,
};
use crate::domain::{Event, Evolve, Fen, Happened, Timestamp, Zone};

pub(super) const ZONE: Zone = Zone::Asia__Shanghai;

pub(super) fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first.checked_add_days(Days::new(number)).expect("a day")
}

/// Noon of a day in Shanghai.
pub(super) fn noon(number: u64) -> Timestamp {
    let text = format!("{}T12:00:00+08:00", day(number));
    Timestamp::try_from(text).expect("an instant")
}

pub(super) fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

/// How far one dispute came, and when.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) registered: u64,
    pub(super) consents: usize,
    pub(super) effect: Option<u64>,
    pub(super) paid_fen: i64,
    pub(super) paid: u64,
}

pub(super) fn course() -> impl Strategy<Value = Course> {
    let effect = prop::option::of(0_u64..40);
    (0_u64..20, 0_usize..3, effect, 0_i64..4, 0_u64..40).prop_map(
        |(registered, consents, effect, quarters, paid)| {
            let paid_fen = quarters * 5_000;
            let effect = effect.map(|days| registered + days);
            Course { registered, consents, effect, paid_fen, paid: registered + paid }
        },
    )
}

impl Course {
    /// Its events in the order of time.
    fn events(&self, number: usize) -> Vec<Happened<Event>> {
        let dispute_id = || name(&format!("d-{number}"));
        let mut told = vec![(
            self.registered,
            DisputeEvent::DisputeRegistered {
                dispute_id: dispute_id(),
                kind: Matter::Neighbourhood,
                origin: Origin::OwnMotion,
                place_id: name("yujing"),
                case_id: None,
            },
        )];
        for (party, consents) in [("a", self.consents > 0), ("b", self.consents > 1)] {
            let (party_id, person_ref, is_resident) = (name(party), None, true);
            let (dispute_id, role) = (dispute_id(), Role::Third);
            told.push((
                self.registered,
                DisputeEvent::PartyAdded {
                    dispute_id,
                    party_id,
                    role,
                    person_ref,
                    is_resident,
                    description: None,
                },
            ));
            if consents {
                let (dispute_id, party_id) = (name(&format!("d-{number}")), name(party));
                let by_ref = name("p-x");
                told.push((
                    self.registered,
                    DisputeEvent::PartyConsented { dispute_id, party_id, by_ref },
                ));
            }
        }
        let (mediator_ref, chosen_by) = (name("m"), ChosenBy::Parties);
        told.push((
            self.registered,
            DisputeEvent::MediatorAppointed { dispute_id: dispute_id(), mediator_ref, chosen_by },
        ));
        told.extend(self.effect.into_iter().flat_map(|on| self.of_the_agreement(number, on)));
        told.sort_by_key(|(on, _)| *on);
        told.into_iter()
            .map(|(on, event)| Happened::at(noon(on), ZONE, Event::Disputes(event)))
            .collect()
    }

    fn of_the_agreement(&self, number: usize, on: u64) -> Vec<(u64, DisputeEvent)> {
        let dispute_id = || name(&format!("d-{number}"));
        let owed = Obligation {
            id: name("o1"),
            debtor: name("a"),
            creditor: name("b"),
            duty: Duty::AmountFen(Fen::try_from(10_000).expect("an amount")),
            due_on: day(on + 5),
        };
        let (form, effect_on, version_n) = (Form::Oral, day(on), Some(1));
        let obligations = vec![owed];
        let paid = self.paid.max(on);
        vec![
            (
                self.registered,
                DisputeEvent::TermsProposed {
                    dispute_id: dispute_id(),
                    version_n: 1,
                    obligations,
                    text: None,
                },
            ),
            (
                on,
                DisputeEvent::AgreementInEffect {
                    dispute_id: dispute_id(),
                    form,
                    effect_on,
                    version_n,
                },
            ),
            (
                paid,
                DisputeEvent::ObligationPerformed {
                    dispute_id: dispute_id(),
                    id: name("o1"),
                    amount_fen: Fen::try_from(self.paid_fen).ok(),
                    performed_on: day(paid),
                    evidence_hash: None,
                },
            ),
        ]
    }
}

/// The events of some disputes in the order of time.
pub(super) fn story(courses: &[Course]) -> Vec<Happened<Event>> {
    let mut story: Vec<_> =
        courses.iter().enumerate().flat_map(|(number, course)| course.events(number)).collect();
    story.sort_by_key(|happened| happened.at);
    story
}

fn count(number: usize) -> u64 {
    number as u64
}

proptest! {
    /// The share of disputes that came to mediation, counted by hand.
    #[test]
    fn accepted_of_registered(
        courses in prop::collection::vec(course(), 0..12), on in 0_u64..30,
    ) {
        let mut view = AcceptanceRate::as_of(day(on));
        for event in story(&courses) {
            view.evolve(&event);
        }
        let registered = courses.iter().filter(|course| course.registered <= on);
        let counted_n = count(registered.clone().filter(|course| course.consents == 2).count());
        let of_n = count(registered.count());
        prop_assert_eq!(view.rate(), Rate { counted_n, of_n });
        prop_assert_eq!(view.rate().share().is_some(), of_n > 0);
    }

    /// The days to an agreement are local days, of agreements in effect by then.
    #[test]
    fn days_from_registration_to_effect(
        courses in prop::collection::vec(course(), 0..12), on in 0_u64..70,
    ) {
        let mut view = DaysToAgreement::as_of(day(on));
        for event in story(&courses) {
            view.evolve(&event);
        }
        let in_effect = courses.iter().filter_map(|c| Some((c.registered, c.effect?)));
        let in_effect = in_effect.filter(|(_, effect)| *effect <= on);
        let mut expected: Vec<u64> = in_effect.map(|(from, effect)| effect - from).collect();
        expected.sort_unstable();
        let mut days: Vec<_> = view.by_dispute().map(|(_, days)| days.unsigned_abs()).collect();
        days.sort_unstable();
        prop_assert_eq!(&days, &expected);
        let lower = expected.len().checked_sub(1).map(|last| expected[last / 2]);
        prop_assert_eq!(view.median().map(i64::unsigned_abs), lower);
    }

    /// What is overdue was due before the day, in effect, and not paid in full by its end.
    #[test]
    fn due_and_not_paid_is_overdue(
        courses in prop::collection::vec(course(), 0..12), on in 0_u64..90,
    ) {
        let mut view = OverdueObligations::as_of(day(on));
        for event in story(&courses) {
            view.evolve(&event);
        }
        let (mut overdue, mut due) = (0, 0);
        for course in &courses {
            let Some(effect) = course.effect.filter(|effect| effect + 5 < on) else { continue };
            due += 1;
            let is_paid = course.paid.max(effect) <= on && course.paid_fen >= 10_000;
            overdue += u64::from(!is_paid);
        }
        prop_assert_eq!(view.rate(), Rate { counted_n: overdue, of_n: due });
        for one in view.iter() {
            prop_assert!(one.days_n > 0 && one.left_fen.get() > 0);
        }
    }
}
