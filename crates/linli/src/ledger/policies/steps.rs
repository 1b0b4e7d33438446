//! The steps of a matter: what is waited for, and what is done.

use chrono::{Days, NaiveDate, TimeZone};

use super::super::Request;
use crate::codec::{Channel, Reason};
use crate::domain::policies::{self, Notice, Policy};
use crate::domain::{Command, Correlation, PersonRef, PolicyLimits, Scope, State, Timestamp, Zone};

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// What is known when a policy is asked, and what time it is.
pub(super) struct Known<'a> {
    /// The state of each context; of the charging points no policy asks it.
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
}

impl Known<'_> {
    /// The numbers that hold today.
    pub(super) fn limits(&self, zone: Zone) -> PolicyLimits {
        let published = self.now.local_date(zone).and_then(|on| {
            self.state.registry.registered.rule(PolicyLimits::of, on).map(|(_, limits)| limits)
        });
        published.cloned().unwrap_or_default()
    }

    /// Whether a step was taken.
    pub(super) fn is_taken(&self, matter: &Matter, step: &str) -> bool {
        self.state.policies.is_taken(matter.policy, &matter.correlation, step)
    }

    /// Whether a wait is over in vain.
    pub(super) fn is_late(&self, matter: &Matter, step: &str) -> bool {
        self.is_taken(matter, &late_step(step))
    }

    /// Somebody is asked to do something, and somebody above hears where it is not done in time.
    pub(super) fn asks(
        &self,
        matter: &Matter,
        what: &str,
        until: Timestamp,
        who: Option<&PersonRef>,
    ) -> [Due; 2] {
        let above = |late: Due| late.tells(Notice::Escalation, None);
        let in_time = self.deadline(matter, &format!("{what} in time"), until, above);
        [matter.step(what).tells(Notice::Task, who), in_time]
    }

    /// A wait until `due_at`; when that is over, the step that `late` makes of it.
    pub(super) fn deadline(
        &self,
        matter: &Matter,
        step: &str,
        due_at: Timestamp,
        late: impl FnOnce(Due) -> Due,
    ) -> Due {
        match self.state.policies.wait(matter.policy, &matter.correlation, step) {
            None => matter.does(step, Deed::Wait(due_at)),
            Some(wait) => {
                let after = Some((step.to_owned(), wait.due_at));
                late(Due { after, ..matter.does(&late_step(step), Deed::Act) })
            }
        }
    }
}

/// The step that the end of a wait leads to.
fn late_step(step: &str) -> String {
    format!("{step}/late")
}

/// What a policy follows: a case, a shift, an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matter {
    pub(super) policy: Policy,
    pub(super) correlation: Correlation,
    pub(super) zone: Zone,
    pub(super) scope: Scope,
}

impl Matter {
    /// A step that does what the commands say that are put to it.
    pub(super) fn step(&self, step: &str) -> Due {
        self.does(step, Deed::Act)
    }

    fn does(&self, step: &str, deed: Deed) -> Due {
        let (matter, step) = (self.clone(), step.to_owned());
        Due { matter, step, after: None, deed, commands: Vec::new() }
    }
}

/// A step to take.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) matter: Matter,
    pub(super) step: String,
    /// The wait that it follows on, and when that is over.
    after: Option<(String, Timestamp)>,
    deed: Deed,
    commands: Vec<Command>,
}

#[derive(Clone, Debug)]
enum Deed {
    Act,
    Wait(Timestamp),
    Tell(Notice, Option<PersonRef>),
}

impl Due {
    /// The same step, which gives notice.
    pub(super) fn tells(mut self, notice: Notice, to: Option<&PersonRef>) -> Self {
        self.deed = Deed::Tell(notice, to.cloned());
        self
    }

    /// The same step, which carries out a command as well.
    pub(super) fn and(mut self, command: impl Into<Command>) -> Self {
        self.commands.push(command.into());
        self
    }

    /// Whether it is time for it, and it was not taken.
    pub(super) fn is_open(&self, known: &Known<'_>) -> bool {
        let is_time = self.after.as_ref().is_none_or(|(_, due_at)| *due_at <= known.now);
        is_time && !known.is_taken(&self.matter, &self.step)
    }

    /// All of it in one append, under the id that policy, matter and step have for ever.
    pub(super) fn request(&self, now: Timestamp) -> Request {
        let Matter { policy, ref correlation, zone, .. } = self.matter;
        let head = |step: &str| (correlation.clone(), step.to_owned());
        let ended = self.after.iter().map(|(step, _)| {
            let (correlation, step) = head(step);
            policies::Command::TimeOutStep { policy, correlation, step, at: now, zone }
        });
        let (correlation, step) = head(&self.step);
        let taken = match self.deed.clone() {
            Deed::Act => policies::Command::TakeStep { policy, correlation, step, at: now, zone },
            Deed::Wait(due_at) => {
                policies::Command::AwaitStep { policy, correlation, step, at: now, zone, due_at }
            }
            Deed::Tell(notice, to_ref) => policies::Command::GiveNotice {
                policy,
                correlation,
                step,
                at: now,
                zone,
                notice,
                to_ref,
            },
        };
        let steps = ended.chain([taken]).map(Command::from);
        self.identified(Request::all(steps.chain(self.commands.iter().cloned())))
    }

    /// What is recorded in its place where it is refused, under the same id.
    pub(super) fn refused(&self, now: Timestamp, refusal: String) -> Request {
        let Matter { policy, ref correlation, zone, .. } = self.matter;
        let (correlation, step) = (correlation.clone(), self.step.clone());
        let at = now;
        self.identified(Request::from(policies::Command::RecordStepRefused {
            policy,
            correlation,
            step,
            at,
            zone,
            refusal,
        }))
    }

    /// Policy, matter and step: no two steps have one name.
    pub(super) fn name(&self) -> (Policy, Correlation, String) {
        (self.matter.policy, self.matter.correlation.clone(), self.step.clone())
    }

    fn identified(&self, request: Request) -> Request {
        let id = format!("{}\n{}", self.matter.correlation, self.step);
        // The id alone says what it is: a second firing, at another time, is the same.
        let request = request.from_source(self.matter.policy.name(), &id).stating(&id);
        let correlation = Some(self.matter.correlation.clone());
        let request = request.because(Reason { correlation, ..Reason::default() });
        request.through(Channel::Policy).within(self.matter.scope.clone())
    }
}

/// So many days after an instant.
pub(super) fn days_after(at: Timestamp, days: u32) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::from(days).saturating_mul(DAY_US)))
}

/// So many hours after an instant.
pub(super) fn hours_after(at: Timestamp, hours: u32) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::from(hours).saturating_mul(HOUR_US)))
}

/// The first instant of a local day, so many days after another one; `None` beyond the calendar.
pub(super) fn start_of(on: NaiveDate, days: i64, zone: Zone) -> Option<Timestamp> {
    let by = Days::new(days.unsigned_abs());
    let on = if days < 0 { on.checked_sub_days(by)? } else { on.checked_add_days(by)? };
    // Where a change of the clock leaves midnight out, the day begins at the next hour.
    let mut hours = (0..3).filter_map(|hour| on.and_hms_opt(hour, 0, 0));
    let first = hours.find_map(|hour| zone.from_local_datetime(&hour).earliest())?;
    Some(first.to_utc().into())
}

/// The same time of day so many local days later; `None` beyond the calendar.
pub(super) fn later_in_zone(at: Timestamp, days: u32, zone: Zone) -> Option<Timestamp> {
    let local = zone.from_utc_datetime(&at.utc()?.naive_utc()).naive_local();
    let later = local.checked_add_days(Days::new(days.into()))?;
    Some(zone.from_local_datetime(&later).earliest()?.to_utc().into())
}
