//! What the events add up to: how each case stands, and what was tried.

mod case;
mod clock;
mod intervention;

pub use case::{Assigned, Case, Opened, Phase};
pub use clock::Clock;
pub use intervention::{Intervention, Standing, Window};

use std::collections::BTreeMap;

use super::Event;
use crate::domain::{CaseId, Evolve, Happened};

/// Everything a decision about a case has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The cases.
    pub cases: BTreeMap<CaseId, Case>,
}

impl State {
    /// The case that a case lives by: itself, or the root of the cases it was merged into.
    #[must_use]
    pub fn root<'a>(&'a self, case_id: &'a CaseId) -> &'a CaseId {
        let mut root = case_id;
        // No chain of merges is longer than there are cases.
        for _ in 0..self.cases.len() {
            match self.cases.get(root).and_then(|case| case.merged_into.as_ref()) {
                Some(next) => root = next,
                None => break,
            }
        }
        root
    }
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.cases.entry(happened.event.case().clone()).or_default().evolve(happened);
    }
}
