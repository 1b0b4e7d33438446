//! What the events add up to: which steps were taken, and what is waited for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Event, Policy};
use crate::domain::{Correlation, Evolve, Happened, Timestamp};

/// The steps of every policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The steps that were taken, refused ones among them.
    pub taken: BTreeMap<(Policy, Correlation), BTreeSet<String>>,
    /// What is or was waited for.
    pub waits: BTreeMap<(Policy, Correlation), BTreeMap<String, Wait>>,
    /// The steps that were refused.
    pub refused: BTreeMap<(Policy, Correlation), BTreeSet<String>>,
}

/// A wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When it is over.
    pub due_at: Timestamp,
    /// Whether it was over in vain.
    pub has_timed_out: bool,
}

impl State {
    /// Whether a step was taken, whatever came of it.
    #[must_use]
    pub fn is_taken(&self, policy: Policy, correlation: &Correlation, step: &str) -> bool {
        let taken = self.taken.get(&(policy, correlation.clone()));
        taken.is_some_and(|steps| steps.contains(step))
    }

    /// Whether what a step asked for was refused.
    #[must_use]
    pub fn is_refused(&self, policy: Policy, correlation: &Correlation, step: &str) -> bool {
        let refused = self.refused.get(&(policy, correlation.clone()));
        refused.is_some_and(|steps| steps.contains(step))
    }

    /// A wait by its step.
    #[must_use]
    pub fn wait(&self, policy: Policy, correlation: &Correlation, step: &str) -> Option<&Wait> {
        self.waits.get(&(policy, correlation.clone()))?.get(step)
    }
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let (policy, correlation, step) = happened.event.step();
        let matter = (policy, correlation.clone());
        match &happened.event {
            Event::PolicyWaiting { due_at, .. } => {
                let wait = Wait { due_at: *due_at, has_timed_out: false };
                self.waits.entry(matter.clone()).or_default().insert(step.to_owned(), wait);
            }
            Event::PolicyTimedOut { .. } => {
                // The end of a wait belongs to the step that it leads to, which stands beside it.
                let waits = self.waits.entry(matter).or_default();
                if let Some(wait) = waits.get_mut(step) {
                    wait.has_timed_out = true;
                }
                return;
            }
            Event::PolicyRefused { .. } => {
                self.refused.entry(matter.clone()).or_default().insert(step.to_owned());
            }
            Event::PolicyActed { .. } | Event::NoticeGiven { .. } => {}
        }
        self.taken.entry(matter).or_default().insert(step.to_owned());
    }
}
