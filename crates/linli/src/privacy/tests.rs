//! The cipher against published vectors; what is sealed opens in its place, and nowhere else.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Association, DataKey, Keyring, KeyringError, MemoryKeyring, Told, WrappingKey, cipher, digest,
    open, seal,
};
use crate::domain::{Scope, Sealed, Subject};

mod laws {
    crate::privacy::laws!(crate::privacy::MemoryKeyring::for_tests);
}

/// A place that owns its parts.
#[derive(Clone, Debug)]
struct Place {
    scope: Scope,
    event_id: Uuid,
    event_type: String,
    version: u32,
    field: String,
    subject: Subject,
}

impl Place {
    fn association(&self) -> Association<'_> {
        let Self { scope, event_id, event_type, version, field, subject } = self;
        let (event_id, version) = (*event_id, *version);
        Association { scope, event_id, event_type, version, field, subject }
    }

    fn sealed(&self, keyring: &MemoryKeyring, text: &str) -> Sealed {
        let mut value = Sealed::Open(text.to_owned());
        seal(keyring, &self.association(), &mut value).expect("sealed");
        value
    }

    fn opened(&self, keyring: &MemoryKeyring, value: &Sealed) -> Sealed {
        let mut value = value.clone();
        open(keyring, &self.association(), &mut value).expect("the keyring answers");
        value
    }
}

fn place() -> Place {
    Place {
        scope: Scope::new("xuzhuang/yujing").expect("a scope"),
        event_id: Uuid::from_u128(7),
        event_type: "PartyAdded".into(),
        version: 1,
        field: "description".into(),
        subject: Subject::of("dispute", &"d-1"),
    }
}

/// The same place with one part changed, once for each part; and with letters moved from one part
/// to its neighbour.
fn elsewhere() -> Vec<Place> {
    let own = place();
    let scope = |path| Scope::new(path).expect("a scope");
    // The same bytes in a row, where nothing says how long each part is.
    let version = u32::from_le_bytes([0, 0, 0, b'd']);
    let (event_type, field) = ("PartyAdded\u{1}".into(), "escription".into());
    let moved = Place { event_type, version, field, ..own.clone() };
    vec![
        Place { scope: scope("xuzhuang"), ..own.clone() },
        Place { scope: Scope::default(), ..own.clone() },
        Place { event_id: Uuid::from_u128(8), ..own.clone() },
        Place { event_type: "PartyAdde".into(), ..own.clone() },
        Place { version: 2, ..own.clone() },
        Place { field: "minutes".into(), ..own.clone() },
        moved,
        Place { subject: Subject::of("dispute", &"d-2"), ..own.clone() },
        Place { subject: Subject::of("person", &"d-1"), ..own },
    ]
}

fn bytes(value: &Sealed) -> &[u8] {
    match value {
        Sealed::Locked(bytes) => bytes,
        other => panic!("{other:?} is not locked"),
    }
}

proptest! {
    /// What is sealed opens again in its own place, also after the subject got a further key.
    #[test]
    fn what_is_sealed_opens_again(text in ".{0,200}", further in 0..3) {
        let (keyring, place) = (MemoryKeyring::for_tests(), place());
        let sealed = place.sealed(&keyring, &text);
        for _ in 0..further {
            keyring.renew(&place.subject).expect("a further key");
        }
        let opened = place.opened(&keyring, &sealed);
        prop_assert_eq!(opened.text(), Some(&*text));
    }

    /// Under any other association it stays locked: each part changed in turn.
    #[test]
    fn what_is_moved_opens_nowhere(text in ".{0,200}") {
        let keyring = MemoryKeyring::for_tests();
        let sealed = place().sealed(&keyring, &text);
        for other in elsewhere() {
            keyring.newest(&other.subject).expect("a key");
            prop_assert_eq!(other.opened(&keyring, &sealed), sealed.clone(), "{:?}", other);
        }
    }

    /// A value under one key of a subject does not pass for one under another, and a keyring that
    /// never had the key opens nothing.
    #[test]
    fn another_key_opens_nothing(text in ".{0,200}") {
        let (keyring, place) = (MemoryKeyring::for_tests(), place());
        let sealed = place.sealed(&keyring, &text);
        keyring.renew(&place.subject).expect("a further key");
        for version in [0_u8, 2, 3] {
            let mut moved = bytes(&sealed).to_vec();
            moved[1] = version;
            let moved = Sealed::Locked(moved.into());
            prop_assert_eq!(place.opened(&keyring, &moved), moved);
        }
        let other = MemoryKeyring::for_tests();
        prop_assert_eq!(place.opened(&other, &sealed), sealed.clone());
        other.newest(&place.subject).expect("a key of its own");
        prop_assert_eq!(place.opened(&other, &sealed), sealed);
    }

    /// Not a bit of it may change, and none may be missing: it is never read as another text.
    #[test]
    fn what_is_changed_stays_locked(
        text in ".{0,60}",
        at in any::<prop::sample::Index>(),
        bit in 0..8,
        short in any::<prop::sample::Index>(),
    ) {
        let (keyring, place) = (MemoryKeyring::for_tests(), place());
        let sealed = place.sealed(&keyring, &text);
        let mut changed = bytes(&sealed).to_vec();
        let at = at.index(changed.len());
        changed[at] ^= 1_u8 << bit;
        let cut = &bytes(&sealed)[..short.index(changed.len())];
        for damaged in [changed, cut.to_vec()] {
            let damaged = Sealed::Locked(damaged.into());
            prop_assert_eq!(place.opened(&keyring, &damaged), damaged);
        }
    }

    /// Two sealings of one text are unlike in all but their head, and neither shows a piece of it.
    #[test]
    fn a_sealed_text_shows_nothing(text in "[a-z]{8,100}") {
        let (keyring, place) = (MemoryKeyring::for_tests(), place());
        let pair = [place.sealed(&keyring, &text), place.sealed(&keyring, &text)];
        prop_assert_ne!(&bytes(&pair[0])[5..29], &bytes(&pair[1])[5..29], "a nonce came twice");
        prop_assert_ne!(&bytes(&pair[0])[29..], &bytes(&pair[1])[29..]);
        for sealed in &pair {
            let shows = bytes(sealed).windows(8).any(|piece| text.as_bytes().starts_with(piece));
            prop_assert!(!shows);
        }
    }

    /// A length is one of 32, 64, 128 ... bytes, beside 45 of nonce, head and tag.
    #[test]
    fn a_length_tells_little(length in 0_usize..1000) {
        let sealed = place().sealed(&MemoryKeyring::for_tests(), &"a".repeat(length));
        let padded = bytes(&sealed).len() - 45;
        prop_assert!(padded >= 32 && padded.is_power_of_two(), "{padded}");
        prop_assert!(padded > length && (padded == 32 || padded / 2 <= length), "{padded}");
    }

    /// After a destruction everything that was sealed under any key of the subject reads as erased,
    /// and nothing more is sealed.
    #[test]
    fn what_was_sealed_is_erased_with_its_key(text in ".{0,60}", further in any::<bool>()) {
        let (keyring, place) = (MemoryKeyring::for_tests(), place());
        let first = place.sealed(&keyring, &text);
        if further {
            keyring.renew(&place.subject).expect("a further key");
        }
        let second = place.sealed(&keyring, &text);
        keyring.destroy(&place.subject).expect("destroyed");
        for sealed in [first, second] {
            prop_assert_eq!(place.opened(&keyring, &sealed), Sealed::Erased);
        }
        let mut more = Sealed::Open(text.clone());
        let refused = seal(&keyring, &place.association(), &mut more);
        prop_assert_eq!(refused, Err(KeyringError::Destroyed { subject: place.subject }));
        prop_assert_eq!(more.text(), Some(&*text));
    }

    /// The digest of what is told is the same under a further key, another for another text, field,
    /// command or keyring, and none once a key is gone.
    #[test]
    fn a_digest_dies_with_its_key(text in ".{0,60}", other in ".{0,60}") {
        prop_assume!(text != other);
        let keyring = MemoryKeyring::for_tests();
        let subjects = ["p-1", "p-2"].map(|name| Subject::of("person", &name));
        let told = |command, field, who: usize, text| {
            let own = Told { command, field, subject: &subjects[who], text };
            [own, Told { command: 9, field: "name", subject: &subjects[0], text: "Li" }]
        };
        let own = |keyring: &dyn Keyring, told: [Told<'_>; 2]| digest(keyring, told);
        let first = own(&keyring, told(0, "name", 1, &text)).expect("an answer");
        prop_assert!(first.is_some());
        keyring.renew(&subjects[1]).expect("a further key");
        prop_assert_eq!(own(&keyring, told(0, "name", 1, &text)), Ok(first));
        for changed in [
            own(&keyring, told(1, "name", 1, &text)),
            own(&keyring, told(0, "phone", 1, &text)),
            own(&keyring, told(0, "name", 0, &text)),
            own(&keyring, told(0, "name", 1, &other)),
            own(&MemoryKeyring::for_tests(), told(0, "name", 1, &text)),
        ] {
            prop_assert_ne!(changed, Ok(first));
        }
        keyring.destroy(&subjects[1]).expect("destroyed");
        prop_assert_eq!(own(&keyring, told(0, "name", 1, &text)), Ok(None));
    }
}

/// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
#[test]
fn the_cipher_is_that_of_the_draft() {
    let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
        the future, sunscreen would be it.";
    let associated = hex("50515253c0c1c2c3c4c5c6c7");
    let key = std::array::from_fn(|index| 0x80 + u8::try_from(index).expect("32 bytes"));
    let nonce = std::array::from_fn(|index| 0x40 + u8::try_from(index).expect("24 bytes"));
    let encrypted = hex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f\
         4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f\
         76b2383565d3fff921f9664c97637da9768812f615c68b13b52e\
         c0875924c1c7987947deafd8780acf49",
    );
    let own = cipher::encrypt_under(&key, nonce, text, &associated);
    assert_eq!(own.as_deref(), Some(&*encrypted));
    let stored = [&nonce[..], &encrypted].concat();
    let plain = cipher::decrypt(&key, &stored, &associated).expect("it is what was encrypted");
    assert_eq!(plain.as_slice(), text);
    assert!(cipher::decrypt(&key, &stored, b"").is_none(), "other associated data");
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(pair, 16).expect("hexadecimal digits")
    };
    digits.as_bytes().chunks(2).map(byte).collect()
}

#[test]
fn a_new_key_is_nobody_elses() {
    let data = (0..8).map(|_| *DataKey::random().expect("randomness").bytes());
    let wrapping = (0..8).map(|_| WrappingKey::random().expect("randomness").to_hex().to_string());
    assert_eq!(data.collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(wrapping.collect::<BTreeSet<_>>().len(), 8);
}

/// Neither a key nor what is told is shown where somebody prints it.
#[test]
fn debug_shows_neither_keys_nor_texts() {
    let (keyring, subject) = (MemoryKeyring::for_tests(), Subject::of("person", &"p-1"));
    let newest = keyring.newest(&subject).expect("a key");
    let told = Told { command: 0, field: "name", subject: &subject, text: "Li Hua" };
    let shown = format!("{newest:?} {told:?} {keyring:?}");
    assert!(!shown.contains("Li Hua") && shown.contains("DataKey(..)"), "{shown}");
    assert_eq!(shown.matches(char::is_numeric).count(), 1, "only the version: {shown}");
}
