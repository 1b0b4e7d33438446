//! The same in shards that add up: `cargo xtask faults --soak histories`.

use super::{Tally, in_memory, in_memory_store, over};
use crate::soaking::Soak;

/// Turns of each writer in one journal.
const TURNS: u64 = 1_250;

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak histories`"]
fn histories() {
    let mut soak = Soak::asked();
    while soak.goes_on("appends_each") {
        let [memory, sqlite, postgres, nats] = at_once();
        let conflicts = [memory, sqlite, postgres, nats].map(|tally| tally.conflicts).iter().sum();
        soak.add(&[
            ("appends_each", memory.appends),
            ("memory", memory.appends),
            ("sqlite", sqlite.appends),
            ("postgres", postgres.appends),
            ("nats", nats.appends),
            ("conflicts", conflicts),
            ("anomalies", 0),
        ]);
    }
}

/// One journal in each store, all at the same time: each mostly waits for its own server or lock.
fn at_once() -> [Tally; 4] {
    let folder = in_memory();
    let file = folder.path().join("history.db");
    let postgres = linli_postgres::trial::Fresh::journal();
    let nats = linli_nats::trial::Fresh::journal();
    let served =
        |address: Option<&str>| address.map_or(Tally::default(), |address| over(address, TURNS));
    std::thread::scope(|scope| {
        let memory = scope.spawn(|| in_memory_store(TURNS));
        let sqlite = scope.spawn(|| over(file.to_str().expect("a path"), TURNS));
        let postgres = scope.spawn(|| served(postgres.as_ref().map(|fresh| &*fresh.address)));
        let nats = scope.spawn(|| served(nats.as_ref().map(|fresh| &*fresh.address)));
        [memory, sqlite, postgres, nats].map(|store| store.join().expect("a serial order"))
    })
}
