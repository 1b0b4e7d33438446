//! Why the total that a CDR states may differ: what would reproduce it.

use std::fmt;

use super::super::calendar::Calendar;
use super::super::element::Dimension;
use super::super::error::Unbillable;
use super::super::price::Price;
use super::super::rounding::{Method, RoundingStep, Stage, round};
use super::super::sheet::Tariff;
use super::super::tally::{Lasted, Tally};
use super::super::warning::WarningKind;
use super::rate::{Session, Times};
use super::verdict::{exact, is_small, tolerance, under};
use super::{Cdr, CdrKind};
use crate::domain::{Exact, Overflow};

/// A likely cause of a difference, under the name that reports print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DisputeCause {
    /// Rounding by component or period before adding.
    RoundingStage,
    /// Another rounding method or number of digits, at the same stage.
    RoundingMethod,
    /// Billing without the tariff's blocks.
    Step,
    /// The least or greatest price left out.
    Limit,
    /// The energy that the CDR states as its total, which is not that of its periods.
    Energy,
    /// Time that no charging period states, billed all the same.
    TimeNotStated,
    /// Twice the amount.
    Duplicate,
    /// Tax in a total that should be without, or the other way round.
    Tax,
    /// Dimensions or restrictions that OCPI does not have, and that nobody else can price.
    UnknownDimension,
    /// Nothing that was tried.
    Unexplained,
}

impl DisputeCause {
    /// The name that reports print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RoundingStage => "rounding_stage",
            Self::RoundingMethod => "rounding_method",
            Self::Step => "step",
            Self::Limit => "limit",
            Self::Energy => "energy",
            Self::TimeNotStated => "time_not_stated",
            Self::Duplicate => "duplicate",
            Self::Tax => "tax",
            Self::UnknownDimension => "unknown_dimension",
            Self::Unexplained => "unexplained",
        }
    }
}

impl fmt::Display for DisputeCause {
    /// A sentence's worth, for whoever pays.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RoundingStage => "parts were rounded before they were added",
            Self::RoundingMethod => "the total was rounded by another method",
            Self::Step => "quantities were not billed in the tariff's blocks",
            Self::Limit => "the tariff's least or greatest price was left out",
            Self::Energy => "its total energy was billed, which is not that of its periods",
            Self::TimeNotStated => "time was billed that no charging period states",
            Self::Duplicate => "the amount was billed twice",
            Self::Tax => "tax is in it, or missing",
            Self::UnknownDimension => "it was priced by something that OCPI does not have",
            Self::Unexplained => "nothing that was tried explains it",
        })
    }
}

/// Everything that reproduces the stated total, in the order in which it is tried. The stage of
/// rounding goes first, under half up: a tariff that states no rounding has no method to depart
/// from, and adding rounded parts is the commoner habit.
pub(super) fn causes(
    cdr: &Cdr,
    tariff: &Tariff,
    session: &Session<'_>,
    (tally, price): (&Tally<'_>, &Price),
) -> Result<Vec<DisputeCause>, Unbillable> {
    let Some(cost) = &cdr.totals.cost else { return Ok(Vec::new()) };
    let Some(stated) = under(tariff, cost) else { return Ok(Vec::new()) };
    let tolerance = tolerance(cdr, tariff)?;
    let hits = |amount: Exact| -> Result<bool, Overflow> {
        let signed = match cdr.kind {
            CdrKind::Charge => amount,
            CdrKind::Credit => Exact::ZERO.minus(amount)?,
        };
        is_small(stated.minus(signed)?, tolerance)
    };
    let mut found = Vec::new();
    let mut tries = |cause, reproduces: bool| {
        if reproduces {
            found.push(cause);
        }
    };
    let plain = Retried { tariff, session };
    let digits = cdr.currency.unwrap_or(tariff.currency()).minor_digits();
    let mut staged = false;
    for stage in [Stage::Component, Stage::Period] {
        staged |= hits(plain.rounded(stage, digits)?)?;
    }
    tries(DisputeCause::RoundingStage, staged);
    let mut otherwise = false;
    for method in Method::ALL {
        otherwise |= hits(exact(round(price.exact, method, digits)?)?)?;
    }
    tries(DisputeCause::RoundingMethod, otherwise);
    if let Some(unblocked) = unblocked(tally)? {
        tries(DisputeCause::Step, hits(unblocked)?);
    }
    let without_limit = price.exact.minus(tally.limit.0)?;
    tries(DisputeCause::Limit, without_limit != price.exact && hits(without_limit)?);
    if let Some(all) = with_total_energy(cdr, session, tally, price)? {
        tries(DisputeCause::Energy, hits(all)?);
    }
    let filled = plain.filled()?;
    tries(DisputeCause::TimeNotStated, filled != price.exact && hits(filled)?);
    let twice = price.exact.plus(price.exact)?;
    tries(DisputeCause::Duplicate, twice != Exact::ZERO && hits(twice)?);
    let paid = exact(price.amount)?;
    let due = if cdr.kind == CdrKind::Credit { Exact::ZERO.minus(paid)? } else { paid };
    for other in [Some(cost.untaxed), cost.taxed].into_iter().flatten() {
        tries(DisputeCause::Tax, other != stated && is_small(other.minus(due)?, tolerance)?);
    }
    let strange = [WarningKind::UnknownDimension, WarningKind::UnknownRestriction];
    let mut warnings = cdr.warnings.iter().chain(tariff.warnings());
    let is_strange = warnings.any(|warning| strange.contains(&warning.kind));
    if found.is_empty() {
        found.push(match is_strange {
            true => DisputeCause::UnknownDimension,
            false => DisputeCause::Unexplained,
        });
    }
    Ok(found)
}

/// The same session priced in other ways.
struct Retried<'a> {
    tariff: &'a Tariff,
    session: &'a Session<'a>,
}

impl Retried<'_> {
    /// The parts rounded half up before they are added.
    fn rounded(&self, stage: Stage, digits: u8) -> Result<Exact, Unbillable> {
        let step = RoundingStep { stage, method: Method::HalfUp, digits };
        let tariff = self.tariff.with_rounding(vec![step]);
        let mut calendar = Calendar::new(tariff.content().clone());
        let (tally, _) = self.session.tally(&tariff, &mut calendar, Times::Stated)?;
        Ok(exact(tally.price_over(Lasted::default())?.amount)?)
    }

    /// Time that no period states taken as charging.
    fn filled(&self) -> Result<Exact, Unbillable> {
        let mut calendar = Calendar::new(self.tariff.content().clone());
        let (tally, _) = self.session.tally(self.tariff, &mut calendar, Times::Filled)?;
        Ok(tally.price_over(Lasted::default())?.exact)
    }
}

/// The total with every quantity as measured; `None` where blocks changed none.
fn unblocked(tally: &Tally<'_>) -> Result<Option<Exact>, Overflow> {
    let mut change = Exact::ZERO;
    let mut total = tally.limit.0;
    for share in &tally.shares {
        let missing = share.measured.minus(share.billed)?.times(share.component.price)?;
        change = change.plus(missing)?;
        total = total.plus(share.exact.total()?)?.plus(missing)?;
    }
    Ok((change != Exact::ZERO).then_some(total))
}

/// The total with the CDR's own energy, the difference at the last energy price; `None` where it
/// states no other energy or none was priced.
fn with_total_energy(
    cdr: &Cdr,
    session: &Session<'_>,
    tally: &Tally<'_>,
    price: &Price,
) -> Result<Option<Exact>, Overflow> {
    let Some(stated) = cdr.totals.energy_kwh else { return Ok(None) };
    let missing = stated.minus(session.metered().energy_kwh()?)?;
    let mut shares = tally.shares.iter();
    let energy = shares.rfind(|share| share.component.dimension == Dimension::Energy);
    match energy {
        Some(share) if missing != Exact::ZERO => {
            Ok(Some(price.exact.plus(missing.times(share.component.price)?)?))
        }
        _ => Ok(None),
    }
}
