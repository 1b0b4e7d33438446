//! Why an issued bill may differ: what reproduces its amount.

use std::fmt;

use crate::domain::Money;
use crate::domain::charging::tariff::{Interval, Metered, Method, Month, Pricer, Stage, Tariff};

/// A likely cause of a difference; the order is that in which causes are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// One block more or less.
    Step,
    /// Another rounding method or number of digits, at the same stage.
    RoundingMethod,
    /// Rounding by component, period or interval before adding.
    RoundingStage,
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
    let hits = |amount: Option<Money>| amount.is_some_and(|a| is_near(a, issued, tolerance));
    let mut found = Vec::new();
    if shifted(tariff, month, session).into_iter().any(|amount| hits(Some(amount))) {
        found.push(Cause::Step);
    }
    let (methods, stages) = rounded_otherwise(tariff, month, session);
    if methods.into_iter().any(|amount| hits(Some(amount))) {
        found.push(Cause::RoundingMethod);
    }
    if stages.into_iter().any(|amount| hits(Some(amount))) {
        found.push(Cause::RoundingStage);
    }
    if replayed != Money::ZERO && hits(replayed.checked_add(replayed)) {
        found.push(Cause::Duplicate);
    }
    if found.is_empty() {
        found.push(Cause::Unexplained);
    }
    found
}

/// Whether two amounts agree within the tolerance.
pub(super) fn is_near(a: Money, b: Money, tolerance: Money) -> bool {
    a.0.abs_diff(b.0) <= tolerance.0.unsigned_abs()
}

fn amount_of(pricer: &mut Pricer, month: &Month, session: &Metered<'_>) -> Option<Money> {
    let checked = session.check().ok()?;
    pricer.price_in_month(&checked, &mut month.clone()).ok().map(|price| price.amount)
}

/// The amounts with one block more and one block less of each step that the tariff has.
fn shifted(tariff: &Tariff, month: &Month, session: &Metered<'_>) -> Vec<Money> {
    let mut amounts = Vec::new();
    let mut pricer = Pricer::new(tariff);
    let mut intervals: Vec<Interval> = session.intervals.to_vec();
    for seconds in tariff.time_steps() {
        for sign in [1, -1] {
            let Some(last) = intervals.last_mut() else { continue };
            let until = last.until;
            let shift = i64::from(seconds).saturating_mul(1_000_000).saturating_mul(sign);
            last.until.0 = until.0.saturating_add(shift).max(last.from.0);
            let shifted = Metered { intervals: &intervals, ..*session };
            amounts.extend(amount_of(&mut pricer, month, &shifted));
            if let Some(last) = intervals.last_mut() {
                last.until = until;
            }
        }
    }
    amounts
}

/// The amounts with other methods at the stated stage, and at other stages. A tariff that states no
/// rounding has no method to depart from: then its parts are rounded half up to the currency's
/// smallest unit.
fn rounded_otherwise(
    tariff: &Tariff,
    month: &Month,
    session: &Metered<'_>,
) -> (Vec<Money>, Vec<Money>) {
    let price = |stage: Stage, method: Method, digits: u8| {
        let policy = vec![crate::domain::charging::tariff::RoundingStep { stage, method, digits }];
        let mut pricer = Pricer::new(&tariff.with_rounding(policy));
        amount_of(&mut pricer, month, session)
    };
    let stages = [Stage::Component, Stage::Period, Stage::Interval];
    let Some(stated) = tariff.rounding().first() else {
        let digits = tariff.currency().minor_digits();
        let usual = |stage| price(stage, Method::HalfUp, digits);
        return (Vec::new(), stages.into_iter().filter_map(usual).collect());
    };
    let all = [
        Method::HalfUp,
        Method::HalfEven,
        Method::Down,
        Method::Up,
        Method::Floor,
        Method::Ceiling,
    ];
    let others = all.into_iter().filter(|method| *method != stated.method);
    let methods = others.filter_map(|method| price(stated.stage, method, stated.digits)).collect();
    let others = stages.into_iter().filter(|stage| *stage != stated.stage);
    let stages = others.filter_map(|stage| price(stage, stated.method, stated.digits)).collect();
    (methods, stages)
}
