//! Servers are killed and paused while a store appends: what was answered is there, nothing is half
//! there or there twice, and the store goes on by itself once a majority is back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::*;

const FAULTS: u64 = 6;
/// Longer than a cluster waits before it chooses another leader.
const PAUSE: Duration = Duration::from_secs(8);

#[test]
fn what_was_answered_survives_six_faults_of_a_cluster() {
    let Some((_folder, mut servers)) = own_servers(PROGRAM, Nats::start_three) else { return };
    let address = servers.address("killed");
    let store = NatsStore::open(&address).expect("a journal for a test");
    let (answered, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (asked, unknown) = thread::scope(|scope| {
        let appending = scope.spawn(|| append_on(&store, &answered, &is_over));
        for number in 0..FAULTS {
            // Between two answers, and not always at the same one.
            let next = answered.load(SeqCst) + 20 + number;
            while answered.load(SeqCst) < next && !appending.is_finished() {
                thread::sleep(Duration::from_millis(1));
            }
            let leader = leader(&store);
            let before = answered.load(SeqCst);
            make(number, &mut servers, &leader, &address);
            let again = NatsStore::open(&address).expect("the journal opens again");
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
        "{FAULTS} faults of the cluster under load; {asked} answers, {unknown} unknown, 0 lost"
    );
    assert!(asked >= FAULTS * 20, "answers between any two faults");
}

fn make(fault: u64, servers: &mut Nats, leader: &str, address: &str) {
    match fault % 3 {
        0 => {
            servers.kill(leader);
            drop(NatsStore::open(address).expect("two of three are enough"));
        }
        1 => {
            servers.pause(leader);
            thread::sleep(PAUSE);
            servers.resume(leader);
        }
        _ => servers.kill_all(),
    }
    servers.start_all_again().unwrap_or_else(|why| panic!("{why}"));
}

fn leader(store: &NatsStore) -> String {
    let Place { servers, stream, .. } = &store.journal().place;
    let servers = servers.join(",").replace("nats://", "");
    let address = format!("nats://{servers}/{stream}?profile=lost-on-power-loss");
    let told = api(&address, "INFO", &json!({}));
    told["cluster"]["leader"].as_str().expect("a leader").to_owned()
}

/// Appends one after the other, each until it is answered, as a caller should.
fn append_on(store: &NatsStore, answered: &AtomicU64, is_over: &AtomicBool) -> (u64, u64) {
    let (mut number, mut unknown) = (0, 0);
    while !is_over.load(SeqCst) {
        let is_there = match append(store, three(number)) {
            Ok(_) => true,
            Err(AppendError::Busy { .. }) => false,
            Err(AppendError::Unknown { .. }) => {
                unknown += 1;
                match Blocking(store).receipt(key(number)) {
                    Ok(receipt) => receipt.is_some(),
                    Err(ReadError::Busy { .. } | ReadError::Unavailable { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            }
            Err(error) => panic!("{error}"),
        };
        if is_there {
            number += 1;
            answered.store(number, SeqCst);
        }
    }
    (number, unknown)
}
