//! The checkpoint: what a journal was at one moment, signed.

use signed_note::{Note, NoteError, Verifier as _, VerifierList};
use tlog_tiles::Hash;

use super::{Root, SigningKey, Tree, VerifierKey};

/// How many events a journal had, and the root over them. Whoever keeps one can tell later whether
/// these events stand there still.
///
/// Signed it is a note as [C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint) has it: a line
/// with the name of the journal, one with the number of events, one with the root in Base64, an
/// empty one, and a line for each signature.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore};
/// use linli::proof::{self, Checkpoint, SigningKey};
///
/// let store = MemoryStore::new();
/// Blocking(&store).append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
/// let key = SigningKey::random("example.org/yujing")?;
/// let note = Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?;
/// assert!(note.starts_with("example.org/yujing\n1\n"));
///
/// let held = Checkpoint::read(&note, key.verifier())?;
/// assert_eq!(held.size, 1);
/// let forged = note.replace("\n1\n", "\n2\n");
/// assert!(Checkpoint::read(&forged, key.verifier()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events there were.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Root,
}

/// Why a text is not a checkpoint of this journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Give the file as it was made.
    #[error(
        "this is no checkpoint; give the file that `linli checkpoint` wrote, as it was written"
    )]
    NotACheckpoint,
    /// Give the public key of the journal that signed it. It may also have been altered.
    #[error("the checkpoint is not signed by {key}; give the public key of the journal it is of")]
    NotSigned {
        /// The key that was given.
        key: String,
    },
    /// Do not believe it.
    #[error("the checkpoint was altered or forged: it is not what {key} signed")]
    Forged {
        /// The key that was given.
        key: String,
    },
    /// Give the checkpoint of the journal that is meant.
    #[error("the checkpoint is of {found}, and the key is that of {wanted}")]
    OfAnother {
        /// The name in the checkpoint.
        found: String,
        /// The name in the key.
        wanted: String,
    },
    /// Have it cosigned by more of them, or do not believe it.
    #[error("{found} of the witnesses have cosigned it, and {needed} are needed")]
    TooFewWitnesses {
        /// How many have.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
}

impl Checkpoint {
    /// What the journal that has this tree is now.
    #[must_use]
    pub fn of(tree: &Tree) -> Self {
        Self { size: tree.size(), root: tree.root() }
    }

    /// The note that says so, signed.
    ///
    /// # Errors
    /// [`CheckpointError::NotACheckpoint`] where `size` is beyond what a journal can hold.
    pub fn signed(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        let origin = key.verifier().origin();
        let text = tlog_tiles::Checkpoint::new(origin, self.size, Hash(self.root.0), "");
        let text = text.map_err(|_| CheckpointError::NotACheckpoint)?.to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|_| CheckpointError::NotACheckpoint)?;
        note.add_sigs(&[&key.signer]).map_err(|_| CheckpointError::NotACheckpoint)?;
        String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::NotACheckpoint)
    }

    /// Reads a note and checks that this key has signed it, and for its own journal. Signatures by
    /// others are left alone, as the format wants it.
    ///
    /// # Errors
    /// [`CheckpointError`]: there is nothing to believe in the note.
    pub fn read(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let (origin, checkpoint) = Self::unchecked(note)?;
        let parsed = Note::from_bytes(note.as_bytes());
        let parsed = parsed.map_err(|_| CheckpointError::NotACheckpoint)?;
        let known = VerifierList::new(vec![Box::new(key.verifier.clone())]);
        let key_id = || format!("{}+{:08x}", key.origin(), key.verifier.key_id());
        parsed.verify(&known).map_err(|error| match error {
            NoteError::InvalidSignature { .. } => CheckpointError::Forged { key: key_id() },
            _ => CheckpointError::NotSigned { key: key_id() },
        })?;
        if origin != key.origin() {
            let wanted = key.origin().to_owned();
            return Err(CheckpointError::OfAnother { found: origin, wanted });
        }
        Ok(checkpoint)
    }

    /// What a note says, with the name of the journal, **whoever wrote it**: nothing is checked.
    /// For whoever makes a proof under a checkpoint that others will check.
    ///
    /// # Errors
    /// [`CheckpointError::NotACheckpoint`].
    pub fn unchecked(note: &str) -> Result<(String, Self), CheckpointError> {
        let parsed = Note::from_bytes(note.as_bytes());
        let parsed = parsed.map_err(|_| CheckpointError::NotACheckpoint)?;
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(parsed.text());
        let checkpoint = checkpoint.map_err(|_| CheckpointError::NotACheckpoint)?;
        // Half of what 64 bits count is more than any journal has; arithmetic has room above it.
        if checkpoint.size() > u64::MAX >> 1 || !checkpoint.extension().is_empty() {
            return Err(CheckpointError::NotACheckpoint);
        }
        let root = Root(checkpoint.hash().0);
        if checkpoint.size() == 0 && root != Tree::default().root() {
            return Err(CheckpointError::NotACheckpoint);
        }
        Ok((checkpoint.origin().to_owned(), Self { size: checkpoint.size(), root }))
    }
}
