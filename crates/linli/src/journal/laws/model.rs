//! What a journal is, written as plainly as it can be: lists, loops, and nothing of a store.

use crate::journal::{
    Append, AppendError, Appended, Checkpoint, Direction, Event, EventStore, IdempotencyKey,
    Position, Query, QueryItem, ReadOptions, Written,
};

use super::steps::{answer, checkpoint, head, page, receipt};

/// A journal as a list.
#[derive(Clone, Debug, Default)]
pub struct Model {
    events: Vec<Event>,
    keys: Vec<(IdempotencyKey, Vec<Event>, Span)>,
    checkpoints: Vec<Checkpoint>,
}

/// First and last position.
pub type Span = (u64, u64);

/// What becomes of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is written, here.
    Written(Span),
    /// It was written before, here.
    Repeated(Span),
    /// It has no events.
    Empty,
    /// Its key stands for what is written here.
    KeyReused(Span),
    /// The condition of this number is broken by the event at this position.
    Conflict(usize, u64),
    /// Its source was taken in as far as this.
    NotRising(u64),
}

impl Verdict {
    /// The verdict that an answer states.
    #[must_use]
    pub fn of(answer: Result<Appended, AppendError>) -> Self {
        match answer {
            Ok(Appended { first, last, written: Written::Now }) => Self::Written((first.0, last.0)),
            Ok(Appended { first, last, written: Written::Before }) => {
                Self::Repeated((first.0, last.0))
            }
            Err(AppendError::Empty) => Self::Empty,
            Err(AppendError::KeyReused { first, .. }) => {
                Self::KeyReused((first.first.0, first.last.0))
            }
            Err(AppendError::Conflict { condition, found, .. }) => {
                Self::Conflict(condition, found.0)
            }
            Err(AppendError::CheckpointNotRising { held, .. }) => Self::NotRising(held.0),
            Err(error) => panic!("nothing in this history can end with: {error}"),
        }
    }
}

impl Model {
    /// Appends, or says why not.
    pub fn append(&mut self, append: &Append) -> Verdict {
        if append.events.is_empty() {
            return Verdict::Empty;
        }
        for (key, events, span) in &self.keys {
            if append.key == Some(*key) {
                let is_same = *events == append.events;
                return if is_same { Verdict::Repeated(*span) } else { Verdict::KeyReused(*span) };
            }
        }
        for (index, condition) in append.conditions.iter().enumerate() {
            for (position, event) in (1..).zip(&self.events) {
                let is_known = condition.after.is_some_and(|after| position <= after.0);
                if !is_known && matches(&condition.fail_if_events_match, event) {
                    return Verdict::Conflict(index, position);
                }
            }
        }
        if let Some(offered) = &append.checkpoint {
            for held in &mut self.checkpoints {
                if held.source == offered.source && offered.position <= held.position {
                    return Verdict::NotRising(held.position.0);
                }
            }
            self.checkpoints.retain(|held| held.source != offered.source);
            self.checkpoints.push(offered.clone());
        }
        let first = self.events.len() as u64 + 1;
        self.events.extend(append.events.iter().cloned());
        let span = (first, self.events.len() as u64);
        self.keys.extend(append.key.map(|key| (key, append.events.clone(), span)));
        Verdict::Written(span)
    }

    /// The positions that a read gives.
    #[must_use]
    pub fn read(&self, query: &Query, options: &ReadOptions) -> Vec<u64> {
        let mut given = Vec::new();
        for (position, event) in (1..).zip(&self.events) {
            let (is_behind, is_before_end) = match options.direction {
                Direction::Forwards => (
                    options.after.is_none_or(|after| position > after.0),
                    options.until.is_none_or(|until| position <= until.0),
                ),
                Direction::Backwards => (
                    options.after.is_none_or(|after| position < after.0),
                    options.until.is_none_or(|until| position >= until.0),
                ),
            };
            if is_behind && is_before_end && matches(query, event) {
                given.push(position);
            }
        }
        if options.direction == Direction::Backwards {
            given.reverse();
        }
        given.truncate(options.limit.unwrap_or(usize::MAX));
        given
    }

    /// Where the append under a key stands.
    #[must_use]
    pub fn receipt(&self, key: IdempotencyKey) -> Option<Span> {
        self.keys.iter().find(|(own, ..)| *own == key).map(|(_, _, span)| *span)
    }

    /// How far a source was taken in.
    #[must_use]
    pub fn checkpoint(&self, source: &str) -> Option<Position> {
        self.checkpoints.iter().find(|held| held.source == source).map(|held| held.position)
    }

    /// The events, for those who ask them in another way.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

/// Whether a query matches, word for word as the contract has it.
pub(super) fn matches(query: &Query, event: &Event) -> bool {
    if query.items.is_empty() {
        return true;
    }
    for QueryItem { types, tags } in &query.items {
        let mut is_of_type = types.is_empty();
        for one in types {
            is_of_type |= *one == event.event_type;
        }
        let mut has_tags = true;
        for tag in tags {
            has_tags &= event.tags.iter().any(|own| own == tag);
        }
        if is_of_type && has_tags {
            return true;
        }
    }
    false
}

/// Appends the history one by one; the store must answer each and read all as the model does.
pub(super) async fn agree(store: &dyn EventStore, history: &[Append], reads: &[Reading]) -> Model {
    let mut model = Model::default();
    for append in history {
        let expected = model.append(append);
        let verdict = Verdict::of(answer(store, append.clone()).await);
        assert_eq!(verdict, expected, "the answer to {append:?}");
    }
    assert_eq!(head(store).await.map_or(0, |head| head.0), model.events.len() as u64, "the head");
    for (query, options) in reads {
        let page = page(store, query, *options).await;
        assert_eq!(page.positions(), model.read(query, options), "{query:?} {options:?}");
        for (index, event) in page.events().enumerate() {
            let position = event.position.0 as usize;
            let Some(kept) = position.checked_sub(1).and_then(|at| model.events.get(at)) else {
                panic!("there is no event at {position}")
            };
            assert_eq!(event.event_type, kept.event_type, "the type at {position}");
            assert_eq!(event.payload, kept.payload, "the payload at {position}");
            assert!(page.tags(index).eq(kept.tags.iter()), "the tags at {position}");
        }
    }
    for (key, _, span) in &model.keys {
        let receipt = receipt(store, *key).await.map(|receipt| (receipt.first.0, receipt.last.0));
        assert_eq!(receipt, Some(*span), "the receipt of {key}");
    }
    for held in &model.checkpoints {
        let position = checkpoint(store, &held.source).await;
        assert_eq!(position, Some(held.position), "the checkpoint of {}", held.source);
    }
    model
}

/// One way to read.
pub(super) type Reading = (Query, ReadOptions);

/// A number that looks like chance and is the same in every run (SplitMix64).
#[derive(Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Each of these with a chance of one half.
    pub(super) fn some_of(&mut self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|_| self.below(2) == 0).map(|name| (*name).to_owned()).collect()
    }

    pub(super) fn position(&mut self, bound: u64) -> Option<Position> {
        (self.below(3) > 0).then(|| Position(self.below(bound)))
    }
}
