//! Joins the domain and the journal: a command comes in, a decision is made, events are appended.
//!
//! command ─▶ authorise ─▶ look up the key ─▶ read the boundary ─▶ evolve ─▶ decide ─▶ seal
//! ─▶ append. Nothing else writes.

mod authority;
mod boundary;
mod closed_range;
mod conflict;
mod decision;
mod erasing;
mod error;
pub mod policies;
mod reading;
mod receipt;
mod request;
mod sealing;
#[cfg(test)]
mod tests;

pub use authority::{Actor, Authority, NotAllowed, Verb, Why};
pub use closed_range::{ClosedRange, PlainSession, Wanted};
pub use erasing::Demand;
pub use error::{ExecuteError, LedgerError};
pub use receipt::{Receipt, ReceiptError, ReceiptEvent};
pub use request::{BadRequest, Request};

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::codec::{self, Reader};
use crate::domain::{Event, Happened, Timestamp};
use crate::journal::{
    Append, AppendError, Appended, EventStore, EventView, IdempotencyKey, wait_for,
};
use crate::privacy::Keyring;
use boundary::Known;
use decision::{Halt, events};
use sealing::Sealing;

/// How often a decision is made anew when another one was recorded in between.
const ATTEMPTS: usize = 100;
/// How often the commands of a request may name more that has to be read.
const ROUNDS: usize = 1_000;

/// The one door to a journal: it asks the authority, decides, and appends.
///
/// ```
/// use linli::charging::{Command, Register};
/// use linli::journal::MemoryStore;
/// use linli::ledger::{Authority, Ledger};
///
/// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
/// let commission = Command::CommissionConnector {
///     connector: "east-1".parse()?,
///     at: linli::Timestamp(1_640_995_200_000_000),
///     zone: "Asia/Shanghai".parse()?,
///     place: "east gate".into(),
///     meter: None,
///     max_power: None,
///     register: Register::Lifetime,
///     feeds_back: false,
/// };
/// let done = ledger.execute_blocking("operator", commission)?;
/// assert_eq!(done.map(|appended| appended.first.0), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn EventStore>,
    authority: Authority,
    sealing: Sealing,
    closed: Arc<[Arc<dyn ClosedRange>]>,
    now: fn() -> Timestamp,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("authority", &self.authority).finish_non_exhaustive()
    }
}

impl Ledger {
    /// A ledger over a store. The authority is named, so that nobody gets one by accident.
    pub fn new(store: impl EventStore + 'static, authority: Authority) -> Self {
        Self::over(Arc::new(store), authority)
    }

    /// A ledger over a store that others use as well.
    #[must_use]
    pub fn over(store: Arc<dyn EventStore>, authority: Authority) -> Self {
        let (sealing, closed) = (Sealing::default(), Arc::new([]));
        Self { store, authority, sealing, closed, now: system_time }
    }

    /// The same ledger with a keyring: what commands tell about persons is sealed under their
    /// keys, and what was sealed under keys that it holds is read open. Without one such commands
    /// are refused, and such fields read as locked; everything else goes on as it does with one.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use linli::journal::{MemoryStore, Query, ReadOptions};
    /// use linli::ledger::{Authority, Ledger, Request};
    /// use linli::privacy::MemoryKeyring;
    ///
    /// let plain = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// // In earnest a keyring in a file, which outlives the program.
    /// let ledger = plain.clone().with_keyring(Arc::new(MemoryKeyring::for_tests()));
    /// let told = Request::from_json(r#"[
    ///     {"register_dispute": {"dispute_id": "d-1", "kind": "damage", "origin": "application",
    ///         "place_id": "yj", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    ///     {"add_party": {"dispute_id": "d-1", "party_id": "x", "role": "third",
    ///         "is_resident": false, "description": "a tall man",
    ///         "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}}]"#)?;
    /// assert!(plain.execute_blocking("operator", told.clone()).is_err(), "there is no keyring");
    /// ledger.execute_blocking("operator", told)?;
    /// let said = |ledger: &Ledger| {
    ///     let mut said = String::new();
    ///     ledger.each("operator", Query::all(), ReadOptions::forwards(), |_, happened| {
    ///         said.push_str(&happened.event.data().to_string());
    ///     })?;
    ///     Ok::<_, linli::ledger::LedgerError>(said)
    /// };
    /// assert!(said(&ledger)?.contains("a tall man"));
    /// assert!(!said(&plain)?.contains("tall"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_keyring(mut self, keyring: Arc<dyn Keyring>) -> Self {
        self.sealing = Sealing::under(keyring);
        self
    }

    /// The same ledger with a clock of the caller's: what `recorded_at` is taken from.
    #[must_use]
    pub fn with_clock(mut self, now: fn() -> Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Carries out a request: all its commands in one append, or none. `None`: everything asked
    /// for was so already. The same request again gives the first result.
    ///
    /// # Errors
    /// [`ExecuteError`]; each variant says whether anything was written and what to do next.
    pub async fn execute(
        &self,
        actor: impl Into<Actor>,
        request: impl Into<Request>,
    ) -> Result<Option<Appended>, ExecuteError> {
        let (actor, request) = (actor.into(), request.into());
        let mut known = self.admitted(&actor, &request).await?;
        let key = request.key();
        self.sealing.can_seal(&request)?;
        if let Some(before) = self.answered_before(&actor, &request).await? {
            return Ok(Some(before));
        }
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let append = match self.decided(&actor, &request, known.take()).await? {
                Prepared::Append(append) => *append,
                Prepared::Done(appended) => return Ok(appended),
            };
            match self.store.append(vec![append]).await.pop() {
                Some(Ok(appended)) => return Ok(Some(appended)),
                Some(Err(error @ AppendError::Conflict { .. })) => conflict = Some(error),
                Some(Err(error)) => return Err(error.into()),
                None => break,
            }
        }
        Err(conflict.map_or_else(|| no_answer(key), ExecuteError::from))
    }

    /// Carries out several requests at the cost of one flush, each on its own. They must not share
    /// a card, connector, session or dispute: one that does is decided by itself, after the others.
    ///
    /// # Errors
    /// [`NotAllowed`] where the actor may nothing at all; every request has its own answer.
    pub async fn execute_group(
        &self,
        actor: impl Into<Actor>,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Option<Appended>, ExecuteError>>, NotAllowed> {
        let actor = actor.into();
        self.authority.needs(&actor, Verb::Execute)?;
        let mut answers = Vec::with_capacity(requests.len());
        let mut group = Vec::new();
        for request in &requests {
            answers.push(match self.prepare(&actor, request).await {
                Ok(Prepared::Append(append)) => {
                    group.push((answers.len(), *append));
                    // What stands here if the store gives no answer of its own.
                    Err(no_answer(request.key()))
                }
                Ok(Prepared::Done(appended)) => Ok(appended),
                Err(error) => Err(error),
            });
        }
        let (places, appends): (Vec<usize>, Vec<Append>) = group.into_iter().unzip();
        let written = self.store.append(appends).await;
        for (place, result) in places.into_iter().zip(written) {
            let result = match (result, requests.get(place)) {
                // Another request of the group, or another writer, came first: decide again.
                (Err(AppendError::Conflict { .. }), Some(request)) => {
                    self.execute(actor.clone(), request.clone()).await
                }
                (result, _) => result.map(Some).map_err(ExecuteError::from),
            };
            if let Some(answer) = answers.get_mut(place) {
                *answer = result;
            }
        }
        Ok(answers)
    }

    /// As [`Ledger::execute`], waiting on this thread.
    ///
    /// # Errors
    /// As [`Ledger::execute`].
    pub fn execute_blocking(
        &self,
        actor: impl Into<Actor>,
        request: impl Into<Request>,
    ) -> Result<Option<Appended>, ExecuteError> {
        wait_for(self.execute(actor, request))
    }

    /// As [`Ledger::execute_group`], waiting on this thread.
    ///
    /// # Errors
    /// As [`Ledger::execute_group`].
    pub fn execute_group_blocking(
        &self,
        actor: impl Into<Actor>,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Option<Appended>, ExecuteError>>, NotAllowed> {
        wait_for(self.execute_group(actor, requests))
    }

    async fn prepare(&self, actor: &Actor, request: &Request) -> Result<Prepared, ExecuteError> {
        let known = self.admitted(actor, request).await?;
        self.sealing.can_seal(request)?;
        match self.answered_before(actor, request).await? {
            Some(before) => Ok(Prepared::Done(Some(before))),
            None => self.decided(actor, request, known).await,
        }
    }

    /// Asks the authority before anything is answered. Where roles say what the actor may, the
    /// boundary is read for that, and the first decision is made on it.
    async fn admitted(
        &self,
        actor: &Actor,
        request: &Request,
    ) -> Result<Option<Known>, ExecuteError> {
        match self.authority.needs(actor, Verb::Execute)?.is_empty() {
            true => Ok(None),
            false => self.known(actor, request).await.map(Some),
        }
    }

    /// Reads the boundary and the actor's roles with it, and asks these: a decision that is made
    /// anew is asked for anew.
    async fn known(&self, actor: &Actor, request: &Request) -> Result<Known, ExecuteError> {
        let roles = self.authority.needs(actor, Verb::Execute)?;
        let known = Known::read(&*self.store, &self.sealing, roles, request).await?;
        self.authority.may_execute(actor, request, &known.state, (self.now)())?;
        Ok(known)
    }

    /// The first answer to a request with this key, if there was one; other content is noted.
    async fn answered_before(
        &self,
        actor: &Actor,
        request: &Request,
    ) -> Result<Option<Appended>, ExecuteError> {
        let key = request.key();
        let Some(first) = self.store.receipt(key).await? else { return Ok(None) };
        let again = first.again(key, &self.sealing.content(request)?);
        if again.is_err() {
            self.note_conflict(actor, request, &first).await?;
        }
        Ok(Some(again?))
    }

    /// Reads the boundary and decides. Where the answer is no, or that there is nothing to do, the
    /// same request may have come in meanwhile, and be the reason: then its answer is this one's.
    async fn decided(
        &self,
        actor: &Actor,
        request: &Request,
        known: Option<Known>,
    ) -> Result<Prepared, ExecuteError> {
        let mut known = match known {
            Some(known) => known,
            None => self.known(actor, request).await?,
        };
        let mut decided = events(&mut known, request);
        for _ in 0..ROUNDS {
            let Err(Halt::Needs(more)) = decided else { break };
            known.read_more(&*self.store, &self.sealing, more).await?;
            decided = events(&mut known, request);
        }
        let decided = match decided {
            Ok(events) => {
                self.may_write(&known, actor, &events)?;
                self.sealed(&known, actor, request, events)
            }
            Err(Halt::Refused(refusal)) => Err(refusal.into()),
            Err(Halt::Needs(_)) => return Err(known.too_much().into()),
        };
        if let Ok(Some(append)) = decided {
            return Ok(Prepared::Append(Box::new(append)));
        }
        match self.answered_before(actor, request).await? {
            Some(before) => Ok(Prepared::Done(Some(before))),
            None => decided.map(|_| Prepared::Done(None)),
        }
    }

    /// Asks once more, now that it is known what was decided: of roles, none reaches a thing of a
    /// community apart from the request's.
    fn may_write(
        &self,
        known: &Known,
        actor: &Actor,
        events: &[Happened<Event>],
    ) -> Result<(), NotAllowed> {
        if !self.authority.goes_by_roles() {
            return Ok(());
        }
        known.of_another(events).map_or(Ok(()), |(thing, scope)| {
            let why = Why::OfAnother { thing, scope };
            Err(NotAllowed { actor: actor.clone(), verb: Verb::Execute, why })
        })
    }

    /// The append that records what was decided; none where there is nothing to record.
    fn sealed(
        &self,
        known: &Known,
        actor: &Actor,
        request: &Request,
        events: Vec<Happened<Event>>,
    ) -> Result<Option<Append>, ExecuteError> {
        let Some(zone) = events.first().map(|happened| happened.zone) else { return Ok(None) };
        let recorded_at = (self.now)();
        let mut sealed = Vec::with_capacity(events.len());
        for (index, mut happened) in events.into_iter().enumerate() {
            happened.flags.extend(request.doubts(happened.at, recorded_at));
            self.sealing.seal(request.key().event_id(index), &mut happened)?;
            sealed.push(codec::encode(&happened, zone));
        }
        let append = Append::all(sealed)
            .key(request.key())
            .content_of(self.sealing.content(request)?)
            .metadata(&request.stated_by(actor, recorded_at, zone).encode());
        let guarded = |append: Append, (query, head)| append.fail_if(query, head);
        Ok(Some(known.conditions().fold(append, guarded)))
    }
}

fn no_answer(key: IdempotencyKey) -> ExecuteError {
    AppendError::Unknown { key: Some(key), reason: "no answer came".to_owned() }.into()
}

enum Prepared {
    Append(Box<Append>),
    Done(Option<Appended>),
}

/// What an event says, with its position where that cannot be read.
pub(crate) fn decoded(
    reader: &mut Reader,
    view: &EventView<'_>,
) -> Result<Happened<Event>, LedgerError> {
    reader.decode(view).map_err(|error| LedgerError::Unreadable { position: view.position, error })
}

/// A new command id: its key for ever.
pub(crate) fn new_key() -> IdempotencyKey {
    IdempotencyKey(uuid::Uuid::now_v7())
}

#[expect(clippy::disallowed_methods, reason = "the ledger is where recording time is taken")]
fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
