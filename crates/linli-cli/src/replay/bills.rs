//! The bills of a replay as a file.

use std::io::{BufWriter, Write};
use std::path::Path;

use linli::Flag;
use linli::Money;
use linli::replay::{Bill, Report, exactly};
use linli_arrow::{ParquetFile, TableError};
use linli_interchange::cell;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::whole_file::WholeFile;

/// A file that bills are written to, begun before the replay, so that nobody waits for a refusal.
#[derive(Debug)]
pub(super) struct BillsFile {
    form: Form,
    file: WholeFile,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Csv,
    Json,
    Parquet,
}

/// The columns, in CSV and as keys.
const COLUMNS: [&str; 20] = [
    "tariff",
    "session",
    "card",
    "connector",
    "started_at",
    "ended_at",
    "zone",
    "energy_kwh",
    "currency",
    "exact",
    "amount",
    "electricity",
    "service",
    "other",
    "mode",
    "issued",
    "difference",
    "held",
    "flags",
    "charging_seconds",
];

/// Those whose text somebody else chose: in CSV, no spreadsheet may take it for a formula. The
/// others are ours, and a minus before a number is one.
const FOREIGN: [&str; 4] = ["tariff", "session", "card", "connector"];

impl BillsFile {
    /// Reads from the name what is to be written, and begins it.
    pub(super) fn begin(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let form = match ending.to_ascii_lowercase().as_str() {
            "csv" => Form::Csv,
            "json" => Form::Json,
            "parquet" => Form::Parquet,
            _ => {
                let reason = "name a file that ends in .csv, .json or .parquet";
                return Err(Failure::in_file(path, reason));
            }
        };
        Ok(Self { form, file: WholeFile::begin(path)? })
    }

    /// Writes the bills under every tariff.
    pub(super) fn write(self, report: &Report, files: &[Option<String>]) -> Result<(), Failure> {
        let rows = report.tariffs.iter().enumerate().flat_map(|(index, tariff)| {
            let file = files.get(index).and_then(Option::as_deref).unwrap_or_default();
            tariff.bills.iter().map(move |bill| row(&bill, file))
        });
        let to = BufWriter::new(self.file.to());
        match self.form {
            Form::Csv => write_csv(to, rows).map_err(|error| self.file.failed(&error))?,
            Form::Json => write_json(to, rows).map_err(|error| self.file.failed(&error))?,
            Form::Parquet => {
                write_parquet(to, report, files).map_err(|error| self.file.failed(&error))?;
            }
        }
        self.file.finish()
    }
}

/// The columns are those of the table of bills, which says more of each of them.
fn write_parquet(
    to: impl Write + Send,
    report: &Report,
    files: &[Option<String>],
) -> Result<(), TableError> {
    let bills = linli_arrow::bills(report, files)?;
    let mut file = ParquetFile::begin(to, bills.schema())?;
    bills.batches().iter().try_for_each(|batch| file.write(batch))?;
    file.finish()?.flush().map_err(TableError::Unwritten)
}

type Row = [String; COLUMNS.len()];

fn row(bill: &Bill, file: &str) -> Row {
    let flags: Vec<&str> = bill.flags.iter().map(Flag::name).collect();
    let money = |amount: Option<Money>| amount.map_or(String::new(), |money| money.to_string());
    let difference = bill.issued.and_then(|issued| issued.checked_sub(bill.price.amount));
    [
        file.to_owned(),
        bill.session.to_string(),
        bill.card.as_ref().map_or(String::new(), ToString::to_string),
        bill.connector.as_ref().map_or(String::new(), ToString::to_string),
        bill.started_at.to_string(),
        bill.ended_at.to_string(),
        bill.zone.name().to_owned(),
        bill.energy.to_string(),
        bill.currency.to_string(),
        exactly(bill.price.exact),
        bill.price.amount.to_string(),
        bill.price.electricity.to_string(),
        bill.price.service.to_string(),
        money(bill.price.other()),
        bill.price.mode().as_str().to_owned(),
        money(bill.issued),
        money(difference),
        bill.is_held.to_string(),
        flags.join(" "),
        bill.price.charging_us.div_euclid(1_000_000).to_string(),
    ]
}

fn write_csv(file: impl Write, rows: impl Iterator<Item = Row>) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(COLUMNS)?;
    for row in rows {
        for (column, text) in COLUMNS.iter().zip(&row) {
            match FOREIGN.contains(column) {
                true => csv.write_field(cell::written(text).as_bytes())?,
                false => csv.write_field(text)?,
            }
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()?;
    Ok(())
}

/// An array, a line each; what is empty is null.
fn write_json(mut file: impl Write, rows: impl Iterator<Item = Row>) -> Result<(), std::io::Error> {
    file.write_all(b"[")?;
    for (index, row) in rows.enumerate() {
        let keys =
            COLUMNS.iter().zip(row).map(|(column, text)| ((*column).to_owned(), or_null(text)));
        let bill = Value::Object(keys.collect::<Map<String, Value>>());
        let before = if index == 0 { "\n" } else { ",\n" };
        write!(file, "{before}{bill}")?;
    }
    file.write_all(b"\n]\n")?;
    file.flush()
}

fn or_null(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No text of others is calculated by whoever opens the bills, each can be read again, and a
    /// number stays one.
    #[test]
    fn no_text_of_others_is_a_formula() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(1)", "'=1", "7, hidden", "7"] {
            let row: Row = std::array::from_fn(|at| match FOREIGN.contains(&COLUMNS[at]) {
                true => text.to_owned(),
                false => "-0.50".to_owned(),
            });
            let mut written = Vec::new();
            write_csv(&mut written, std::iter::once(row)).expect("written");
            let mut read = csv::Reader::from_reader(&*written);
            let told = read.records().next().expect("a row").expect("readable");
            for (column, cell) in COLUMNS.iter().zip(&told) {
                if FOREIGN.contains(column) {
                    assert!(!cell.starts_with(['=', '+', '-', '@']), "{column} is {cell}");
                    assert_eq!(cell::read(cell), text);
                } else {
                    assert_eq!(cell, "-0.50");
                }
            }
        }
    }
}
