//! Whether what a CDR states agrees with what its periods come to.

use super::super::content::Tax;
use super::super::error::Unbillable;
use super::super::price::Price;
use super::super::sheet::Tariff;
use super::super::volume::HOUR_US;
use super::super::warning::{Warning, WarningKind};
use super::dispute::DisputeCause;
use super::{Cdr, CdrKind, StatedCost};
use crate::domain::{Exact, Money, Overflow};

/// How far a stated time may be from end minus start: as for the flag `duration_mismatch`.
const TOLERANCE_US: i128 = 60_000_000;

/// Whether a CDR's own total agrees with what its periods come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does, within half the smallest unit of the currency.
    Agrees,
    /// It does not.
    Disputed {
        /// The stated total less the computed one, in the currency's main unit.
        difference: Exact,
        /// Everything that would reproduce it, the likeliest first; at least one.
        causes: Vec<DisputeCause>,
    },
    /// The CDR states no total that could be compared.
    NotStated,
}

impl Verdict {
    /// Compares the total alone; causes are found where it is disputed.
    pub(super) fn of(cdr: &Cdr, tariff: &Tariff, total: Option<Money>) -> Result<Self, Unbillable> {
        let Some(stated) = cdr.totals.cost.as_ref().and_then(|cost| under(tariff, cost)) else {
            return Ok(Self::NotStated);
        };
        // Nothing due and nothing billed agree.
        let difference = stated.minus(exact(total.unwrap_or(Money::ZERO))?)?;
        if is_small(difference, tolerance(cdr, tariff)?)? {
            return Ok(Self::Agrees);
        }
        Ok(Self::Disputed { difference, causes: Vec::new() })
    }
}

/// The total as a CDR writes it: a credit repeats all, and only its total is negative.
///
/// # Source
/// OCPI 2.2.1, CDRs module, Credit CDRs.
pub(super) fn signed(kind: CdrKind, price: &Price) -> Result<Option<Money>, Overflow> {
    let amount = match kind {
        CdrKind::Charge => price.amount,
        CdrKind::Credit => Money::ZERO.checked_sub(price.amount).ok_or(Overflow)?,
    };
    Ok(price.is_priced().then_some(amount))
}

/// A stated cost with tax where the tariff's prices have tax in them, else without.
pub(super) fn under(tariff: &Tariff, cost: &StatedCost) -> Option<Exact> {
    match tariff.tax() {
        Tax::Beside => Some(cost.untaxed),
        Tax::Included => cost.taxed,
    }
}

/// Half the smallest unit of the currency.
pub(super) fn tolerance(cdr: &Cdr, tariff: &Tariff) -> Result<Exact, Overflow> {
    let digits = cdr.currency.unwrap_or(tariff.currency()).minor_digits();
    let units = 10_i128.checked_pow(digits.into()).and_then(|units| units.checked_mul(2));
    Exact::fraction(1, units.ok_or(Overflow)?)
}

pub(super) fn is_small(difference: Exact, tolerance: Exact) -> Result<bool, Overflow> {
    Ok(difference <= tolerance && Exact::ZERO.minus(difference)? <= tolerance)
}

pub(super) fn exact(money: Money) -> Result<Exact, Overflow> {
    Exact::decimal(money.0, Money::DIGITS)
}

/// The totals beside the cost that are not what the periods come to: they change no verdict, but
/// tell where to look.
pub(super) fn totals_that_differ(
    cdr: &Cdr,
    tariff: &Tariff,
    price: &Price,
    energy_kwh: Exact,
) -> Result<Vec<Warning>, Unbillable> {
    let stated = &cdr.totals;
    let hours = |us: i64| Exact::fraction(us.into(), HOUR_US);
    let cent = tolerance(cdr, tariff)?;
    let minute = Exact::fraction(TOLERANCE_US, HOUR_US)?;
    let half_wh = Exact::fraction(1, 2_000)?;
    let cost = |cost: &Option<StatedCost>| cost.as_ref().and_then(|cost| under(tariff, cost));
    let due = |money: Option<Money>| exact(money.unwrap_or(Money::ZERO));
    let rows = [
        ("total_fixed_cost", cost(&stated.fixed_cost), due(price.fixed)?, cent),
        ("total_energy_cost", cost(&stated.energy_cost), due(price.energy)?, cent),
        ("total_time_cost", cost(&stated.time_cost), due(price.time)?, cent),
        ("total_parking_cost", cost(&stated.parking_cost), due(price.parking)?, cent),
        ("total_energy", stated.energy_kwh, energy_kwh, half_wh),
        ("total_time", stated.time_h, hours(price.total_us)?, minute),
        ("total_parking_time", stated.parking_h, hours(price.parking_us)?, minute),
    ];
    let mut warnings = Vec::new();
    for (key, stated, found, tolerance) in rows {
        let Some(stated) = stated else { continue };
        if !is_small(stated.minus(found)?, tolerance)? {
            let path = format!("$.{key}");
            warnings.push(Warning { kind: WarningKind::TotalDiffers, path });
        }
    }
    Ok(warnings)
}
