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
/// The patterns with blocks that are held against the whole sample, and the patterns of any kind
/// that are looked at closely.
const ROUGH: usize = 64;
const KEPT: usize = 8;

/// Bills above zero at several scales, from all of the time to an eighth of it.
type Samples<'a> = Vec<Vec<Vec<&'a Bill>>>;

/// Patterns that explain many bills of some stretch of time, the best first. The bills stand in
/// the order of their starts.
pub(super) fn patterns_of(bills: &[&Bill], digits: u8) -> Vec<Rule> {
    let samples = samples(bills);
    let minima = minima(bills);
    let (mut simple, mut stepped) = (Vec::new(), Vec::new());
    let is_parted = bills.iter().any(|bill| bill.pieces.len() > 1);
    let roundings = roundings(digits, is_parted);
    for measure in measures(bills) {
        let free = free_of(bills, measure);
        for free in &free {
            add(&mut simple, &roundings, &minima, (measure, *free, None));
        }
        if measure == Measure::Session {
            continue;
        }
        for step in steps(measure, is_parted) {
            for free in before_steps(&free, step) {
                add(&mut stepped, &roundings, &minima, (measure, free, Some(step)));
            }
        }
    }
    let mut scored = scored(simple, &samples);
    if scored.iter().all(|own| own.share < ENOUGH) {
        let rough = best(self::scored(stepped, &few(&samples)), ROUGH);
        scored.extend(self::scored(rough, &samples));
    }
    best(scored, KEPT)
}

/// A pattern, and how much it explains.
struct Scored {
    rule: Rule,
    cost: i64,
    /// In a hundred: the bills that some rate of their stretch explains, at the best scale.
    share: usize,
    /// The bills of each stretch that one rate explains.
    votes: Vec<usize>,
}

fn scored(patterns: Vec<Rule>, samples: &Samples<'_>) -> Vec<Scored> {
    let score = |rule: Rule| {
        let (mut best, mut all) = (0, Vec::new());
        for level in samples {
            let votes: Vec<usize> = level.iter().map(|part| votes(&rule, part)).collect();
            let of: usize = level.iter().map(Vec::len).sum();
            let share = (votes.iter().sum::<usize>() * 100).checked_div(of);
            best = best.max(share.unwrap_or(0));
            all.extend(votes);
        }
        Scored { rule, cost: rule.cost(), share: best, votes: all }
    };
    patterns.into_iter().map(score).collect()
}

/// The bills that one rate explains.
fn votes(rule: &Rule, bills: &[&Bill]) -> usize {
    let allowed: Vec<_> = bills.iter().filter_map(|bill| rates(rule, bill)).collect();
    peaks(&allowed, FOUR_DIGITS, 1).first().map_or(0, |peak| peak.votes)
}

/// So many that explain the most over all, and the best of each stretch: an era may differ from the
/// others in more than its rate.
fn best(mut scored: Vec<Scored>, most: usize) -> Vec<Rule> {
    scored.sort_by_key(|own| (std::cmp::Reverse(own.share), own.cost, own.rule));
    let mut found: Vec<Rule> = scored.iter().take(most).map(|own| own.rule).collect();
    let stretches = scored.first().map_or(0, |own| own.votes.len());
    for stretch in 0..stretches {
        let votes = |own: &&Scored| {
            let votes = own.votes.get(stretch).copied().unwrap_or(0);
            (votes, std::cmp::Reverse((own.cost, own.rule)))
        };
        found.extend(scored.iter().max_by_key(votes).map(|own| own.rule));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|rule| seen.insert(*rule));
    found
}

/// A few bills: from all of the time, and from three short stretches of it.
fn few<'a>(samples: &Samples<'a>) -> Samples<'a> {
    let whole = samples.first().into_iter().flatten().map(|part| sample(part, 24)).collect();
    let short = samples.last().map(Vec::as_slice).unwrap_or_default();
    let three = short.iter().step_by(short.len().div_ceil(3).max(1));
    let three = three.map(|part| sample(part, 12)).collect();
    vec![whole, three]
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

pub(super) fn steps(measure: Measure, is_parted: bool) -> Vec<Step> {
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

/// Amounts that may be the least one: the most frequent among the lowest above zero.
pub(super) fn minima(bills: &[&Bill]) -> Vec<Money> {
    let mut amounts: Vec<Money> =
        bills.iter().map(|bill| bill.issued).filter(|amount| *amount > Money::ZERO).collect();
    amounts.sort_unstable();
    let (mut found, mut below) = (Vec::new(), 0);
    for same in amounts.chunk_by(|a, b| a == b) {
        if below * 20 > amounts.len() {
            break;
        }
        if same.len() >= 2 {
            found.extend(same.first().map(|amount| (same.len(), *amount)));
        }
        below += same.len();
    }
    found.sort_by_key(|(count, amount)| (std::cmp::Reverse(*count), *amount));
    found.into_iter().take(2).map(|(_, amount)| amount).collect()
}

/// Stretches of time at several scales, each as a sample of its bills above zero.
fn samples<'a>(bills: &[&'a Bill]) -> Samples<'a> {
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

/// The methods that a rate can be read from, at each stage that the bills can tell.
fn roundings(digits: u8, is_parted: bool) -> Vec<RoundingStep> {
    let stages = if is_parted { &[Stage::Session, Stage::Interval][..] } else { &[Stage::Session] };
    let methods = [Method::HalfUp, Method::Down, Method::Up];
    let of_stage = |stage: &Stage| {
        let stage = *stage;
        methods.map(|method| RoundingStep { stage, method, digits })
    };
    stages.iter().flat_map(of_stage).collect()
}

/// The patterns of a measure, an allowance and a block. Blocks that are counted once are not
/// rounded by interval, and a flat fee has neither intervals nor a minimum.
fn add(
    patterns: &mut Vec<Rule>,
    roundings: &[RoundingStep],
    minima: &[Money],
    (measure, free, step): (Measure, i64, Option<Step>),
) {
    let is_flat = measure == Measure::Session;
    let is_once = is_flat || step.is_some_and(|step| step.stage == Stage::Session);
    let minima = if is_flat { &[] } else { minima };
    for minimum in std::iter::once(Money::ZERO).chain(minima.iter().copied()) {
        let possible = |rounding: &&RoundingStep| !is_once || rounding.stage == Stage::Session;
        for rounding in roundings.iter().copied().filter(|rounding| possible(&rounding)) {
            let (rate, fee, band) = (0, 0, None);
            patterns.push(Rule { measure, rate, fee, band, free, minimum, step, rounding });
        }
    }
}
