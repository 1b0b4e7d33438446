//! The laws of a keyring: one function a law, and one macro that runs them all.
//!
//! A keyring is one of Linli's when it passes every law:
//!
//! ```
//! use std::sync::Arc;
//! use linli::privacy::laws::Keys;
//! use linli::privacy::{Keyring, MemoryKeyring};
//!
//! struct InMemory(MemoryKeyring);
//!
//! impl Keys for InMemory {
//!     fn open(&self) -> Arc<dyn Keyring> {
//!         Arc::new(self.0.clone())
//!     }
//! }
//!
//! linli::privacy::laws!(|| InMemory(MemoryKeyring::for_tests()));
//! ```
//!
//! A law panics where it is broken and says what was promised.
#![allow(clippy::missing_panics_doc, reason = "a law panics where it is broken, and only there")]

use std::sync::{Arc, Barrier};
use std::thread;

use super::{KeyVersion, Keyring, KeyringError, MemoryKeyring};
use crate::domain::Subject;

/// One keyring, fresh for each law, and the way to open it.
pub trait Keys: Send + Sync {
    /// A handle to the same keyring every time. When all earlier ones have been dropped, this
    /// opens it again; while one is held, both stand side by side.
    fn open(&self) -> Arc<dyn Keyring>;
}

impl Keys for MemoryKeyring {
    fn open(&self) -> Arc<dyn Keyring> {
        Arc::new(self.clone())
    }
}

/// A law: it panics if the keyring that it is given, a fresh one, breaks it.
pub type Law = fn(&dyn Keys);

/// Every law by its name, for those who want to run them in another way than as tests.
pub const ALL: &[(&str, Law)] = crate::__linli_keyring_laws!(@each [names]);

/// Makes one `#[test]` of every law. What it is given is called without arguments once a law and
/// gives fresh [`Keys`].
#[doc(hidden)]
#[macro_export]
macro_rules! __linli_keyring_laws {
    (@each $how:tt) => {
        $crate::__linli_keyring_laws! { @do $how
            a_destroyed_subject_never_gets_a_key_again
            a_destruction_is_seen_by_every_handle
            a_further_key_leaves_the_older_ones
            a_key_is_made_at_first_use_and_kept
            a_key_that_is_raced_for_is_made_once
            a_subject_without_a_key_can_be_destroyed
            a_version_that_was_never_made_is_named
            destroying_one_subject_leaves_the_others
            keys_and_tombstones_outlive_their_handle
            subjects_have_keys_of_their_own
        }
    };
    (@do [tests $make_keys:expr] $($law:ident)+) => {
        $(
            #[test]
            fn $law() {
                $crate::privacy::laws::$law(&($make_keys)());
            }
        )+
    };
    (@do [names] $($law:ident)+) => {
        &[$((stringify!($law), |keys| $crate::privacy::laws::$law(keys)),)+]
    };
    ($make_keys:expr) => {
        $crate::__linli_keyring_laws! { @each [tests $make_keys] }
    };
}

/// The first key is made when it is asked for, has version 1, and stays the same.
pub fn a_key_is_made_at_first_use_and_kept(keys: &dyn Keys) {
    let (keyring, subject) = (keys.open(), subject(1));
    let before = keyring.key(&subject, KeyVersion::FIRST);
    assert_eq!(before.err(), Some(no_key(&subject, 1)), "to look makes no key");
    assert_eq!(keyring.is_destroyed(&subject), Ok(false));
    let first = newest(&*keyring, &subject);
    assert_eq!(first.0, 1, "the first version");
    assert_eq!(newest(&*keyring, &subject), first, "asked again");
    assert_eq!(bytes(&*keyring, &subject, 1), Ok(first.1), "asked for by its version");
}

/// No two subjects share a key, however much their names are alike.
pub fn subjects_have_keys_of_their_own(keys: &dyn Keys) {
    let keyring = keys.open();
    let subjects = ["1", "10", "1 ", "I", "ı", "１"].map(|name| Subject::of("person", &name));
    let mut made = subjects.each_ref().map(|subject| newest(&*keyring, subject).1);
    let again = subjects.each_ref().map(|subject| newest(&*keyring, subject).1);
    assert_eq!(made, again, "each keeps its own");
    made.sort_unstable();
    assert!(made.windows(2).all(|pair| pair.first() != pair.last()), "a key was given twice");
}

/// A further key is the newest from then on, and every older one stays.
pub fn a_further_key_leaves_the_older_ones(keys: &dyn Keys) {
    let (keyring, subject) = (keys.open(), subject(1));
    let first = newest(&*keyring, &subject);
    let second = keyring.renew(&subject).expect("a further key");
    let second = (second.version.0, *second.key.bytes());
    assert_eq!(second.0, 2, "the next version");
    assert_ne!(first.1, second.1, "another key");
    assert_eq!(newest(&*keyring, &subject), second);
    assert_eq!(bytes(&*keyring, &subject, 1), Ok(first.1));
    assert_eq!(bytes(&*keyring, &subject, 2), Ok(second.1));
}

/// What was never made is said to be missing, which is not the same as destroyed.
pub fn a_version_that_was_never_made_is_named(keys: &dyn Keys) {
    let (keyring, subject) = (keys.open(), subject(1));
    newest(&*keyring, &subject);
    for version in [0, 2, u32::MAX] {
        assert_eq!(bytes(&*keyring, &subject, version), Err(no_key(&subject, version)));
    }
}

/// After a destruction no version is given any more and none is made, however often one is asked
/// for; to destroy again does no harm.
pub fn a_destroyed_subject_never_gets_a_key_again(keys: &dyn Keys) {
    let (keyring, subject) = (keys.open(), subject(1));
    newest(&*keyring, &subject);
    keyring.renew(&subject).expect("a further key");
    for _ in 0..2 {
        keyring.destroy(&subject).expect("destroyed");
        is_gone(&*keyring, &subject);
    }
}

/// A tombstone needs no key before it.
pub fn a_subject_without_a_key_can_be_destroyed(keys: &dyn Keys) {
    let (keyring, subject) = (keys.open(), subject(1));
    keyring.destroy(&subject).expect("destroyed");
    is_gone(&*keyring, &subject);
}

/// A destruction reaches one subject and nobody else.
pub fn destroying_one_subject_leaves_the_others(keys: &dyn Keys) {
    let keyring = keys.open();
    let others: Vec<Subject> = (2..20).map(subject).collect();
    let before: Vec<_> = others.iter().map(|other| newest(&*keyring, other)).collect();
    newest(&*keyring, &subject(1));
    keyring.destroy(&subject(1)).expect("destroyed");
    let after: Vec<_> = others.iter().map(|other| newest(&*keyring, other)).collect();
    assert_eq!(before, after);
    assert!(others.iter().all(|other| keyring.is_destroyed(other) == Ok(false)));
}

/// Two handles are one keyring: what one makes the other gives, what one destroys the other has
/// lost, though it had given it before.
pub fn a_destruction_is_seen_by_every_handle(keys: &dyn Keys) {
    let (one, other, subject) = (keys.open(), keys.open(), subject(1));
    let made = newest(&*one, &subject);
    assert_eq!(newest(&*other, &subject), made, "the other handle gives the same key");
    one.destroy(&subject).expect("destroyed");
    is_gone(&*other, &subject);
}

/// What was given or destroyed stays so when the keyring is opened again.
pub fn keys_and_tombstones_outlive_their_handle(keys: &dyn Keys) {
    let keyring = keys.open();
    let kept = newest(&*keyring, &subject(1));
    newest(&*keyring, &subject(2));
    keyring.destroy(&subject(2)).expect("destroyed");
    drop(keyring);
    let keyring = keys.open();
    assert_eq!(newest(&*keyring, &subject(1)), kept);
    is_gone(&*keyring, &subject(2));
}

/// Handles that ask for the first key of a subject at the same moment all get the same one.
pub fn a_key_that_is_raced_for_is_made_once(keys: &dyn Keys) {
    const RACERS: usize = 4;
    for number in 0..8 {
        let (start, subject) = (Barrier::new(RACERS), subject(number));
        let race = || {
            let keyring = keys.open();
            start.wait();
            newest(&*keyring, &subject)
        };
        let won: Vec<_> = thread::scope(|scope| {
            let racers: Vec<_> = (0..RACERS).map(|_| scope.spawn(race)).collect();
            racers.into_iter().map(|racer| racer.join().expect("a racer ends")).collect()
        });
        assert!(won.windows(2).all(|pair| pair.first() == pair.last()), "two first keys");
    }
}

fn subject(number: u32) -> Subject {
    Subject::of("person", &format_args!("p-{number}"))
}

fn newest(keyring: &dyn Keyring, subject: &Subject) -> (u32, [u8; 32]) {
    let newest = keyring.newest(subject).expect("a key");
    (newest.version.0, *newest.key.bytes())
}

fn bytes(keyring: &dyn Keyring, subject: &Subject, version: u32) -> Result<[u8; 32], KeyringError> {
    keyring.key(subject, KeyVersion(version)).map(|key| *key.bytes())
}

fn no_key(subject: &Subject, version: u32) -> KeyringError {
    KeyringError::NoKey { subject: subject.clone(), version: KeyVersion(version) }
}

fn is_gone(keyring: &dyn Keyring, subject: &Subject) {
    let gone = || Some(KeyringError::Destroyed { subject: subject.clone() });
    assert_eq!(keyring.is_destroyed(subject), Ok(true));
    assert_eq!(keyring.newest(subject).err(), gone(), "the newest key");
    assert_eq!(keyring.renew(subject).err(), gone(), "a further key");
    for version in [1, 2, 3] {
        assert_eq!(bytes(keyring, subject, version).err(), gone(), "version {version}");
    }
}
