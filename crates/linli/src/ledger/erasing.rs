//! Somebody is forgotten: the demand, each context's answer, the key, and the record of it.
//!
//! Every step is found out from the journal and the keyring before it is taken, so that what
//! stopped in between is gone on with by asking again. The key goes first and is recorded then: a
//! record of a destruction that did not happen would be believed.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

use super::boundary::Known;
use super::{Actor, ExecuteError, Ledger, Request};
use crate::domain::registry::{CONTEXTS, Command, Erasure, Outcome};
use crate::domain::{BoundaryItem, PersonRef, Scope, State, Subject, Timestamp, Zone};
#[cfg(doc)]
use crate::privacy::KeyringError;

/// A demand to be forgotten, as it is carried out. *Personal Information Protection Law*
/// (个人信息保护法) *47.*
#[derive(Clone, Debug)]
pub struct Demand {
    /// Who is to be forgotten.
    pub subject_ref: PersonRef,
    /// When it is asked for.
    pub at: Timestamp,
    /// Where.
    pub zone: Zone,
    /// In which community.
    pub scope: Scope,
    /// What contexts answer, by their name. A context that is not here is asked what it knows by
    /// itself: services hold a dose for as long as the law says, everything else is released.
    pub answers: BTreeMap<String, Outcome>,
}

/// The records of a vaccination are kept for at least five years beyond the vaccine's expiry.
/// *Vaccine Administration Law* (疫苗管理法) *46.*
const DOSES_KEPT: Months = Months::new(60);
const OF_DOSES: &[&str] = &["DoseAdministered", "DoseRecordCorrected"];
const BASIS_OF_DOSES: &str = "Vaccine Administration Law 46";

impl Ledger {
    /// Forgets somebody, as far as no context holds them: the demand is recorded if it is not,
    /// each context answers that has not, or whose hold is over, and when all have released the
    /// record its key is destroyed, with a tombstone, and then recorded as destroyed. Gives how far
    /// it is now. To ask again does no harm, and goes on where it was stopped.
    ///
    /// Of the journal nothing is removed: every event, count and proof stays, what was sealed under
    /// the person's key reads as erased, and what others told under theirs stays readable.
    ///
    /// # Errors
    /// [`ExecuteError`]: ask again once it is mended. [`KeyringError::Unavailable`] without a
    /// keyring.
    ///
    /// # Example
    /// ```
    /// use std::collections::BTreeMap;
    /// use std::sync::Arc;
    ///
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::{Authority, Demand, Ledger, Request};
    /// use linli::privacy::MemoryKeyring;
    ///
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator())
    ///     .with_keyring(Arc::new(MemoryKeyring::for_tests()));
    /// ledger.execute_blocking("operator", Request::from_json(r#"{"register_person": {
    ///     "person_ref": "p-7", "name": "Li Wei",
    ///     "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#)?)?;
    /// let demand = Demand {
    ///     subject_ref: "p-7".parse()?,
    ///     at: linli::Timestamp(1_646_000_000_000_000),
    ///     zone: "Asia/Shanghai".parse()?,
    ///     scope: "".parse()?,
    ///     answers: BTreeMap::new(),
    /// };
    /// assert!(ledger.erase_blocking("operator", &demand)?.is_destroyed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn erase(
        &self,
        actor: impl Into<Actor>,
        demand: &Demand,
    ) -> Result<Erasure, ExecuteError> {
        let actor = actor.into();
        let destroyed = demand.request(|subject_ref, at, zone| Command::RecordKeyDestroyed {
            at,
            zone,
            subject_ref,
        });
        // Also asks whether the actor may, before a key is touched.
        let mut known = self.known(&actor, &destroyed).await?;
        if !known.state.registry.erasures.contains_key(&demand.subject_ref) {
            let request = demand.request(|subject_ref, at, zone| Command::RequestErasure {
                at,
                zone,
                subject_ref,
            });
            self.execute(actor.clone(), request).await?;
            known = self.known(&actor, &destroyed).await?;
        }
        self.answer(&actor, demand, &mut known).await?;
        let erasure = self.erasure(&actor, demand, &destroyed).await?;
        if !erasure.is_destroyed && !erasure.is_released() {
            return Ok(erasure);
        }
        // Also where it was recorded: a keyring that was restored from a backup has the key again.
        let subject = Subject::of("person", &demand.subject_ref);
        self.sealing.keyring()?.destroy(&subject)?;
        if !erasure.is_destroyed {
            self.execute(actor.clone(), destroyed.clone()).await?;
        }
        self.erasure(&actor, demand, &destroyed).await
    }

    /// Records that no copy of a destroyed key is left, if the keyring, asked afresh, has none.
    /// That its backups are gone is for the caller to know: a keyring that is restored from one
    /// brings the key back. Records nothing while the key is held; what comes back says so.
    ///
    /// # Errors
    /// As [`Ledger::erase`].
    pub async fn confirm_erasure(
        &self,
        actor: impl Into<Actor>,
        demand: &Demand,
    ) -> Result<Erasure, ExecuteError> {
        let actor = actor.into();
        let lost = demand.request(|subject_ref, at, zone| Command::RecordKeyLoss {
            at,
            zone,
            subject_ref,
        });
        let erasure = self.erasure(&actor, demand, &lost).await?;
        let subject = Subject::of("person", &demand.subject_ref);
        let is_gone = erasure.is_destroyed && self.sealing.keyring()?.is_destroyed(&subject)?;
        if erasure.is_confirmed || !is_gone {
            return Ok(erasure);
        }
        self.execute(actor.clone(), lost.clone()).await?;
        self.erasure(&actor, demand, &lost).await
    }

    /// As [`Ledger::erase`], waiting on this thread.
    ///
    /// # Errors
    /// As [`Ledger::erase`].
    pub fn erase_blocking(
        &self,
        actor: impl Into<Actor>,
        demand: &Demand,
    ) -> Result<Erasure, ExecuteError> {
        pollster::block_on(self.erase(actor, demand))
    }

    /// As [`Ledger::confirm_erasure`], waiting on this thread.
    ///
    /// # Errors
    /// As [`Ledger::confirm_erasure`].
    pub fn confirm_erasure_blocking(
        &self,
        actor: impl Into<Actor>,
        demand: &Demand,
    ) -> Result<Erasure, ExecuteError> {
        pollster::block_on(self.confirm_erasure(actor, demand))
    }

    /// How far it is, read afresh, if the actor may do what `request` asks for.
    async fn erasure(
        &self,
        actor: &Actor,
        demand: &Demand,
        request: &Request,
    ) -> Result<Erasure, ExecuteError> {
        let known = self.known(actor, request).await?;
        let erasure = known.state.registry.erasures.get(&demand.subject_ref);
        Ok(erasure.cloned().unwrap_or_default())
    }

    /// Each context answers that has something to say, all in one append.
    async fn answer(
        &self,
        actor: &Actor,
        demand: &Demand,
        known: &mut Known,
    ) -> Result<(), ExecuteError> {
        let tag = format!("person:{}", demand.subject_ref);
        let doses = vec![BoundaryItem::all(OF_DOSES, tag)];
        known.read_more(&*self.store, &self.sealing, doses).await?;
        let today = demand.at.local_date(demand.zone).unwrap_or(NaiveDate::MAX);
        let before = known.state.registry.erasures.get(&demand.subject_ref);
        let answers = CONTEXTS.iter().filter_map(|context| {
            let before = before.and_then(|erasure| erasure.answers.get(*context));
            let answer = demand.answer(context, before, &known.state, today)?;
            let (at, zone, subject_ref) = (demand.at, demand.zone, demand.subject_ref.clone());
            let context = (*context).to_owned();
            Some(Command::AnswerErasure { at, zone, subject_ref, context, outcome: answer })
        });
        let answers: Vec<Command> = answers.collect();
        if !answers.is_empty() {
            let request = Request::all(answers).within(demand.scope.clone());
            self.execute(actor.clone(), request).await?;
        }
        Ok(())
    }
}

impl Demand {
    fn request(&self, command: impl FnOnce(PersonRef, Timestamp, Zone) -> Command) -> Request {
        let command = command(self.subject_ref.clone(), self.at, self.zone);
        Request::all([command]).within(self.scope.clone())
    }

    /// What a context answers now; nothing where its answer stands.
    fn answer(
        &self,
        context: &str,
        before: Option<&Outcome>,
        state: &State,
        today: NaiveDate,
    ) -> Option<Outcome> {
        if let Some(given) = self.answers.get(context) {
            return (Some(given) != before).then(|| given.clone());
        }
        let is_over = |outcome: &Outcome| match outcome {
            Outcome::RestrictedUntil { until_on, .. } => *until_on <= today,
            Outcome::Erased | Outcome::Refused { .. } => false,
        };
        if !before.is_none_or(is_over) {
            return None;
        }
        let hold = (context == "services").then(|| self.held_doses(state)).flatten();
        let hold = hold.filter(|until_on| *until_on > today);
        Some(hold.map_or(Outcome::Erased, |until_on| Outcome::RestrictedUntil {
            until_on,
            legal_basis: BASIS_OF_DOSES.to_owned(),
        }))
    }

    /// The first day on which no law holds a record of a dose any more.
    fn held_doses(&self, state: &State) -> Option<NaiveDate> {
        let doses = state.services.doses.values();
        let own = doses.filter(|dose| dose.recipient_ref == self.subject_ref);
        let last = own.map(|dose| dose.record.expires_on).max()?;
        last.checked_add_months(DOSES_KEPT)?.succ_opt()
    }
}
