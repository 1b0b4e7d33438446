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
    for command in request.commands() {
        let missing = known.missing(command);
        if !missing.is_empty() {
            return Err(Halt::Needs(missing));
        }
        for mut happened in known.state.decide(command.clone(), &known.state.registry.registered)? {
            happened.scope = request.scope().clone();
            known.state.evolve(&happened);
            events.push(happened);
        }
    }
    Ok(events)
}
