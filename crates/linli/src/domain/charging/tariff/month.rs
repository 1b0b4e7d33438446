//! What a card has used of a tariff in a local month: what one session cannot know.

use super::allowance::Passed;
use crate::domain::{Exact, Overflow, WattHours};

/// A card's month under a tariff, up to a session: its sessions are priced one after another, in
/// the order of their starts.
///
/// # Example
/// ```
/// use linli::charging::tariff::{Activity, Interval, Metered, Month, Pricer, Tariff};
/// use linli::{Timestamp, WattHours};
/// let tariff = Tariff::from_json(
///     r#"{"id": "t", "currency": "CNY", "elements": [{"price_components": [
///         {"type": "ENERGY", "price": 0.50, "step_size": 1, "linli": {"tiers": {
///             "by": "month_kwh", "mode": "graduated",
///             "steps": [{"from": 10, "price": 0.80}]}}}]}]}"#,
/// )?;
/// assert!(tariff.looks_at_month());
/// let (from, until) = (Timestamp(0), Timestamp(3_600_000_000));
/// let hour = Interval { from, until, energy: 6_000, activity: Activity::Charging, power: None };
/// let zone = "Asia/Shanghai".parse()?;
/// let intervals = [hour];
/// let session = Metered { zone, units_per_wh: 1, intervals: &intervals }.check()?;
/// let (mut pricer, mut month) = (Pricer::new(&tariff), Month::default());
/// month.expect(WattHours(12_000))?;
/// let first = pricer.price_in_month(&session, &mut month)?;
/// let second = pricer.price_in_month(&session, &mut month)?;
/// assert_eq!([first, second].map(|one| one.amount.to_string()), ["3.00", "3.60"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// billing.md section 3.2: tiers by `month_kwh`, allowances per `card_month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Watt-hours of all its sessions, those to come as well.
    pub(super) whole_wh: Exact,
    /// Watt-hours of the sessions before.
    pub(super) used_wh: Exact,
    /// What the allowance has seen of them.
    pub(super) passed: Passed,
}

impl Default for Month {
    fn default() -> Self {
        Self { whole_wh: Exact::ZERO, used_wh: Exact::ZERO, passed: Passed::default() }
    }
}

impl Month {
    /// Tells it of energy that the month holds, before any of its sessions is priced: steps of the
    /// `whole` month look at it.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn expect(&mut self, energy: WattHours) -> Result<(), Overflow> {
        self.whole_wh = self.whole_wh.plus(Exact::whole(energy.0.into()))?;
        Ok(())
    }

    /// Goes on behind a session of so much energy.
    pub(super) fn pass(
        &mut self,
        energy_wh: Exact,
        passed: Option<Passed>,
    ) -> Result<(), Overflow> {
        self.used_wh = self.used_wh.plus(energy_wh)?;
        self.passed = passed.unwrap_or(self.passed);
        Ok(())
    }
}
