//! Who may do what. The default is no.
//!
//! [`Authority`] answers; `matrix.rs` is what roles allow, `roles.rs` who holds them, `denial.rs`
//! what is missing.

mod denial;
mod matrix;
mod roles;

#[cfg(test)]
mod tests;

pub use denial::{NotAllowed, Verb, Why};

use std::collections::BTreeSet;
use std::fmt;

use super::Request;
use crate::codec;
use crate::domain::{BoundaryItem, PersonRef, Registered, Scope, State, Timestamp};
use crate::journal::{Query, QueryItem};
use roles::{Lack, Standing};

/// Who acts, by pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor(String);

impl Actor {
    /// The pseudonym.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Actor {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Answers who may do what; asked on every execute and read.
///
/// # By roles
/// Under [`Authority::by_roles`] an actor is a person of the registry, and may what the roles allow
/// that the registry's events grant. Nobody else may anything.
///
/// - **Where.** A role that was granted within a community ([`Request::within`]) holds there and in
///   what lies in it: one of `xuzhuang` in `xuzhuang/yujing`, one of `xuzhuang/yujing` not in
///   `xuzhuang/jingjia`. A request that names no community is of all of them. What a decision has
///   read of a connector, a dispute, a case must not be of a community apart from the request's,
///   and communities and places are registered in the request's alone. A rule of the registry holds
///   in all communities, so that publishing one asks for a role that was granted for all.
/// - **When.** A role holds on its days by the ledger's clock, in the zone in which it was granted,
///   and not by the time that a command tells or the zone that it names: both are the actor's own
///   to choose, and a role that is over would come back by a command that is dated back.
/// - **Guarded.** The roles are read together with what a command decides on, and guarded by the
///   same append condition: a role that ends in between ends what was decided under it. A request
///   cannot give its own actor the role that it needs.
/// - **Own.** Where a cell says *own*, everybody whom the fields named beside it concern has to be
///   the actor, or, for a guardian, a person whose guardian the registry knows the actor to be.
/// - **Four eyes.** Nobody grants themselves a role, and hours are approved and adjusted in the
///   actor's own name: whose they are, another approves them.
/// - **Reading.** A query that names event types asks for the contexts of these, any other one for
///   all of them. [`Ledger::each_within`](super::Ledger::each_within) reads the events of one
///   community; everything else reads all communities and wants a role that was granted for all.
///
#[doc = include_str!("matrix.md")]
#[derive(Clone, Debug)]
pub struct Authority(Rule);

#[derive(Clone, Debug)]
enum Rule {
    Nobody,
    ReadOnly,
    LocalOperator,
    ByRoles,
}

impl Authority {
    /// Nobody may do anything.
    #[must_use]
    pub fn nobody() -> Self {
        Self(Rule::Nobody)
    }

    /// Everybody may read, nobody may write.
    #[must_use]
    pub fn read_only() -> Self {
        Self(Rule::ReadOnly)
    }

    /// Whoever can open the local file may do everything: the operating system has asked already.
    #[must_use]
    pub fn local_operator() -> Self {
        Self(Rule::LocalOperator)
    }

    /// Everybody may what the roles allow that the journal itself grants them. The first secretary
    /// is granted under [`Authority::local_operator`].
    ///
    /// ```
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::{Authority, ExecuteError, Ledger, Request};
    ///
    /// let store = MemoryStore::new();
    /// let founding = Request::from_json(r#"[
    ///     {"register_body": {"body_id": "committee", "kind": "residents_committee",
    ///         "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    ///     {"register_person": {"person_ref": "p-1",
    ///         "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    ///     {"grant_role": {"person_ref": "p-1", "role": "operator", "body_id": "committee",
    ///         "valid_from": "2022-02-27",
    ///         "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}]"#)?;
    /// let local = Ledger::new(store.clone(), Authority::local_operator());
    /// local.execute_blocking("founder", founding.within("xuzhuang".parse()?))?;
    ///
    /// let ledger = Ledger::new(store, Authority::by_roles());
    /// let card = Request::from_json(r#"{"issue_card": {"card": "7", "subject_ref": "p-2",
    ///     "at": "2022-02-28T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#)?;
    /// let card = card.within("xuzhuang/yujing".parse()?);
    /// let refused = ledger.execute_blocking("p-2", card.clone());
    /// assert!(matches!(refused, Err(ExecuteError::NotAllowed(_))));
    /// assert!(ledger.execute_blocking("p-1", card)?.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn by_roles() -> Self {
        Self(Rule::ByRoles)
    }

    /// Whether roles are asked: then who reads sees pseudonyms only, even where a keyring could
    /// open more, and nobody writes about a thing of another community.
    pub(super) fn goes_by_roles(&self) -> bool {
        matches!(self.0, Rule::ByRoles)
    }

    /// What has to be read before this authority can answer; nothing where it allows everything.
    ///
    /// # Errors
    /// [`NotAllowed`] where it is no, whatever the journal says.
    pub(super) fn needs(&self, actor: &Actor, verb: Verb) -> Result<Vec<BoundaryItem>, NotAllowed> {
        Ok(self.person(actor, verb)?.iter().map(Registered::roles_of_person).collect())
    }

    /// Asks for every command of a request; `state` knows what [`Authority::needs`] named and what
    /// the commands are about, before any of them was carried out.
    pub(super) fn may_execute(
        &self,
        actor: &Actor,
        request: &Request,
        state: &State,
        now: Timestamp,
    ) -> Result<(), NotAllowed> {
        let Some(person) = self.person(actor, Verb::Execute)? else { return Ok(()) };
        let standing = Standing::new(&person, &state.registry.registered, now);
        for command in request.commands() {
            let (name, fields) = roles::told(command);
            let scope = roles::asked_in(&name, request.scope());
            let lack = matrix::to_execute(&name).map_or(Some(Lack::Role), |row| {
                let concerned = roles::concerned(row, &fields, state);
                standing.lacks(row, &scope, &concerned)
            });
            let why = match lack {
                Some(lack) => Some(lack.of(name, &scope)),
                None => roles::forbidden(&name, &fields, &person),
            };
            if let Some(why) = why {
                return Err(NotAllowed { actor: actor.clone(), verb: Verb::Execute, why });
            }
        }
        Ok(())
    }

    /// Asks for what happened in some contexts in a community.
    pub(super) fn may_read(
        &self,
        actor: &Actor,
        contexts: BTreeSet<&'static str>,
        scope: &Scope,
        registered: &Registered,
        now: Timestamp,
    ) -> Result<(), NotAllowed> {
        let Some(person) = self.person(actor, Verb::Read)? else { return Ok(()) };
        let standing = Standing::new(&person, registered, now);
        for context in contexts {
            let row = matrix::to_read(context);
            if let Some(lack) = row.map_or(Some(Lack::Role), |row| standing.lacks(row, scope, &[]))
            {
                let why = lack.of(context.to_owned(), scope);
                return Err(NotAllowed { actor: actor.clone(), verb: Verb::Read, why });
            }
        }
        Ok(())
    }

    /// Whose roles are to be asked; `None` where the answer is yes.
    fn person(&self, actor: &Actor, verb: Verb) -> Result<Option<PersonRef>, NotAllowed> {
        let never = NotAllowed { actor: actor.clone(), verb, why: Why::Never };
        match (&self.0, verb) {
            (Rule::LocalOperator, _) | (Rule::ReadOnly, Verb::Read) => Ok(None),
            (Rule::ByRoles, _) => PersonRef::new(actor.as_str()).map(Some).map_err(|_| never),
            _ => Err(never),
        }
    }
}

/// The contexts that a query may give events of: those of the types that it names, or all.
pub(super) fn contexts(query: &Query) -> BTreeSet<&'static str> {
    let names_types = |item: &QueryItem| !item.types.is_empty();
    let types = query.items.iter().flat_map(|item| &item.types);
    let named: Option<BTreeSet<&str>> = types.map(|kind| codec::context(kind)).collect();
    match named {
        Some(named) if !query.items.is_empty() && query.items.iter().all(names_types) => named,
        _ => codec::KINDS.iter().filter_map(|kinds| codec::context(kinds.first()?.0)).collect(),
    }
}
