//! Events as they come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use linli::journal::{EventStore, Page, Position, Query, ReadOptions};
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::errors::Answer;
use crate::event::sequenced;
use crate::patience::wait_unless;
use crate::turn::Turn;

/// The events that match, those that are there and those that come, until it is stopped.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Subscription {
    store: Arc<dyn EventStore>,
    query: Query,
    turn: Turn,
    after: Mutex<Option<Position>>,
    is_stopped: AtomicBool,
}

impl Subscription {
    pub(crate) fn new(store: Arc<dyn EventStore>, query: Query, after: Option<Position>) -> Self {
        let (turn, after, is_stopped) =
            (Turn::default(), Mutex::new(after), AtomicBool::new(false));
        Self { store, query, turn, after, is_stopped }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// The next page that has events; `None` once it is stopped.
    fn await_page(&self, py: Python<'_>) -> Answer<Option<Page>> {
        let _turn = self.turn.take()?;
        let mut after = *self.after.lock();
        loop {
            let options = ReadOptions::forwards().after(after);
            let read = self.store.read(&self.query, options);
            let Some(page) = wait_unless(py, read, || self.is_stopped())? else { return Ok(None) };
            let page = page?;
            let is_last = page.next().is_none();
            // Behind the last page everything up to the head has been looked at.
            after = page.next().or(page.head()).max(after);
            if !page.is_empty() {
                *self.after.lock() = after;
                return Ok(Some(page));
            }
            if is_last {
                let past = self.store.past(after);
                let Some(head) = wait_unless(py, past, || self.is_stopped())? else {
                    return Ok(None);
                };
                head?;
            }
        }
    }
}

#[pymethods]
impl Subscription {
    /// The events of the next page that has any; `None` once it is stopped.
    fn next_page<'py>(&self, py: Python<'py>) -> Answer<Option<Bound<'py, PyAny>>> {
        let page = self.await_page(py)?;
        Ok(page.map(|page| sequenced(&page).into_pyobject(py)).transpose()?)
    }

    /// Ends the waiting, from any thread.
    fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}
