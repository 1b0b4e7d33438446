//! A step is taken once, and a wait is over no earlier than it said.

use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{Correlation, Decide, Happened, Registered, Timestamp};

/// Why a step of a policy is turned down. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Leave it: the step was taken before.
    #[error("the step `{step}` of {correlation} was taken already")]
    StepTaken {
        /// Of which matter.
        correlation: Correlation,
        /// Which step.
        step: String,
    },
    /// Check the name of the step: nobody waits for it, or no more.
    #[error("nobody waits for `{step}` of {correlation}")]
    NotAwaited {
        /// Of which matter.
        correlation: Correlation,
        /// Which step.
        step: String,
    },
    /// Wait until then.
    #[error("the wait for `{step}` is over only at {due_at}")]
    NotDue {
        /// Which step.
        step: String,
        /// When its wait is over.
        due_at: Timestamp,
    },
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    fn decide(&self, command: Command, _: &Registered) -> Result<Vec<Happened<Event>>, Refusal> {
        let (_, _, _, at, zone) = command.head();
        match command {
            Command::TimeOutStep { .. } => self.may_time_out(&command)?,
            _ => self.is_new(&command)?,
        }
        Ok(vec![Happened::at(at, zone, stated(command))])
    }
}

impl State {
    fn is_new(&self, command: &Command) -> Result<(), Refusal> {
        let (policy, correlation, step, ..) = command.head();
        match self.is_taken(policy, correlation, step) {
            true => {
                Err(Refusal::StepTaken { correlation: correlation.clone(), step: step.to_owned() })
            }
            false => Ok(()),
        }
    }

    fn may_time_out(&self, command: &Command) -> Result<(), Refusal> {
        let (policy, correlation, step, at, _) = command.head();
        match self.wait(policy, correlation, step) {
            Some(wait) if wait.due_at > at => {
                Err(Refusal::NotDue { step: step.to_owned(), due_at: wait.due_at })
            }
            Some(wait) if !wait.has_timed_out => Ok(()),
            _ => {
                Err(Refusal::NotAwaited { correlation: correlation.clone(), step: step.to_owned() })
            }
        }
    }
}

fn stated(command: Command) -> Event {
    match command {
        Command::AwaitStep { policy, correlation, step, due_at, .. } => {
            Event::PolicyWaiting { policy, correlation, step, due_at }
        }
        Command::TimeOutStep { policy, correlation, step, .. } => {
            Event::PolicyTimedOut { policy, correlation, step }
        }
        Command::TakeStep { policy, correlation, step, .. } => {
            Event::PolicyActed { policy, correlation, step }
        }
        Command::GiveNotice { policy, correlation, step, notice, to_ref, .. } => {
            Event::NoticeGiven { policy, correlation, step, notice, to_ref }
        }
        Command::RecordStepRefused { policy, correlation, step, refusal, .. } => {
            Event::PolicyRefused { policy, correlation, step, refusal }
        }
    }
}
