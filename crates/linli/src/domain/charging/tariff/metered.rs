//! What is priced: energy and activity over contiguous intervals.

use super::error::Unbillable;
use crate::domain::{Exact, Overflow, Timestamp, Watts, Zone};

const DAY_US: i64 = 86_400_000_000;

/// A century: a clock that was never set says 1970, and that is still priced.
const MOST_DAYS: i64 = 36_525;

/// A session as a tariff sees it: intervals between readings, each beginning where the one before
/// it ends.
#[derive(Clone, Copy, Debug)]
pub struct Metered<'a> {
    /// Whose wall clock decides on windows, weekdays and dates.
    pub zone: Zone,
    /// How many units of [`Interval::energy`] make a watt-hour: 1 for meter readings, more where
    /// a foreign record is finer, so that any decimal stays exact.
    pub units_per_wh: i128,
    /// At least one, contiguous, half-open.
    pub intervals: &'a [Interval],
}

/// What happened between two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant after its last; equal to `from` for an interval of no length.
    pub until: Timestamp,
    /// Energy in units of 1/`units_per_wh` watt-hour, spread evenly; negative where a meter ran
    /// backwards.
    pub energy: i128,
    /// Whether the vehicle was charging.
    pub activity: Activity,
    /// The power if it was measured; else the mean power of the interval counts.
    pub power: Option<Watts>,
}

/// Whether time is charging time, idle time or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// Priced as `TIME`.
    Charging,
    /// Connected, but the vehicle asks for no power: priced as `PARKING_TIME`.
    Idle,
    /// Suspended by the station or a power cut: no time is priced.
    Neither,
}

/// A session that can be priced: its intervals were looked at once, whatever the number of tariffs.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    pub(super) metered: Metered<'a>,
    /// The first instant.
    pub(super) start: Timestamp,
    /// The energy of all intervals.
    pub(super) energy: i128,
    /// Whether a price of energy has anything to price.
    pub(super) has_energy: bool,
    pub(super) total_us: i64,
    pub(super) charging_us: i64,
    pub(super) parking_us: i64,
}

impl<'a> Metered<'a> {
    /// The session, once its intervals are known to be contiguous.
    ///
    /// # Errors
    /// [`Unbillable`] where they are not, or where it lasts longer than a century.
    pub fn check(self) -> Result<Checked<'a>, Unbillable> {
        let units_per_wh = self.units_per_wh;
        if units_per_wh < 1 {
            return Err(Unbillable::NoUnit { units_per_wh });
        }
        let start = self.intervals.first().ok_or(Unbillable::NoInterval)?.from;
        let (metered, energy, has_energy) = (self, 0, false);
        let (total_us, charging_us, parking_us) = (0, 0, 0);
        let mut checked =
            Checked { metered, start, energy, has_energy, total_us, charging_us, parking_us };
        let mut end = start;
        for (index, interval) in self.intervals.iter().enumerate() {
            if interval.from != end {
                return Err(Unbillable::Apart { index });
            }
            if interval.until < interval.from {
                return Err(Unbillable::Backwards { index });
            }
            end = interval.until;
            checked.take(interval);
        }
        if lasts_too_long(start, end) {
            let days = end.since(start).div_euclid(DAY_US);
            return Err(Unbillable::TooLong { days, most: MOST_DAYS });
        }
        Ok(checked)
    }
}

/// Whether a session lasts longer than anything that is priced.
pub(in crate::domain::charging) fn lasts_too_long(from: Timestamp, until: Timestamp) -> bool {
    until.since(from).div_euclid(DAY_US) > MOST_DAYS
}

impl Checked<'_> {
    fn take(&mut self, interval: &Interval) {
        let length_us = interval.length_us();
        self.energy = self.energy.saturating_add(interval.energy);
        self.has_energy |= interval.has_energy();
        self.total_us = self.total_us.saturating_add(length_us);
        match interval.activity {
            Activity::Charging => self.charging_us = self.charging_us.saturating_add(length_us),
            Activity::Idle => self.parking_us = self.parking_us.saturating_add(length_us),
            Activity::Neither => {}
        }
    }
}

impl Metered<'_> {
    /// The energy of all intervals in kilowatt-hours.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits, or for less than one unit a watt-hour.
    pub fn energy_kwh(&self) -> Result<Exact, Overflow> {
        let mut energy: i128 = 0;
        for interval in self.intervals {
            energy = energy.checked_add(interval.energy).ok_or(Overflow)?;
        }
        Exact::fraction(energy, self.units_per_wh.checked_mul(1_000).ok_or(Overflow)?)
    }
}

impl Interval {
    /// Whether a price of energy has anything to price: also none of it, while charging.
    pub(super) fn has_energy(&self) -> bool {
        self.energy != 0 || self.activity == Activity::Charging
    }

    /// Its length in microseconds.
    #[must_use]
    pub fn length_us(&self) -> i64 {
        self.until.since(self.from)
    }
}
