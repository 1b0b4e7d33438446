//! Quantities gathered over a session: whole units fast, fractions of a unit exactly.

use super::element::{Component, Dimension};
use crate::domain::{Exact, Overflow};

/// Microseconds in an hour.
pub(super) const HOUR_US: i128 = 3_600_000_000;

/// A quantity in units of energy or microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Volume {
    whole: i128,
    part: Exact,
}

/// A stretch of the session in which one component priced its dimension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'t> {
    pub(super) component: &'t Component,
    pub(super) volume: Volume,
}

impl Volume {
    /// A share of a whole number of units; `share` 1 is all of it.
    pub(super) fn share(units: i128, share: Exact) -> Result<Self, Overflow> {
        if share == Exact::whole(1) {
            return Ok(Self { whole: units, part: Exact::ZERO });
        }
        Ok(Self { whole: 0, part: Exact::whole(units).times(share)? })
    }

    /// A quantity that need not be whole.
    pub(super) fn exactly(part: Exact) -> Self {
        Self { whole: 0, part }
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, Overflow> {
        let whole = self.whole.checked_add(other.whole).ok_or(Overflow)?;
        let part =
            if other.part == Exact::ZERO { self.part } else { self.part.plus(other.part)? };
        Ok(Self { whole, part })
    }

    pub(super) fn total(self) -> Result<Exact, Overflow> {
        Exact::whole(self.whole).plus(self.part)
    }
}

/// A volume as what prices are per: kilowatt-hours, hours, sessions.
pub(super) fn quantity(
    dimension: Dimension,
    volume: Exact,
    units_per_wh: i128,
) -> Result<Exact, Overflow> {
    let per = match dimension {
        Dimension::Energy => units_per_wh.checked_mul(1_000).ok_or(Overflow)?,
        Dimension::Time | Dimension::Parking => HOUR_US,
        Dimension::Fixed => 1,
    };
    volume.times(Exact::fraction(1, per)?)
}
