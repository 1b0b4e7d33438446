//! Which events, and how they are to be read.

use super::Position;

/// A choice of events: those that match any of its items. Without items it matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The items, joined by *or*.
    pub items: Vec<QueryItem>,
}

/// One item of a query: any of the types *and* all of the tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryItem {
    /// The event is of one of these; none named: of any type.
    pub types: Vec<String>,
    /// The event has all of these.
    pub tags: Vec<String>,
}

impl Query {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Events with this tag.
    #[must_use]
    pub fn tagged(tag: &str) -> Self {
        Self::all().or([], [tag])
    }

    /// Events of any of these types.
    #[must_use]
    pub fn of_types<'a>(types: impl IntoIterator<Item = &'a str>) -> Self {
        Self::all().or(types, [])
    }

    /// The same query, or else events of any of these types that have all of these tags.
    #[must_use]
    pub fn or<'a, 'b>(
        mut self,
        types: impl IntoIterator<Item = &'a str>,
        tags: impl IntoIterator<Item = &'b str>,
    ) -> Self {
        let types = types.into_iter().map(str::to_owned).collect();
        let tags = tags.into_iter().map(str::to_owned).collect();
        self.items.push(QueryItem { types, tags });
        self
    }

    /// Whether an event of this type, of which `has` knows the tags, matches.
    pub fn matches(&self, event_type: &str, has: impl Fn(&str) -> bool) -> bool {
        self.items.is_empty() || self.items.iter().any(|item| item.matches(event_type, &has))
    }
}

impl QueryItem {
    /// Whether an event of this type, of which `has` knows the tags, matches.
    pub fn matches(&self, event_type: &str, has: impl Fn(&str) -> bool) -> bool {
        (self.types.is_empty() || self.types.iter().any(|own| own == event_type))
            && self.tags.iter().all(|tag| has(tag))
    }
}

/// A reason not to append: an event that the decision did not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendCondition {
    /// The boundary of the decision.
    pub fail_if_events_match: Query,
    /// Only events after this position count; `None`: every event counts. A position beyond the
    /// head lets the append pass.
    pub after: Option<Position>,
}

/// In which order events are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the first to the last.
    #[default]
    Forwards,
    /// From the last to the first.
    Backwards,
}

/// Which columns a page fills. What is not asked for is left empty, which makes a scan cheaper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// All that an event is: everything but [`Columns::WithOrigins`].
    #[default]
    All,
    /// Everything but ids and tags: what a fold over payloads needs.
    WithoutIdsAndTags,
    /// All of them, and what each append was written with: for who copies or verifies a journal.
    WithOrigins,
}

/// How to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Start behind this position, in the direction of reading: forwards above it, backwards below.
    pub after: Option<Position>,
    /// The last position that may be given, in the direction of reading; it is included.
    pub until: Option<Position>,
    /// At most so many events, counted after the query; 0 reads nothing but the head. `None`: as
    /// many as a page holds.
    pub limit: Option<usize>,
    /// The order.
    pub direction: Direction,
    /// The columns.
    pub columns: Columns,
}

impl ReadOptions {
    /// From the first event on.
    #[must_use]
    pub fn forwards() -> Self {
        Self::default()
    }

    /// From the last event back.
    #[must_use]
    pub fn backwards() -> Self {
        Self { direction: Direction::Backwards, ..Self::default() }
    }

    /// Behind this position, in the direction of reading.
    #[must_use]
    pub fn after(mut self, position: impl Into<Option<Position>>) -> Self {
        self.after = position.into();
        self
    }

    /// Up to this position and with it, in the direction of reading.
    #[must_use]
    pub fn until(mut self, position: impl Into<Option<Position>>) -> Self {
        self.until = position.into();
        self
    }

    /// At most so many events.
    #[must_use]
    pub fn limit(mut self, events: usize) -> Self {
        self.limit = Some(events);
        self
    }

    /// Only these columns.
    #[must_use]
    pub fn columns(mut self, columns: Columns) -> Self {
        self.columns = columns;
        self
    }

    /// The lowest and the highest position that may be given, both included; empty if crossed.
    #[must_use]
    pub fn range(&self) -> (u64, u64) {
        let after = self.after.map(|position| position.0);
        let until = self.until.map(|position| position.0);
        match self.direction {
            Direction::Forwards => {
                (after.map_or(1, |after| after.saturating_add(1)), until.unwrap_or(u64::MAX))
            }
            Direction::Backwards => {
                (until.unwrap_or(1), after.map_or(u64::MAX, |after| after.saturating_sub(1)))
            }
        }
    }
}
