//! Events, queries and conditions as Python states them.

use linli::journal::{self, EventView, IdempotencyKey, Page, Position};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyString;
use uuid::Uuid;

use crate::errors::Failed;
use crate::items::Items;
use crate::number::Number;
use crate::text::Text;

/// A `linli.Event`.
pub(crate) struct Event {
    kind: Text,
    data: PyBackedBytes,
    tags: Items<Text>,
    id: Option<Id>,
    metadata: Option<PyBackedBytes>,
}

/// A `linli.Query`.
pub(crate) struct Query {
    items: Items<QueryItem>,
}

/// A `linli.QueryItem`.
struct QueryItem {
    types: Items<Text>,
    tags: Items<Text>,
}

/// A `linli.AppendCondition`.
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

/// An attribute of an object. What is wrong with it is raised as it is.
fn of<'py, T>(object: Borrowed<'_, 'py, PyAny>, name: &str) -> PyResult<T>
where
    T: FromPyObjectOwned<'py>,
{
    object.getattr(name)?.extract().map_err(Into::into)
}

impl<'py> FromPyObject<'_, 'py> for Event {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self {
            kind: of(object, "type")?,
            data: of(object, "data")?,
            tags: of(object, "tags")?,
            id: of(object, "id")?,
            metadata: of(object, "metadata")?,
        })
    }
}

impl<'py> FromPyObject<'_, 'py> for Query {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self { items: of(object, "items")? })
    }
}

impl<'py> FromPyObject<'_, 'py> for QueryItem {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self { types: of(object, "types")?, tags: of(object, "tags")? })
    }
}

impl<'py> FromPyObject<'_, 'py> for AppendCondition {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self {
            fail_if_events_match: of(object, "fail_if_events_match")?,
            after: of(object, "after")?,
        })
    }
}

impl<'py> FromPyObject<'_, 'py> for Id {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !object.is_instance_of::<PyString>() {
            return object.extract().map(Self);
        }
        let text: Text = object.extract()?;
        let wrong = |_| Failed::input("NotAnId", format!("`{}` is no UUID", &*text));
        Ok(Self(Uuid::parse_str(&text).map_err(wrong)?))
    }
}

impl<'py> FromPyObject<'_, 'py> for Key {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !object.is_instance_of::<PyString>() {
            return object.extract().map(|id| Self(IdempotencyKey(id)));
        }
        let text: Text = object.extract()?;
        let made = || IdempotencyKey::of("linli.EventStore", &text);
        Ok(Self(Uuid::parse_str(&text).map_or_else(|_| made(), IdempotencyKey)))
    }
}

impl Event {
    pub(crate) fn into_event(self) -> journal::Event {
        journal::Event {
            id: self.id.map(|id| id.0),
            event_type: self.kind.0,
            tags: self.tags.0.into_iter().map(|tag| tag.0).collect(),
            metadata: self.metadata.map_or_else(Vec::new, |bytes| bytes.to_vec()),
            payload: self.data.to_vec(),
        }
    }
}

impl Query {
    pub(crate) fn into_query(self) -> journal::Query {
        let texts = |texts: Items<Text>| texts.0.into_iter().map(|text| text.0).collect();
        let item = |item: QueryItem| journal::QueryItem {
            types: texts(item.types),
            tags: texts(item.tags),
        };
        journal::Query { items: self.items.0.into_iter().map(item).collect() }
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
