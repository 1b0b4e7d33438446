//! The builders of columns, one a shape.

use std::collections::HashMap;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    ArrayBuilder, Decimal128Builder, ListBuilder, StringBuilder, StringDictionaryBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_schema::{DataType, Field, TimeUnit};
use chrono::{Datelike, NaiveDate};
use linli::Money;

use crate::TableError;

/// Words of a small vocabulary, each kept once a batch.
pub(crate) type Words = StringDictionaryBuilder<Int32Type>;
/// Several words a row, such as flags.
pub(crate) type Lists = ListBuilder<StringBuilder>;

/// A column with its name and type.
pub(crate) type Column = (Field, ArrayRef);

/// The key of a column's metadata under which stands what it means.
pub const MEANING: &str = "meaning";
/// The key under which stands the unit of a quantity; a column of words and names has none.
pub const UNIT: &str = "unit";

/// Days of the calendar before 1970-01-01.
const DAYS_BEFORE_1970: i32 = 719_163;

/// Digits of an amount, and how many of them stand behind the point: those of `Money`.
const AMOUNT: (u8, i8) = (38, 9);
/// The first amount that has a digit more.
const TOO_LARGE: u128 = 10_u128.pow(AMOUNT.0 as u32);

/// Instants in microseconds, UTC.
pub(crate) fn instants() -> TimestampMicrosecondBuilder {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    TimestampMicrosecondBuilder::new().with_data_type(utc)
}

/// Amounts of money in the main unit of their currency.
pub(crate) fn amounts() -> Decimal128Builder {
    Decimal128Builder::new().with_data_type(DataType::Decimal128(AMOUNT.0, AMOUNT.1))
}

/// An amount as its column holds it.
pub(crate) fn amount(money: Money) -> Result<i128, TableError> {
    match money.0.unsigned_abs() < TOO_LARGE {
        true => Ok(money.0),
        false => Err(TableError::TooLarge { amount: money }),
    }
}

/// Puts one row of words into a column of lists.
pub(crate) fn push_list<'a>(lists: &mut Lists, words: impl IntoIterator<Item = &'a str>) {
    words.into_iter().for_each(|word| lists.values().append_value(word));
    lists.append(true);
}

/// A local day as its column holds it.
pub(crate) fn days_since_1970(day: NaiveDate) -> i32 {
    day.num_days_from_ce().saturating_sub(DAYS_BEFORE_1970)
}

/// The finished column, of which every row has a value, with what it means.
pub(crate) fn always(name: &str, meaning: &str, builder: &mut dyn ArrayBuilder) -> Column {
    column(name, meaning, false, builder.finish())
}

/// The finished column, of which a row may have no value, with what it means.
pub(crate) fn maybe(name: &str, meaning: &str, builder: &mut dyn ArrayBuilder) -> Column {
    column(name, meaning, true, builder.finish())
}

fn column(name: &str, meaning: &str, may_be_null: bool, array: ArrayRef) -> Column {
    let own = array.data_type().clone();
    let mut told = HashMap::from([(MEANING.to_owned(), meaning.to_owned())]);
    told.extend(unit(name, &own).map(|unit| (UNIT.to_owned(), unit.to_owned())));
    (Field::new(name, own, may_be_null).with_metadata(told), array)
}

/// Whether tables have columns of this type.
pub(crate) fn is_of_tables(of: &DataType) -> bool {
    use DataType::{Boolean, Date32, Int32, Int64, UInt32, UInt64, Utf8};
    match of {
        Utf8 | Boolean | Date32 | Int64 | UInt32 | UInt64 => true,
        DataType::Timestamp(unit, zone) => {
            *unit == TimeUnit::Microsecond && zone.as_deref() == Some("UTC")
        }
        DataType::Decimal128(digits, scale) => (*digits, *scale) == AMOUNT,
        DataType::Dictionary(keys, words) => **keys == Int32 && **words == Utf8,
        DataType::List(words) => *words.data_type() == Utf8,
        _ => false,
    }
}

/// The unit of a quantity: a name's tail says it, or the type.
fn unit(name: &str, of: &DataType) -> Option<&'static str> {
    const TAILS: [(&str, &str); 4] = [("_wh", "Wh"), ("_w", "W"), ("_us", "µs"), ("_min", "min")];
    match of {
        DataType::Timestamp(..) => Some("µs since 1970-01-01T00:00:00Z"),
        DataType::Date32 => Some("local day"),
        DataType::Decimal128(..) => Some("main unit of the row's currency"),
        _ => TAILS.iter().find(|(tail, _)| name.ends_with(tail)).map(|(_, unit)| *unit),
    }
}
