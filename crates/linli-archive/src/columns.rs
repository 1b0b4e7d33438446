//! Appends to the columns of a segment, and these to a file.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BinaryBuilder, BooleanBuilder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use linli::codec::{Reader, Recorded};
use linli::journal::{Append, EventView, Position, Sealed, Whole};
use linli::proof::Leaf;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::ArchiveError;

/// Rows that are skipped or read together: what a reader prunes by.
const GROUP_ROWS: usize = 8_192;

/// The columns of a segment while they are filled.
#[derive(Debug)]
pub(crate) struct Columns {
    position: UInt64Builder,
    append_first: UInt64Builder,
    id: StringBuilder,
    kind: StringBuilder,
    tags: ListBuilder<StringBuilder>,
    community: StringBuilder,
    occurred_at: TimestampMicrosecondBuilder,
    recorded_at: TimestampMicrosecondBuilder,
    metadata: BinaryBuilder,
    payload: BinaryBuilder,
    append_metadata: BinaryBuilder,
    key: StringBuilder,
    content: BinaryBuilder,
    sealed_content: BinaryBuilder,
    sealed_key_destroyed: BooleanBuilder,
    source: StringBuilder,
    source_position: UInt64Builder,
    /// Decodes what is told for whoever looks.
    reader: Reader,
}

impl Columns {
    pub(crate) fn new() -> Self {
        Self {
            position: UInt64Builder::new(),
            append_first: UInt64Builder::new(),
            id: StringBuilder::new(),
            kind: StringBuilder::new(),
            tags: ListBuilder::new(StringBuilder::new()),
            community: StringBuilder::new(),
            occurred_at: instants(),
            recorded_at: instants(),
            metadata: BinaryBuilder::new(),
            payload: BinaryBuilder::new(),
            append_metadata: BinaryBuilder::new(),
            key: StringBuilder::new(),
            content: BinaryBuilder::new(),
            sealed_content: BinaryBuilder::new(),
            sealed_key_destroyed: BooleanBuilder::new(),
            source: StringBuilder::new(),
            source_position: UInt64Builder::new(),
            reader: Reader::default(),
        }
    }

    /// A row for each of its events.
    pub(crate) fn push(&mut self, whole: &Whole) {
        // Events of others are kept too; only what they mean is not known.
        let recorded = Recorded::decode(&whole.append.metadata).ok();
        for leaf in Leaf::of(whole) {
            self.push_event(whole.first, &leaf);
            let recorded_at = recorded.as_ref().map(|recorded| recorded.recorded_at.0);
            self.recorded_at.append_option(recorded_at);
            // A thousand events may share a megabyte, which is kept once.
            self.push_origin(Some(&whole.append).filter(|_| leaf.position == whole.first));
        }
    }

    fn push_event(&mut self, append_first: Position, leaf: &Leaf<'_>) {
        let event = leaf.event;
        let view = EventView {
            position: leaf.position,
            id: leaf.id,
            event_type: &event.event_type,
            append_metadata: leaf.append_metadata,
            metadata: &event.metadata,
            payload: &event.payload,
        };
        let happened = self.reader.decode(&view).ok();
        self.position.append_value(leaf.position.0);
        self.append_first.append_value(append_first.0);
        self.id.append_value(leaf.id.to_string());
        self.kind.append_value(&event.event_type);
        event.tags.iter().for_each(|tag| self.tags.values().append_value(tag));
        self.tags.append(true);
        self.community.append_option(happened.as_ref().map(|happened| happened.scope.to_string()));
        self.occurred_at.append_option(happened.map(|happened| happened.at.0));
        self.metadata.append_value(&event.metadata);
        self.payload.append_value(&event.payload);
    }

    fn push_origin(&mut self, append: Option<&Append>) {
        self.append_metadata.append_option(append.map(|append| &append.metadata));
        let key = append.and_then(|append| append.key);
        self.key.append_option(key.map(|key| key.to_string()));
        let content = append.and_then(|append| append.content);
        self.content.append_option(content.map(|content| content.clear));
        let sealed = content.map(|content| content.sealed);
        self.sealed_content.append_option(match sealed {
            Some(Sealed::Keyed(digest)) => Some(digest),
            _ => None,
        });
        let is_destroyed = sealed.map(|sealed| sealed == Sealed::KeyDestroyed);
        self.sealed_key_destroyed.append_option(is_destroyed);
        let checkpoint = append.and_then(|append| append.checkpoint.as_ref());
        self.source.append_option(checkpoint.map(|checkpoint| &checkpoint.source));
        self.source_position.append_option(checkpoint.map(|checkpoint| checkpoint.position.0));
    }

    /// The rows as a Parquet file. The same rows are the same bytes.
    pub(crate) fn file(mut self) -> Result<Vec<u8>, ArchiveError> {
        let told = |error: &dyn ToString| ArchiveError::Columns { reason: error.to_string() };
        let batch = self.batch().map_err(|error| told(&error))?;
        let mut properties = WriterProperties::builder()
            .set_created_by("linli archive v1".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            // A type is one of many in every range, so that least and greatest say nothing.
            .set_column_bloom_filter_enabled(ColumnPath::from("type"), true)
            .set_column_bloom_filter_max_ndv(ColumnPath::from("type"), 256);
        for rising in ["position", "occurred_at"].map(ColumnPath::from) {
            properties = properties
                .set_column_dictionary_enabled(rising.clone(), false)
                .set_column_encoding(rising, Encoding::DELTA_BINARY_PACKED);
        }
        let write = || -> Result<Vec<u8>, parquet::errors::ParquetError> {
            let mut file =
                ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.build()))?;
            file.write(&batch)?;
            file.into_inner()
        };
        write().map_err(|error| told(&error))
    }

    /// The rows as they stand in the file.
    pub(crate) fn batch(&mut self) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let columns: [(&str, bool, &mut dyn ArrayBuilder); 17] = [
            ("position", false, &mut self.position),
            ("append_first", false, &mut self.append_first),
            ("id", false, &mut self.id),
            ("type", false, &mut self.kind),
            ("tags", false, &mut self.tags),
            ("community", true, &mut self.community),
            ("occurred_at", true, &mut self.occurred_at),
            ("recorded_at", true, &mut self.recorded_at),
            ("metadata", false, &mut self.metadata),
            ("payload", false, &mut self.payload),
            ("append_metadata", true, &mut self.append_metadata),
            ("key", true, &mut self.key),
            ("content", true, &mut self.content),
            ("sealed_content", true, &mut self.sealed_content),
            ("sealed_key_destroyed", true, &mut self.sealed_key_destroyed),
            ("source", true, &mut self.source),
            ("source_position", true, &mut self.source_position),
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

/// Instants in microseconds, UTC.
pub(crate) fn instants() -> TimestampMicrosecondBuilder {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    TimestampMicrosecondBuilder::new().with_data_type(utc)
}
