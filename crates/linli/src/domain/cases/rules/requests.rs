//! What asks is checked here; what reports passes.

use chrono::{Days, NaiveDate};

use super::super::state::{Case, Phase};
use super::super::{Command, Kind, Solution, State, Verdict};
use super::{Refusal, unknown};
use crate::domain::{
    CaseHandling, CaseId, CaseRule, InterventionId, Registered, Scope, Timestamp, Zone,
};

use Command as C;

/// A case with its name.
type Named<'a> = (&'a CaseId, &'a Case);

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let (case_id, at, zone) = command.head();
        let Some(case) = self.opened(case_id) else { return Ok(()) };
        let named = (case_id, case);
        let phase = case.phase();
        let rule = || rule_of(case, registered, at, zone);
        match command {
            C::TriageCase { .. } => {
                let is_before = matches!(phase, Phase::Open | Phase::Triaged | Phase::Reopened);
                must(named, is_before || phase.is_handled(), "open and not resolved")
            }
            C::AssignCase { .. } => may_assign(named, command, registered),
            C::ResolveCase { manner, evidence, .. } => may_resolve(named, rule(), manner, evidence),
            C::ConfirmResolution { .. } | C::DisputeResolution { .. } => {
                must(named, phase == Phase::Resolved, "resolved")
            }
            C::ReopenCase { .. } => must(named, phase == Phase::Closed, "closed"),
            C::MergeCase { into, .. } => self.may_merge(named, into),
            C::UnmergeCase { .. } => must(named, phase == Phase::Merged, "merged"),
            C::ReferCase { .. } | C::WithdrawCase { .. } => must(named, phase.is_open(), "open"),
            C::CloseCase { .. } => may_close(named, rule()),
            C::PauseClock { cause, .. } => may_pause(named, rule(), cause),
            C::ResumeClock { .. } => {
                let is_paused = case.clock.paused_since.is_some();
                if is_paused { Ok(()) } else { Err(wrong_state(case_id, "running", "paused")) }
            }
            C::ProposeIntervention { .. } => must(named, phase.is_handled(), "handled"),
            C::ApplyIntervention { intervention_id, .. } => may_apply(named, intervention_id),
            C::AssessOutcome { .. } => may_assess(named, rule(), command),
            _ => Ok(()),
        }
    }

    /// A case that was opened.
    pub(super) fn opened(&self, case_id: &CaseId) -> Option<&Case> {
        self.cases.get(case_id).filter(|case| case.opened.is_some())
    }

    /// A case is merged only into one that is not merged itself, so that whoever decides about the
    /// two sees every merge that could close a circle: it carries the tag of one of them.
    fn may_merge(&self, named: Named<'_>, into: &CaseId) -> Result<(), Refusal> {
        let (case_id, case) = named;
        must(named, case.phase().is_open(), "open")?;
        let Some(root) = self.opened(into) else { return Ok(()) };
        if case_id == into || root.merged_into.as_ref() == Some(case_id) {
            return Err(Refusal::MergeCycle { case_id: case_id.clone(), into: into.clone() });
        }
        must((into, root), root.phase().is_open(), "open")?;
        let scope = |case: &Case| case.opened.as_ref().map(|opened| opened.scope.clone());
        match scope(root).filter(|other| scope(case).as_ref() != Some(other)) {
            Some::<Scope>(scope) => Err(Refusal::DifferentScope { scope }),
            None => Ok(()),
        }
    }
}

/// The rule under which a case is handled, as it holds on the local day of a moment.
pub(super) fn rule_of<'a>(
    case: &Case,
    registered: &'a Registered,
    at: Timestamp,
    zone: Zone,
) -> Option<&'a CaseRule> {
    row(registered, &case.assigned.as_ref()?.sla_rule, at, zone)
}

/// The row of the rule of this name, as it holds on the local day of a moment.
pub(super) fn row<'a>(
    registered: &'a Registered,
    sla_rule: &str,
    at: Timestamp,
    zone: Zone,
) -> Option<&'a CaseRule> {
    let (_, handling) = registered.rule(CaseHandling::of, at.local_date(zone)?)?;
    handling.rows.iter().find(|row| row.sla_rule == sla_rule)
}

/// Why a step cannot be taken yet, or no more.
fn wrong_state(id: &impl ToString, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: id.to_string(), is, wanted }
}

fn must((case_id, case): Named<'_>, holds: bool, wanted: &'static str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(wrong_state(case_id, case.phase().name(), wanted)) }
}

fn may_assign(named: Named<'_>, command: &Command, registered: &Registered) -> Result<(), Refusal> {
    let C::AssignCase { at, zone, body_id, assignee_ref, sla_rule, .. } = command else {
        return Ok(());
    };
    let phase = named.1.phase();
    let waits = matches!(phase, Phase::Triaged | Phase::Reopened);
    must(named, waits || phase.is_handled(), "triaged and not resolved")?;
    let Some(on) = at.local_date(*zone) else { return Ok(()) };
    if registered.rule(CaseHandling::of, on).is_some()
        && row(registered, sla_rule, *at, *zone).is_none()
    {
        return Err(unknown("sla_rule", sla_rule));
    }
    match assignee_ref.clone().filter(|person| !registered.belongs_to(person, body_id, on)) {
        Some(assignee_ref) => {
            Err(Refusal::AssigneeNotOfBody { assignee_ref, body_id: body_id.clone() })
        }
        None => Ok(()),
    }
}

fn may_resolve(
    named: Named<'_>,
    rule: Option<&CaseRule>,
    manner: &Solution,
    evidence: &[String],
) -> Result<(), Refusal> {
    let (_, case) = named;
    let kind = case.opened.as_ref().map(|opened| opened.kind);
    if kind == Some(Kind::Hazard) && case.is_only_mitigated && case.phase().is_handled() {
        return Err(Refusal::OnlyTemporary);
    }
    must(named, case.phase() == Phase::InProgress, "in_progress")?;
    if kind == Some(Kind::Nuisance) && !case.is_helped {
        return Err(Refusal::NoEffectiveIntervention);
    }
    let needs_photo = manner.is_fix() && rule.is_some_and(|rule| rule.needs_after_photo);
    match needs_photo && !case.is_shown_after(evidence) {
        true => Err(Refusal::AfterPhotoMissing),
        false => Ok(()),
    }
}

/// Where the rule says how often a reporter is called, one who was not reached is called so often.
fn may_close(named: Named<'_>, rule: Option<&CaseRule>) -> Result<(), Refusal> {
    let (_, case) = named;
    let phase = case.phase();
    must(named, matches!(phase, Phase::Resolved | Phase::Confirmed), "resolved or confirmed")?;
    let of_n = rule.map_or(0, |rule| rule.callbacks_n);
    match case.awaits_word() && case.calls_n < of_n {
        true => Err(Refusal::CallbacksMissing { attempts_n: case.calls_n, of_n }),
        false => Ok(()),
    }
}

/// A clock pauses only for what its rule names; where no rule is published, nothing is named.
fn may_pause(named: Named<'_>, rule: Option<&CaseRule>, cause: &String) -> Result<(), Refusal> {
    let (case_id, case) = named;
    must(named, case.phase().is_handled(), "handled")?;
    if case.clock.paused_since.is_some() {
        return Err(wrong_state(case_id, "paused", "running"));
    }
    let sla_rule = case.assigned.as_ref().map(|assigned| assigned.sla_rule.clone());
    match rule.is_some_and(|rule| rule.pauses.contains(cause)) {
        true => Ok(()),
        false => Err(Refusal::PauseNotInRule { sla_rule: sla_rule.unwrap_or_default() }),
    }
}

fn may_apply(named: Named<'_>, intervention_id: &InterventionId) -> Result<(), Refusal> {
    let (_, case) = named;
    must(named, case.phase().is_handled(), "handled")?;
    let Some(own) = case.interventions.get(intervention_id) else { return Ok(()) };
    if own.outcome.is_some() {
        return Err(wrong_state(intervention_id, "assessed", "proposed or measured"));
    }
    match case.interventions.iter().find(|(_, other)| other.is_on_trial()) {
        Some((other, _)) => Err(Refusal::OnTrial { intervention_id: other.clone() }),
        None => Ok(()),
    }
}

/// That something helps is said after the observation period; that it does not, or that it was
/// given up, at any time.
fn may_assess(named: Named<'_>, rule: Option<&CaseRule>, command: &Command) -> Result<(), Refusal> {
    let (_, case) = named;
    let C::AssessOutcome {
        at, zone, intervention_id, verdict, observed_from, observed_until, ..
    } = command
    else {
        return Ok(());
    };
    must(named, case.phase().is_handled(), "handled")?;
    let Some(own) = case.interventions.get(intervention_id) else { return Ok(()) };
    if own.outcome.is_some() {
        return Err(wrong_state(intervention_id, "assessed", "under_observation"));
    }
    let given_up = *verdict == Verdict::Abandoned;
    let Some((_, applied_on)) = own.applied else {
        let wrong = wrong_state(intervention_id, "proposed", "under_observation");
        return if given_up { Ok(()) } else { Err(wrong) };
    };
    let days_n = rule.map_or(0, |rule| rule.observe_days);
    let from = applied_on.map_or(*observed_from, |on| on.max(*observed_from));
    // Nobody has observed what is yet to come.
    let until = at.local_date(*zone).map_or(*observed_until, |today| today.min(*observed_until));
    match verdict.claims_help() && !is_so_long(from, until, days_n) {
        true => Err(Refusal::ObservedTooShort { days_n }),
        false => Ok(()),
    }
}

fn is_so_long(from: NaiveDate, until: NaiveDate, days_n: u32) -> bool {
    from.checked_add_days(Days::new(days_n.into())).is_some_and(|least| least <= until)
}
