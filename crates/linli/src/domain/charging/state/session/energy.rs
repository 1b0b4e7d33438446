//! Energy from readings: registers, resets, jumps, and what is unknown.

use super::super::super::Reading;
use super::super::super::tariff::{Activity, Interval};
use super::super::{Installed, Replaced, delivers};
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
    /// The session's energy from which they count: more than none once they began anew.
    counted_from: i64,
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
        let start_register = self.start.as_ref()?.register;
        if start_register.is_some_and(|register| !Reading::Register(register).is_known()) {
            flags.raise(Flag::ReadingUnknown);
        }
        let start_register =
            start_register.filter(|register| Reading::Register(*register).is_known());
        let start_register = start_register.map(|register| register.0);
        let mut meter = Meter {
            at: from,
            energy: 0,
            register: start_register,
            is_relative: false,
            counted_from: 0,
            registers_n: 0,
            usable_n: 0,
            max_power: installed.max_power,
            shifted: 0,
        };
        let end = self.end.as_ref()?;
        let is_past = |one: &&Replaced| {
            one.at < from || (one.at == from && start_register.is_none_or(|own| one.shows_new(own)))
        };
        let mut replaced = installed.replaced.iter().skip_while(is_past).peekable();
        for sample in &self.samples {
            if sample.at < from || sample.at > until {
                flags.raise(Flag::SampleOutsideSession);
            } else {
                while let Some(one) = replaced.next_if(|one| one.comes_before(sample)) {
                    meter.replace(one, intervals, flags);
                }
                meter.take(*sample, intervals, flags);
            }
        }
        let last =
            Sample { at: until, reading: end.reading.unwrap_or(Reading::Unknown), power: None };
        for one in replaced.take_while(|one| one.comes_before(&last)) {
            meter.replace(one, intervals, flags);
        }
        if let Some(reading) = end.reading {
            if let (Reading::Register(WattHours(last)), Some(first)) = (reading, start_register)
                && last < first
                && reading.is_known()
                && !meter.is_relative
                && meter.shifted == 0
                && !flags.has(Flag::RegisterReset)
            {
                flags.raise(Flag::EndRegisterBelowStart);
            }
            meter.take(last, intervals, flags);
        }
        if meter.at < until || intervals.is_empty() {
            intervals.push(between(meter.at, until, 0, None));
        }
        if meter.usable_n == 0 {
            flags.raise(Flag::NoEnergy);
            return None;
        }
        let lasting = intervals.iter().filter(|interval| interval.length_us() > 0).count();
        if lasting <= 1 && !self.is_read_between((from, until)) {
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

impl Replaced {
    /// Whether the meter was there no more when a reading was taken. At the very instant of the
    /// exchange the reading itself tells.
    fn comes_before(&self, sample: &Sample) -> bool {
        let is_new = match sample.reading {
            Reading::Register(register) => self.shows_new(register.0),
            Reading::Energy(_) | Reading::Unknown => true,
        };
        self.at < sample.at || (self.at == sample.at && is_new)
    }
}

impl Meter {
    #[inline]
    fn take(&mut self, sample: Sample, intervals: &mut Vec<Interval>, flags: &mut Flags) {
        if !sample.reading.is_known() {
            flags.raise(Flag::ReadingUnknown);
            return;
        }
        let gained = match (sample.reading, self.register) {
            (Reading::Energy(WattHours(energy)), _) => self.told(energy),
            (Reading::Register(WattHours(shown)), Some(last)) => {
                self.gained(shown, last, sample.at, flags)
            }
            (Reading::Register(WattHours(shown)), None) => {
                self.begin_at(shown, sample.at, intervals);
                None
            }
            (Reading::Unknown, _) => None,
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
        let Some(register) = self.register.filter(|_| !self.is_relative) else { return };
        let last = one.last.0.saturating_add(self.shifted);
        if last < register {
            // No meter ran backwards for its exchange: what was shown before counts.
            flags.raise(Flag::RegisterDecrease);
        } else {
            let reading = Reading::Register(one.last);
            self.take(Sample { at: one.at, reading, power: None }, intervals, flags);
        }
        self.shifted = last.max(register).saturating_sub(one.first.0);
    }

    /// What was gained where the session's own energy is told; registers go on from there.
    fn told(&mut self, energy: i64) -> Option<i64> {
        let gained = energy.checked_sub(self.energy)?;
        self.register = self.register.map(|register| register.saturating_add(gained));
        Some(gained)
    }

    /// The first register where the start told none: energy counts from there. What flowed before
    /// is unknown, which is not idle, and one register alone shows no energy.
    fn begin_at(&mut self, shown: i64, at: Timestamp, intervals: &mut Vec<Interval>) {
        self.register = Some(shown.saturating_add(self.shifted));
        self.registers_n = self.registers_n.saturating_add(1);
        if at > self.at {
            let activity = Activity::Charging;
            intervals.push(Interval { activity, ..between(self.at, at, 0, None) });
        }
        self.at = at;
    }

    /// Energy since the last usable reading, from what the meter shows; `None` for a reading that
    /// is left out.
    #[inline]
    fn gained(&mut self, shown: i64, last: i64, at: Timestamp, flags: &mut Flags) -> Option<i64> {
        let register = shown.saturating_add(self.shifted);
        let is_first = self.registers_n == 0;
        let gained = if self.is_relative {
            self.gained_of_session(shown, at, flags)?
        } else if register >= last {
            self.register = Some(register);
            register.checked_sub(last)?
        } else if is_first {
            // The first reading below the start register proves that the session counts alone.
            flags.raise(Flag::RegisterRelative);
            self.is_relative = true;
            shown
        } else {
            self.begin_anew(shown, at, flags)?;
            (self.register, self.shifted) = (Some(shown), 0);
            shown
        };
        if self.max_power.is_some() && !self.could_deliver(gained, at) {
            flags.raise(Flag::RegisterJump);
        }
        self.registers_n = self.registers_n.saturating_add(1);
        Some(gained)
    }

    /// The same where registers count the session alone, but for one that would be a jump so, and
    /// fits as a value of the meter's whole life.
    fn gained_of_session(&mut self, shown: i64, at: Timestamp, flags: &mut Flags) -> Option<i64> {
        let register = self.counted_from.saturating_add(shown);
        if register < self.energy {
            self.begin_anew(shown, at, flags)?;
            self.counted_from = self.energy;
            return Some(shown);
        }
        let gained = register.checked_sub(self.energy)?;
        // The start register stays where the session began.
        let of_life =
            self.register.and_then(|start| shown.checked_sub(start)?.checked_sub(self.energy));
        let fits = |gained: &i64| *gained >= 0 && self.could_deliver(*gained, at);
        if self.max_power.is_some() && !self.could_deliver(gained, at) {
            return of_life.filter(fits).or(Some(gained));
        }
        Some(gained)
    }

    /// A register that fell to what can have been delivered since began anew; any other fall is a
    /// bad reading, and left out.
    fn begin_anew(&self, shown: i64, at: Timestamp, flags: &mut Flags) -> Option<()> {
        let is_reset = self.could_deliver(shown, at);
        flags.raise(if is_reset { Flag::RegisterReset } else { Flag::RegisterDecrease });
        is_reset.then_some(())
    }

    /// Whether the connector's greatest power can have delivered this much since the last reading.
    fn could_deliver(&self, energy: i64, at: Timestamp) -> bool {
        self.max_power.is_some_and(|power| delivers(power, energy, at.since(self.at)))
    }
}

fn between(from: Timestamp, until: Timestamp, energy: i64, power: Option<Watts>) -> Interval {
    let activity = if energy == 0 { Activity::Idle } else { Activity::Charging };
    Interval { from, until, energy: i128::from(energy), activity, power }
}
