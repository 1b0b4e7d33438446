//! Columns of whole numbers, straight from a file: no value is laid out twice.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::Int64Type;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::RowGroupReader;
use parquet::file::statistics::Statistics;

/// A column of a row group, read some rows at a time.
pub(super) struct Figures {
    /// `None` where it has no value at all.
    reader: Option<ColumnReaderImpl<Int64Type>>,
    /// The level of a value that is there.
    most: i16,
    values: Vec<i64>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

impl Figures {
    /// The column of this name, or, of a list, of its items.
    pub(super) fn of(group: &dyn RowGroupReader, name: &str) -> Result<Self> {
        let of_group = group.metadata();
        let index = index_of(of_group, name)?;
        let most = of_group.column(index).column_descr().max_def_level();
        let is_list = of_group.column(index).column_descr().max_rep_level() > 0;
        let reader = match group.get_column_reader(index)? {
            _ if !is_list && is_empty(of_group, index) => None,
            ColumnReader::Int64ColumnReader(reader) => Some(reader),
            _ => return Err(ParquetError::General(format!("{name} has no whole numbers"))),
        };
        let (values, defined, repeated) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { reader, most, values, defined, repeated })
    }

    /// Takes the next rows in, in the place of those before.
    pub(super) fn read(&mut self, rows: usize) -> Result<()> {
        self.values.clear();
        self.defined.clear();
        self.repeated.clear();
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let (defined, repeated) = (&mut self.defined, &mut self.repeated);
        let (read, ..) =
            reader.read_records(rows, Some(defined), Some(repeated), &mut self.values)?;
        if read == rows { Ok(()) } else { Err(ParquetError::EOF("a column is short".to_owned())) }
    }

    /// The values of a column in which none is missing.
    pub(super) fn all(&self) -> &[i64] {
        &self.values
    }

    /// The values of the rows, one each.
    pub(super) fn by_row(&self) -> impl Iterator<Item = Option<i64>> {
        let mut values = self.values.iter().copied();
        let mut defined = self.defined.iter();
        let (most, has_all) = (self.most, self.most == 0);
        std::iter::from_fn(move || {
            let is_there = has_all || defined.next().is_some_and(|level| *level == most);
            Some(if is_there { values.next() } else { None })
        })
    }

    /// Where the list of each row ends among the values.
    pub(super) fn ends(&self, ends: &mut Vec<usize>) {
        ends.clear();
        let mut end = 0_usize;
        for (place, (repeated, defined)) in self.repeated.iter().zip(&self.defined).enumerate() {
            if *repeated == 0 && place > 0 {
                ends.push(end);
            }
            end = end.saturating_add(usize::from(*defined == self.most));
        }
        if !self.repeated.is_empty() {
            ends.push(end);
        }
    }

    /// Whether the lists of both are as long as each other.
    pub(super) fn has_lists_of(&self, other: &Self) -> bool {
        self.repeated == other.repeated && self.defined == other.defined
    }
}

fn index_of(group: &RowGroupMetaData, name: &str) -> Result<usize> {
    let names = group.columns().iter().map(|column| column.column_path().parts().first());
    let mut places = names.enumerate().filter(|(_, own)| own.is_some_and(|own| own == name));
    let place = places.next().map(|(place, _)| place);
    place.ok_or_else(|| ParquetError::General(format!("there is no column {name}")))
}

/// Whether a row group has no value of a column.
fn is_empty(group: &RowGroupMetaData, index: usize) -> bool {
    let rows = u64::try_from(group.num_rows()).ok();
    let nulls = group.column(index).statistics().and_then(Statistics::null_count_opt);
    nulls.is_some() && nulls == rows
}
