//! From bills to eras: rules are proposed from stretches of time, chosen, and improved.

use std::collections::BTreeSet;

use super::allowed::{peaks, rates};
use super::band::with_bands;
use super::bill::Bill;
use super::eras::{MISFIT, Stretch, eras};
use super::free::allowances;
use super::patterns::{measures, minima, patterns_of, sample, steps};
use super::rule::{Direction, Measure, RATE_UNIT, Rule, Step};
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};
use crate::domain::{Currency, Money};

/// How far apart rates are searched, in millionths: two, three, four and six digits.
const GRIDS: [i64; 4] = [10_000, 1_000, 100, 1];
/// A stretch of fewer bills proposes nothing of its own.
const SHORTEST: usize = 8;
/// The rules that a stretch proposes.
const PROPOSED: usize = 4;
/// The most stretches at one scale, and the most bills of each that are looked at.
const SCALES: u32 = 6;
const SAMPLE: usize = 96;
/// How often eras are improved and parted again.
const ROUNDS: usize = 3;

/// The eras of bills in one currency, which stand in the order of their starts.
pub(super) fn search(bills: &[&Bill], currency: Currency) -> Vec<Stretch> {
    let written = written(bills);
    let digits = written.max(currency.minor_digits());
    let mut patterns = patterns_of(bills, digits);
    if written < digits {
        patterns.extend(patterns_of(bills, written));
    }
    let mut rules: BTreeSet<Rule> = proposed(bills, &patterns);
    rules.insert(nothing(digits));
    let mut found = eras(bills, &in_order(&rules));
    if is_badly_told(bills, &found) {
        let energy = Rule { measure: Measure::Energy, ..nothing(digits) };
        for method in [Method::HalfUp, Method::Down, Method::Up] {
            let rounding = RoundingStep { method, ..energy.rounding };
            rules.extend(with_bands(&Rule { rounding, ..energy }, bills));
        }
        found = eras(bills, &in_order(&rules));
    }
    for _ in 0..ROUNDS {
        let before = rules.len();
        for Stretch { rule, from, until } in &found {
            let own = bills.get(*from..*until).unwrap_or_default();
            rules.insert(improved(rule, own));
        }
        if rules.len() == before {
            break;
        }
        found = eras(bills, &in_order(&rules));
    }
    found
}

/// Whether more than one bill in twenty fits nothing: then the clock may decide.
fn is_badly_told(bills: &[&Bill], found: &[Stretch]) -> bool {
    let misfits = found.iter().map(|own| {
        let bills = bills.get(own.from..own.until).unwrap_or_default();
        bills.iter().filter(|bill| !own.rule.fits(bill)).count()
    });
    misfits.sum::<usize>().saturating_mul(20) > bills.len()
}

/// The digits that all but one in twenty bills are written with.
fn written(bills: &[&Bill]) -> u8 {
    let mut written: Vec<u8> = bills.iter().map(|bill| digits_of(bill.issued)).collect();
    written.sort_unstable();
    let usual = written.get((written.len() * 19 / 20).min(written.len().saturating_sub(1)));
    usual.copied().unwrap_or(0)
}

fn digits_of(amount: Money) -> u8 {
    let fits = |digits: &u8| {
        let unit = Money::UNIT.checked_div(10_i128.pow((*digits).into())).unwrap_or(1);
        amount.0.checked_rem(unit) == Some(0)
    };
    (0..=9).find(fits).unwrap_or(9)
}

/// Nobody pays anything.
fn nothing(digits: u8) -> Rule {
    Rule {
        measure: Measure::Session,
        rate: 0,
        fee: 0,
        band: None,
        free: 0,
        minimum: Money::ZERO,
        step: None,
        rounding: RoundingStep { stage: Stage::Session, method: Method::HalfUp, digits },
    }
}

/// Simple rules first: of two that explain as much, the first is taken.
fn in_order(rules: &BTreeSet<Rule>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = rules.iter().copied().collect();
    rules.sort_by_key(|rule| (rule.cost(), *rule));
    rules
}

/// The best rules of every stretch of time, from the whole to a few bills; stretches overlap, so
/// that a short era lies in one of them.
fn proposed(bills: &[&Bill], patterns: &[Rule]) -> BTreeSet<Rule> {
    let mut found = BTreeSet::new();
    for scale in 0..SCALES {
        let size = bills.len().div_ceil(1 << scale);
        if scale > 0 && size < SHORTEST {
            break;
        }
        let mut from = 0;
        while from < bills.len() {
            let until = from.saturating_add(size).min(bills.len());
            propose(bills.get(from..until).unwrap_or_default(), patterns, &mut found);
            from = from.saturating_add(size.div_ceil(2).max(1));
        }
    }
    found
}

fn propose(stretch: &[&Bill], patterns: &[Rule], found: &mut BTreeSet<Rule>) {
    let mut own = Vec::new();
    let seen = seen(stretch, SAMPLE);
    for pattern in patterns {
        own.extend(with_rates(pattern, &seen).map(|rule| with_halves(rule, &seen)));
    }
    own.sort_unstable();
    own.dedup();
    found.extend(own.into_iter().take(PROPOSED).map(|(_, rule)| rule));
}

/// What the rule's story costs, with halves up or to the even digit, whichever is cheaper: both
/// allow a bill the same rates, and only the amounts tell them apart.
fn with_halves(rule: Rule, bills: &[&Bill]) -> (i64, Rule) {
    let up = (price(&rule, bills), rule);
    if rule.rounding.method != Method::HalfUp {
        return up;
    }
    let rounding = RoundingStep { method: Method::HalfEven, ..rule.rounding };
    let even = Rule { rounding, ..rule };
    up.min((price(&even, bills), even))
}

/// A sample in which bills above zero are not drowned by those that are free.
fn seen<'a>(bills: &[&'a Bill], most: usize) -> Vec<&'a Bill> {
    let (costly, free): (Vec<&Bill>, Vec<&Bill>) =
        bills.iter().copied().partition(|bill| bill.issued > Money::ZERO);
    let mut seen = sample(&costly, most);
    seen.extend(sample(&free, most / 2));
    seen
}

/// The pattern with the rates that most bills allow, at each number of digits.
fn with_rates(pattern: &Rule, bills: &[&Bill]) -> impl Iterator<Item = Rule> {
    let costly = bills.iter().filter(|bill| bill.issued > Money::ZERO);
    let allowed: Vec<(i64, i64)> = costly.filter_map(|bill| rates(pattern, bill)).collect();
    let pattern = *pattern;
    GRIDS.into_iter().flat_map(move |grid| {
        let most = if grid == RATE_UNIT / 100 { 3 } else { 1 };
        peaks(&allowed, grid, most).into_iter().map(move |peak| Rule { rate: peak.rate, ..pattern })
    })
}

/// What a story of one era would cost, in tenths of a bill.
fn price(rule: &Rule, bills: &[&Bill]) -> i64 {
    let misfits = bills.iter().filter(|bill| !rule.fits(bill)).count();
    let misfits = i64::try_from(misfits).unwrap_or(i64::MAX);
    misfits.saturating_mul(MISFIT).saturating_add(rule.cost())
}

/// The best of the rules near this one, step by step, as long as it gets better.
fn improved(rule: &Rule, bills: &[&Bill]) -> Rule {
    let seen = seen(bills, SAMPLE * 4);
    let rough = self::seen(bills, SAMPLE);
    let (mut best, mut least) = (*rule, price(rule, &seen));
    for _ in 0..ROUNDS {
        let start = best;
        let mut near = Vec::new();
        let is_short = least > start.cost();
        let stepped = if is_short { with_steps(&start, bills) } else { Vec::new() };
        for pattern in neighbours(&start, bills).into_iter().chain(stepped) {
            near.extend(with_rates(&pattern, &rough));
            near.push(Rule { rate: start.rate, ..pattern });
        }
        near.extend(with_fees(&start));
        near.sort_unstable();
        near.dedup();
        // What is bad on a few is not tried on all.
        let mut near: Vec<(i64, Rule)> =
            near.into_iter().map(|rule| (price(&rule, &rough), rule)).collect();
        near.sort_unstable();
        for (_, rule) in near.into_iter().take(24) {
            let cost = price(&rule, &seen);
            if (cost, rule.cost()) < (least, best.cost()) {
                (best, least) = (rule, cost);
            }
        }
        if best == start {
            break;
        }
    }
    best
}

/// Rules that differ from this one in one thing beside the rate.
pub(super) fn neighbours(rule: &Rule, bills: &[&Bill]) -> Vec<Rule> {
    let mut near = vec![*rule];
    let is_parted = bills.iter().any(|bill| bill.pieces.len() > 1);
    let by_interval = is_parted && rule.step.is_none_or(|step| step.stage == Stage::Interval);
    let stages = [Stage::Session, Stage::Interval];
    for stage in stages.into_iter().filter(|stage| *stage == Stage::Session || by_interval) {
        for method in [Method::HalfUp, Method::HalfEven, Method::Down, Method::Up] {
            let rounding = RoundingStep { stage, method, ..rule.rounding };
            near.push(Rule { rounding, fee: 0, ..*rule });
        }
    }
    for minimum in minima(bills).into_iter().chain([Money::ZERO]) {
        near.push(Rule { minimum, ..*rule });
    }
    if rule.measure == Measure::Session || rule.band.is_some() {
        near.extend(super::band::near(rule));
        return near;
    }
    let mut free = allowances(bills, rule.measure);
    free.push(0);
    if let Some(step) = rule.step {
        near.push(Rule { step: None, ..*rule });
        for direction in [Direction::Up, Direction::Down, Direction::Nearest] {
            let step = Some(Step { direction, ..step });
            near.push(Rule { step, ..*rule });
            near.extend(free.iter().map(|free| Rule { step, free: *free, ..*rule }));
            let shorter = rule.free.saturating_sub(step.map_or(0, |step| step.size));
            near.push(Rule { step, free: shorter.max(0), ..*rule });
        }
    }
    near.extend(to_the_nearest(rule, bills));
    near.extend(free.into_iter().map(|free| Rule { free, ..*rule }));
    near.extend(
        measures(bills)
            .into_iter()
            .filter(|measure| (*measure == Measure::Energy) == (rule.measure == Measure::Energy))
            .filter(|measure| *measure != Measure::Session)
            .map(|measure| Rule { measure, ..*rule }),
    );
    near
}

/// The rule with blocks: rates a little off and another rounding hide them in most bills, and only
/// those that it does not explain show them.
fn with_steps(rule: &Rule, bills: &[&Bill]) -> Vec<Rule> {
    if rule.measure == Measure::Session || rule.band.is_some() || rule.step.is_some() {
        return Vec::new();
    }
    let is_parted = bills.iter().any(|bill| bill.pieces.len() > 1);
    let mut near = Vec::new();
    for step in steps(rule.measure, is_parted) {
        for method in [Method::HalfUp, Method::Down, Method::Up] {
            let stage = step.stage.max(rule.rounding.stage);
            let rounding = RoundingStep { stage, method, ..rule.rounding };
            near.push(Rule { step: Some(step), fee: 0, rounding, ..*rule });
        }
    }
    near
}

/// Whole blocks alone, from half a block earlier on, are blocks to the nearest: they differ for
/// sessions that cost the minimum, so both change in one step.
fn to_the_nearest(rule: &Rule, bills: &[&Bill]) -> Vec<Rule> {
    let Some(step) = rule.step.filter(|step| step.direction == Direction::Down) else {
        return Vec::new();
    };
    let free = rule.free.saturating_add(step.size.div_euclid(2));
    let step = Some(Step { direction: Direction::Nearest, ..step });
    let minima = minima(bills).into_iter().chain([Money::ZERO]);
    minima.map(|minimum| Rule { free, minimum, step, ..*rule }).collect()
}

/// The rule with its rate told apart into two fees, each of two digits and rounded by itself.
fn with_fees(rule: &Rule) -> Vec<Rule> {
    if rule.measure != Measure::Energy || rule.fee != 0 || rule.band.is_some() {
        return Vec::new();
    }
    let hundredth = RATE_UNIT / 100;
    let whole = rule.rate.div_euclid(hundredth);
    let larger = whole.div_euclid(2).saturating_add(whole.rem_euclid(2))..whole;
    let ways = [Method::HalfUp, Method::HalfEven, Method::Down, Method::Up];
    let mut near = Vec::new();
    for fee in larger.take(200) {
        for method in ways {
            let rounding = RoundingStep { stage: Stage::Component, method, ..rule.rounding };
            near.push(Rule { fee: fee.saturating_mul(hundredth), rounding, ..*rule });
        }
    }
    near
}
