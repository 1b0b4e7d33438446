//! A session as the charging periods of a CDR: cut wherever its price changes, so that what was in
//! force when a period started prices all of it.

use super::super::calendar::Calendar;
use super::super::element::{Component, Element, Spot};
use super::super::error::Unbillable;
use super::super::metered::{Activity, Checked};
use super::super::month::Month;
use super::super::periods::{Grid, Looks, Walk};
use super::super::rounding::{Method, Stage, round};
use super::super::sheet::Tariff;
use super::super::volume::HOUR_US;
use crate::domain::{Exact, Money, Overflow, Timestamp};

/// A period to be written. Figures are in billionths of a kilowatt-hour or an hour, and of all
/// periods they add up to the session's, because sums are rounded and not the parts.
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) activity: Activity,
    pub(super) energy: Option<Money>,
    pub(super) time: Option<Money>,
    /// The power in kilowatts where the tariff looks at it.
    pub(super) power: Option<Money>,
}

/// What has been used when a piece ends: kilowatt-hours, hours charging, hours idle.
#[derive(Clone, Copy)]
struct Sums {
    energy: Exact,
    charging: Exact,
    idle: Exact,
}

struct Piece {
    from: Timestamp,
    activity: Activity,
    prices: [Option<Spot>; 4],
    has_energy: bool,
    has_time: bool,
    power_kw: Option<Exact>,
    interval: usize,
    until: Sums,
}

/// The periods in their order.
pub(super) fn stretches(
    tariff: &Tariff,
    session: &Checked<'_>,
) -> Result<Vec<Stretch>, Unbillable> {
    let pieces = match pieces(tariff, session, Grid::None) {
        Err(Unbillable::Overflow(_)) => pieces(tariff, session, Grid::Fine)?,
        found => found?,
    };
    let mut stretches = Vec::with_capacity(pieces.len());
    let mut before = [Money::ZERO; 3];
    for piece in pieces {
        let mut told = [Money::ZERO; 3];
        let sums = [piece.until.energy, piece.until.charging, piece.until.idle];
        let columns = told.iter_mut().zip(before.iter_mut().zip(sums));
        for (told, (before, sum)) in columns {
            let sum = round(sum, Method::HalfUp, 9)?;
            *told = sum.checked_sub(*before).ok_or(Overflow)?;
            *before = sum;
        }
        let [energy, charging, idle] = told;
        let time = if piece.activity == Activity::Charging { charging } else { idle };
        stretches.push(Stretch {
            from: piece.from,
            activity: piece.activity,
            energy: piece.has_energy.then_some(energy),
            time: piece.has_time.then_some(time),
            power: piece.power_kw.map(|kw| round(kw, Method::HalfUp, 9)).transpose()?,
        });
    }
    Ok(stretches)
}

fn pieces(tariff: &Tariff, checked: &Checked<'_>, grid: Grid) -> Result<Vec<Piece>, Unbillable> {
    tariff.needs_no_month()?;
    let (content, session) = (tariff.content(), &checked.metered);
    let mut calendar = Calendar::new(content.clone());
    let thresholds = calendar.thresholds();
    // Which step of power counts is not told here: a price is that of all its steps.
    let mut walk = Walk::begin(content, &mut calendar, checked, &Month::default());
    let (mut pieces, mut cuts): (Vec<Piece>, Vec<Exact>) = (Vec::new(), Vec::new());
    let mut sums = Sums { energy: Exact::ZERO, charging: Exact::ZERO, idle: Exact::ZERO };
    let per_kwh = Exact::fraction(1, session.units_per_wh.checked_mul(1_000).ok_or(Overflow)?)?;
    for (index, interval) in session.intervals.iter().enumerate() {
        walk.cut(interval, &thresholds, &mut cuts)?;
        grid.place_all(&mut cuts)?;
        let (length, mut from) = (Exact::whole(interval.length_us().into()), Exact::ZERO);
        for until in &cuts {
            let share = until.minus(from)?;
            let middle = from.plus(*until)?.times(Exact::fraction(1, 2)?)?;
            let usage = walk.usage(interval, middle)?;
            let active = walk.active(interval, from, &usage)?;
            let prices = active.components().map(|one| one.map(Component::spot));
            let energy = Exact::whole(interval.energy).times(share)?.times(per_kwh)?;
            let hours = length.times(share)?.times(Exact::fraction(1, HOUR_US)?)?;
            sums.energy = sums.energy.plus(energy)?;
            match interval.activity {
                Activity::Charging => sums.charging = sums.charging.plus(hours)?,
                Activity::Idle => sums.idle = sums.idle.plus(hours)?,
                Activity::Neither => {}
            }
            let passed = round(length.times(from)?, Method::HalfUp, 0)?.0.div_euclid(Money::UNIT);
            let passed = i64::try_from(passed).map_err(|_| Overflow)?;
            let watts = usage.most_w.times(Exact::fraction(1, 1_000)?)?;
            pieces.push(Piece {
                from: Timestamp(interval.from.0.checked_add(passed).ok_or(Overflow)?),
                activity: interval.activity,
                prices,
                has_energy: interval.has_energy(),
                has_time: interval.activity != Activity::Neither && interval.length_us() > 0,
                power_kw: walk.looks.power.then_some(watts),
                interval: index,
                until: sums,
            });
            from = *until;
        }
        walk.used = walk.used.checked_add(interval.energy).ok_or(Overflow)?;
    }
    Ok(merged(tariff, pieces))
}

/// Neighbours in which the same prices hold are one period, unless power or a rounding looks at
/// each by itself. Where both the energy used and the time decide on a price, each interval stays
/// by itself as well: whoever reads the period spreads its energy evenly, and would see a price
/// change at a time at which it did not.
fn merged(tariff: &Tariff, pieces: Vec<Piece>) -> Vec<Piece> {
    let early =
        tariff.policy().iter().map(|step| step.stage).find(|stage| *stage < Stage::Component);
    let spans_intervals = early.is_none() && !looks_at_energy_and_time(tariff);
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match merged.last_mut() {
            Some(last)
                if last.prices == piece.prices
                    && last.activity == piece.activity
                    && piece.power_kw.is_none()
                    && early != Some(Stage::Period)
                    && (spans_intervals || last.interval == piece.interval) =>
            {
                last.until = piece.until;
                last.has_energy |= piece.has_energy;
                last.has_time |= piece.has_time;
            }
            _ => merged.push(piece),
        }
    }
    merged
}

fn looks_at_energy_and_time(tariff: &Tariff) -> bool {
    let by_duration = |own: &Element| own.restrictions.min_us.or(own.restrictions.max_us).is_some();
    let looks_at_time =
        tariff.looks_at_clock() || tariff.content().elements.iter().any(by_duration);
    Looks::of(tariff.content()).energy && looks_at_time
}
