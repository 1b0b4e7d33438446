//! How much each mediator has to do.

use std::collections::BTreeMap;

use super::{Disputes, Told, asks_the_disputes};
use crate::domain::disputes::Phase;
use crate::domain::{PersonRef, Registered};
use crate::views::Rate;

/// The mediators of the disputes that were taken in by the end of a day, and what they have to do.
#[derive(Clone, Debug)]
pub struct MediatorLoad(Disputes);

asks_the_disputes!(MediatorLoad);

/// What one mediator has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Disputes that are still mediated, of all that are the mediator's now.
    pub open: Rate,
    /// Sessions held, of all that were or are scheduled with this mediator.
    pub sessions: Rate,
    /// How many whole minutes the held ones lasted.
    pub held_min: u64,
}

impl MediatorLoad {
    /// Each mediator, merged records as one. A dispute that was handed over is the next mediator's;
    /// its sessions stay with who held them.
    #[must_use]
    pub fn by_mediator<'a>(&'a self, registered: &'a Registered) -> BTreeMap<&'a PersonRef, Load> {
        let mut loads: BTreeMap<&PersonRef, Load> = BTreeMap::new();
        for (_, told) in self.0.iter() {
            if let Some(mediator) = &told.dispute.mediator {
                loads.entry(registered.root(mediator)).or_default().open.add(self.is_open(told));
            }
            for session in told.dispute.sessions.values() {
                let Some(mediator) = &session.mediator_ref else { continue };
                let load = loads.entry(registered.root(mediator)).or_default();
                load.sessions.add(session.is_held);
                if session.is_held {
                    let lasted_us = session.span.until.since(session.span.from);
                    let lasted_min = u64::try_from(lasted_us / 60_000_000).unwrap_or(0);
                    load.held_min = load.held_min.saturating_add(lasted_min);
                }
            }
        }
        loads
    }

    /// Disputes without a mediator, of all that are still open.
    #[must_use]
    pub fn without_mediator(&self) -> Rate {
        let open = self.0.iter().filter(|(_, told)| self.is_open(told));
        Rate::of(open.map(|(_, told)| told.dispute.mediator.is_none()))
    }

    /// Whether it is neither agreed on nor ended.
    fn is_open(&self, told: &Told) -> bool {
        let is_ended = matches!(told.dispute.phase(), Phase::Declined | Phase::Terminated);
        self.0.effect(told).is_none() && !is_ended
    }
}
