//! What a decision has to know, read from the journal, and the query that guards it.

use std::collections::{BTreeMap, BTreeSet};

use super::sealing::Sealing;
use super::{LedgerError, Request};
use crate::codec::Reader;
use crate::domain::registry::Event as Registry;
use crate::domain::{
    Back, Boundary, BoundaryItem, Command, Decide, Event, Evolve, Happened, Scope, State,
};
use crate::journal::{AppendError, EventStore, Limit, LimitExceeded, Position, Query, ReadOptions};

/// The state within a boundary, and the head at which it was read.
pub(super) struct Known {
    pub(super) state: State,
    head: Option<Position>,
    items: Vec<BoundaryItem>,
    events: Events,
}

impl Known {
    /// Reads the actor's roles and the boundaries of all commands of a request, opened as far as
    /// can be. The head comes first: whatever is recorded afterwards meets the append condition.
    pub(super) async fn read(
        store: &dyn EventStore,
        sealing: &Sealing,
        roles: Vec<BoundaryItem>,
        request: &Request,
    ) -> Result<Self, LedgerError> {
        let boundaries = request.commands().iter().map(Command::boundary);
        let items = roles.into_iter().chain(boundaries.flat_map(|Boundary { items }| items));
        Self::of(store, sealing, items.collect()).await
    }

    /// Reads what some items name.
    pub(super) async fn of(
        store: &dyn EventStore,
        sealing: &Sealing,
        items: Vec<BoundaryItem>,
    ) -> Result<Self, LedgerError> {
        let head = store.head().await?;
        let mut known =
            Self { state: State::default(), head, items: Vec::new(), events: Events::new() };
        known.read_more(store, sealing, items).await?;
        Ok(known)
    }

    /// Reads more, and folds everything anew.
    pub(super) async fn read_more(
        &mut self,
        store: &dyn EventStore,
        sealing: &Sealing,
        items: Vec<BoundaryItem>,
    ) -> Result<(), LedgerError> {
        for item in items {
            if !self.items.contains(&item) {
                read_item(store, sealing, &item, &mut self.events).await?;
                self.items.push(item);
            }
        }
        self.state = State::default();
        for happened in self.events.values() {
            self.state.evolve(happened);
        }
        Ok(())
    }

    /// What this command needs and nobody has read yet.
    pub(super) fn missing(&self, command: &Command) -> Vec<BoundaryItem> {
        let beyond = self.state.beyond(command).into_iter();
        beyond.filter(|item| !self.items.contains(item)).collect()
    }

    /// A thing that these events are about and that is of a community apart from theirs, with where
    /// it is, as far as the decision has read of it.
    pub(super) fn of_another(&self, events: &[Happened<Event>]) -> Option<(String, Scope)> {
        let beyond = events.iter().find_map(|happened| self.registered_beyond(happened));
        beyond.or_else(|| self.read_of_another(events))
    }

    /// The community of what an event registers, where the event's does not hold it.
    fn registered_beyond(&self, happened: &Happened<Event>) -> Option<(String, Scope)> {
        let (id, scope) = match &happened.event {
            Event::Registry(Registry::CommunityRegistered { community_id, path, .. }) => {
                (community_id, path)
            }
            Event::Registry(Registry::PlaceRegistered { community_id, .. }) => {
                let known = self.state.registry.registered.communities.get(community_id)?;
                (community_id, &known.scope)
            }
            _ => return None,
        };
        (!happened.scope.holds(scope)).then(|| (format!("community:{id}"), scope.clone()))
    }

    fn read_of_another(&self, events: &[Happened<Event>]) -> Option<(String, Scope)> {
        let scope = &events.first()?.scope;
        let things: BTreeSet<String> = events.iter().flat_map(things_of).collect();
        let is_apart = |earlier: &&Happened<Event>| {
            !earlier.scope.holds(scope) && !scope.holds(&earlier.scope)
        };
        self.events.values().filter(is_apart).find_map(|earlier| {
            let thing = things_of(earlier).find(|thing| things.contains(thing))?;
            Some((thing, earlier.scope.clone()))
        })
    }

    /// The conditions that guard what was read, each as large as one may be.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (Query, Option<Position>)> {
        self.items.chunks(Limit::QUERY_ITEMS).map(|items| {
            let query = items.iter().fold(Query::all(), |query, item| {
                query.or(item.types.iter().copied(), [item.tag.as_str()])
            });
            (query, self.head)
        })
    }

    /// Why a request is refused that names more and more to be read.
    pub(super) fn too_much(&self) -> AppendError {
        LimitExceeded::QueryItems { items: self.items.len() }.into()
    }
}

/// What is of one community, by the tags of its events. People, their cards and consents, bodies,
/// lots and rules are not.
const THINGS: &[&str] = &[
    "activity",
    "appointment",
    "booking",
    "case",
    "certificate",
    "charging",
    "class",
    "clinic",
    "connector",
    "dispute",
    "dose",
    "group",
    "home_visit",
    "idea",
    "installation",
    "place",
    "programme",
    "project",
    "shift",
    "survey",
    "tariff",
    "team",
    "troupe",
    "visit",
];

fn things_of(happened: &Happened<Event>) -> impl Iterator<Item = String> {
    let is_thing = |tag: &String| tag.split_once(':').is_some_and(|(of, _)| THINGS.contains(&of));
    happened.event.tags(happened.zone).into_iter().filter(is_thing)
}

type Events = BTreeMap<Position, Happened<Event>>;

/// How many starts and closings are read at a time on the way back to a decisive one.
const STEP: usize = 64;

async fn read_item(
    store: &dyn EventStore,
    sealing: &Sealing,
    item: &BoundaryItem,
    events: &mut Events,
) -> Result<(), LedgerError> {
    let query = Query::all().or(item.types.iter().copied(), [item.tag.as_str()]);
    let mut options = match item.back {
        Back::ToTheFirst => ReadOptions::forwards(),
        Back::ToADecisiveOne => ReadOptions::backwards().limit(STEP),
        Back::Newest(newest) => ReadOptions::backwards().limit(newest),
    };
    let mut reader = Reader::default();
    loop {
        let page = store.read(&query, options).await?;
        let mut is_decided = matches!(item.back, Back::Newest(_));
        for view in page.events() {
            let happened = sealing.decoded(&mut reader, &view)?;
            is_decided |= item.back == Back::ToADecisiveOne && happened.event.is_decisive();
            events.insert(view.position, happened);
        }
        match page.next() {
            Some(next) if !is_decided => options.after = Some(next),
            _ => return Ok(()),
        }
    }
}
