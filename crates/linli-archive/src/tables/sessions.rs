//! Plain sessions to a file of columns, and back one by one.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, Int64Builder, ListBuilder, TimestampMicrosecondBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{ArrowPrimitiveType, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{ArrowError, Field, Schema};
use bytes::Bytes;
use linli::charging::Reading;
use linli::ledger::{PlainSession, Wanted};
use linli::{Timestamp, WattHours, Zone};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use crate::columns::instants;

/// Sessions that are taken out of the file together.
const BATCH_ROWS: usize = 4_096;

/// What a row cannot say otherwise.
pub(super) struct NoSession;

/// The columns of the sessions, in their order.
pub(super) fn batch(sessions: &[PlainSession<'_>]) -> Result<RecordBatch, ArrowError> {
    let texts = |text: fn(&PlainSession<'_>) -> Option<String>| {
        let texts: StringArray = sessions.iter().map(text).collect();
        Arc::new(texts) as ArrayRef
    };
    let instant = |at: fn(&PlainSession<'_>) -> Timestamp| {
        let instants = sessions.iter().map(|session| at(session).0);
        let instants = TimestampMicrosecondArray::from_iter_values(instants);
        Arc::new(instants.with_timezone("UTC")) as ArrayRef
    };
    let figure = |figure: fn(&PlainSession<'_>) -> Option<i64>| {
        let figures: Int64Array = sessions.iter().map(figure).collect();
        Arc::new(figures) as ArrayRef
    };
    let columns = [
        ("session", false, texts(|session| Some(session.key.to_owned()))),
        ("card", true, texts(|session| session.card.map(str::to_owned))),
        ("connector", true, texts(|session| session.connector.map(str::to_owned))),
        ("zone", false, texts(|session| Some(session.zone.to_string()))),
        ("started_at", false, instant(|session| session.started_at)),
        ("start_register", true, figure(|session| session.start_register)),
        ("ended_at", false, instant(|session| session.ended_at)),
        (
            "end_register",
            true,
            figure(|session| match session.end_reading {
                Some(Reading::Register(register)) => Some(register.0),
                _ => None,
            }),
        ),
        (
            "end_energy",
            true,
            figure(|session| match session.end_reading {
                Some(Reading::Energy(energy)) => Some(energy.0),
                _ => None,
            }),
        ),
        ("stated_seconds", true, figure(|session| session.stated_seconds)),
        ("charging_seconds", true, figure(|session| session.charging_seconds)),
        ("sample_at", false, sample_at(sessions)),
        ("sample_register", false, figures(sessions, |session| Some(session.sample_register))),
        ("begun_before", true, figure(begun_before)),
        (
            "sample_power",
            true,
            figures(sessions, |session| {
                Some(session.sample_power).filter(|power| !power.is_empty())
            }),
        ),
    ];
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns
        .into_iter()
        .map(|(name, may_be_null, array)| {
            (Field::new(name, array.data_type().clone(), may_be_null), array)
        })
        .unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn sample_at(sessions: &[PlainSession<'_>]) -> ArrayRef {
    let item =
        Field::new_list_field(ArrayBuilder::finish(&mut instants()).data_type().clone(), false);
    let mut column = ListBuilder::<TimestampMicrosecondBuilder>::new(instants()).with_field(item);
    for session in sessions {
        column.values().append_slice(session.sample_at);
        column.append(true);
    }
    Arc::new(column.finish())
}

fn figures<'a>(
    sessions: &'a [PlainSession<'a>],
    figures: fn(&'a PlainSession<'a>) -> Option<&'a [i64]>,
) -> ArrayRef {
    let item = Field::new_list_field(arrow_schema::DataType::Int64, false);
    let mut column = ListBuilder::new(Int64Builder::new()).with_field(item);
    for own in sessions.iter().map(figures) {
        column.values().append_slice(own.unwrap_or_default());
        column.append(own.is_some());
    }
    Arc::new(column.finish())
}

/// The columns that are wanted of a file that was compared with its SHA-256.
pub(super) fn read(file: Bytes, wanted: Wanted) -> Result<ParquetRecordBatchReader, ParquetError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let fields = reader.schema().fields().iter();
    let all = fields.map(|field| field.name().clone());
    let names: Vec<String> = match wanted {
        Wanted::Registers => all.filter(|name| name != "sample_power").collect(),
        Wanted::RegistersAndPower => all.collect(),
    };
    let mask = ProjectionMask::columns(reader.parquet_schema(), names.iter().map(String::as_str));
    reader.with_projection(mask).with_batch_size(BATCH_ROWS).build()
}

/// Hands over every session of a batch; `None` where its columns are not those of sessions.
pub(super) fn each<E>(
    batch: &RecordBatch,
    take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), E>,
) -> Result<Result<(), E>, NoSession> {
    let rows = Rows::of(batch).ok_or(NoSession)?;
    let mut zone: Option<(&str, Zone)> = None;
    for row in 0..batch.num_rows() {
        let session = rows.session(row, &mut zone).ok_or(NoSession)?;
        if let Err(stopped) = take(&session) {
            return Ok(Err(stopped));
        }
    }
    Ok(Ok(()))
}

/// The columns of a batch.
struct Rows<'a> {
    session: &'a StringArray,
    card: &'a StringArray,
    connector: &'a StringArray,
    zone: &'a StringArray,
    started_at: &'a [i64],
    start_register: &'a Int64Array,
    ended_at: &'a [i64],
    end_register: &'a Int64Array,
    end_energy: &'a Int64Array,
    stated_seconds: &'a Int64Array,
    charging_seconds: &'a Int64Array,
    begun_before: &'a Int64Array,
    sample_at: Runs<'a>,
    sample_register: Runs<'a>,
    /// Where it was wanted.
    sample_power: Option<Runs<'a>>,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a RecordBatch) -> Option<Self> {
        let text = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
        let figure = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let instant = |name| -> Option<&'a [i64]> {
            let column = batch.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>();
            Some(column?.values())
        };
        let list = |name| batch.column_by_name(name)?.as_list_opt::<i32>();
        Some(Self {
            session: text("session")?,
            card: text("card")?,
            connector: text("connector")?,
            zone: text("zone")?,
            started_at: instant("started_at")?,
            start_register: figure("start_register")?,
            ended_at: instant("ended_at")?,
            end_register: figure("end_register")?,
            end_energy: figure("end_energy")?,
            stated_seconds: figure("stated_seconds")?,
            charging_seconds: figure("charging_seconds")?,
            begun_before: figure("begun_before")?,
            sample_at: Runs::of::<TimestampMicrosecondType>(list("sample_at")?)?,
            sample_register: Runs::of::<Int64Type>(list("sample_register")?)?,
            sample_power: match list("sample_power") {
                Some(list) => Some(Runs::of::<Int64Type>(list)?),
                None => None,
            },
        })
    }

    fn session(&self, row: usize, known: &mut Option<(&'a str, Zone)>) -> Option<PlainSession<'_>> {
        let zone = self.zone.value(row);
        let zone = match *known {
            Some((name, known)) if name == zone => known,
            _ => known.insert((zone, zone.parse().ok()?)).1,
        };
        let register = figure(self.end_register, row).map(WattHours).map(Reading::Register);
        let energy = || figure(self.end_energy, row).map(WattHours).map(Reading::Energy);
        Some(PlainSession {
            key: self.session.value(row),
            connector: text(self.connector, row),
            card: text(self.card, row),
            zone,
            started_at: Timestamp(*self.started_at.get(row)?),
            start_register: figure(self.start_register, row),
            ended_at: Timestamp(*self.ended_at.get(row)?),
            end_reading: register.or_else(energy),
            stated_seconds: figure(self.stated_seconds, row),
            charging_seconds: figure(self.charging_seconds, row),
            sample_at: self.sample_at.get(row)?,
            sample_register: self.sample_register.get(row)?,
            begun_before: match figure(self.begun_before, row) {
                Some(samples) => Some(usize::try_from(samples).ok()?),
                None => None,
            },
            sample_power: match &self.sample_power {
                Some(power) => power.get(row)?,
                None => &[],
            },
        })
    }
}

fn text(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

fn figure(column: &Int64Array, row: usize) -> Option<i64> {
    column.is_valid(row).then(|| column.value(row))
}

fn begun_before(session: &PlainSession<'_>) -> Option<i64> {
    session.begun_before.and_then(|samples| i64::try_from(samples).ok())
}

/// The lists of a column: all values, and where each list ends.
struct Runs<'a> {
    offsets: &'a [i32],
    values: &'a [i64],
}

impl<'a> Runs<'a> {
    fn of<T: ArrowPrimitiveType<Native = i64>>(list: &'a ListArray) -> Option<Self> {
        let values = list.values().as_primitive_opt::<T>()?.values();
        Some(Self { offsets: list.value_offsets(), values })
    }

    /// The list of a row; of one that is null it is empty.
    fn get(&self, row: usize) -> Option<&'a [i64]> {
        let (from, until) = (*self.offsets.get(row)?, *self.offsets.get(row.checked_add(1)?)?);
        self.values.get(usize::try_from(from).ok()?..usize::try_from(until).ok()?)
    }
}
