//! The cells of a table as values of Python.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt32Type,
    UInt64Type,
};
use arrow_schema::DataType;
use linli::Money;
use pyo3::prelude::*;

/// What a cell is handed over as; the facade makes of it what its column holds.
#[derive(IntoPyObject)]
pub(crate) enum Cell {
    /// Watt-hours, microseconds, days.
    Number(i64),
    /// A position, a count.
    Count(u64),
    /// Whether.
    Truth(bool),
    /// A word, a name, or a decimal.
    Text(String),
    /// Flags, tags.
    Words(Vec<Option<Cell>>),
}

/// What the facade makes of a column's cells: `instant`, `day`, `decimal`; else they are as told.
pub(crate) fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Timestamp(..) => "instant",
        DataType::Date32 => "day",
        DataType::Decimal128(..) => "decimal",
        _ => "",
    }
}

/// The value at `row`; `None` where it is not known, or of a type that no table has.
pub(crate) fn cell(column: &dyn Array, row: usize) -> Option<Cell> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row).to_owned()),
        DataType::Boolean => Cell::Truth(column.as_boolean().value(row)),
        DataType::Int64 => Cell::Number(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt32 => Cell::Count(column.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Cell::Count(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Timestamp(..) => {
            Cell::Number(column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Date32 => Cell::Number(column.as_primitive::<Date32Type>().value(row).into()),
        DataType::Decimal128(..) => {
            Cell::Text(Money(column.as_primitive::<Decimal128Type>().value(row)).to_string())
        }
        DataType::Dictionary(..) => {
            let words = column.as_dictionary::<Int32Type>();
            return cell(words.values().as_ref(), words.key(row)?);
        }
        DataType::List(_) => {
            let words = column.as_list::<i32>().value(row);
            Cell::Words((0..words.len()).map(|word| cell(words.as_ref(), word)).collect())
        }
        _ => return None,
    })
}
