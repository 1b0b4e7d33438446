//! The key that a keyring keeps its keys under.

use std::fmt;

use zeroize::Zeroizing;

use super::cipher::{self, KEY_BYTES, in_parts};
use super::{DataKey, KeyVersion, KeyringError};
use crate::domain::Subject;

/// 256 bits under which a keyring wraps its data keys, so that its file alone opens nothing. Wiped
/// from memory when it is dropped.
///
/// ```
/// use linli::Subject;
/// use linli::privacy::{DataKey, KeyVersion, WrappingKey};
///
/// let (wrapping, subject) = (WrappingKey::random()?, Subject::of("person", &"p-7"));
/// let key = DataKey::random()?;
/// let wrapped = wrapping.wrap(&subject, KeyVersion::FIRST, &key)?;
/// let unwrapped = wrapping.unwrap(&subject, KeyVersion::FIRST, &wrapped);
/// assert_eq!(unwrapped.map(|key| *key.bytes()), Some(*key.bytes()));
/// # Ok::<(), linli::privacy::KeyringError>(())
/// ```
#[derive(Clone)]
pub struct WrappingKey(Zeroizing<[u8; KEY_BYTES]>);

/// A text that is no wrapping key. Give 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a wrapping key has 64 hexadecimal digits")]
pub struct InvalidKey;

impl WrappingKey {
    /// A new key, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where the system has none to give.
    pub fn random() -> Result<Self, KeyringError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        cipher::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// The key that these 64 hexadecimal digits write.
    ///
    /// # Errors
    /// [`InvalidKey`], which does not repeat the text.
    pub fn from_hex(digits: &str) -> Result<Self, InvalidKey> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        if pairs.len() != KEY_BYTES || !rest.is_empty() {
            return Err(InvalidKey);
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = digit(*high).zip(digit(*low)).ok_or(InvalidKey)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }

    /// The key in 64 hexadecimal digits, for whoever keeps it.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut digits = Zeroizing::new(String::with_capacity(2 * KEY_BYTES));
        for byte in self.0.iter() {
            for half in [byte >> 4, byte & 15] {
                digits.push(char::from_digit(half.into(), 16).unwrap_or_default());
            }
        }
        digits
    }

    /// A data key as it may be kept. It is bound to its subject and version: moved to another one
    /// it does not unwrap.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where the system has no randomness to give.
    pub fn wrap(
        &self,
        subject: &Subject,
        version: KeyVersion,
        key: &DataKey,
    ) -> Result<Vec<u8>, KeyringError> {
        cipher::encrypt(&self.0, key.bytes(), &bound_to(subject, version))
    }

    /// The data key that was wrapped, if it was wrapped under this key for this subject and
    /// version.
    #[must_use]
    pub fn unwrap(
        &self,
        subject: &Subject,
        version: KeyVersion,
        wrapped: &[u8],
    ) -> Option<DataKey> {
        let key = cipher::decrypt(&self.0, wrapped, &bound_to(subject, version))?;
        key.first_chunk().filter(|_| key.len() == KEY_BYTES).copied().map(DataKey::of)
    }
}

fn bound_to(subject: &Subject, version: KeyVersion) -> Vec<u8> {
    in_parts(&[b"linli/wrapped/v1", subject.as_str().as_bytes(), &version.0.to_le_bytes()])
}

/// Not what it is: a key stands in no log and no panic.
impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappingKey(..)")
    }
}
