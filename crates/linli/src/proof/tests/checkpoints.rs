//! What a held checkpoint tells of a journal that was tampered with, and of itself.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;
use crate::journal::{Append, Blocking, Event, IdempotencyKey, MemoryStore, Position};

/// A journal of events that each say a number.
fn journal(numbers: &[u32]) -> MemoryStore {
    let store = MemoryStore::new();
    for (index, number) in (0_u32..).zip(numbers) {
        let event = Event::new("Counted").tag("count").payload(&number.to_le_bytes());
        let key = IdempotencyKey::of("counted", &format!("{index} {number}"));
        Blocking(&store).append(Append::of(event).key(key)).expect("nothing forbids it");
    }
    store
}

fn checkpoint(numbers: &[u32]) -> Checkpoint {
    Checkpoint::of(&tree(Blocking(&journal(numbers))).expect("it is sound"))
}

fn against(numbers: &[u32], held: &[Checkpoint]) -> Option<Contradiction> {
    let store = journal(numbers);
    let found = verify(Blocking(&store), held, |_| ControlFlow::Continue(()));
    let found = found.expect("it is read").expect("it was not stopped");
    assert_eq!((found.first_bad, found.events), (None, numbers.len() as u64));
    found.contradiction
}

/// What somebody who can write does to a journal, at a place in it.
#[derive(Clone, Copy, Debug)]
enum Tampering {
    Cut,
    Alter,
    LeaveOut,
    PutIn,
    Swap,
}

fn any_tampering() -> impl Strategy<Value = Tampering> {
    use Tampering::{Alter, Cut, LeaveOut, PutIn, Swap};
    prop_oneof![Just(Cut), Just(Alter), Just(LeaveOut), Just(PutIn), Just(Swap)]
}

fn tampered(tampering: Tampering, at: usize, numbers: &[u32]) -> Vec<u32> {
    let mut numbers = numbers.to_vec();
    match tampering {
        Tampering::Cut => numbers.truncate(at),
        Tampering::Alter => numbers.iter_mut().skip(at).take(1).for_each(|number| *number ^= 1),
        Tampering::LeaveOut => drop(numbers.remove(at)),
        Tampering::PutIn => numbers.insert(at, 7),
        Tampering::Swap => {
            let to = at.checked_sub(1).unwrap_or(numbers.len() - 1);
            numbers.swap(at, to);
        }
    }
    numbers
}

fn signing_key() -> SigningKey {
    SigningKey::of("example.org/yujing", &[7; 32]).expect("a name")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done below a checkpoint is found, though the journal is sound in itself; what is
    /// done behind it is not its matter, and to go on is no tampering.
    #[test]
    fn all_that_is_done_below_a_checkpoint_is_found(
        numbers in vec(any::<u32>(), 1..24),
        tampering in any_tampering(),
        at in any::<prop::sample::Index>(),
        signed in any::<prop::sample::Index>(),
    ) {
        let signed = signed.index(numbers.len()) + 1;
        let held = [checkpoint(&numbers[..signed])];
        prop_assert_eq!(against(&numbers, &held), None);
        let now = tampered(tampering, at.index(numbers.len()), &numbers);
        let is_sound = now.get(..signed) == Some(&numbers[..signed]);
        prop_assert_eq!(against(&now, &held).is_none(), is_sound);
        if let Some(Contradiction::Differs { first, last }) = against(&now, &held) {
            let place = numbers.iter().zip(&now).position(|(a, b)| a != b).expect("it differs");
            prop_assert!((first.0..=last.0).contains(&(place as u64 + 1)));
        }
    }

    /// With a checkpoint for each size the first bad event is named.
    #[test]
    fn many_checkpoints_name_the_first_bad_event(
        numbers in vec(any::<u32>(), 1..12),
        tampering in any_tampering(),
        at in any::<prop::sample::Index>(),
    ) {
        let held: Vec<_> = (1..=numbers.len()).map(|size| checkpoint(&numbers[..size])).collect();
        let now = tampered(tampering, at.index(numbers.len()), &numbers);
        let differs = numbers.iter().zip(&now).position(|(a, b)| a != b);
        let is_shorter = now.len() < numbers.len();
        let bad = differs.or(is_shorter.then_some(now.len())).map(|at| Position(at as u64 + 1));
        let found = against(&now, &held);
        prop_assert_eq!(found.and_then(|found| found.first_bad()), bad);
        prop_assert_eq!(found.is_some(), bad.is_some());
    }

    /// Whatever the bytes of a key are, it is read as it was written.
    #[test]
    fn every_key_is_read_again(seed in any::<[u8; 32]>()) {
        let key = SigningKey::of("example.org/yujing", &seed).expect("a name");
        let note = Checkpoint { size: 1, root: Root(seed) }.signed(&key).expect("it is small");
        let public = VerifierKey::read(key.verifier().as_text()).expect("a key");
        prop_assert!(Checkpoint::read(&note, &public).is_ok());
        let again = SigningKey::read(key.as_text()).expect("a key");
        prop_assert_eq!(again.verifier().as_text(), public.as_text());
    }

    /// A note that was altered in a single bit says nothing any more.
    #[test]
    fn a_flipped_bit_makes_a_checkpoint_worthless(
        size in 0_u64..1 << 40, root in any::<[u8; 32]>(), bit in any::<prop::sample::Index>(),
    ) {
        let key = signing_key();
        let checkpoint = Checkpoint { size: size + 1, root: Root(root) };
        let note = checkpoint.signed(&key).expect("it is small");
        prop_assert_eq!(Checkpoint::read(&note, key.verifier()), Ok(checkpoint));
        let mut bytes = note.into_bytes();
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(flipped) = String::from_utf8(bytes) {
            prop_assert!(Checkpoint::read(&flipped, key.verifier()).is_err(), "{}", flipped);
        }
    }
}

/// The keys of the example that implementations of signed notes share, and the lines of a note.
#[test]
fn keys_and_notes_are_those_of_the_specification() {
    let private = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let known = SigningKey::read(private).expect("a key");
    assert_eq!(known.verifier().as_text(), public);
    assert_eq!(VerifierKey::read(public).expect("a key").origin(), "PeterNeumann");
    assert!(VerifierKey::read(&public.replace("c74", "c75")).is_err(), "its id is its key's");
    let key = signing_key();
    let note = Checkpoint { size: 3, root: Root([9; 32]) }.signed(&key).expect("it is small");
    let lines: Vec<&str> = note.split('\n').collect();
    let [origin, size, root, "", signature, ""] = lines[..] else { panic!("{note}") };
    assert_eq!((origin, size), ("example.org/yujing", "3"));
    assert_eq!(root, "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=");
    assert!(signature.starts_with("— example.org/yujing "), "{signature}");
}

#[test]
fn a_checkpoint_by_somebody_else_or_of_another_journal_is_refused() {
    let (key, other) = (signing_key(), SigningKey::of("example.org/b", &[7; 32]).expect("a name"));
    let stranger = SigningKey::of("example.org/yujing", &[8; 32]).expect("a name");
    let checkpoint = Checkpoint { size: 3, root: Root([9; 32]) };
    let note = checkpoint.signed(&key).expect("it is small");
    let read = |note: &str, key: &SigningKey| Checkpoint::read(note, key.verifier());
    for key in [&other, &stranger] {
        assert!(matches!(read(&note, key), Err(CheckpointError::NotSigned { .. })));
    }
    // The journal's own key has signed it, for a journal of another name.
    let text = note.replacen("example.org/yujing\n", "example.org/b\n", 1);
    let (text, _) = text.split_once("\n\n").expect("a note");
    let mut renamed = signed_note::Note::new(format!("{text}\n").as_bytes(), &[]).expect("a note");
    renamed.add_sigs(&[&key.signer]).expect("signed");
    let renamed = String::from_utf8(renamed.to_bytes()).expect("a text");
    assert!(matches!(read(&renamed, &key), Err(CheckpointError::OfAnother { .. })));
    for broken in ["", "Dear neighbours\n", &note.replace('3', "03"), &note[1..]] {
        assert!(read(broken, &key).is_err(), "{broken}");
    }
}

#[test]
fn a_new_key_is_nobody_elses() {
    let journals = (0..4).map(|_| SigningKey::random("example.org/yujing").expect("randomness"));
    let journals: Vec<String> = journals.map(|key| key.as_text().to_owned()).collect();
    let witnesses = (0..4).map(|_| WitnessKey::random("example.org/neighbour"));
    let witnesses = witnesses.map(|key| key.expect("randomness").as_text().to_owned());
    let all: BTreeSet<String> = witnesses.chain(journals.clone()).collect();
    assert_eq!(all.len(), 8);
    for text in journals {
        let key = SigningKey::read(&text).expect("a key");
        let note = checkpoint(&[1, 2]).signed(&key).expect("signed");
        assert!(Checkpoint::read(&note, key.verifier()).is_ok(), "{note}");
    }
}

#[test]
fn a_key_is_read_as_it_was_written_and_shown_by_its_public_half() {
    let key = signing_key();
    let read = SigningKey::read(&format!("{}\n", key.as_text())).expect("a key");
    assert_eq!(read.as_text(), key.as_text());
    let shown = format!("{key:?}");
    assert!(shown.contains(key.verifier().as_text()) && !shown.contains("PRIVATE"), "{shown}");
    for name in ["", "a b", "a+b", "a\nb", &"n".repeat(129)] {
        assert_eq!(
            SigningKey::of(name, &[7; 32]).expect_err("no name"),
            KeyError::Name { name: name.to_owned() }
        );
    }
    let error = SigningKey::read(key.verifier().as_text()).expect_err("a public key");
    assert_eq!(error, KeyError::NotASigningKey);
    let error = VerifierKey::read(key.as_text()).expect_err("a signing key");
    assert_eq!(error, KeyError::NotAVerifierKey);
}

/// Two checkpoints of one size that differ cannot both hold, and no event is blamed for that.
#[test]
fn two_checkpoints_of_one_size_contradict_each_other() {
    let held = [checkpoint(&[1, 2, 3]), Checkpoint { size: 3, root: Root([9; 32]) }];
    let wanted = Contradiction::Differs { first: Position(1), last: Position(3) };
    assert_eq!(against(&[1, 2, 3, 4], &held), Some(wanted));
    assert_eq!(against(&[1, 2, 3, 4], &held[..1]), None);
}
