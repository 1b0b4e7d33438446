//! Prices in steps of one component: by power, of the interval or of the session's peak; or by
//! consumption of the card's local month, which the session's start decides.
//!
//! A step's price counts from its power or consumption on, as OCPI's `min_power` and `min_kwh` do;
//! below the first the component's own. The power of an interval is what was measured, else its
//! mean; the peak is the greatest of all intervals, and known at the session's end alone. Of a
//! month, `graduated` steps price what is consumed beyond each, and `whole` ones all of the month
//! at the price of the step that it reaches, so that a bill may change until the month is over.

use super::additions::{read_name, read_price, refuse_rest};
use super::document::{Fields, Node};
use super::element::{Component, Dimension};
use super::error::DocumentError;
use super::restriction::Usage;
use crate::domain::{Exact, Overflow};

/// More steps than anybody can read.
const MOST_STEPS: usize = 32;

/// What a component costs at higher power or consumption.
#[derive(Clone, Debug)]
pub(super) struct Tiers {
    measure: Measure,
    /// The component at each step's price, ascending.
    pub(super) steps: Vec<Component>,
}

/// The step that a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tier {
    pub(super) measure: Measure,
    /// The least power in watts, or consumption in watt-hours.
    pub(super) from: Exact,
}

/// What decides on the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// The power of each interval.
    Interval,
    /// The greatest power of the session.
    Peak,
    /// What the month has come to at the moment.
    Graduated,
    /// What the month comes to.
    Whole,
}

impl Measure {
    const OF_POWER: [(&'static str, Self); 2] =
        [("interval", Self::Interval), ("peak", Self::Peak)];
    const OF_MONTH: [(&'static str, Self); 2] =
        [("graduated", Self::Graduated), ("whole", Self::Whole)];

    /// Whether it looks at the other sessions of the month.
    pub(super) fn is_of_month(self) -> bool {
        matches!(self, Self::Graduated | Self::Whole)
    }
}

impl Tiers {
    /// The step at a usage; `None` below the first.
    pub(super) fn step(&self, usage: &Usage) -> Option<&Component> {
        let figure = match self.measure {
            Measure::Interval => usage.most_w,
            Measure::Peak => usage.peak_w,
            Measure::Graduated => usage.month_wh,
            Measure::Whole => usage.whole_month_wh,
        };
        let reached = |step: &&Component| step.tier.is_some_and(|tier| tier.from <= figure);
        self.steps.iter().rev().find(reached)
    }

    pub(super) fn measure(&self) -> Measure {
        self.measure
    }

    /// Where the steps begin.
    pub(super) fn edges(&self) -> impl Iterator<Item = Exact> {
        self.steps.iter().filter_map(|step| step.tier).map(|tier| tier.from)
    }

    /// The first step, which the component's own price ends at.
    pub(super) fn first(&self) -> Option<Tier> {
        self.steps.first().and_then(|step| step.tier)
    }
}

/// Reads `tiers` of a component's `linli`.
pub(super) fn read_tiers(node: &Node<'_>, base: &Component) -> Result<Tiers, DocumentError> {
    const BY: &str = "power_w or month_kwh";
    let mut own = node.fields()?;
    let by = own.need("by", BY)?;
    let (measure, unit) = match by.text(BY)?.as_ref() {
        "power_w" => (read_measure_of_power(&mut own, base.dimension)?, 1),
        "month_kwh" => (read_measure_of_month(&mut own, base.dimension)?, 1_000),
        _ => return Err(by.unexpected(BY)),
    };
    let list = own.need("steps", "a list of steps, each with from (W or kWh) and price")?;
    refuse_rest(own)?;
    if base.min.is_some() || base.max.is_some() {
        return Err(node.unexpected("either tiers or min and max: a limit is of one price"));
    }
    let mut steps: Vec<Component> = Vec::new();
    for item in list.items(MOST_STEPS)? {
        let mut fields = item.fields()?;
        let stated = fields.need("from", "from how many watts or kilowatt-hours on")?;
        let from = stated
            .decimal()?
            .times(Exact::whole(unit))
            .map_err(|Overflow| DocumentError::TooLarge { path: stated.path() })?;
        let before = steps.last().and_then(|step| step.tier).map_or(Exact::ZERO, |it| it.from);
        if from <= before {
            return Err(stated.unexpected("more than the step before it, and more than 0"));
        }
        let (price, fees) = read_price(&mut fields, base)?;
        let tier = Some(Tier { measure, from });
        steps.push(Component { price, fees, tier, ..base.clone() });
        refuse_rest(fields)?;
    }
    if steps.is_empty() {
        return Err(list.unexpected("at least one step"));
    }
    Ok(Tiers { measure, steps })
}

fn read_measure_of_power(
    own: &mut Fields<'_>,
    dimension: Dimension,
) -> Result<Measure, DocumentError> {
    const MEASURE: &str = "interval or peak";
    let stated = own.need("measure", MEASURE)?;
    let measure = read_name(&stated, MEASURE, Measure::OF_POWER.into_iter())?;
    if measure == Measure::Interval && dimension == Dimension::Fixed {
        return Err(stated.unexpected("peak: what is paid once a session has no interval"));
    }
    Ok(measure)
}

/// Whose month it is, too: a card's. Of a household nobody tells us the cards.
fn read_measure_of_month(
    own: &mut Fields<'_>,
    dimension: Dimension,
) -> Result<Measure, DocumentError> {
    const MODE: &str = "graduated or whole";
    const SCOPE: &str = "card";
    if let Some(scope) = own.take("scope") {
        match scope.text(SCOPE)?.as_ref() {
            "card" => {}
            "household" => return Err(DocumentError::NotSupported { path: scope.path() }),
            _ => return Err(scope.unexpected(SCOPE)),
        }
    }
    let stated = own.need("mode", MODE)?;
    let measure = read_name(&stated, MODE, Measure::OF_MONTH.into_iter())?;
    if measure == Measure::Graduated && dimension == Dimension::Fixed {
        return Err(stated.unexpected("whole: what is paid once a session is not graduated"));
    }
    Ok(measure)
}
