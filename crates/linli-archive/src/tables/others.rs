//! The events of charging that no plain session tells, to a file of columns, and back as pages.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, BinaryBuilder, StringBuilder, UInt64Builder};
use arrow_array::types::UInt64Type;
use arrow_array::{Array as _, ArrayRef, BinaryArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, Field, Schema};
use bytes::Bytes;
use linli::journal::{Columns, EventView, Page, PageBuilder, Position, ReadOptions, Row};
use uuid::Uuid;

use crate::rebuild::{column, rows, unless_it_panics};

/// The columns while they are filled.
#[derive(Default)]
pub(super) struct Others {
    position: UInt64Builder,
    append: UInt64Builder,
    kind: StringBuilder,
    metadata: BinaryBuilder,
    payload: BinaryBuilder,
    append_metadata: BinaryBuilder,
    /// The append of the last event.
    open: Option<Position>,
}

impl Others {
    /// An event, and the first position of its append.
    pub(super) fn push(&mut self, append: Position, view: &EventView<'_>) {
        self.position.append_value(view.position.0);
        self.append.append_value(append.0);
        self.kind.append_value(view.event_type);
        self.metadata.append_value(view.metadata);
        self.payload.append_value(view.payload);
        // What an append states once stands with the first of its events that is here.
        let is_next = self.open.replace(append) != Some(append);
        self.append_metadata.append_option(is_next.then_some(view.append_metadata));
    }

    pub(super) fn batch(&mut self) -> Result<RecordBatch, ArrowError> {
        let columns: [(&str, bool, &mut dyn ArrayBuilder); 6] = [
            ("position", false, &mut self.position),
            ("append_first", false, &mut self.append),
            ("type", false, &mut self.kind),
            ("metadata", false, &mut self.metadata),
            ("payload", false, &mut self.payload),
            ("append_metadata", true, &mut self.append_metadata),
        ];
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns
            .into_iter()
            .map(|(name, may_be_null, builder)| {
                let array = builder.finish();
                (Field::new(name, array.data_type().clone(), may_be_null), array)
            })
            .unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }
}

/// The events of a file that was compared with its SHA-256, as pages; `None` where its columns are
/// not those of events.
pub(super) fn pages(file: Bytes, last: Position) -> Option<Vec<Page>> {
    unless_it_panics(|| {
        let mut append = None;
        rows(file)?.map(|batch| page(&batch.ok()?, last, &mut append)).collect()
    })
}

/// A page of a batch; `append` is the last one of those before it, with what it states once.
fn page(batch: &RecordBatch, last: Position, append: &mut Option<(u64, Vec<u8>)>) -> Option<Page> {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let mut page = PageBuilder::new(Some(last), &options);
    let position: PrimitiveArray<UInt64Type> = column(batch, "position")?;
    let append_first: PrimitiveArray<UInt64Type> = column(batch, "append_first")?;
    let kind: StringArray = column(batch, "type")?;
    let metadata: BinaryArray = column(batch, "metadata")?;
    let payload: BinaryArray = column(batch, "payload")?;
    let append_metadata: BinaryArray = column(batch, "append_metadata")?;
    for row in 0..batch.num_rows() {
        if append_metadata.is_valid(row) {
            *append = Some((append_first.value(row), append_metadata.value(row).to_vec()));
        }
        let (open, stated) = append.as_ref()?;
        if *open != append_first.value(row) {
            return None;
        }
        let event_type = page.event_type(kind.value(row));
        let (position, id) = (Position(position.value(row)), Uuid::nil());
        let (metadata, payload) = (metadata.value(row), payload.value(row));
        page.push(*open, stated, &Row { position, id, event_type, tags: &[], metadata, payload });
    }
    Some(page.last())
}
