//! Prices by power, as steps of one component: of the interval's own power, or of the session's
//! peak.
//!
//! A step's price counts from its power on, as OCPI's `min_power` does; below the first the
//! component's own. The power of an interval is what was measured, else its mean; the peak is the
//! greatest of all intervals, and known at the session's end alone.

use super::additions::{read_fees, read_name, refuse_rest};
use super::document::{Fields, Node};
use super::element::{Component, Dimension};
use super::error::DocumentError;
use super::restriction::Usage;
use crate::domain::Exact;

/// More steps than anybody can read.
const MOST_STEPS: usize = 32;

/// What a component costs at higher power.
#[derive(Clone, Debug)]
pub(super) struct Tiers {
    measure: Measure,
    /// The component at each step's price, ascending by power.
    pub(super) steps: Vec<Component>,
}

/// The step that a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tier {
    pub(super) measure: Measure,
    /// The least power, in watts.
    pub(super) from_w: Exact,
}

/// Which power decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Interval,
    Peak,
}

impl Measure {
    const ALL: [(&'static str, Self); 2] = [("interval", Self::Interval), ("peak", Self::Peak)];
}

impl Tiers {
    /// The step at a usage; `None` below the first.
    pub(super) fn step(&self, usage: &Usage) -> Option<&Component> {
        let power_w = match self.measure {
            Measure::Interval => usage.most_w,
            Measure::Peak => usage.peak_w,
        };
        let reached = |step: &&Component| step.tier.is_some_and(|tier| tier.from_w <= power_w);
        self.steps.iter().rev().find(reached)
    }

    /// Whether the session's peak decides.
    pub(super) fn is_of_peak(&self) -> bool {
        self.measure == Measure::Peak
    }

    /// The first step, which the component's own price ends at.
    pub(super) fn first(&self) -> Option<Tier> {
        self.steps.first().and_then(|step| step.tier)
    }
}

/// Reads `tiers` of a component's `linli`.
pub(super) fn read_tiers(node: &Node<'_>, base: &Component) -> Result<Tiers, DocumentError> {
    const BY: &str = "power_w";
    const MEASURE: &str = "interval or peak";
    let mut own = node.fields()?;
    let by = own.need("by", BY)?;
    match by.text(BY)?.as_ref() {
        "power_w" => {}
        "month_kwh" => return Err(DocumentError::NeedsHistory { path: by.path() }),
        _ => return Err(by.unexpected(BY)),
    }
    let stated = own.need("measure", MEASURE)?;
    let measure = read_name(&stated, MEASURE, Measure::ALL.into_iter())?;
    if measure == Measure::Interval && base.dimension == Dimension::Fixed {
        return Err(stated.unexpected("peak: what is paid once a session has no interval"));
    }
    let list = own.need("steps", "a list of steps, each with from (watts) and price")?;
    refuse_rest(own)?;
    if base.min.is_some() || base.max.is_some() {
        return Err(node.unexpected("either tiers or min and max: a limit is of one price"));
    }
    let mut steps: Vec<Component> = Vec::new();
    for item in list.items(MOST_STEPS)? {
        let mut fields = item.fields()?;
        let stated = fields.need("from", "the least power in watts")?;
        let from_w = stated.decimal()?;
        let before = steps.last().and_then(|step| step.tier).map_or(Exact::ZERO, |it| it.from_w);
        if from_w <= before {
            return Err(stated.unexpected("more watts than the step before it, and more than 0"));
        }
        steps.push(read_step(&mut fields, base, Tier { measure, from_w })?);
        refuse_rest(fields)?;
    }
    if steps.is_empty() {
        return Err(list.unexpected("at least one step"));
    }
    Ok(Tiers { measure, steps })
}

/// The component at a step's price. Where the component tells its fees apart, each step does.
fn read_step(
    fields: &mut Fields<'_>,
    base: &Component,
    tier: Tier,
) -> Result<Component, DocumentError> {
    let price = fields.need("price", "a decimal without tax")?.decimal()?;
    let fees = match base.fees {
        Some(_) => Some(fields.need("fees", "electricity and service, as the component has")?),
        None => fields.take("fees"),
    };
    let fees = fees.map(|node| read_fees(price, &node)).transpose()?;
    Ok(Component { price, fees, tier: Some(tier), tiers: None, ..base.clone() })
}
