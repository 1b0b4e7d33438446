//! Events, queries and conditions as Python states them.

use linli::journal::{self, EventView, IdempotencyKey, Page, Position};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use uuid::Uuid;

use crate::errors::Failed;
use crate::number::Number;

/// A `linli.Event`.
#[derive(FromPyObject)]
pub(crate) struct Event {
    #[pyo3(attribute("type"))]
    kind: String,
    data: PyBackedBytes,
    tags: Vec<String>,
    id: Option<Id>,
    metadata: Option<PyBackedBytes>,
}

/// A `linli.Query`.
#[derive(FromPyObject)]
pub(crate) struct Query {
    items: Vec<QueryItem>,
}

/// A `linli.QueryItem`.
#[derive(FromPyObject)]
struct QueryItem {
    types: Vec<String>,
    tags: Vec<String>,
}

/// A `linli.AppendCondition`.
#[derive(FromPyObject)]
pub(crate) struct AppendCondition {
    fail_if_events_match: Query,
    after: Option<Number>,
}

/// A UUID, or its text.
pub(crate) struct Id(Uuid);

/// A key: a UUID, or any text, which stands for a UUID made of it.
pub(crate) struct Key(pub(crate) IdempotencyKey);

/// Position, type, data, tags, id, metadata: what an event is read as.
pub(crate) type Sequenced<'a> = (u64, &'a str, &'a [u8], Vec<&'a str>, Uuid, &'a [u8]);

impl<'py> FromPyObject<'_, 'py> for Id {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(text) = object.extract::<String>() else { return object.extract().map(Self) };
        let wrong = |_| Failed::input("NotAnId", format!("`{text}` is no UUID"));
        Ok(Self(Uuid::parse_str(&text).map_err(wrong)?))
    }
}

impl<'py> FromPyObject<'_, 'py> for Key {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(text) = object.extract::<String>() else {
            return object.extract().map(|id| Self(IdempotencyKey(id)));
        };
        let made = || IdempotencyKey::of("linli.EventStore", &text);
        Ok(Self(Uuid::parse_str(&text).map_or_else(|_| made(), IdempotencyKey)))
    }
}

impl Event {
    pub(crate) fn into_event(self) -> journal::Event {
        journal::Event {
            id: self.id.map(|id| id.0),
            event_type: self.kind,
            tags: self.tags.into_iter().collect(),
            metadata: self.metadata.map_or_else(Vec::new, |bytes| bytes.to_vec()),
            payload: self.data.to_vec(),
        }
    }
}

impl Query {
    pub(crate) fn into_query(self) -> journal::Query {
        let item = |item: QueryItem| journal::QueryItem { types: item.types, tags: item.tags };
        journal::Query { items: self.items.into_iter().map(item).collect() }
    }
}

impl AppendCondition {
    pub(crate) fn into_condition(self) -> journal::AppendCondition {
        let after = self.after.map(|after| Position(after.0));
        let fail_if_events_match = self.fail_if_events_match.into_query();
        journal::AppendCondition { fail_if_events_match, after }
    }
}

/// The events of a page.
pub(crate) fn sequenced(page: &Page) -> Vec<Sequenced<'_>> {
    let mut events = Vec::with_capacity(page.len());
    for (index, view) in page.events().enumerate() {
        let EventView { position, id, event_type, metadata, payload, .. } = view;
        let tags = page.tags(index).collect();
        events.push((position.0, event_type, payload, tags, id, metadata));
    }
    events
}
