//! What a replay found.

use linli::SessionKey;
use linli::charging::tariff::Tariff;
use linli::ledger::Ledger;
use linli::replay::{Replay, Report};
use linli_arrow::{bills, differences};
use pyo3::prelude::*;

use crate::errors::{Answer, Failed};
use crate::number::Number;
use crate::table::Table;
use crate::text::Text;

/// The result of a replay.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Replayed {
    pub(crate) ledger: Ledger,
    /// The replay without its tariffs: bounds and actor.
    pub(crate) replay: Replay,
    pub(crate) tariffs: Vec<Tariff>,
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
        Ok(Table(py.detach(|| bills(&self.report, &self.files))?))
    }

    fn differences(&self, py: Python<'_>) -> Answer<Table> {
        Ok(Table(py.detach(|| differences(&self.report, &self.files))?))
    }

    /// One bill as a JSON document, under the tariff at this place.
    fn explain(&self, py: Python<'_>, session: Text, tariff: Number) -> Answer<String> {
        let Text(session) = session;
        let key: SessionKey = session.parse()?;
        let Some(file) = self.files.get(tariff.count()) else {
            let count = self.files.len();
            let sentence =
                format!("there is no tariff {}; {count} were given, from 0 on", tariff.0);
            return Err(Failed::input("UnknownTariff", sentence));
        };
        let under = self.tariffs.get(tariff.count()).into_iter();
        let replay = under.fold(self.replay.clone(), Replay::and);
        let explanation = py.detach(|| replay.explain(&self.ledger, &key))?;
        Ok(explanation.document(file.as_deref()).to_string())
    }
}
