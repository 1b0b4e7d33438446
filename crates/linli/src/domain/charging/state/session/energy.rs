//! Energy from readings: registers, resets, jumps, and what is unknown.

use super::super::super::Reading;
use super::super::super::tariff::{Activity, Interval};
use super::super::{Installed, Replaced};
use super::{Sample, Session};
use crate::domain::{Flag, Flags, Timestamp, WattHours, Watts};

/// What the meter has shown so far.
struct Meter {
    /// When the last usable reading was taken.
    at: Timestamp,
    /// The session's energy up to then, in watt-hours.
    energy: i64,
    /// The last usable register, if the meter shows registers.
    register: Option<i64>,
    /// Registers count as the session's own energy.
    is_relative: bool,
    /// Registers read after the start.
    registers_n: usize,
    /// Readings that could be used.
    usable_n: usize,
    max_power: Option<Watts>,
    /// What registers of the meter that is there now lack to go on from those of the first.
    shifted: i64,
}

impl Session {
    /// Fills the intervals between usable readings and gives the session's energy.
    pub(super) fn meter(
        &self,
        (from, until): (Timestamp, Timestamp),
        installed: &Installed,
        intervals: &mut Vec<Interval>,
        flags: &mut Flags,
    ) -> Option<WattHours> {
        let start_register = self.start.as_ref()?.register.map(|register| register.0);
        let mut meter = Meter {
            at: from,
            energy: 0,
            register: start_register,
            is_relative: false,
            registers_n: 0,
            usable_n: 0,
            max_power: installed.max_power,
            shifted: 0,
        };
        let end = self.end.as_ref()?;
        let mut replaced = installed.replaced.iter().skip_while(|one| one.at <= from).peekable();
        for sample in &self.samples {
            if sample.at < from || sample.at > until {
                flags.raise(Flag::SampleOutsideSession);
            } else {
                while let Some(one) = replaced.next_if(|one| one.at <= sample.at) {
                    meter.replace(one, intervals, flags);
                }
                meter.take(*sample, intervals, flags);
            }
        }
        for one in replaced.take_while(|one| one.at <= until) {
            meter.replace(one, intervals, flags);
        }
        if let Some(reading) = end.reading {
            if let (Reading::Register(WattHours(last)), Some(first)) = (reading, start_register)
                && last < first
                && !meter.is_relative
                && meter.shifted == 0
                && !flags.has(Flag::RegisterReset)
            {
                flags.raise(Flag::EndRegisterBelowStart);
            }
            meter.take(Sample { at: until, reading, power: None }, intervals, flags);
        }
        if meter.at < until || intervals.is_empty() {
            intervals.push(between(meter.at, until, 0, None));
        }
        if meter.usable_n == 0 {
            flags.raise(Flag::NoEnergy);
            return None;
        }
        if intervals.len() == 1 && self.samples.is_empty() {
            flags.raise(Flag::SingleInterval);
        }
        match meter.energy {
            0 => flags.raise(Flag::ZeroEnergy),
            energy if energy < 0 => flags.raise(Flag::NegativeEnergy),
            _ => {}
        }
        Some(WattHours(meter.energy))
    }
}

impl Meter {
    #[inline]
    fn take(&mut self, sample: Sample, intervals: &mut Vec<Interval>, flags: &mut Flags) {
        let gained = match sample.reading {
            Reading::Unknown | Reading::Register(WattHours(-1)) => {
                flags.raise(Flag::ReadingUnknown);
                None
            }
            Reading::Energy(WattHours(energy)) => energy.checked_sub(self.energy),
            Reading::Register(WattHours(register)) => {
                self.gained(register.saturating_add(self.shifted), sample.at, flags)
            }
        };
        let Some(gained) = gained else { return };
        self.usable_n = self.usable_n.saturating_add(1);
        if sample.at > self.at || gained != 0 {
            intervals.push(between(self.at, sample.at, gained, sample.power));
        }
        self.at = sample.at;
        self.energy = self.energy.saturating_add(gained);
    }

    /// Goes on with another meter: the old one's last register is a reading, and those of the new
    /// one count from there. Registers that count the session alone go on by themselves.
    fn replace(&mut self, one: &Replaced, intervals: &mut Vec<Interval>, flags: &mut Flags) {
        if self.register.is_none() || self.is_relative {
            return;
        }
        let reading = Reading::Register(one.last);
        self.take(Sample { at: one.at, reading, power: None }, intervals, flags);
        self.shifted = self.shifted.saturating_add(one.last.0.saturating_sub(one.first.0));
    }

    /// Energy since the last usable reading; `None` for a reading that is left out.
    #[inline]
    fn gained(&mut self, register: i64, at: Timestamp, flags: &mut Flags) -> Option<i64> {
        let Some(last) = self.register else {
            self.register = Some(register);
            self.registers_n = self.registers_n.saturating_add(1);
            return Some(0);
        };
        let gained = if self.is_relative {
            register.checked_sub(self.energy)?
        } else if register >= last {
            register.checked_sub(last)?
        } else if self.registers_n == 0 {
            // The first reading below the start register proves that the session counts alone.
            flags.raise(Flag::RegisterRelative);
            self.is_relative = true;
            register
        } else if self.could_deliver(register, at) {
            flags.raise(Flag::RegisterReset);
            register
        } else {
            flags.raise(Flag::RegisterDecrease);
            return None;
        };
        if self.max_power.is_some() && !self.could_deliver(gained, at) {
            flags.raise(Flag::RegisterJump);
        }
        self.register = Some(register);
        self.registers_n = self.registers_n.saturating_add(1);
        Some(gained)
    }

    /// Whether the connector's greatest power can have delivered this much since the last reading.
    fn could_deliver(&self, energy: i64, at: Timestamp) -> bool {
        const MICROSECONDS_AN_HOUR: i128 = 3_600_000_000;
        let Some(Watts(power)) = self.max_power else { return false };
        let most = i128::from(power).saturating_mul(i128::from(at.since(self.at)));
        i128::from(energy).saturating_mul(MICROSECONDS_AN_HOUR) <= most
    }
}

fn between(from: Timestamp, until: Timestamp, energy: i64, power: Option<Watts>) -> Interval {
    let activity = if energy == 0 { Activity::Idle } else { Activity::Charging };
    Interval { from, until, energy: i128::from(energy), activity, power }
}
