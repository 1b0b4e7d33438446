//! What of each session is free: so much energy, so many minutes, the first of them.
//!
//! Free is what would be priced otherwise, whatever component prices it, in the order of time;
//! minutes are of charging and of idle time together. Blocks and limits hold what is left. Where
//! a meter runs backwards, what was free is given back.

use super::additions::refuse_rest;
use super::document::Fields;
use super::element::Dimension;
use super::error::DocumentError;
use crate::domain::{Exact, Overflow};

/// Microseconds in a minute.
const MINUTE_US: i128 = 60_000_000;

/// What a tariff gives for nothing in each session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    pub(super) energy_wh: Option<Exact>,
    pub(super) minutes: Option<Exact>,
}

/// Takes `allowance` of the tariff's `linli`.
pub(super) fn read_allowance(own: &mut Fields<'_>) -> Result<Option<Allowance>, DocumentError> {
    const PER: &str = "session";
    let Some(node) = own.take("allowance") else { return Ok(None) };
    let mut fields = node.fields()?;
    let per = fields.need("per", PER)?;
    match per.text(PER)?.as_ref() {
        "session" => {}
        "card_month" => return Err(DocumentError::NeedsHistory { path: per.path() }),
        _ => return Err(per.unexpected(PER)),
    }
    let energy_wh = fields.take("energy_wh").map(|node| node.amount()).transpose()?;
    let minutes = fields.take("minutes").map(|node| node.amount()).transpose()?;
    refuse_rest(fields)?;
    if energy_wh.is_none() && minutes.is_none() {
        return Err(node.unexpected("energy_wh, minutes or both beside per"));
    }
    Ok(Some(Allowance { energy_wh, minutes }))
}

/// What of a session was free so far.
#[derive(Debug)]
pub(super) struct Free {
    energy: Share,
    time: Share,
}

/// How much is free, and how much there was; in units of energy or microseconds.
#[derive(Debug)]
struct Share {
    most: Exact,
    passed: Exact,
}

impl Free {
    pub(super) fn of(allowance: &Allowance, units_per_wh: i128) -> Result<Self, Overflow> {
        let share = |most: Option<Exact>, unit: i128| {
            let most = most.unwrap_or(Exact::ZERO).times(Exact::whole(unit))?;
            Ok(Share { most, passed: Exact::ZERO })
        };
        let energy = share(allowance.energy_wh, units_per_wh)?;
        Ok(Self { energy, time: share(allowance.minutes, MINUTE_US)? })
    }

    /// How much of what comes next is free.
    pub(super) fn take(&mut self, dimension: Dimension, volume: Exact) -> Result<Exact, Overflow> {
        match dimension {
            Dimension::Energy => self.energy.take(volume),
            Dimension::Time | Dimension::Parking => self.time.take(volume),
            Dimension::Fixed => Ok(Exact::ZERO),
        }
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
