//! Prices a CDR: what it states of each period, at what was in force when the period started.
//!
//! A price that changes within a period cuts readings of our own; a period of somebody else's
//! cannot be cut, for nobody knows what was used when. Its issuer should have cut it there, so
//! that it is priced whole and warned of.

use super::super::calendar::Calendar;
use super::super::element::{Component, Dimension, Spot};
use super::super::error::Unbillable;
use super::super::line::{Line, lines_of};
use super::super::metered::{Activity, Interval, Metered};
use super::super::month::Month;
use super::super::periods::{Thresholds, Walk};
use super::super::price::Price;
use super::super::restriction::Usage;
use super::super::rounding::Stage;
use super::super::sheet::Tariff;
use super::super::tally::{Lasted, Ledger, Tally};
use super::super::volume::{HOUR_US, Volume};
use super::super::warning::{Warning, WarningKind};
use super::dispute::causes;
use super::verdict::{Verdict, signed, totals_that_differ};
use super::{Cdr, ChargingPeriod};
use crate::domain::{Exact, Money, Overflow, Zone};

/// Hours are stated with few decimals: a stated time this close to the length of its period is
/// that length.
const HOURS_ROUNDED_US: i64 = 1_000_000;

/// A CDR with its price.
#[derive(Clone, Debug)]
pub struct Rated {
    /// What it comes to, a credit not yet turned round; tax is in it where the tariff says so.
    pub price: Price,
    /// The total as a CDR states it: negative for a credit, `None` where nothing was priced.
    pub total: Option<Money>,
    /// The energy of all periods, in kilowatt-hours.
    pub energy_kwh: Exact,
    /// The zone whose wall clock decided.
    pub zone: Zone,
    /// Whether the CDR's own total agrees.
    pub verdict: Verdict,
    /// What is worth a second look, about the CDR, the tariff and the two together.
    pub warnings: Vec<Warning>,
}

/// What of a period's time is priced as charging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// What the CDR states.
    Stated,
    /// Also what it does not state, up to the period's length.
    Filled,
}

/// The periods of the session itself as intervals, and how the time of each counts.
pub(super) struct Session<'a> {
    pub(super) zone: Zone,
    units_per_wh: i128,
    periods: Vec<&'a ChargingPeriod>,
    intervals: Vec<Interval>,
    /// Charging and idle time as each period states them, in microseconds.
    stated_us: Vec<(Exact, Exact)>,
}

impl Cdr {
    /// What it comes to under a tariff, and whether its own total agrees. Windows look at the
    /// clock of its location; of `given` where it names none; else of its country's only zone, of
    /// the tariff's own zone, or of none where the tariff does not look at the clock, each of them
    /// with a warning. To rate many CDRs, keep a [`Pricer`](super::super::Pricer).
    ///
    /// A stated total agrees within half the smallest unit of its currency.
    ///
    /// # Errors
    /// [`Unbillable`] where it states no period, where nobody knows its zone, or where a figure
    /// leaves 128 bits.
    ///
    /// # Source
    /// OCPI 2.2.1, CDRs module, ChargingPeriod; billing.md section 3.4.
    pub fn rate(&self, tariff: &Tariff, given: Option<Zone>) -> Result<Rated, Unbillable> {
        self.rate_by(tariff, &mut Calendar::new(tariff.content().clone()), given)
    }

    /// What it comes to, and the lines that explain it: the same computation.
    ///
    /// # Errors
    /// As [`Cdr::rate`].
    pub fn explain(
        &self,
        tariff: &Tariff,
        given: Option<Zone>,
    ) -> Result<(Rated, Vec<Line>), Unbillable> {
        let rated = self.rate(tariff, given)?;
        let session = Session::of(self, rated.zone)?;
        let mut calendar = Calendar::new(tariff.content().clone());
        let (tally, _) = session.tally(tariff, &mut calendar, Times::Stated)?;
        let lines = lines_of(&tally, &rated.price)?;
        Ok((rated, lines))
    }

    /// What it comes to, with a calendar of the tariff that lives on.
    pub(in super::super) fn rate_by(
        &self,
        tariff: &Tariff,
        calendar: &mut Calendar,
        given: Option<Zone>,
    ) -> Result<Rated, Unbillable> {
        let (zone, mut warnings) = self.zone_under(tariff, given)?;
        let session = Session::of(self, zone)?;
        let (tally, mut remarks) = session.tally(tariff, calendar, Times::Stated)?;
        let price = tally.price_over(session.lasted(self)?)?;
        let total = signed(self.kind, &price)?;
        if tally.limit.0 != Exact::ZERO {
            remarks.push(remark(WarningKind::LimitApplied, "$.total_cost".to_owned()));
        }
        warnings.extend(remarks);
        warnings.extend(self.remarks_on(tariff));
        let energy_kwh = session.metered().energy_kwh()?;
        warnings.extend(totals_that_differ(self, tariff, &price, energy_kwh)?);
        let verdict = match Verdict::of(self, tariff, total)? {
            Verdict::Disputed { difference, .. } => {
                let causes = causes(self, tariff, &session, (&tally, &price))?;
                Verdict::Disputed { difference, causes }
            }
            other => other,
        };
        let warnings = [&self.warnings, tariff.warnings(), &warnings].concat();
        Ok(Rated { price, total, energy_kwh, zone, verdict, warnings })
    }

    fn zone_under(
        &self,
        tariff: &Tariff,
        given: Option<Zone>,
    ) -> Result<(Zone, Vec<Warning>), Unbillable> {
        if let Some(zone) = self.place.zone.or(given) {
            return Ok((zone, Vec::new()));
        }
        let elements = &tariff.content().elements;
        let by_clock = elements.iter().any(|element| element.restrictions.depends_on_clock());
        let (zone, kind) = if let Some(zone) = self.place.country_zone() {
            (zone, WarningKind::ZoneInferred)
        } else if let Some(zone) = tariff.zone() {
            (zone, WarningKind::ZoneOfTariff)
        } else if by_clock {
            return Err(Unbillable::NoZone);
        } else {
            (Zone::UTC, WarningKind::ZoneUnknown)
        };
        Ok((zone, vec![remark(kind, self.place.path.clone())]))
    }

    fn remarks_on(&self, tariff: &Tariff) -> impl Iterator<Item = Warning> {
        let other = self.currency.is_some_and(|own| own != tariff.currency());
        let currency = other.then(|| remark(WarningKind::OtherCurrency, "$.currency".to_owned()));
        let outside = !tariff.validity().has(self.start);
        let start = "$.start_date_time".to_owned();
        let validity = outside.then(|| remark(WarningKind::TariffNotValid, start));
        [currency, validity].into_iter().flatten()
    }
}

impl<'a> Session<'a> {
    /// Energy in whole units of a part of a watt-hour, so that every decimal stays exact.
    fn of(cdr: &'a Cdr, zone: Zone) -> Result<Self, Unbillable> {
        let periods: Vec<_> = cdr.session_periods().iter().collect();
        let mut units_per_wh: i128 = 1;
        let mut energies = Vec::with_capacity(periods.len());
        for period in &periods {
            let energy = period.energy_kwh.unwrap_or(Exact::ZERO).times(Exact::whole(1_000))?;
            units_per_wh = common_multiple(units_per_wh, energy.denominator())?;
            energies.push(energy);
        }
        let mut intervals = Vec::with_capacity(periods.len());
        let mut stated_us = Vec::with_capacity(periods.len());
        let stated = |hours: Option<Exact>| match hours {
            Some(hours) => hours.times(Exact::whole(HOUR_US)),
            None => Ok(Exact::ZERO),
        };
        for (period, energy) in periods.iter().zip(energies) {
            let energy = energy.times(Exact::whole(units_per_wh))?.numerator();
            stated_us.push((stated(period.charging_h)?, stated(period.parking_h)?));
            let activity = match (period.charging_h, period.parking_h) {
                (Some(_), _) => Activity::Charging,
                (None, Some(_)) => Activity::Idle,
                (None, None) => Activity::Neither,
            };
            let (from, until, power) = (period.from, period.until, None);
            intervals.push(Interval { from, until, energy, activity, power });
        }
        Ok(Self { zone, units_per_wh, periods, intervals, stated_us })
    }

    pub(super) fn metered(&self) -> Metered<'_> {
        let Self { zone, units_per_wh, ref intervals, .. } = *self;
        Metered { zone, units_per_wh, intervals }
    }

    /// What each component prices, and what is odd about that.
    pub(super) fn tally<'t>(
        &self,
        tariff: &'t Tariff,
        calendar: &mut Calendar,
        times: Times,
    ) -> Result<(Tally<'t>, Vec<Warning>), Unbillable> {
        tariff.needs_no_month()?;
        let metered = self.metered();
        if self.intervals.is_empty() {
            return Err(Unbillable::NoPeriod);
        }
        let (checked, month) = (metered.check()?, Month::default());
        let thresholds = calendar.thresholds();
        let mut walk = Walk::begin(tariff.content(), calendar, &checked, &month);
        if walk.looks.peak {
            walk.peak_w = self.peak_w(&walk)?;
        }
        let clock = Clock::of(tariff, times);
        let mut ledger = Ledger::new(tariff, &metered, &month)?;
        let (mut warnings, mut cuts, mut has_fixed) = (Vec::new(), Vec::new(), false);
        let stated = self.intervals.iter().zip(&self.stated_us);
        for (period, (interval, stated_us)) in self.periods.iter().zip(stated) {
            let usage = usage_at_start(&walk, period, interval)?;
            let active = walk.active(interval, Exact::ZERO, &usage)?;
            let [energy, time, parking, fixed] = active.components();
            let is_due = has_fixed || fixed.is_some();
            has_fixed = is_due;
            ledger.add_fixed(fixed);
            if period.energy_kwh.is_some() {
                ledger.add(energy, Volume::share(interval.energy, Exact::whole(1))?)?;
            }
            let (charged, idle) = clock.times(period, *stated_us)?;
            for (component, time_us) in [(time, charged), (parking, idle)] {
                if time_us > Exact::ZERO {
                    ledger.add(component, Volume::exactly(time_us))?;
                }
            }
            ledger.end(Stage::Period)?;
            ledger.end(Stage::Interval)?;
            let at = |kind| remark(kind, format!("$.charging_periods[{}]", period.index));
            if clock.misses(period) {
                warnings.push(at(WarningKind::PeriodStatesNoTime));
            }
            // No energy costs nothing under any price, but is it priced at all?
            let takes_energy =
                interval.energy != 0 || (period.energy_kwh.is_some() && energy.is_none());
            let is_used = [takes_energy, charged > Exact::ZERO, idle > Exact::ZERO, !is_due];
            let priced = [energy, time, parking, fixed].map(|one| one.map(Component::spot));
            let limits = (&*thresholds, &mut cuts);
            if changes_within(&mut walk, limits, (interval, &usage), (is_used, priced))? {
                warnings.push(at(WarningKind::PeriodSpansPriceChange));
            }
            walk.used = walk.used.checked_add(interval.energy).ok_or(Overflow)?;
        }
        Ok((Tally::close(tariff, ledger, &metered)?, warnings))
    }

    /// The greatest power that any period states, or has on the whole.
    fn peak_w(&self, walk: &Walk<'_, '_, '_>) -> Result<Exact, Overflow> {
        let mut peak_w = Exact::ZERO;
        for (period, interval) in self.periods.iter().zip(&self.intervals) {
            peak_w = peak_w.max(usage_at_start(walk, period, interval)?.most_w);
        }
        Ok(peak_w)
    }

    /// How long it lasted from its first period on, reservations before it apart; charging and idle
    /// time as stated, to the microsecond.
    pub(super) fn lasted(&self, cdr: &Cdr) -> Result<Lasted, Unbillable> {
        let (mut charged, mut idle) = (Exact::ZERO, Exact::ZERO);
        for stated_us in &self.stated_us {
            charged = charged.plus(stated_us.0)?;
            idle = idle.plus(stated_us.1)?;
        }
        let start = self.periods.first().map_or(cdr.start, |first| first.from);
        let total_us = cdr.end.since(start).max(0);
        Ok(Lasted { total_us, charging_us: nearest(charged)?, parking_us: nearest(idle)? })
    }
}

/// How stated times count under a tariff.
struct Clock {
    times: Times,
    /// Blocks begin anew with every second, so that the rounding of stated hours must not.
    has_blocks: bool,
    prices_time: bool,
}

impl Clock {
    fn of(tariff: &Tariff, times: Times) -> Self {
        let elements = tariff.content().elements.iter();
        let mut live = elements.filter(|element| !element.restrictions.reservation);
        let prices_time = live.any(|element| {
            [Dimension::Time, Dimension::Parking]
                .into_iter()
                .any(|dimension| element.component(dimension).is_some())
        });
        Self { times, has_blocks: !tariff.time_steps().is_empty(), prices_time }
    }

    /// Charging and idle time of a period, in microseconds, from what it states of them.
    fn times(
        &self,
        period: &ChargingPeriod,
        stated_us: (Exact, Exact),
    ) -> Result<(Exact, Exact), Overflow> {
        let length = Exact::whole(period.length_us().into());
        let counted = |hours: Option<Exact>, time: Exact| -> Result<Exact, Overflow> {
            if !self.has_blocks || hours.is_none() || time == length {
                return Ok(time);
            }
            let apart = time.minus(length)?;
            let apart = apart.max(Exact::ZERO.minus(apart)?);
            Ok(if apart < Exact::whole(HOURS_ROUNDED_US.into()) { length } else { time })
        };
        let charged = counted(period.charging_h, stated_us.0)?;
        let idle = counted(period.parking_h, stated_us.1)?;
        match self.times {
            Times::Stated => Ok((charged, idle)),
            Times::Filled => Ok((charged.max(length.minus(idle)?), idle)),
        }
    }

    /// Whether time would be priced, had the period stated any.
    fn misses(&self, period: &ChargingPeriod) -> bool {
        let states = period.charging_h.is_some() || period.parking_h.is_some();
        self.prices_time && !states && period.length_us() > 0 && !period.is_reservation()
    }
}

/// What is used when a period starts: the power as stated, else the mean of the period.
fn usage_at_start(
    walk: &Walk<'_, '_, '_>,
    period: &ChargingPeriod,
    interval: &Interval,
) -> Result<Usage, Overflow> {
    let mut usage = walk.usage(interval, Exact::ZERO)?;
    let powers = [(&mut usage.least_w, period.least_kw), (&mut usage.most_w, period.most_kw)];
    for (watts, kilowatts) in powers {
        if let Some(kilowatts) = kilowatts {
            *watts = kilowatts.times(Exact::whole(1_000))?;
        }
    }
    (usage.least_a, usage.most_a) = (period.least_a, period.most_a);
    Ok(usage)
}

/// Whether another component would price what a period uses, anywhere within it.
fn changes_within(
    walk: &mut Walk<'_, '_, '_>,
    (thresholds, cuts): (&Thresholds, &mut Vec<Exact>),
    (interval, at_start): (&Interval, &Usage),
    (is_used, priced): ([bool; 4], [Option<Spot>; 4]),
) -> Result<bool, Unbillable> {
    let elements = &walk.content.elements;
    let is_free = elements.iter().all(|element| element.restrictions.is_none());
    if is_free && thresholds.has_no_instants() {
        return Ok(false);
    }
    walk.cut(interval, thresholds, cuts)?;
    // Where nothing is crossed, what held at the start holds to the end; a meter that runs
    // backwards apart, which leaves a threshold that it starts on.
    if cuts.len() == 1 && interval.energy >= 0 {
        return Ok(false);
    }
    let mut from = Exact::ZERO;
    for until in cuts.drain(..) {
        let middle = from.plus(until)?.times(Exact::fraction(1, 2)?)?;
        let mut usage = walk.usage(interval, middle)?;
        (usage.least_w, usage.most_w) = (at_start.least_w, at_start.most_w);
        (usage.least_a, usage.most_a) = (at_start.least_a, at_start.most_a);
        let active = walk.active(interval, from, &usage)?;
        let here = active.components().map(|one| one.map(Component::spot));
        let mut parts = here.into_iter().zip(is_used.into_iter().zip(priced));
        if parts.any(|(here, (is_used, priced))| is_used && here != priced) {
            return Ok(true);
        }
        from = until;
    }
    Ok(false)
}

fn remark(kind: WarningKind, path: String) -> Warning {
    Warning { kind, path }
}

/// The nearest whole microsecond.
fn nearest(time_us: Exact) -> Result<i64, Overflow> {
    let twice = time_us.times(Exact::whole(2))?;
    let nearest = twice.plus(Exact::whole(1))?.times(Exact::fraction(1, 2)?)?;
    i64::try_from(nearest.numerator().div_euclid(nearest.denominator())).map_err(|_| Overflow)
}

fn common_multiple(one: i128, other: i128) -> Result<i128, Overflow> {
    if one.checked_rem(other) == Some(0) {
        return Ok(one);
    }
    let other = Exact::fraction(other, one)?.numerator();
    one.checked_mul(other).ok_or(Overflow)
}
