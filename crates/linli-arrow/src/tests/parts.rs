//! A table read in parts is the table, wherever each part ends.

use linli::journal::{Position, Query};
use linli::ledger::Ledger;
use proptest::prelude::*;

use super::story::{stories, woven};
use crate::{Over, Scan, Table};

type Rows = Vec<Vec<Option<String>>>;

fn rows(table: &Table) -> Rows {
    table.head(usize::MAX)
}

/// All parts of at most `most` events, behind one another, and how many rows each has.
fn in_parts(scan: &Scan, ledger: &Ledger, over: &Over, most: usize) -> (Rows, Vec<Position>) {
    let (mut found, mut reached, mut until) = (Rows::new(), Vec::new(), None);
    while let Some(part) =
        scan.part(ledger, over, reached.last().copied(), until, most).expect("a part")
    {
        assert!(part.table.rows() <= most, "{} rows", part.table.rows());
        assert!(reached.last() < Some(&part.reached), "it goes on");
        found.extend(rows(&part.table));
        reached.push(part.reached);
        until = Some(part.until);
        if part.reached == part.until {
            break;
        }
    }
    (found, reached)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No row is skipped, none comes twice, and each stands behind where the part before ended.
    #[test]
    fn parts_are_the_whole(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
        most in 1_usize..9,
        known in prop::option::of(1_u64..40),
    ) {
        let ledger = woven(&stories, &order);
        let scan = match known {
            Some(position) => Scan::by("test").as_known_at(Position(position)),
            None => Scan::by("test"),
        };
        let ends = Query::of_types(["SessionEnded"]);
        let tables = [
            (Over::Events(Query::all()), scan.events(&ledger, &Query::all())),
            (Over::Events(ends.clone()), scan.events(&ledger, &ends)),
            (Over::MeterSamples, scan.meter_samples(&ledger)),
            (Over::IssuedBills, scan.issued_bills(&ledger)),
        ];
        for (over, whole) in tables {
            let whole = rows(&whole.expect("a table"));
            let (found, reached) = in_parts(&scan, &ledger, &over, most);
            prop_assert_eq!(&found, &whole);
            let (at_once, ends) = in_parts(&scan, &ledger, &over, usize::MAX);
            prop_assert_eq!(&at_once, &whole);
            prop_assert_eq!(reached.last(), ends.last(), "both reach the end");
        }
    }
}
