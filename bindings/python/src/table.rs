//! A table, given out as an Arrow stream.

use arrow_array::RecordBatch;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_schema::Field;
use linli_arrow::{MEANING, UNIT};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyType};
use sha2::{Digest, Sha256};

use crate::errors::{Answer, Failed};
use crate::rows::{Cell, cell, kind};

/// What a table is made of again: bytes, and their SHA-256.
type Pickled<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// Rows in columns.
#[pyclass(frozen, module = "linli._linli")]
pub(crate) struct Table(pub(crate) linli_arrow::Table);

#[pymethods]
impl Table {
    /// The table that was written as these bytes, if their SHA-256 is this: what unpickling calls.
    #[new]
    fn new(py: Python<'_>, stream: &[u8], sha256: &[u8]) -> Answer<Self> {
        let read = || {
            (Sha256::digest(stream)[..] == *sha256).then(|| linli_arrow::Table::from_ipc(stream))
        };
        let altered = || Failed::input("Altered", "the table was altered on its way; send it anew");
        Ok(Self(py.detach(read).ok_or_else(altered)??))
    }

    /// Pickled, a table goes as its bytes in Arrow's stream format, with their SHA-256.
    fn __reduce__<'py>(&self, py: Python<'py>) -> Answer<(Bound<'py, PyType>, Pickled<'py>)> {
        let stream = py.detach(|| self.0.to_ipc())?;
        let sha256 = PyBytes::new(py, &Sha256::digest(&stream));
        Ok((py.get_type::<Self>(), (PyBytes::new(py, &stream), sha256)))
    }

    /// The rows as an Arrow stream; a schema that is asked for is not looked at.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let stream = FFI_ArrowArrayStream::new(self.0.reader());
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The columns' names and types.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> Answer<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.schema().as_ref());
        let schema = schema.map_err(|error| Failed::input("Columns", error))?;
        Ok(PyCapsule::new_with_value(py, schema, c"arrow_schema")?)
    }

    fn __len__(&self) -> usize {
        self.0.rows()
    }

    /// The columns' names.
    fn columns(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Of each column its name, its unit where it is a quantity, and what it means.
    fn meanings(&self) -> Vec<(String, Option<String>, String)> {
        let told = |field: &Field| {
            let said = |key| field.metadata().get(key).cloned();
            (field.name().clone(), said(UNIT), said(MEANING).unwrap_or_default())
        };
        self.0.schema().fields().iter().map(|field| told(field)).collect()
    }

    /// The batches, each as a table that shares its columns with this one.
    fn batches(&self) -> Vec<Self> {
        self.0.each_batch().map(Self).collect()
    }

    /// Of each column what is to be made of its cells.
    fn kinds(&self) -> Vec<&'static str> {
        self.0.schema().fields().iter().map(|field| kind(field.data_type())).collect()
    }

    /// The rows of a batch, or of all of them, cell by cell.
    fn rows(&self) -> Vec<Vec<Option<Cell>>> {
        let of_batch = |batch: &RecordBatch| -> Vec<_> {
            let row = |row| batch.columns().iter().map(|column| cell(column, row)).collect();
            (0..batch.num_rows()).map(row).collect()
        };
        self.0.batches().iter().flat_map(of_batch).collect()
    }

    /// The first rows as texts; `None` where a value is not known.
    fn head(&self, rows: usize) -> Vec<Vec<Option<String>>> {
        self.0.head(rows)
    }
}
