//! A table says what the replay says, whatever order the events came in.

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use linli::charging::tariff::Tariff;
use linli::journal::{Blocking, Position, Query};
use linli::ledger::Ledger;
use linli::replay::{Replay, Report};
use proptest::prelude::*;

use super::story::{stories, woven};
use crate::{Scan, Table, bills, differences, take_bills};

fn tariff() -> Tariff {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tariffs/flat-0.66.json");
    Tariff::from_json(&std::fs::read_to_string(file).expect("a tariff file")).expect("a tariff")
}

fn replayed(ledger: &Ledger) -> Report {
    let replay = Replay::under(&tariff()).against_issued().keep_bills();
    replay.run_blocking(ledger).expect("a report")
}

/// The columns of this name, one a batch.
fn column<'a>(table: &'a Table, name: &'a str) -> impl Iterator<Item = &'a ArrayRef> {
    table.batches().iter().map(move |batch| batch.column_by_name(name).expect("a column"))
}

/// The sum of a column of integers, in `i128`; what is null counts nothing.
fn sum_wh(table: &Table, name: &str) -> i128 {
    let values = column(table, name).flat_map(ArrayRef::as_primitive::<Int64Type>);
    values.flatten().map(i128::from).sum()
}

fn sum_of_amounts(table: &Table, name: &str) -> i128 {
    column(table, name).flat_map(ArrayRef::as_primitive::<Decimal128Type>).flatten().sum()
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    let place = table.schema().index_of(name).expect("a column");
    let cells = table.head(usize::MAX).into_iter().map(|row| row[place].clone());
    cells.map(Option::unwrap_or_default).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The sessions that count have the replay's number and energy, to the watt-hour.
    #[test]
    fn sessions_hold_the_energy_of_the_replay(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let ledger = woven(&stories, &order);
        let table = Scan::by("test").sessions(&ledger).expect("a table");
        let report = replayed(&ledger);
        let states = texts(&table, "state");
        let counted = states.iter().filter(|state| *state == "ended" || *state == "closed_by_rule");
        prop_assert_eq!(counted.count() as u64, report.sessions);
        let voided: i128 = table.head(usize::MAX).iter().zip(&states)
            .filter(|(_, state)| *state == "voided")
            .filter_map(|(row, _)| row[6].as_ref()?.parse::<i128>().ok())
            .sum();
        prop_assert_eq!(sum_wh(&table, "energy_wh") - voided, report.energy_wh);
        prop_assert_eq!(table.rows(), stories.len());
    }

    /// Bills add up to the total, differences to the difference, and both name the same sessions.
    #[test]
    fn bills_add_up_to_the_total(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let mut report = replayed(&woven(&stories, &order));
        let names = [Some("flat".to_owned())];
        let bills = bills(&report, &names).expect("a table");
        let taken = take_bills(&mut report, &names).expect("a table");
        prop_assert_eq!(taken.batches(), bills.batches());
        prop_assert!(report.tariffs[0].bills.is_empty());
        let differences = differences(&report, &names).expect("a table");
        let tariff = &report.tariffs[0];
        prop_assert_eq!(sum_of_amounts(&bills, "amount"), tariff.total.0);
        let parts = ["electricity", "service", "other"].map(|part| sum_of_amounts(&bills, part));
        prop_assert_eq!(parts.iter().sum::<i128>(), tariff.total.0);
        let compared = tariff.against_issued.as_ref().expect("compared");
        prop_assert_eq!(sum_of_amounts(&differences, "difference"), compared.difference().0);
        prop_assert_eq!(differences.rows(), compared.differences.len());
    }

    /// One journal, one table: the order in which the events came in does not show.
    #[test]
    fn the_order_of_recording_does_not_show(
        stories in stories(),
        one in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
        other in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let facts = |order| {
            let table = Scan::by("test").sessions(&woven(&stories, order)).expect("a table");
            let keys = texts(&table, "session");
            assert!(keys.is_sorted(), "{keys:?}");
            // Flags say what looked wrong in the order of recording.
            table.head(usize::MAX).into_iter().map(|row| row[..9].to_vec()).collect::<Vec<_>>()
        };
        prop_assert_eq!(facts(&one), facts(&other));
    }

    /// As known at a position is what a journal that ends there says.
    #[test]
    fn as_known_at_a_position_is_the_journal_up_to_it(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
        cut in any::<prop::sample::Index>(),
    ) {
        let ledger = woven(&stories, &order);
        let head = Blocking(ledger.store()).head().expect("a head").expect("events").0;
        let known = Position(cut.index(usize::try_from(head).expect("small")) as u64 + 1);
        let scan = Scan::by("test").as_known_at(known);
        let events = scan.events(&ledger, &Query::all()).expect("a table");
        prop_assert_eq!(events.rows() as u64, known.0);
        let kinds = texts(&events, "type");
        let sampled = kinds.iter().filter(|kind| *kind == "MeterSampled").count();
        prop_assert_eq!(scan.meter_samples(&ledger).expect("a table").rows(), sampled);
        let started = kinds.iter().filter(|kind| *kind == "SessionStarted").count();
        prop_assert_eq!(scan.sessions(&ledger).expect("a table").rows(), started);
    }
}
