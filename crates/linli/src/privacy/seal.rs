//! Sealing a field, and opening it again.

use super::{Association, KeyVersion, Keyring, KeyringError, cipher};
use crate::domain::Sealed;

const FORMAT: u8 = 1;

/// Seals an open value under the newest key of its subject; leaves any other as it is.
///
/// # Errors
/// [`KeyringError::Destroyed`] where the subject was erased, else why the keyring gave no key. The
/// value is open still.
pub fn seal(
    keyring: &dyn Keyring,
    association: &Association<'_>,
    value: &mut Sealed,
) -> Result<(), KeyringError> {
    let Sealed::Open(text) = &*value else { return Ok(()) };
    let newest = keyring.newest(association.subject)?;
    let (plain, bound_to) = (cipher::padded(text), association.under(newest.version));
    let encrypted = cipher::encrypt(newest.key.bytes(), &plain, &bound_to)?;
    let stored = [&[FORMAT][..], &newest.version.0.to_le_bytes(), &encrypted].concat();
    *value = Sealed::Locked(stored.into());
    Ok(())
}

/// Opens a locked value where that can be done; leaves any other as it is.
///
/// It reads as [`Sealed::Erased`] once the subject's keys were destroyed. It stays locked where
/// this keyring never had the key, and where it is not what was sealed in this very place: never
/// does it become another text.
///
/// # Errors
/// Why the keyring gave no answer. The value is locked still.
pub fn open(
    keyring: &dyn Keyring,
    association: &Association<'_>,
    value: &mut Sealed,
) -> Result<(), KeyringError> {
    let Sealed::Locked(stored) = &*value else { return Ok(()) };
    let Some((version, encrypted)) = parted(stored) else { return Ok(()) };
    let key = match keyring.key(association.subject, version) {
        Ok(key) => key,
        Err(KeyringError::Destroyed { .. }) => {
            *value = Sealed::Erased;
            return Ok(());
        }
        Err(KeyringError::NoKey { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let plain = cipher::decrypt(key.bytes(), encrypted, &association.under(version));
    if let Some(text) = plain.as_ref().and_then(|plain| cipher::unpadded(plain)) {
        *value = Sealed::Open(text.to_owned());
    }
    Ok(())
}

/// The version of the key, and the nonce with what stands under it.
fn parted(stored: &[u8]) -> Option<(KeyVersion, &[u8])> {
    let (format, rest) = stored.split_first()?;
    let (version, encrypted) = rest.split_first_chunk()?;
    (*format == FORMAT).then_some((KeyVersion(u32::from_le_bytes(*version)), encrypted))
}
