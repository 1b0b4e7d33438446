//! What is allowed in the handling of a case, and what is only recorded.

mod named;
mod reports;
mod requests;

use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{
    BodyId, CaseId, Decide, Happened, InterventionId, PersonRef, Registered, Scope,
};

/// Why a request about a case is turned down. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Check the name: nothing of that name is known.
    #[error("there is no {kind} {id}")]
    UnknownEntity {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Choose another name, or leave it as it is.
    #[error("{kind} {id} exists already")]
    AlreadyExists {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Take the step that leads to the wanted state first.
    #[error("{id} is {is}, it would have to be {wanted}")]
    WrongState {
        /// The case, or the intervention.
        id: String,
        /// How it stands.
        is: &'static str,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// Choose somebody of the body, or another body.
    #[error("{assignee_ref} does not belong to {body_id}")]
    AssigneeNotOfBody {
        /// Who was to handle it.
        assignee_ref: PersonRef,
        /// For which body.
        body_id: BodyId,
    },
    /// Take a photo of how it is now, attach it, and name it among the evidence.
    #[error("a photo is missing that shows how it is now and was taken after the report")]
    AfterPhotoMissing,
    /// Record what was done for good.
    #[error("what was done is for the time being; a hazard is resolved by what is done for good")]
    OnlyTemporary,
    /// Try something, observe it, and assess it; or refer or withdraw the case.
    #[error("nothing that was tried has been seen to help since the last report")]
    NoEffectiveIntervention,
    /// Leave the two apart, or merge them the other way round.
    #[error("{case_id} cannot live by {into}, which is the same or lives by it")]
    MergeCycle {
        /// The case that was to be merged.
        case_id: CaseId,
        /// Into which.
        into: CaseId,
    },
    /// Refer one of them: cases of two communities stay apart.
    #[error("the other case lies in `{scope}`")]
    DifferentScope {
        /// The community of the other case.
        scope: Scope,
    },
    /// Let the clock run, or assign the case under a rule that names the cause.
    #[error("`{sla_rule}` does not let the clock stand still for that")]
    PauseNotInRule {
        /// The rule under which the case is handled.
        sla_rule: String,
    },
    /// Assess that one first: of two at once nobody could tell which one helped.
    #[error("{intervention_id} is on trial")]
    OnTrial {
        /// What is on trial.
        intervention_id: InterventionId,
    },
    /// Observe it longer, from the day it was put in place on.
    #[error("to say that it helps, it has to be observed for {days_n} days")]
    ObservedTooShort {
        /// How many local days.
        days_n: u32,
    },
    /// Call the reporter again, on another day.
    #[error("the reporter was called {attempts_n} times and not reached, the rule asks for {of_n}")]
    CallbacksMissing {
        /// How many times.
        attempts_n: u32,
        /// How many times the rule asks for.
        of_n: u32,
    },
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        self.allows(&command, registered)?;
        let (_, at, zone) = command.head();
        let flags = self.doubts_about(&command, registered);
        let happened = |event| Happened { flags, ..Happened::at(at, zone, event) };
        Ok(self.stated(command, registered).map(happened).into_iter().collect())
    }
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
