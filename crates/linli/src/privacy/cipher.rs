//! XChaCha20-Poly1305, the padding in front of it, and what it is bound to.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::KeyringError;

pub(super) const KEY_BYTES: usize = 32;
/// Random nonces of 192 bits do not meet, however many fields one key seals.
pub(super) const NONCE_BYTES: usize = 24;
const SHORTEST: usize = 32;
/// Ends a text in front of its padding, as ISO/IEC 7816-4 does.
const END: u8 = 0x80;

/// Fills `bytes` from the system's randomness.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), KeyringError> {
    getrandom::fill(bytes).map_err(|error| KeyringError::Unavailable {
        reason: format!("the system has no randomness to give ({error}); try again later"),
    })
}

/// A nonce and what was encrypted under it.
pub(super) fn encrypt(
    key: &[u8; KEY_BYTES],
    plain: &[u8],
    associated: &[u8],
) -> Result<Vec<u8>, KeyringError> {
    let mut nonce = [0; NONCE_BYTES];
    fill(&mut nonce)?;
    let encrypted = encrypt_under(key, nonce, plain, associated).ok_or_else(|| {
        let reason = "the text is longer than the cipher takes; split it".to_owned();
        KeyringError::Unavailable { reason }
    })?;
    Ok([&nonce[..], &encrypted].concat())
}

/// The cipher alone, for this nonce: the text as long as it was, then the tag.
pub(super) fn encrypt_under(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    plain: &[u8],
    associated: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload { msg: plain, aad: associated };
    XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).ok()
}

/// What was encrypted, if it is just that, under this key, with just this associated data.
pub(super) fn decrypt(
    key: &[u8; KEY_BYTES],
    nonce_and_text: &[u8],
    associated: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = nonce_and_text.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: text, aad: associated };
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
}

/// A text of 32, 64, 128 ... bytes, so that its length tells little.
pub(super) fn padded(text: &str) -> Zeroizing<Vec<u8>> {
    let length = text.len().saturating_add(1).next_power_of_two().max(SHORTEST);
    // Reserved at once: growing would leave a copy behind that nobody wipes.
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(text.as_bytes());
    padded.push(END);
    padded.resize(length, 0);
    padded
}

/// The text in front of its padding; `None` for bytes that [`padded`] never made.
pub(super) fn unpadded(padded: &[u8]) -> Option<&str> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    let (text, padding) = padded.split_at_checked(end)?;
    let is_ours = padding.first() == Some(&END);
    std::str::from_utf8(text).ok().filter(|_| is_ours)
}

/// Parts one behind the other, each after its length, so that none can pass for a piece of another.
pub(super) fn in_parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(&(part.len() as u64).to_le_bytes());
        all.extend_from_slice(part);
    }
    all
}
