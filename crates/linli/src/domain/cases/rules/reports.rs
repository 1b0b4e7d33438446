//! What was asked for and allowed, and what was reported, becomes the event that says the same.

use super::super::state::Case;
use super::super::{Basis, Command, Event, State};
use super::requests::row;
use crate::domain::{CaseId, Flag, Place, PlaceKind, Registered, Timestamp, Zone};

use Command as C;

const MINUTE_US: i64 = 60_000_000;

impl State {
    /// What looks wrong about what has happened: a measured window that is none of the household's.
    pub(super) fn doubts_about(&self, command: &Command, registered: &Registered) -> Vec<Flag> {
        let C::RecordMeasurement { case_id, opening_id, .. } = command else { return Vec::new() };
        let opened = self.opened(case_id).and_then(|case| case.opened.as_ref());
        let is_window = |place: &Place| place.kind == PlaceKind::Opening;
        let is_ours = registered.places.get(opening_id).is_some_and(is_window)
            && opened.is_some_and(|opened| registered.lies_in(opening_id, &opened.place_id));
        if is_ours { Vec::new() } else { vec![Flag::NotOfHousehold] }
    }

    /// The event that says what a command says.
    pub(super) fn stated(&self, command: Command, registered: &Registered) -> Option<Event> {
        let (case_id, at, zone) = command.head();
        let (case_id, case) = (case_id.clone(), self.opened(case_id));
        Some(match command {
            C::OpenCase {
                kind,
                category,
                severity_n,
                place_id,
                reporter_ref,
                handle,
                text,
                media,
                observed_at,
                ..
            } => Event::CaseOpened {
                case_id,
                kind,
                category,
                severity_n,
                place_id,
                reporter_ref,
                handle,
                text,
                media,
                observed_at,
            },
            C::TriageCase { category, severity_n, .. } => {
                Event::CaseTriaged { case_id, category, severity_n }
            }
            C::AssignCase { body_id, assignee_ref, due_at, sla_rule, .. } => {
                let due_at = due_at.or_else(|| due(registered, &sla_rule, at, zone));
                Event::CaseAssigned { case_id, body_id, assignee_ref, due_at, sla_rule }
            }
            C::RecordFirstResponse { by_ref, manner, .. } => {
                Event::FirstResponseRecorded { case_id, by_ref, manner }
            }
            C::RecordRepeatContact { reporter_ref, .. } => {
                Event::RepeatContactRecorded { case_id, reporter_ref }
            }
            C::RecordMitigation { what, is_temporary, .. } => {
                Event::MitigationApplied { case_id, what, is_temporary }
            }
            C::RecordEvidence { media, shows, .. } => {
                Event::EvidenceAttached { case_id, media, shows }
            }
            C::PauseClock { cause, .. } => Event::CaseClockPaused { case_id, cause },
            C::ResumeClock { .. } => Event::CaseClockResumed { case_id },
            rest => return of_the_end(case_id, case, rest),
        })
    }
}

/// When a case is due that is assigned under a rule now, where one is published.
fn due(registered: &Registered, sla_rule: &str, at: Timestamp, zone: Zone) -> Option<Timestamp> {
    let minutes = i64::from(row(registered, sla_rule, at, zone)?.resolve_within_min);
    Some(Timestamp(at.0.saturating_add(minutes.saturating_mul(MINUTE_US))))
}

fn of_the_end(case_id: CaseId, case: Option<&Case>, command: Command) -> Option<Event> {
    let newest = |number: fn(&Case) -> u32| case.map_or(0, number);
    Some(match command {
        C::ResolveCase { manner, evidence, .. } => {
            Event::CaseResolved { case_id, manner, evidence }
        }
        C::ConfirmResolution { .. } => Event::ReporterConfirmed { case_id },
        C::DisputeResolution { by_ref, reason, .. } => {
            Event::ReporterDisputed { case_id, by_ref, reason }
        }
        C::ReopenCase { reason, .. } => {
            let n = newest(|case| case.reopened_n).saturating_add(1);
            Event::CaseReopened { case_id, n, reason }
        }
        C::MergeCase { into, .. } => Event::CaseMerged { case_id, into },
        C::UnmergeCase { reason, .. } => {
            let from = case.and_then(|case| case.merged_into.clone());
            Event::CaseUnmerged { from: from.unwrap_or_else(|| case_id.clone()), case_id, reason }
        }
        C::ReferCase { body_id, .. } => Event::CaseReferred { case_id, body_id },
        C::WithdrawCase { .. } => Event::CaseWithdrawn { case_id },
        C::RecordCallback { outcome, .. } => {
            let attempt_no = newest(|case| case.attempts_n).saturating_add(1);
            Event::CallbackAttempted { case_id, attempt_no, outcome }
        }
        C::RecordRating { solved, satisfied, .. } => {
            let attempt_no = newest(|case| case.attempts_n);
            Event::HandlingRated { case_id, attempt_no, solved, satisfied }
        }
        C::CloseCase { .. } => Event::CaseClosed { how: case?.closes()?, case_id },
        rest => return of_interventions(case_id, rest),
    })
}

fn of_interventions(case_id: CaseId, command: Command) -> Option<Event> {
    Some(match command {
        C::ProposeIntervention { intervention_id, kind, target, .. } => {
            Event::InterventionProposed { case_id, intervention_id, kind, target }
        }
        C::RecordMeasurement { intervention_id, opening_id, room, width_mm, height_mm, .. } => {
            Event::SiteMeasured { case_id, intervention_id, opening_id, room, width_mm, height_mm }
        }
        C::ApplyIntervention { at: applied_at, intervention_id, .. } => {
            Event::InterventionApplied { case_id, intervention_id, applied_at }
        }
        C::RecordPastIntervention { intervention_id, kind, tried_by, verdict, .. } => {
            let basis = Basis::Reported;
            Event::PastInterventionRecorded {
                case_id,
                intervention_id,
                kind,
                tried_by,
                verdict,
                basis,
            }
        }
        C::AssessOutcome { intervention_id, verdict, observed_from, observed_until, .. } => {
            let basis = Basis::Observed;
            Event::OutcomeAssessed {
                case_id,
                intervention_id,
                verdict,
                basis,
                observed_from,
                observed_until,
            }
        }
        C::OpenCase { .. }
        | C::TriageCase { .. }
        | C::AssignCase { .. }
        | C::RecordFirstResponse { .. }
        | C::RecordRepeatContact { .. }
        | C::RecordMitigation { .. }
        | C::RecordEvidence { .. }
        | C::ResolveCase { .. }
        | C::ConfirmResolution { .. }
        | C::DisputeResolution { .. }
        | C::ReopenCase { .. }
        | C::MergeCase { .. }
        | C::UnmergeCase { .. }
        | C::ReferCase { .. }
        | C::WithdrawCase { .. }
        | C::CloseCase { .. }
        | C::PauseClock { .. }
        | C::ResumeClock { .. }
        | C::RecordCallback { .. }
        | C::RecordRating { .. } => return None,
    })
}
