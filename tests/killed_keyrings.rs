//! A process that gives a keyring one key of its own after another is killed as well: every data
//! key is read afterwards.
//!
//! A process that makes keys and destroys every other one is killed with `kill -9`, thirty times:
//! a key that was given is the same afterwards, one that was destroyed never comes back, and of the
//! one that was in hand either both or neither of tombstone and removal is there.
//!
//! Keeps away: a key that is given before it is kept, a tombstone in a step of its own, a moment at
//! which neither the old key nor the new one opens a keyring.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use linli::Subject;
use linli::privacy::{Keyring, KeyringError};
use linli_sqlite::SqliteKeyring;

use crate::soaking::Soak;

const KILLS: u64 = 30;
const RING: &str = "LINLI_KILLED_RING";
const ROUND: &str = "LINLI_KILLED_ROUND";

fn subject(round: &str, number: u64) -> Subject {
    Subject::of("person", &format_args!("{round}-{number}"))
}

/// What of a key may be printed here: enough to know it again.
fn known_by(key: &[u8; 32]) -> String {
    let half = |bytes: &[u8]| u128::from_be_bytes(bytes.try_into().expect("16 bytes"));
    format!("{:032x}{:032x}", half(&key[..16]), half(&key[16..]))
}

/// Not a test of its own: the process that is killed.
#[test]
fn the_process_that_is_killed() {
    let (Ok(ring), Ok(round)) = (std::env::var(RING), std::env::var(ROUND)) else { return };
    let keyring = SqliteKeyring::open(ring).expect("the keyring opens");
    let mut out = std::io::stdout().lock();
    for number in 0.. {
        let subject = subject(&round, number);
        let made = known_by(keyring.newest(&subject).expect("a key").key.bytes());
        writeln!(out, "made {made}").and_then(|()| out.flush()).expect("a pipe");
        if number % 2 == 1 {
            keyring.destroy(&subject).expect("destroyed");
            writeln!(out, "destroyed {number}").and_then(|()| out.flush()).expect("a pipe");
        }
    }
}

fn start(ring: &Path, round: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", "killed_keyrings::the_process_that_is_killed", "--nocapture"])
        .env(RING, ring)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts")
}

/// The keys that were given before the kill, and how many destructions were answered.
fn answered_before_the_kill(ring: &Path, round: u64) -> (Vec<String>, u64) {
    let mut child = start(ring, round);
    let pipe = child.stdout.take().expect("a pipe");
    let (mut made, mut destroyed, mut answers) = (Vec::new(), 0, 0);
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("made", key)) if key.len() == 64 => made.push(key.to_owned()),
            Some(("destroyed", _)) => destroyed += 1,
            _ => continue,
        }
        answers += 1;
        if answers == 1 + round % 11 {
            child.kill().expect("kill -9");
        }
    }
    child.wait().expect("the process is gone");
    (made, destroyed)
}

#[test]
fn what_was_answered_survives_thirty_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let ring = folder.path().join("ring.db");
    drop(SqliteKeyring::create(&ring).expect("a keyring"));
    let (mut keys, mut destructions) = (0, 0);
    for round in 0..KILLS {
        let (made, destroyed) = answered_before_the_kill(&ring, round);
        let keyring = SqliteKeyring::open(&ring).expect("the keyring opens again");
        for (number, made) in (0..).zip(&made) {
            let subject = subject(&round.to_string(), number);
            let is_destroyed = keyring.is_destroyed(&subject).expect("an answer");
            match keyring.newest(&subject) {
                Ok(key) => {
                    assert_eq!(known_by(key.key.bytes()), *made, "{subject} has another key");
                    assert!(!is_destroyed && (number % 2 == 0 || number / 2 >= destroyed));
                }
                Err(KeyringError::Destroyed { .. }) => assert!(is_destroyed && number % 2 == 1),
                Err(error) => panic!("{subject}: {error}"),
            }
        }
        keys += made.len();
        destructions += destroyed;
    }
    println!(
        "\nfault A1 keyring: {KILLS} kills; 0 of {keys} keys that were given lost, 0 of \
         {destructions} that were destroyed are back"
    );
    assert!(keys > 30 && destructions > 10, "the kills came after answers");
}

/// How often the process that rotates is killed.
const ROTATION_KILLS: u64 = 30;
const ROTATING: &str = "LINLI_ROTATING_RING";
/// Data keys in the keyring that is rotated.
const ROTATED: u64 = 40;

/// Not a test of its own: the process that is killed.
#[test]
fn the_process_that_rotates() {
    let Ok(ring) = std::env::var(ROTATING) else { return };
    let mut out = std::io::stdout().lock();
    for number in 0.. {
        writeln!(out, "begins {number}").and_then(|()| out.flush()).expect("a pipe");
        SqliteKeyring::rekey(&ring).expect("another key");
    }
}

#[test]
fn every_key_is_read_after_thirty_kills_of_a_rotation() {
    every_key_is_read_after(ROTATION_KILLS);
}

/// The same in shards that add up, each with a keyring of its own.
#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak rotations`"]
fn rotations() {
    let mut soak = Soak::asked();
    while soak.goes_on("kills") {
        let rotations = every_key_is_read_after(ROTATION_KILLS);
        let unreadable = 0;
        let seen =
            [("kills", ROTATION_KILLS), ("rotations", rotations), ("unreadable", unreadable)];
        soak.add(&seen);
    }
}

/// How many rotations were begun before the kills; a key that cannot be read is a panic.
fn every_key_is_read_after(kills: u64) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let ring = folder.path().join("ring.db");
    let keyring = SqliteKeyring::create(&ring).expect("a keyring");
    let newest = |number| keyring.newest(&subject("rotated", number)).expect("a key");
    let made: Vec<_> = (0..ROTATED).map(newest).collect();
    let mut rotations = 0;
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().expect("this test knows its file"))
            .args(["--exact", "killed_keyrings::the_process_that_rotates", "--nocapture"])
            .env(ROTATING, &ring)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the process starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let begun = lines.by_ref().map_while(Result::ok).filter(|line| line.starts_with("begins"));
        rotations += begun.take(1 + usize::try_from(round % 3).expect("few")).count();
        // Nobody waits for anything here but for a place in the middle of it.
        std::thread::sleep(std::time::Duration::from_micros(round * 377 % 12_000));
        child.kill().expect("kill -9");
        child.wait().expect("the process is gone");
        let opened = SqliteKeyring::open(&ring).expect("the keyring opens");
        for (number, made) in (0..).zip(&made) {
            let subject = subject("rotated", number);
            for handle in [&opened, &keyring] {
                let key = handle.key(&subject, made.version).expect("it is read");
                assert_eq!(key.bytes(), made.key.bytes(), "{subject} after kill {round}");
            }
        }
    }
    println!("{kills} kills in {rotations} rotations: {ROTATED} data keys, 0 unreadable");
    rotations as u64
}
