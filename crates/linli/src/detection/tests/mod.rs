//! A hidden tariff is found again, or is among what is listed as equivalent.

mod communities;
mod examples;
mod made;

use proptest::prelude::*;

use super::rule::{Measure, Rule};
use super::{Direction, Era, Step};
use crate::domain::Money;
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};
use made::{Chance, HOUR, MARCH, SECOND, Told, inferred, sessions};

/// Half up to the cent, by session.
const USUAL: RoundingStep =
    RoundingStep { stage: Stage::Session, method: Method::HalfUp, digits: 2 };

/// So many hundredths for a unit, and nothing else.
fn flat(measure: Measure, hundredths: i64) -> Rule {
    Rule {
        measure,
        rate: hundredths * 10_000,
        fee: 0,
        band: None,
        free: 0,
        minimum: Money::ZERO,
        step: None,
        rounding: USUAL,
    }
}

/// Bills every session under a rule.
fn billed(mut told: Vec<Told>, rule: impl Fn(&Told) -> Rule) -> Vec<Told> {
    for session in &mut told {
        session.issued = Some(session.price(&rule(session)));
    }
    told
}

/// Whether an era names a rule: as its own, or among what fits as well. A rate that the bills do
/// not settle is told as an interval.
fn names(era: &Era, hidden: &Rule) -> bool {
    let (low, high) = era.rate_between;
    let is_open = low <= hidden.rate() && hidden.rate() <= high;
    let mut roundings = std::iter::once(&era.rule.rounding).chain(&era.equivalent);
    let mut rules = std::iter::once(&era.rule).chain(&era.alternatives);
    let is_rule = |rule: &Rule| {
        let rate = if is_open { hidden.rate } else { rule.rate };
        Rule { rate, rounding: hidden.rounding, ..*rule } == *hidden
    };
    roundings.any(|rounding| *rounding == hidden.rounding) && rules.any(is_rule)
}

/// The rule without what no bill shows; `None` where fewer bills show a part of it than that part
/// has to win.
fn shown(mut rule: Rule, told: &[Told]) -> Option<Rule> {
    let without: [fn(&mut Rule); 3] =
        [|rule| rule.minimum = Money::ZERO, |rule| rule.free = 0, |rule| rule.step = None];
    for without in without {
        let mut other = rule;
        without(&mut other);
        match told.iter().filter(|told| told.price(&rule) != told.price(&other)).count() {
            0 => rule = other,
            1..4 => return None,
            _ => {}
        }
    }
    Some(rule)
}

/// Blocks that come to 0.01, 0.10 or 1.00 each are a rounding, if every bill is the same.
fn as_rounding(rule: Rule, told: &[Told]) -> Rule {
    let Some(Step { direction, stage, .. }) = rule.step else { return rule };
    let method = match direction {
        Direction::Nearest => Method::HalfUp,
        Direction::Up => Method::Up,
        Direction::Down => Method::Down,
    };
    let coarser =
        |digits| Rule { step: None, rounding: RoundingStep { stage, method, digits }, ..rule };
    let mut coarser = [0, 1, 2].map(coarser).into_iter();
    let is_same = |other: &Rule| told.iter().all(|told| told.price(&rule) == told.price(other));
    coarser.find(is_same).unwrap_or(rule)
}

fn steps(measure: Measure, stages: Vec<Stage>) -> impl Strategy<Value = Option<Step>> {
    let sizes = match measure {
        Measure::Energy => vec![100, 500, 1_000],
        _ => vec![60 * SECOND, 300 * SECOND, 900 * SECOND, 1_800 * SECOND, HOUR],
    };
    let ways = [Direction::Up, Direction::Down, Direction::Nearest];
    let step = (
        prop::sample::select(sizes),
        prop::sample::select(ways.to_vec()),
        prop::sample::select(stages),
    );
    prop::option::of(step.prop_map(|(size, direction, stage)| Step { size, direction, stage }))
}

/// A tariff of the family; its blocks and its rounding at one of these stages.
fn hidden(stages: &'static [Stage]) -> impl Strategy<Value = Rule> {
    let measures = [Measure::Energy, Measure::Connected];
    prop::sample::select(measures.to_vec()).prop_flat_map(move |measure| {
        let free = match measure {
            Measure::Energy => vec![0, 1_000, 2_000, 5_000],
            _ => vec![0, HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR],
        };
        let methods = [Method::HalfUp, Method::HalfEven, Method::Down, Method::Up];
        (
            prop_oneof![3 => (20_i64..400).prop_map(|cents| cents * 10_000),
                1 => (2_000_i64..20_000).prop_map(|fine| fine * 100)],
            prop::sample::select(free),
            steps(measure, stages.to_vec()),
            prop::sample::select(methods.to_vec()),
            prop::sample::select(stages.to_vec()),
            prop::sample::select(vec![0, 0, 500_000_000]),
        )
            .prop_map(move |(rate, free, step, method, stage, minimum)| {
                // Blocks of time hide the last digits of a fine rate from the bills.
                let rate = if step.is_some() { rate - rate % 10_000 } else { rate };
                let is_once = step.is_some_and(|step: Step| step.stage == Stage::Session);
                let stage = if is_once { Stage::Session } else { stage };
                let rounding = RoundingStep { stage, method, digits: 2 };
                let minimum = Money(minimum);
                Rule { rate, free, minimum, step, rounding, ..flat(measure, 0) }
            })
    })
}

/// A quarter of an hour at 0.40 is 0.10: such blocks and tenths are one tariff.
#[test]
fn blocks_of_a_tenth_are_a_rounding() {
    let step = Step { size: 900 * SECOND, direction: Direction::Nearest, stage: Stage::Session };
    let minimum = Money(500_000_000);
    let rule = Rule { rate: 400_000, minimum, step: Some(step), ..flat(Measure::Connected, 0) };
    is_found(rule, sessions(&mut Chance(14_396_346_820_932_979_259), 90, 5)).expect("found");
}

/// Of ninety bills 52 are the minimum alone, which whole hours from none to two come to.
#[test]
fn blocks_behind_a_minimum_are_found() {
    let step = Step { size: HOUR, direction: Direction::Down, stage: Stage::Interval };
    let (free, minimum) = (4 * HOUR, Money(500_000_000));
    let rounding = RoundingStep { method: Method::Down, ..USUAL };
    let hours = flat(Measure::Connected, 23);
    let rule = Rule { free, minimum, step: Some(step), rounding, ..hours };
    is_found(rule, sessions(&mut Chance(5_603_573_022_146_378_632), 90, 5)).expect("found");
}

/// No session has between 3.6 and 5.3 kWh, so that 4 or 5 may be free: the other bills tell.
#[test]
fn of_several_round_allowances_the_right_one_is_found() {
    let rounding = RoundingStep { method: Method::Up, ..USUAL };
    let rule = Rule { free: 5_000, rounding, ..flat(Measure::Energy, 350) };
    is_found(rule, sessions(&mut Chance(2_290_440_588_759_381_868), 90, 5)).expect("found");
}

/// A rate of 0.4897 and cents rounded up explain all but 19 of 150 bills of begun minutes at 0.49.
#[test]
fn blocks_that_few_bills_show_are_found() {
    let step = Step { size: 60 * SECOND, direction: Direction::Up, stage: Stage::Session };
    let rounding = RoundingStep { method: Method::HalfEven, ..USUAL };
    let rule = Rule { free: HOUR, step: Some(step), rounding, ..flat(Measure::Connected, 49) };
    is_found(rule, sessions(&mut Chance(17_915_260_570_828_786_069), 150, 1)).expect("found");
}

/// Minutes at 0.33 an hour have halves of a cent, which go to the even one: 0.3299 behind 59
/// minutes, cut to cents, explains all but three of these bills.
#[test]
fn halves_to_the_even_cent_are_found() {
    let rounding = RoundingStep { method: Method::HalfEven, ..USUAL };
    let rule = Rule { free: HOUR, rounding, ..flat(Measure::Connected, 33) };
    let mut told = sessions(&mut Chance(5), 150, 1);
    for own in &mut told {
        own.parts[0].0 -= own.parts[0].0 % 60;
    }
    is_found(rule, told).expect("found");
}

/// What is found is the rule, or lists it, and explains every bill.
fn is_found(rule: Rule, told: Vec<Told>) -> Result<(), TestCaseError> {
    let Some(rule) = shown(rule, &told) else { return Ok(()) };
    let shorter = as_rounding(rule, &told);
    let finding = inferred(&billed(told, |_| rule));
    prop_assert_eq!(finding.eras.len(), 1, "{:?}", rule);
    prop_assert!(finding.suspects.is_empty(), "{:?}", rule);
    let era = &finding.eras[0];
    prop_assert!(names(era, &rule) || names(era, &shorter), "{:?} {:?}", rule, era.rule);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever tariff of the family made the bills, it is found or listed.
    #[test]
    fn a_hidden_tariff_is_found(rule in hidden(&[Stage::Session]), seed in any::<u64>()) {
        is_found(rule, sessions(&mut Chance(seed), 150, 1))?;
    }

    /// The same where sessions have several intervals, which blocks and rounding may heed.
    #[test]
    fn a_stage_is_found(
        rule in hidden(&[Stage::Session, Stage::Interval]),
        seed in any::<u64>(),
    ) {
        is_found(rule, sessions(&mut Chance(seed), 90, 5))?;
    }

    /// A rate that changes once is found on both sides, and so is the day, among spoiled bills.
    #[test]
    fn a_change_is_found_to_the_day(
        first in 20_i64..200,
        more in 1_i64..60,
        spoiled in 0_usize..4,
        seed in any::<u64>(),
    ) {
        let mut chance = Chance(seed);
        let (old, new) = (flat(Measure::Energy, first), flat(Measure::Energy, first + more));
        let mut told = billed(sessions(&mut chance, 200, 1), |told| match told.start < MARCH {
            true => old,
            false => new,
        });
        for session in told.iter_mut().take(spoiled) {
            session.issued = Some(Money(7_770_000_000 + i128::from(chance.below(90)) * 10_000_000));
        }
        let finding = inferred(&told);
        prop_assert_eq!(finding.eras.len(), 2, "{:?}", finding);
        prop_assert_eq!(finding.eras[0].rule, old);
        prop_assert_eq!(finding.eras[1].rule, new);
        prop_assert_eq!(finding.eras[1].from, MARCH);
        prop_assert!(finding.suspects.len() <= spoiled);
    }

    /// Amounts cut interval by interval show it, where sessions have several.
    #[test]
    fn truncation_by_interval_is_found(hundredths in 20_i64..200, seed in any::<u64>()) {
        let rounding = RoundingStep { stage: Stage::Interval, method: Method::Down, digits: 2 };
        let rule = Rule { rounding, ..flat(Measure::Energy, hundredths) };
        let finding = inferred(&billed(sessions(&mut Chance(seed), 90, 6), |_| rule));
        prop_assert_eq!(finding.eras.len(), 1);
        prop_assert_eq!(finding.eras[0].rule, rule);
        prop_assert!(finding.eras[0].equivalent.iter().all(|own| own.stage <= Stage::Period));
    }

    /// Whatever was billed, each bill either fits its era or is a suspect, and nothing breaks.
    #[test]
    fn every_bill_is_accounted_for(
        amounts in prop::collection::vec(-5_000_i128..2_000_000_000, 1..30),
        is_wild in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut told = sessions(&mut Chance(seed), amounts.len(), 3);
        for (session, amount) in told.iter_mut().zip(&amounts) {
            let unit = if is_wild { 1_000_000_007 } else { 10_000_000 };
            session.issued = Some(Money(amount % 2_000 * unit));
        }
        let finding = inferred(&told);
        let (fits, of) = finding.eras.iter().fold((0, 0), |(fits, of), era| {
            (fits + era.fits, of + era.of)
        });
        prop_assert_eq!(of, amounts.len());
        prop_assert_eq!(finding.suspects.len(), of - fits);
    }
}

proptest! {
    /// The rate that made a bill is among those that the bill allows; where it comes to the minimum
    /// alone, so is every other.
    #[test]
    fn a_bill_allows_its_own_rate(
        rule in hidden(&[Stage::Session, Stage::Interval]),
        seed in any::<u64>(),
    ) {
        let told = billed(sessions(&mut Chance(seed), 4, 4), |_| rule);
        for bill in made::bills(&told) {
            let allowed = super::allowed::rates(&rule, &bill);
            prop_assert!(allowed.is_some() || bill.issued == Money::ZERO, "{:?}", rule);
            if let Some((low, high)) = allowed {
                prop_assert!(low <= rule.rate && rule.rate <= high, "{:?} {} {}", rule, low, high);
            }
        }
    }

    /// The rate that is proposed is one that the most bills allow.
    #[test]
    fn a_peak_is_where_most_intervals_meet(
        ends in prop::collection::vec((1_i64..60, 0_i64..12), 1..12),
    ) {
        let allowed: Vec<(i64, i64)> = ends.iter().map(|(low, wide)| (*low, low + wide)).collect();
        let votes = |rate: i64| {
            allowed.iter().filter(|(low, high)| *low <= rate && rate <= *high).count()
        };
        let most = (1..80).map(votes).max();
        let peak = super::allowed::peaks(&allowed, 1, 1);
        prop_assert_eq!(peak.first().map(|peak| peak.votes), most);
        prop_assert_eq!(peak.first().map(|peak| votes(peak.rate)), most);
    }
}
