//! What becomes known of a connector counts whenever it is told.

use super::*;
use crate::domain::Watts;
use crate::domain::charging::Register;

fn at(minutes: i64) -> Timestamp {
    Timestamp(1_600_000_000_000_000 + minutes * MINUTE)
}

/// What may become known of the connector of sessions 3, 6 and 9.
fn fact() -> impl Strategy<Value = Command> {
    let connector = || "c0".parse().expect("a connector");
    let replaced = (0_i64..20_000, 0_i64..9_000, 0_i64..9_000);
    let replaced = replaced.prop_map(move |(minutes, last, first)| {
        let (last, first) = (WattHours(last), WattHours(first));
        let (connector, at, zone) = (connector(), at(minutes), ZONE);
        Command::RecordMeterReplacement { connector, at, zone, last, first }
    });
    let offset = (-600_i64..600, 0_i64..20_000, 1_i64..20_000);
    let offset = offset.prop_map(move |(ahead, from, minutes)| Command::NoteClockOffset {
        connector: connector(),
        at: at(from),
        zone: ZONE,
        offset_us: ahead * MINUTE,
        from: at(from),
        until: at(from + minutes),
    });
    let commissioned = (0_i64..9_000).prop_map(move |watts| Command::CommissionConnector {
        connector: connector(),
        at: at(0),
        zone: ZONE,
        place: "east gate".into(),
        meter: None,
        max_power: Some(Watts(watts)),
        register: Register::Lifetime,
        feeds_back: false,
    });
    prop_oneof![replaced, offset, commissioned]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Told before all sessions, between them or after them, it comes to the same bills, and to
    /// those that are explained; on several threads, too.
    #[test]
    fn a_fact_counts_whenever_it_is_told(
        stories in stories(),
        fact in fact(),
        place in any::<prop::sample::Index>(),
        threads in 1_usize..4,
    ) {
        let ledger_with = |place: usize| {
            let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
            for (index, told) in stories.iter().enumerate() {
                if index == place {
                    ledger.execute_blocking("test", fact.clone()).expect("recorded");
                }
                let request = Request::all(told.commands());
                ledger.execute_blocking("test", request).expect("recorded");
            }
            if place >= stories.len() {
                ledger.execute_blocking("test", fact.clone()).expect("recorded");
            }
            ledger
        };
        let (first, late) = (ledger_with(0), ledger_with(place.index(stories.len() + 1)));
        let replay = replay().keep_bills().threads(threads);
        let told = replay.run_blocking(&late).expect("replayed");
        prop_assert_eq!(bills(&first), shown(&told));
        for bill in told.tariffs[0].bills.iter() {
            let explained = replay.explain(&late, &bill.session).expect("explained");
            prop_assert_eq!(explained.price, bill.price);
            prop_assert_eq!(explained.billable.is_held, bill.is_held);
        }
    }
}
