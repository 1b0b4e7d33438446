//! The naive integrator: walks over a session cell by cell, a second or a minute at a time, looks
//! each time at the wall clock and at what was used, and adds up fractions. Slow, and written from
//! the specification without the engine, so that it can contradict it.

use chrono::{Datelike, NaiveDate, TimeZone, Timelike};

use super::super::*;
use super::made::Pair;
use super::plan::{Plan, Priced, When};

/// Which component: the element, and the price within it.
type At = (usize, usize);

/// What one component priced without another of its dimension in between: watt-hours or seconds.
struct Stretch {
    dimension: Dimension,
    at: At,
    quantity: Exact,
}

/// A moment as restrictions see it.
struct Moment {
    minute: u32,
    date: NaiveDate,
    elapsed_s: i64,
    used_wh: Exact,
    power_w: Exact,
}

/// What the session costs before any rounding; `None` where nothing was priced.
pub(super) fn integrate(pair: &Pair) -> Option<Exact> {
    let (mut stretches, mut fixed) = (Vec::new(), None);
    let start = pair.session.intervals[0].from;
    let mut used_wh = Exact::ZERO;
    for interval in &pair.session.intervals {
        let cells = interval.length_us() / (pair.cell_s * 1_000_000);
        let energy = Exact::whole(interval.energy);
        let power_w = match interval.power {
            Some(watts) => Exact::whole(watts.0.into()),
            None if cells == 0 => Exact::ZERO,
            None => ratio(interval.energy * 3_600, (cells * pair.cell_s).into()),
        };
        for cell in 0..cells.max(1) {
            let at = Timestamp(interval.from.0 + cell * pair.cell_s * 1_000_000);
            let share = ratio(1, cells.max(1).into());
            for (from, until) in pieces(&pair.plan, used_wh, times(energy, share)) {
                let moment = Moment {
                    used_wh: times(plus(from, until), ratio(1, 2)),
                    power_w,
                    elapsed_s: (at.0 - start.0) / 1_000_000,
                    ..clock(at, pair.session.zone)
                };
                let of = |dimension| active(&pair.plan, dimension, &moment);
                if interval.energy != 0 || interval.activity == Activity::Charging {
                    add(
                        &mut stretches,
                        Dimension::Energy,
                        of(Dimension::Energy),
                        minus(until, from),
                    );
                }
                let timed = match interval.activity {
                    Activity::Charging => Some(Dimension::Time),
                    Activity::Idle => Some(Dimension::Parking),
                    Activity::Neither => None,
                };
                if let (Some(timed), true) = (timed, cells > 0) {
                    let part = part_of(minus(until, from), times(energy, share));
                    add(
                        &mut stretches,
                        timed,
                        of(timed),
                        times(Exact::whole(pair.cell_s.into()), part),
                    );
                }
                fixed = fixed.or(of(Dimension::Fixed));
            }
            used_wh = plus(used_wh, times(energy, share));
        }
    }
    apply_blocks(&pair.plan, &mut stretches);
    total(&pair.plan, &stretches, fixed)
}

/// The cell from `used` watt-hours on, cut where a threshold of energy is crossed.
fn pieces(plan: &Plan, used: Exact, energy: Exact) -> Vec<(Exact, Exact)> {
    let end = plus(used, energy);
    let (low, high) = (used.min(end), used.max(end));
    let whens = plan.elements.iter().map(|part| &part.when);
    let thresholds = whens.flat_map(|when| [when.min_wh, when.max_wh]).flatten().map(Exact::whole);
    let mut cuts: Vec<Exact> = thresholds.filter(|cut| low < *cut && *cut < high).collect();
    cuts.sort_unstable();
    cuts.dedup();
    if end < used {
        cuts.reverse();
    }
    cuts.push(end);
    let mut from = used;
    cuts.into_iter().map(|until| (std::mem::replace(&mut from, until), until)).collect()
}

/// What share of a cell's energy, and so of its time, a piece is.
fn part_of(piece: Exact, energy: Exact) -> Exact {
    if energy == Exact::ZERO {
        return Exact::whole(1);
    }
    times(piece, ratio(energy.denominator(), energy.numerator()))
}

fn clock(at: Timestamp, zone: Zone) -> Moment {
    let utc = chrono::DateTime::from_timestamp_micros(at.0).unwrap();
    let local = zone.from_utc_datetime(&utc.naive_utc());
    let (minute, date) = (local.hour() * 60 + local.minute(), local.date_naive());
    Moment { minute, date, elapsed_s: 0, used_wh: Exact::ZERO, power_w: Exact::ZERO }
}

/// Per dimension the first element that has it and matches.
fn active(plan: &Plan, dimension: Dimension, moment: &Moment) -> Option<At> {
    plan.elements.iter().enumerate().find_map(|(element, part)| {
        let index = part.prices.iter().position(|one| one.dimension == dimension)?;
        matches(&part.when, moment).then_some((element, index))
    })
}

fn matches(when: &When, moment: &Moment) -> bool {
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    let from = when.start_min.unwrap_or(0);
    let until = when.end_min.filter(|end| *end != 0).unwrap_or(1_440);
    let in_window = if when.start_min.is_some() && when.start_min == when.end_min {
        false
    } else if from < until {
        (from..until).contains(&moment.minute)
    } else {
        moment.minute >= from || moment.minute < until
    };
    let day = (moment.date.month(), moment.date.day());
    let in_season = when.season.is_none_or(|(from, until)| {
        if from <= until { from <= day && day <= until } else { day >= from || day <= until }
    });
    let weekday = moment.date.weekday().num_days_from_monday();
    !when.reservation
        && in_window
        && in_season
        && (when.weekdays.is_empty() || when.weekdays.contains(&weekday))
        && when.start_date.is_none_or(|first| moment.date >= date(first))
        && when.end_date.is_none_or(|end| moment.date < date(end))
        && when.min_wh.is_none_or(|min| moment.used_wh >= Exact::whole(min))
        && when.max_wh.is_none_or(|max| moment.used_wh < Exact::whole(max))
        && when.min_w.is_none_or(|min| moment.power_w >= Exact::whole(min))
        && when.max_w.is_none_or(|max| moment.power_w < Exact::whole(max))
        && when.min_s.is_none_or(|min| moment.elapsed_s >= min)
        && when.max_s.is_none_or(|max| moment.elapsed_s < max)
}

fn add(stretches: &mut Vec<Stretch>, dimension: Dimension, at: Option<At>, quantity: Exact) {
    let Some(at) = at else { return };
    match stretches.iter_mut().rev().find(|one| one.dimension == dimension) {
        Some(last) if last.at == at => last.quantity = plus(last.quantity, quantity),
        _ => stretches.push(Stretch { dimension, at, quantity }),
    }
}

/// Whole blocks of energy, and of idle time where any was priced, else of charging time: once, by
/// the block of the last price that priced anything.
fn apply_blocks(plan: &Plan, stretches: &mut [Stretch]) {
    let idle = stretches.iter().any(|one| one.dimension == Dimension::Parking);
    let timed = if idle { Dimension::Parking } else { Dimension::Time };
    for dimension in [Dimension::Energy, timed] {
        let mut own: Vec<&mut Stretch> =
            stretches.iter_mut().filter(|one| one.dimension == dimension).collect();
        let all = own.iter().fold(Exact::ZERO, |sum, one| plus(sum, one.quantity));
        own.retain(|one| one.quantity != Exact::ZERO);
        let Some(last) = own.last() else { continue };
        let priced = priced(plan, last.at);
        if priced.step < 2 || all <= Exact::ZERO {
            continue;
        }
        let size = Exact::whole(priced.step.into());
        let blocks = times(all, ratio(1, priced.step.into()));
        let whole = Exact::whole(blocks.numerator().div_euclid(blocks.denominator()));
        let over = minus(blocks, whole);
        let begun = match priced.direction {
            "up" => over > Exact::ZERO,
            "nearest" => over >= ratio(1, 2),
            _ => false,
        };
        let billed = if begun { plus(whole, Exact::whole(1)) } else { whole };
        let mut change = minus(times(billed, size), all);
        for stretch in own.into_iter().rev() {
            let most = minus(Exact::ZERO, stretch.quantity.max(Exact::ZERO));
            let here = change.max(most);
            stretch.quantity = plus(stretch.quantity, here);
            change = minus(change, here);
        }
    }
}

fn total(plan: &Plan, stretches: &[Stretch], fixed: Option<At>) -> Option<Exact> {
    let mut quantities: Vec<(At, Exact)> = Vec::new();
    for stretch in stretches {
        let per = if stretch.dimension == Dimension::Energy { 1_000 } else { 3_600 };
        let quantity = times(stretch.quantity, ratio(1, per));
        match quantities.iter_mut().find(|(at, _)| *at == stretch.at) {
            Some((_, sum)) => *sum = plus(*sum, quantity),
            None => quantities.push((stretch.at, quantity)),
        }
    }
    quantities.extend(fixed.map(|at| (at, Exact::whole(1))));
    if quantities.is_empty() {
        return None;
    }
    let total = quantities.into_iter().fold(Exact::ZERO, |sum, (at, quantity)| {
        let priced = priced(plan, at);
        plus(sum, between(times(quantity, units(priced.price)), priced.min, priced.max))
    });
    Some(between(total, plan.min, plan.max))
}

fn priced(plan: &Plan, (element, index): At) -> &Priced {
    &plan.elements[element].prices[index]
}

fn between(figure: Exact, min: Option<i128>, max: Option<i128>) -> Exact {
    let figure = min.map_or(figure, |min| figure.max(units(min)));
    max.map_or(figure, |max| figure.min(units(max)))
}

pub(super) fn units(ten_thousandths: i128) -> Exact {
    ratio(ten_thousandths, 10_000)
}

fn ratio(numerator: i128, denominator: i128) -> Exact {
    Exact::fraction(numerator, denominator).unwrap()
}

fn plus(one: Exact, other: Exact) -> Exact {
    one.plus(other).unwrap()
}

fn minus(one: Exact, other: Exact) -> Exact {
    one.minus(other).unwrap()
}

fn times(one: Exact, other: Exact) -> Exact {
    one.times(other).unwrap()
}
