//! Why an issued bill may differ: what reproduces its amount.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::otherwise::Otherwise;
use crate::domain::Money;
use crate::domain::charging::tariff::{Metered, Month, Tariff};

/// A likely cause of a difference; the order is that in which causes are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// One block of time or energy more or less.
    Step,
    /// Another rounding method or number of digits, at the same stage.
    RoundingMethod,
    /// Rounding by component, period or interval before adding.
    RoundingStage,
    /// Digits, watt-hours or seconds cut off at some stage.
    Truncation,
    /// Another price of the tariff, or a fee that is a part of it, for all of the session.
    Rate,
    /// The price at the start or the end for all of the session, or another clock.
    Boundary,
    /// The least or greatest price or what is free left out, or a limit billed that is not due.
    Limit,
    /// Twice the amount.
    Duplicate,
    /// Nothing that was tried.
    Unexplained,
}

impl Cause {
    /// The name that reports print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::RoundingMethod => "rounding_method",
            Self::RoundingStage => "rounding_stage",
            Self::Truncation => "truncation",
            Self::Rate => "rate",
            Self::Boundary => "boundary",
            Self::Limit => "limit",
            Self::Duplicate => "duplicate",
            Self::Unexplained => "unexplained",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Everything that reproduces `issued`, in the order of [`Cause`], under a tariff behind what the
/// card's month had come to.
pub(super) fn causes(
    (tariff, month): (&Tariff, &Month),
    session: &Metered<'_>,
    issued: Money,
    replayed: Money,
    tolerance: Money,
) -> Vec<Cause> {
    let otherwise = Otherwise { tariff, month, session };
    let boundaries = otherwise.across_boundaries();
    // A price that the session began or ended at is no rate from elsewhere.
    let mut rates = otherwise.at_single_prices();
    rates.retain(|amount| !boundaries.contains(amount));
    let twice = replayed.checked_add(replayed).filter(|_| replayed != Money::ZERO);
    let tried = [
        (Cause::Step, otherwise.by_blocks()),
        (Cause::RoundingMethod, otherwise.by_methods()),
        (Cause::RoundingStage, otherwise.by_stages()),
        (Cause::Truncation, otherwise.truncated()),
        (Cause::Rate, rates),
        (Cause::Boundary, boundaries),
        (Cause::Limit, otherwise.without_limits()),
        (Cause::Duplicate, twice.into_iter().collect()),
    ];
    let hits = |amounts: &[Money]| amounts.iter().any(|own| is_near(*own, issued, tolerance));
    let fitting = tried.iter().filter(|(_, amounts)| hits(amounts));
    let mut found: Vec<Cause> = fitting.map(|(cause, _)| *cause).collect();
    if found.is_empty() {
        found.push(Cause::Unexplained);
    }
    found
}

/// Whether two amounts agree within the tolerance.
pub(super) fn is_near(a: Money, b: Money, tolerance: Money) -> bool {
    a.0.abs_diff(b.0) <= tolerance.0.unsigned_abs()
}
