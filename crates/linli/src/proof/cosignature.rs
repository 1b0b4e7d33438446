//! The cosignature: a witness says what of a journal it has seen, and when.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer as _, Verifier as _, VerifyingKey};
use signed_note::{Note, Signer, Verifier, VerifierList};
use zeroize::Zeroizing;

use super::CheckpointError;
use super::key::{KeyError, is_name};

/// What stands before the bytes of an Ed25519 key that cosigns.
const COSIGNS: u8 = 4;
/// Bytes of the time in front of a signature.
const TIME_BYTES: usize = 8;

/// The key of a witness. It cosigns checkpoints of others' journals and signs none of its own: its
/// signatures are of another kind ([C2SP tlog-cosignature](https://c2sp.org/tlog-cosignature),
/// Ed25519), and its texts are no keys of a journal. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct WitnessKey {
    text: Zeroizing<String>,
    key: ed25519_dalek::SigningKey,
    verifier: WitnessVerifier,
}

/// The public key of a witness: give it to everybody.
#[derive(Clone)]
pub struct WitnessVerifier {
    text: String,
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl WitnessKey {
    /// A new key for the witness of this name, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::NoRandomness`].
    pub fn random(name: &str) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|error| KeyError::NoRandomness { reason: error.to_string() })?;
        Self::of(name, &seed)
    }

    /// The key that these 32 bytes make: the private key of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn of(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name { name: name.to_owned() });
        }
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifier = WitnessVerifier::of(name, key.verifying_key());
        let private = Zeroizing::new([&[COSIGNS][..], seed].concat());
        let private = Zeroizing::new(BASE64_STANDARD.encode(&*private));
        let text = format!("PRIVATE+KEY+{name}+{:08x}+{}", verifier.id, *private);
        Ok(Self { text: Zeroizing::new(text), key, verifier })
    }

    /// The key that [`WitnessKey::as_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError::NotAWitness`], which does not repeat the text.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        Self::parsed(text.trim()).ok_or(KeyError::NotAWitness)
    }

    fn parsed(text: &str) -> Option<Self> {
        // A name has no plus; Base64 may.
        let mut parts = text.strip_prefix("PRIVATE+KEY+")?.splitn(3, '+');
        let (name, _, private) = (parts.next()?, parts.next()?, parts.next()?);
        let private = Zeroizing::new(BASE64_STANDARD.decode(private).ok()?);
        let (kind, seed) = private.split_first()?;
        let key = Self::of(name, seed.try_into().ok()?).ok()?;
        (*kind == COSIGNS && *key.text == text).then_some(key)
    }

    /// The key as a text of one line, for whoever keeps it: `PRIVATE+KEY+NAME+ID+KEY`. It belongs
    /// into no log and no error.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// The public key that checks what this one cosigns.
    #[must_use]
    pub fn verifier(&self) -> &WitnessVerifier {
        &self.verifier
    }

    /// The note with one more signature: that this was the largest one seen of its journal at
    /// `now_s`, in seconds since 1970 (UTC).
    pub(super) fn cosigned(&self, note: &str, now_s: u64) -> Result<String, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes());
        let mut note = note.map_err(|_| CheckpointError::NotACheckpoint)?;
        let signer = AtTime { key: self, now_s };
        note.add_sigs(&[&signer]).map_err(|_| CheckpointError::NotACheckpoint)?;
        String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::NotACheckpoint)
    }
}

impl WitnessVerifier {
    /// The key that [`WitnessVerifier::as_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError::NotAWitnessVerifier`].
    pub fn read(text: &str) -> Result<Self, KeyError> {
        Self::parsed(text.trim()).ok_or(KeyError::NotAWitnessVerifier)
    }

    fn parsed(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, public) = (parts.next()?, parts.next()?, parts.next()?);
        let public = BASE64_STANDARD.decode(public).ok()?;
        let (kind, public) = public.split_first()?;
        let key = VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
        let read = Self::of(name, key);
        let is_own = *kind == COSIGNS && u32::from_str_radix(id, 16) == Ok(read.id);
        (is_own && id.len() == 8 && is_name(name)).then_some(read)
    }

    fn of(name: &str, key: VerifyingKey) -> Self {
        let public = [&[COSIGNS][..], key.as_bytes()].concat();
        let id = signed_note::key_id(name, &public);
        let text = format!("{name}+{id:08x}+{}", BASE64_STANDARD.encode(public));
        Self { text, name: name.to_owned(), id, key }
    }

    /// The key as a text of one line: `NAME+ID+KEY`.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// The name of the witness.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What is signed: all of the note's text, behind what kind of signature it is and the time.
fn statement(text: &[u8], now_s: u64) -> Vec<u8> {
    [format!("cosignature/v1\ntime {now_s}\n").as_bytes(), text].concat()
}

struct AtTime<'a> {
    key: &'a WitnessKey,
    now_s: u64,
}

impl Signer for AtTime<'_> {
    fn name(&self) -> &str {
        &self.key.verifier.name
    }

    fn key_id(&self) -> u32 {
        self.key.verifier.id
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        let signature = self.key.key.try_sign(&statement(text, self.now_s))?;
        Ok([&self.now_s.to_be_bytes()[..], &signature.to_bytes()].concat())
    }
}

impl Verifier for WitnessVerifier {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk::<TIME_BYTES>() else {
            return false;
        };
        let time = u64::from_be_bytes(*time);
        let signature = ed25519_dalek::Signature::from_slice(signature);
        // The specification leaves the highest bit free.
        i64::try_from(time).is_ok()
            && signature.is_ok_and(|own| self.key.verify(&statement(text, time), &own).is_ok())
    }
}

/// Witnesses, and how many of them have to have cosigned a checkpoint.
///
/// ```
/// use linli::proof::{Checkpoint, Quorum, SigningKey, Tree, Witness, WitnessKey};
///
/// let key = SigningKey::random("example.org/yujing")?;
/// let note = Checkpoint::of(&Tree::default()).signed(&key)?;
/// let neighbour = WitnessKey::random("example.org/neighbour")?;
/// let quorum = Quorum::of([neighbour.verifier().clone()], 1)?;
/// assert!(quorum.check(&note).is_err());
///
/// let folder = tempfile::tempdir()?;
/// let seen = folder.path().join("seen");
/// Witness::make(&seen)?;
/// let note = Witness::of(&seen, neighbour).cosign(&note, key.verifier(), 1_679_315_147)?;
/// assert_eq!(quorum.check(&note)?, ["example.org/neighbour"]);
/// // Whoever wants no witness reads it as before.
/// assert_eq!(Checkpoint::read(&note, key.verifier())?.size, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Quorum {
    witnesses: Vec<WitnessVerifier>,
    needed: usize,
}

impl Quorum {
    /// At least `needed` of these. A key that is given twice, even under another name, is one.
    ///
    /// # Errors
    /// [`CheckpointError::TooFewWitnesses`] where there are not so many.
    pub fn of(
        witnesses: impl IntoIterator<Item = WitnessVerifier>,
        needed: usize,
    ) -> Result<Self, CheckpointError> {
        let witnesses = Vec::from_iter(witnesses);
        let found = keys(&witnesses).len();
        match found < needed {
            true => Err(CheckpointError::TooFewWitnesses { found, needed }),
            false => Ok(Self { witnesses, needed }),
        }
    }

    /// The names of those that have cosigned a note, if they are enough. Who signed it for the
    /// journal is asked by [`Checkpoint::read`](super::Checkpoint::read).
    ///
    /// # Errors
    /// [`CheckpointError::NotACheckpoint`], [`CheckpointError::TooFewWitnesses`].
    pub fn check(&self, note: &str) -> Result<Vec<&str>, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes());
        let note = note.map_err(|_| CheckpointError::NotACheckpoint)?;
        let cosigned = self.witnesses.iter().filter(|witness| {
            let known = VerifierList::new(vec![Box::new((*witness).clone())]);
            note.verify(&known).is_ok()
        });
        let cosigned = keys(cosigned);
        let (found, needed) = (cosigned.len(), self.needed);
        match found < needed {
            true => Err(CheckpointError::TooFewWitnesses { found, needed }),
            false => Ok(cosigned.into_values().collect()),
        }
    }
}

/// The keys of witnesses, each once, with a name that it has.
fn keys<'a>(
    witnesses: impl IntoIterator<Item = &'a WitnessVerifier>,
) -> BTreeMap<&'a [u8; 32], &'a str> {
    witnesses.into_iter().map(|one| (one.key.as_bytes(), one.name.as_str())).collect()
}

/// Not what it is: a key stands in no log and no panic.
impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WitnessKey").field(&self.verifier.text).finish()
    }
}

impl fmt::Debug for WitnessVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WitnessVerifier").field(&self.text).finish()
    }
}
