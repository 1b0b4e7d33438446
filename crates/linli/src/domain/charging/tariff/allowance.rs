//! What is free, of each session or of a card's local month: so much energy, so many minutes, so
//! much money, the first of them.
//!
//! Free is what would be priced otherwise, whatever component prices it, in the order of time;
//! minutes are of charging and of idle time together. Blocks and limits hold what is left. Where
//! a meter runs backwards, what was free is given back. Money is taken off what all components
//! come to, before the least and the greatest price of the tariff.

use super::additions::{read_name, refuse_rest};
use super::document::Fields;
use super::element::Dimension;
use super::error::DocumentError;
use crate::domain::{Exact, Overflow};

/// Microseconds in a minute.
const MINUTE_US: i128 = 60_000_000;

/// What a tariff gives for nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    pub(super) per: Per,
    pub(super) energy_wh: Option<Exact>,
    pub(super) minutes: Option<Exact>,
    /// In the currency's main unit, without tax.
    pub(super) amount: Option<Exact>,
}

/// Of what an allowance is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    Session,
    /// All sessions of a card that start in a local month, in the order of their starts.
    CardMonth,
}

impl Per {
    const ALL: [(&'static str, Self); 2] =
        [("session", Self::Session), ("card_month", Self::CardMonth)];
}

/// Takes `allowance` of the tariff's `linli`.
pub(super) fn read_allowance(own: &mut Fields<'_>) -> Result<Option<Allowance>, DocumentError> {
    const PER: &str = "session or card_month";
    let Some(node) = own.take("allowance") else { return Ok(None) };
    let mut fields = node.fields()?;
    let per = read_name(&fields.need("per", PER)?, PER, Per::ALL.into_iter())?;
    let mut figure = |key| fields.take(key).map(|node| node.amount()).transpose();
    let (energy_wh, minutes, amount) =
        (figure("energy_wh")?, figure("minutes")?, figure("amount")?);
    refuse_rest(fields)?;
    if [energy_wh, minutes, amount].iter().all(Option::is_none) {
        return Err(node.unexpected("energy_wh, minutes or amount beside per"));
    }
    Ok(Some(Allowance { per, energy_wh, minutes, amount }))
}

/// What an allowance has seen pass: watt-hours, microseconds, money before and after rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    energy_wh: Exact,
    time_us: Exact,
    amount: Exact,
    rounded: Exact,
}

impl Default for Passed {
    fn default() -> Self {
        let none = Exact::ZERO;
        Self { energy_wh: none, time_us: none, amount: none, rounded: none }
    }
}

/// What was free so far.
#[derive(Debug)]
pub(super) struct Free {
    energy: Share,
    time: Share,
    amount: Share,
    rounded: Share,
    units_per_wh: i128,
}

/// How much is free, and how much there was; in units of energy, microseconds or money.
#[derive(Debug)]
struct Share {
    most: Exact,
    passed: Exact,
}

impl Free {
    /// What is free after what has passed.
    pub(super) fn after(
        allowance: &Allowance,
        units_per_wh: i128,
        passed: &Passed,
    ) -> Result<Self, Overflow> {
        let share = |most: Option<Exact>, passed: Exact, unit: Exact| {
            let passed = passed.times(unit)?;
            Ok(Share { most: most.unwrap_or(Exact::ZERO).times(unit)?, passed })
        };
        let energy = share(allowance.energy_wh, passed.energy_wh, Exact::whole(units_per_wh))?;
        let amount = share(allowance.amount, passed.amount, Exact::whole(1))?;
        let rounded = share(allowance.amount, passed.rounded, Exact::whole(1))?;
        let most = allowance.minutes.unwrap_or(Exact::ZERO).times(Exact::whole(MINUTE_US))?;
        let time = Share { most, passed: passed.time_us };
        Ok(Self { energy, time, amount, rounded, units_per_wh })
    }

    /// How much of what comes next is free.
    pub(super) fn take(&mut self, dimension: Dimension, volume: Exact) -> Result<Exact, Overflow> {
        match dimension {
            Dimension::Energy => self.energy.take(volume),
            Dimension::Time | Dimension::Parking => self.time.take(volume),
            Dimension::Fixed => Ok(Exact::ZERO),
        }
    }

    /// How much of an amount is free, and of what earlier rounding made of it. It is told once a
    /// session, when all components are added up.
    pub(super) fn take_amount(
        &mut self,
        exact: Exact,
        rounded: Exact,
    ) -> Result<(Exact, Exact), Overflow> {
        Ok((self.amount.take(exact)?, self.rounded.take(rounded)?))
    }

    /// What has passed by now.
    pub(super) fn passed(&self) -> Result<Passed, Overflow> {
        let energy_wh = self.energy.passed.times(Exact::fraction(1, self.units_per_wh)?)?;
        let (amount, rounded) = (self.amount.passed, self.rounded.passed);
        Ok(Passed { energy_wh, time_us: self.time.passed, amount, rounded })
    }
}

impl Share {
    fn take(&mut self, volume: Exact) -> Result<Exact, Overflow> {
        let before = self.passed;
        self.passed = before.plus(volume)?;
        let free = |passed: Exact| passed.max(Exact::ZERO).min(self.most);
        free(self.passed).minus(free(before))
    }
}
