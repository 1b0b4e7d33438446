//! One visit at home.

use super::super::Event;
use crate::domain::{Evolve, Happened, PersonRef, Span};

/// A home visit as its events tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HomeVisit {
    /// To whom; `None` until it was requested.
    pub recipient_ref: Option<PersonRef>,
    /// How far it is.
    pub progress: Progress,
    /// Whose time it takes, and when.
    pub scheduled: Option<(PersonRef, Span)>,
    /// From when until when somebody was there.
    pub made: Option<Span>,
}

/// How far a home visit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Progress {
    #[default]
    Requested,
    Approved,
    Declined,
    Scheduled,
    Completed,
    Failed,
}

impl Progress {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Scheduled => "scheduled",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

impl Evolve for HomeVisit {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::HomeVisitRequested { recipient_ref, .. } => {
                self.recipient_ref.get_or_insert_with(|| recipient_ref.clone());
            }
            Event::HomeVisitApproved { .. } => self.progress = Progress::Approved,
            Event::HomeVisitDeclined { .. } => self.progress = Progress::Declined,
            Event::HomeVisitScheduled { vaccinator_ref, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.scheduled = Some((vaccinator_ref.clone(), span));
                self.progress = Progress::Scheduled;
            }
            Event::HomeVisitCompleted { arrived_at, left_at, .. } => {
                self.made = Some(Span { from: *arrived_at, until: *left_at });
                self.progress = Progress::Completed;
            }
            // Who was there was there, whatever is told later.
            Event::HomeVisitFailed { .. } if self.progress != Progress::Completed => {
                self.progress = Progress::Failed;
            }
            _ => {}
        }
    }
}
