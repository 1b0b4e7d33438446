//! A table as the bytes of an Arrow stream, and back: so it goes from one process to another.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};

use crate::column::is_of_tables;
use crate::{Table, TableError};

/// What a whole stream ends with. Readers do without; a stream that was cut where a batch ends
/// would be a table with fewer rows.
const END: [u8; 8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

impl Table {
    /// The table in Arrow's stream format: meanings, units and exact types stand in it.
    ///
    /// ```
    /// use linli::journal::MemoryStore;
    /// use linli::ledger::{Authority, Ledger};
    /// use linli_arrow::{Scan, Table};
    ///
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// let cases = Scan::by("analyst").cases(&ledger)?;
    /// let arrived = Table::from_ipc(&cases.to_ipc()?)?;
    /// assert_eq!(arrived.schema(), cases.schema());
    /// # Ok::<(), linli_arrow::TableError>(())
    /// ```
    ///
    /// # Errors
    /// [`TableError::Columns`].
    pub fn to_ipc(&self) -> Result<Vec<u8>, TableError> {
        let mut writer = StreamWriter::try_new(Vec::new(), &self.schema())?;
        for batch in self.batches() {
            writer.write(batch)?;
        }
        Ok(writer.into_inner()?)
    }

    /// The table that was written so. Bytes that were altered on the way are mostly no stream, and
    /// may be another table: whoever sends them sends their digest too.
    ///
    /// # Errors
    /// [`TableError::NoStream`] for bytes that are none, or not all of them;
    /// [`TableError::NoTable`] for those of a table with other types than ours.
    pub fn from_ipc(stream: &[u8]) -> Result<Self, TableError> {
        if !stream.ends_with(&END) {
            let cut = ArrowError::IpcError("the end is missing".to_owned());
            return Err(TableError::NoStream(cut));
        }
        let (schema, batches) = parsed(stream).map_err(TableError::NoStream)?;
        if let Some(other) = schema.fields().iter().find(|own| !is_of_tables(own.data_type())) {
            let (column, of) = (other.name().clone(), other.data_type().clone());
            return Err(TableError::NoTable { column, of });
        }
        Ok(Self::of(schema, batches))
    }
}

/// What Arrow reads. It panics where some lengths in the bytes contradict each other.
fn parsed(stream: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let read = || {
        let reader = StreamReader::try_new(Cursor::new(stream), None)?;
        Ok((reader.schema(), reader.collect::<Result<_, _>>()?))
    };
    let panicked = |_| Err(ArrowError::IpcError("its lengths contradict each other".to_owned()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(panicked)
}
