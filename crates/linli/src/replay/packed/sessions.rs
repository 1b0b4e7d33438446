//! Plain sessions side by side: in memory, and as bytes.
//!
//! The form: how many sessions; keys; connectors, cards and zones by name; then a column of numbers
//! each of starts, durations, what may be missing (whether it is there, and what it is), how many
//! samples; of all samples the time since the one before, the gain, and last the power.

use super::bytes::{self, Names, Texts, number};
use super::{DamagedBlock, numbers};
use crate::domain::charging::Reading;
use crate::domain::{Timestamp, WattHours, Zone};
use crate::ledger::{PlainSession, Wanted};

/// So many sessions lie side by side at most: their samples stay in the processor's cache.
const MOST_SESSIONS: usize = 1_024;
/// So many samples, but for those of the last session: a block stays below 4 MiB.
const MOST_SAMPLES: usize = 65_536;

/// Sessions as columns.
#[derive(Debug, Default)]
pub(super) struct SessionColumns {
    keys: Texts,
    connectors: Names,
    cards: Names,
    zones: Names,
    known_zones: Vec<Zone>,
    started_at: Vec<i64>,
    lasted_us: Vec<i64>,
    start_register: Maybe,
    end_register: Maybe,
    end_energy: Maybe,
    stated_seconds: Maybe,
    charging_seconds: Maybe,
    begun_before: Maybe,
    samples: Vec<i64>,
    powers: Vec<i64>,
    sample_at: Vec<i64>,
    sample_register: Vec<i64>,
    sample_power: Vec<i64>,
}

/// A column of numbers of which some are missing.
#[derive(Debug, Default)]
struct Maybe {
    is_there: Vec<i64>,
    number: Vec<i64>,
}

impl Maybe {
    fn push(&mut self, number: Option<i64>) {
        self.is_there.push(number.is_some().into());
        self.number.push(number.unwrap_or(0));
    }

    fn get(&self, row: usize) -> Result<Option<i64>, DamagedBlock> {
        let number = self.number.get(row).zip(self.is_there.get(row));
        let (number, is_there) = number.ok_or(DamagedBlock)?;
        Ok((*is_there != 0).then_some(*number))
    }

    fn put(&self, out: &mut Vec<u8>) {
        numbers::put(out, &self.is_there);
        numbers::put(out, &self.number);
    }

    fn take(&mut self, from: &mut &[u8], rows: usize) -> Option<()> {
        numbers::take(from, rows, &mut self.is_there)?;
        numbers::take(from, rows, &mut self.number)
    }
}

/// Where a session's samples begin.
#[derive(Clone, Copy, Debug, Default)]
struct Begin {
    sample: usize,
    power: usize,
}

impl SessionColumns {
    /// The sessions of a range, which have few enough samples each, as many side by side as may be.
    pub(super) fn all_of(sessions: &[PlainSession<'_>]) -> Vec<Self> {
        let (mut all, mut rest) = (Vec::new(), sessions);
        while !rest.is_empty() {
            let mut samples = 0_usize;
            let fits = |session: &&PlainSession<'_>| {
                let is_room = samples < MOST_SAMPLES;
                samples = samples.saturating_add(session.sample_at.len());
                is_room
            };
            let count = rest.iter().take(MOST_SESSIONS).take_while(fits).count();
            let (own, behind) = rest.split_at(count);
            all.push(Self::of(own));
            rest = behind;
        }
        all
    }

    fn of(sessions: &[PlainSession<'_>]) -> Self {
        let mut own = Self {
            connectors: Names::of(sessions.iter().map(|session| session.connector)),
            cards: Names::of(sessions.iter().map(|session| session.card)),
            zones: Names::of(sessions.iter().map(|session| Some(session.zone.name()))),
            ..Self::default()
        };
        own.know_zones();
        for session in sessions {
            own.keys.push(session.key);
            own.started_at.push(session.started_at.0);
            own.lasted_us.push(session.ended_at.0.wrapping_sub(session.started_at.0));
            let (register, energy) = match session.end_reading {
                Some(Reading::Register(register)) => (Some(register.0), None),
                Some(Reading::Energy(energy)) => (None, Some(energy.0)),
                // A session whose end tells such a thing is no plain one.
                Some(Reading::Unknown) | None => (None, None),
            };
            own.end_register.push(register);
            own.end_energy.push(energy);
            own.start_register.push(session.start_register);
            own.stated_seconds.push(session.stated_seconds);
            own.charging_seconds.push(session.charging_seconds);
            own.begun_before.push(session.begun_before.map(number));
            own.samples.push(number(session.sample_at.len()));
            own.powers.push(number(session.sample_power.len()));
            own.sample_at.extend_from_slice(session.sample_at);
            own.sample_register.extend_from_slice(session.sample_register);
            own.sample_power.extend_from_slice(session.sample_power);
        }
        own
    }

    /// Hands over each session; the error of the outer result is that these columns are none.
    pub(super) fn each<E>(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), E>,
    ) -> Result<Result<(), E>, DamagedBlock> {
        let mut begin = Begin::default();
        for row in 0..self.keys.len() {
            let mut told = self.told(row, &mut begin)?;
            if wanted == Wanted::Registers {
                told.sample_power = &[];
            }
            if let Err(error) = take(&told) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    fn told(&self, row: usize, begin: &mut Begin) -> Result<PlainSession<'_>, DamagedBlock> {
        let end = Begin {
            sample: end(begin.sample, self.samples.get(row))?,
            power: end(begin.power, self.powers.get(row))?,
        };
        let begin = std::mem::replace(begin, end);
        let samples = begin.sample..end.sample;
        let energy = self.end_energy.get(row)?.map(|energy| Reading::Energy(WattHours(energy)));
        let register = self.end_register.get(row)?.map(|own| Reading::Register(WattHours(own)));
        let zone = self.zones.number(row)?.and_then(|number| self.known_zones.get(number));
        let started_at = *self.started_at.get(row).ok_or(DamagedBlock)?;
        let lasted_us = self.lasted_us.get(row).ok_or(DamagedBlock)?;
        Ok(PlainSession {
            key: self.keys.get(row).ok_or(DamagedBlock)?,
            connector: self.connectors.get(row)?,
            card: self.cards.get(row)?,
            zone: *zone.ok_or(DamagedBlock)?,
            started_at: Timestamp(started_at),
            start_register: self.start_register.get(row)?,
            ended_at: Timestamp(started_at.wrapping_add(*lasted_us)),
            end_reading: register.or(energy),
            stated_seconds: self.stated_seconds.get(row)?,
            charging_seconds: self.charging_seconds.get(row)?,
            sample_at: self.sample_at.get(samples.clone()).ok_or(DamagedBlock)?,
            sample_register: self.sample_register.get(samples).ok_or(DamagedBlock)?,
            // Empty where it was not wanted.
            sample_power: self.sample_power.get(begin.power..end.power).unwrap_or_default(),
            begun_before: match self.begun_before.get(row)? {
                Some(samples) => Some(usize::try_from(samples).map_err(|_| DamagedBlock)?),
                None => None,
            },
        })
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        bytes::put_count(out, self.keys.len());
        self.keys.put(out);
        for names in [&self.connectors, &self.cards, &self.zones] {
            names.put(out);
        }
        numbers::put(out, &self.started_at);
        numbers::put(out, &self.lasted_us);
        for maybe in [
            &self.start_register,
            &self.end_register,
            &self.end_energy,
            &self.stated_seconds,
            &self.charging_seconds,
            &self.begun_before,
        ] {
            maybe.put(out);
        }
        numbers::put(out, &self.samples);
        numbers::put(out, &self.powers);
        numbers::put(out, &self.since(&self.sample_at, &self.started_at));
        numbers::put(out, &self.since(&self.sample_register, &self.start_register.number));
        numbers::put(out, &self.sample_power);
    }

    /// Reads sessions in place of those that stood there, power only where it is wanted; `None`
    /// where these bytes are no such columns.
    pub(super) fn take(&mut self, from: &mut &[u8], wanted: Wanted) -> Option<()> {
        let rows = bytes::take_count(from, MOST_SESSIONS)?;
        self.keys.take(from, rows)?;
        for names in [&mut self.connectors, &mut self.cards, &mut self.zones] {
            names.take(from, rows)?;
        }
        self.know_zones()?;
        numbers::take(from, rows, &mut self.started_at)?;
        numbers::take(from, rows, &mut self.lasted_us)?;
        for maybe in [
            &mut self.start_register,
            &mut self.end_register,
            &mut self.end_energy,
            &mut self.stated_seconds,
            &mut self.charging_seconds,
            &mut self.begun_before,
        ] {
            maybe.take(from, rows)?;
        }
        numbers::take(from, rows, &mut self.samples)?;
        numbers::take(from, rows, &mut self.powers)?;
        let (samples, powers) = (total(&self.samples)?, total(&self.powers)?);
        numbers::take(from, samples, &mut self.sample_at)?;
        numbers::take(from, samples, &mut self.sample_register)?;
        add_up(&mut self.sample_at, &self.started_at, &self.samples);
        add_up(&mut self.sample_register, &self.start_register.number, &self.samples);
        self.sample_power.clear();
        if wanted == Wanted::RegistersAndPower {
            numbers::take(from, powers, &mut self.sample_power)?;
        }
        Some(())
    }

    fn know_zones(&mut self) -> Option<()> {
        self.known_zones.clear();
        for name in self.zones.names() {
            self.known_zones.push(name.parse().ok()?);
        }
        Some(())
    }

    /// Each sample's number by the one before it, or by that of the session's start.
    fn since(&self, numbers: &[i64], starts: &[i64]) -> Vec<i64> {
        let (mut since, mut rest) = (Vec::with_capacity(numbers.len()), numbers);
        for (start, samples) in starts.iter().zip(&self.samples) {
            let samples = usize::try_from(*samples).unwrap_or(usize::MAX);
            let (own, behind) = rest.split_at(samples.min(rest.len()));
            let befores = std::iter::once(start).chain(own);
            since.extend(own.iter().zip(befores).map(|(own, before)| own.wrapping_sub(*before)));
            rest = behind;
        }
        since
    }
}

/// The other way round: in place of each sample's number since the one before the number itself.
fn add_up(since: &mut [i64], starts: &[i64], samples: &[i64]) {
    let mut rest = since;
    for (start, samples) in starts.iter().zip(samples) {
        let samples = usize::try_from(*samples).unwrap_or(usize::MAX);
        let (own, behind) = rest.split_at_mut(samples.min(rest.len()));
        let mut before = *start;
        for number in own {
            before = before.wrapping_add(*number);
            *number = before;
        }
        rest = behind;
    }
}

/// Where a run of so many ends that begins at a place.
fn end(begin: usize, count: Option<&i64>) -> Result<usize, DamagedBlock> {
    let count = count.and_then(|count| usize::try_from(*count).ok()).ok_or(DamagedBlock)?;
    begin.checked_add(count).ok_or(DamagedBlock)
}

fn total(counts: &[i64]) -> Option<usize> {
    let add = |sum: usize, count: &i64| sum.checked_add(usize::try_from(*count).ok()?);
    counts.iter().try_fold(0, add).filter(|total| *total <= 2 * MOST_SAMPLES)
}
