//! One cell as people read it.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt32Type,
    UInt64Type,
};
use arrow_schema::DataType;
use linli::{Money, Timestamp};

/// The value at `row`; `None` where it is not known, or of a type that no table has.
pub(crate) fn shown(column: &dyn Array, row: usize) -> Option<String> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row).to_owned()),
        DataType::Boolean => Some(if column.as_boolean().value(row) { "yes" } else { "no" }.into()),
        DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::UInt32 => Some(column.as_primitive::<UInt32Type>().value(row).to_string()),
        DataType::UInt64 => Some(column.as_primitive::<UInt64Type>().value(row).to_string()),
        DataType::Timestamp(..) => {
            let at = column.as_primitive::<TimestampMicrosecondType>().value(row);
            Some(Timestamp(at).to_string())
        }
        DataType::Date32 => {
            column.as_primitive::<Date32Type>().value_as_date(row).map(|day| day.to_string())
        }
        DataType::Decimal128(..) => {
            Some(Money(column.as_primitive::<Decimal128Type>().value(row)).to_string())
        }
        DataType::Dictionary(..) => {
            let words = column.as_dictionary::<Int32Type>();
            shown(words.values().as_ref(), words.key(row)?)
        }
        DataType::List(_) => {
            let words = column.as_list::<i32>().value(row);
            let words: Vec<String> =
                (0..words.len()).filter_map(|word| shown(words.as_ref(), word)).collect();
            Some(words.join(" "))
        }
        _ => None,
    }
}
