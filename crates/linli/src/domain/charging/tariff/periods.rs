//! Cuts a session into periods in which nothing that matters to its price changes.

use super::calendar::Calendar;
use super::content::Content;
use super::element::Component;
use super::error::Unbillable;
use super::metered::{Activity, Checked, Interval, Metered};
use super::month::Month;
use super::restriction::{Restrictions, Usage};
use super::rounding::Stage;
use super::schedule::Schedule;
use super::sheet::Tariff;
use super::tally::Ledger;
use super::tiers::{Measure, Tiers};
use super::volume::{HOUR_US, Volume};
use crate::domain::exact::divide;
use crate::domain::{Exact, Overflow, Timestamp};

/// Where within an interval a cut may fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grid {
    /// Where it falls.
    None,
    /// At the next of 2^40 places. Cuts of intervals whose lengths have nothing in common leave 128
    /// bits when they are added up; on the grid they have one denominator. The parts of an interval
    /// are all of it still, and of a kilowatt-hour a part is off by less than a billionth.
    Fine,
}

impl Grid {
    const PLACES: i128 = 1 << 40;

    /// Puts cuts of an interval where they may fall.
    pub(super) fn place_all(self, cuts: &mut Vec<Exact>) -> Result<(), Overflow> {
        if self == Self::Fine {
            for cut in &mut *cuts {
                *cut = Self::next_place(*cut)?;
            }
            cuts.dedup();
        }
        Ok(())
    }

    /// The place of a cut, never before it: what begins there has begun.
    fn next_place(share: Exact) -> Result<Exact, Overflow> {
        let places = share.numerator().checked_mul(Self::PLACES).ok_or(Overflow)?;
        let (floor, over) = divide(places, share.denominator()).ok_or(Overflow)?;
        let next = floor.checked_add(i128::from(over > 0)).ok_or(Overflow)?;
        Exact::fraction(next, Self::PLACES)
    }
}

/// Walks over a session once and gathers what each component has priced.
pub(super) fn walk<'t>(
    tariff: &'t Tariff,
    calendar: &mut Calendar,
    session: &Checked<'_>,
    (month, grid): (&Month, Grid),
) -> Result<Ledger<'t>, Unbillable> {
    let thresholds = calendar.thresholds();
    let mut ledger = Ledger::new(tariff, &session.metered, month)?;
    let mut walk = Walk::begin(tariff.content(), calendar, session, month);
    let session = &session.metered;
    if walk.looks.peak {
        for interval in session.intervals {
            walk.peak_w = walk.peak_w.max(walk.usage(interval, Exact::ZERO)?.most_w);
        }
    }
    let mut cuts = Vec::new();
    for interval in session.intervals {
        walk.cut(interval, &thresholds, &mut cuts)?;
        grid.place_all(&mut cuts)?;
        let mut from = Exact::ZERO;
        for until in &cuts {
            walk.price_period(interval, from, *until, &mut ledger)?;
            ledger.end(Stage::Period)?;
            from = *until;
        }
        ledger.end(Stage::Interval)?;
        walk.used = walk.used.checked_add(interval.energy).ok_or(Overflow)?;
    }
    Ok(ledger)
}

/// A way through a session, interval by interval.
pub(super) struct Walk<'t, 'c, 's> {
    pub(super) content: &'t Content,
    pub(super) calendar: &'c mut Calendar,
    pub(super) session: &'s Metered<'s>,
    pub(super) start: Timestamp,
    /// Energy before the current interval, in the session's units.
    pub(super) used: i128,
    /// Whether any element looks at power or at energy: what nobody looks at is not worked out.
    pub(super) looks: Looks,
    /// The greatest power of the session, if any price looks at it; found before the walk.
    pub(super) peak_w: Exact,
    /// What the card has used before in the month, and what the month comes to.
    month: Month,
}

/// What of a session's usage any element looks at, time apart.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Looks {
    pub(super) energy: bool,
    pub(super) power: bool,
    /// Whether any price is by the greatest power of the session.
    pub(super) peak: bool,
    /// Whether any price counts from instant to instant.
    instants: bool,
    /// Whether any price is by the consumption of the month so far.
    month: bool,
}

impl Looks {
    pub(super) fn of(content: &Content) -> Self {
        let any = |looks: fn(&Restrictions) -> bool| {
            content.elements.iter().any(|element| looks(&element.restrictions))
        };
        let components = content.elements.iter().flat_map(|element| &element.components);
        let tiers = || components.clone().filter_map(|component| component.tiers.as_ref());
        let by_power = any(|one| one.min_w.is_some() || one.max_w.is_some());
        let by = |measure| tiers().map(Tiers::measure).any(|own| own == measure);
        let month = by(Measure::Graduated);
        let scheduled = components.clone().any(|component| component.schedule.is_some());
        Self {
            energy: month || any(|one| one.min_wh.is_some() || one.max_wh.is_some()),
            power: by_power || by(Measure::Interval) || by(Measure::Peak),
            peak: by(Measure::Peak),
            instants: scheduled || any(|one| one.turn.is_some()),
            month,
        }
    }
}

/// The elements that apply at a moment.
pub(super) struct Active<'t, 'a> {
    content: &'t Content,
    allowed: &'a [usize],
    usage: &'a Usage,
}

impl<'t> Active<'t, '_> {
    /// The component that prices each dimension, in the order of [`Dimension::ALL`]: the first
    /// that applies.
    pub(super) fn components(&self) -> [Option<&'t Component>; 4] {
        let mut found = [None; 4];
        let elements = self.allowed.iter().filter_map(|index| self.content.elements.get(*index));
        for element in elements.filter(|one| one.restrictions.allow_usage(self.usage)) {
            for component in &element.components {
                if let Some(place) = found.get_mut(component.dimension as usize) {
                    place.get_or_insert(component.at(self.usage));
                }
            }
        }
        found
    }
}

impl<'t, 'c, 's> Walk<'t, 'c, 's> {
    /// A way that is about to begin; the session's peak is still to be found, if anything looks at
    /// it.
    pub(super) fn begin(
        content: &'t Content,
        calendar: &'c mut Calendar,
        session: &'s Checked<'s>,
        month: &Month,
    ) -> Self {
        let (start, looks, month) = (session.start, Looks::of(content), *month);
        let (session, peak_w) = (&session.metered, Exact::ZERO);
        Self { content, calendar, session, start, used: 0, looks, peak_w, month }
    }
}

impl<'t> Walk<'t, '_, '_> {
    /// Where the interval is cut, as fractions of it in ascending order; the last is 1.
    pub(super) fn cut(
        &mut self,
        interval: &Interval,
        thresholds: &Thresholds,
        cuts: &mut Vec<Exact>,
    ) -> Result<(), Unbillable> {
        cuts.clear();
        self.cut_by_clock(interval, cuts)?;
        let passed_us = interval.from.since(self.start);
        for threshold_us in &thresholds.elapsed_us {
            let into = threshold_us.saturating_sub(passed_us);
            if 0 < into && into < interval.length_us() {
                cuts.push(Exact::fraction(into.into(), interval.length_us().into())?);
            }
        }
        for instant in thresholds.instants_within(interval) {
            let into = instant.since(interval.from);
            cuts.push(Exact::fraction(into.into(), interval.length_us().into())?);
        }
        if interval.energy != 0 {
            let of_session = thresholds.energy_wh.iter().copied().map(Ok);
            let of_month = thresholds.month_wh.iter().map(|wh| wh.minus(self.month.used_wh));
            for threshold_wh in of_session.chain(of_month) {
                let units = threshold_wh?.times(Exact::whole(self.session.units_per_wh))?;
                let into = units.minus(Exact::whole(self.used))?;
                let share = into.times(Exact::fraction(1, interval.energy)?)?;
                if Exact::ZERO < share && share < Exact::whole(1) {
                    cuts.push(share);
                }
            }
        }
        if !cuts.is_empty() {
            cuts.sort_unstable();
            cuts.dedup();
        }
        cuts.push(Exact::whole(1));
        Ok(())
    }

    fn cut_by_clock(
        &mut self,
        interval: &Interval,
        cuts: &mut Vec<Exact>,
    ) -> Result<(), Unbillable> {
        let mut at = interval.from;
        while at < interval.until {
            at = self.calendar.steady_until(at, self.session.zone, interval.until)?;
            if at < interval.until {
                let into = at.since(interval.from);
                cuts.push(Exact::fraction(into.into(), interval.length_us().into())?);
            }
        }
        Ok(())
    }

    /// Adds the period from one fraction of the interval to another to what its components have
    /// priced.
    fn price_period(
        &mut self,
        interval: &Interval,
        from: Exact,
        until: Exact,
        ledger: &mut Ledger<'t>,
    ) -> Result<(), Unbillable> {
        // Nothing changes within the period, so that any moment inside speaks for all of it, and
        // the middle one does not depend on which way a threshold was crossed.
        let middle = from.plus(until)?.times(Exact::fraction(1, 2)?)?;
        let usage = self.usage(interval, middle)?;
        let length_us = interval.length_us();
        let [energy, time, parking, fixed] = self.active(interval, from, &usage)?.components();
        let share = until.minus(from)?;
        if interval.energy != 0 || interval.activity == Activity::Charging {
            ledger.add(energy, Volume::share(interval.energy, share)?)?;
        }
        let timed = match interval.activity {
            Activity::Charging => time,
            Activity::Idle => parking,
            Activity::Neither => None,
        };
        if length_us > 0 {
            ledger.add(timed, Volume::share(length_us.into(), share)?)?;
        }
        ledger.add_fixed(fixed);
        Ok(())
    }

    /// What applies at a fraction of the interval by the clock, and at a usage.
    pub(super) fn active<'a>(
        &'a mut self,
        interval: &Interval,
        from: Exact,
        usage: &'a Usage,
    ) -> Result<Active<'t, 'a>, Unbillable> {
        let begun_us = from.times(Exact::whole(interval.length_us().into()))?;
        let at = instant(interval.from, begun_us)?;
        let allowed = &self.calendar.piece_at(at, self.session.zone)?.allowed;
        Ok(Active { content: self.content, allowed, usage })
    }

    /// What the session has used after a fraction of the interval.
    pub(super) fn usage(&self, interval: &Interval, share: Exact) -> Result<Usage, Overflow> {
        let length_us = i128::from(interval.length_us());
        let passed_us = i128::from(interval.from.since(self.start));
        let units_per_wh = self.session.units_per_wh;
        let energy_wh = if self.looks.energy {
            let units = Exact::whole(interval.energy).times(share)?;
            units.plus(Exact::whole(self.used))?.times(Exact::fraction(1, units_per_wh)?)?
        } else {
            Exact::ZERO
        };
        let power_w = match interval.power {
            _ if !self.looks.power => Exact::ZERO,
            Some(power) => Exact::whole(power.0.into()),
            None if length_us == 0 => Exact::ZERO,
            None => Exact::fraction(
                interval.energy.checked_mul(HOUR_US).ok_or(Overflow)?,
                length_us.checked_mul(units_per_wh).ok_or(Overflow)?,
            )?,
        };
        let into_us = Exact::whole(length_us).times(share)?;
        let at = if self.looks.instants { instant(interval.from, into_us)? } else { self.start };
        let used_wh = if self.looks.month { self.month.used_wh } else { Exact::ZERO };
        Ok(Usage {
            at,
            elapsed_us: into_us.plus(Exact::whole(passed_us))?,
            energy_wh,
            least_w: power_w,
            most_w: power_w,
            peak_w: self.peak_w,
            month_wh: energy_wh.plus(used_wh)?,
            whole_month_wh: self.month.whole_wh,
            least_a: None,
            most_a: None,
        })
    }
}

/// The instant, in whole microseconds, so long after another.
fn instant(from: Timestamp, after_us: Exact) -> Result<Timestamp, Overflow> {
    let (after, _) = divide(after_us.numerator(), after_us.denominator()).ok_or(Overflow)?;
    let after = i64::try_from(after).map_err(|_| Overflow)?;
    from.0.checked_add(after).map(Timestamp).ok_or(Overflow)
}

/// What a session may cross.
#[derive(Debug)]
pub(super) struct Thresholds {
    elapsed_us: Vec<i64>,
    energy_wh: Vec<Exact>,
    month_wh: Vec<Exact>,
    /// In ascending order.
    instants: Vec<Timestamp>,
}

impl Thresholds {
    pub(super) fn of(content: &Content) -> Self {
        let all = || content.elements.iter().map(|element| &element.restrictions);
        let elapsed = |one: &Restrictions| [one.min_us, one.max_us];
        let energy = |one: &Restrictions| [one.min_wh, one.max_wh];
        let components = || content.elements.iter().flat_map(|element| &element.components);
        let tiers = components().filter_map(|component| component.tiers.as_ref());
        let of_month = tiers.filter(|tiers| tiers.measure() == Measure::Graduated);
        let schedules = components().filter_map(|component| component.schedule.as_ref());
        let turns = all().filter_map(|one| one.turn).flat_map(|turn| [turn.from, turn.until]);
        let mut instants: Vec<Timestamp> =
            schedules.flat_map(Schedule::edges).chain(turns.flatten()).collect();
        instants.sort_unstable();
        instants.dedup();
        Self {
            elapsed_us: all().flat_map(elapsed).flatten().collect(),
            energy_wh: all().flat_map(energy).flatten().collect(),
            month_wh: of_month.flat_map(Tiers::edges).collect(),
            instants,
        }
    }

    /// Whether no price counts from instant to instant.
    pub(super) fn has_no_instants(&self) -> bool {
        self.instants.is_empty()
    }

    /// The instants strictly inside an interval.
    fn instants_within(&self, interval: &Interval) -> impl Iterator<Item = Timestamp> {
        let behind = self.instants.partition_point(|instant| *instant <= interval.from);
        let later = self.instants.iter().copied().skip(behind);
        later.take_while(|instant| *instant < interval.until)
    }
}
