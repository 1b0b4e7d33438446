//! What the charging periods of a CDR tell between its start and its end: readings and states.
//!
//! Time is billed where a period states it, and nowhere else. A period charges for the `TIME` that
//! it states, is idle for its `PARKING_TIME` after that, and for the rest of its length it is
//! neither: that is recorded as suspended by the station, for which no time is due. So is what lies
//! before the first period. Energy is that which the periods state, and each keeps its own.
//!
//! A time longer than its period ends with it; one that is a second apart from the period's length
//! is that length, because hours are stated with few digits.
//!
//! # Source
//! OCPI 2.2.1, CDRs module, ChargingPeriod.

use linli::charging::tariff::{Cdr, ChargingPeriod};
use linli::charging::{Command, Reading, SuspendedBy};
use linli::{Exact, Overflow, SessionKey, Timestamp, WattHours, Zone};

use super::ocpi_cdr::nearest;

/// How far rounded hours may be from the length of their period, in microseconds.
const HOURS_ROUNDED_US: i64 = 1_000_000;

/// What the periods tell between start and end.
pub(super) struct Meter {
    pub(super) between: Vec<Command>,
    pub(super) last: Option<Reading>,
    /// Whether some energy is finer than a watt-hour.
    pub(super) is_finer: bool,
    /// Whether a total is stated of energy that no period states.
    pub(super) is_apart: bool,
}

impl Meter {
    pub(super) fn over(
        cdr: &Cdr,
        session: &SessionKey,
        (started_at, zone): (Timestamp, Zone),
    ) -> Result<Self, Overflow> {
        let periods = cdr.session_periods();
        let (between, last) = (Vec::new(), None);
        let mut meter = Self { between, last, is_finer: false, is_apart: false };
        let total = cdr.totals().energy_kwh;
        if periods.is_empty() {
            meter.last = total.map(|total| meter.reading(total)).transpose()?;
            return Ok(meter);
        }
        let mut states = States { session, zone, last: None };
        if periods.first().is_some_and(|first| first.from > started_at) {
            meter.between.extend(states.turn(State::Neither, started_at));
        }
        let mut sum_kwh = Exact::ZERO;
        let mut periods = periods.iter().peekable();
        while let Some(period) = periods.next() {
            meter.between.extend(states.of(period)?);
            sum_kwh = sum_kwh.plus(period.energy_kwh.unwrap_or(Exact::ZERO))?;
            let reading = meter.reading(sum_kwh)?;
            meter.last = Some(reading);
            if periods.peek().is_some() {
                let (session, at, power) = (session.clone(), period.until, None);
                meter.between.push(Command::RecordMeterSample {
                    session,
                    at,
                    zone,
                    reading,
                    power,
                });
            }
        }
        meter.is_apart = total.is_some_and(|total| total != sum_kwh);
        Ok(meter)
    }

    /// The session's energy so far, in the nearest whole watt-hours.
    fn reading(&mut self, energy_kwh: Exact) -> Result<Reading, Overflow> {
        let energy_wh = energy_kwh.times(Exact::whole(1_000))?;
        self.is_finer |= energy_wh.denominator() != 1;
        Ok(Reading::Energy(WattHours(nearest(energy_wh).ok_or(Overflow)?)))
    }
}

/// What the time is that passes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Charging,
    Idle,
    Neither,
}

/// What the periods tell of the vehicle: a change of state is an event, and so is the first one.
struct States<'a> {
    session: &'a SessionKey,
    zone: Zone,
    last: Option<State>,
}

impl States<'_> {
    fn of(&mut self, period: &ChargingPeriod) -> Result<Vec<Command>, Overflow> {
        let mut changes = Vec::new();
        let idle_from = after(period.from, period.charging_h, period.until)?;
        let rest_from = after(idle_from, period.parking_h, period.until)?;
        if idle_from > period.from {
            changes.extend(self.turn(State::Charging, period.from));
        }
        if rest_from > idle_from {
            changes.extend(self.turn(State::Idle, idle_from));
        }
        if period.until > rest_from {
            changes.extend(self.turn(State::Neither, rest_from));
        }
        Ok(changes)
    }

    fn turn(&mut self, state: State, at: Timestamp) -> Option<Command> {
        if self.last == Some(state) {
            return None;
        }
        self.last = Some(state);
        let (session, zone) = (self.session.clone(), self.zone);
        let by = match state {
            State::Charging => return Some(Command::RecordResumption { session, at, zone }),
            State::Idle => SuspendedBy::Vehicle,
            State::Neither => SuspendedBy::Station,
        };
        Some(Command::RecordSuspension { session, at, zone, by })
    }
}

/// The instant so many hours later, not after `until`.
fn after(from: Timestamp, hours: Option<Exact>, until: Timestamp) -> Result<Timestamp, Overflow> {
    let Some(hours) = hours.filter(|hours| *hours > Exact::ZERO) else { return Ok(from) };
    let length = nearest(hours.times(Exact::whole(3_600_000_000))?).ok_or(Overflow)?;
    let at = Timestamp(from.0.checked_add(length).ok_or(Overflow)?);
    Ok(if until.since(at) < HOURS_ROUNDED_US { until } else { at })
}
