//! Prices by the hour, as instants: what a local clock cannot say, because two hours of the day on
//! which the clock goes back have one name.
//!
//! # Source
//! billing.md section 3.2; ocpi 534: OCPI cannot write such a list.

use super::additions::{read_price, refuse_rest};
use super::document::Node;
use super::element::Component;
use super::error::DocumentError;
use super::ocpi::read_instant;
use crate::domain::Timestamp;

/// More slots than a year has quarter-hours, the finest that a power exchange prices.
const MOST_SLOTS: usize = 40_000;

/// What a component costs from instant to instant; outside of all its own price.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// The component at each slot's price, ascending; none overlaps the next.
    pub(super) slots: Vec<Component>,
}

/// The instants at which a component is at its price: from one, up to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Schedule {
    /// The component at the price of an instant; `None` outside of all slots.
    pub(super) fn slot_at(&self, at: Timestamp) -> Option<&Component> {
        let begun = self.slots.partition_point(|own| own.slot.is_some_and(|slot| slot.from <= at));
        let last = self.slots.get(begun.checked_sub(1)?)?;
        last.slot.is_some_and(|slot| at < slot.until).then_some(last)
    }

    /// Every instant at which the price may change.
    pub(super) fn edges(&self) -> impl Iterator<Item = Timestamp> {
        self.slots.iter().filter_map(|own| own.slot).flat_map(|slot| [slot.from, slot.until])
    }
}

/// Reads `schedule` of a component's `linli`.
pub(super) fn read_schedule(node: Node<'_>, base: &Component) -> Result<Schedule, DocumentError> {
    if base.min.is_some() || base.max.is_some() {
        return Err(node.unexpected("either a schedule or min and max: a limit is of one price"));
    }
    if base.tiers.is_some() {
        return Err(node.unexpected("either a schedule or tiers: one of them names the price"));
    }
    let mut slots: Vec<Component> = Vec::new();
    for item in node.items(MOST_SLOTS)? {
        let mut fields = item.fields()?;
        let begin = fields.need("from", "the instant from which the price counts")?;
        let end = fields.need("until", "the instant up to which the price counts")?;
        let slot = Slot { from: read_instant(&begin)?, until: read_instant(&end)? };
        if slot.until <= slot.from {
            return Err(end.unexpected("an instant after from"));
        }
        let last = slots.last().and_then(|last| last.slot);
        if last.is_some_and(|last| slot.from < last.until) {
            return Err(begin.unexpected("an instant at which the slot before it has ended"));
        }
        let (price, fees) = read_price(&mut fields, base)?;
        slots.push(Component { price, fees, slot: Some(slot), ..base.clone() });
        refuse_rest(fields)?;
    }
    if slots.is_empty() {
        return Err(node.unexpected("at least one slot, with from, until and price"));
    }
    Ok(Schedule { slots })
}
