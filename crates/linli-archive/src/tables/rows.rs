//! Sessions out of a file of columns, one by one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use linli::charging::Reading;
use linli::ledger::{PlainSession, Wanted};
use linli::{Timestamp, WattHours, Zone};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};

use super::figures::Figures;

/// Sessions that are taken out of the file together: what they take stays in a core's cache.
const BATCH_ROWS: usize = 1_024;

/// What a file cannot say otherwise: its columns are not those of sessions.
#[derive(Debug)]
pub(super) struct NoSession;

impl From<ParquetError> for NoSession {
    fn from(_: ParquetError) -> Self {
        Self
    }
}

/// Whether a replay is told these sessions by the file, and no others, whatever it wants of them.
pub(super) fn tells(file: &Bytes, sessions: &[PlainSession<'_>]) -> bool {
    [Wanted::Registers, Wanted::RegistersAndPower].into_iter().all(|wanted| {
        let mut left = sessions.iter();
        let told = each(file, wanted, &mut |told| {
            let own = left.next().map(|own| match wanted {
                Wanted::Registers => PlainSession { sample_power: &[], ..*own },
                Wanted::RegistersAndPower => *own,
            });
            if own.as_ref() == Some(told) { Ok(()) } else { Err(()) }
        });
        matches!(told, Ok(Ok(()))) && left.next().is_none()
    })
}

/// Hands over every session of a file that was compared with its SHA-256.
pub(super) fn each<E>(
    file: &Bytes,
    wanted: Wanted,
    take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), E>,
) -> Result<Result<(), E>, NoSession> {
    // A panic of the caller's own is passed on; one of Parquet's reader says that this is no file
    // of ours.
    let mut is_taking = false;
    let mut take = |session: &PlainSession<'_>| {
        is_taking = true;
        let taken = take(session);
        is_taking = false;
        taken
    };
    match catch_unwind(AssertUnwindSafe(|| each_of(file, wanted, &mut take))) {
        Ok(told) => told,
        Err(panic) if is_taking => resume_unwind(panic),
        Err(_) => Err(NoSession),
    }
}

fn each_of<E>(
    file: &Bytes,
    wanted: Wanted,
    take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), E>,
) -> Result<Result<(), E>, NoSession> {
    let groups = SerializedFileReader::new(file.clone())?;
    for number in 0..groups.num_row_groups() {
        let mut rows = Rows::of(&*groups.get_row_group(number)?, wanted)?;
        for names in names(file, number)? {
            let names = names.map_err(|_| NoSession)?;
            if let Err(stopped) = rows.each(&names, take)? {
                return Ok(Err(stopped));
            }
        }
    }
    Ok(Ok(()))
}

/// The names in the sessions of a row group. Few cards, connectors and zones take many turns.
fn names(file: &Bytes, row_group: usize) -> Result<ParquetRecordBatchReader, ParquetError> {
    let named = ["session", "card", "connector", "zone"];
    let by_parquet = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let told = ArrowReaderMetadata::load(file, by_parquet)?;
    let fields = told.schema().fields().iter().map(|field| match field.name().as_str() {
        "card" | "connector" | "zone" => {
            let name = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(Field::new(field.name(), name, field.is_nullable()))
        }
        _ => Arc::clone(field),
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options)?;
    let mask = ProjectionMask::columns(reader.parquet_schema(), named);
    let reader = reader.with_projection(mask).with_row_groups(vec![row_group]);
    reader.with_batch_size(BATCH_ROWS).build()
}

/// The columns of a row group, but for names.
struct Rows {
    started_at: Figures,
    start_register: Figures,
    ended_at: Figures,
    end_register: Figures,
    end_energy: Figures,
    stated_seconds: Figures,
    charging_seconds: Figures,
    begun_before: Figures,
    sample_at: Figures,
    sample_register: Figures,
    /// Where it was wanted.
    sample_power: Option<Figures>,
    /// Where the lists of the rows end.
    sample_ends: Vec<usize>,
    power_ends: Vec<usize>,
}

impl Rows {
    fn of(group: &dyn RowGroupReader, wanted: Wanted) -> Result<Self, ParquetError> {
        let figures = |name| Figures::of(group, name);
        Ok(Self {
            started_at: figures("started_at")?,
            start_register: figures("start_register")?,
            ended_at: figures("ended_at")?,
            end_register: figures("end_register")?,
            end_energy: figures("end_energy")?,
            stated_seconds: figures("stated_seconds")?,
            charging_seconds: figures("charging_seconds")?,
            begun_before: figures("begun_before")?,
            sample_at: figures("sample_at")?,
            sample_register: figures("sample_register")?,
            sample_power: match wanted {
                Wanted::Registers => None,
                Wanted::RegistersAndPower => Some(figures("sample_power")?),
            },
            sample_ends: Vec::new(),
            power_ends: Vec::new(),
        })
    }

    /// The rows of the same names.
    fn each<E>(
        &mut self,
        names: &RecordBatch,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), E>,
    ) -> Result<Result<(), E>, NoSession> {
        let rows = names.num_rows();
        self.read(rows)?;
        let names = Names::of(names).ok_or(NoSession)?;
        let mut registers = self.start_register.by_row().zip(self.end_register.by_row());
        let mut energies = self.end_energy.by_row();
        let stated = self.stated_seconds.by_row().zip(self.charging_seconds.by_row());
        let mut stated = stated.zip(self.begun_before.by_row());
        let mut instants = self.started_at.all().iter().zip(self.ended_at.all());
        let (mut zone, mut from, mut power_from) = (None, 0, 0);
        for row in 0..rows {
            let (started_at, ended_at) = instants.next().ok_or(NoSession)?;
            let (start_register, end_register) = registers.next().ok_or(NoSession)?;
            let energy = energies.next().ok_or(NoSession)?;
            let ((stated_seconds, charging_seconds), begun) = stated.next().ok_or(NoSession)?;
            let until = *self.sample_ends.get(row).ok_or(NoSession)?;
            let power_until = self.power_ends.get(row).copied().unwrap_or(power_from);
            let own = from..until;
            let power = self.sample_power.as_ref().map(Figures::all).unwrap_or_default();
            let register = end_register.map(WattHours).map(Reading::Register);
            let session = PlainSession {
                key: names.session.value(row),
                connector: names.connector.name(row),
                card: names.card.name(row),
                zone: names.zone(row, &mut zone).ok_or(NoSession)?,
                started_at: Timestamp(*started_at),
                start_register,
                ended_at: Timestamp(*ended_at),
                end_reading: register.or(energy.map(WattHours).map(Reading::Energy)),
                stated_seconds,
                charging_seconds,
                sample_at: self.sample_at.all().get(own.clone()).ok_or(NoSession)?,
                sample_register: self.sample_register.all().get(own).ok_or(NoSession)?,
                sample_power: power.get(power_from..power_until).ok_or(NoSession)?,
                begun_before: match begun {
                    Some(samples) => Some(usize::try_from(samples).map_err(|_| NoSession)?),
                    None => None,
                },
            };
            if let Err(stopped) = take(&session) {
                return Ok(Err(stopped));
            }
            (from, power_from) = (until, power_until);
        }
        Ok(Ok(()))
    }

    fn read(&mut self, rows: usize) -> Result<(), NoSession> {
        let columns = [
            &mut self.started_at,
            &mut self.start_register,
            &mut self.ended_at,
            &mut self.end_register,
            &mut self.end_energy,
            &mut self.stated_seconds,
            &mut self.charging_seconds,
            &mut self.begun_before,
            &mut self.sample_at,
            &mut self.sample_register,
        ];
        for column in columns.into_iter().chain(&mut self.sample_power) {
            column.read(rows)?;
        }
        self.sample_at.ends(&mut self.sample_ends);
        if let Some(power) = &self.sample_power {
            power.ends(&mut self.power_ends);
        }
        let is_even = self.sample_register.has_lists_of(&self.sample_at);
        if is_even { Ok(()) } else { Err(NoSession) }
    }
}

/// The names of some sessions.
struct Names<'a> {
    session: &'a StringArray,
    card: Named<'a>,
    connector: Named<'a>,
    zone: Named<'a>,
}

impl<'a> Names<'a> {
    fn of(batch: &'a RecordBatch) -> Option<Self> {
        Some(Self {
            session: batch.column_by_name("session")?.as_string_opt::<i32>()?,
            card: Named::of(batch, "card")?,
            connector: Named::of(batch, "connector")?,
            zone: Named::of(batch, "zone")?,
        })
    }

    /// The zone of a row; the last one is known.
    fn zone(&self, row: usize, known: &mut Option<(&'a str, Zone)>) -> Option<Zone> {
        let zone = self.zone.name(row)?;
        match *known {
            Some((name, known)) if name == zone => Some(known),
            _ => Some(known.insert((zone, zone.parse().ok()?)).1),
        }
    }
}

/// A column of names that come again and again.
struct Named<'a> {
    rows: &'a DictionaryArray<Int32Type>,
    names: &'a StringArray,
}

impl<'a> Named<'a> {
    fn of(batch: &'a RecordBatch, name: &str) -> Option<Self> {
        let rows = batch.column_by_name(name)?.as_dictionary_opt::<Int32Type>()?;
        Some(Self { rows, names: rows.values().as_string_opt::<i32>()? })
    }

    fn name(&self, row: usize) -> Option<&'a str> {
        self.rows.key(row).map(|name| self.names.value(name))
    }
}
