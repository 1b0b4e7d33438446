//! Tables beside the segments: what a replay takes instead of their events, and what DuckDB, Polars
//! or Spark read as sessions. They are derived: a seal makes those that the manifest does not list.

mod figures;
mod others;
mod range;
mod rows;
mod sessions;

use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use linli::journal::{Columns, Page, PageBuilder, ReadOptions, Row, Whole};
use linli::proof::Leaf;
use linli::replay::PlainSessions;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use pollster::block_on;

use crate::hold::Held;
use crate::manifest::{File, OTHERS, SESSIONS, Table};
use crate::{Archive, ArchiveError, Manifest, Segment, rebuild};
use others::Others;
pub(crate) use range::ArchivedRange;

/// How many events a table stands for at most, but for a segment that alone has more: who makes or
/// reads one holds its sessions in memory.
pub(crate) const TABLE_EVENTS: u64 = 2_097_152;

/// The two tables of a range as columns.
pub(crate) struct Made {
    plain: PlainSessions,
    sessions: RecordBatch,
    others: RecordBatch,
}

/// The segments behind a position that make the next table, of so many events at most.
fn next_table(segments: &[Segment], last: u64, most: u64) -> &[Segment] {
    let behind = segments.partition_point(|segment| segment.last.0 <= last);
    let left = segments.get(behind..).unwrap_or_default();
    let most = last.saturating_add(most);
    let fitting = left.partition_point(|segment| segment.last.0 <= most);
    left.get(..fitting.max(1)).unwrap_or_default()
}

impl Held<'_> {
    /// Makes a table of the next segments that have none, and lists it. `Break` where there are
    /// none, or none that this version can read.
    pub(crate) fn make_table(&mut self, most: u64) -> Result<ControlFlow<()>, ArchiveError> {
        let manifest = &self.manifest;
        let segments = next_table(&manifest.segments, manifest.tabled(), most);
        let table = self.archive.put_table(manifest, segments)?;
        let Some(table) = table else { return Ok(ControlFlow::Break(())) };
        self.manifest.tables.push(table);
        self.list()?;
        Ok(ControlFlow::Continue(()))
    }
}

impl Archive {
    /// What the tables of some segments say, behind those of the table before; `None` where one of
    /// their events is none that this version knows.
    fn made(
        &self,
        before: Option<&Table>,
        segments: &[Segment],
    ) -> Result<Option<Made>, ArchiveError> {
        let told =
            |error: arrow_schema::ArrowError| ArchiveError::Columns { reason: error.to_string() };
        let before = before.map(|table| self.others_of(table)).transpose()?.unwrap_or_default();
        let Ok(mut plain) = PlainSessions::after(&before) else { return Ok(None) };
        for segment in segments {
            if plain.take(&page(&block_on(self.read(segment))?)).is_err() {
                return Ok(None);
            }
        }
        let mut plain = plain.ended();
        let mut others = Others::default();
        for segment in segments {
            let appends = block_on(self.read(segment))?;
            let page = page(&appends);
            let Ok(left) = plain.others(&page) else { return Ok(None) };
            for index in left {
                let number = page.append_of().get(index).and_then(|of| usize::try_from(*of).ok());
                let append = number.and_then(|number| appends.get(number));
                if let (Some(append), Some(view)) = (append, page.event(index)) {
                    others.push(append.first, &view);
                }
            }
        }
        let sessions = sessions::batch(&plain.in_order()).map_err(told)?;
        Ok(Some(Made { plain, sessions, others: others.batch().map_err(told)? }))
    }

    /// The events of charging that the sessions of a table do not tell.
    pub(crate) fn others_of(&self, table: &Table) -> Result<Vec<Page>, ArchiveError> {
        let file = block_on(self.file_of(&table.others, table.first))?;
        let what = "its columns are not those of events";
        others::pages(file, table.last).ok_or_else(|| ArchiveError::Damaged {
            file: self.place.file(&table.others.file),
            position: table.first,
            what,
        })
    }

    /// Writes the tables of the segments behind those that have some.
    fn put_table(
        &self,
        manifest: &Manifest,
        segments: &[Segment],
    ) -> Result<Option<Table>, ArchiveError> {
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Ok(None);
        };
        let range = (first.first, last.last);
        let made = self.made(manifest.tables.last(), segments)?;
        let Some(Made { sessions, others, .. }) = made else { return Ok(None) };
        let put = |folder: &str, batch: &RecordBatch| {
            let bytes = written(batch)
                .map_err(|error| ArchiveError::Columns { reason: error.to_string() })?;
            let name = manifest.file_name(folder, range);
            let file = File::of(name, &bytes, batch.num_rows() as u64);
            block_on(self.place.put(&file.file, bytes.into()))?;
            Ok::<_, ArchiveError>(file)
        };
        let (sessions, others) = (put(SESSIONS, &sessions)?, put(OTHERS, &others)?);
        Ok(Some(Table { first: range.0, last: range.1, sessions, others }))
    }

    /// What is wrong with a table: a file of it, or that it says something else than its segments.
    pub(crate) fn differs(
        &self,
        before: Option<&Table>,
        table: &Table,
        segments: &[Segment],
    ) -> Result<Option<(String, &'static str)>, ArchiveError> {
        let made = self.made(before, segments)?;
        let made = made.as_ref();
        for (file, of, plain) in [
            (&table.sessions, made.map(|made| &made.sessions), made.map(|made| &made.plain)),
            (&table.others, made.map(|made| &made.others), None),
        ] {
            let bytes = match block_on(self.file_of(file, table.first)) {
                Err(ArchiveError::Damaged { file, what, .. }) => return Ok(Some((file, what))),
                bytes => bytes?,
            };
            let is_so = of.is_some_and(|batch| {
                file.rows == batch.num_rows() as u64 && rebuild::holds(bytes.clone(), batch)
            });
            // A replay has a reader of its own.
            let is_read_so = plain.is_none_or(|plain| rows::tells(&bytes, &plain.in_order()));
            if !is_so || !is_read_so {
                let what = "it is not what the segments say";
                return Ok(Some((self.place.file(&file.file), what)));
            }
        }
        Ok(None)
    }
}

/// Whole appends as one page, without what a replay does not read.
fn page(appends: &[Whole]) -> Page {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let mut page = PageBuilder::new(appends.last().map(Whole::last), &options);
    for (number, whole) in (0_u64..).zip(appends) {
        for leaf in Leaf::of(whole) {
            let event_type = page.event_type(&leaf.event.event_type);
            let (metadata, payload) = (&*leaf.event.metadata, &*leaf.event.payload);
            let (position, id) = (leaf.position, leaf.id);
            let row = Row { position, id, event_type, tags: &[], metadata, payload };
            page.push(number, leaf.append_metadata, &row);
        }
    }
    page.last()
}

/// The rows as a Parquet file.
fn written(batch: &RecordBatch) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_created_by("linli archive v1".to_owned())
        .set_compression(Compression::SNAPPY)
        .set_column_dictionary_enabled(ColumnPath::from("session"), false);
    let lists = ["sample_at", "sample_register", "sample_power"];
    let lists = lists
        .map(|name| ColumnPath::from(vec![name.to_owned(), "list".to_owned(), "item".to_owned()]));
    let plain = ["position", "started_at", "ended_at", "start_register", "end_register"];
    for column in lists.into_iter().chain(plain.map(ColumnPath::from)) {
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    let mut file = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.build()))?;
    file.write(batch)?;
    file.into_inner()
}
