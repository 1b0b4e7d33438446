//! A table that went from one process to another is the table that it was.

use linli::charging::tariff::Tariff;
use linli::replay::Replay;
use proptest::prelude::*;

use super::story::{stories, woven};
use crate::{Scan, Table, bills};

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
}
