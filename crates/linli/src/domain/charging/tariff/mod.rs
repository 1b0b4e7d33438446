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
//! `peak` the greatest of the session. By `month_kwh` it is the consumption of the card's local
//! month: `graduated` steps price what goes beyond each, `whole` ones the whole month.
//! ```json
//! "linli": {"tiers": {"by": "power_w", "measure": "peak",
//!     "steps": [{"from": 200, "price": 0.30}]}}
//! "linli": {"tiers": {"by": "month_kwh", "mode": "graduated",
//!     "steps": [{"from": 100, "price": 0.80}]}}
//! ```
//! A component's `schedule` is its price from instant to instant, in UTC, so that the hour that
//! comes twice has two; outside of all its own `price` counts.
//! ```json
//! "linli": {"schedule": [
//!     {"from": "2026-10-25T00:00:00Z", "until": "2026-10-25T01:00:00Z", "price": 0.41}]}
//! ```
//! The tariff's `allowance` is what is free, the first of each session or of a card's local month:
//! watt-hours, minutes of charging and idle time together, and money.
//! ```json
//! "linli": {"allowance": {"per": "card_month", "energy_wh": 5000, "minutes": 30, "amount": 2}}
//! ```
//! A tariff that [looks at the month](Tariff::looks_at_month) is priced by a replay, which knows
//! the card's other sessions, or session by session with a [`Month`]; no bill is issued under it.
//! A session belongs to the month of its start.
//!
//! With `applies` `instant` a session is [cut](Tariff::cut_at_changes) where another version of the
//! tariff begins; else the version at its start prices all of it.
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
mod month;
mod ocpi;
mod otherwise;
mod outline;
mod periods;
mod price;
mod pricer;
mod restriction;
mod restrictions;
mod rounding;
mod schedule;
mod sheet;
mod shown;
mod tally;
mod tiers;
mod turns;
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
pub use content::{Applies, Tax, Validity};
pub use described::Described;
pub use element::{Dimension, Place};
pub use error::{DocumentError, TariffError, Unbillable};
pub use line::{Line, LineKind, Unit};
pub(super) use metered::lasts_too_long;
pub use metered::{Activity, Checked, Interval, Metered};
pub use month::Month;
pub(crate) use price::Due;
pub use price::{BillingMode, Price};
pub use pricer::{Pricer, explain, price};
pub use rounding::{MOST_DIGITS, Method, RoundingStep, Stage, round, round_ratio};
pub use sheet::Tariff;
pub use warning::{Warning, WarningKind};
pub use written::{OcpiVersion, Written};
