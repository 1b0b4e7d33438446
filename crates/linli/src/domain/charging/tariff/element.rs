//! What a tariff is made of: elements with restrictions, components with prices.

use std::sync::Arc;

use crate::domain::Exact;

use super::days::Days;
use super::restriction::{Restrictions, Usage};
use super::schedule::{Schedule, Slot};
use super::tiers::{Tier, Tiers};

/// What a component prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// `ENERGY`, per kilowatt-hour.
    Energy,
    /// `TIME`, per hour of charging.
    Time,
    /// `PARKING_TIME`, per hour connected without charging.
    Parking,
    /// `FLAT`, once a session.
    Fixed,
}

impl Dimension {
    /// Its name in OCPI.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Energy => "ENERGY",
            Self::Time => "TIME",
            Self::Parking => "PARKING_TIME",
            Self::Fixed => "FLAT",
        }
    }

    pub(super) const ALL: [Self; 4] = [Self::Energy, Self::Time, Self::Parking, Self::Fixed];
}

/// An element: its components apply while its restrictions hold.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) restrictions: Restrictions,
    pub(super) components: Vec<Component>,
    /// The calendar of its own version, where versions take turns; else the tariff's.
    pub(super) days: Option<Arc<Days>>,
}

/// A price for one dimension.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) dimension: Dimension,
    /// Where it stands in the file: the element, and the component within it.
    pub(super) place: Place,
    pub(super) label: Option<String>,
    /// Per kilowatt-hour, hour or session, without tax.
    pub(super) price: Exact,
    pub(super) fees: Option<Fees>,
    pub(super) block: Option<Block>,
    /// The least and the most that it comes to once it was active at all.
    pub(super) min: Option<Exact>,
    pub(super) max: Option<Exact>,
    /// Its prices at higher power, or from more consumption in the month on.
    pub(super) tiers: Option<Tiers>,
    /// The step of them that it is itself.
    pub(super) tier: Option<Tier>,
    /// Its prices hour by hour, and the hours that it is itself.
    pub(super) schedule: Option<Schedule>,
    pub(super) slot: Option<Slot>,
    /// Its version, where those of a tariff take turns.
    pub(super) version: Option<u32>,
}

impl Component {
    /// What it is at a usage: itself, one of its steps, or its price of the hour.
    pub(super) fn at(&self, usage: &Usage) -> &Self {
        let step = || self.tiers.as_ref().and_then(|tiers| tiers.step(usage));
        let slot = || self.schedule.as_ref().and_then(|schedule| schedule.slot_at(usage.at));
        step().or_else(slot).unwrap_or(self)
    }

    /// Whether it is the same component at the same step, hours and version.
    pub(super) fn is(&self, other: &Self) -> bool {
        let which = |one: &Self| (one.place, one.tier, one.slot, one.version);
        which(self) == which(other)
    }

    /// Where its price stands, whatever the step.
    pub(super) fn spot(&self) -> Spot {
        (self.version, self.place, self.slot)
    }

    /// The same as a price of a version that takes turns with others.
    pub(super) fn of_version(&self, version: u32) -> Self {
        let mut own = Self { version: Some(version), ..self.clone() };
        let steps = own.tiers.iter_mut().flat_map(|tiers| &mut tiers.steps);
        let slots = own.schedule.iter_mut().flat_map(|schedule| &mut schedule.slots);
        for price in steps.chain(slots) {
            price.version = Some(version);
        }
        own
    }
}

/// Where a price stands: its version if several take turns, its component, and its hours if it is
/// of a schedule.
pub(super) type Spot = (Option<u32>, Place, Option<Slot>);

/// A component's place: both count from 0 as in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which element.
    pub element: u32,
    /// Which component of the element.
    pub component: u32,
}

/// A price told apart into what the grid takes and what the operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fees {
    pub(super) electricity: Exact,
    pub(super) service: Exact,
}

/// Billing in whole blocks of watt-hours or seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) size: u32,
    pub(super) direction: Direction,
}

/// Which way a begun block goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    #[default]
    Up,
    Down,
    /// Half a block goes up.
    Nearest,
}

impl Direction {
    pub(super) const ALL: [(&'static str, Self); 3] =
        [("up", Self::Up), ("down", Self::Down), ("nearest", Self::Nearest)];
}

/// The first component for a dimension among elements.
pub(super) fn first<'a>(
    dimension: Dimension,
    mut elements: impl Iterator<Item = &'a Element>,
) -> Option<&'a Component> {
    elements.find_map(|element| element.component(dimension))
}

impl Element {
    /// The component for a dimension, the first if there are several.
    pub(super) fn component(&self, dimension: Dimension) -> Option<&Component> {
        self.components.iter().find(|component| component.dimension == dimension)
    }
}
