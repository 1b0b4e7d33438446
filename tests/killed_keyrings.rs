//! A process that makes keys and destroys every other one is killed with `kill -9`, thirty times:
//! a key that was given is the same afterwards, one that was destroyed never comes back, and of the
//! one that was in hand either both or neither of tombstone and removal is there.
//!
//! Keeps away: a key that is given before it is kept, a tombstone in a step of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use linli::Subject;
use linli::privacy::{Keyring, KeyringError};
use linli_sqlite::SqliteKeyring;

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
