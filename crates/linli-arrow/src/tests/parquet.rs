//! A Parquet file gives back the table that it was written from, to the value.

use std::io::{Read, Seek, SeekFrom};

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::story::{stories, woven};
use crate::{ParquetFile, Scan, Table};

/// What a reader finds in a file of this table.
fn read_again(table: &Table) -> Vec<RecordBatch> {
    let file = tempfile::tempfile().expect("a file");
    let mut written = ParquetFile::begin(file, table.schema()).expect("begun");
    for batch in table.batches() {
        written.write(batch).expect("written");
    }
    let mut file = written.finish().expect("whole");
    let mut beginning = [0; 4];
    file.seek(SeekFrom::Start(0)).expect("the beginning");
    file.read_exact(&mut beginning).expect("four bytes");
    assert_eq!(&beginning, b"PAR1");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    assert_eq!(reader.schema().fields(), table.schema().fields(), "meanings and units among them");
    let reader = reader.with_batch_size(Table::BATCH_ROWS).build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_value_comes_back(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let (ledger, scan) = (woven(&stories, &order), Scan::by("test"));
        let bills = scan.issued_bills(&ledger).expect("a table");
        for table in [scan.sessions(&ledger).expect("a table"), bills] {
            let shown = |batches: &[RecordBatch]| -> Vec<_> {
                batches.iter().flat_map(crate::rows_shown).collect()
            };
            prop_assert_eq!(shown(&read_again(&table)), shown(table.batches()));
        }
    }
}
