//! Events as they come.

use std::sync::Arc;

use linli::journal::{self, EventStore, Page, Position, Query, Stopper};
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::errors::Answer;
use crate::event::sequenced;
use crate::held::Held;
use crate::patience::{GLANCE, apart};
use crate::turn::Turn;

/// The events that match, those that are there and those that come, until it is stopped.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Subscription {
    turn: Turn,
    /// Whoever has the turn has it locked as long.
    inner: Held<Mutex<journal::Subscription>>,
    stopper: Stopper,
}

impl Subscription {
    pub(crate) fn new(store: Arc<dyn EventStore>, query: Query, after: Option<Position>) -> Self {
        let inner = journal::Subscription::new(store, query, after);
        let stopper = inner.stopper();
        Self { turn: Turn::default(), inner: Held::new(Mutex::new(inner)), stopper }
    }

    /// The next page that has events; `None` once it is over.
    fn await_page(&self, py: Python<'_>) -> Answer<Option<Page>> {
        let inner = self.inner.get()?;
        let _turn = self.turn.take()?;
        let mut locked = inner.lock();
        let inner: &mut journal::Subscription = &mut locked;
        while !inner.is_over() {
            let page = apart(py, || inner.look(GLANCE))??;
            if page.is_some() {
                return Ok(page);
            }
            py.check_signals()?;
        }
        Ok(None)
    }
}

#[pymethods]
impl Subscription {
    /// The events of the next page that has any; `None` once it is over.
    fn next_page<'py>(&self, py: Python<'py>) -> Answer<Option<Bound<'py, PyAny>>> {
        let page = self.await_page(py)?;
        Ok(page.map(|page| sequenced(&page).into_pyobject(py)).transpose()?)
    }

    /// Ends the waiting, from any thread.
    fn stop(&self) {
        self.stopper.stop();
    }
}
