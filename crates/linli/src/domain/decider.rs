//! The one shape of a decision: state is a fold of events, a command is answered with events or a
//! refusal.

use super::{BoundaryItem, Registered};

/// State that is nothing but a fold of events.
pub trait Evolve {
    /// What is folded.
    type Event;

    /// Takes one event in. Total: whatever the journal says has happened.
    fn evolve(&mut self, event: &Self::Event);
}

/// State that can answer a command.
pub trait Decide: Evolve {
    /// What is asked or reported.
    type Command;
    /// Why a request is turned down, with the values a person needs.
    type Refusal;

    /// What else has to be known, now that the boundary of the command is: of people, groups,
    /// cases that only the events name. It is asked until it names nothing new.
    fn beyond(&self, _command: &Self::Command) -> Vec<BoundaryItem> {
        Vec::new()
    }

    /// Answers a command with the events that follow from it, changing nothing. Who is who and
    /// which rules hold, the registry knows.
    ///
    /// # Errors
    /// A refusal, and then nothing has happened. A command that reports reality is refused only
    /// where it names something that does not exist.
    fn decide(
        &self,
        command: Self::Command,
        registered: &Registered,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;
}
