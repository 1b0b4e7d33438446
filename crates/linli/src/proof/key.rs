//! The key that signs checkpoints, and the one that checks them.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use signed_note::{StandardSigner, StandardVerifier, Verifier as _, is_key_name_valid};
use zeroize::Zeroizing;

/// An Ed25519 key that signs the checkpoints of one journal. Its name is the journal's: the origin
/// that stands in every checkpoint. Wiped from memory when it is dropped.
///
/// Whoever has it can sign another story as that journal's, so it does not lie where the journal
/// lies.
///
/// ```
/// use linli::proof::{SigningKey, VerifierKey};
///
/// let key = SigningKey::random("example.org/yujing")?;
/// let again = SigningKey::read(key.as_text())?;
/// assert_eq!(again.verifier().as_text(), key.verifier().as_text());
/// let public = VerifierKey::read(key.verifier().as_text())?;
/// assert_eq!(public.origin(), "example.org/yujing");
/// # Ok::<(), linli::proof::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    text: Zeroizing<String>,
    pub(super) signer: StandardSigner,
    verifier: VerifierKey,
}

/// The public key of a journal's checkpoints: give it to everybody.
///
/// It is written as a verifier key of [C2SP signed-note](https://c2sp.org/signed-note):
/// `NAME+ID+KEY`, the id in eight hexadecimal digits, the key in Base64.
#[derive(Clone)]
pub struct VerifierKey {
    text: String,
    pub(super) verifier: StandardVerifier,
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Give another name.
    #[error(
        "{name:?} names no journal in a checkpoint: such a name has 1 to {MOST} bytes and \
        neither space nor plus, as example.org/yujing"
    )]
    Name {
        /// The name as it was given.
        name: String,
    },
    /// Give the text as it was made. It is not repeated here.
    #[error(
        "this is no key that signs checkpoints; give the file that `linli keygen signing` made"
    )]
    NotASigningKey,
    /// Give the text as it was made.
    #[error(
        "this is no key that checks checkpoints; give the file that `linli keygen signing` \
        made beside the signing key: its name ends in .pub"
    )]
    NotAVerifierKey,
    /// Give the text as it was made. It is not repeated here.
    #[error("this is no key of a witness; give the file that `linli keygen witness` made")]
    NotAWitness,
    /// Give the text as it was made.
    #[error(
        "this is no public key of a witness; give the file that `linli keygen witness` made \
        beside its key: its name ends in .pub"
    )]
    NotAWitnessVerifier,
    /// Try again later.
    #[error("the system has no randomness to give ({reason}); try again later")]
    NoRandomness {
        /// What it says.
        reason: String,
    },
}

/// The longest name of a journal in a checkpoint, in bytes.
const MOST: usize = 128;
/// What stands before the bytes of an Ed25519 key in a note's key.
const ED25519: u8 = 1;

impl SigningKey {
    /// A new key for the journal of this name, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::NoRandomness`].
    pub fn random(origin: &str) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|error| KeyError::NoRandomness { reason: error.to_string() })?;
        Self::of(origin, &seed)
    }

    /// The key that these 32 bytes make: the private key of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn of(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(origin) {
            return Err(KeyError::Name { name: origin.to_owned() });
        }
        let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
        let public = [&[ED25519][..], public.as_bytes()].concat();
        let id = signed_note::key_id(origin, &public);
        let private = Zeroizing::new([&[ED25519][..], seed].concat());
        let private = Zeroizing::new(BASE64_STANDARD.encode(&*private));
        Self::read(&Zeroizing::new(format!("PRIVATE+KEY+{origin}+{id:08x}+{}", *private)))
    }

    /// The key that [`SigningKey::as_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError::NotASigningKey`], which does not repeat the text.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let signer = StandardSigner::new(text).map_err(|_| KeyError::NotASigningKey)?;
        let verifier = VerifierKey::of(&signer, text).ok_or(KeyError::NotASigningKey)?;
        Ok(Self { text: Zeroizing::new(text.to_owned()), signer, verifier })
    }

    /// The key as a text of one line, for whoever keeps it: `PRIVATE+KEY+NAME+ID+KEY`. It belongs
    /// into no log and no error.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// The public key that checks what this one signs.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }
}

impl VerifierKey {
    /// The key that [`VerifierKey::as_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError::NotAVerifierKey`].
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let verifier = StandardVerifier::new(text).ok().filter(|key| is_name(key.name()));
        let verifier = verifier.ok_or(KeyError::NotAVerifierKey)?;
        Ok(Self { text: text.to_owned(), verifier })
    }

    /// The public key of a signing key in this text.
    fn of(signer: &StandardSigner, text: &str) -> Option<Self> {
        // Its name has no plus; its Base64 may.
        let private = text.splitn(5, '+').last()?;
        let private = Zeroizing::new(BASE64_STANDARD.decode(private).ok()?);
        let seed = private.get(1..)?.first_chunk()?;
        let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
        let name = signed_note::Signer::name(signer);
        Self::read(&signed_note::new_ed25519_verifier_key(name, &public)).ok()
    }

    /// The key as a text of one line: `NAME+ID+KEY`.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// The name of the journal whose checkpoints it checks.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.verifier.name()
    }
}

pub(super) fn is_name(name: &str) -> bool {
    is_key_name_valid(name) && name.len() <= MOST && !name.chars().any(char::is_control)
}

/// Not what it is: a key stands in no log and no panic.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifier.text).finish()
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifierKey").field(&self.text).finish()
    }
}
