//! Plain sessions to a file of columns; [`super::rows`] is the way back.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, Int64Builder, ListBuilder, TimestampMicrosecondBuilder};
use arrow_array::{
    Array, ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{ArrowError, Field, Schema};
use linli::Timestamp;
use linli::charging::Reading;
use linli::ledger::PlainSession;

use crate::columns::instants;

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

fn begun_before(session: &PlainSession<'_>) -> Option<i64> {
    session.begun_before.and_then(|samples| i64::try_from(samples).ok())
}
