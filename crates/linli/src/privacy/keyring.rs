//! What holds the keys.

use super::{DataKey, KeyVersion, VersionedKey};
use crate::domain::Subject;

/// The data keys of subjects, held apart from the journal.
///
/// # Contract
/// - A key that was given is durable: it was kept before it was given, so that nothing is ever
///   sealed under a key that a crash can lose.
/// - The first key of a subject is made when it is first asked for, and has version 1. Of several
///   handles that ask at once all get the same one.
/// - To destroy removes every key of the subject and leaves a tombstone, in one durable step: after
///   a crash either both have happened or neither. A tombstoned subject never gets a key again.
/// - Handles to one keyring agree at once. No key is remembered beside the keyring, so that a
///   destroyed one opens nothing from that moment on.
/// - No key stands in an error, a log, or what `Debug` shows.
///
/// The laws ([`super::laws!`]) hold a keyring to all this. Every method may wait for a disk, a few
/// milliseconds; none may wait without a bound.
pub trait Keyring: Send + Sync {
    /// The newest key of a subject, made if it has none yet.
    ///
    /// # Errors
    /// [`KeyringError::Destroyed`] for a subject that was erased, else why there is no answer.
    fn newest(&self, subject: &Subject) -> Result<VersionedKey, KeyringError>;

    /// The key of a subject in this version. Makes none.
    ///
    /// # Errors
    /// [`KeyringError::Destroyed`] for a subject that was erased, [`KeyringError::NoKey`] where
    /// this keyring never made that version, else why there is no answer.
    fn key(&self, subject: &Subject, version: KeyVersion) -> Result<DataKey, KeyringError>;

    /// Gives a subject a further key, which is the newest from now on. The older ones stay.
    ///
    /// # Errors
    /// As [`Keyring::newest`].
    fn renew(&self, subject: &Subject) -> Result<VersionedKey, KeyringError>;

    /// Destroys every key of a subject and leaves a tombstone. To repeat it does no harm, and is
    /// right after any error: only an answer without one says that no byte of a key is left.
    ///
    /// # Errors
    /// Why that cannot be said.
    fn destroy(&self, subject: &Subject) -> Result<(), KeyringError>;

    /// Whether a subject's keys were destroyed.
    ///
    /// # Errors
    /// Why there is no answer.
    fn is_destroyed(&self, subject: &Subject) -> Result<bool, KeyringError>;
}

/// Why a keyring gave no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// Nothing can be sealed or read under it any more: leave the field out.
    #[error("the key of {subject} was destroyed")]
    Destroyed {
        /// Whose key it was.
        subject: Subject,
    },
    /// Name the keyring that the field was sealed with.
    #[error("this keyring has no key of {subject} in version {version}; name the one that has it")]
    NoKey {
        /// Whose key is wanted.
        subject: Subject,
        /// In which version.
        version: KeyVersion,
    },
    /// Try again later.
    #[error("the keyring is busy: {reason}")]
    Busy {
        /// What was in the way.
        reason: String,
    },
    /// Mend what the reason says.
    #[error("the keyring gave no answer: {reason}")]
    Unavailable {
        /// What is in the way.
        reason: String,
    },
    /// Restore the keyring from its backup.
    #[error("the keyring is damaged: {what}; restore it from its backup")]
    Damaged {
        /// What shows it.
        what: String,
    },
}
