//! One case: how it stands, who handles it, and what was done about it.

use std::collections::BTreeMap;

use super::super::{
    Basis, CallOutcome, Event, How, Kind, Media, Severity, Shows, Solution, Verdict,
};
use super::{Clock, Intervention, Window};
use crate::domain::{
    BodyId, CaseId, Evolve, Happened, InterventionId, PersonRef, PlaceId, Scope, Timestamp,
};

/// A case as its events tell it.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// What was reported; `None` until it was opened.
    pub opened: Option<Opened>,
    /// What it is, as it was judged last.
    pub category: String,
    /// How grave it is, as it was judged last.
    pub severity_n: Option<Severity>,
    /// Who handles it.
    pub assigned: Option<Assigned>,
    /// Until when.
    pub clock: Clock,
    /// Pictures that were put to it, with what they show.
    pub evidence: Vec<(Media, Shows)>,
    /// What was tried, and is.
    pub interventions: BTreeMap<InterventionId, Intervention>,
    /// When it was reported last: opened, disputed, opened again. What was done before that did
    /// not do.
    pub reported_at: Timestamp,
    /// Whether the newest thing done about it since then is for the time being.
    pub is_only_mitigated: bool,
    /// Whether something tried was seen to help since then.
    pub is_helped: bool,
    /// How it was resolved last.
    pub solution: Option<Solution>,
    /// How many times the reporter was called since the last reopening.
    pub attempts_n: u32,
    /// How many times since it was resolved last.
    pub calls_n: u32,
    /// Whether the reporter was reached in one of these.
    pub was_reached: bool,
    /// How it was closed, while it is.
    pub closed: Option<How>,
    /// How many times it was opened again.
    pub reopened_n: u32,
    /// The case that it lives by.
    pub merged_into: Option<CaseId>,
    /// How it stands, or stood before it was merged.
    own: Phase,
}

/// What was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it is about.
    pub kind: Kind,
    /// Where.
    pub place_id: PlaceId,
    /// By whom, where that is known.
    pub reporter_ref: Option<PersonRef>,
    /// What an unknown reporter is called back by.
    pub handle: Option<String>,
    /// When.
    pub at: Timestamp,
    /// In which community.
    pub scope: Scope,
    /// How many pictures came with it.
    pub media_n: usize,
}

impl Opened {
    /// Whether there is somebody to be called back.
    #[must_use]
    pub fn can_be_called(&self) -> bool {
        self.reporter_ref.is_some() || self.handle.is_some()
    }
}

/// Who handles a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Which body.
    pub body_id: BodyId,
    /// Who of it.
    pub assignee_ref: Option<PersonRef>,
    /// Under which row of the rule.
    pub sla_rule: String,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Phase {
    #[default]
    Open,
    Triaged,
    Assigned,
    InProgress,
    Mitigated,
    Resolved,
    Confirmed,
    Disputed,
    Closed,
    Reopened,
    Merged,
}

impl Phase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Triaged => "triaged",
            Self::Assigned => "assigned",
            Self::InProgress => "in_progress",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Merged => "merged",
        }
    }

    /// Whether something is left to be said of the case itself: it is neither closed nor merged.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Merged)
    }

    /// Whether somebody handles it and does not call it resolved.
    #[must_use]
    pub fn is_handled(self) -> bool {
        matches!(self, Self::Assigned | Self::InProgress | Self::Mitigated | Self::Disputed)
    }
}

impl Case {
    /// How it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.merged_into {
            Some(_) => Phase::Merged,
            None => self.own,
        }
    }

    /// Whether one of these pictures shows how it is now, and was taken after the newest report.
    /// One of which nobody knows when it was taken shows nothing.
    #[must_use]
    pub fn is_shown_after(&self, hashes: &[String]) -> bool {
        self.evidence.iter().any(|(media, shows)| {
            *shows == Shows::After
                && media.taken_at.is_some_and(|taken_at| taken_at > self.reported_at)
                && hashes.contains(&media.media_hash)
        })
    }

    /// Whether the reporter, who can be called, has not been reached since it was resolved.
    #[must_use]
    pub fn awaits_word(&self) -> bool {
        let can_be_called = self.opened.as_ref().is_some_and(Opened::can_be_called);
        can_be_called && !self.was_reached && self.phase() == Phase::Resolved
    }

    /// How it closes now: as it was resolved, unless the reporter was called in vain.
    #[must_use]
    pub fn closes(&self) -> Option<How> {
        match self.awaits_word() && self.calls_n > 0 {
            true => Some(How::Unreachable),
            false => self.solution.clone().map(How::from),
        }
    }

    /// Goes on to a state from certain others. What is told of a case that is merged leaves it as
    /// it stood.
    fn goes(&mut self, from: impl Fn(Phase) -> bool, to: Phase) {
        if self.merged_into.is_none() && from(self.own) {
            self.own = to;
        }
    }

    fn works(&mut self) {
        self.goes(Phase::is_handled, Phase::InProgress);
    }

    fn is_reported(&mut self, at: Timestamp) {
        self.reported_at = at;
        self.is_only_mitigated = false;
        self.is_helped = false;
    }

    fn close(&mut self, how: How) {
        self.closed = Some(how);
        self.own = Phase::Closed;
    }

    fn open(&mut self, happened: &Happened<Event>) {
        let Event::CaseOpened {
            kind,
            category,
            severity_n,
            place_id,
            reporter_ref,
            handle,
            media,
            ..
        } = &happened.event
        else {
            return;
        };
        self.category.clone_from(category);
        self.severity_n = Some(*severity_n);
        self.is_reported(happened.at);
        self.opened = Some(Opened {
            kind: *kind,
            place_id: place_id.clone(),
            reporter_ref: reporter_ref.clone(),
            handle: handle.clone(),
            at: happened.at,
            scope: happened.scope.clone(),
            media_n: media.len(),
        });
    }

    fn handle(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::CaseTriaged { category, severity_n, .. } => {
                self.category.clone_from(category);
                self.severity_n = Some(*severity_n);
                self.goes(|phase| phase == Phase::Open, Phase::Triaged);
            }
            Event::CaseAssigned { body_id, assignee_ref, due_at, sla_rule, .. } => {
                let (body_id, assignee_ref) = (body_id.clone(), assignee_ref.clone());
                let sla_rule = sla_rule.clone();
                self.assigned = Some(Assigned { body_id, assignee_ref, sla_rule });
                self.clock.start(happened.at, *due_at);
                let waits = |phase| matches!(phase, Phase::Triaged | Phase::Reopened);
                self.goes(waits, Phase::Assigned);
            }
            Event::FirstResponseRecorded { .. } => {
                let waits = |phase| matches!(phase, Phase::Assigned | Phase::Disputed);
                self.goes(waits, Phase::InProgress);
            }
            Event::MitigationApplied { is_temporary, .. } => {
                self.is_only_mitigated = *is_temporary;
                let to = if *is_temporary { Phase::Mitigated } else { Phase::InProgress };
                self.goes(Phase::is_handled, to);
            }
            Event::EvidenceAttached { media, shows, .. } => {
                self.evidence.push((media.clone(), *shows));
            }
            Event::CaseClockPaused { .. } => self.clock.pause(happened.at),
            Event::CaseClockResumed { .. } => self.clock.resume(happened.at),
            _ => self.attempt(happened),
        }
    }

    fn attempt(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::InterventionProposed { intervention_id, kind, .. } => {
                self.interventions.insert(intervention_id.clone(), Intervention::of(*kind));
                self.works();
            }
            Event::PastInterventionRecorded { intervention_id, kind, verdict, basis, .. } => {
                let outcome = Some((*verdict, *basis));
                let past = Intervention { outcome, ..Intervention::of(*kind) };
                self.interventions.insert(intervention_id.clone(), past);
            }
            Event::SiteMeasured {
                intervention_id, opening_id, room, width_mm, height_mm, ..
            } => {
                let (room, width_mm, height_mm) = (*room, *width_mm, *height_mm);
                let flags = happened.flags.clone();
                if let Some(own) = self.interventions.get_mut(intervention_id) {
                    let window = Window { room, width_mm, height_mm, flags };
                    own.windows.insert(opening_id.clone(), window);
                }
                self.works();
            }
            Event::InterventionApplied { intervention_id, applied_at, .. } => {
                if let Some(own) = self.interventions.get_mut(intervention_id) {
                    own.applied = Some((*applied_at, applied_at.local_date(happened.zone)));
                }
                self.works();
            }
            Event::OutcomeAssessed { intervention_id, verdict, basis, .. } => {
                if let Some(own) = self.interventions.get_mut(intervention_id) {
                    own.outcome = Some((*verdict, *basis));
                }
                self.is_helped |= (*verdict, *basis) == (Verdict::Effective, Basis::Observed);
                self.works();
            }
            _ => {}
        }
    }
}

impl Evolve for Case {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::CaseOpened { .. } => self.open(happened),
            Event::CaseResolved { manner, .. } => {
                self.solution = Some(manner.clone());
                (self.calls_n, self.was_reached) = (0, false);
                self.own = Phase::Resolved;
            }
            Event::ReporterConfirmed { .. } => self.own = Phase::Confirmed,
            Event::ReporterDisputed { .. } => {
                self.is_reported(happened.at);
                self.own = Phase::Disputed;
            }
            Event::CaseReopened { n, .. } => {
                self.is_reported(happened.at);
                self.reopened_n = *n;
                (self.closed, self.attempts_n) = (None, 0);
                self.own = Phase::Reopened;
            }
            Event::CaseMerged { into, .. } => self.merged_into = Some(into.clone()),
            Event::CaseUnmerged { .. } => self.merged_into = None,
            Event::CaseReferred { .. } => self.close(How::Referred),
            Event::CaseWithdrawn { .. } => self.close(How::Withdrawn),
            Event::CaseClosed { how, .. } => self.close(how.clone()),
            Event::CallbackAttempted { attempt_no, outcome, .. } => {
                self.attempts_n = *attempt_no;
                self.calls_n = self.calls_n.saturating_add(1);
                self.was_reached |= matches!(outcome, CallOutcome::Answered | CallOutcome::Refused);
            }
            _ => self.handle(happened),
        }
    }
}
