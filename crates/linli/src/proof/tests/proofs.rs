//! Proofs: what is so can be proven, what is not so cannot, and another implementation agrees.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::Sha256;

use super::super::*;
use super::story;
use crate::journal::{Append, Blocking, Event, MemoryStore, Position};

/// Journals of these sizes are gone through whole: every index, every earlier size.
const SIZES: u64 = 20;

fn key() -> SigningKey {
    SigningKey::of("example.org/yujing", &[7; 32]).expect("a name")
}

fn counted(store: &MemoryStore, number: u64) {
    let event = Event::new("Counted").tag(&format!("n:{number}"));
    Blocking(store).append(Append::of(event)).expect("nothing forbids it");
}

/// A journal that grew one by one, and the signed checkpoint of each of its sizes.
fn grown_to(size: u64) -> (MemoryStore, Vec<String>) {
    let (store, mut tree) = (MemoryStore::new(), Tree::default());
    let mut notes = vec![Checkpoint::of(&tree).signed(&key()).expect("it is small")];
    (0..size).for_each(|number| counted(&store, number));
    for whole in Blocking(&store).appends(None) {
        Leaf::of(&whole.expect("it is sound")).for_each(|leaf| tree.push(leaf.hash()));
        notes.push(Checkpoint::of(&tree).signed(&key()).expect("it is small"));
    }
    (store, notes)
}

fn read(note: &str) -> Checkpoint {
    Checkpoint::read(note, key().verifier()).expect("it is signed")
}

/// The same tree as another crate keeps it.
fn theirs(store: &MemoryStore) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut theirs = MemoryBackedTree::new();
    for record in super::records(store) {
        theirs.push(record);
    }
    theirs
}

fn hashes(text: &str, skip: usize) -> Vec<u8> {
    let lines = text.lines().skip(skip).take_while(|line| !line.is_empty());
    lines.flat_map(|line| super::super::lines::bytes(line).expect("Base64")).collect()
}

/// Every event of every small journal is proven, by its own proof alone, and ct-merkle agrees.
#[test]
fn every_event_of_every_size_is_proven() {
    let (store, notes) = grown_to(SIZES);
    for size in 1..=SIZES {
        let note = &notes[usize::try_from(size).expect("small")];
        for position in (1..=size).map(Position) {
            let proof = Inclusion::prove(Blocking(&store), position, note).expect("it is there");
            let text = proof.to_string();
            let proven = Inclusion::read(&text).expect("a proof").check(key().verifier());
            let proven = proven.expect("it holds");
            assert_eq!((proven.record.position, proven.checkpoint), (position, read(note)));
            assert_eq!(proven.record.tags, [format!("n:{}", position.0 - 1)]);
            let root = RootHash::<Sha256>::new(read(note).root.0.into(), size);
            let path = InclusionProof::<Sha256>::try_from_bytes(hashes(&text, 3)).expect("a path");
            let record = &super::records(&store)[usize::try_from(position.0 - 1).expect("small")];
            assert!(root.verify_inclusion(record, position.0 - 1, &path).is_ok());
        }
    }
}

/// Of any two sizes the later one is proven to go on from the earlier one, and ct-merkle agrees.
#[test]
fn every_size_goes_on_from_every_earlier_one() {
    let (store, notes) = grown_to(SIZES);
    assert_eq!(theirs(&store).root().as_bytes().as_slice(), read(&notes[20]).root.0);
    for (old, from) in notes.iter().enumerate() {
        for (size, to) in notes.iter().enumerate().skip(old) {
            let proof = Consistency::prove(Blocking(&store), from, to).expect("it goes on");
            let text = proof.to_string();
            let later =
                Consistency::read(&text).and_then(|p| p.check(&read(from), key().verifier()));
            assert_eq!(later, Ok(read(to)), "from {old} to {size}");
            if old > 0 && old < size {
                let path = ConsistencyProof::<Sha256>::try_from_bytes(hashes(&text, 1));
                let root = |note, size| RootHash::<Sha256>::new(read(note).root.0.into(), size);
                let (new, held) = (root(to, size as u64), root(from, old as u64));
                assert!(new.verify_consistency(&held, &path.expect("a path")).is_ok());
            }
        }
    }
}

/// What is not so: an event that is not there, a journal that is another one, the order of time.
#[test]
fn nothing_is_proven_of_another_journal() {
    let (store, notes) = grown_to(5);
    let (other, _) = grown_to(5);
    let (short, _) = grown_to(4);
    let prove = |store: &MemoryStore, position| {
        Inclusion::prove(Blocking(store), Position(position), &notes[5])
    };
    assert!(prove(&store, 5).is_ok());
    for beyond in [0, 6, u64::MAX] {
        assert!(matches!(prove(&store, beyond), Err(ProveError::Beyond { size: 5, .. })));
    }
    // Ids are made up anew, so it is another journal although it says the same.
    for wrong in [&other, &short] {
        assert!(matches!(prove(wrong, 2), Err(ProveError::Contradiction(_))));
        let consistency = Consistency::prove(Blocking(wrong), &notes[2], &notes[5]);
        assert!(matches!(consistency, Err(ProveError::Contradiction(_))));
    }
    let backwards = Consistency::prove(Blocking(&store), &notes[3], &notes[2]);
    assert!(matches!(backwards, Err(ProveError::Backwards { from: 3, to: 2 })));
    let proof = Consistency::prove(Blocking(&store), &notes[2], &notes[5]).expect("it goes on");
    let other_start = proof.check(&read(&notes[3]), key().verifier());
    assert_eq!(other_start, Err(ProofError::OtherStart { starts: 2, held: 3 }));
    let forged = Checkpoint { size: 2, root: read(&notes[3]).root };
    assert_eq!(proof.check(&forged, key().verifier()), Err(ProofError::Broken));
}

/// Whoever keeps the tree cannot pass an event off as another one: its record names its position.
#[test]
fn a_record_in_another_place_proves_nothing() {
    let (store, _) = grown_to(2);
    let second = super::records(&store).pop().expect("two events");
    let mut tree = Tree::default();
    tree.push(tlog_tiles::record_hash(&second).0);
    let note = Checkpoint::of(&tree).signed(&key()).expect("it is small");
    let record = super::super::lines::base64(&second);
    let text = format!("c2sp.org/tlog-proof@v1\nextra {record}\nindex 0\n\n{note}");
    let found = Inclusion::read(&text).expect("a proof").check(key().verifier());
    assert_eq!(found, Err(ProofError::Broken));
}

/// What a mutation does to the bytes of a file.
fn mutated(
    text: &str,
    place: prop::sample::Index,
    other: prop::sample::Index,
    kind: u8,
) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let (at, to) = (place.index(bytes.len()), other.index(bytes.len()));
    match kind % 6 {
        0 => bytes[at] ^= 1 << (to % 8),
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, bytes[to]),
        3 => bytes.truncate(at),
        4 => bytes.swap(at, to),
        _ => {
            let mut lines: Vec<&[u8]> = text.as_bytes().split_inclusive(|b| *b == b'\n').collect();
            let (at, to) = (place.index(lines.len()), other.index(lines.len()));
            lines.swap(at, to);
            bytes = lines.concat();
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A proof that was changed anywhere proves nothing, or still proves the very same.
    #[test]
    fn a_mutated_proof_is_refused(
        size in 1_u64..9, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), kind: u8,
    ) {
        let (store, notes) = grown_to(size);
        let last = notes.last().expect("at least one");
        let position = Position(at.index(notes.len() - 1) as u64 + 1);
        let proof = Inclusion::prove(Blocking(&store), position, last).expect("it is there");
        let proven = proof.check(key().verifier()).expect("it holds");
        let bytes = mutated(&proof.to_string(), place, other, kind);
        let is_same = bytes == proof.to_string().as_bytes();
        if let Ok(text) = String::from_utf8(bytes) {
            let found = Inclusion::read(&text).and_then(|proof| proof.check(key().verifier()));
            prop_assert_eq!(found.is_ok(), is_same, "{}", text);
            prop_assert!(found.is_err() || found == Ok(proven));
        }

        let from = &notes[old.index(notes.len())];
        let proof = Consistency::prove(Blocking(&store), from, last).expect("it goes on");
        let bytes = mutated(&proof.to_string(), place, other, kind);
        let is_same = bytes == proof.to_string().as_bytes();
        if let Ok(text) = String::from_utf8(bytes) {
            let check = |p: Consistency| p.check(&read(from), key().verifier());
            prop_assert_eq!(Consistency::read(&text).and_then(check).is_ok(), is_same, "{}", text);
        }
    }

    /// A record says what its leaf says, and no other bytes say it.
    #[test]
    fn a_record_is_read_as_it_was_written(
        cut in any::<prop::sample::Index>(), more in vec(any::<u8>(), 1..9),
    ) {
        for bytes in super::records(&story()) {
            let record = Record::read(&bytes).expect("a record");
            prop_assert!(record.position.0 > 0 && !record.event_type.is_empty());
            prop_assert_eq!(Record::read(&bytes[..cut.index(bytes.len())]), None);
            prop_assert_eq!(Record::read(&[&bytes[..], &more].concat()), None);
        }
    }
}
