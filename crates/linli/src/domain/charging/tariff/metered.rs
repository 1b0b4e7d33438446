//! What is priced: energy and activity over contiguous intervals.

use crate::domain::{Exact, Overflow, Timestamp, Watts, Zone};

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
    /// Its length in microseconds.
    #[must_use]
    pub fn length_us(&self) -> i64 {
        self.until.since(self.from)
    }
}
