//! The kinds of tariff that people hide, one by one, and bills from which little follows.

use super::made::{Chance, DAY, HOUR, MARCH, SECOND, Told, folded, inferred, sessions};
use super::{USUAL, billed, flat, names};
use crate::charging::Event as ChargingEvent;
use crate::detection::rule::{Measure, Rule};
use crate::detection::{Applies, Direction, IssuedBills, Step, SuspectCause};
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};
use crate::domain::{Event, Evolve, Exact, Happened, Money, Timestamp};

fn at(hours: i64) -> Timestamp {
    Timestamp(MARCH.0 + hours * HOUR)
}

fn cents(cents: i128) -> Money {
    Money(cents * 10_000_000)
}

#[test]
fn a_flat_rate_that_changed_once() {
    let (old, new) = (flat(Measure::Energy, 66), flat(Measure::Energy, 71));
    let told = billed(sessions(&mut Chance(1), 300, 1), |told| match told.start < MARCH {
        true => old,
        false => new,
    });
    let finding = inferred(&told);
    let [first, second] = &finding.eras[..] else { panic!("two eras: {finding:?}") };
    assert_eq!((first.rule, second.rule), (old, new));
    assert_eq!((first.to, second.from, second.to), (Some(MARCH), MARCH, None));
    assert_eq!(first.fits + second.fits, 300);
    // One price is one component: no bill tells its rounding from that of the session.
    let by_component = RoundingStep { stage: Stage::Component, ..USUAL };
    assert!(names(first, &Rule { rounding: by_component, ..old }));
    assert!(finding.suspects.is_empty());
    let document = finding.document();
    assert_eq!(document["eras"][1]["from"], "2024-03-01T00:00:00+08:00");
    assert_eq!(document["eras"][1]["rate"], "0.71");
    assert_eq!(document["eras"][1]["dimension"], "energy");
    assert_eq!(document["eras"][1]["inferred"], true);
}

#[test]
fn free_hours_and_then_begun_hours() {
    let step = Step { size: HOUR, direction: Direction::Up, stage: Stage::Session };
    let rule = Rule { free: 3 * HOUR, step: Some(step), ..flat(Measure::Connected, 100) };
    let finding = inferred(&billed(sessions(&mut Chance(2), 300, 1), |_| rule));
    assert_eq!(finding.eras.len(), 1);
    assert_eq!(finding.eras[0].rule, rule);
    // Whole hours from the second on are billed alike, unless a session ends on the hour.
    let later = Step { direction: Direction::Down, ..step };
    assert!(names(&finding.eras[0], &Rule { free: 2 * HOUR, step: Some(later), ..rule }));
    let document = finding.document();
    assert_eq!(document["eras"][0]["free"], "3");
    assert_eq!(document["eras"][0]["per"], "hour");
    assert_eq!(document["eras"][0]["step"]["size"], 3_600);
}

#[test]
fn amounts_cut_interval_by_interval() {
    let rounding = RoundingStep { stage: Stage::Interval, method: Method::Down, digits: 2 };
    let rule = Rule { rounding, ..flat(Measure::Energy, 66) };
    let finding = inferred(&billed(sessions(&mut Chance(3), 90, 5), |_| rule));
    assert_eq!(finding.eras.len(), 1);
    assert_eq!((finding.eras[0].rule, finding.eras[0].fits), (rule, 90));
    let is_early = |own: &RoundingStep| own.stage <= Stage::Period;
    assert!(finding.eras[0].equivalent.iter().all(is_early), "no later stage fits");
}

#[test]
fn minutes_cut_interval_by_interval() {
    let step = Step { size: 60 * SECOND, direction: Direction::Down, stage: Stage::Interval };
    let rule = Rule { step: Some(step), ..flat(Measure::Connected, 120) };
    let finding = inferred(&billed(sessions(&mut Chance(4), 90, 5), |_| rule));
    assert_eq!(finding.eras.len(), 1);
    assert_eq!(finding.eras[0].rule, rule);
    assert_eq!(finding.document()["eras"][0]["per_minute"], "0.02");
}

#[test]
fn two_fees_rounded_apart() {
    let rounding = RoundingStep { stage: Stage::Component, ..USUAL };
    let rule = Rule { fee: 510_000, rounding, ..flat(Measure::Energy, 66) };
    let mut told = sessions(&mut Chance(5), 300, 1);
    for session in &mut told {
        let fee = |hundredths| session.price(&flat(Measure::Energy, hundredths)).0;
        session.issued = Some(Money(fee(51) + fee(15)));
    }
    let finding = inferred(&told);
    assert_eq!(finding.eras.len(), 1);
    assert_eq!(finding.eras[0].rule, rule);
}

#[test]
fn energy_gave_way_to_time() {
    let (old, new) = (flat(Measure::Energy, 66), flat(Measure::Connected, 50));
    let told = billed(sessions(&mut Chance(6), 300, 1), |told| match told.start < MARCH {
        true => old,
        false => new,
    });
    let rules: Vec<Rule> = inferred(&told).eras.iter().map(|era| era.rule).collect();
    assert_eq!(rules, [old, new]);
}

/// Three ways to price what goes on across a change, each told by the sessions that do.
#[test]
fn sessions_across_a_change_tell_how_it_applies() {
    let (old, new) = (flat(Measure::Energy, 60), flat(Measure::Energy, 90));
    for applies in [Applies::SessionStart, Applies::SessionEnd, Applies::Instant] {
        let mut told = sessions(&mut Chance(7), 200, 1);
        for hours in 1..8 {
            told.push(Told { start: at(-hours), parts: vec![(36_000, 9_000)], issued: None });
            told.push(Told { start: at(hours - 8), parts: vec![(1_800, 700)], issued: None });
            told.push(Told { start: at(hours - 1), parts: vec![(1_800, 700)], issued: None });
        }
        for session in &mut told {
            let split = |rule: &Rule, share: Exact| {
                let wh: i64 = session.parts.iter().map(|part| part.1).sum();
                let rate = Exact::fraction(i128::from(rule.rate) * i128::from(wh), 1_000_000_000);
                rate.and_then(|rate| rate.times(share)).expect("exact")
            };
            let crosses = session.start < MARCH && session.end() > MARCH;
            session.issued = Some(match applies {
                Applies::Instant if crosses => {
                    let all = session.end().since(session.start).into();
                    let part = |us: i64| Exact::fraction(us.into(), all).expect("a share");
                    let before = split(&old, part(MARCH.since(session.start)));
                    let behind = split(&new, part(session.end().since(MARCH)));
                    let exact = before.plus(behind).expect("exact");
                    crate::charging::tariff::round(exact, Method::HalfUp, 2).expect("rounded")
                }
                Applies::SessionEnd if session.end() > MARCH => session.price(&new),
                _ if session.start >= MARCH => session.price(&new),
                _ => session.price(&old),
            });
        }
        let finding = inferred(&told);
        assert_eq!(finding.eras.len(), 2, "{applies:?}");
        assert!(finding.suspects.is_empty(), "{applies:?} {:?}", finding.suspects);
        let change = finding.eras[1].change.as_ref().expect("a change");
        assert_eq!((change.applies, change.at), (applies, MARCH));
        assert!(change.applies_equivalent.is_empty() && change.straddling >= 7);
    }
}

#[test]
fn nothing_follows_from_nothing() {
    let finding = IssuedBills::default().infer();
    assert!(finding.eras.is_empty() && finding.suspects.is_empty());
    let unbilled = inferred(&sessions(&mut Chance(8), 3, 1));
    assert!(unbilled.eras.is_empty());
    assert_eq!(unbilled.unbilled, 3);
}

/// One bill is explained by the shortest rate there is, and says that it is the only one.
#[test]
fn one_bill_is_little() {
    let told = Told { start: MARCH, parts: vec![(7_200, 7_123)], issued: Some(cents(470)) };
    let finding = inferred(&[told]);
    assert_eq!(finding.eras.len(), 1);
    assert_eq!((finding.eras[0].fits, finding.eras[0].of), (1, 1));
    assert_eq!(finding.eras[0].support.rate, 1);
}

#[test]
fn bills_of_nothing_are_free() {
    let told = billed(sessions(&mut Chance(9), 40, 1), |_| flat(Measure::Energy, 0));
    let finding = inferred(&told);
    assert_eq!(finding.eras.len(), 1);
    assert_eq!((finding.eras[0].rate(), finding.eras[0].fits), (Money::ZERO, 40));
    assert_eq!(finding.eras[0].support.rate, 0);
}

/// A bill for no session, and one whose session was voided, are for nothing.
#[test]
fn a_bill_without_its_session_is_named() {
    let told = billed(sessions(&mut Chance(10), 20, 1), |_| flat(Measure::Energy, 66));
    let mut bills = folded(&told);
    let bill = ChargingEvent::BillRecorded {
        session: "made:elsewhere".parse().expect("a key"),
        source: "made".into(),
        amount: "3.30".into(),
        currency: "CNY".parse().expect("a currency"),
    };
    let void = ChargingEvent::SessionVoided {
        session: "made:3".parse().expect("a key"),
        reason: "a test".into(),
        by: "p-1".parse().expect("a pseudonym"),
        connector: None,
        card: None,
    };
    for event in [bill, void] {
        bills.evolve(&Happened::at(MARCH, super::made::ZONE, Event::Charging(event)));
    }
    let finding = bills.infer();
    let named: Vec<&str> = finding.suspects.iter().map(|own| own.session.as_str()).collect();
    assert_eq!(named, ["made:3", "made:elsewhere"]);
    assert!(finding.suspects.iter().all(|own| own.cause() == SuspectCause::MissingSession));
    assert_eq!((finding.eras[0].fits, finding.eras[0].of), (19, 19));
}

/// Bills of twice the amount show twice the rate, all of them; they were issued twice all the same.
#[test]
fn many_bills_of_twice_the_amount_are_duplicates() {
    let rule = flat(Measure::Energy, 66);
    let mut told = billed(sessions(&mut Chance(7), 300, 6), |_| rule);
    let has_price = |told: &&mut Told| told.price(&rule) > cents(100);
    for session in told.iter_mut().filter(has_price).step_by(9).take(20) {
        session.issued = Some(Money(session.price(&rule).0 * 2));
    }
    let finding = inferred(&told);
    let causes: Vec<SuspectCause> =
        finding.suspects.iter().map(super::super::Suspect::cause).collect();
    assert_eq!(causes, [SuspectCause::Duplicate; 20]);
    assert!(finding.suspects.iter().any(|own| own.causes.contains(&SuspectCause::Rate)));
}

/// Each spoiled bill is named with what spoiled it.
#[test]
fn suspects_are_grouped_by_cause() {
    let (old, new) = (flat(Measure::Energy, 66), flat(Measure::Energy, 88));
    let rule = |told: &Told| if told.start < MARCH { old } else { new };
    let mut told = billed(sessions(&mut Chance(11), 300, 6), rule);
    let cut = RoundingStep { stage: Stage::Interval, method: Method::Down, digits: 2 };
    let rounded = RoundingStep { stage: Stage::Interval, ..USUAL };
    let late = |told: &&mut Told| {
        told.start.0 > MARCH.0 + DAY && told.parts.len() == 6 && told.price(&new) > cents(100)
    };
    let mut expected = Vec::new();
    let causes = [SuspectCause::Rate, SuspectCause::Truncation, SuspectCause::Duplicate];
    for (session, cause) in told.iter_mut().filter(late).zip(causes) {
        let whole = session.price(&new);
        session.issued = Some(match cause {
            SuspectCause::Rate => session.price(&old),
            SuspectCause::Truncation => session.price(&Rule { rounding: cut, ..new }),
            _ => Money(whole.0 * 2),
        });
        expected.push(cause);
    }
    let apart = |told: &&mut Told| {
        let parts = told.price(&Rule { rounding: rounded, ..new });
        told.start.0 > MARCH.0 + DAY && told.issued == Some(told.price(&new)) && {
            let off = parts.0 - told.price(&new).0;
            off.abs() >= 20_000_000
        }
    };
    if let Some(session) = told.iter_mut().find(apart) {
        session.issued = Some(session.price(&Rule { rounding: rounded, ..new }));
        expected.push(SuspectCause::RoundingStage);
    }
    let mut found: Vec<SuspectCause> =
        inferred(&told).suspects.iter().map(super::super::Suspect::cause).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}
