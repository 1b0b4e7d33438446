//! What makes two requests under one id the same, for what they tell about persons.

use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::cipher::{KEY_BYTES, in_parts};
use super::{DataKey, KeyVersion, Keyring, KeyringError};
use crate::domain::Subject;

/// One open value of a request.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// Which of the request's commands brings it, from 0.
    pub command: usize,
    /// The field.
    pub field: &'a str,
    /// Whom it concerns.
    pub subject: &'a Subject,
    /// What is told.
    pub text: &'a str,
}

impl std::fmt::Debug for Told<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Told").field("field", &self.field).finish_non_exhaustive()
    }
}

/// A digest of open values that dies with their keys: each value counts through an HMAC-SHA256
/// under a key made of its subject's first one, so that nobody can try out what it may have been.
/// The first, because a subject may get a further key between a request and its repeat.
///
/// `None`: the key of one of the subjects was destroyed, and nothing can be compared any more.
///
/// # Errors
/// Why the keyring gave no answer.
pub fn digest<'a>(
    keyring: &dyn Keyring,
    told: impl IntoIterator<Item = Told<'a>>,
) -> Result<Option<[u8; 32]>, KeyringError> {
    let mut all = Sha256::new();
    for told in told {
        let key = match first_key(keyring, told.subject) {
            Ok(key) => key,
            Err(KeyringError::Destroyed { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let number = (told.command as u64).to_le_bytes();
        let own = Zeroizing::new(in_parts(&[&number, told.field.as_bytes(), told.text.as_bytes()]));
        all.update(mac(&content_key(&key), &own));
    }
    Ok(Some(all.finalize().into()))
}

fn first_key(keyring: &dyn Keyring, subject: &Subject) -> Result<DataKey, KeyringError> {
    match keyring.key(subject, KeyVersion::FIRST) {
        Err(KeyringError::NoKey { .. }) => {
            // Made by this, and asked for again: somebody may have added a further one meanwhile.
            keyring.newest(subject)?;
            keyring.key(subject, KeyVersion::FIRST)
        }
        found => found,
    }
}

/// Apart from the key that seals: a key has one use.
fn content_key(key: &DataKey) -> Zeroizing<[u8; KEY_BYTES]> {
    Zeroizing::new(mac(key.bytes(), b"linli/content/v1"))
}

fn mac(key: &[u8; KEY_BYTES], message: &[u8]) -> [u8; 32] {
    // RFC 2104 fills a key that is shorter than a block with zeros.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}
