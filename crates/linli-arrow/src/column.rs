//! The builders of columns, one a shape.

use arrow_array::ArrayRef;
use arrow_array::builder::{
    ArrayBuilder, Decimal128Builder, ListBuilder, StringBuilder, StringDictionaryBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_schema::{DataType, Field, TimeUnit};
use linli::Money;

use crate::TableError;

/// Words of a small vocabulary, each kept once a batch.
pub(crate) type Words = StringDictionaryBuilder<Int32Type>;
/// Several words a row, such as flags.
pub(crate) type Lists = ListBuilder<StringBuilder>;

/// A column with its name and type.
pub(crate) type Column = (Field, ArrayRef);

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

/// The finished column, of which every row has a value.
pub(crate) fn always(name: &str, builder: &mut dyn ArrayBuilder) -> Column {
    let array = builder.finish();
    (Field::new(name, array.data_type().clone(), false), array)
}

/// The finished column, of which a row may have no value.
pub(crate) fn maybe(name: &str, builder: &mut dyn ArrayBuilder) -> Column {
    let array = builder.finish();
    (Field::new(name, array.data_type().clone(), true), array)
}
