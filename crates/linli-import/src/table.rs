//! The file as rows: its structure checked whole, then every row read.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::fields::{Fields, Header, Unreadable};
use super::number::{Mark, shown};
use super::report::Refused;
use super::row::{Row, Unsettled};
use super::shape::{Delimiter, Shape};
use super::source::Source;
use super::{Dates, ImportError, Options, doubt};

/// The longest field, in bytes.
pub(super) const MAX_FIELD_BYTES: usize = 64 * 1024;
/// What stands between the fields in the text that a row's key stands for: the ASCII character made
/// for it, so that other quotes around a field make no other row.
const UNIT_SEPARATOR: &str = "\u{1f}";

/// The records of a file, one after the other.
pub(super) struct Records<'a> {
    source: &'a Source,
    reader: Reader<&'a [u8]>,
    lines: Lines<'a>,
    record: StringRecord,
}

impl<'a> Records<'a> {
    pub(super) fn of(source: &'a Source, delimiter: u8) -> Self {
        let text = source.text();
        let mut reader = ReaderBuilder::new();
        let reader = reader.delimiter(delimiter).has_headers(false).flexible(true);
        let (reader, lines) = (reader.from_reader(text.as_bytes()), Lines::in_text(text));
        Self { source, reader, lines, record: StringRecord::new() }
    }

    /// The next one and its line; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, ImportError> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(Some((self.lines.line_of(&self.record), &self.record))),
            Ok(false) => Ok(None),
            Err(error) => Err(self.source.not_of_format(1, shown(&error.to_string()))),
        }
    }
}

/// All rows of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The rows that can be read, in the order of their starts; the file's order decides ties.
    pub(super) rows: Vec<Row>,
    /// The rows that cannot be read.
    pub(super) refused: Vec<Refused>,
    /// How many rows there are.
    pub(super) rows_n: u64,
    /// What a reader other than this one has to say about the file as a whole.
    pub(super) notes: Vec<String>,
    dates: Option<Dates>,
}

impl Table {
    /// Reads the whole file.
    pub(super) fn read(
        source: &Source,
        shape: &Shape,
        options: Options,
    ) -> Result<Self, ImportError> {
        let text = source.text();
        let first_line = text.lines().next().unwrap_or_default();
        let delimiter = shape.delimiter.in_file(first_line);
        let mark = match (shape.delimiter, delimiter) {
            (Delimiter::Either, b';') => Mark::PointOrComma,
            _ => shape.mark,
        };
        let mut records = Records::of(source, delimiter);
        let Some((line, first)) = records.next()? else {
            return Err(source.not_of_format(1, format!("the file is empty; {}", asked(shape))));
        };
        let header = header(first, line, source, shape)?;
        let mut table = Self { dates: Some(options.dates), ..Self::default() };
        while let Some((line, record)) = records.next()? {
            table.rows_n = table.rows_n.saturating_add(1);
            let missing = shape.missing;
            let fields = Fields { header: &header, record, mark, missing };
            match row(&fields, shape, options, line) {
                Ok(row) => table.rows.push(row),
                Err(Unsettled::Unreadable(Unreadable { column, reason })) => {
                    table.refused.push(Refused { line, column, reason });
                }
                Err(Unsettled::NoZone) => {
                    let what = "a time has no offset; add --timezone ZONE, such as Europe/Oslo";
                    return Err(source.wants_an_option(line, what));
                }
            }
        }
        table.rows.sort_by_key(|row| row.started_at);
        doubt::flag_probable_duplicates(&mut table.rows);
        Ok(table)
    }

    /// What might be better done otherwise, with the evidence.
    pub(super) fn suggestions(&self, format: &str) -> Vec<String> {
        let mut suggestions = self.notes.clone();
        let count = |is: fn(&doubt::Backwards) -> bool| {
            self.rows.iter().filter(|row| is(&row.backwards)).count()
        };
        let as_written = count(|backwards| backwards.as_written);
        let exchanged = count(|backwards| backwards.exchanged);
        let mended = count(|backwards| backwards.as_written && backwards.is_mended);
        if self.dates == Some(Dates::AsWritten) && mended > 0 && exchanged < as_written {
            suggestions.push(format!(
                "{as_written} sessions end before they start; with day and month exchanged where \
                 the day is at most 12 it is {exchanged}. If that is what {format} means, read the \
                 file again with --swap-day-month, which corrects them."
            ));
        }
        suggestions
    }
}

fn header(
    record: &StringRecord,
    line: u64,
    source: &Source,
    shape: &Shape,
) -> Result<Header, ImportError> {
    let wrong = |what: String| Err(source.not_of_format(line, what));
    let header = match Header::of(record) {
        Ok(header) => header,
        Err(twice) => return wrong(format!("the column `{}` stands there twice", shown(&twice))),
    };
    if let Some(missing) = shape.required.iter().find(|column| !header.has(column)) {
        return wrong(format!("column `{missing}` is missing in the header; {}", asked(shape)));
    }
    let is_known = |column: &str| shape.known.is_empty() || shape.known.contains(&column);
    if let Some(unknown) = header.columns().into_iter().find(|column| !is_known(column)) {
        let (unknown, known) = (shown(unknown), shape.known.join(", "));
        return wrong(format!("column `{unknown}` is none of {}: {known}", shape.name));
    }
    for (column, beside) in shape.pairs {
        if header.has(column) && !header.has(beside) {
            return wrong(format!("column `{column}` needs the column `{beside}` beside it"));
        }
    }
    Ok(header)
}

fn asked(shape: &Shape) -> String {
    format!("is this the {} format?", shape.name)
}

fn row(fields: &Fields<'_>, shape: &Shape, options: Options, line: u64) -> Result<Row, Unsettled> {
    let (has, needs) = (fields.record.len(), fields.header.columns_n());
    if let Some((place, long)) =
        fields.record.iter().enumerate().find(|(_, field)| field.len() > MAX_FIELD_BYTES)
    {
        let bytes = long.len();
        let reason = format!("{bytes} bytes, at most {MAX_FIELD_BYTES}; is a quote open?");
        return Err(Unreadable::new(fields.header.name_of(place), reason).into());
    }
    if has != needs {
        let reason = format!("{has} fields where the header has {needs}; is a quote open?");
        return Err(Unreadable::new("", reason).into());
    }
    let told = (shape.read)(fields)?;
    let written: Vec<&str> = fields.record.iter().collect();
    let text = written.join(UNIT_SEPARATOR);
    Row::settle(told, shape, options, line, text)
}

/// Finds the line of a record; records come in the order of the file.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn in_text(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line on which a record begins.
    pub(super) fn line_of(&mut self, record: &StringRecord) -> u64 {
        let byte = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.get(start..).unwrap_or_default();
        // Empty lines before a record are passed over with it.
        let blank = rest.len().saturating_sub(rest.trim_start_matches(['\r', '\n']).len());
        let until = start.saturating_add(blank);
        let passed = self.text.get(self.at..until).unwrap_or_default();
        self.line = self.line.saturating_add(passed.matches('\n').count() as u64);
        self.at = self.at.max(until);
        self.line
    }
}
