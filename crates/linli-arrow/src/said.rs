//! A column said once: its name, what it means, and how a row fills it.

use std::borrow::Cow;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder, UInt32Builder,
};
use chrono::NaiveDate;
use linli::{Money, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::Table;
use crate::TableError;
use crate::column::{
    Column, Lists, Words, always, amount, amounts, days_since_1970, instants, maybe, push_list,
};
use crate::table::{Columns, Filling};

/// One column of a table whose rows are `R`.
pub(crate) struct Said<R> {
    name: &'static str,
    meaning: &'static str,
    is_always_known: bool,
    cells: Cells<R>,
}

/// How the rows fill it, and with what.
enum Cells<R> {
    Text(StringBuilder, fn(&R) -> Option<&str>),
    Word(Words, fn(&R) -> Option<Cow<'_, str>>),
    Words(Lists, fn(&R) -> Vec<&str>),
    Count(UInt32Builder, fn(&R) -> Option<u32>),
    Whole(Int64Builder, fn(&R) -> Option<i64>),
    Instant(TimestampMicrosecondBuilder, fn(&R) -> Option<Timestamp>),
    Day(Date32Builder, fn(&R) -> Option<NaiveDate>),
    Amount(Decimal128Builder, fn(&R) -> Option<Money>),
    Holds(BooleanBuilder, fn(&R) -> Option<bool>),
}

/// The same, of which every row has a value.
pub(crate) fn known<R>(said: Said<R>) -> Said<R> {
    Said { is_always_known: true, ..said }
}

/// A name or a text.
pub(crate) fn text<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<&str>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Text(StringBuilder::new(), of))
}

/// A word of a small vocabulary.
pub(crate) fn word<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<Cow<'_, str>>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Word(Words::new(), of))
}

/// Several words.
pub(crate) fn words<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Vec<&str>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Words(Lists::new(StringBuilder::new()), of))
}

/// How many, from 0 on.
pub(crate) fn count<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<u32>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Count(UInt32Builder::new(), of))
}

/// A whole number, which may be negative.
pub(crate) fn whole<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<i64>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Whole(Int64Builder::new(), of))
}

/// An instant.
pub(crate) fn instant<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<Timestamp>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Instant(instants(), of))
}

/// A local day.
pub(crate) fn day<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<NaiveDate>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Day(Date32Builder::new(), of))
}

/// Money in the main unit of its currency.
pub(crate) fn money<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<Money>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Amount(amounts(), of))
}

/// Whether something holds.
pub(crate) fn holds<R>(
    name: &'static str,
    meaning: &'static str,
    of: fn(&R) -> Option<bool>,
) -> Said<R> {
    Said::new(name, meaning, Cells::Holds(BooleanBuilder::new(), of))
}

/// A word that a row keeps, where there is one.
pub(crate) type Word = Option<Cow<'static, str>>;

/// A number of things in memory.
pub(crate) fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The word by which the journal writes a value of a vocabulary: `own_motion`. Of one that carries
/// more, such as a reason, it is the word alone.
pub(crate) fn written(value: &impl Serialize) -> Word {
    match serde_json::to_value(value).ok()? {
        Value::String(word) => Some(word.into()),
        Value::Object(fields) => fields.into_iter().next().map(|(word, _)| word.into()),
        _ => None,
    }
}

impl<R> Said<R> {
    fn new(name: &'static str, meaning: &'static str, cells: Cells<R>) -> Self {
        Self { name, meaning, is_always_known: false, cells }
    }

    fn push(&mut self, row: &R) -> Result<(), TableError> {
        match &mut self.cells {
            Cells::Text(builder, of) => builder.append_option(of(row)),
            Cells::Word(builder, of) => builder.append_option(of(row)),
            Cells::Words(builder, of) => push_list(builder, of(row)),
            Cells::Count(builder, of) => builder.append_option(of(row)),
            Cells::Whole(builder, of) => builder.append_option(of(row)),
            Cells::Instant(builder, of) => builder.append_option(of(row).map(|at| at.0)),
            Cells::Day(builder, of) => builder.append_option(of(row).map(days_since_1970)),
            Cells::Amount(builder, of) => {
                builder.append_option(of(row).map(amount).transpose()?);
            }
            Cells::Holds(builder, of) => builder.append_option(of(row)),
        }
        Ok(())
    }

    fn take(&mut self) -> Column {
        let column = if self.is_always_known { always } else { maybe };
        let builder: &mut dyn arrow_array::builder::ArrayBuilder = match &mut self.cells {
            Cells::Text(builder, _) => builder,
            Cells::Word(builder, _) => builder,
            Cells::Words(builder, _) => builder,
            Cells::Count(builder, _) => builder,
            Cells::Whole(builder, _) => builder,
            Cells::Instant(builder, _) => builder,
            Cells::Day(builder, _) => builder,
            Cells::Amount(builder, _) => builder,
            Cells::Holds(builder, _) => builder,
        };
        column(self.name, self.meaning, builder)
    }
}

impl<R, const N: usize> Columns for [Said<R>; N] {
    fn take(&mut self) -> Vec<Column> {
        self.iter_mut().map(Said::take).collect()
    }
}

/// The rows in these columns.
pub(crate) fn table<R, const N: usize>(
    columns: [Said<R>; N],
    rows: impl IntoIterator<Item = R>,
) -> Result<Table, TableError> {
    let mut filling = Filling::new(columns);
    for row in rows {
        filling.push(|columns| columns.iter_mut().try_for_each(|column| column.push(&row)))?;
    }
    filling.finish()
}
