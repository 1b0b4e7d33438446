//! Who reported something is called back (回访): on different days, until they are reached or were
//! called often enough. What they say closes the case or disputes it; silence never satisfies.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::steps::{Due, Known, Matter, hours_after, start_of};
use super::{Follows, Told};
use crate::domain::cases::{Case, Command as Cases, Event as OfCases, Opened, Phase, Solved};
use crate::domain::policies::{Notice, Policy};
use crate::domain::{CaseId, Event, Evolve, Timestamp};

/// The cases to call back about.
#[derive(Debug, Default)]
pub(super) struct HotlineCallback {
    cases: BTreeMap<CaseId, Reported>,
}

/// What is told of one case.
#[derive(Debug, Default)]
struct Reported {
    /// Where it was resolved last, and when.
    resolved: Option<(Matter, Timestamp)>,
    /// Under which deadline somebody handles it.
    assigned: Option<Matter>,
    /// When, and on which day, the reporter was called last.
    called: Option<(Timestamp, Option<NaiveDate>)>,
    /// What the reporter said since it was resolved.
    solved: Option<Solved>,
}

impl Evolve for HotlineCallback {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let happened = &told.happened;
        let Event::Cases(event) = &happened.event else { return };
        let case_id = event.case();
        let reported = self.cases.entry(case_id.clone()).or_default();
        let matter = || told.matter(Policy::HotlineCallback, case_id.as_str());
        match event {
            OfCases::CaseResolved { .. } => {
                reported.resolved = matter().map(|matter| (matter, happened.at));
                (reported.called, reported.solved) = (None, None);
            }
            OfCases::CaseAssigned { .. } => reported.assigned = matter(),
            OfCases::CallbackAttempted { .. } => {
                reported.called = Some((happened.at, happened.at.local_date(happened.zone)));
            }
            OfCases::HandlingRated { solved, .. } => reported.solved = Some(*solved),
            _ => {}
        }
    }
}

impl Follows for HotlineCallback {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (case_id, reported) in &self.cases {
            let Some(case) = known.state.cases.cases.get(case_id) else { continue };
            match (&reported.resolved, &reported.assigned) {
                (Some((matter, at)), _) if case.phase() == Phase::Resolved => {
                    due.extend(asks(known, (case_id, case), reported, (matter, *at)));
                }
                (_, Some(matter)) if case.phase().is_handled() => {
                    due.extend(overdue(known, case, matter));
                }
                _ => {}
            }
        }
        due
    }
}

/// The time of the case is over, and it is not resolved: the reporter hears that.
fn overdue(known: &Known<'_>, case: &Case, matter: &Matter) -> Option<Due> {
    let due_at = case.clock.due_at().filter(|_| case.clock.paused_since.is_none())?;
    let who = case.assigned.as_ref().and_then(|assigned| assigned.assignee_ref.as_ref());
    let step = format!("deadline {}, {due_at}", case.reopened_n);
    Some(known.deadline(matter, &step, due_at, |late| late.tells(Notice::Task, who)))
}

/// The call, and what follows from it.
fn asks(
    known: &Known<'_>,
    (case_id, case): (&CaseId, &Case),
    reported: &Reported,
    (matter, resolved_at): (&Matter, Timestamp),
) -> Vec<Due> {
    let (at, zone) = (known.now, matter.zone);
    let limits = known.limits(zone);
    // A case that was opened again, or disputed, is asked about anew.
    let named = |what: &str| format!("{what} {}.{} {resolved_at}", case.reopened_n, case.calls_n);
    let close = |due: Due| due.and(Cases::CloseCase { case_id: case_id.clone(), at, zone });
    let by_ref = case.opened.as_ref().and_then(|opened| opened.reporter_ref.clone());
    match reported.solved {
        Some(Solved::No) => {
            let (case_id, reason) = (case_id.clone(), None);
            let no = Cases::DisputeResolution { case_id, at, zone, by_ref, reason };
            return vec![matter.step(&named("dispute")).and(no)];
        }
        Some(Solved::Yes) => {
            let yes = Cases::ConfirmResolution { case_id: case_id.clone(), at, zone };
            return vec![close(matter.step(&named("close")).and(yes))];
        }
        _ => {}
    }
    let can_be_called = case.opened.as_ref().is_some_and(Opened::can_be_called);
    let is_enough = case.calls_n >= limits.callbacks_n;
    if !can_be_called || (is_enough && !case.was_reached) {
        return vec![close(matter.step(&named("close")))];
    }
    let start = reported.called.map_or(Some(resolved_at), |(_, on)| start_of(on?, 1, zone));
    let start = start.unwrap_or(resolved_at);
    let by = hours_after(start.max(resolved_at), limits.callback_hours);
    if case.was_reached {
        // Reached, and the question was left open: so is the answer.
        return vec![known.deadline(matter, &named("answer"), by, close)];
    }
    let who = case.assigned.as_ref().and_then(|assigned| assigned.assignee_ref.as_ref());
    let call = match reported.called {
        None => matter.step(&named("call")).tells(Notice::Task, who),
        Some(_) => known.deadline(matter, &named("call on another day"), start, |late| {
            late.tells(Notice::Task, who)
        }),
    };
    let missed = known
        .deadline(matter, &named("call in time"), by, |late| late.tells(Notice::Escalation, None));
    vec![call, missed]
}
