//! Cases stand in a ring, and each is merged into the next at one time: on every store the ring
//! stays open somewhere, and each group has one root.
//!
//! Keeps away: a circle of merges, closed by decisions that know nothing of each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use linli::cases::{Command, Event as Cases, Refusal as OfCases};
use linli::journal::{Blocking, EventStore, MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, ExecuteError, Ledger, Request};
use linli::{CaseId, Event, Refusal, codec};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

const RINGS: usize = 40;
const WRITERS: usize = 8;
const AT: &str = "2022-02-20T09:00:00+08:00";

fn name(ring: usize, place: usize) -> String {
    format!("c-{ring}-{}", place % WRITERS)
}

fn command(case: &str, name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.insert("case_id".into(), json!(case));
    own.insert("at".into(), json!(AT));
    own.insert("zone".into(), json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn open(ring: usize, place: usize) -> Command {
    let fields = json!({
        "kind": "hazard", "category": "wire", "severity_n": 3, "place_id": "yujing",
        "observed_at": AT,
    });
    command(&name(ring, place), "open_case", fields)
}

/// How many of the ring were merged; the others must have been told why not.
fn merged(ledgers: &[Ledger], ring: usize) -> usize {
    std::thread::scope(|scope| {
        let race = |place: usize| {
            let into = json!({"into": name(ring, place + 1)});
            let wanted = command(&name(ring, place), "merge_case", into);
            let ledger = &ledgers[place % ledgers.len()];
            scope.spawn(move || ledger.execute_blocking("racer", wanted))
        };
        let racers: Vec<_> = (0..WRITERS).map(race).collect();
        let results = racers.into_iter().map(|racer| racer.join().expect("no panic"));
        let is_merged = |result| match result {
            Ok(_) => true,
            Err(ExecuteError::Refused(Refusal::Cases(
                OfCases::WrongState { is: "merged", .. } | OfCases::MergeCycle { .. },
            ))) => false,
            Err(error) => panic!("neither accepted nor refused: {error}"),
        };
        results.map(is_merged).filter(|merged| *merged).count()
    })
}

/// Into what each case was merged.
fn merges(store: &dyn EventStore) -> BTreeMap<CaseId, CaseId> {
    let mut merges = BTreeMap::new();
    let query = Query::all().or(["CaseMerged"], std::iter::empty());
    for page in Blocking(store).pages(query, ReadOptions::forwards()) {
        for view in page.expect("a page").events() {
            let told = codec::decode(&view).expect("an event").event;
            if let Event::Cases(Cases::CaseMerged { case_id, into }) = told {
                merges.insert(case_id, into);
            }
        }
    }
    merges
}

fn race(stores: &[Arc<dyn EventStore>]) {
    let ledger =
        |store: &Arc<dyn EventStore>| Ledger::over(Arc::clone(store), Authority::local_operator());
    let ledgers: Vec<Ledger> = stores.iter().map(ledger).collect();
    let mut accepted = 0;
    for ring in 0..RINGS {
        let opened = Request::all((0..WRITERS).map(|place| open(ring, place)));
        ledgers[0].execute_blocking("operator", opened).expect("opened");
        let merged = merged(&ledgers, ring);
        assert!((1..WRITERS).contains(&merged), "ring {ring}: {merged} of {WRITERS}");
        accepted += merged;
    }
    let merges = merges(&*stores[0]);
    assert_eq!(merges.len(), accepted);
    for case in merges.keys() {
        let chain = std::iter::successors(Some(case), |case| merges.get(*case));
        assert!(chain.take(WRITERS + 1).count() <= WRITERS, "{case} lives by itself");
    }
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
