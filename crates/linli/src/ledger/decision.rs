//! Commands to events, on what is known.

use super::Request;
use super::boundary::Known;
use crate::domain::{BoundaryItem, Decide, Event, Evolve, Happened, Refusal};

/// Why there is no decision yet, or why it is no.
pub(super) enum Halt {
    /// What the commands name has to be read first.
    Needs(Vec<BoundaryItem>),
    Refused(Refusal),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Decides the commands one after the other, each knowing what the ones before it did.
pub(super) fn events(known: &mut Known, request: &Request) -> Result<Vec<Happened<Event>>, Halt> {
    let mut events = Vec::new();
    known.state.registry.registered.within = request.scope().clone();
    for (number, command) in request.commands().iter().enumerate() {
        if !known.missing(command).is_empty() {
            // Those after it name what they lead to as well, as far as that is known by now: one
            // reading for all of them instead of one for each.
            let rest = request.commands().iter().skip(number);
            return Err(Halt::Needs(rest.flat_map(|command| known.missing(command)).collect()));
        }
        for mut happened in known.state.decide(command.clone(), &known.state.registry.registered)? {
            happened.scope = request.scope().clone();
            known.state.evolve(&happened);
            events.push(happened);
        }
    }
    Ok(events)
}
