//! The fuzz targets' own corpus, and what a mutation of it may become, read on a stable compiler:
//! a document is read or refused with one sentence, and nothing panics.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "elsewhere it is a crate of its own")]
mod fuzz;

use fuzz::READERS;

fn corpus(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(folder);
    let entries = fs::read_dir(root).expect("the corpus lies beside its targets");
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).expect("a seed can be read"))
    };
    let mut seeds: Vec<_> = entries.map(|entry| read(entry.expect("an entry"))).collect();
    seeds.sort();
    seeds
}

#[test]
fn each_seed_is_read_or_refused_for_its_reason() {
    let told: Vec<(String, String)> = READERS
        .into_iter()
        .flat_map(|(folder, reader)| {
            corpus(folder).into_iter().map(move |(name, bytes)| (name, reader(&bytes)))
        })
        .filter_map(|(name, told)| Some((name, told?)))
        .collect();
    let says = |name: &str| {
        let found = told.iter().find(|(seed, _)| seed == name);
        found.map(|(_, told)| told.as_str()).unwrap_or_default()
    };
    for (seed, sentence) in [
        ("comments.json", "the document is no JSON: "),
        ("huge-number.json", "$.elements[0].price_components[0].price is 1e400; write a decimal"),
        ("not-a-number.json", "the document is no JSON: "),
        ("twice.json", "$.id is written twice; keep one"),
        ("half-a-character.json", "byte 8 of the document belongs to no character"),
        ("half-a-pair.json", "$.id is \"\\ud83d\"; write "),
        ("cut-off.json", "the document is no JSON: EOF while parsing"),
        ("utf16.json", "byte 0 of the document belongs to no character"),
        ("deep.json", "the document nests more than 64 levels deep"),
        ("empty.json", "the document is no JSON: EOF while parsing a value"),
        ("credit-230.json", "$.total_energy is \"x\"; write a decimal"),
        ("backwards.json", "$: the end 2026-01-13T13:30:00Z is before the start"),
        ("large-figures.json", "a figure is too large to compute exactly"),
        ("a-list.json", "$ is [{\"id\": \"1\"}]; write an object in braces"),
        ("quoted.json", "$ is \"CDR\"; write an object in braces"),
        ("unknown.json", "no command, or list of commands: there is no command `block_crd`; is "),
        ("closed.json", "the request is closed; it was handled elsewhere"),
        ("two-quotes.csv", "line 2: 1 fields where the header has 2; is a quote open?"),
        ("cut-off.bin", "segments/00000000000000000009-00000000000000000016.parquet in InMemory, "),
        ("relisted-footer.bin", "segments/00000000000000000009-00000000000000000016.parquet in "),
        ("flipped.bin", "segments/00000000000000000001-00000000000000000008.parquet in InMemory, "),
        ("relisted-segment.bin", "segments/00000000000000000001-00000000000000000008.parquet in "),
        ("relisted-sessions.bin", "sessions/00000000000000000001-00000000000000000016.parquet in "),
        ("relisted-others.bin", "others/00000000000000000001-00000000000000000016.parquet in "),
        ("read-otherwise.bin", "sessions/00000000000000000001-00000000000000000016.parquet in "),
        ("no-segments.json", "segments/00000000000000000001-00000000000000000008.parquet in "),
        ("wrapped.bin", "it was not wrapped under this key"),
    ] {
        assert!(says(seed).starts_with(sentence), "{seed}: {:?}", says(seed));
    }
    let edited = says("edited-file.bin");
    assert!(edited.contains("is damaged: database disk image is malformed; restore"), "{edited}");
    assert_eq!(told.len(), 28, "the other seeds are read: {told:?}");
}

/// A change to the bytes of a seed.
#[derive(Clone, Debug)]
enum Mutation {
    Flip(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize, usize),
    Put(usize, &'static [u8]),
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let put: Vec<&'static [u8]> = vec![
        b"{",
        b"[",
        b"]",
        b"}",
        b"\"",
        b"\\",
        b"\\ud800",
        b",",
        b":",
        b"null",
        b"-",
        b"1e999999",
        b"-0",
        b"NaN",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\n//",
        b"99999999999999999999",
        b"0.0000001",
        b"\"id\": 1, ",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];
    let at = any::<usize>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Flip(at, byte)),
        at().prop_map(Mutation::Cut),
        (at(), 1_usize..40).prop_map(|(at, n)| Mutation::Remove(at, n)),
        (at(), 1_usize..200, 1_usize..5).prop_map(|(at, n, times)| Mutation::Repeat(at, n, times)),
        (at(), prop::sample::select(put)).prop_map(|(at, bytes)| Mutation::Put(at, bytes)),
    ]
}

impl Mutation {
    fn change(&self, bytes: &mut Vec<u8>) {
        let place = |at: usize| at % (bytes.len() + 1);
        match *self {
            Self::Flip(at, byte) => {
                let at = place(at);
                bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte);
            }
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::Remove(at, n) => {
                let at = place(at);
                bytes.drain(at..bytes.len().min(at + n));
            }
            Self::Repeat(at, n, times) => {
                let at = place(at);
                let again = bytes[at..bytes.len().min(at + n)].repeat(times);
                bytes.splice(at..at, again);
            }
            Self::Put(at, more) => {
                let at = place(at);
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_mutated_seed_is_read_or_refused(
        (reader, seed) in (0..READERS.len(), any::<prop::sample::Index>()),
        mutations in prop::collection::vec(any_mutation(), 1..6),
    ) {
        let (folder, reader) = READERS[reader];
        let seeds = corpus(folder);
        let (_, mut bytes) = seeds[seed.index(seeds.len())].clone();
        for mutation in &mutations {
            mutation.change(&mut bytes);
        }
        if let Some(told) = reader(&bytes) {
            prop_assert!(!told.is_empty() && told.len() < 4_000, "{}", told);
        }
    }
}

/// What is too long is refused by its length alone.
#[test]
fn a_document_that_is_too_long_is_not_looked_at() {
    let long = vec![b'\xff'; 2 << 20];
    for reader in [fuzz::tariff, fuzz::cdr] {
        let told = reader(&long).expect("it is refused");
        assert_eq!(told, "the document has 2097152 bytes, at most 1048576 are read");
    }
}
