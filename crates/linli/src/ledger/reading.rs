//! What is read, and by whom: the authority is asked first.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::authority::contexts;
use super::boundary::Known;
use super::sealing::Sealing;
use super::{Actor, Ledger, LedgerError, Verb};
use crate::codec::Reader;
use crate::domain::{Event, Happened, Scope};
use crate::journal::{Blocking, EventStore, EventView, Page, Position, Query, ReadOptions};
use crate::proof::{self, Consistency, Inclusion, Tiles, Verified};
use crate::views::Asked;

impl Ledger {
    /// Reads one page of the journal, if the actor may read all communities.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn read(
        &self,
        actor: impl Into<Actor>,
        query: &Query,
        options: ReadOptions,
    ) -> Result<Page, LedgerError> {
        self.may_read(&actor.into(), contexts(query), &Scope::default())?;
        Ok(Blocking(&*self.store).read(query, options)?)
    }

    /// What an event of a page says, its sealed fields open where the keyring has their key; never
    /// open under [`Authority::by_roles`](super::Authority::by_roles), where pages are read by
    /// pseudonyms. The page needs its ids for that
    /// ([`Columns::All`](crate::journal::Columns::All)).
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`], or [`LedgerError::Keyring`] where the keyring does not answer.
    pub fn event(&self, view: &EventView<'_>) -> Result<Happened<Event>, LedgerError> {
        self.opening().decoded(&mut Reader::default(), view)
    }

    /// Hands every matching event to `take`, page by page, in the order of the journal; sealed
    /// fields open as by [`Ledger::event`]. The actor has to be allowed to read all communities.
    ///
    /// # Errors
    /// [`LedgerError`], with the position of an event that cannot be read.
    pub fn each(
        &self,
        actor: impl Into<Actor>,
        query: Query,
        options: ReadOptions,
        take: impl FnMut(Position, Happened<Event>),
    ) -> Result<(), LedgerError> {
        self.each_within(actor, &Scope::default(), query, options, take)
    }

    /// As [`Ledger::each`], of the events of one community and of what lies in it, for whoever may
    /// read there. A limit counts the events of other communities too.
    ///
    /// # Errors
    /// [`LedgerError`], with the position of an event that cannot be read.
    pub fn each_within(
        &self,
        actor: impl Into<Actor>,
        scope: &Scope,
        query: Query,
        options: ReadOptions,
        take: impl FnMut(Position, Happened<Event>),
    ) -> Result<(), LedgerError> {
        self.may_read(&actor.into(), contexts(&query), scope)?;
        self.pages(query, options, |happened| scope.holds(&happened.scope), take)
    }

    /// Hands over the events of which a view is asked, in the order of the journal: those of its
    /// community, with what the registry says of the communities that it lies in, which is common
    /// to it. The actor has to be allowed to read in that community.
    ///
    /// # Errors
    /// [`LedgerError`], with the position of an event that cannot be read.
    pub fn ask(
        &self,
        actor: impl Into<Actor>,
        asked: &Asked,
        query: Query,
        take: impl FnMut(Position, Happened<Event>),
    ) -> Result<(), LedgerError> {
        self.may_read(&actor.into(), contexts(&query), &asked.scope)?;
        let options = ReadOptions::forwards().until(asked.as_known_at);
        self.pages(query, options, |happened| asked.takes(happened), take)
    }

    fn pages(
        &self,
        query: Query,
        options: ReadOptions,
        is_asked_for: impl Fn(&Happened<Event>) -> bool,
        mut take: impl FnMut(Position, Happened<Event>),
    ) -> Result<(), LedgerError> {
        let mut reader = Reader::default();
        let sealing = self.opening();
        let options = sealing.columns(options);
        for page in Blocking(&*self.store).pages(query, options) {
            for view in page?.events() {
                let happened = sealing.decoded(&mut reader, &view)?;
                if is_asked_for(&happened) {
                    take(view.position, happened);
                }
            }
        }
        Ok(())
    }

    /// Verifies the whole journal, if the actor may read all of it, against checkpoints that were
    /// held elsewhere: [`proof::verify`]. Its [closed ranges](Self::with_closed), which a replay
    /// believes, have to say what the events do. `None` where `tell` broke it off; it hears how
    /// many events have been found sound.
    ///
    /// # Errors
    /// [`LedgerError`]; damage is no error here but what is looked for.
    pub fn verify(
        &self,
        actor: impl Into<Actor>,
        held: &[proof::Checkpoint],
        mut tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Option<Verified>, LedgerError> {
        self.may_read(&actor.into(), contexts(&Query::all()), &Scope::default())?;
        let found = proof::verify(Blocking(&*self.store), held, &mut tell)?;
        Ok(match found {
            Some(sound) if sound.root.is_some() => self.with_ranges_verified(sound, tell)?,
            found => found,
        })
    }

    /// Proves that the event at `position` is among those that the checkpoint `note` was made of,
    /// if the actor may read all of the journal: [`Inclusion::prove`].
    ///
    /// # Errors
    /// [`LedgerError::NotProven`] says why there is no proof.
    pub fn prove(
        &self,
        actor: impl Into<Actor>,
        position: Position,
        note: &str,
    ) -> Result<Inclusion, LedgerError> {
        self.may_read(&actor.into(), contexts(&Query::all()), &Scope::default())?;
        Ok(Inclusion::prove(Blocking(&*self.store), position, note)?)
    }

    /// Proves that the checkpoint `to` goes on from the checkpoint `from`, if the actor may read
    /// all of the journal: [`Consistency::prove`].
    ///
    /// # Errors
    /// As [`Ledger::prove`].
    pub fn prove_consistency(
        &self,
        actor: impl Into<Actor>,
        from: &str,
        to: &str,
    ) -> Result<Consistency, LedgerError> {
        self.may_read(&actor.into(), contexts(&Query::all()), &Scope::default())?;
        Ok(Consistency::prove(Blocking(&*self.store), from, to)?)
    }

    /// As [`Ledger::prove`], out of tiles and the one event: [`Inclusion::prove_by`].
    ///
    /// # Errors
    /// As [`Ledger::prove`].
    pub fn prove_by(
        &self,
        actor: impl Into<Actor>,
        tiles: &Tiles,
        position: Position,
        note: &str,
    ) -> Result<Inclusion, LedgerError> {
        self.may_read(&actor.into(), contexts(&Query::all()), &Scope::default())?;
        Ok(Inclusion::prove_by(tiles, Blocking(&*self.store), position, note)?)
    }

    /// Takes the events up to a checkpoint into tiles, if the actor may read all of the journal:
    /// [`Tiles::extend`].
    ///
    /// # Errors
    /// As [`Ledger::prove`].
    pub fn extend_tiles(
        &self,
        actor: impl Into<Actor>,
        tiles: &Tiles,
        note: &str,
    ) -> Result<(), LedgerError> {
        self.may_read(&actor.into(), contexts(&Query::all()), &Scope::default())?;
        Ok(tiles.extend(Blocking(&*self.store), note)?)
    }

    /// The store beneath, for what needs no decision. It asks nobody: do not hand it to an actor.
    #[must_use]
    pub fn store(&self) -> &dyn EventStore {
        &*self.store
    }

    /// Asks whether the actor may read what happened in a context, in all communities.
    pub(crate) fn may_read_all(
        &self,
        actor: &Actor,
        context: &'static str,
    ) -> Result<(), LedgerError> {
        self.may_read(actor, [context].into(), &Scope::default())
    }

    /// Asks whether the actor may read what happened in some contexts in a community.
    pub(super) fn may_read(
        &self,
        actor: &Actor,
        contexts: BTreeSet<&'static str>,
        scope: &Scope,
    ) -> Result<(), LedgerError> {
        let roles = self.authority.needs(actor, Verb::Read)?;
        if roles.is_empty() {
            return Ok(());
        }
        // A role says nothing that is sealed.
        let sealing = Sealing::default();
        let known = pollster::block_on(Known::of(&*self.store, &sealing, roles))?;
        let registered = &known.state.registry.registered;
        Ok(self.authority.may_read(actor, contexts, scope, registered, (self.now)())?)
    }

    /// What opens sealed fields for a reader.
    fn opening(&self) -> Sealing {
        match self.authority.goes_by_roles() {
            true => Sealing::default(),
            false => self.sealing.clone(),
        }
    }
}
