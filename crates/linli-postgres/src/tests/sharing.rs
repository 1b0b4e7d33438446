//! What several stores over one journal owe each other.

use std::sync::mpsc::channel;
use std::thread;

use super::*;

/// A commit whose answer was lost may still be under way: "not there" is said only when it is over.
#[test]
fn a_receipt_waits_for_the_append_that_is_under_way() {
    let Some(address) = database() else { return };
    let store = PostgresStore::open(&address).expect("a journal for a test");
    let (hold, held) = channel();
    let (release, released) = channel::<()>();
    let (tell, told) = channel();
    let (store, address) = (&store, &address);
    // Moved in: whatever fails here, the lock is given back.
    thread::scope(move |scope| {
        scope.spawn(move || {
            with_client(address, async |client| {
                let begin =
                    "BEGIN; SELECT pg_advisory_xact_lock(1280199753, id) FROM linli.journal";
                client.batch_execute(begin).await.expect("the writers' lock");
                hold.send(()).expect("somebody waits for it");
                let _ = released.recv();
                client.batch_execute("COMMIT").await.expect("the lock is given back");
            });
        });
        held.recv().expect("the lock is held");
        scope.spawn(move || tell.send(Blocking(store).receipt(key(1))));
        while !is_waited_for(address) {
            assert!(told.try_recv().is_err(), "it did not wait");
        }
        release.send(()).expect("the lock is held still");
        assert!(told.recv().expect("an answer").expect("readable").is_none());
    });
}

fn is_waited_for(address: &str) -> bool {
    let waiting = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    with_client(address, async |client| client.query_one(waiting, &[]).await.expect("locks").get(0))
}

#[test]
fn concurrent_callers_share_commits() {
    let Some(fresh) = Fresh::journal() else { return };
    let store = fresh.store();
    let (callers, each) = (32, 10);
    thread::scope(|scope| {
        for caller in 0..callers {
            let store = &store;
            scope.spawn(move || {
                for number in 0..each {
                    append(store, three(caller * each + number)).expect("nothing forbids it");
                }
            });
        }
    });
    let appends = callers * each;
    assert_eq!(whole_appends(&store).len() as u64, appends);
    assert!(store.describe().commits < appends / 2, "{:?}", store.describe());
}

#[test]
fn journals_of_one_database_do_not_see_each_other() {
    let Some(address) = database() else { return };
    let other = address.replace("journal=j", "journal=k");
    let here = PostgresStore::open(&address).expect("a journal for a test");
    let there = PostgresStore::open(&other).expect("a journal for a test");
    append(&here, three(0)).expect("an append that nothing forbids");
    assert!(Blocking(&there).head().expect("readable").is_none());
    assert!(Blocking(&there).receipt(key(0)).expect("readable").is_none());
    append(&there, three(0).fail_if(Query::all(), None)).expect("its first append");
    assert_eq!(whole_appends(&here), [0]);
    assert_eq!(whole_appends(&there), [0]);
}
