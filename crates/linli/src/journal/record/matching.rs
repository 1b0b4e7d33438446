//! A query as one record sees it: its texts become numbers of the record's tables.

use super::bytes::{Table, TagRun};
use crate::journal::Query;

/// Which events of a record a query takes.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Those of these types, whatever their tags.
    by_type: Types,
    /// Those that one of these items takes.
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    types: Types,
    tags: Vec<usize>,
}

/// A set of type numbers. An append seldom has more than 64 types, so that nothing is allocated.
#[derive(Debug, Default)]
struct Types {
    every: bool,
    low: u64,
    high: Vec<usize>,
}

impl Chosen {
    pub(super) fn of(query: &Query, types: Table<'_>, tags: Table<'_>) -> Self {
        let mut chosen = Self::default();
        chosen.by_type.every = query.items.is_empty();
        let mut texts: Option<Vec<&[u8]>> = None;
        for item in &query.items {
            if item.tags.is_empty() {
                chosen.by_type.take_in(&item.types, types);
                continue;
            }
            let mut own = Types::default();
            own.take_in(&item.types, types);
            if own.is_empty() {
                continue;
            }
            // The table is sorted: `encode` writes it so.
            let texts = texts.get_or_insert_with(|| tags.texts().collect());
            let number = |tag: &String| texts.binary_search(&tag.as_bytes()).ok();
            if let Some(tags) = item.tags.iter().map(number).collect() {
                chosen.items.push(Item { types: own, tags });
            }
        }
        chosen
    }

    /// Whether the tables alone show that no event is taken.
    pub(super) fn is_nothing(&self) -> bool {
        self.by_type.is_empty() && self.items.is_empty()
    }

    #[inline(always)]
    pub(super) fn takes(&self, event_type: usize, tags: TagRun<'_>) -> bool {
        self.by_type.contains(event_type)
            || self.items.iter().any(|item| {
                item.types.contains(event_type)
                    && item.tags.iter().all(|tag| tags.numbers().any(|own| own == *tag))
            })
    }
}

impl Types {
    /// Adds the numbers of these types; of every type if none is named.
    fn take_in(&mut self, named: &[String], types: Table<'_>) {
        if named.is_empty() {
            self.every = true;
            return;
        }
        for (number, text) in types.texts().enumerate() {
            if !named.iter().any(|name| name.as_bytes() == text) {
                continue;
            }
            match number {
                0..64 => self.low |= 1 << number,
                _ => self.high.push(number),
            }
        }
    }

    fn is_empty(&self) -> bool {
        !self.every && self.low == 0 && self.high.is_empty()
    }

    #[inline(always)]
    fn contains(&self, number: usize) -> bool {
        self.every
            || match number {
                0..64 => self.low & (1 << number) != 0,
                _ => self.high.contains(&number),
            }
    }
}
