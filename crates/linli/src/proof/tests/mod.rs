use std::fs;
use std::path::PathBuf;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

mod checkpoints;
mod proofs;
mod tiles;
mod witness;

use super::*;
use crate::journal::{
    Append, Checkpoint, Digest, Event, IdempotencyKey, Limit, MemoryStore, Position, Whole,
};

fn leaf_hash(record: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(record).finalize().into()
}

/// The root as RFC 9162 defines it, word for word: split at the largest power of two.
fn as_defined(leaves: &[&[u8]]) -> Digest {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => leaf_hash(one),
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            let node = Sha256::new().chain_update([1]).chain_update(as_defined(left));
            node.chain_update(as_defined(right)).finalize().into()
        }
    }
}

fn grown<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Tree {
    let mut tree = Tree::default();
    leaves.into_iter().for_each(|leaf| tree.push(leaf_hash(leaf)));
    tree
}

/// Roots of the first 600 sizes, against a crate that others keep.
#[test]
fn roots_are_those_of_another_implementation_at_600_sizes() {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut ours = Tree::default();
    for number in 0..600_u32 {
        assert_eq!(ours.root().0, <Digest>::from(*theirs.root().as_bytes()), "size {number}");
        let leaf = number.to_le_bytes().repeat(1 + number as usize % 40);
        ours.push(leaf_hash(&leaf));
        theirs.push(leaf);
    }
}

/// The vectors that implementations of Certificate Transparency share.
#[test]
fn roots_are_those_of_the_known_vectors() {
    let leaves: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
    let known = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ];
    for (size, root) in known.into_iter().enumerate() {
        assert_eq!(grown(leaves.into_iter().take(size)).root().to_string(), root);
    }
}

/// Two appends with everything that an append can have.
fn story() -> MemoryStore {
    let store = MemoryStore::new();
    let journal = Blocking(&store);
    let event = |name: &str| Event::new(name).tag("slot:7").tag("card:邻").metadata(b"m");
    let given = Event { id: Some(Uuid::from_u128(7)), ..event("Given").payload(&[0, 255]) };
    let key = IdempotencyKey(Uuid::from_u128(0x11 << 64));
    let source = Checkpoint { source: "meter".to_owned(), position: Position(3) };
    let keyed = Append::all([event("Booked").payload(b"Li"), given, Event::new("Bare")]);
    let keyed = Append { checkpoint: Some(source), ..keyed.key(key).metadata(b"shared") };
    journal.append(keyed).expect("nothing forbids it");
    let bare = Event { id: Some(Uuid::from_u128(8)), ..event("Freed") };
    journal.append(Append::of(bare)).expect("nothing forbids it");
    store
}

fn records(store: &MemoryStore) -> Vec<Vec<u8>> {
    let appends = Blocking(store).appends(None);
    let wholes: Vec<Whole> = appends.map(|whole| whole.expect("it is sound")).collect();
    wholes.iter().flat_map(Leaf::of).map(|leaf| leaf.record()).collect()
}

/// What was proven once stays provable: these bytes never change.
#[test]
fn records_and_root_are_those_of_the_golden_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/leaf.v1.bin");
    let (path, store) = (PathBuf::from(path), story());
    let bytes = records(&store).concat();
    if std::env::var_os("LINLI_BLESS").is_some() {
        fs::write(&path, &bytes).expect("the golden file is written");
    }
    assert_eq!(fs::read(path).expect("the golden file"), bytes);
    let tree = tree(Blocking(&store)).expect("it is sound");
    assert_eq!((tree.size(), tree.root().to_string().as_str()), (4, ROOT));
}

const ROOT: &str = "52160f9706c4c6bfb3e2e347f51596c32ce2d66262e2cfa52ba4f6893dbbab1a";

/// Whatever one event says, another record says something else: nothing can be moved or altered.
#[test]
fn each_part_of_an_event_is_in_its_record() {
    let event = Event::new("Booked").tag("a").tag("b").metadata(b"own").payload(b"Li");
    let event = Event { id: Some(Uuid::from_u128(1)), ..event };
    let whole = |event: &Event, first, metadata: &[u8]| {
        let append = Append::of(event.clone()).metadata(metadata);
        let whole = Whole { first: Position(first), append };
        Leaf::of(&whole).next().expect("one event").record()
    };
    let changed = |change: &dyn Fn(&mut Event)| {
        let mut event = event.clone();
        change(&mut event);
        whole(&event, 1, b"shared")
    };
    let mut records = vec![
        whole(&event, 1, b"shared"),
        whole(&event, 2, b"shared"),
        whole(&event, 1, b"share"),
        whole(&event, 1, b""),
        changed(&|event| event.id = Some(Uuid::from_u128(2))),
        changed(&|event| event.event_type = "BookedA".to_owned()),
        changed(&|event| event.tags = ["a"].into_iter().collect()),
        changed(&|event| event.tags = ["ab"].into_iter().collect()),
        changed(&|event| event.metadata = b"downs".to_vec()),
        changed(&|event| event.payload = b"Lo".to_vec()),
        changed(&|event| event.payload = b"Li\0".to_vec()),
    ];
    let all = records.len();
    records.sort();
    records.dedup();
    assert_eq!(records.len(), all);
}

/// Entry bundles of the C2SP's tiles carry lengths of sixteen bits.
#[test]
fn the_largest_record_fits_into_a_bundle() {
    let tags = (0..Limit::TAGS).map(|tag| format!("{tag:0>width$}", width = Limit::TAG_BYTES));
    let event = Event { tags: tags.collect(), ..Event::new(&"T".repeat(Limit::TYPE_BYTES)) };
    let append = Append::of(event);
    append.check_limits().expect("it is within the limits");
    let whole = Whole { first: Position(u64::MAX), append };
    let record = Leaf::of(&whole).next().expect("one event").record();
    assert_eq!(record.len(), 35_117);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A tree that grows leaf by leaf is the one that the RFC defines.
    #[test]
    fn a_grown_tree_is_the_one_defined(leaves in vec(vec(any::<u8>(), 0..4), 0..70)) {
        let leaves: Vec<&[u8]> = leaves.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(grown(leaves.iter().copied()).root().0, as_defined(&leaves));
    }
}
