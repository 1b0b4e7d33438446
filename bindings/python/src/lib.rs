//! The private module `linli._linli`: what the package `linli` translates from Rust to Python.
//!
//! It holds no rule. A class stands in a file of its own; waiting and errors are said once.

mod address;
mod errors;
mod event;
mod event_store;
mod held;
mod items;
mod ledger;
mod log;
mod number;
mod patience;
mod read;
mod replayed;
mod request;
mod rows;
mod subscription;
mod table;
mod text;
mod turn;

use pyo3::prelude::*;

/// Linli for Python: import `linli`, not this.
#[pymodule]
mod _linli {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_export]
    use super::event_store::EventStore;
    #[pymodule_export]
    use super::ledger::Ledger;
    #[pymodule_export]
    use super::read::Read;
    #[pymodule_export]
    use super::replayed::Replayed;
    #[pymodule_export]
    use super::subscription::Subscription;
    #[pymodule_export]
    use super::table::Table;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::log::begin();
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        module.add("ZONE_DATABASE", chrono_tz::IANA_TZDB_VERSION)
    }
}
