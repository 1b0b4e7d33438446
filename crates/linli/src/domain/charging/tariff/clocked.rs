//! The fast way, for tariffs that price energy by the clock alone.
//!
//! Prices become integers over one scale. Whole intervals add integer energy; one that a window's
//! edge cuts adds a numerator over its length. Lowest terms are found once, at the end, so that
//! nothing is rounded and nothing allocated on the way.

use super::calendar::Calendar;
use super::error::Unbillable;
use super::metered::{Activity, Checked, Interval, Metered};
use super::price::{Due, Price};
use super::rounding::{RoundingStep, round_ratio};
use crate::domain::charging::{Rising, Shown};
use crate::domain::exact::product;
use crate::domain::{Exact, Money, Timestamp, Zone};

/// A tariff in a form that only the clock decides on.
#[derive(Debug)]
pub(super) struct Clocked {
    /// By element; `None` where it prices no energy.
    pub(super) bands: Vec<Option<Band>>,
    /// The band of all instants, if the clock does not matter either.
    pub(super) always: Option<Band>,
    /// What is paid once a session, in the bands' unit.
    pub(super) fixed: Option<i128>,
    pub(super) has_fees: bool,
    /// Bands are in units of 1/scale of the currency's main unit a kilowatt-hour.
    pub(super) scale: i128,
    pub(super) last: RoundingStep,
}

/// An energy price and the electricity fee in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) price: i128,
    pub(super) electricity: i128,
}

impl Clocked {
    /// The price; `Ok(None)` where the numbers are too large for this way.
    pub(super) fn price(
        &self,
        calendar: &mut Calendar,
        session: &Checked<'_>,
    ) -> Result<Option<Price>, Unbillable> {
        let sums = match self.always {
            Some(band) => Some(Sums::of_one_band(band, session.energy, session.has_energy)),
            None => self.sums_by_clock(calendar, &session.metered)?,
        };
        let lasted = (session.total_us, session.charging_us, session.parking_us);
        Ok(sums.and_then(|sums| self.finish(&sums, session.metered.units_per_wh, lasted)))
    }

    /// What is due for a session in which nothing is remarkable; `None` where the numbers are too
    /// large for this way, or its instants beyond all calendars.
    pub(super) fn due(&self, calendar: &mut Calendar, session: &Rising<'_>) -> Option<Due> {
        // Filled where they stand: they are larger than what is looked at of them.
        let mut sums = Sums::default();
        match self.always {
            Some(band) => sums.add_whole(Some(band), session.energy().0.into()),
            None => self.add_rising(calendar, session, &mut sums).ok()?,
        }
        if sums.too_large {
            return None;
        }
        // How long it lasted is no figure of what is due.
        self.round_at_once(&sums).or_else(|| self.finish(&sums, 1, (0, 0, 0))?.due().ok())
    }

    /// As [`Self::sums_by_clock`]: from stretch to stretch, of which each comes to its last
    /// register less its first.
    fn add_rising(
        &self,
        calendar: &mut Calendar,
        session: &Rising<'_>,
        sums: &mut Sums,
    ) -> Result<(), Unbillable> {
        let (mut next, mut first) = (0, session.first());
        let mut stretch = self.stretch_at(calendar, session.zone(), first.at)?;
        loop {
            next = session.first_after(next, stretch.until_us);
            let behind = session.sample(next).unwrap_or(session.last());
            if behind.at.0 <= stretch.until_us {
                sums.add_whole(stretch.band, gained(first, behind));
                return Ok(());
            }
            let last = session.sample_before(next).unwrap_or(session.first());
            sums.add_whole(stretch.band, gained(first, last));
            first = last;
            if stretch.until_us <= last.at.0 {
                stretch = self.stretch_at(calendar, session.zone(), last.at)?;
            }
            if stretch.until_us < behind.at.0 {
                let (from, until, energy) = (last.at, behind.at, gained(last, behind));
                let (activity, power) = (Activity::Charging, None);
                let cut = Interval { from, until, energy, activity, power };
                stretch = self.cross(calendar, session.zone(), &cut, stretch, sums)?;
                if behind.at == session.last().at {
                    return Ok(());
                }
                (first, next) = (behind, next.saturating_add(1));
            }
        }
    }

    /// What is due for energy alone, rounded without its lowest terms; `None` where more is.
    fn round_at_once(&self, sums: &Sums) -> Option<Due> {
        if self.fixed.is_some() || sums.has_rest {
            return None;
        }
        let per = product(self.scale, 1_000)?;
        let (price, over) = sums.ratio(sums.whole.price, sums.part.price, per)?;
        let (exact, amount) = self.last.round_twice(price, over)?;
        if !self.has_fees {
            return Some(Due { exact, amount, electricity: Money::ZERO, service: Money::ZERO });
        }
        let (fee, over) = sums.ratio(sums.whole.electricity, sums.part.electricity, per)?;
        let electricity = round_ratio(fee, over, self.last.method, self.last.digits).ok()?;
        Some(Due { exact, amount, electricity, service: amount.checked_sub(electricity)? })
    }

    fn sums_by_clock(
        &self,
        calendar: &mut Calendar,
        session: &Metered<'_>,
    ) -> Result<Option<Sums>, Unbillable> {
        let mut sums = Sums::default();
        let mut stretch = Stretch { from_us: 0, until_us: 0, band: None };
        let mut energy: i128 = 0;
        for interval in session.intervals {
            if !stretch.holds(interval) {
                sums.add_whole(stretch.band, energy);
                energy = 0;
                stretch = self.stretch_at(calendar, session.zone, interval.from)?;
                if stretch.until_us < interval.until.0 {
                    stretch = self.cross(calendar, session.zone, interval, stretch, &mut sums)?;
                    continue;
                }
            }
            energy = energy.saturating_add(interval.energy);
            sums.priced |= stretch.band.is_some() && interval.has_energy();
        }
        sums.add_whole(stretch.band, energy);
        Ok((!sums.too_large).then_some(sums))
    }

    /// An interval that the end of a stretch cuts: each band gets its share of the length.
    fn cross(
        &self,
        calendar: &mut Calendar,
        zone: Zone,
        interval: &Interval,
        first: Stretch,
        sums: &mut Sums,
    ) -> Result<Stretch, Unbillable> {
        let mut stretch = first;
        let mut weighted = Band { price: 0, electricity: 0 };
        let mut at_us = interval.from.0;
        loop {
            let stop_us = stretch.until_us.min(interval.until.0);
            if let Some(band) = stretch.band {
                weighted.add(band, stop_us.saturating_sub(at_us));
                sums.priced |= interval.has_energy();
            }
            at_us = stop_us;
            if at_us >= interval.until.0 {
                break;
            }
            stretch = self.stretch_at(calendar, zone, Timestamp(at_us))?;
        }
        sums.add_part(interval.energy, weighted, interval.length_us().into());
        Ok(stretch)
    }

    fn stretch_at(
        &self,
        calendar: &mut Calendar,
        zone: Zone,
        at: Timestamp,
    ) -> Result<Stretch, Unbillable> {
        let piece = calendar.piece_at(at, zone)?;
        let band = piece.energy.and_then(|element| self.bands.get(element).copied().flatten());
        Ok(Stretch { from_us: piece.from_us, until_us: piece.until_us, band })
    }

    /// The price of a session that lasted so long, and charged and idled so long, in microseconds.
    fn finish(
        &self,
        sums: &Sums,
        units_per_wh: i128,
        (total_us, charging_us, parking_us): (i64, i64, i64),
    ) -> Option<Price> {
        let per = self.scale.checked_mul(1_000)?.checked_mul(units_per_wh)?;
        let energy =
            sums.in_lowest_terms(sums.whole.price, sums.part.price, sums.rest.price, per)?;
        let electricity = if self.has_fees {
            let whole = sums.whole.electricity;
            let sum =
                sums.in_lowest_terms(whole, sums.part.electricity, sums.rest.electricity, per)?;
            self.round(sum)?
        } else {
            Money::ZERO
        };
        let energy_amount = self.round(energy)?;
        let (exact, fixed) = match self.fixed {
            Some(fixed) => {
                let fixed = Exact::fraction(fixed, self.scale).ok()?;
                (energy.plus(fixed).ok()?, Some(self.round(fixed)?))
            }
            None => (energy, None),
        };
        let amount = if fixed.is_some() { self.round(exact)? } else { energy_amount };
        let fees = if self.has_fees { energy_amount } else { Money::ZERO };
        Some(Price {
            exact,
            amount,
            electricity,
            service: fees.checked_sub(electricity)?,
            energy: sums.priced.then_some(energy_amount),
            time: None,
            parking: None,
            fixed,
            total_us,
            charging_us,
            parking_us,
        })
    }

    fn round(&self, exact: Exact) -> Option<Money> {
        let (numerator, denominator) = (exact.numerator(), exact.denominator());
        round_ratio(numerator, denominator, self.last.method, self.last.digits).ok()
    }
}

/// What was gained from one reading to another, in watt-hours.
fn gained(first: Shown, last: Shown) -> i128 {
    last.register.saturating_sub(first.register).into()
}

/// Instants over which one band holds.
#[derive(Clone, Copy)]
struct Stretch {
    from_us: i64,
    until_us: i64,
    band: Option<Band>,
}

impl Stretch {
    fn holds(&self, interval: &Interval) -> bool {
        self.from_us <= interval.from.0
            && interval.from.0 < self.until_us
            && interval.until.0 <= self.until_us
    }
}

impl Band {
    const NONE: Self = Self { price: 0, electricity: 0 };

    fn add(&mut self, band: Self, length_us: i64) {
        let weight = |price: i128| {
            let length = i128::from(length_us);
            product(price, length).unwrap_or_else(|| price.saturating_mul(length))
        };
        self.price = self.price.saturating_add(weight(band.price));
        self.electricity = self.electricity.saturating_add(weight(band.electricity));
    }

    /// `self + band * factor`; `None` beyond 128 bits.
    fn plus_times(self, band: Self, factor: i128) -> Option<Self> {
        Some(Self {
            price: self.price.checked_add(product(band.price, factor)?)?,
            electricity: self.electricity.checked_add(product(band.electricity, factor)?)?,
        })
    }
}

/// Energy times price, in three parts that add up: of whole intervals, over the length that the
/// last cut interval had, and over other lengths.
struct Sums {
    whole: Band,
    part: Band,
    length: i128,
    rest: Rest,
    has_rest: bool,
    priced: bool,
    too_large: bool,
}

#[derive(Clone, Copy)]
struct Rest {
    price: Exact,
    electricity: Exact,
}

impl Default for Sums {
    fn default() -> Self {
        let rest = Rest { price: Exact::ZERO, electricity: Exact::ZERO };
        let (whole, part) = (Band::NONE, Band::NONE);
        let (has_rest, priced, too_large) = (false, false, false);
        Self { whole, part, length: 1, rest, has_rest, priced, too_large }
    }
}

impl Sums {
    fn of_one_band(band: Band, energy: i128, priced: bool) -> Self {
        let mut sums = Self { priced, ..Self::default() };
        sums.add_whole(Some(band), energy);
        sums
    }

    fn add_whole(&mut self, band: Option<Band>, energy: i128) {
        let Some(band) = band else { return };
        match self.whole.plus_times(band, energy) {
            Some(whole) => self.whole = whole,
            None => self.too_large = true,
        }
    }

    fn add_part(&mut self, energy: i128, weighted: Band, length: i128) {
        if length != self.length && self.settle_part().is_none() {
            self.too_large = true;
        }
        self.length = length;
        match self.part.plus_times(weighted, energy) {
            Some(part) => self.part = part,
            None => self.too_large = true,
        }
    }

    /// Moves the part over the last length to the rest.
    fn settle_part(&mut self) -> Option<()> {
        if self.part == Band::NONE {
            return Some(());
        }
        let part = std::mem::replace(&mut self.part, Band::NONE);
        let over = |numerator| Exact::fraction(numerator, self.length).ok();
        let price = self.rest.price.plus(over(part.price)?).ok()?;
        let electricity = self.rest.electricity.plus(over(part.electricity)?).ok()?;
        (self.rest, self.has_rest) = (Rest { price, electricity }, true);
        Some(())
    }

    /// A sum without the rest: its numerator and denominator.
    fn ratio(&self, whole: i128, part: i128, per: i128) -> Option<(i128, i128)> {
        if part == 0 {
            return Some((whole, per));
        }
        let numerator = product(whole, self.length)?.checked_add(part)?;
        Some((numerator, product(self.length, per)?))
    }

    fn in_lowest_terms(&self, whole: i128, part: i128, rest: Exact, per: i128) -> Option<Exact> {
        if self.too_large {
            return None;
        }
        let (numerator, denominator) = self.ratio(whole, part, per)?;
        let sum = Exact::fraction(numerator, denominator).ok()?;
        if rest == Exact::ZERO {
            return Some(sum);
        }
        sum.plus(rest.times(Exact::fraction(1, per).ok()?).ok()?).ok()
    }
}
