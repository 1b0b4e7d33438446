//! Sessions in which nothing is remarkable: nearly all of them, told apart before any is folded.

use super::state::{Installed, delivers};
use super::tariff::{Activity, Interval, lasts_too_long};
use crate::domain::{Timestamp, WattHours, Zone};

/// A session whose meter showed registers that rose from its start to its end.
///
/// It comes to what a [`Session`](super::Session) that was told the same comes to; no flag is
/// raised for it, and no bill waits for a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rising<'a> {
    zone: Zone,
    first: Shown,
    last: Shown,
    /// When the samples between were taken, in microseconds since 1970.
    sample_at: &'a [i64],
    /// The register at each of them, in watt-hours.
    sample_register: &'a [i64],
    /// How long energy flowed, in microseconds.
    charging_us: i64,
}

/// What a meter showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// When it was read.
    pub(crate) at: Timestamp,
    /// The register, in watt-hours.
    pub(crate) register: i64,
}

impl<'a> Rising<'a> {
    /// A session from its first register to its last, with samples between: their instants in
    /// microseconds since 1970, and a register for each in watt-hours. `None` where anything about
    /// it takes more than that: a register that falls, a sample outside, no sample in between, no
    /// energy, more of it than its connector can deliver, an exchanged meter, a wrong clock.
    pub(crate) fn new(
        (first, last): (Shown, Shown),
        (sample_at, sample_register): (&'a [i64], &'a [i64]),
        zone: Zone,
        installed: &Installed,
    ) -> Option<Self> {
        let is_read_between = sample_at.iter().any(|at| first.at.0 < *at && *at < last.at.0);
        let is_as_built = installed.replaced.is_empty() && installed.offsets.is_empty();
        let is_plain = first.register >= 0
            && first.register < last.register
            && sample_at.len() == sample_register.len()
            && is_read_between
            && is_as_built
            && !lasts_too_long(first.at, last.at);
        if !is_plain {
            return None;
        }
        let mut rising = Self { zone, first, last, sample_at, sample_register, charging_us: 0 };
        let (mut before, mut charging_us) = (first, 0_i64);
        for shown in rising.shown() {
            let gained = shown.register.checked_sub(before.register)?;
            let passed_us = shown.at.0.checked_sub(before.at.0)?;
            let is_late = passed_us < 0 || (passed_us == 0 && gained != 0);
            let is_jump =
                installed.max_power.is_some_and(|most| !delivers(most, gained, passed_us));
            if gained < 0 || is_late || is_jump {
                return None;
            }
            if gained > 0 {
                charging_us = charging_us.checked_add(passed_us)?;
            }
            before = shown;
        }
        rising.charging_us = charging_us;
        Some(rising)
    }

    /// The zone whose wall clock decides.
    pub(crate) fn zone(&self) -> Zone {
        self.zone
    }

    /// When it started.
    pub(crate) fn started_at(&self) -> Timestamp {
        self.first.at
    }

    /// Its energy.
    pub(crate) fn energy(&self) -> WattHours {
        WattHours(self.last.register.saturating_sub(self.first.register))
    }

    /// How long it was, and how much of that energy flowed, in microseconds.
    pub(super) fn lasted_us(&self) -> (i64, i64) {
        (self.last.at.since(self.first.at), self.charging_us)
    }

    /// Its intervals, in order of time.
    #[inline]
    pub(super) fn intervals(&self) -> impl Iterator<Item = Interval> {
        let mut before = self.first;
        self.shown().filter_map(move |shown| {
            let (from, until) = (before.at, shown.at);
            let energy = i128::from(shown.register.saturating_sub(before.register));
            before = shown;
            let activity = if energy == 0 { Activity::Idle } else { Activity::Charging };
            // Two readings of one instant that show the same are one.
            (from < until).then_some(Interval { from, until, energy, activity, power: None })
        })
    }

    /// What was read after the start.
    #[inline]
    fn shown(&self) -> impl Iterator<Item = Shown> {
        let samples = self.sample_at.iter().zip(self.sample_register);
        let samples =
            samples.map(|(at, register)| Shown { at: Timestamp(*at), register: *register });
        samples.chain(std::iter::once(self.last))
    }
}
