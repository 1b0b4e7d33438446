//! Reads the journal on, asks the policies what is due, and has it carried out.

use std::collections::BTreeSet;

use super::super::request::is_ahead;
use super::super::{Actor, ExecuteError, Ledger, LedgerError, Verb};
use super::steps::{Due, Known};
use super::{Follows, Told, all};
use crate::codec::{self, Channel, Reader, Recorded};
use crate::domain::{Event, Evolve, Happened, State, Timestamp};
use crate::journal::{Columns, EventView, Position, Query, ReadOptions, wait_for};

/// How often policies are asked at one time: a step leads to the next, and no policy has so many.
const ROUNDS: usize = 100;
/// What policies know of the charging points; sessions and their meters are nothing to them.
const OF_CHARGING: &[&str] =
    &["InstallationProposed", "InstallationApproved", "ConnectorCommissioned"];

/// The policies with what they know of the journal. Keep it, and let it read on: it is a fold, and
/// a new one comes to the same.
pub struct Policies {
    pub(super) state: State,
    pub(super) followed: Vec<Box<dyn Follows>>,
    after: Option<Position>,
    with_imports: bool,
    is_ahead: bool,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policies").field("after", &self.after).finish_non_exhaustive()
    }
}

/// What came of one call of [`Ledger::advance`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// How many steps were taken.
    pub taken_n: usize,
    /// How many were refused, and are on record as that.
    pub refused_n: usize,
    /// How many are left to others: this actor may not take them, and nothing is on record of them.
    pub left_n: usize,
    /// Whether nothing else is left to do at that time. If not, call it again.
    pub is_settled: bool,
}

impl Default for Policies {
    fn default() -> Self {
        Self::new()
    }
}

impl Policies {
    /// Policies that know nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let (state, followed) = (State::default(), all());
        Self { state, followed, after: None, with_imports: false, is_ahead: false }
    }

    /// The same policies, started by imported events as well. Keep to one of the two: a journal
    /// that was imported without has matters that nobody follows.
    #[must_use]
    pub fn with_imports(mut self) -> Self {
        self.with_imports = true;
        self
    }

    /// The same policies, which may be told a time in the future. A wait that ends until then ends
    /// for good, so that it is for a rehearsal on a copy, or where the ledger's clock is wrong.
    #[must_use]
    pub fn ahead_of_the_clock(mut self) -> Self {
        self.is_ahead = true;
        self
    }

    /// Takes an event in. Nothing is done by that.
    fn take(&mut self, happened: Happened<Event>, channel: Channel) {
        if !matches!(happened.event, Event::Charging(_)) {
            self.state.evolve(&happened);
        }
        let may_start = self.with_imports || channel != Channel::Import;
        let told = Told { happened, may_start };
        self.followed.iter_mut().for_each(|policy| policy.evolve(&told));
    }

    /// The steps that are to be taken at this time.
    pub(super) fn due(&self, now: Timestamp) -> Vec<Due> {
        let known = Known { state: &self.state, now };
        let all = self.followed.iter().flat_map(|policy| policy.due(&known));
        all.filter(|due| due.is_open(&known)).collect()
    }
}

impl Ledger {
    /// Lets policies read on to the head and take every step that is due now, as this actor. Those
    /// for which the actor has not the roles are left to others and counted. The time comes from
    /// the host, and is five minutes ahead of the ledger's clock at most; the same time again adds
    /// nothing.
    ///
    /// ```
    /// use linli::Timestamp;
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::policies::Policies;
    /// use linli::ledger::{Authority, Ledger};
    ///
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// let mut policies = Policies::new();
    /// let now = Timestamp(1_645_950_000_000_000);
    /// let done = ledger.advance_blocking(&mut policies, "host", now)?;
    /// assert_eq!((done.taken_n, done.is_settled), (0, true));
    /// # Ok::<(), linli::ledger::ExecuteError>(())
    /// ```
    ///
    /// # Errors
    /// [`ExecuteError`], but for a refusal, which is recorded, and for a step that the actor may
    /// not take; steps taken before it stay taken.
    pub async fn advance(
        &self,
        policies: &mut Policies,
        actor: impl Into<Actor>,
        now: Timestamp,
    ) -> Result<Advanced, ExecuteError> {
        let actor = actor.into();
        self.authority.needs(&actor, Verb::Execute)?;
        let clock = (self.now)();
        if is_ahead(now, clock) && !policies.is_ahead {
            return Err(ExecuteError::InFuture { now, clock });
        }
        let mut done = Advanced::default();
        let mut left = BTreeSet::new();
        for _ in 0..ROUNDS {
            self.read_on(policies).await?;
            let mut due = policies.due(now);
            due.retain(|due| !left.contains(&due.name()));
            if due.is_empty() {
                done.is_settled = true;
                break;
            }
            for due in due {
                match self.take_step(&actor, &due, now).await? {
                    Step::Taken => done.taken_n = done.taken_n.saturating_add(1),
                    Step::Refused => done.refused_n = done.refused_n.saturating_add(1),
                    Step::Left => {
                        left.insert(due.name());
                    }
                }
            }
        }
        done.left_n = left.len();
        Ok(done)
    }

    /// As [`Ledger::advance`], waiting on this thread.
    ///
    /// # Errors
    /// As [`Ledger::advance`].
    pub fn advance_blocking(
        &self,
        policies: &mut Policies,
        actor: impl Into<Actor>,
        now: Timestamp,
    ) -> Result<Advanced, ExecuteError> {
        wait_for(self.advance(policies, actor, now))
    }

    pub(super) async fn read_on(&self, policies: &mut Policies) -> Result<(), LedgerError> {
        let mut reader = Reader::default();
        let mut options = ReadOptions::forwards().columns(Columns::All);
        options.after = policies.after;
        loop {
            let page = self.store.read(&Query::all(), options).await?;
            for view in page.events() {
                if concerns_policies(view.event_type) {
                    let happened = self.sealing.decoded(&mut reader, &view)?;
                    policies.take(happened, channel(&view)?);
                }
                policies.after = Some(view.position);
            }
            match page.next() {
                Some(next) => options.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    pub(super) async fn take_step(
        &self,
        actor: &Actor,
        due: &Due,
        now: Timestamp,
    ) -> Result<Step, ExecuteError> {
        let refusal = match self.execute(actor.clone(), due.request(now)).await {
            Ok(_) => return Ok(Step::Taken),
            Err(ExecuteError::NotAllowed(_)) => return Ok(Step::Left),
            Err(ExecuteError::Refused(refusal)) => refusal.to_string(),
            Err(error) => return Err(error),
        };
        match self.execute(actor.clone(), due.refused(now, refusal)).await {
            // Somebody else recorded it in between.
            Ok(_) | Err(ExecuteError::Refused(_)) => Ok(Step::Refused),
            Err(error) => Err(error),
        }
    }
}

pub(super) enum Step {
    Taken,
    Refused,
    Left,
}

fn concerns_policies(kind: &str) -> bool {
    codec::context(kind) != Some("charging") || OF_CHARGING.contains(&kind)
}

fn channel(view: &EventView<'_>) -> Result<Channel, LedgerError> {
    let position = view.position;
    let recorded = Recorded::decode(view.append_metadata);
    recorded
        .map(|recorded| recorded.channel)
        .map_err(|error| LedgerError::Unreadable { position, error })
}
