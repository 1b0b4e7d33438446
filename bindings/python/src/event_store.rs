//! A store for people who bring their own events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use linli::codec;
use linli::journal::{self, Append, AppendError, ReadOptions};
use pyo3::prelude::*;

use crate::address;
use crate::errors::{Answer, Failed};
use crate::event::{AppendCondition, Event, Key, Query};
use crate::held::Held;
use crate::number::Number;
use crate::patience::{aside, wait};
use crate::read::Read;
use crate::subscription::Subscription;
use crate::text::Text;

/// A journal, as the storage trait has it.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct EventStore {
    store: Held<Arc<dyn journal::EventStore>>,
    /// Whether the journal's first event is known to be none of a ledger's.
    is_own: AtomicBool,
}

#[pymethods]
impl EventStore {
    #[new]
    fn new(py: Python<'_>, address: Text) -> Answer<Self> {
        let Text(address) = address;
        let store = aside(py, move || address::create(&address))??;
        Ok(Self { store: Held::new(store), is_own: AtomicBool::new(false) })
    }

    #[pyo3(signature = (events, condition=None, key=None))]
    fn append(
        &self,
        py: Python<'_>,
        events: Vec<Event>,
        condition: Option<AppendCondition>,
        key: Option<Key>,
    ) -> Answer<u64> {
        let store = self.store.get()?;
        if !self.is_own.load(Ordering::Relaxed) && wait(py, is_a_ledgers(&**store))?? {
            let sentence = "this journal is a ledger's, which would not know these events; write \
                them to a journal of their own";
            return Err(Failed::input("ALedgers", sentence));
        }
        let append = Append {
            events: events.into_iter().map(Event::into_event).collect(),
            conditions: condition.into_iter().map(AppendCondition::into_condition).collect(),
            key: key.map(|key| key.0),
            ..Append::default()
        };
        let key = append.key;
        let appended = wait(py, store.append(vec![append]))?.pop();
        let no_answer = || AppendError::Unknown { key, reason: "no answer came".to_owned() };
        let last = appended.unwrap_or_else(|| Err(no_answer()))?.last.0;
        self.is_own.store(true, Ordering::Relaxed);
        Ok(last)
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
        Read::begin(py, self.store.clone(), query, options)
    }

    #[pyo3(signature = (query=None, *, after=None))]
    fn subscribe(&self, query: Option<Query>, after: Option<Number>) -> Answer<Subscription> {
        let query = query.map(Query::into_query).unwrap_or_default();
        let after = after.map(|after| journal::Position(after.0));
        Ok(Subscription::new(Arc::clone(self.store.get()?), query, after))
    }

    fn head(&self, py: Python<'_>) -> Answer<Option<u64>> {
        Ok(wait(py, self.store.get()?.head())??.map(|head| head.0))
    }
}

/// Whether the first event of the journal is one of Linli's own.
async fn is_a_ledgers(store: &dyn journal::EventStore) -> Result<bool, journal::ReadError> {
    let first = store.read(&journal::Query::all(), ReadOptions::forwards().limit(1)).await?;
    Ok(first.event(0).is_some_and(|view| codec::decode(&view).is_ok()))
}
