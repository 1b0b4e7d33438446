//! Sixty-four writers want one connector, or one card: one of them gets it, on every store.
//!
//! Keeps away: a rule kept by a lock in the process instead of the append condition.

use std::sync::Arc;

use linli::charging::{Command, Refusal as Charging, Register};
use linli::journal::{EventStore, MemoryStore};
use linli::ledger::{Authority, ExecuteError, Ledger};
use linli::{Refusal, Timestamp, Zone};
use linli_sqlite::SqliteStore;

const WRITERS: usize = 64;
const ZONE: Zone = Zone::Asia__Shanghai;
const AT: Timestamp = Timestamp(1_645_000_000_000_000);

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn commission(connector: &str) -> Command {
    Command::CommissionConnector {
        connector: name(connector),
        at: AT,
        zone: ZONE,
        place: "east gate".into(),
        meter: None,
        max_power: None,
        register: Register::Unknown,
        feeds_back: false,
    }
}

fn start(number: usize, connector: &str, card: &str) -> Command {
    Command::StartSession {
        session: name(&format!("race:{number}")),
        connector: name(connector),
        card: name(card),
        at: AT,
        zone: ZONE,
        register: None,
    }
}

/// How many of the racing starts were accepted; the others must have been refused.
fn winners(ledgers: &[Ledger], wants: fn(usize) -> Command) -> usize {
    std::thread::scope(|scope| {
        let racers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let ledger = &ledgers[number % ledgers.len()];
                scope.spawn(move || ledger.execute_blocking("racer", wants(number)))
            })
            .collect();
        let results = racers.into_iter().map(|racer| racer.join().expect("no panic"));
        results
            .filter(|result| match result {
                Ok(_) => true,
                Err(ExecuteError::Refused(Refusal::Charging(
                    Charging::ConnectorActive { .. } | Charging::CardActive { .. },
                ))) => false,
                Err(error) => panic!("neither accepted nor refused: {error}"),
            })
            .count()
    })
}

fn race(stores: &[Arc<dyn EventStore>]) {
    let ledger =
        |store: &Arc<dyn EventStore>| Ledger::over(Arc::clone(store), Authority::local_operator());
    let ledgers: Vec<Ledger> = stores.iter().map(ledger).collect();
    for connector in (0..WRITERS).map(|number| format!("k{number}")) {
        ledgers[0].execute_blocking("operator", commission(&connector)).expect("commissioned");
    }
    let one_connector = |number| start(number, "k0", &format!("c{number}"));
    assert_eq!(winners(&ledgers, one_connector), 1, "one session a connector");
    let one_card = |number| start(WRITERS + number, &format!("k{number}"), "one");
    assert_eq!(winners(&ledgers, one_card), 1, "one session a card");
}

#[test]
fn in_memory() {
    race(&[Arc::new(MemoryStore::new())]);
}

#[test]
fn in_sqlite_through_two_handles() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("race.db");
    let open = || -> Arc<dyn EventStore> {
        Arc::new(SqliteStore::open(&journal).expect("the journal opens"))
    };
    race(&[open(), open()]);
}
