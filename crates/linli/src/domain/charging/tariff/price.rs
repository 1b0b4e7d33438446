//! What a session costs.

use super::rounding::{Method, round};
use crate::domain::{Exact, Money, Overflow};

/// What a session costs under a tariff, without tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// The total before any rounding, in the currency's main unit, limits applied.
    pub exact: Exact,
    /// The total after the tariff's rounding; to billionths where it rounds by card and month
    /// only.
    pub amount: Money,
    /// The electricity fee; zero where the tariff does not tell fees apart.
    pub electricity: Money,
    /// The service fee; zero where the tariff does not tell fees apart. What of `amount` is
    /// neither electricity nor service is the rest.
    pub service: Money,
    /// The share of energy; `None` where no element priced energy, which is not zero.
    pub energy: Option<Money>,
    /// The share of charging time, likewise.
    pub time: Option<Money>,
    /// The share of idle time, likewise.
    pub parking: Option<Money>,
    /// The share of what is paid once a session, likewise.
    pub fixed: Option<Money>,
    /// From the first instant to the last, in microseconds.
    pub total_us: i64,
    /// Charging time, in microseconds.
    pub charging_us: i64,
    /// Idle time, in microseconds.
    pub parking_us: i64,
}

/// The figures by which a bill is known: what its digest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The total before its rounding, to billionths, half up.
    pub(crate) exact: Money,
    /// [`Price::amount`].
    pub(crate) amount: Money,
    /// [`Price::electricity`].
    pub(crate) electricity: Money,
    /// [`Price::service`].
    pub(crate) service: Money,
}

impl Price {
    /// Its figures, rounded as a digest has them.
    pub(crate) fn due(&self) -> Result<Due, Overflow> {
        let (amount, electricity, service) = (self.amount, self.electricity, self.service);
        Ok(Due { exact: round(self.exact, Method::HalfUp, 9)?, amount, electricity, service })
    }

    /// Whether any element priced anything. If not, nothing is due, and a CDR writes `null`.
    #[must_use]
    pub fn is_priced(&self) -> bool {
        [self.energy, self.time, self.parking, self.fixed].iter().any(Option::is_some)
    }

    /// What is neither electricity nor service fee; `None` beyond 128 bits.
    #[must_use]
    pub fn other(&self) -> Option<Money> {
        self.amount.checked_sub(self.electricity)?.checked_sub(self.service)
    }

    /// By what the session was billed.
    #[must_use]
    pub fn mode(&self) -> BillingMode {
        match (self.energy.is_some(), self.time.is_some() || self.parking.is_some()) {
            (true, true) => BillingMode::Mixed,
            (true, false) => BillingMode::Energy,
            (false, true) => BillingMode::Time,
            (false, false) if self.fixed.is_some() => BillingMode::Session,
            (false, false) => BillingMode::Nothing,
        }
    }
}

/// By what a session was billed; a notice after each session states it.
///
/// # Source
/// 发改办价格〔2024〕537号: mode, duration and amount are pushed after each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BillingMode {
    /// By kilowatt-hour.
    Energy,
    /// By hour, charging or idle.
    Time,
    /// By both.
    Mixed,
    /// Once a session, by neither.
    Session,
    /// No element priced anything.
    Nothing,
}

impl BillingMode {
    /// Its name in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Time => "time",
            Self::Mixed => "mixed",
            Self::Session => "session",
            Self::Nothing => "nothing",
        }
    }
}
