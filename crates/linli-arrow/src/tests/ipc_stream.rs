//! A table that went from one process to another is the table that it was.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, TimeUnit};
use linli::charging::tariff::Tariff;
use linli::replay::Replay;
use proptest::prelude::*;

use super::story::{stories, woven};
use crate::{Scan, Table, TableError, bills};

fn flat() -> Tariff {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tariffs/flat-0.66.json");
    Tariff::from_json(&std::fs::read_to_string(file).expect("a tariff file")).expect("a tariff")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Batches, values, types, meanings and units: all of it arrives.
    #[test]
    fn a_table_arrives_as_it_was(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let (ledger, scan) = (woven(&stories, &order), Scan::by("test"));
        let report = Replay::under(&flat()).keep_bills().run_blocking(&ledger).expect("a report");
        let replayed = bills(&report, &[Some("flat".to_owned())]).expect("a table");
        for table in [scan.sessions(&ledger).expect("a table"), replayed] {
            let arrived = Table::from_ipc(&table.to_ipc().expect("bytes")).expect("a table");
            prop_assert_eq!(arrived.schema(), table.schema());
            prop_assert_eq!(arrived.batches(), table.batches());
        }
    }

    /// What was cut off on the way, or is something else, is said to be no stream.
    #[test]
    fn a_part_of_a_stream_is_no_table(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
        cut in any::<prop::sample::Index>(),
    ) {
        let ledger = woven(&stories, &order);
        let whole = Scan::by("test").sessions(&ledger).expect("a table").to_ipc().expect("bytes");
        // Anywhere, and before the end's mark alone, behind the last batch.
        for length in [cut.index(whole.len()), whole.len() - 8] {
            let rows = Table::from_ipc(&whole[..length]).map(|table| table.rows());
            prop_assert!(rows.is_err(), "{rows:?} rows in {length} of {} bytes", whole.len());
        }
    }

    /// Whatever byte is altered, what comes is a table or an error.
    #[test]
    fn an_altered_stream_is_a_table_or_none(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
        altered in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let ledger = woven(&stories, &order);
        let table = Scan::by("test").sessions(&ledger).expect("a table");
        let mut stream = table.to_ipc().expect("bytes");
        for (place, change) in altered {
            let place = place.index(stream.len());
            stream[place] ^= change;
        }
        if let Ok(table) = Table::from_ipc(&stream) {
            prop_assert!(table.head(usize::MAX).len() <= table.rows());
        }
    }

    /// Types that readers of our tables do not know are refused before a row is looked at.
    #[test]
    fn a_stream_of_other_types_is_no_table(of in other_types()) {
        let schema = Arc::new(Schema::new(vec![Field::new("theirs", of.clone(), true)]));
        let stream = Table::of(Arc::clone(&schema), vec![]).to_ipc().expect("bytes");
        let refused = Table::from_ipc(&stream).map(|table| table.rows());
        let is_named = matches!(&refused, Err(TableError::NoTable { column, of: own })
            if column == "theirs" && *own == of);
        prop_assert!(is_named, "{refused:?}");
    }
}

/// Types that other writers use for what our columns hold.
fn other_types() -> impl Strategy<Value = DataType> {
    let unit = prop::sample::select(vec![
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ]);
    let key = prop::sample::select(vec![DataType::Int8, DataType::UInt32, DataType::Int64]);
    let words = |of: DataType| DataType::List(Arc::new(Field::new("item", of, true)));
    prop_oneof![
        unit.prop_map(|unit| DataType::Timestamp(unit, Some("Asia/Shanghai".into()))),
        Just(DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))),
        Just(DataType::Timestamp(TimeUnit::Microsecond, None)),
        key.prop_map(|key| DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))),
        Just(DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8))),
        (1_u8..38).prop_map(|digits| DataType::Decimal128(digits, 0)),
        Just(DataType::Decimal128(38, 8)),
        prop::sample::select(vec![DataType::Float64, DataType::Int32, DataType::LargeUtf8]),
        prop::sample::select(vec![DataType::Int64, DataType::Float64]).prop_map(words),
    ]
}
