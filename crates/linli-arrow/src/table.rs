//! A table, and how it is filled batch by batch.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};

use crate::TableError;
use crate::column::Column;
use crate::shown::shown;

/// Rows in columns: record batches under one schema. A clone shares the columns.
#[derive(Clone, Debug)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// The most rows of one batch.
    pub const BATCH_ROWS: usize = 8_192;

    pub(crate) fn of(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// The columns' names and types.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The batches in order; none where there is no row.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// A table for each batch, in order. It shares the batch's columns.
    pub fn each_batch(&self) -> impl Iterator<Item = Self> {
        self.batches.iter().map(|batch| Self::of(self.schema(), vec![batch.clone()]))
    }

    /// The batches as a reader, which is what Arrow's streams are made of.
    #[must_use]
    pub fn reader(&self) -> Box<dyn RecordBatchReader + Send> {
        let batches: Vec<Result<RecordBatch, ArrowError>> =
            self.batches.iter().cloned().map(Ok).collect();
        Box::new(RecordBatchIterator::new(batches, self.schema()))
    }

    /// The first rows as people read them; `None` where a value is not known.
    #[must_use]
    pub fn head(&self, rows: usize) -> Vec<Vec<Option<String>>> {
        self.batches.iter().flat_map(rows_shown).take(rows).collect()
    }
}

/// The rows of a batch as people read them: an instant in RFC 3339 and UTC, money as a decimal;
/// `None` where a value is not known.
pub fn rows_shown(batch: &RecordBatch) -> impl Iterator<Item = Vec<Option<String>>> {
    (0..batch.num_rows())
        .map(|row| batch.columns().iter().map(|column| shown(column.as_ref(), row)).collect())
}

/// The columns of one table while they are filled.
pub(crate) trait Columns {
    /// Takes out what was filled in: every column with its name, in order.
    fn take(&mut self) -> Vec<Column>;
}

/// A table on its way: full batches, and the columns of the next one.
pub(crate) struct Filling<C> {
    columns: C,
    rows: usize,
    batches: Vec<RecordBatch>,
}

impl<C: Columns> Filling<C> {
    pub(crate) fn new(columns: C) -> Self {
        Self { columns, rows: 0, batches: Vec::new() }
    }

    /// Puts one row in: `fill` appends exactly one value to every column.
    pub(crate) fn push(
        &mut self,
        fill: impl FnOnce(&mut C) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        fill(&mut self.columns)?;
        self.rows = self.rows.saturating_add(1);
        if self.rows == Table::BATCH_ROWS {
            self.rows = 0;
            let batch = self.batch()?;
            self.batches.push(batch);
        }
        Ok(())
    }

    /// The batch that the last row filled, if it did; whoever takes each has no more than one in
    /// memory.
    pub(crate) fn full(&mut self) -> Option<RecordBatch> {
        self.batches.pop()
    }

    pub(crate) fn finish(mut self) -> Result<Table, TableError> {
        let last = self.batch()?;
        let schema = last.schema();
        if last.num_rows() > 0 {
            self.batches.push(last);
        }
        Ok(Table { schema, batches: self.batches })
    }

    /// The rows that fill no whole batch; perhaps none.
    pub(crate) fn batch(&mut self) -> Result<RecordBatch, TableError> {
        let (fields, arrays): (Vec<_>, Vec<_>) = self.columns.take().into_iter().unzip();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
    }
}
