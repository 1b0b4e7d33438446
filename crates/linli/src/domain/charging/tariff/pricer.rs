//! Prices sessions, one or many.

use super::calendar::Calendar;
use super::cdr::{Cdr, Rated};
use super::clocked::Clocked;
use super::error::Unbillable;
use super::line::{Line, lines_of};
use super::metered::{Checked, Metered};
use super::month::Month;
use super::periods::{self, Grid};
use super::price::{Due, Price};
use super::sheet::Tariff;
use super::tally::Tally;
use crate::domain::charging::Rising;
use crate::domain::{Exact, Zone};

/// Prices many sessions under one tariff and keeps what it worked out about local days.
#[derive(Debug)]
pub struct Pricer {
    tariff: Tariff,
    calendar: Calendar,
    clocked: Option<Clocked>,
    looks_at_month: bool,
}

impl Pricer {
    /// A pricer for a tariff.
    #[must_use]
    pub fn new(tariff: &Tariff) -> Self {
        let calendar = Calendar::new(tariff.content().clone());
        let (clocked, looks_at_month) = (Clocked::compile(tariff), tariff.looks_at_month());
        Self { tariff: tariff.clone(), calendar, clocked, looks_at_month }
    }

    /// The tariff it prices under.
    #[must_use]
    pub fn tariff(&self) -> &Tariff {
        &self.tariff
    }

    /// Whether it looks at the month: [`Tariff::looks_at_month`].
    #[must_use]
    pub fn looks_at_month(&self) -> bool {
        self.looks_at_month
    }

    /// Whether it prices energy by the clock alone, so that no price depends on the power of an
    /// interval.
    #[must_use]
    pub fn goes_by_the_clock(&self) -> bool {
        self.clocked.is_some()
    }

    /// What the session costs.
    ///
    /// # Errors
    /// [`Unbillable`] where intervals are not contiguous, or a figure leaves 128 bits.
    pub fn price(&mut self, session: &Metered<'_>) -> Result<Price, Unbillable> {
        self.price_checked(&session.check()?)
    }

    /// What a session costs whose intervals were checked before: for many tariffs.
    ///
    /// # Errors
    /// [`Unbillable`] where a figure leaves 128 bits.
    pub fn price_checked(&mut self, session: &Checked<'_>) -> Result<Price, Unbillable> {
        if let Some(clocked) = &self.clocked
            && let Some(price) = clocked.price(&mut self.calendar, session)?
        {
            return Ok(price);
        }
        self.price_by_periods(session)
    }

    /// What is due for a session in which nothing is remarkable; `None` where that takes more than
    /// the clock, or could not be told here.
    pub(crate) fn due(&mut self, session: &Rising<'_>) -> Option<Due> {
        self.clocked.as_ref()?.due(&mut self.calendar, session)
    }

    /// What the session costs, and why.
    ///
    /// # Errors
    /// As [`Pricer::price`].
    pub fn explain(&mut self, session: &Metered<'_>) -> Result<(Price, Vec<Line>), Unbillable> {
        self.tariff.needs_no_month()?;
        self.explain_in_month(session, &Month::default())
    }

    /// What a session costs behind the others of its card's month, which goes on behind it. Where
    /// the tariff does not look at the month it is the price that [`Pricer::price_checked`] gives.
    ///
    /// # Errors
    /// [`Unbillable`] where a figure leaves 128 bits; the month is then as it was.
    pub fn price_in_month(
        &mut self,
        session: &Checked<'_>,
        month: &mut Month,
    ) -> Result<Price, Unbillable> {
        let told = |tally: &Tally<'_>| Ok((tally.price(session)?, tally.passed));
        let (price, passed) = self.worked_out(session, month, told)?;
        let energy_wh = Exact::fraction(session.energy, session.metered.units_per_wh)?;
        month.pass(energy_wh, passed)?;
        Ok(price)
    }

    /// What a session costs behind the others of its card's month, and why.
    ///
    /// # Errors
    /// As [`Pricer::price`].
    pub fn explain_in_month(
        &mut self,
        session: &Metered<'_>,
        month: &Month,
    ) -> Result<(Price, Vec<Line>), Unbillable> {
        let session = session.check()?;
        self.worked_out(&session, month, |tally| {
            let price = tally.price(&session)?;
            let lines = lines_of(tally, &price)?;
            Ok((price, lines))
        })
    }

    /// What a CDR comes to: as [`Cdr::rate`], for many of them.
    ///
    /// # Errors
    /// As [`Cdr::rate`].
    pub fn rate(&mut self, cdr: &Cdr, given: Option<Zone>) -> Result<Rated, Unbillable> {
        cdr.rate_by(&self.tariff, &mut self.calendar, given)
    }

    /// The general way, which a law compares with the fast one.
    pub(super) fn price_by_periods(&mut self, session: &Checked<'_>) -> Result<Price, Unbillable> {
        self.tariff.needs_no_month()?;
        self.worked_out(session, &Month::default(), |tally| tally.price(session))
    }

    /// What is told of the session's tally; where its fractions have no common denominator within
    /// 128 bits, of the one whose cuts lie on a fine grid.
    fn worked_out<T>(
        &mut self,
        session: &Checked<'_>,
        month: &Month,
        tell: impl Fn(&Tally<'_>) -> Result<T, Unbillable>,
    ) -> Result<T, Unbillable> {
        let mut on = |grid| {
            let ledger = periods::walk(&self.tariff, &mut self.calendar, session, (month, grid))?;
            tell(&Tally::close(&self.tariff, ledger, &session.metered)?)
        };
        match on(Grid::None) {
            Err(Unbillable::Overflow(_)) => on(Grid::Fine),
            told => told,
        }
    }
}

/// What a session costs under a tariff. To price many, keep a [`Pricer`].
///
/// # Errors
/// [`Unbillable`] where intervals are not contiguous, or a figure leaves 128 bits.
///
/// # Source
/// billing.md sections 2.5 and 3.
pub fn price(tariff: &Tariff, session: &Metered<'_>) -> Result<Price, Unbillable> {
    Pricer::new(tariff).price(session)
}

/// What a session costs under a tariff, and the lines that explain it: the same computation.
///
/// # Errors
/// As [`price`].
///
/// # Example
/// ```
/// use linli::charging::tariff::{Activity, Interval, Metered, Tariff, explain};
/// use linli::Timestamp;
/// let tariff = Tariff::from_json(
///     r#"{"id": "t", "currency": "CNY", "elements": [
///         {"price_components": [{"type": "ENERGY", "price": 0.86, "step_size": 1}]}]}"#,
/// )?;
/// let (from, until) = (Timestamp(0), Timestamp(720_000_000));
/// let activity = Activity::Charging;
/// let intervals = [Interval { from, until, energy: 400, activity, power: None }];
/// let zone = "Asia/Shanghai".parse()?;
/// let session = Metered { zone, units_per_wh: 1, intervals: &intervals };
/// let (price, lines) = explain(&tariff, &session)?;
/// assert_eq!(price.amount.to_string(), "0.344");
/// assert_eq!(lines[0].arithmetic, "0.400 kWh x 0.86 = 0.344");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(tariff: &Tariff, session: &Metered<'_>) -> Result<(Price, Vec<Line>), Unbillable> {
    Pricer::new(tariff).explain(session)
}
