//! Positions, limits, counts: whole numbers from 0 on.

use pyo3::prelude::*;

use crate::errors::Failed;

/// So much of what is no number is shown.
const SHOWN: usize = 80;

/// A whole number that is not negative.
#[derive(Clone, Copy)]
pub(crate) struct Number(pub(crate) u64);

impl Number {
    /// As a count of things in memory.
    pub(crate) fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = |_| {
            let shown = object.repr().map_or_else(|_| "it".to_owned(), |repr| repr.to_string());
            let shown: String = shown.chars().take(SHOWN).collect();
            Failed::input("NotANumber", format!("{shown} is no whole number from 0 on")).into()
        };
        object.extract().map(Self).map_err(wrong)
    }
}
