//! Adds up what components have priced: blocks, limits and rounding, then the price.

use super::allowance::{Allowance, Free, Passed, Per};
use super::blocks::{Changes, apply_blocks};
use super::element::{Component, Dimension};
use super::error::Unbillable;
use super::metered::{Checked, Metered};
use super::month::Month;
use super::price::Price;
use super::rounding::{Method, RoundingStep, Stage, round};
use super::sheet::Tariff;
use super::volume::{Run, Volume, quantity};
use crate::domain::{Exact, Money, Overflow};

/// What components have priced so far.
#[derive(Debug)]
pub(super) struct Ledger<'t> {
    /// In the order of time; a dimension's last run is the component that priced it last.
    pub(super) runs: Vec<Run<'t>>,
    fixed: Option<&'t Component>,
    /// Rounding by interval or period, if the policy has it: what is rounded so far, and what is
    /// not rounded yet.
    early: Option<RoundingStep>,
    open: Vec<Run<'t>>,
    rounded: Vec<(&'t Component, Amounts)>,
    /// What is free, if anything is, and what of each component was.
    free: Option<Free>,
    freed: Vec<(&'t Component, Exact)>,
    units_per_wh: i128,
}

/// An amount told apart: electricity and service fee, and what is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) electricity: Exact,
    pub(super) service: Exact,
    pub(super) other: Exact,
}

/// One component's share of a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share<'t> {
    pub(super) component: &'t Component,
    /// What was free of it, what was measured beside that, and what is billed after blocks: in
    /// kilowatt-hours, hours, sessions.
    pub(super) free: Exact,
    pub(super) measured: Exact,
    pub(super) billed: Exact,
    /// Before any rounding, after the component's limits.
    pub(super) exact: Amounts,
    /// After the stages before the session's.
    pub(super) rounded: Amounts,
}

/// A session's shares, added up.
#[derive(Debug)]
pub(super) struct Tally<'t> {
    pub(super) shares: Vec<Share<'t>>,
    /// What money that is free takes off, exactly and after earlier rounding.
    pub(super) allowance: (Exact, Exact),
    /// What the tariff's least or greatest price adds, likewise.
    pub(super) limit: (Exact, Exact),
    /// What the allowance of a month has seen pass by the session's end, if the tariff has one.
    pub(super) passed: Option<Passed>,
    /// The last rounding of the session itself.
    pub(super) last: RoundingStep,
    pub(super) policy: &'t [RoundingStep],
}

/// How long a session lasted, charged and stood idle, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the unit stands in a name's tail")]
pub(super) struct Lasted {
    pub(super) total_us: i64,
    pub(super) charging_us: i64,
    pub(super) parking_us: i64,
}

impl<'t> Ledger<'t> {
    pub(super) fn new(
        tariff: &'t Tariff,
        session: &Metered<'_>,
        month: &Month,
    ) -> Result<Self, Overflow> {
        let allowance = tariff.content().additions.allowance.as_ref();
        let before = |own: &Allowance| match own.per {
            Per::Session => Passed::default(),
            Per::CardMonth => month.passed,
        };
        let free = |own| Free::after(own, session.units_per_wh, &before(own));
        let free = allowance.map(free).transpose()?;
        let early = tariff.policy().iter().copied().find(|step| step.stage <= Stage::Period);
        Ok(Self {
            runs: Vec::new(),
            fixed: None,
            early,
            open: Vec::new(),
            rounded: Vec::new(),
            free,
            freed: Vec::new(),
            units_per_wh: session.units_per_wh,
        })
    }

    /// Adds a volume to a component, if one prices it, but for what of it is free.
    pub(super) fn add(
        &mut self,
        component: Option<&'t Component>,
        volume: Volume,
    ) -> Result<(), Overflow> {
        let Some(component) = component else { return Ok(()) };
        let volume = self.due(component, volume)?;
        let run = Run { component, volume };
        let of_dimension = |run: &&mut Run<'_>| run.component.dimension == component.dimension;
        match self.runs.iter_mut().rev().find(of_dimension) {
            Some(last) if last.component.is(component) => {
                last.volume = last.volume.plus(volume)?;
            }
            _ => self.runs.push(run),
        }
        if self.early.is_some() {
            self.open.push(run);
        }
        Ok(())
    }

    fn due(&mut self, component: &'t Component, volume: Volume) -> Result<Volume, Overflow> {
        let Some(free) = &mut self.free else { return Ok(volume) };
        let whole = volume.total()?;
        let freed = free.take(component.dimension, whole)?;
        if freed == Exact::ZERO {
            return Ok(volume);
        }
        match self.freed.iter_mut().find(|(known, _)| known.is(component)) {
            Some((_, sum)) => *sum = sum.plus(freed)?,
            None => self.freed.push((component, freed)),
        }
        Ok(Volume::exactly(whole.minus(freed)?))
    }

    /// Adds what is paid once a session: the first that is active counts.
    pub(super) fn add_fixed(&mut self, component: Option<&'t Component>) {
        self.fixed = self.fixed.or(component);
    }

    /// Ends an interval or a period: what is open is rounded if the policy says so there.
    pub(super) fn end(&mut self, stage: Stage) -> Result<(), Overflow> {
        let Some(step) = self.early.filter(|step| step.stage == stage) else { return Ok(()) };
        for run in merged(&std::mem::take(&mut self.open))? {
            self.round_early(run.component, run.volume.total()?, step)?;
        }
        Ok(())
    }

    fn round_early(
        &mut self,
        component: &'t Component,
        volume: Exact,
        step: RoundingStep,
    ) -> Result<(), Overflow> {
        let billed = quantity(component.dimension, volume, self.units_per_wh)?;
        let amounts = Amounts::of(component, billed)?.rounded(step)?;
        match self.rounded.iter_mut().find(|(known, _)| known.is(component)) {
            Some((_, sum)) => *sum = sum.plus(amounts)?,
            None => self.rounded.push((component, amounts)),
        }
        Ok(())
    }
}

/// Runs of the same component put together, in the order of first use.
fn merged<'t>(runs: &[Run<'t>]) -> Result<Vec<Run<'t>>, Overflow> {
    let mut merged: Vec<Run<'t>> = Vec::with_capacity(runs.len());
    for run in runs {
        match merged.iter_mut().find(|known| known.component.is(run.component)) {
            Some(known) => known.volume = known.volume.plus(run.volume)?,
            None => merged.push(*run),
        }
    }
    Ok(merged)
}

impl<'t> Tally<'t> {
    /// Applies blocks and limits, and every rounding before the session's.
    pub(super) fn close(
        tariff: &'t Tariff,
        mut ledger: Ledger<'t>,
        session: &Metered<'_>,
    ) -> Result<Self, Unbillable> {
        let units_per_wh = session.units_per_wh;
        let measured = merged(&ledger.runs)?;
        let Changes { runs, changes } = apply_blocks(&ledger.runs, units_per_wh)?;
        if let Some(step) = ledger.early {
            for (component, change) in changes {
                ledger.round_early(component, change, step)?;
            }
        }
        let mut shares = Vec::with_capacity(measured.len().saturating_add(1));
        for (before, after) in measured.iter().zip(merged(&runs)?) {
            let dimension = before.component.dimension;
            let measured = quantity(dimension, before.volume.total()?, units_per_wh)?;
            let billed = quantity(dimension, after.volume.total()?, units_per_wh)?;
            shares.push(ledger.share(before.component, measured, billed, tariff.policy())?);
        }
        if let Some(component) = ledger.fixed {
            let once = Exact::whole(1);
            if let Some(step) = ledger.early {
                ledger.round_early(component, once, step)?;
            }
            shares.push(ledger.share(component, once, once, tariff.policy())?);
        }
        shares.sort_by_key(|share| share.component.dimension);
        let mut tally = Self {
            shares,
            allowance: (Exact::ZERO, Exact::ZERO),
            limit: (Exact::ZERO, Exact::ZERO),
            passed: None,
            last: last_step(tariff.policy()),
            policy: tariff.policy(),
        };
        if let Some(mut free) = ledger.free {
            tally.apply_allowance(tariff, &mut free)?;
        }
        tally.apply_limits(tariff)?;
        Ok(tally)
    }

    fn apply_allowance(&mut self, tariff: &Tariff, free: &mut Free) -> Result<(), Overflow> {
        let exact = self.sum(|share| share.exact)?.total()?;
        let rounded = self.sum(|share| share.rounded)?.total()?;
        let (exact, rounded) = free.take_amount(exact, rounded)?;
        self.allowance = (Exact::ZERO.minus(exact)?, Exact::ZERO.minus(rounded)?);
        let allowance = tariff.content().additions.allowance;
        if allowance.is_some_and(|own| own.per == Per::CardMonth) {
            self.passed = Some(free.passed()?);
        }
        Ok(())
    }

    fn apply_limits(&mut self, tariff: &Tariff) -> Result<(), Overflow> {
        // Where no element priced anything nothing is due, and a least price is for what is due.
        if self.shares.is_empty() {
            return Ok(());
        }
        let limits = &tariff.content().limits;
        let missing = |total: Exact| limited(total, limits.min, limits.max).minus(total);
        let due = |amounts: Amounts, allowance| amounts.total()?.plus(allowance);
        let exact = missing(due(self.sum(|share| share.exact)?, self.allowance.0)?)?;
        let rounded = missing(due(self.sum(|share| share.rounded)?, self.allowance.1)?)?;
        self.limit = (exact, rounded);
        Ok(())
    }

    fn sum(&self, amounts: impl Fn(&Share<'_>) -> Amounts) -> Result<Amounts, Overflow> {
        self.shares.iter().map(amounts).try_fold(Amounts::NONE, Amounts::plus)
    }

    /// The price, as the last rounding leaves it.
    pub(super) fn price(&self, session: &Checked<'_>) -> Result<Price, Unbillable> {
        let Checked { total_us, charging_us, parking_us, .. } = *session;
        self.price_over(Lasted { total_us, charging_us, parking_us })
    }

    /// The price of what lasted so long.
    pub(super) fn price_over(&self, lasted: Lasted) -> Result<Price, Unbillable> {
        let sum = self.sum(|share| share.rounded)?;
        let exact = self.sum(|share| share.exact)?.total()?;
        let exact = exact.plus(self.allowance.0)?.plus(self.limit.0)?;
        let rounded = sum.total()?.plus(self.allowance.1)?.plus(self.limit.1)?;
        let amount = self.last.apply(rounded)?;
        let electricity = self.last.apply(sum.electricity)?;
        let fees = self.last.apply(sum.electricity.plus(sum.service)?)?;
        Ok(Price {
            exact,
            amount,
            electricity,
            service: fees.checked_sub(electricity).ok_or(Overflow)?,
            energy: self.of_dimension(Dimension::Energy)?,
            time: self.of_dimension(Dimension::Time)?,
            parking: self.of_dimension(Dimension::Parking)?,
            fixed: self.of_dimension(Dimension::Fixed)?,
            total_us: lasted.total_us,
            charging_us: lasted.charging_us,
            parking_us: lasted.parking_us,
        })
    }

    fn of_dimension(&self, dimension: Dimension) -> Result<Option<Money>, Overflow> {
        let mut sum = None;
        for share in self.shares.iter().filter(|one| one.component.dimension == dimension) {
            sum = Some(sum.unwrap_or(Exact::ZERO).plus(share.rounded.total()?)?);
        }
        sum.map(|sum| self.last.apply(sum)).transpose()
    }
}

/// The rounding of a session's total; without one, what is finer than billionths is rounded
/// away half up, because an amount cannot hold it.
pub(super) fn last_step(policy: &[RoundingStep]) -> RoundingStep {
    let session = policy.iter().copied().find(|step| step.stage == Stage::Session);
    session.unwrap_or(RoundingStep { stage: Stage::Session, method: Method::HalfUp, digits: 9 })
}

impl Ledger<'_> {
    fn share<'t>(
        &self,
        component: &'t Component,
        measured: Exact,
        billed: Exact,
        policy: &[RoundingStep],
    ) -> Result<Share<'t>, Overflow> {
        let unlimited = Amounts::of(component, billed)?;
        let exact = unlimited.limited(component)?;
        let early = self.rounded.iter().find(|(known, _)| known.is(component));
        let mut rounded = early.map_or(unlimited, |(_, sum)| *sum).limited(component)?;
        if let Some(step) = policy.iter().find(|step| step.stage == Stage::Component) {
            rounded = rounded.rounded(*step)?;
        }
        let freed = self.freed.iter().find(|(known, _)| known.is(component));
        let freed = freed.map_or(Exact::ZERO, |(_, freed)| *freed);
        let free = quantity(component.dimension, freed, self.units_per_wh)?;
        Ok(Share { component, free, measured, billed, exact, rounded })
    }
}

fn limited(figure: Exact, min: Option<Exact>, max: Option<Exact>) -> Exact {
    let figure = min.map_or(figure, |min| figure.max(min));
    max.map_or(figure, |max| figure.min(max))
}

impl Amounts {
    const NONE: Self = Self { electricity: Exact::ZERO, service: Exact::ZERO, other: Exact::ZERO };

    fn of(component: &Component, quantity: Exact) -> Result<Self, Overflow> {
        let Some(fees) = component.fees else {
            return Ok(Self { other: quantity.times(component.price)?, ..Self::NONE });
        };
        let electricity = quantity.times(fees.electricity)?;
        Ok(Self { electricity, service: quantity.times(fees.service)?, ..Self::NONE })
    }

    /// Held between the component's own limits; fees share a limit as they share the price.
    fn limited(self, component: &Component) -> Result<Self, Overflow> {
        let total = self.total()?;
        let limit = limited(total, component.min, component.max);
        if limit == total {
            return Ok(self);
        }
        let price = component.price;
        match component.fees {
            Some(fees) if price != Exact::ZERO => {
                let of_price = Exact::fraction(price.denominator(), price.numerator())?;
                let electricity = limit.times(fees.electricity.times(of_price)?)?;
                Ok(Self { electricity, service: limit.minus(electricity)?, ..Self::NONE })
            }
            _ => Ok(Self { other: limit, ..Self::NONE }),
        }
    }

    fn rounded(self, step: RoundingStep) -> Result<Self, Overflow> {
        let at = |figure| {
            let money = round(figure, step.method, step.digits)?;
            Exact::decimal(money.0, Money::DIGITS)
        };
        let (electricity, service) = (at(self.electricity)?, at(self.service)?);
        Ok(Self { electricity, service, other: at(self.other)? })
    }

    fn plus(self, more: Self) -> Result<Self, Overflow> {
        Ok(Self {
            electricity: self.electricity.plus(more.electricity)?,
            service: self.service.plus(more.service)?,
            other: self.other.plus(more.other)?,
        })
    }

    pub(super) fn total(self) -> Result<Exact, Overflow> {
        self.electricity.plus(self.service)?.plus(self.other)
    }
}
