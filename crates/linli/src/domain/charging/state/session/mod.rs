//! The session fold: from meter events to what can be priced.

mod activity;
mod clock;
mod energy;
mod plain;

pub(crate) use plain::SampleColumns;

use super::super::tariff::Interval;
use super::super::{Decision, Event, Reading, SuspendedBy};
use super::Installed;
use crate::domain::{
    CardId, ConnectorId, Currency, Evolve, Flag, Flags, Happened, Money, Timestamp, WattHours,
    Watts, Zone,
};

/// A session as its events tell it, in whatever order they came in.
#[derive(Clone, Debug, Default)]
pub struct Session {
    start: Option<Start>,
    end: Option<End>,
    corrected_start: Option<Timestamp>,
    corrected_end: Option<Timestamp>,
    samples: Vec<Sample>,
    /// Readings that are right, by the stamp that the station sent; of one stamp the last counts.
    corrected_readings: Vec<(Timestamp, Reading)>,
    states: Vec<(Timestamp, Option<SuspendedBy>)>,
    flags: Flags,
    decisions: Vec<(Flag, Decision)>,
    issued: Vec<Issued>,
    /// The numbers of our own bills among them, for the credits to come.
    own_bills: Vec<(String, Issued)>,
    is_voided: bool,
}

#[derive(Clone, Debug)]
struct Start {
    at: Timestamp,
    zone: Zone,
    connector: Option<ConnectorId>,
    card: Option<CardId>,
    register: Option<WattHours>,
}

#[derive(Clone, Debug)]
struct End {
    at: Timestamp,
    reading: Option<Reading>,
    stated_seconds: Option<i64>,
    charging_seconds: Option<i64>,
    is_by_rule: bool,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Timestamp,
    reading: Reading,
    power: Option<Watts>,
}

/// A bill that was issued for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The amount; negative for a credit.
    pub amount: Money,
    /// Its currency.
    pub currency: Currency,
    /// Whether Linli issued it, and not somebody whose bill was recorded.
    pub is_own: bool,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionState {
    /// It goes on, or nobody has said that it ended.
    Open,
    /// It ended, as the station reported.
    Ended,
    /// No end was reported; a rule closed it at its last evidence.
    ClosedByRule,
    /// It does not count.
    Voided,
}

impl SessionState {
    /// The name that tables and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
            Self::ClosedByRule => "closed_by_rule",
            Self::Voided => "voided",
        }
    }
}

/// What a session comes to: its intervals stand in the buffer that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billable {
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; not before it started.
    pub ended_at: Timestamp,
    /// The zone whose wall clock decides.
    pub zone: Zone,
    /// Its energy; `None` where there is no usable reading, and then it is not priced.
    pub energy: Option<WattHours>,
    /// What looks wrong about it.
    pub flags: Flags,
    /// Whether a bill waits for a person to settle a flag.
    pub is_held: bool,
}

impl Session {
    /// Forgets everything, and keeps the memory for another session.
    pub fn forget(&mut self) {
        let mut samples = std::mem::take(&mut self.samples);
        samples.clear();
        *self = Self { samples, ..Self::default() };
    }

    /// Takes in its start; the first counts. What [`Evolve`] does for a start without a flag.
    pub fn start(
        &mut self,
        at: Timestamp,
        zone: Zone,
        (connector, card): (Option<ConnectorId>, Option<CardId>),
        register: Option<WattHours>,
    ) {
        self.start.get_or_insert(Start { at, zone, connector, card, register });
    }

    /// Takes in a reading: what [`Evolve`] does for a meter sample without a flag.
    #[inline]
    pub fn sample(&mut self, at: Timestamp, reading: Reading, power: Option<Watts>) {
        self.take_sample(Sample { at, reading, power });
    }

    /// Takes in its end as the station reported it; the first counts, and before one by rule. What
    /// [`Evolve`] does for an end without a flag.
    pub fn end(
        &mut self,
        at: Timestamp,
        reading: Option<Reading>,
        stated_seconds: Option<i64>,
        charging_seconds: Option<i64>,
    ) {
        let is_by_rule = false;
        let end = End { at, reading, stated_seconds, charging_seconds, is_by_rule };
        if self.end.as_ref().is_none_or(|known| known.is_by_rule) {
            self.end = Some(end);
        }
    }

    /// Whether it has ended, by report or by rule.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.start.is_some() && self.end.is_some()
    }

    /// Whether it does not count.
    #[must_use]
    pub fn is_voided(&self) -> bool {
        self.is_voided || self.decisions.iter().any(|(_, made)| *made == Decision::Exclude)
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> SessionState {
        match &self.end {
            _ if self.is_voided() => SessionState::Voided,
            None => SessionState::Open,
            Some(end) if end.is_by_rule => SessionState::ClosedByRule,
            Some(_) => SessionState::Ended,
        }
    }

    /// When it started, as far as that is known and corrected.
    #[must_use]
    pub fn started_at(&self) -> Option<Timestamp> {
        let start = self.start.as_ref()?;
        Some(self.corrected_start.unwrap_or(start.at))
    }

    /// When it ended, as far as that is known and corrected; never before it started.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        let end = self.end.as_ref()?;
        Some(self.corrected_end.unwrap_or(end.at).max(self.started_at()?))
    }

    /// The zone whose wall clock decides; `None` until its start is known.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        Some(self.start.as_ref()?.zone)
    }

    /// What looked wrong when its events were recorded. [`Billable::flags`] has these too, and what
    /// the readings show.
    #[must_use]
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The card that started it.
    #[must_use]
    pub fn card(&self) -> Option<&CardId> {
        self.start.as_ref()?.card.as_ref()
    }

    /// The connector it used.
    #[must_use]
    pub fn connector(&self) -> Option<&ConnectorId> {
        self.start.as_ref()?.connector.as_ref()
    }

    /// The bills issued for it, credits among them.
    #[must_use]
    pub fn issued(&self) -> &[Issued] {
        &self.issued
    }

    /// How many readings lie between start and end.
    #[must_use]
    pub fn samples_n(&self) -> usize {
        self.samples.len()
    }

    /// What can be priced, once the session is over: `intervals` is cleared and filled. What its
    /// connector can do tells a reset from a bad reading, and a jump from energy; of a meter that
    /// was exchanged the registers go on, and stamps of a wrong clock are read as they were meant.
    pub fn billable(
        &self,
        installed: &Installed,
        intervals: &mut Vec<Interval>,
    ) -> Option<Billable> {
        let corrected = self.with_right_readings();
        let told = corrected.as_ref().unwrap_or(self);
        match told.as_meant(installed) {
            Some(meant) => meant.billable_as_told(installed, true, intervals),
            None => told.billable_as_told(installed, false, intervals),
        }
    }

    fn billable_as_told(
        &self,
        installed: &Installed,
        is_clock_mended: bool,
        intervals: &mut Vec<Interval>,
    ) -> Option<Billable> {
        intervals.clear();
        let (start, end) = (self.start.as_ref()?, self.end.as_ref()?);
        let started_at = self.corrected_start.unwrap_or(start.at);
        let stated_end = self.corrected_end.unwrap_or(end.at);
        let mut flags = self.flags;
        if stated_end < started_at {
            flags.raise(Flag::EndBeforeStart);
        }
        let ended_at = stated_end.max(started_at);
        // Closed at its start for want of an end, or ending before it: then it is not zero, but
        // unknown.
        if stated_end == started_at && !flags.has(Flag::NoEnd) {
            flags.raise(Flag::ZeroDuration);
        }
        let lasted = ended_at.since(started_at) / 1_000_000;
        if end.stated_seconds.is_some_and(|stated| lasted.abs_diff(stated) > 60) {
            flags.raise(Flag::DurationMismatch);
        }
        let energy = self.meter((started_at, ended_at), installed, intervals, &mut flags);
        self.tell_charging_from_idle((started_at, ended_at), intervals, &mut flags);
        let settled = |flag: &Flag| self.decisions.iter().any(|(about, _)| about == flag);
        let holds = |flag: &Flag| match flag {
            Flag::NegativeEnergy => !installed.feeds_back,
            Flag::ClockUnset | Flag::FutureTime => !is_clock_mended,
            flag => flag.holds(),
        };
        let is_held = flags.iter().any(|flag| holds(&flag) && !settled(&flag));
        Some(Billable { started_at, ended_at, zone: start.zone, energy, flags, is_held })
    }

    fn issue(&mut self, bill: Option<&str>, amount: &str, currency: Currency) {
        let Some(amount) = Money::written(amount) else { return };
        let issued = Issued { amount, currency, is_own: bill.is_some() };
        self.own_bills.extend(bill.map(|bill| (bill.to_owned(), issued)));
        self.issued.push(issued);
    }

    /// A credit takes a bill back, whole; of a bill that is not known it takes nothing.
    fn credit(&mut self, credited: &str) {
        let own = self.own_bills.iter().find(|(bill, _)| bill == credited);
        let taken = |own: &(String, Issued)| Issued {
            amount: Money(own.1.amount.0.saturating_neg()),
            ..own.1
        };
        self.issued.extend(own.map(taken));
    }

    /// The session with its readings as they were corrected, whether a reading or its correction
    /// was told first; `None` where none was. All that was read at its stamp is corrected, and one
    /// that nobody has told is a sample.
    fn with_right_readings(&self) -> Option<Self> {
        if self.corrected_readings.is_empty() {
            return None;
        }
        let mut right = self.clone();
        for (at, reading) in &self.corrected_readings {
            let (at, reading) = (*at, *reading);
            let mut was_told = false;
            for sample in right.samples.iter_mut().filter(|sample| sample.at == at) {
                (sample.reading, was_told) = (reading, true);
            }
            if let Some(end) = right.end.as_mut().filter(|end| end.at == at) {
                (end.reading, was_told) = (Some(reading), true);
            }
            let start = right.start.as_mut().filter(|start| start.at == at);
            if let (Some(start), Reading::Register(register)) = (start, reading)
                && let Some(own) = &mut start.register
            {
                (*own, was_told) = (register, true);
            }
            if !was_told {
                right.take_sample(Sample { at, reading, power: None });
            }
        }
        Some(right)
    }

    /// Whether any reading between start and end can be used: without one only totals are known.
    fn is_read_between(&self, (from, until): (Timestamp, Timestamp)) -> bool {
        let is_between = |sample: &Sample| from < sample.at && sample.at < until;
        self.samples.iter().any(|sample| is_between(sample) && sample.reading.is_known())
    }

    /// Keeps the readings in order of time; of two at one instant the first stands first.
    #[inline]
    fn take_sample(&mut self, sample: Sample) {
        match self.samples.last() {
            Some(last) if last.at > sample.at => {
                let place = self.samples.partition_point(|own| own.at <= sample.at);
                self.samples.insert(place, sample);
            }
            _ => self.samples.push(sample),
        }
    }
}

impl Evolve for Session {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let at = happened.at;
        happened.flags.iter().for_each(|flag| self.flags.raise(*flag));
        match &happened.event {
            Event::SessionStarted { connector, card, register, .. } => {
                let used = (connector.clone(), card.clone());
                self.start(at, happened.zone, used, *register);
            }
            Event::MeterSampled { reading, power, .. } => self.sample(at, *reading, *power),
            Event::ChargingSuspended { by, .. } => self.states.push((at, Some(*by))),
            Event::ChargingResumed { .. } => self.states.push((at, None)),
            Event::SessionEnded { reading, stated_seconds, charging_seconds, .. } => {
                self.end(at, *reading, *stated_seconds, *charging_seconds);
            }
            Event::SessionClosedByRule { reading, .. } => {
                let (reading, is_by_rule) = (*reading, true);
                let (stated_seconds, charging_seconds) = (None, None);
                let end = End { at, reading, stated_seconds, charging_seconds, is_by_rule };
                self.end.get_or_insert(end);
            }
            Event::SessionVoided { .. } => self.is_voided = true,
            Event::SessionCorrected { started_at, ended_at, .. } => {
                self.corrected_start = started_at.or(self.corrected_start);
                self.corrected_end = ended_at.or(self.corrected_end);
            }
            Event::ReadingCorrected { reading, .. } => {
                self.corrected_readings.push((at, *reading));
            }
            Event::FlagSettled { flag, decision, .. } => self.decisions.push((*flag, *decision)),
            Event::PayloadConflictNoted { .. } => self.flags.raise(Flag::PayloadConflict),
            Event::BillRecorded { amount, currency, .. } => self.issue(None, amount, *currency),
            Event::BillIssued { bill, amount, currency, .. } => {
                self.issue(Some(bill), amount, *currency);
            }
            Event::BillCredited { credits, .. } => self.credit(credits),
            _ => {}
        }
    }
}
