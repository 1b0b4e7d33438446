//! Ten thousand made pairs of a tariff and a session in each run, and what must hold for every one
//! of them. Plans cover every dimension, restriction, version of OCPI, addition, limit and tax.

mod integrator;
mod made;
mod plan;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use self::integrator::{integrate, units};
pub(super) use self::made::{Pair, any_pair};
use super::*;
use crate::domain::Money;

type Held = Result<(), TestCaseError>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn every_pair_keeps_the_laws(pair in any_pair(), chance in any::<u32>()) {
        let tariff = pair.plan.tariff();
        let session = pair.session.metered();
        let (price, lines) = explain(&tariff, &session).unwrap();
        the_naive_integrator_agrees(&pair, &price)?;
        what_is_explained_is_what_is_priced(&tariff, &pair, &price)?;
        lines_are_the_bill(&pair, &price, &lines)?;
        limits_hold(&pair, &price)?;
        rounding_stays_near(&pair, &price, &lines)?;
        prices_scale(&pair, &price, i128::from(chance % 7) + 2)?;
        a_reading_on_the_line_changes_nothing(&pair, &price, chance)?;
        sessions_split_add_up(&pair, &price, chance)?;
        more_energy_never_costs_less(&pair, &price, chance)?;
    }
}

/// Slow and fast come to the same fraction, or neither priced anything.
fn the_naive_integrator_agrees(pair: &Pair, price: &Price) -> Held {
    let exact = price.is_priced().then_some(price.exact);
    prop_assert_eq!(exact, integrate(pair), "{}", pair.plan.json());
    Ok(())
}

/// The way that explains, the general way and the fast one are one computation.
fn what_is_explained_is_what_is_priced(tariff: &Tariff, pair: &Pair, explained: &Price) -> Held {
    let mut pricer = Pricer::new(tariff);
    let checked = pair.session.metered().check().unwrap();
    prop_assert_eq!(&pricer.price_checked(&checked).unwrap(), explained);
    prop_assert_eq!(&pricer.price_by_periods(&checked).unwrap(), explained);
    Ok(())
}

/// Lines add up to the bill, and to the energy and the time of the session where these are always
/// priced and no block changes them: an hour that a clock change repeats or leaves out is billed
/// as long as it lasted.
fn lines_are_the_bill(pair: &Pair, price: &Price, lines: &[Line]) -> Held {
    let sum: i128 = lines.iter().map(|line| line.amount.0).sum();
    prop_assert_eq!(Money(sum), price.amount);
    if pair.plan.prices().any(|one| one.step > 1) {
        return Ok(());
    }
    // Two fees of one component are two lines of one quantity.
    let of = |dimension| {
        let own = lines.iter().filter(move |line| line.dimension == Some(dimension));
        own.filter(|line| line.kind != LineKind::Service)
    };
    let quantity =
        |dimension| of(dimension).fold(Exact::ZERO, |sum, line| sum.plus(line.quantity).unwrap());
    let hours = |us: i64| Exact::fraction(us.into(), 3_600_000_000).unwrap();
    if pair.plan.always_prices(Dimension::Energy) {
        let energy = pair.session.metered().energy_kwh().unwrap();
        prop_assert_eq!(quantity(Dimension::Energy), energy);
        let printed: i128 = of(Dimension::Energy).map(|line| line.shown_thousandths).sum();
        prop_assert_eq!(Exact::fraction(printed, 1_000).unwrap(), energy);
    }
    for (dimension, us) in
        [(Dimension::Time, price.charging_us), (Dimension::Parking, price.parking_us)]
    {
        if pair.plan.always_prices(dimension) {
            prop_assert_eq!(quantity(dimension), hours(us));
        }
    }
    Ok(())
}

/// What is due lies between the least and the greatest price; where they cross, the greatest
/// counts.
fn limits_hold(pair: &Pair, price: &Price) -> Held {
    if !price.is_priced() {
        prop_assert_eq!(price.amount, Money::ZERO);
        return Ok(());
    }
    let (min, max) = (pair.plan.min.map(units), pair.plan.max.map(units));
    prop_assert!(max.is_none_or(|max| price.exact <= max));
    let least = min.map(|min| max.map_or(min, |max| min.min(max)));
    prop_assert!(least.is_none_or(|least| price.exact >= least));
    Ok(())
}

/// Each rounding moves its figure by half a unit at most, a directed one by less than a unit; the
/// session's is the only one on the total.
fn rounding_stays_near(pair: &Pair, price: &Price, lines: &[Line]) -> Held {
    let stages: Vec<Stage> = pair.plan.rounding.iter().map(|step| step.stage).collect();
    let amount = Exact::fraction(price.amount.0, Money::UNIT).unwrap();
    let moved = amount.minus(price.exact).unwrap();
    let moved = moved.max(Exact::ZERO.minus(moved).unwrap());
    if stages.iter().all(|stage| *stage >= Stage::Session) {
        let stated = pair.plan.rounding.iter().find(|step| step.stage == Stage::Session);
        let digits = match (stated, pair.plan.rounding.is_empty()) {
            (Some(step), _) => step.digits,
            (None, true) => 4,
            (None, false) => 9,
        };
        let unit = Exact::fraction(1, 10_i128.pow(digits.into())).unwrap();
        let nearest =
            stated.is_none_or(|step| matches!(step.method, Method::HalfUp | Method::HalfEven));
        let twice = moved.plus(moved).unwrap();
        prop_assert!(if nearest { twice <= unit } else { moved < unit }, "{moved:?} of {unit:?}");
    }
    // The residues of all lines, to the billionth that a line can hold, are the difference.
    let residue = lines.iter().fold(Exact::ZERO, |sum, line| {
        if line.kind == LineKind::Rounding {
            return sum.plus(line.exact).unwrap();
        }
        let amount = Exact::fraction(line.amount.0, Money::UNIT).unwrap();
        sum.plus(amount.minus(line.exact).unwrap()).unwrap()
    });
    prop_assert_eq!(residue, amount.minus(price.exact).unwrap());
    Ok(())
}

/// Prices and limits times k make the exact amount times k.
fn prices_scale(pair: &Pair, price: &Price, k: i128) -> Held {
    let mut plan = pair.plan.clone();
    let times = |figure: Option<i128>| figure.map(|figure| figure * k);
    (plan.min, plan.max) = (times(plan.min), times(plan.max));
    for one in plan.elements.iter_mut().flat_map(|part| &mut part.prices) {
        one.price *= k;
        one.electricity = times(one.electricity);
        (one.min, one.max) = (times(one.min), times(one.max));
    }
    let scaled = super::super::price(&plan.tariff(), &pair.session.metered()).unwrap();
    prop_assert_eq!(Ok(scaled.exact), price.exact.times(Exact::whole(k)));
    Ok(())
}

/// A reading added on the straight line changes nothing; power is what it was over the whole.
fn a_reading_on_the_line_changes_nothing(pair: &Pair, price: &Price, chance: u32) -> Held {
    let intervals = split(pair, chance);
    let session = Metered { units_per_wh: 60, intervals: &intervals, ..pair.session.metered() };
    let refined = super::super::price(&pair.plan.tariff(), &session).unwrap();
    prop_assert_eq!(refined.exact, price.exact);
    Ok(())
}

/// Where prices hold for what is used, whatever was used before, a session in two parts costs what
/// the whole costs.
fn sessions_split_add_up(pair: &Pair, price: &Price, chance: u32) -> Held {
    if !pair.plan.is_additive() {
        return Ok(());
    }
    let intervals = split(pair, chance);
    let tariff = pair.plan.tariff();
    let (head, tail) = intervals.split_at(1 + chance as usize % intervals.len());
    let mut sum = Exact::ZERO;
    for part in [head, tail].into_iter().filter(|part| !part.is_empty()) {
        let session = Metered { units_per_wh: 60, intervals: part, ..pair.session.metered() };
        sum = sum.plus(super::super::price(&tariff, &session).unwrap().exact).unwrap();
    }
    prop_assert_eq!(sum, price.exact);
    Ok(())
}

/// Under prices by the clock that are not negative more energy never costs less.
fn more_energy_never_costs_less(pair: &Pair, price: &Price, chance: u32) -> Held {
    let by_usage = pair.plan.elements.iter().any(|part| part.when.looks_at_usage());
    let backwards = pair.session.intervals.iter().any(|one| one.energy < 0);
    if by_usage || backwards || pair.plan.prices().any(|one| one.price < 0) || steps_differ(pair) {
        return Ok(());
    }
    let mut richer = pair.session.clone();
    let index = chance as usize % richer.intervals.len();
    richer.intervals[index].energy += i128::from(chance % 997);
    let dearer = super::super::price(&pair.plan.tariff(), &richer.metered()).unwrap();
    prop_assert!(dearer.exact >= price.exact);
    Ok(())
}

/// A block that is rounded down or to the nearest may be another one's after more energy.
fn steps_differ(pair: &Pair) -> bool {
    pair.plan.prices().any(|one| one.step > 1 && one.dimension == Dimension::Energy)
}

/// The session in sixtieths of a watt-hour, one of its intervals cut in two.
fn split(pair: &Pair, chance: u32) -> Vec<Interval> {
    let chosen = chance as usize % pair.session.intervals.len();
    let mut intervals = Vec::new();
    for (index, whole) in pair.session.intervals.iter().enumerate() {
        let scaled = Interval { energy: whole.energy * 60, ..*whole };
        let cells = whole.length_us() / (pair.cell_s * 1_000_000);
        if index != chosen || cells < 2 || 60 % cells != 0 {
            intervals.push(scaled);
            continue;
        }
        let first = 1 + i64::from(chance / 7) % (cells - 1);
        let until = Timestamp(whole.from.0 + first * pair.cell_s * 1_000_000);
        let energy = whole.energy * 60 / i128::from(cells) * i128::from(first);
        intervals.push(Interval { until, energy, ..scaled });
        intervals.push(Interval { from: until, energy: scaled.energy - energy, ..scaled });
    }
    intervals
}
