//! Texts as Rust has them: whole characters, in UTF-8.

use std::ops::Deref;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::Failed;

/// A text. Python's may hold half of a character (a lone surrogate), which no journal can keep.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) String);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self).map_err(|error| match object.cast::<PyString>() {
            Ok(text) => {
                let shown = text.to_string_lossy();
                let shown: String = shown.chars().take(48).collect();
                let sentence = format!("`{shown}` holds half of a character; take it out");
                Failed::input("NotUnicode", sentence).into()
            }
            Err(_) => error,
        })
    }
}
