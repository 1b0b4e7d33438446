//! A band of the clock with a rate of its own: valley or peak, the same hours every day.

use chrono::Timelike as _;

use super::allowed::{peaks, rates};
use super::bill::Bill;
use super::patterns::sample;
use super::rule::{RATE_UNIT, Rule};
use crate::domain::charging::tariff::{Interval, Stage, round};
use crate::domain::{Exact, Money, Overflow, Timestamp, Zone};

/// Whole hours of the local clock, the first inclusive, the last exclusive; it may wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band {
    pub(super) from_h: u8,
    pub(super) until_h: u8,
    /// Millionths of the currency's main unit for a kilowatt-hour.
    pub(super) rate: i64,
}

/// The energy of each hour of the local clock, in watt-hours.
pub(super) type Hours = [Exact; 24];

/// The most bills that windows are held against, and the rules that are proposed.
const SAMPLE: usize = 240;
const PROPOSED: usize = 4;
/// So many bills have to lie in a band alone, and as many outside, to show its rate.
const SHOWN: usize = 4;
const HOUR_US: i64 = 3_600_000_000;
/// The most hours of one session that are parted.
const LONGEST_H: usize = 24 * 40;

impl Band {
    /// From and until which full hour of the local clock, the last exclusive.
    #[must_use]
    pub fn hours(self) -> (u8, u8) {
        (self.from_h, self.until_h)
    }

    /// Its rate, in the currency's main unit for a kilowatt-hour.
    #[must_use]
    pub fn rate(self) -> Money {
        Money(i128::from(self.rate).saturating_mul(1_000))
    }

    fn has(self, hour: usize) -> bool {
        let hour = u8::try_from(hour).unwrap_or(u8::MAX);
        match self.from_h < self.until_h {
            true => self.from_h <= hour && hour < self.until_h,
            false => self.from_h <= hour || hour < self.until_h,
        }
    }

    /// The energy in it and the rest.
    fn parts(self, hours: &Hours) -> Result<(Exact, Exact), Overflow> {
        let (mut within, mut rest) = (Exact::ZERO, Exact::ZERO);
        for (hour, energy) in hours.iter().enumerate() {
            let part = if self.has(hour) { &mut within } else { &mut rest };
            *part = part.plus(*energy)?;
        }
        Ok((within, rest))
    }
}

/// The energy of the pieces by local hour, along a straight line in each; `None` where that leaves
/// 128 bits or the session is longer than forty days.
pub(super) fn hours(pieces: &[Interval], zone: Zone) -> Option<Box<Hours>> {
    let mut hours = Box::new([Exact::ZERO; 24]);
    for piece in pieces {
        let length = piece.length_us();
        let mut at = piece.from;
        for _ in 0..LONGEST_H {
            let time = at.utc()?.with_timezone(&zone).time();
            let past = i64::from(time.minute()) * 60 + i64::from(time.second());
            let us = i64::from(time.nanosecond() / 1_000);
            let left = HOUR_US - past * 1_000_000 - us;
            let until = Timestamp(at.0.saturating_add(left)).min(piece.until);
            let part = if length == 0 {
                Exact::whole(piece.energy)
            } else {
                let energy = piece.energy.checked_mul(until.since(at).into())?;
                Exact::fraction(energy, length.into()).ok()?
            };
            let own = hours.get_mut(usize::try_from(time.hour()).ok()?)?;
            *own = own.plus(part).ok()?;
            at = until;
            if at >= piece.until {
                break;
            }
        }
        if at < piece.until {
            return None;
        }
    }
    Some(hours)
}

impl Rule {
    /// What a bill comes to where a band has a rate of its own: both shares are priced exactly and
    /// their sum is rounded once.
    pub(super) fn banded(&self, band: Band, bill: &Bill) -> Option<Money> {
        if self.rounding.stage != Stage::Session || !bill.has_energy {
            return None;
        }
        let (within, rest) = band.parts(bill.hours.as_deref()?).ok()?;
        let unit = Exact::fraction(1, self.measure.unit().checked_mul(RATE_UNIT.into())?).ok()?;
        let priced = |energy: Exact, rate: i64| energy.times(Exact::whole(rate.into()));
        let sum = priced(within, band.rate).ok()?.plus(priced(rest, self.rate).ok()?).ok()?;
        let exact = sum.times(unit).ok()?;
        let amount = round(exact, self.rounding.method, self.rounding.digits).ok()?;
        let is_due = bill.total(self.measure) > 0;
        Some(if is_due { amount.max(self.minimum) } else { amount })
    }
}

/// The pattern with the bands that explain the most bills: sessions that lie in a band alone show
/// its rate, those outside the other, and those across the edges both.
pub(super) fn with_bands(pattern: &Rule, bills: &[&Bill]) -> Vec<Rule> {
    let costly: Vec<&Bill> =
        bills.iter().copied().filter(|bill| bill.issued > Money::ZERO).collect();
    let seen = sample(&costly, SAMPLE);
    let allowed: Vec<Option<(i64, i64)>> = seen.iter().map(|bill| rates(pattern, bill)).collect();
    let mut found = Vec::new();
    for from in 0..24_u8 {
        // A longer window is the complement of a shorter one.
        for length in 1..=12_u8 {
            let band = Band { from_h: from, until_h: (from + length) % 24, rate: 0 };
            let rule = with_window(pattern, band, &seen, &allowed);
            found.extend(rule.map(|rule| {
                let misfits = seen.iter().filter(|bill| !rule.fits(bill)).count();
                (misfits, rule.cost(), rule)
            }));
        }
    }
    found.sort_unstable();
    found.into_iter().take(PROPOSED).map(|(_, _, rule)| rule).collect()
}

fn with_window(
    pattern: &Rule,
    band: Band,
    bills: &[&Bill],
    allowed: &[Option<(i64, i64)>],
) -> Option<Rule> {
    let (mut within, mut outside) = (Vec::new(), Vec::new());
    for (bill, allowed) in bills.iter().zip(allowed) {
        let (Some(hours), Some(allowed)) = (bill.hours.as_deref(), allowed) else { continue };
        let Ok((own, rest)) = band.parts(hours) else { continue };
        if rest == Exact::ZERO {
            within.push(*allowed);
        } else if own == Exact::ZERO {
            outside.push(*allowed);
        }
    }
    let best = |allowed: &[(i64, i64)]| {
        let grids = [10_000, 1_000, 100].into_iter();
        let peaks = grids.filter_map(|grid| peaks(allowed, grid, 1).into_iter().next());
        peaks.reduce(|best, next| if next.votes > best.votes { next } else { best })
    };
    let (own, rest) = (best(&within)?, best(&outside)?);
    if own.votes < SHOWN || rest.votes < SHOWN || own.rate == rest.rate {
        return None;
    }
    let band = Some(Band { rate: own.rate, ..band });
    Some(Rule { rate: rest.rate, band, ..*pattern })
}

/// The rule with each edge of its band up to three hours earlier or later: what the sessions do
/// not tell apart.
pub(super) fn near(rule: &Rule) -> Vec<Rule> {
    let Some(band) = rule.band else { return Vec::new() };
    let moved = |edge: u8| [21, 22, 23, 0, 1, 2, 3].map(|by| (edge + by) % 24);
    let mut found = Vec::new();
    for from_h in moved(band.from_h) {
        for until_h in moved(band.until_h) {
            if from_h != until_h {
                found.push(Rule { band: Some(Band { from_h, until_h, ..band }), ..*rule });
            }
        }
    }
    found
}
