//! Row C1: servers of a JetStream cluster are killed, paused and cut off while a store appends:
//! what was answered is there, nothing is half there or there twice, and the store goes on by
//! itself once a majority is back.
//!
//! Keeps away: silence that is taken for an answer, in either sense; a repeat that is stored a
//! second time; a leader that nobody follows any more and that is believed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread::{scope, sleep};
use std::time::Duration;

use linli::journal::{AppendError, Blocking, EventStore, ReadError};
use linli_nats::NatsStore;
use linli_servers::{Nats, Network};
use tempfile::TempDir;

use super::account::{append, appends_so_far, key, whole_appends};
use super::told;
use crate::soaking::Soak;

/// Where the program for servers of one's own is.
const PROGRAM: &str = "LINLI_NATS_PROGRAM";
const STREAM: &str = "faults";
/// Answers between two faults, at least.
const BETWEEN: u64 = 20;
/// Longer than a cluster waits before it chooses another leader.
const LASTS: Duration = Duration::from_secs(8);
/// A cluster has a leader again by then, and a store has found it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is done to a cluster.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The leader is killed with `kill -9`, and started again once the others go on.
    LeaderKilled,
    /// The leader stands still.
    LeaderPaused,
    /// All three are killed with `kill -9`.
    AllKilled,
    /// The leader's link is down: nobody reaches it.
    LeaderCutOff,
    /// The leader does not reach the others, and clients reach it.
    LeaderApart,
}

const ON_LOOPBACK: [Fault; 3] = [Fault::LeaderKilled, Fault::LeaderPaused, Fault::AllKilled];
const IN_A_NETWORK: [Fault; 2] = [Fault::LeaderCutOff, Fault::LeaderApart];

/// What was seen of a cluster under faults.
#[derive(Clone, Copy, Debug)]
struct Seen {
    answers: u64,
    unknown: u64,
}

/// Ends the appending, however the faults end.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Appends while one fault after another is made; whatever is lost is a panic.
fn under(servers: &mut Nats, faults: &[Fault]) -> Seen {
    let address = servers.address(STREAM);
    let store = NatsStore::open(&address).expect("a journal for a test");
    let (answered, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let seen = scope(|scope| {
        let ends = Ends(&is_over);
        let appending = scope.spawn(|| append_on(&store, &answered, &is_over));
        for (number, fault) in (0..).zip(faults) {
            // Between two answers, and not always at the same one.
            more_than(&answered, BETWEEN + number % 13);
            let leader = leader(servers);
            let before = answered.load(SeqCst);
            fault.make(servers, &leader, &address, &answered);
            let lost = missing(&address, before);
            assert_eq!(lost, 0, "of {before}, after {fault:?}; {}", later(&address, before));
        }
        drop(ends);
        appending.join().expect("the store goes on")
    });
    let there = whole_appends(&store);
    assert!(there.keys().copied().eq(0..seen.answers), "each append once");
    for number in 0..seen.answers {
        assert!(Blocking(&store).receipt(key(number)).expect("readable").is_some(), "its key");
    }
    seen
}

/// How many of so many answered appends are not there for who opens the journal now.
fn missing(address: &str, answered: u64) -> usize {
    let again = NatsStore::open(address).expect("the journal opens again");
    let there = appends_so_far(&again);
    (0..answered).filter(|number| !there.contains_key(number)).count()
}

/// Whether they were lost, or a server told of an older time: what is missing a while later.
fn later(address: &str, answered: u64) -> String {
    let seconds = PATIENCE.as_secs();
    for second in 1..=seconds {
        sleep(Duration::from_secs(1));
        if missing(address, answered) == 0 {
            return format!(
                "all were there {second} s later: an older head was told, none is lost"
            );
        }
    }
    format!("{} are missing {seconds} s later: they are lost", missing(address, answered))
}

/// Waits for so many answers more.
fn more_than(answered: &AtomicU64, more: u64) {
    let wanted = answered.load(SeqCst) + more;
    let pause = Duration::from_millis(1);
    for _ in 0..PATIENCE.as_millis() {
        if answered.load(SeqCst) >= wanted {
            return;
        }
        sleep(pause);
    }
    panic!("the store does not go on: {} of {wanted} answers", answered.load(SeqCst));
}

fn leader(servers: &Nats) -> String {
    for _ in 0..PATIENCE.as_secs() {
        if let Some(leader) = servers.leader(STREAM) {
            return leader;
        }
        sleep(Duration::from_secs(1));
    }
    panic!("nobody leads the stream")
}

impl Fault {
    fn make(self, servers: &mut Nats, leader: &str, address: &str, answered: &AtomicU64) {
        match self {
            Self::LeaderKilled => {
                servers.kill(leader);
                drop(NatsStore::open(address).expect("two of three are enough"));
            }
            Self::LeaderPaused => {
                servers.pause(leader);
                sleep(LASTS);
                servers.resume(leader);
            }
            Self::AllKilled => servers.kill_all(),
            Self::LeaderCutOff => {
                servers.cut_off(leader).unwrap_or_else(|why| panic!("{why}"));
                // The two others are enough, and the store finds them.
                sleep(LASTS);
                more_than(answered, BETWEEN);
            }
            Self::LeaderApart => {
                servers.set_apart(leader).unwrap_or_else(|why| panic!("{why}"));
                sleep(LASTS);
            }
        }
        servers.mend().unwrap_or_else(|why| panic!("{why}"));
        servers.start_all_again().unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Appends one after the other, each until it is answered, as a caller should.
fn append_on(store: &dyn EventStore, answered: &AtomicU64, is_over: &AtomicBool) -> Seen {
    let mut seen = Seen { answers: 0, unknown: 0 };
    while !is_over.load(SeqCst) {
        let number = seen.answers;
        let is_there = match Blocking(store).append(append(number)) {
            Ok(_) => true,
            Err(AppendError::Busy { .. }) => false,
            Err(AppendError::Unknown { .. }) => {
                seen.unknown += 1;
                match Blocking(store).receipt(key(number)) {
                    Ok(receipt) => receipt.is_some(),
                    Err(ReadError::Busy { .. } | ReadError::Unavailable { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            }
            Err(error) => panic!("{error}"),
        };
        if is_there {
            seen.answers += 1;
            answered.store(seen.answers, SeqCst);
        }
    }
    seen
}

/// Where the program is, and a folder that its servers may enter, or nothing after saying so.
fn program() -> Option<(PathBuf, TempDir)> {
    let Some(program) = std::env::var_os(PROGRAM).map(PathBuf::from) else {
        println!("\nnot run: {PROGRAM} names no program; `cargo xtask faults` brings it");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder for a test");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("a folder for a test");
    Some((program, folder))
}

/// A cluster whose network is cut, or nothing after saying that there can be none here.
fn in_a_network(faults: &[Fault]) -> Option<Seen> {
    let (program, folder) = program()?;
    let network = Network::of(3);
    let network = network.map_err(|why| println!("\nnot run: no network can be made here: {why}"));
    let servers = Nats::start_three_apart(&program, &folder.path().join("servers"), network.ok()?);
    Some(under(&mut servers.unwrap_or_else(|why| panic!("{why}")), faults))
}

fn on_loopback(faults: &[Fault]) -> Option<Seen> {
    let (program, folder) = program()?;
    let servers = Nats::start_three(&program, &folder.path().join("servers"));
    Some(under(&mut servers.unwrap_or_else(|why| panic!("{why}")), faults))
}

fn say(faults: &[Fault], what: &str, seen: Seen) {
    told(
        "C1 NATS",
        format_args!("{} faults of a cluster under load ({what})", faults.len()),
        format_args!(
            "0 of {} answers lost, {} unknown outcomes settled",
            seen.answers, seen.unknown
        ),
    );
    assert!(seen.answers >= faults.len() as u64 * BETWEEN, "answers between any two faults");
}

#[test]
fn what_was_answered_survives_six_faults_of_a_cluster() {
    let faults = [ON_LOOPBACK, ON_LOOPBACK].concat();
    let Some(seen) = on_loopback(&faults) else { return };
    say(&faults, "leader killed, leader paused, all killed", seen);
}

#[test]
fn what_was_answered_survives_a_network_that_falls_apart() {
    let Some(seen) = in_a_network(&IN_A_NETWORK) else { return };
    say(&IN_A_NETWORK, "leader cut off from all, from the others", seen);
}

/// A server that nobody leads any more answers for itself, and may be behind: that is not taken for
/// the journal. What was answered is there once the others are.
#[test]
fn who_is_left_alone_tells_of_nothing() {
    let Some((program, folder)) = program() else { return };
    let servers = Nats::start_three(&program, &folder.path().join("servers"));
    let mut servers = servers.unwrap_or_else(|why| panic!("{why}"));
    let address = servers.address(STREAM);
    let store = NatsStore::open(&address).expect("a journal for a test");
    for number in 0..BETWEEN {
        // On a busy machine it may take more than one try.
        let is_answered = (0..10).any(|_| Blocking(&store).append(append(number)).is_ok());
        assert!(is_answered, "append {number}");
    }
    drop(store);
    let leader = leader(&servers);
    let mut followers = servers.names();
    followers.retain(|name| *name != leader);
    servers.kill(&leader);
    servers.kill(&followers[0]);
    // Asked for no more than what is there: what the servers that are gone flush cannot be seen.
    let unflushed = format!("{address}&profile=lost-on-power-loss");
    let alone = NatsStore::open(&unflushed).map(|store| Blocking(&store).head());
    assert!(alone.is_err(), "one server alone: {alone:?}");
    servers.start_all_again().unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(missing(&address, BETWEEN), 0);
    told(
        "C1 NATS",
        format_args!("a follower left alone, {BETWEEN} appends answered before"),
        format_args!("nothing told of them, and 0 lost once the others are back"),
    );
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak cluster`"]
fn cluster() {
    let mut soak = Soak::asked();
    while soak.goes_on("faults") {
        let Some(seen) = on_loopback(&ON_LOOPBACK) else { return };
        let faults = ON_LOOPBACK.len() as u64;
        soak.add(&[("faults", faults), ("answers", seen.answers), ("unknown", seen.unknown)]);
        if let Some(seen) = in_a_network(&IN_A_NETWORK) {
            let cuts = IN_A_NETWORK.len() as u64;
            soak.add(&[
                ("faults", cuts),
                ("cuts_of_the_network", cuts),
                ("answers", seen.answers),
                ("unknown", seen.unknown),
                ("lost", 0),
            ]);
        }
    }
}
