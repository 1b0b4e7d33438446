//! One table as a file: Parquet, or CSV.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use clap::ValueEnum;
use linli_arrow::{ParquetFile, TableError, rows_shown};
use linli_interchange::cell;

use crate::failure::Failure;
use crate::whole_file::WholeFile;

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileForm {
    /// Columns with their exact types, meanings and units
    Parquet,
    /// Texts; what is not known is empty, instants are RFC 3339 in UTC
    Csv,
}

impl FileForm {
    fn ending(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// A file that batches are written to. Which columns it has is known with the first of them.
pub(super) struct TableFile {
    file: WholeFile,
    form: FileForm,
    begun: Option<Begun>,
    rows: u64,
}

enum Begun {
    Parquet(Box<ParquetFile<File>>),
    Csv(Box<csv::Writer<File>>),
}

impl TableFile {
    /// Begins the file of a table in a folder.
    pub(super) fn begin(folder: &Path, name: &str, form: FileForm) -> Result<Self, Failure> {
        let file = WholeFile::begin(&folder.join(format!("{name}.{}", form.ending())))?;
        Ok(Self { file, form, begun: None, rows: 0 })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.rows = self.rows.saturating_add(batch.num_rows() as u64);
        match self.begun(batch.schema())? {
            Begun::Parquet(file) => file.write(batch),
            Begun::Csv(file) => write_cells(file, batch).map_err(unwritten),
        }
    }

    /// Puts the file in its place and gives the number of its rows. Where nothing was written it
    /// has these columns and no row.
    pub(super) fn finish(mut self, columns: SchemaRef) -> Result<u64, Failure> {
        let failed = |error: &TableError| Failure::input(error);
        self.begun(columns).map_err(|error| failed(&error))?;
        let ended = match self.begun.take() {
            Some(Begun::Parquet(file)) => file.finish().map(drop),
            Some(Begun::Csv(mut file)) => file.flush().map_err(TableError::Unwritten),
            None => Ok(()),
        };
        ended.map_err(|error| self.file.failed(&error))?;
        self.file.finish()?;
        Ok(self.rows)
    }

    fn begun(&mut self, columns: SchemaRef) -> Result<&mut Begun, TableError> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => self.headed(columns)?,
        };
        Ok(self.begun.insert(begun))
    }

    fn headed(&self, columns: SchemaRef) -> Result<Begun, TableError> {
        let to = self.file.to().try_clone().map_err(TableError::Unwritten)?;
        match self.form {
            FileForm::Parquet => {
                ParquetFile::begin(to, columns).map(|file| Begun::Parquet(Box::new(file)))
            }
            FileForm::Csv => {
                let mut file = csv::Writer::from_writer(to);
                let names = columns.fields().iter().map(|field| field.name());
                file.write_record(names).map_err(unwritten)?;
                Ok(Begun::Csv(Box::new(file)))
            }
        }
    }
}

/// Writes a line a row. A text of others is written so that no spreadsheet calculates it; a number
/// is one, with its minus.
fn write_cells(file: &mut csv::Writer<impl io::Write>, batch: &RecordBatch) -> csv::Result<()> {
    let columns = batch.schema();
    for row in rows_shown(batch) {
        for (field, shown) in columns.fields().iter().zip(row) {
            let shown = shown.unwrap_or_default();
            let cell = match field.data_type() {
                DataType::Utf8 | DataType::Dictionary(..) | DataType::List(_) => {
                    cell::written(&shown)
                }
                _ => Cow::Borrowed(&*shown),
            };
            file.write_field(cell.as_bytes())?;
        }
        file.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

fn unwritten(error: csv::Error) -> TableError {
    TableError::Unwritten(io::Error::other(error))
}
