//! What a group has let in so far: each append of it sees those before it, which are not in the
//! journal yet.

use std::collections::{BTreeSet, HashMap};

use super::record::tags_of;
use super::{Append, Position, Query};

/// The appends of a group that were let in, each from its first position on.
#[derive(Clone, Debug, Default)]
pub struct Admitted<'a> {
    appends: Vec<(Position, &'a Append)>,
    /// Where in `appends` each tag is.
    tagged: HashMap<&'a str, BTreeSet<usize>>,
}

impl<'a> Admitted<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.appends.len()
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.appends.is_empty()
    }

    /// Takes in an append that was let in with this first position.
    pub fn push(&mut self, first: Position, append: &'a Append) {
        for tag in tags_of(append) {
            self.tagged.entry(tag).or_default().insert(self.appends.len());
        }
        self.appends.push((first, append));
    }

    /// The first event at `from` or behind it that matches.
    #[must_use]
    pub fn first_match(&self, query: &Query, from: u64) -> Option<Position> {
        let mut candidates = BTreeSet::new();
        if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
            candidates.extend(0..self.appends.len());
        }
        for tag in query.items.iter().filter_map(|item| item.tags.first()) {
            candidates.extend(self.tagged.get(tag.as_str()).into_iter().flatten());
        }
        candidates.into_iter().filter_map(|at| self.appends.get(at)).find_map(|(first, append)| {
            let events = (first.0..).zip(&append.events);
            let mut matching = events.filter(|(position, event)| {
                let has = |tag: &str| event.tags.iter().any(|own| own == tag);
                *position >= from && query.matches(&event.event_type, has)
            });
            matching.next().map(|(position, _)| Position(position))
        })
    }
}
