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
        if !is_as_built || !has_energy || lasts_too_long(first.at, last.at) {
            return None;
        }
        let rising = Self { zone, first, last, sample_at, sample_register };
        let (mut before, mut rises, mut is_read_between) = (first, true, false);
        for shown in rising.shown() {
            rises &= shown.comes_after(before);
            is_read_between |= first.at < shown.at && shown.at < last.at;
            before = shown;
        }
        (rises && is_read_between && rising.could_be_delivered(installed)).then_some(rising)
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

    /// What was read after the start, in order of time.
    #[inline]
    pub(super) fn shown(&self) -> impl Iterator<Item = Shown> {
        let samples = self.sample_at.iter().zip(self.sample_register);
        let samples =
            samples.map(|(at, register)| Shown { at: Timestamp(*at), register: *register });
        samples.chain(std::iter::once(self.last))
    }
}

impl Shown {
    /// Whether time went on, and the register did not fall; at the same instant it stands.
    fn comes_after(self, before: Self) -> bool {
        let is_same = self == before;
        is_same | ((self.at > before.at) & (self.register >= before.register))
    }
}
