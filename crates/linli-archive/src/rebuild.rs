//! A segment back to the appends that it was made of.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::types::UInt64Type;
use arrow_array::{
    Array, BinaryArray, BooleanArray, ListArray, PrimitiveArray, RecordBatch, StringArray,
};
use bytes::Bytes;
use linli::journal::{
    Append, Checkpoint, Content, Digest, Event, IdempotencyKey, Position, Sealed, Tags, Whole,
};
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use uuid::Uuid;

use crate::Segment;
use crate::columns::Columns;

/// The appends of a file that was compared with its SHA-256; `None` where its columns say anything
/// else than that segment's whole appends.
pub(crate) fn appends(file: Bytes, segment: &Segment) -> Option<Vec<Whole>> {
    unless_it_panics(|| appends_of(file, segment))
}

/// Parquet's reader panics at some files that it does not take: then it is none of ours.
pub(crate) fn unless_it_panics<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

fn appends_of(file: Bytes, segment: &Segment) -> Option<Vec<Whole>> {
    let batches = rows(file)?;
    let mut appends: Vec<Whole> = Vec::new();
    let mut next = segment.first.0;
    for batch in batches {
        let rows = Rows::of(&batch.ok()?)?;
        for row in 0..rows.position.len() {
            if rows.position.value(row) != next {
                return None;
            }
            let begins = rows.append_first.value(row) == next;
            if begins {
                appends.push(Whole { first: Position(next), append: rows.append(row)? });
            }
            let whole = appends.last_mut()?;
            if whole.first.0 != rows.append_first.value(row) {
                return None;
            }
            let index = whole.append.events.len();
            let event = rows.event(row, whole.append.key.map(|key| key.event_id(index)))?;
            whole.append.events.push(event);
            next = next.checked_add(1)?;
        }
    }
    (next.checked_sub(1) == Some(segment.last.0)).then_some(appends)
}

/// The rows of a file. The schema that Arrow keeps in it beside Parquet's own is passed over: its
/// reader panics at a type that it does not know.
pub(crate) fn rows(file: Bytes) -> Option<ParquetRecordBatchReader> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options);
    reader.ok()?.build().ok()
}

/// Whether the file has these appends' rows and nothing else: also the columns that are told for
/// whoever looks, and no further one.
pub(crate) fn is_of(file: Bytes, appends: &[Whole]) -> bool {
    let mut columns = Columns::new();
    for whole in appends {
        columns.push(whole);
    }
    columns.batch().is_ok_and(|again| holds(file, &again))
}

/// Whether the file has these rows and columns, and nothing else.
pub(crate) fn holds(file: Bytes, again: &RecordBatch) -> bool {
    unless_it_panics(|| Some(has_rows(file, again))).unwrap_or(false)
}

fn has_rows(file: Bytes, again: &RecordBatch) -> bool {
    let Some(batches) = rows(file) else { return false };
    let names = |batch: &RecordBatch| -> Vec<String> {
        batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    };
    let mut rows = 0_usize;
    for batch in batches {
        let Ok(batch) = batch else { return false };
        let end = rows.saturating_add(batch.num_rows());
        if end > again.num_rows() || names(&batch) != names(again) {
            return false;
        }
        if again.slice(rows, batch.num_rows()).columns() != batch.columns() {
            return false;
        }
        rows = end;
    }
    rows == again.num_rows()
}

/// The columns of some rows.
struct Rows {
    position: PrimitiveArray<UInt64Type>,
    append_first: PrimitiveArray<UInt64Type>,
    id: StringArray,
    kind: StringArray,
    tags: ListArray,
    metadata: BinaryArray,
    payload: BinaryArray,
    append_metadata: BinaryArray,
    key: StringArray,
    content: BinaryArray,
    sealed_content: BinaryArray,
    sealed_key_destroyed: BooleanArray,
    source: StringArray,
    source_position: PrimitiveArray<UInt64Type>,
}

impl Rows {
    fn of(batch: &RecordBatch) -> Option<Self> {
        Some(Self {
            position: column(batch, "position")?,
            append_first: column(batch, "append_first")?,
            id: column(batch, "id")?,
            kind: column(batch, "type")?,
            tags: column(batch, "tags")?,
            metadata: column(batch, "metadata")?,
            payload: column(batch, "payload")?,
            append_metadata: column(batch, "append_metadata")?,
            key: column(batch, "key")?,
            content: column(batch, "content")?,
            sealed_content: column(batch, "sealed_content")?,
            sealed_key_destroyed: column(batch, "sealed_key_destroyed")?,
            source: column(batch, "source")?,
            source_position: column(batch, "source_position")?,
        })
    }

    /// What the row's append states once, with no event yet.
    fn append(&self, row: usize) -> Option<Append> {
        let mut append = Append::default().metadata(self.append_metadata.value(row));
        if self.key.is_valid(row) {
            append.key = Some(IdempotencyKey(Uuid::parse_str(self.key.value(row)).ok()?));
            append.content = Some(self.content(row)?);
        }
        if self.source.is_valid(row) {
            let position = Position(self.source_position.value(row));
            let source = self.source.value(row).to_owned();
            append.checkpoint = Some(Checkpoint { source, position });
        }
        Some(append)
    }

    fn content(&self, row: usize) -> Option<Content> {
        let sealed = match self.sealed_content.is_valid(row) {
            true => Sealed::Keyed(digest(&self.sealed_content, row)?),
            false if self.sealed_key_destroyed.value(row) => Sealed::KeyDestroyed,
            false => Sealed::Nothing,
        };
        Some(Content { clear: digest(&self.content, row)?, sealed })
    }

    /// The row's event. An id that follows from the append's key is left out, as a journal does.
    fn event(&self, row: usize, derived: Option<Uuid>) -> Option<Event> {
        let id = Uuid::parse_str(self.id.value(row)).ok()?;
        let tags = self.tags.value(row);
        let tags = tags.as_any().downcast_ref::<StringArray>()?;
        Some(Event {
            id: Some(id).filter(|id| Some(*id) != derived),
            event_type: self.kind.value(row).to_owned(),
            tags: (0..tags.len()).map(|tag| tags.value(tag)).collect::<Tags>(),
            metadata: self.metadata.value(row).to_vec(),
            payload: self.payload.value(row).to_vec(),
        })
    }
}

fn digest(column: &BinaryArray, row: usize) -> Option<Digest> {
    column.value(row).try_into().ok()
}

pub(crate) fn column<T: Array + Clone + 'static>(batch: &RecordBatch, name: &str) -> Option<T> {
    batch.column_by_name(name)?.as_any().downcast_ref::<T>().cloned()
}
