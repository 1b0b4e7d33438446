//! Reading page after page, as one snapshot of the journal.

use std::sync::Arc;

use linli::journal::{Direction, EventStore, Page, Position, Query, ReadOptions};
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::errors::Answer;
use crate::event::sequenced;
use crate::held::Held;
use crate::patience::wait;
use crate::turn::Turn;

/// Events that were asked for: the head at the first page, and the pages one by one.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Read {
    store: Held<Arc<dyn EventStore>>,
    query: Query,
    head: Option<Position>,
    turn: Turn,
    rest: Mutex<Rest>,
}

/// What is still to be given.
struct Rest {
    /// A page that was read and not yet given.
    ready: Option<Page>,
    /// How the next page is read; `None`: there is none.
    next: Option<ReadOptions>,
}

impl Read {
    /// Reads the first page.
    pub(crate) fn begin(
        py: Python<'_>,
        store: Held<Arc<dyn EventStore>>,
        query: Query,
        options: ReadOptions,
    ) -> Answer<Self> {
        let page = wait(py, store.get()?.read(&query, options))??;
        let (head, next) = (page.head(), behind(&page, options));
        let rest = Mutex::new(Rest { ready: Some(page), next });
        Ok(Self { store, query, head, turn: Turn::default(), rest })
    }

    /// Takes the next page out. Where that fails it is still the next.
    fn take(&self, py: Python<'_>) -> Answer<Option<Page>> {
        let store = self.store.get()?;
        let _turn = self.turn.take()?;
        if let Some(page) = self.rest.lock().ready.take() {
            return Ok(Some(page));
        }
        let Some(options) = self.rest.lock().next else { return Ok(None) };
        let page = wait(py, store.read(&self.query, options))??;
        self.rest.lock().next = behind(&page, options);
        Ok(Some(page))
    }
}

#[pymethods]
impl Read {
    /// The position of the journal's last event when the reading began.
    #[getter]
    fn head(&self) -> Option<u64> {
        self.head.map(|head| head.0)
    }

    /// The events of the next page, which may be none; `None` behind the last page.
    fn next_page<'py>(&self, py: Python<'py>) -> Answer<Option<Bound<'py, PyAny>>> {
        let page = self.take(py)?;
        Ok(page.map(|page| sequenced(&page).into_pyobject(py)).transpose()?)
    }
}

/// How the page behind this one is read: in the same snapshot, and within what is left to read.
fn behind(page: &Page, options: ReadOptions) -> Option<ReadOptions> {
    let limit = options.limit.map(|limit| limit.saturating_sub(page.len()));
    let until = match options.direction {
        Direction::Forwards => options.until.or(page.head()),
        Direction::Backwards => options.until,
    };
    let next = page.next().filter(|_| limit != Some(0))?;
    Some(ReadOptions { after: Some(next), until, limit, ..options })
}
