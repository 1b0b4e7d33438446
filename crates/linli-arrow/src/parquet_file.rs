//! A table as a Parquet file, written batch by batch.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::TableError;

/// A Parquet file on its way. Meanings, units and exact types stand in it: who reads it with Arrow
/// has the columns of the table.
///
/// ```
/// use linli::journal::MemoryStore;
/// use linli::ledger::{Authority, Ledger};
/// use linli_arrow::{ParquetFile, Scan};
///
/// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
/// let cases = Scan::by("analyst").cases(&ledger)?;
/// let mut file = ParquetFile::begin(Vec::new(), cases.schema())?;
/// cases.batches().iter().try_for_each(|batch| file.write(batch))?;
/// assert!(file.finish()?.starts_with(b"PAR1"));
/// # Ok::<(), linli_arrow::TableError>(())
/// ```
#[derive(Debug)]
pub struct ParquetFile<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> ParquetFile<W> {
    /// The most rows that are written together: so many are in memory.
    const ROWS: usize = 128 * 1_024;

    /// Begins a file with these columns.
    ///
    /// # Errors
    /// [`TableError::Unwritten`].
    pub fn begin(to: W, columns: SchemaRef) -> Result<Self, TableError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(Self::ROWS))
            .build();
        ArrowWriter::try_new(to, columns, Some(properties)).map(Self).map_err(unwritten)
    }

    /// Writes the rows of one batch, behind those before it.
    ///
    /// # Errors
    /// [`TableError::Unwritten`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.0.write(batch).map_err(unwritten)
    }

    /// Writes the end, without which it is no file, and gives back what it was written to.
    ///
    /// # Errors
    /// [`TableError::Unwritten`].
    pub fn finish(self) -> Result<W, TableError> {
        self.0.into_inner().map_err(unwritten)
    }
}

fn unwritten(error: ParquetError) -> TableError {
    TableError::Unwritten(match error {
        ParquetError::External(cause) => io::Error::other(cause),
        other => io::Error::other(other),
    })
}
