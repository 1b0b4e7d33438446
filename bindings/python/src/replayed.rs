//! What a replay found.

use linli::replay::Report;
use linli_arrow::{bills, differences};
use pyo3::prelude::*;

use crate::errors::Answer;
use crate::patience::apart;
use crate::table::Table;

/// The result of a replay.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Replayed {
    /// The tariffs' files; one without a name where the journal's own assignments decide.
    pub(crate) files: Vec<Option<String>>,
    pub(crate) report: Report,
}

#[pymethods]
impl Replayed {
    /// The report as a JSON document.
    fn document(&self) -> String {
        self.report.document(&self.files).to_string()
    }

    /// The fingerprint of all bills, one a tariff.
    fn digests(&self) -> Vec<String> {
        self.report.tariffs.iter().map(|tariff| tariff.digest.to_string()).collect()
    }

    fn bills(&self, py: Python<'_>) -> Answer<Table> {
        Ok(Table(apart(py, || bills(&self.report, &self.files))?))
    }

    fn differences(&self, py: Python<'_>) -> Answer<Table> {
        Ok(Table(apart(py, || differences(&self.report, &self.files))?))
    }
}
