//! A keyring in memory, for tests: the specification that every other one is compared with.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{DataKey, KeyVersion, Keyring, KeyringError, VersionedKey};
use crate::domain::Subject;

/// A keyring in memory, **for tests only**: with its last handle every key is gone, and whatever
/// was sealed under it is erased. Clones are handles to the same keyring.
#[derive(Clone)]
pub struct MemoryKeyring(Arc<Mutex<HashMap<Subject, Held>>>);

enum Held {
    /// The keys, the first version first.
    Keys(Vec<DataKey>),
    Tombstone,
}

impl MemoryKeyring {
    /// An empty keyring that no journal outside a test may be sealed with.
    #[must_use]
    pub fn for_tests() -> Self {
        Self(Arc::default())
    }

    /// What `take` makes of a subject's keys, unless they were destroyed.
    fn of<T>(
        &self,
        subject: &Subject,
        take: impl FnOnce(&mut Vec<DataKey>) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let mut held = self.0.lock();
        match held.entry(subject.clone()).or_insert_with(|| Held::Keys(Vec::new())) {
            Held::Keys(keys) => take(keys),
            Held::Tombstone => Err(KeyringError::Destroyed { subject: subject.clone() }),
        }
    }
}

impl Keyring for MemoryKeyring {
    fn newest(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        self.of(subject, |keys| {
            if keys.is_empty() {
                keys.push(DataKey::random()?);
            }
            Ok(last(keys))
        })?
        .ok_or_else(|| no_key(subject, KeyVersion::FIRST))
    }

    fn key(&self, subject: &Subject, version: KeyVersion) -> Result<DataKey, KeyringError> {
        let index = version.0.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        self.of(subject, |keys| Ok(index.and_then(|index| keys.get(index).cloned())))?
            .ok_or_else(|| no_key(subject, version))
    }

    fn renew(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        self.of(subject, |keys| {
            keys.push(DataKey::random()?);
            Ok(last(keys))
        })?
        .ok_or_else(|| no_key(subject, KeyVersion::FIRST))
    }

    fn destroy(&self, subject: &Subject) -> Result<(), KeyringError> {
        self.0.lock().insert(subject.clone(), Held::Tombstone);
        Ok(())
    }

    fn is_destroyed(&self, subject: &Subject) -> Result<bool, KeyringError> {
        Ok(matches!(self.0.lock().get(subject), Some(Held::Tombstone)))
    }
}

fn last(keys: &[DataKey]) -> Option<VersionedKey> {
    let version = KeyVersion(u32::try_from(keys.len()).ok()?);
    keys.last().cloned().map(|key| VersionedKey { version, key })
}

fn no_key(subject: &Subject, version: KeyVersion) -> KeyringError {
    KeyringError::NoKey { subject: subject.clone(), version }
}

impl fmt::Debug for MemoryKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryKeyring(..)")
    }
}
