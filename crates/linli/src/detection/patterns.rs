//! Rules without their rate: what is measured, what is free, which blocks, which rounding.

use super::allowed::{peaks, rates};
use super::bill::Bill;
use super::free::allowances;
use super::rule::{Direction, Measure, Rule, Step};
use crate::domain::Money;
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};

/// Rates are searched with at most four digits first, and with six where that explains too little.
const FOUR_DIGITS: i64 = 100;
/// In a hundred: where simple rules explain so many of the bills above zero, blocks are not tried.
const ENOUGH: usize = 97;
/// The patterns that are looked at closely.
const KEPT: usize = 12;

/// Patterns that explain many bills of some stretch of time, the best first. The bills stand in
/// the order of their starts.
pub(super) fn patterns_of(bills: &[&Bill], digits: u8) -> Vec<Rule> {
    let samples = samples(bills);
    let minima = minima(bills);
    let mut scored = Vec::new();
    for measure in measures(bills) {
        for free in free_of(bills, measure) {
            score_all(&mut scored, &samples, &minima, digits, (measure, free, None));
        }
    }
    scored.sort_by_key(|(share, rule): &(usize, Rule)| (std::cmp::Reverse(*share), rule.cost()));
    if scored.first().is_none_or(|(share, _)| *share < ENOUGH) {
        let is_parted = bills.iter().any(|bill| bill.pieces.len() > 1);
        for measure in measures(bills).into_iter().filter(|measure| *measure != Measure::Session) {
            let free = free_of(bills, measure);
            for step in steps(measure, is_parted) {
                for free in before_steps(&free, step) {
                    score_all(&mut scored, &samples, &minima, digits, (measure, free, Some(step)));
                }
            }
        }
    }
    scored.sort_by_key(|(share, rule)| (std::cmp::Reverse(*share), rule.cost()));
    scored.dedup_by_key(|(_, rule)| *rule);
    scored.into_iter().map(|(_, rule)| rule).take(KEPT).collect()
}

/// What can be told apart: time charged and time idle only where they differ from time connected.
pub(super) fn measures(bills: &[&Bill]) -> Vec<Measure> {
    let differs =
        |measure| bills.iter().any(|bill| bill.total(measure) != bill.total(Measure::Connected));
    let mut measures = vec![Measure::Energy, Measure::Connected];
    if differs(Measure::Charging) {
        measures.extend([Measure::Charging, Measure::Idle]);
    }
    measures.push(Measure::Session);
    measures
}

/// Allowances of the whole and of its halves and quarters: they may change as rates do.
fn free_of(bills: &[&Bill], measure: Measure) -> Vec<i64> {
    let mut found = vec![0];
    if measure == Measure::Session {
        return found;
    }
    for parts in [1, 2, 4] {
        let size = bills.len().div_ceil(parts).max(1);
        for part in bills.chunks(size) {
            for free in allowances(part, measure) {
                if !found.contains(&free) {
                    found.push(free);
                }
            }
        }
    }
    found
}

/// A block that is not billed until it is whole looks like a longer allowance.
fn before_steps(free: &[i64], step: Step) -> Vec<i64> {
    let mut found = free.to_vec();
    let hidden = match step.direction {
        Direction::Up => return found,
        Direction::Down => step.size,
        Direction::Nearest => step.size.div_euclid(2),
    };
    let shorter = free.iter().map(|free| free.saturating_sub(hidden)).filter(|free| *free > 0);
    found.extend(shorter);
    found.sort_unstable();
    found.dedup();
    found
}

fn steps(measure: Measure, is_parted: bool) -> Vec<Step> {
    const SECOND: i64 = 1_000_000;
    let sizes: Vec<i64> = match measure {
        Measure::Energy => vec![5_000, 2_000, 1_000, 500, 250, 200, 100, 50, 10],
        _ => [60, 300, 600, 900, 1_800, 3_600, 7_200, 10, 30, 120, 180, 240, 360, 720, 1_200]
            .map(|seconds| seconds * SECOND)
            .to_vec(),
    };
    let ways = [Direction::Up, Direction::Down, Direction::Nearest];
    let stages =
        if is_parted { vec![Stage::Session, Stage::Interval] } else { vec![Stage::Session] };
    let mut steps = Vec::new();
    for stage in stages {
        for size in &sizes {
            steps.extend(ways.map(|direction| Step { size: *size, direction, stage }));
        }
    }
    steps
}

/// Amounts that may be the least one: among the lowest above zero, and far more frequent than any
/// amount would be by chance.
pub(super) fn minima(bills: &[&Bill]) -> Vec<Money> {
    let mut amounts: Vec<Money> =
        bills.iter().map(|bill| bill.issued).filter(|amount| *amount > Money::ZERO).collect();
    amounts.sort_unstable();
    let (mut found, mut below) = (Vec::new(), 0);
    for same in amounts.chunk_by(|a, b| a == b) {
        if below * 20 > amounts.len() {
            break;
        }
        if same.len() >= 3 && same.len() * 20 >= amounts.len() {
            found.extend(same.first().copied());
        }
        below += same.len();
    }
    found.truncate(2);
    found
}

/// Stretches of time at several scales, each as a sample of its bills above zero.
fn samples<'a>(bills: &[&'a Bill]) -> Vec<Vec<Vec<&'a Bill>>> {
    let telling: Vec<&Bill> =
        bills.iter().copied().filter(|bill| bill.issued > Money::ZERO).collect();
    let mut levels = Vec::new();
    for (parts, size) in [(1, 64), (2, 40), (4, 28), (8, 20)] {
        if parts > 1 && telling.len() < parts * 12 {
            break;
        }
        let long = telling.len().div_ceil(parts).max(1);
        levels.push(telling.chunks(long).map(|part| sample(part, size)).collect());
    }
    levels
}

/// At most so many bills, evenly spread.
pub(super) fn sample<'a>(bills: &[&'a Bill], most: usize) -> Vec<&'a Bill> {
    let stride = bills.len().div_ceil(most).max(1);
    bills.iter().copied().step_by(stride).collect()
}

fn score_all(
    scored: &mut Vec<(usize, Rule)>,
    samples: &[Vec<Vec<&Bill>>],
    minima: &[Money],
    digits: u8,
    (measure, free, step): (Measure, i64, Option<Step>),
) {
    let is_parted = samples.iter().flatten().flatten().any(|bill| bill.pieces.len() > 1);
    let is_by_interval = step.is_none_or(|step| step.stage == Stage::Interval);
    let stages = match is_parted && is_by_interval && measure != Measure::Session {
        true => vec![Stage::Session, Stage::Interval],
        false => vec![Stage::Session],
    };
    let minima = std::iter::once(Money::ZERO).chain(minima.iter().copied());
    for minimum in minima.filter(|minimum| *minimum == Money::ZERO || measure != Measure::Session) {
        for stage in &stages {
            for method in [Method::HalfUp, Method::Down, Method::Up] {
                let rounding = RoundingStep { stage: *stage, method, digits };
                let rule = Rule { measure, rate: 0, fee: 0, free, minimum, step, rounding };
                scored.push((share(&rule, samples), rule));
            }
        }
    }
}

/// In a hundred: the bills that some rate of their stretch explains, at the best scale.
fn share(rule: &Rule, samples: &[Vec<Vec<&Bill>>]) -> usize {
    let shares = samples.iter().map(|level| {
        let (mut explained, mut of) = (0, 0);
        for part in level {
            let allowed: Vec<_> = part.iter().filter_map(|bill| rates(rule, bill)).collect();
            explained += peaks(&allowed, FOUR_DIGITS, 1).first().map_or(0, |peak| peak.votes);
            of += part.len();
        }
        (explained * 100).checked_div(of).unwrap_or(0)
    });
    shares.max().unwrap_or(0)
}
