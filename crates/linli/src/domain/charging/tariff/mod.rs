//! Prices a session under a tariff: a function of the two, and of nothing else. What others have
//! billed arrives as a [`Cdr`], which is priced and judged the same way.
//!
//! It knows no event, no journal, no card and no clock. A [`Tariff`] is read once from OCPI JSON;
//! a session arrives as [`Metered`] intervals; out comes a [`Price`], and on request the
//! [`Line`]s that explain it. [`Pricer`] keeps local calendars between sessions: use it to price
//! many. Two ways lead to a price, `clocked` for tariffs that look at the clock alone, `periods`
//! for all; a law holds them to each other.
//!
//! # Beyond OCPI
//! Under `linli`, elements look at `season` and at `day`: `workday`, `restday` or `holiday`, by the
//! tariff's own `calendar`, two lists of local dates. Every day is of one kind: a listed holiday,
//! else a workday if it is listed as one or is Monday to Friday, else a restday.
//! ```json
//! "linli": {"calendar": {"holidays": ["2026-02-16", "2026-02-17"], "workdays": ["2026-02-14"]}}
//! ```
//! A component's `tiers` are its prices at higher power, each from so many watts on; below the
//! first its own `price` counts. With `measure` `interval` the power of each interval decides, with
//! `peak` the greatest of the session.
//! ```json
//! "linli": {"tiers": {"by": "power_w", "measure": "peak",
//!     "steps": [{"from": 200, "price": 0.30}]}}
//! ```
//! The tariff's `allowance` is what is free in each session, the first of it: watt-hours, and
//! minutes of charging and idle time together.
//! ```json
//! "linli": {"allowance": {"per": "session", "energy_wh": 500, "minutes": 30}}
//! ```
//! What needs the other sessions of a month, as tiers by `month_kwh` and an allowance per
//! `card_month` do, is refused by name.
//!
//! # Example
//! ```
//! use linli::charging::tariff::{Activity, Interval, Metered, Tariff, price};
//! use linli::Timestamp;
//! let tariff = Tariff::from_json(
//!     r#"{"id": "flat", "currency": "CNY", "elements": [
//!         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}],
//!       "linli": {"rounding": [{"stage": "session", "method": "half_up", "digits": 2}]}}"#,
//! )?;
//! let hour = Interval {
//!     from: Timestamp(0),
//!     until: Timestamp(3_600_000_000),
//!     energy: 7_123,
//!     activity: Activity::Charging,
//!     power: None,
//! };
//! let zone = "Asia/Shanghai".parse()?;
//! let session = Metered { zone, units_per_wh: 1, intervals: &[hour] };
//! assert_eq!(price(&tariff, &session)?.amount.to_string(), "4.70");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Amounts go through checked operators alone; tests may add as they like.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod additions;
mod allowance;
mod blocks;
mod calendar;
mod cdr;
mod clocked;
mod compiled;
mod content;
mod days;
mod decimal;
mod described;
mod document;
mod element;
mod error;
mod line;
mod lint;
mod metered;
mod ocpi;
mod outline;
mod periods;
mod price;
mod pricer;
mod restriction;
mod restrictions;
mod rounding;
mod sheet;
mod shown;
mod tally;
mod tiers;
mod versions;
mod volume;
mod warning;
mod written;

#[cfg(test)]
mod tests;

pub use cdr::{
    Cdr, CdrFrame, CdrKind, ChargingPeriod, DisputeCause, Rated, StatedCost, Totals, Unwritable,
    Verdict,
};
pub use content::{Tax, Validity};
pub use described::Described;
pub use element::{Dimension, Place};
pub use error::{DocumentError, TariffError, Unbillable};
pub use line::{Line, LineKind, Unit};
pub use metered::{Activity, Checked, Interval, Metered};
pub use price::{BillingMode, Price};
pub use pricer::{Pricer, explain, price};
pub use rounding::{MOST_DIGITS, Method, RoundingStep, Stage, round, round_ratio};
pub use sheet::Tariff;
pub use warning::{Warning, WarningKind};
pub use written::{OcpiVersion, Written};
