//! What a decision has to know, read from the journal, and the query that guards it.

use std::collections::BTreeMap;

use super::sealing::Sealing;
use super::{LedgerError, Request};
use crate::codec::Reader;
use crate::domain::{Back, Boundary, BoundaryItem, Command, Event, Evolve, Happened, State};
use crate::journal::{EventStore, Position, Query, ReadOptions};

/// The state within a boundary, and the head at which it was read.
pub(super) struct Known {
    pub(super) state: State,
    pub(super) head: Option<Position>,
    pub(super) query: Query,
}

impl Known {
    /// Reads the boundaries of all commands of a request, opened as far as can be. The head comes
    /// from the first read: whatever is recorded afterwards meets the append condition.
    pub(super) async fn read(
        store: &dyn EventStore,
        sealing: &Sealing,
        request: &Request,
    ) -> Result<Self, LedgerError> {
        let mut items: Vec<BoundaryItem> = Vec::new();
        for Boundary { items: more } in request.commands().iter().map(Command::boundary) {
            for item in more {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
        }
        let head = store.head().await?;
        let mut events = BTreeMap::new();
        for item in &items {
            read_item(store, sealing, item, &mut events).await?;
        }
        let query = items.iter().fold(Query::all(), |query, item| {
            query.or(item.types.iter().copied(), [item.tag.as_str()])
        });
        let mut state = State::default();
        for happened in events.values() {
            state.evolve(happened);
        }
        Ok(Self { state, head, query })
    }
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
