//! A store for people who bring their own events.

use std::sync::Arc;

use linli::journal::{self, Append, AppendError, ReadOptions};
use pyo3::prelude::*;

use crate::address;
use crate::errors::Answer;
use crate::event::{AppendCondition, Event, Key, Query};
use crate::held::Held;
use crate::number::Number;
use crate::patience::{apart, wait};
use crate::read::Read;
use crate::subscription::Subscription;
use crate::text::Text;

/// A journal, as the storage trait has it.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct EventStore(Held<Arc<dyn journal::EventStore>>);

#[pymethods]
impl EventStore {
    #[new]
    fn new(py: Python<'_>, address: Text) -> Answer<Self> {
        let Text(address) = address;
        let store = apart(py, || address::create(&address))??;
        Ok(Self(Held::new(store)))
    }

    #[pyo3(signature = (events, condition=None, key=None))]
    fn append(
        &self,
        py: Python<'_>,
        events: Vec<Event>,
        condition: Option<AppendCondition>,
        key: Option<Key>,
    ) -> Answer<u64> {
        let append = Append {
            events: events.into_iter().map(Event::into_event).collect(),
            conditions: condition.into_iter().map(AppendCondition::into_condition).collect(),
            key: key.map(|key| key.0),
            ..Append::default()
        };
        let key = append.key;
        let appended = wait(py, self.0.get()?.append(vec![append]))?.pop();
        let no_answer = || AppendError::Unknown { key, reason: "no answer came".to_owned() };
        Ok(appended.unwrap_or_else(|| Err(no_answer()))?.last.0)
    }

    #[pyo3(signature = (query=None, *, after=None, limit=None, backwards=false))]
    fn read(
        &self,
        py: Python<'_>,
        query: Option<Query>,
        after: Option<Number>,
        limit: Option<Number>,
        backwards: bool,
    ) -> Answer<Read> {
        let options = match backwards {
            true => ReadOptions::backwards(),
            false => ReadOptions::forwards(),
        };
        let options = ReadOptions {
            after: after.map(|after| journal::Position(after.0)),
            limit: limit.map(Number::count),
            ..options
        };
        let query = query.map(Query::into_query).unwrap_or_default();
        Read::begin(py, self.0.clone(), query, options)
    }

    #[pyo3(signature = (query=None, *, after=None))]
    fn subscribe(&self, query: Option<Query>, after: Option<Number>) -> Answer<Subscription> {
        let query = query.map(Query::into_query).unwrap_or_default();
        let after = after.map(|after| journal::Position(after.0));
        Ok(Subscription::new(Arc::clone(self.0.get()?), query, after))
    }

    fn head(&self, py: Python<'_>) -> Answer<Option<u64>> {
        Ok(wait(py, self.0.get()?.head())??.map(|head| head.0))
    }
}
