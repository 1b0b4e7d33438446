//! What a replay found.

use linli::journal::Position;
use linli::replay::Report;
use linli_arrow::{differences, take_bills};
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::errors::Answer;
use crate::patience::apart;
use crate::table::Table;

/// The result of a replay.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Replayed {
    /// The tariffs' files; one without a name where the journal's own assignments decide.
    files: Vec<Option<String>>,
    /// The position after which a snapshot let it go on.
    after: Option<Position>,
    found: Mutex<Found>,
}

/// The report, until its bills become columns: then they are there instead of it.
struct Found {
    report: Report,
    bills: Option<linli_arrow::Table>,
}

impl Replayed {
    pub(crate) fn new(files: Vec<Option<String>>, report: Report, after: Option<Position>) -> Self {
        Self { files, after, found: Mutex::new(Found { report, bills: None }) }
    }
}

#[pymethods]
impl Replayed {
    fn resumed_after(&self) -> Option<u64> {
        self.after.map(|after| after.0)
    }

    /// The report as a JSON document.
    fn document(&self, py: Python<'_>) -> PyResult<String> {
        apart(py, || self.found.lock().report.document(&self.files).to_string())
    }

    /// The fingerprint of all bills, one a tariff.
    fn digests(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        apart(py, || {
            let found = self.found.lock();
            found.report.tariffs.iter().map(|tariff| tariff.digest.to_string()).collect()
        })
    }

    fn bills(&self, py: Python<'_>) -> Answer<Table> {
        apart(py, || {
            let mut found = self.found.lock();
            if let Some(bills) = &found.bills {
                return Ok(Table(bills.clone()));
            }
            let bills = take_bills(&mut found.report, &self.files)?;
            found.bills = Some(bills.clone());
            Ok(Table(bills))
        })?
    }

    fn differences(&self, py: Python<'_>) -> Answer<Table> {
        apart(py, || Ok(Table(differences(&self.found.lock().report, &self.files)?)))?
    }
}
