//! The journal in memory: the specification that every other store is compared with.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{
    Append, AppendError, Appended, Direction, Event, EventStore, HeadWatch, IdempotencyKey, Limit,
    LimitExceeded, Origin, Page, PageBuilder, Pending, Position, Query, ReadError, ReadOptions,
    Receipt, Row, Written, record,
};

/// A journal in memory, gone with its last handle. Clones are handles to the same journal.
///
/// Written for reading, not for speed: a plain list that is scanned under one lock.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    log: Arc<Mutex<Log>>,
    watch: HeadWatch,
}

#[derive(Debug, Default)]
struct Log {
    events: Vec<Stored>,
    receipts: HashMap<IdempotencyKey, Receipt>,
    checkpoints: HashMap<String, Position>,
}

#[derive(Debug)]
struct Stored {
    event: Event,
    append: Arc<Shared>,
}

/// What the events of an append share.
#[derive(Debug)]
struct Shared {
    metadata: Vec<u8>,
    origin: Origin,
}

impl MemoryStore {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn write_group(&self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let mut log = self.log.lock(); // Held to the end: each append sees those before it.
        let answers = group.into_iter().map(|append| log.admit(record::with_ids(append))).collect();
        let head = log.head();
        drop(log); // Who is woken may read at once.
        self.watch.reached(head);
        answers
    }
}

impl EventStore for MemoryStore {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        if group.len() > Limit::GROUP {
            let error = LimitExceeded::Group { appends: group.len() };
            let refuse = |_| Err(AppendError::Limit(error.clone()));
            return Box::pin(ready(group.iter().map(refuse).collect()));
        }
        Box::pin(ready(self.write_group(group)))
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let checked = query.check_limits().map_err(ReadError::from);
        Box::pin(ready(checked.map(|()| self.log.lock().page(query, &options))))
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        Box::pin(ready(Ok(self.log.lock().head())))
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        Box::pin(ready(Ok(self.log.lock().receipts.get(&key).copied())))
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        Box::pin(ready(Ok(self.log.lock().checkpoints.get(source).copied())))
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.watch.past(after)
    }
}

impl Log {
    fn head(&self) -> Option<Position> {
        match self.events.len() {
            0 => None,
            events => Some(Position(events as u64)),
        }
    }

    fn admit(&mut self, append: Append) -> Result<Appended, AppendError> {
        if append.events.is_empty() {
            return Err(AppendError::Empty);
        }
        append.check_limits()?;
        let content = append.content();
        if let Some(key) = append.key
            && let Some(first) = self.receipts.get(&key)
        {
            return first.again(key, &content);
        }
        self.check_conditions(&append)?;
        self.move_checkpoint(&append)?;
        Ok(self.write(append, content))
    }

    fn check_conditions(&self, append: &Append) -> Result<(), AppendError> {
        for (index, condition) in append.conditions.iter().enumerate() {
            let from = condition.after.map_or(1, |after| after.0.saturating_add(1));
            let found = (from..=self.events.len() as u64).find(|position| {
                self.at(*position).is_some_and(|s| s.matches(&condition.fail_if_events_match))
            });
            if let Some(found) = found.map(Position) {
                let after = condition.after;
                return Err(AppendError::Conflict { condition: index, after, found });
            }
        }
        Ok(())
    }

    fn move_checkpoint(&mut self, append: &Append) -> Result<(), AppendError> {
        let Some(offered) = &append.checkpoint else { return Ok(()) };
        let held = self.checkpoints.get(&offered.source).copied();
        if let Some(refusal) = offered.not_rising(held) {
            return Err(refusal);
        }
        self.checkpoints.insert(offered.source.clone(), offered.position);
        Ok(())
    }

    fn write(&mut self, append: Append, content: super::Content) -> Appended {
        let first = self.events.len() as u64 + 1;
        let last = Position(self.events.len() as u64 + append.events.len() as u64);
        let (first, key) = (Position(first), append.key);
        let origin = Origin {
            first,
            last,
            key: key.map(|key| (key, content)),
            checkpoint: append.checkpoint,
        };
        let shared = Arc::new(Shared { metadata: append.metadata, origin });
        for (index, mut event) in append.events.into_iter().enumerate() {
            event.id = event.id.or_else(|| key.map(|key| key.event_id(index)));
            self.events.push(Stored { event, append: Arc::clone(&shared) });
        }
        if let Some(key) = key {
            self.receipts.insert(key, Receipt { first, last, content });
        }
        Appended { first, last, written: Written::Now }
    }

    fn at(&self, position: u64) -> Option<&Stored> {
        self.events.get(usize::try_from(position.checked_sub(1)?).ok()?)
    }

    fn page(&self, query: &Query, options: &ReadOptions) -> Page {
        let mut page = PageBuilder::new(self.head(), options);
        let (from, until) = options.range();
        let until = until.min(self.events.len() as u64);
        let forwards = from..=until;
        let positions: Box<dyn Iterator<Item = u64>> = match options.direction {
            Direction::Forwards => Box::new(forwards),
            Direction::Backwards => Box::new(forwards.rev()),
        };
        let mut is_full = page.is_full();
        for position in positions {
            if is_full {
                return page.more();
            }
            if let Some(stored) = self.at(position).filter(|stored| stored.matches(query)) {
                stored.put(Position(position), &mut page);
                is_full = page.is_full(); // Only what goes in fills it.
            }
        }
        page.last()
    }
}

impl Stored {
    fn matches(&self, query: &Query) -> bool {
        query.matches(&self.event.event_type, |tag| self.event.tags.contains(tag))
    }

    fn put(&self, position: Position, page: &mut PageBuilder) {
        let event_type = page.event_type(&self.event.event_type);
        let mut tags = Vec::new();
        if page.wants_ids_and_tags() {
            tags.extend(self.event.tags.iter().map(|tag| page.tag(tag)));
        }
        let row = Row {
            position,
            id: self.event.id.unwrap_or_default(),
            event_type,
            tags: &tags,
            metadata: &self.event.metadata,
            payload: &self.event.payload,
        };
        let Shared { metadata, origin } = &*self.append;
        page.push(origin.first.0, metadata, &row);
        if page.wants_origins() {
            page.comes_from(origin.first.0, origin.clone());
        }
    }
}
