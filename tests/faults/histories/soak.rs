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
        let tally = in_memory_store(TURNS);
        let folder = in_memory();
        let journal = folder.path().join("history.db");
        let sqlite = over(journal.to_str().expect("a path"), TURNS);
        let served = |address: Option<String>| {
            address.map_or(Tally::default(), |address| over(&address, TURNS))
        };
        let fresh = linli_postgres::trial::Fresh::journal();
        let postgres = served(fresh.map(|fresh| fresh.address));
        let fresh = linli_nats::trial::Fresh::journal();
        let nats = served(fresh.map(|fresh| fresh.address));
        let tallies = [tally, sqlite, postgres, nats];
        soak.add(&[
            ("appends_each", tally.appends),
            ("memory", tally.appends),
            ("sqlite", sqlite.appends),
            ("postgres", postgres.appends),
            ("nats", nats.appends),
            ("conflicts", tallies.iter().map(|tally| tally.conflicts).sum()),
            ("anomalies", 0),
        ]);
    }
}
