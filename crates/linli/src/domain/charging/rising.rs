//! Sessions in which nothing is remarkable: nearly all of them, told apart before any is folded.

use super::state::{Installed, delivers};
use super::tariff::lasts_too_long;
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
        let is_as_built = installed.replaced.is_empty() && installed.offsets.is_empty();
        let has_energy = (0..last.register).contains(&first.register);
        let is_even = sample_at.len() == sample_register.len();
        if !is_as_built || !has_energy || !is_even || lasts_too_long(first.at, last.at) {
            return None;
        }
        let rising = Self { zone, first, last, sample_at, sample_register };
        (rising.rises() && rising.could_be_delivered(installed)).then_some(rising)
    }

    /// Whether time went on from reading to reading, and no register fell; and whether any was read
    /// between the first and the last.
    fn rises(&self) -> bool {
        let (Some(first), Some(last)) = (self.sample(0), self.sample_before(self.sample_at.len()))
        else {
            return false;
        };
        // Each pair is counted, without a way out: that is soonest done.
        let back = pairs(self.sample_at).filter(|(one, next)| one >= next).count();
        let down = pairs(self.sample_register).filter(|(one, next)| one > next).count();
        self.first.at < first.at
            && last.at < self.last.at
            && self.first.register <= first.register
            && last.register <= self.last.register
            && back == 0
            && down == 0
    }

    /// Whether its connector's greatest power can have delivered what was gained each time; where
    /// that is not known, anything may be.
    fn could_be_delivered(&self, installed: &Installed) -> bool {
        let Some(most) = installed.max_power else { return true };
        let mut before = self.first;
        self.shown().all(|shown| {
            let gained = shown.register.saturating_sub(before.register);
            let passed_us = shown.at.since(before.at);
            before = shown;
            delivers(most, gained, passed_us)
        })
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

    /// What was read at the start.
    pub(super) fn first(&self) -> Shown {
        self.first
    }

    /// What was read at the end.
    pub(super) fn last(&self) -> Shown {
        self.last
    }

    /// A sample, counted from 0.
    pub(super) fn sample(&self, number: usize) -> Option<Shown> {
        let (at, register) = (self.sample_at.get(number)?, self.sample_register.get(number)?);
        Some(Shown { at: Timestamp(*at), register: *register })
    }

    /// The sample before that one.
    pub(super) fn sample_before(&self, number: usize) -> Option<Shown> {
        self.sample(number.checked_sub(1)?)
    }

    /// The first sample from a number on that was taken after an instant; how many there are, if
    /// none was.
    #[inline]
    pub(super) fn first_after(&self, number: usize, until_us: i64) -> usize {
        let samples = self.sample_at.get(number..).unwrap_or_default();
        let passed = samples.iter().take_while(|at| **at <= until_us).count();
        number.saturating_add(passed)
    }

    /// What was read after the start, in order of time.
    fn shown(&self) -> impl Iterator<Item = Shown> {
        let samples = self.sample_at.iter().zip(self.sample_register);
        let samples =
            samples.map(|(at, register)| Shown { at: Timestamp(*at), register: *register });
        samples.chain(std::iter::once(self.last))
    }
}

/// Each value with the one behind it.
fn pairs(values: &[i64]) -> impl Iterator<Item = (i64, i64)> {
    values.iter().copied().zip(values.iter().copied().skip(1))
}
