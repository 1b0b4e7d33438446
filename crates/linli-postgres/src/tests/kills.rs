//! The server is killed while a store appends: what was answered is there, nothing is half there or
//! there twice, and the store goes on by itself once the server is back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::*;

const KILLS: u64 = 15;

#[test]
fn what_was_answered_survives_fifteen_kills() {
    let folder = tempfile::tempdir().expect("a folder for a test");
    let Some(mut server) = own_server(&folder) else { return };
    let address = format!("{}?journal=killed", server.address());
    let store = PostgresStore::open(&address).expect("a journal for a test");
    let (answered, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let asked = thread::scope(|scope| {
        let appending = scope.spawn(|| append_on(&store, &answered, &is_over));
        for kill in 0..KILLS {
            // Between two answers, and not always at the same one.
            let next = answered.load(SeqCst) + 1 + kill % 5;
            while answered.load(SeqCst) < next && !appending.is_finished() {
                thread::sleep(Duration::from_millis(1));
            }
            let before = answered.load(SeqCst);
            match kill % 2 {
                0 => server.kill(),
                _ => server.stop_immediately(),
            }
            server.start_again().unwrap_or_else(|why| panic!("{why}"));
            let again = PostgresStore::open(&address).expect("the journal opens again");
            let there = whole_appends(&again);
            let lost = (0..before).filter(|number| !there.contains(number)).count();
            assert_eq!(lost, 0, "answered appends are lost");
        }
        is_over.store(true, SeqCst);
        appending.join().expect("the store goes on")
    });
    let all: Vec<u64> = (0..asked).collect();
    assert_eq!(whole_appends(&store), all, "each append once");
    println!(
        "\nfault A1 PostgreSQL: {KILLS} kills of the server under load; 0 of {asked} answers lost, \
         0 doubled"
    );
    assert!(asked >= KILLS, "an answer between any two kills");
}

/// Appends one after the other, each until it is answered, as a caller should.
fn append_on(store: &PostgresStore, answered: &AtomicU64, is_over: &AtomicBool) -> u64 {
    let mut number = 0;
    while !is_over.load(SeqCst) {
        match append(store, three(number)) {
            Ok(_) => {
                number += 1;
                answered.store(number, SeqCst);
            }
            Err(AppendError::Busy { .. }) => {}
            Err(AppendError::Unknown { .. }) => match Blocking(store).receipt(key(number)) {
                Ok(Some(_)) => {
                    number += 1;
                    answered.store(number, SeqCst);
                }
                Ok(None) | Err(ReadError::Busy { .. } | ReadError::Unavailable { .. }) => {}
                Err(error) => panic!("{error}"),
            },
            Err(error) => panic!("{error}"),
        }
    }
    number
}
