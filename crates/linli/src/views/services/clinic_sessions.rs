//! Which sessions the clinic planned, and which it held.

use chrono::{NaiveDate, NaiveTime};

use super::Services;
use crate::domain::services::{ClinicSession, Phase, Plan};
use crate::domain::{ClinicSessionId, Minutes, Timestamp, Zone};

/// A session with its local day and hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSession<'a> {
    /// Its name.
    pub session_id: &'a ClinicSessionId,
    /// Its plan.
    pub plan: &'a Plan,
    /// The local day on which it opens.
    pub on: NaiveDate,
    /// The local time at which it opens.
    pub opens: NaiveTime,
    /// The local time at which it closes.
    pub closes: NaiveTime,
    /// For how many whole minutes it is open.
    pub open_min: Minutes,
    /// For which doses.
    pub dose_nos: &'a [u32],
    /// How it stands.
    pub phase: Phase,
    /// Whether it was held: somebody came or was given a dose, or it was closed. A cancelled one
    /// was not.
    pub is_held: bool,
}

impl Services {
    /// The sessions, in the order in which they open.
    #[must_use]
    pub fn clinic_sessions(&self) -> Vec<ListedSession<'_>> {
        let listed = self.0.sessions.iter().filter_map(|(name, session)| listed(name, session));
        let mut sessions: Vec<_> = listed.collect();
        sessions.sort_by_key(|listed| (listed.plan.span.from, listed.session_id));
        sessions
    }
}

fn listed<'a>(
    session_id: &'a ClinicSessionId,
    session: &'a ClinicSession,
) -> Option<ListedSession<'a>> {
    let plan = session.plan.as_ref()?;
    let open_us = plan.span.until.since(plan.span.from);
    Some(ListedSession {
        session_id,
        plan,
        on: plan.day()?,
        opens: local_time(plan.span.from, plan.zone)?,
        closes: local_time(plan.span.until, plan.zone)?,
        open_min: Minutes(u32::try_from(open_us / 60_000_000).ok()?),
        dose_nos: &plan.dose_nos,
        phase: session.phase,
        is_held: session.is_held(),
    })
}

fn local_time(at: Timestamp, zone: Zone) -> Option<NaiveTime> {
    Some(at.utc()?.with_timezone(&zone).time())
}
