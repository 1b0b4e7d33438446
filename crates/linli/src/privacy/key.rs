//! The key of a subject.

use std::fmt;

use zeroize::Zeroizing;

use super::{KeyringError, cipher};

/// Which of a subject's keys: 1 is the first. Old fields stay under the version they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyVersion(pub u32);

impl KeyVersion {
    /// The first key that a subject had.
    pub const FIRST: Self = Self(1);

    /// The one behind it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for KeyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// 256 bits under which a subject's fields are sealed. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; cipher::KEY_BYTES]>);

impl DataKey {
    /// A new key, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where the system has none to give. Nothing was made.
    pub fn random() -> Result<Self, KeyringError> {
        let mut bytes = Zeroizing::new([0; cipher::KEY_BYTES]);
        cipher::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// The key that these bytes are, for a keyring that kept them.
    #[must_use]
    pub fn of(bytes: [u8; cipher::KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for a keyring that keeps them. They belong into no log and no error.
    #[must_use]
    pub fn bytes(&self) -> &[u8; cipher::KEY_BYTES] {
        &self.0
    }
}

/// Not what it is: a key stands in no log and no panic.
impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// A key with its version.
#[derive(Clone, Debug)]
pub struct VersionedKey {
    /// Which of the subject's keys.
    pub version: KeyVersion,
    /// The key.
    pub key: DataKey,
}
