//! The strip in the snow: what was mended for the time being is followed until it is mended for
//! good, and a photo shows it.

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter, days_after};
use super::{Follows, Told};
use crate::domain::cases::{Case, Event as Cases, How, Phase, Shows};
use crate::domain::policies::{Notice, Policy};
use crate::domain::{CaseId, Event, Evolve, Timestamp};

/// The temporary mitigations of each case, with the moment of each.
#[derive(Debug, Default)]
pub(super) struct TemporaryFixFollowUp {
    fixes: BTreeMap<(CaseId, Timestamp), Matter>,
}

impl Evolve for TemporaryFixFollowUp {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let happened = &told.happened;
        let Event::Cases(Cases::MitigationApplied { case_id, is_temporary: true, .. }) =
            &happened.event
        else {
            return;
        };
        let matter = told.matter(Policy::TemporaryFixFollowUp, case_id.as_str());
        if let Some(matter) = matter {
            self.fixes.insert((case_id.clone(), happened.at), matter);
        }
    }
}

impl Follows for TemporaryFixFollowUp {
    /// One task a mitigation, then a reminder, then an escalation.
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for ((case_id, at), matter) in &self.fixes {
            let Some(case) = root(known, case_id).filter(|case| !is_mended(case, *at)) else {
                continue;
            };
            let who = case.assigned.as_ref().and_then(|assigned| assigned.assignee_ref.as_ref());
            let limits = known.limits(matter.zone);
            due.push(matter.step(&format!("task {at}")).tells(Notice::Task, who));
            let reminder = days_after(*at, limits.fix_reminder_days);
            due.push(known.deadline(matter, &format!("reminder {at}"), reminder, |late| {
                late.tells(Notice::Reminder, who)
            }));
            let escalation = days_after(*at, limits.fix_escalation_days);
            due.push(known.deadline(matter, &format!("escalation {at}"), escalation, |late| {
                late.tells(Notice::Escalation, None)
            }));
        }
        due
    }
}

/// The case that a case lives by.
pub(super) fn root<'a>(known: &Known<'a>, case_id: &CaseId) -> Option<&'a Case> {
    let cases = &known.state.cases.cases;
    let mut case = cases.get(case_id)?;
    // A chain of merges is no longer than there are cases.
    for _ in 0..cases.len() {
        match case.merged_into.as_ref().and_then(|into| cases.get(into)) {
            Some(into) => case = into,
            None => break,
        }
    }
    Some(case)
}

/// Whether it was mended for good: called resolved, and shown by a photo that was taken since. What
/// went to another body, or was taken back, is nobody's task here any more.
fn is_mended(case: &Case, since: Timestamp) -> bool {
    let is_resolved = matches!(case.phase(), Phase::Resolved | Phase::Confirmed | Phase::Closed);
    let is_shown = case.evidence.iter().any(|(media, shows)| {
        *shows == Shows::After && media.taken_at.is_some_and(|taken_at| taken_at > since)
    });
    let is_elsewhere = matches!(case.closed, Some(How::Referred | How::Withdrawn));
    is_elsewhere || (is_resolved && is_shown)
}
