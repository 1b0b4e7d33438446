//! One era: its rule, how well it fits, what supports it, and what would fit as well.

use super::allowed::rates;
use super::band::Band;
use super::bill::Bill;
use super::change::Change;
use super::finding::Part;
use super::rule::{Direction, Measure, Rule, Step};
use super::search::neighbours;
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};
use crate::domain::{Currency, Money, Timestamp, Zone};

/// A stretch of time under one inferred rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Era {
    /// When it began: the change, or the first bill there is.
    pub from: Timestamp,
    /// When the next one began; `None` for the last.
    pub to: Option<Timestamp>,
    /// The zone in which these are told.
    pub zone: Zone,
    /// The change that it began with; `None` for the first.
    pub change: Option<Change>,
    /// The currency of its bills.
    pub currency: Currency,
    /// The rule.
    pub rule: Rule,
    /// The lowest and the highest rate that all the bills allow which fit.
    pub rate_between: (Money, Money),
    /// Roundings that fit as many bills.
    pub equivalent: Vec<RoundingStep>,
    /// Rules other than in their rounding that fit as many bills.
    pub alternatives: Vec<Rule>,
    /// How many bills each inference rests on.
    pub support: Support,
    /// How many of its bills fit.
    pub fits: usize,
    /// How many bills it has.
    pub of: usize,
}

/// How many bills each inference rests on: those that fit with it and would not without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Bills that cost something and fit.
    pub rate: usize,
    /// Bills that would not fit if nothing were free.
    pub free: usize,
    /// Bills that would not fit without the minimum.
    pub minimum: usize,
    /// Bills that would not fit without blocks.
    pub step: usize,
    /// Bills that tell the rounding from the best one that is not among the equivalent.
    pub rounding: usize,
    /// Bills that would not fit without the band.
    pub band: usize,
}

/// The most other rules that are listed.
const MOST_ALTERNATIVES: usize = 12;

impl Era {
    /// The rate, in the currency's main unit.
    #[must_use]
    pub fn rate(&self) -> Money {
        self.rule.rate()
    }

    /// The era of some bills; `None` where there are none.
    pub(super) fn of(
        part: &Part<'_, '_>,
        change: Option<Change>,
        currency: Currency,
    ) -> Option<Self> {
        let first = part.bills.first()?;
        let (rule, of) = (*part.rule, part.bills.len());
        let fitting: Vec<&Bill> =
            part.bills.iter().copied().filter(|bill| rule.fits(bill)).collect();
        let (equivalent, telling) = roundings(&rule, part.bills, &fitting);
        let between = rate_between(&rule, &fitting);
        let mut support = supported(&rule, &fitting);
        support.rounding = telling;
        Some(Self {
            from: change.as_ref().map_or(first.started_at, |change| change.at),
            to: part.next.map(|(_, change)| change.at),
            zone: first.zone,
            change,
            currency,
            rule,
            rate_between: (millionths(between.0), millionths(between.1)),
            equivalent,
            alternatives: alternatives(&rule, part.bills, fitting.len(), between),
            support,
            fits: part.bills.iter().filter(|bill| part.fits(bill)).count(),
            of,
        })
    }
}

impl Rule {
    /// The rate, in the currency's main unit.
    #[must_use]
    pub fn rate(&self) -> Money {
        millionths(self.rate)
    }

    /// What the rate is for.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The hours of the clock that have a rate of their own; `None` where there are none.
    #[must_use]
    pub fn band(&self) -> Option<Band> {
        self.band
    }

    /// The two fees that are rounded apart, the larger first; `None` for one price.
    #[must_use]
    pub fn fees(&self) -> Option<(Money, Money)> {
        let service = self.rate.saturating_sub(self.fee);
        (self.fee != 0).then(|| (millionths(self.fee), millionths(service)))
    }

    /// What is free in each session, in billionths of an hour or a kilowatt-hour, so that it is
    /// shown like an amount; `None` where nothing is.
    #[must_use]
    pub fn free(&self) -> Option<Money> {
        let billionths = i128::from(self.free).checked_mul(Money::UNIT)?;
        let free = billionths.checked_div(self.measure.unit())?;
        (self.free != 0).then_some(Money(free))
    }

    /// The least that a session costs once it costs anything; `None` where there is no such.
    #[must_use]
    pub fn minimum(&self) -> Option<Money> {
        (self.minimum != Money::ZERO).then_some(self.minimum)
    }

    /// The blocks; `None` where every second or watt-hour counts.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        self.step
    }

    /// The rounding.
    #[must_use]
    pub fn rounding(&self) -> RoundingStep {
        self.rounding
    }
}

fn millionths(rate: i64) -> Money {
    Money(i128::from(rate).saturating_mul(1_000))
}

fn fit(rule: &Rule, bills: &[&Bill]) -> usize {
    bills.iter().filter(|bill| rule.fits(bill)).count()
}

/// The roundings that fit as many bills, and by how many the best other one falls short.
fn roundings(rule: &Rule, bills: &[&Bill], fitting: &[&Bill]) -> (Vec<RoundingStep>, usize) {
    let is_parted = bills.iter().any(|bill| bill.pieces.len() > 1);
    let is_once = rule.step.is_some_and(|step| step.stage == Stage::Session);
    let mut digits = vec![0, 1, 2, 3, 4];
    digits.push(rule.rounding.digits);
    digits.sort_unstable();
    digits.dedup();
    let (mut found, mut nearest) = (Vec::new(), 0);
    for digits in digits {
        for method in Method::ALL {
            for stage in [Stage::Session, Stage::Interval] {
                // Blocks that are counted once cannot be told by interval.
                if stage == Stage::Interval && ((is_parted && is_once) || rule.fee != 0) {
                    continue;
                }
                let own = if rule.fee == 0 { stage } else { Stage::Component };
                let rounding = RoundingStep { stage: own, method, digits };
                let fits = fit(&Rule { rounding, ..*rule }, bills);
                if fits < fitting.len() {
                    nearest = nearest.max(fits);
                    continue;
                }
                let is_one = rule.fee == 0 && rule.band.is_none();
                let same: &[Stage] = if is_one { same_as(own) } else { &[own] };
                found.extend(same.iter().map(|stage| RoundingStep {
                    stage: *stage,
                    method,
                    digits,
                }));
            }
        }
    }
    found.retain(|rounding| *rounding != rule.rounding);
    (found, fitting.len().saturating_sub(nearest))
}

/// Stages that no bill of one price without windows can tell apart: its one component is the
/// session, and nothing cuts an interval into periods.
fn same_as(stage: Stage) -> &'static [Stage] {
    match stage {
        Stage::Interval => &[Stage::Interval, Stage::Period],
        _ => &[Stage::Session, Stage::Component],
    }
}

fn supported(rule: &Rule, fitting: &[&Bill]) -> Support {
    let without = |other: &Rule| fitting.len().saturating_sub(fit(other, fitting));
    Support {
        rate: fitting.iter().filter(|bill| bill.issued > Money::ZERO).count(),
        free: without(&Rule { free: 0, ..*rule }),
        minimum: without(&Rule { minimum: Money::ZERO, ..*rule }),
        step: without(&Rule { step: None, ..*rule }),
        rounding: 0,
        band: without(&Rule { band: None, ..*rule }),
    }
}

/// What is left for the rate by all bills that fit, in millionths.
fn rate_between(rule: &Rule, fitting: &[&Bill]) -> (i64, i64) {
    let allowed = fitting.iter().filter_map(|bill| rates(rule, bill));
    let both = allowed.reduce(|(low, high), (from, until)| (low.max(from), high.min(until)));
    let (low, high) = both.unwrap_or((rule.rate, rule.rate));
    (low.min(rule.rate), high.max(rule.rate))
}

/// The rates of no more digits than the rule's that the bills leave open.
fn other_rates(rule: &Rule, (low, high): (i64, i64)) -> impl Iterator<Item = i64> {
    let mut grid = 1_i64;
    while rule.rate != 0 && rule.rate.rem_euclid(grid.saturating_mul(10)) == 0 {
        grid = grid.saturating_mul(10);
    }
    let first = low.div_euclid(grid).saturating_add(i64::from(low.rem_euclid(grid) != 0));
    let rates = (first..).map(move |place| place.saturating_mul(grid));
    rates.take_while(move |rate| *rate <= high).take(MOST_ALTERNATIVES)
}

/// Other rates, allowances, minima, blocks and measures that fit as many, the simplest first.
fn alternatives(rule: &Rule, bills: &[&Bill], fits: usize, between: (i64, i64)) -> Vec<Rule> {
    let mut near = neighbours(rule, bills);
    if let Some(step) = rule.step {
        // Blocks that begin later and are billed when begun look like those billed when whole, and
        // those billed to the nearest like others from half a block earlier.
        let half = step.size.div_euclid(2);
        for (direction, free) in [
            (Direction::Up, rule.free.saturating_add(step.size)),
            (Direction::Down, rule.free.saturating_sub(step.size)),
            (Direction::Up, rule.free.saturating_add(half)),
            (Direction::Down, rule.free.saturating_sub(half)),
            (Direction::Nearest, rule.free.saturating_add(half)),
            (Direction::Nearest, rule.free.saturating_sub(half)),
        ] {
            let step = Some(Step { direction, ..step });
            near.extend((free >= 0).then_some(Rule { free, step, ..*rule }));
        }
    }
    near.extend(other_rates(rule, between).map(|rate| Rule { rate, ..*rule }));
    near.sort_by_key(|other| (other.cost(), *other));
    near.dedup();
    // A minimum that no bill asks for would be one of many: it is left out.
    let is_asked_for = |other: &&Rule| other.minimum == Money::ZERO || rule.minimum != Money::ZERO;
    let same_rounding = |other: &&Rule| other.rounding == rule.rounding && *other != rule;
    let as_good = near
        .iter()
        .filter(same_rounding)
        .filter(is_asked_for)
        .filter(|other| fit(other, bills) >= fits);
    as_good.take(MOST_ALTERNATIVES).copied().collect()
}
