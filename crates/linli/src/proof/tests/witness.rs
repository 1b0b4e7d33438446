//! The witness: whatever it is asked, and wherever it stops, it never contradicts itself.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;
use super::tiles::MadeUp;
use crate::journal::Blocking;

/// The largest journal that a witness is asked about.
const MOST: u64 = 30;
const NOW_S: u64 = 1_679_315_147;

fn key() -> SigningKey {
    SigningKey::of("example.org/yujing", &[7; 32]).expect("a name")
}

fn witness_key() -> WitnessKey {
    WitnessKey::of("example.org/neighbour", &[9; 32]).expect("a name")
}

fn witness(folder: &Path) -> Witness {
    Witness::of(folder.join("seen"), witness_key())
}

/// Four stories of one journal: three of them are forks of the first, at other events.
fn story(number: u8, size: u64) -> MadeUp {
    MadeUp { size, fork: u64::from(number) * 7, story: number }
}

fn checkpoint(number: u8, size: u64) -> Checkpoint {
    Checkpoint::of(&tree(Blocking(&story(number, size))).expect("it is sound"))
}

fn note(number: u8, size: u64) -> String {
    checkpoint(number, size).signed(&key()).expect("it is small")
}

/// One request to a witness: of which story, from which size to which.
#[derive(Clone, Copy, Debug)]
struct Asked {
    story: u8,
    /// Nothing: from where the witness is.
    from: Option<u64>,
    to: u64,
    /// Whether the proof is left out, which the asker may try.
    is_bare: bool,
    /// Whether the witness stops after it has stored and before it has signed.
    stops: bool,
}

fn any_request() -> impl Strategy<Value = Asked> {
    let from = prop_oneof![2 => Just(None), 1 => (0..=MOST).prop_map(Some)];
    let how = (0_u8..8, 0_u8..5).prop_map(|(bare, stops)| (bare == 0, stops == 0));
    (0_u8..4, from, 0..=MOST, how).prop_map(|(story, from, to, (is_bare, stops))| Asked {
        story,
        from,
        to,
        is_bare,
        stops,
    })
}

fn request(asked: &Asked, from: u64) -> String {
    let (old, new) = (note(asked.story, from), note(asked.story, asked.to));
    let journal = story(asked.story, MOST);
    match Consistency::prove(Blocking(&journal), &old, &new) {
        Ok(proof) if !asked.is_bare => proof.to_string(),
        _ => format!("old {from}\n\n{new}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 64, ..ProptestConfig::default()
    })]

    /// Of any two checkpoints of one journal that a witness has cosigned the larger one goes on
    /// from the smaller one: through forks, ways back, proofs left out, and stops between storing
    /// and signing. What goes on is cosigned.
    #[test]
    fn no_two_cosigned_checkpoints_contradict_each_other(asked in vec(any_request(), 1..12)) {
        let folder = tempfile::tempdir().expect("a folder");
        Witness::make(&folder.path().join("seen")).expect("a new one");
        let (mut cosigned, mut known) = (Vec::new(), checkpoint(0, 0));
        for asked in asked {
            let from = asked.from.unwrap_or(known.size);
            let request = request(&asked, from);
            // Each time it starts anew and has its memory alone.
            let witness = witness(folder.path());
            let done = match asked.stops {
                true => witness.remember(&request, key().verifier()),
                false => witness.cosign(&request, key().verifier(), NOW_S),
            };
            let to = checkpoint(asked.story, asked.to);
            match done {
                Ok(note) => {
                    known = to;
                    let quorum = Quorum::of([witness_key().verifier().clone()], 1).expect("one");
                    prop_assert_eq!(quorum.check(&note).is_ok(), !asked.stops);
                    if !asked.stops {
                        cosigned.push((asked.story, to));
                    }
                }
                Err(WitnessError::Knows { size, starts, .. }) => {
                    prop_assert_eq!((size, starts), (known.size, from));
                    prop_assert!(size != starts);
                }
                Err(error) => {
                    prop_assert_eq!(error, WitnessError::Proof(ProofError::Broken));
                    let goes_on = from == known.size && asked.to >= from
                        && checkpoint(asked.story, from) == known;
                    prop_assert!(!goes_on || asked.is_bare);
                }
            }
        }
        for (_, earlier) in &cosigned {
            for (story, later) in cosigned.iter().filter(|(_, other)| other.size >= earlier.size) {
                prop_assert_eq!(checkpoint(*story, earlier.size), *earlier, "{:?}", later);
            }
        }
    }

    /// A cosigned note that was changed anywhere is cosigned by nobody, or is the same.
    #[test]
    fn a_flipped_bit_takes_the_cosignature_away(
        at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let note = witness_key().cosigned(&note(0, 3), NOW_S).expect("a note");
        let quorum = Quorum::of([witness_key().verifier().clone()], 1).expect("one");
        prop_assert!(quorum.check(&note).is_ok());
        let mut bytes = note.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        // The journal's own signature is not the witness's.
        let lines: Vec<&str> = note.lines().collect();
        let own = note.find(lines[4]).expect("a line");
        let is_own = (own..own + lines[4].len()).contains(&at);
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(quorum.check(&text).is_err() || is_own, "{}", text);
        }
    }

    /// A key is read as it was written and shown by its public half, and a key of a journal is none
    /// of a witness.
    #[test]
    fn every_witness_key_is_read_again(seed: [u8; 32]) {
        let own = WitnessKey::of("example.org/neighbour", &seed).expect("a name");
        let again = WitnessKey::read(own.as_text()).expect("a key");
        let shown = format!("{own:?}");
        prop_assert!(shown.contains(own.verifier().as_text()) && !shown.contains("PRIVATE"));
        prop_assert_eq!(again.verifier().as_text(), own.verifier().as_text());
        let public = WitnessVerifier::read(own.verifier().as_text()).expect("a key");
        prop_assert_eq!(public.name(), "example.org/neighbour");
        prop_assert!(VerifierKey::read(own.verifier().as_text()).is_err());
        prop_assert!(SigningKey::read(own.as_text()).is_err());
        let journal = SigningKey::of("example.org/neighbour", &seed).expect("a name");
        prop_assert_eq!(WitnessKey::read(journal.as_text()).err(), Some(KeyError::NotAWitness));
        let refused = WitnessVerifier::read(journal.verifier().as_text()).err();
        prop_assert_eq!(refused, Some(KeyError::NotAWitnessVerifier));
    }
}

/// A key counts once, whatever name it is given under; who is not asked for counts for nothing.
#[test]
fn a_quorum_counts_keys() {
    let keys = [1, 2, 3].map(|seed| WitnessKey::of("example.org/w", &[seed; 32]).expect("a name"));
    let two = keys[1].cosigned(&keys[0].cosigned(&note(0, 3), NOW_S).expect("one"), NOW_S);
    let two = two.expect("a note");
    let public = keys.each_ref().map(|key| key.verifier().clone());
    let quorum = |needed| Quorum::of(public.clone(), needed).expect("there are three");
    assert_eq!(quorum(2).check(&two).expect("two").len(), 2);
    let few = CheckpointError::TooFewWitnesses { found: 2, needed: 3 };
    assert_eq!(quorum(3).check(&two), Err(few));
    let renamed = WitnessKey::of("example.org/other", &[1; 32]).expect("a name");
    let one = renamed.cosigned(&keys[0].cosigned(&note(0, 3), NOW_S).expect("one"), NOW_S);
    let twice = [public[0].clone(), renamed.verifier().clone()];
    assert!(Quorum::of(twice.clone(), 2).is_err());
    let once = Quorum::of(twice, 1).expect("one key");
    assert_eq!(once.check(&one.expect("a note")).expect("one").len(), 1);
}

/// A witness that has lost its memory cosigns nothing, and a damaged memory is not read.
#[test]
fn a_witness_without_its_memory_cosigns_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (witness, note) = (witness(folder.path()), note(0, 3));
    let path = folder.path().join("seen");
    let lost = witness.cosign(&note, key().verifier(), NOW_S);
    assert_eq!(lost, Err(WitnessError::Forgotten { path: path.clone() }));
    Witness::make(&path).expect("a new one");
    assert!(Witness::make(&path).is_err(), "it is never overwritten");
    let cosigned = witness.cosign(&note, key().verifier(), NOW_S).expect("it is new");
    assert_eq!(Checkpoint::read(&cosigned, key().verifier()), Ok(checkpoint(0, 3)));
    let text = std::fs::read_to_string(&path).expect("a memory");
    std::fs::write(&path, &text[..text.len() - 1]).expect("written");
    let torn = witness.cosign(&note, key().verifier(), NOW_S);
    assert!(matches!(torn, Err(WitnessError::File { .. })), "{torn:?}");
    let stranger = SigningKey::of("example.org/yujing", &[8; 32]).expect("a name");
    std::fs::write(&path, &text).expect("written");
    let forged = witness.cosign(&note, stranger.verifier(), NOW_S);
    assert!(matches!(forged, Err(WitnessError::Proof(ProofError::Checkpoint(_)))), "{forged:?}");
}

/// A memory that is reached under two names is one.
#[cfg(unix)]
#[test]
fn a_witness_has_one_memory_under_all_its_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = witness(folder.path());
    let (path, link) = (folder.path().join("seen"), folder.path().join("linked"));
    Witness::make(&path).expect("a new one");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    let linked = Witness::of(&link, witness_key());
    linked.cosign(&note(0, 5), key().verifier(), NOW_S).expect("it is new");
    let another_story = own.cosign(&note(1, 5), key().verifier(), NOW_S);
    assert!(matches!(another_story, Err(WitnessError::Knows { size: 5, .. })), "{another_story:?}");
}

/// The checkpoint of the specification, cosigned by OpenSSL.
#[test]
fn a_cosignature_is_the_one_that_openssl_makes() {
    let note = "example.com/behind-the-sofa\n20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/\
        Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let cosigned = witness_key().cosigned(note, NOW_S).expect("a note");
    let line = "— example.org/neighbour MWXTsgAAAABkGFDLSEwbtADY9t5XeSzDTVuiqYN5nZfoc9NQ\
        OUgkPYm4wwjIUL68Nczz1tpzCjnpmnRXttgqVVwOg3WfE7AXqa+DAg==\n";
    assert_eq!(cosigned.strip_prefix(note), Some(line));
    let public = "example.org/neighbour+3165d3b2+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY";
    assert_eq!(witness_key().verifier().as_text(), public);
}
