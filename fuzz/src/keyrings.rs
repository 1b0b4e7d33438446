//! What a keyring is kept in: its key, its file, the keys and fields under it.

use std::fs;
use std::sync::OnceLock;

use linli::privacy::{self, Association, DataKey, KeyVersion, Keyring, MemoryKeyring, WrappingKey};
use linli::{Scope, Sealed, Subject};
use linli_sqlite::SqliteKeyring;

use super::edited;

/// A keyring of two persons, of whom one was erased, as a file.
struct Kept {
    file: Vec<u8>,
    key: DataKey,
}

/// Reads a key, a wrapped key, or a sealed field; where the first byte is 0, a keyring whose file
/// was [`edited`]. Nothing of it ever becomes another key or another text.
pub fn keyring(bytes: &[u8]) -> Option<String> {
    let Some((kind, rest)) = bytes.split_first() else { return Some("it is too short".into()) };
    match kind {
        0 => file(rest),
        1 => std::str::from_utf8(rest).map_err(|fault| fault.to_string()).and_then(key).err(),
        2 => wrapping()
            .unwrap(&resident(), KeyVersion::FIRST, rest)
            .is_none()
            .then(|| "it was not wrapped under this key".to_owned()),
        _ => field(rest),
    }
}

fn wrapping() -> WrappingKey {
    WrappingKey::from_hex(&"07".repeat(32)).expect("64 digits")
}

fn resident() -> Subject {
    Subject::of("person", &"p-1")
}

fn erased() -> Subject {
    Subject::of("person", &"p-2")
}

fn key(text: &str) -> Result<(), String> {
    let key = WrappingKey::from_hex(text).map_err(|fault| fault.to_string())?;
    assert_eq!(*key.to_hex(), text.to_ascii_lowercase(), "what is read is written");
    Ok(())
}

fn field(bytes: &[u8]) -> Option<String> {
    let keyring = MemoryKeyring::for_tests();
    let (scope, subject) = (Scope::default(), resident());
    let event_id = uuid::Uuid::nil();
    let association = Association {
        scope: &scope,
        event_id,
        event_type: "PartyAdded",
        version: 1,
        field: "description",
        subject: &subject,
    };
    keyring.newest(&subject).expect("a key in memory");
    let mut value = Sealed::Locked(bytes.into());
    let told = privacy::open(&keyring, &association, &mut value);
    assert!(!matches!(value, Sealed::Open(_)), "nobody sealed this");
    told.err().map(|fault| fault.to_string())
}

fn file(edits: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ring.db");
    fs::write(&path, edited(&kept().file, edits)).expect("a file");
    let keyring = match SqliteKeyring::open_under(&path, wrapping()) {
        Ok(keyring) => keyring,
        Err(fault) => return Some(fault.to_string()),
    };
    let told = match keyring.key(&resident(), KeyVersion::FIRST) {
        Ok(key) => {
            assert_eq!(key.bytes(), kept().key.bytes(), "it is the key or none");
            None
        }
        Err(fault) => Some(fault.to_string()),
    };
    assert!(keyring.key(&erased(), KeyVersion::FIRST).is_err(), "what was erased stays so");
    told
}

fn kept() -> &'static Kept {
    static KEPT: OnceLock<Kept> = OnceLock::new();
    KEPT.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ring.db");
        let keyring = SqliteKeyring::create_under(&path, wrapping()).expect("a keyring");
        let key = keyring.newest(&resident()).expect("a key").key;
        keyring.newest(&erased()).expect("a key");
        keyring.destroy(&erased()).expect("erased");
        drop(keyring);
        Kept { file: fs::read(&path).expect("a file"), key }
    })
}
