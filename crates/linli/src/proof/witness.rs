//! The witness: it remembers what of each journal it has cosigned, and never contradicts it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tlog_tiles::Hash;

use super::lines::{self, Lines};
use super::{
    Checkpoint, CheckpointError, Consistency, ProofError, Root, Tree, VerifierKey, WitnessKey,
};
use crate::whole_file;

/// The first line of what it remembers.
const HEADER: &str = "linli/witness/v1";

/// A witness of others' journals, as [C2SP tlog-witness](https://c2sp.org/tlog-witness) has it: it
/// remembers the largest checkpoint that it has cosigned of each, and cosigns another one only if
/// it is proven to go on from there. Whoever sees its cosignature knows that nobody was shown
/// another story of that journal under it, even by whoever has the journal's own key.
///
/// Requests and answers are texts: two communities witness each other by handing files.
///
/// What it remembers is a file that is flushed before anything is cosigned. It is never put back
/// from a backup: an older one would let it contradict itself.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore};
/// use linli::proof::{self, Checkpoint, Consistency, SigningKey};
/// use linli::proof::{Witness, WitnessError, WitnessKey};
///
/// let store = MemoryStore::new();
/// let book = || Blocking(&store).append(Append::of(Event::new("SlotBooked").tag("slot:7")));
/// let key = SigningKey::random("example.org/yujing")?;
/// let signed = || Ok::<_, Box<dyn std::error::Error>>(
///     Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?);
///
/// let folder = tempfile::tempdir()?;
/// let seen = folder.path().join("seen");
/// Witness::make(&seen)?;
/// let witness = Witness::of(&seen, WitnessKey::random("example.org/neighbour")?);
/// book()?;
/// let first = witness.cosign(&signed()?, key.verifier(), 1_679_315_147)?;
/// book()?;
/// let later = signed()?;
/// // Without a proof it is not believed to go on.
/// let refused = witness.cosign(&later, key.verifier(), 1_679_315_148);
/// assert!(matches!(refused, Err(WitnessError::Knows { size: 1, .. })));
/// let request = Consistency::prove(Blocking(&store), &first, &later)?.to_string();
/// witness.cosign(&request, key.verifier(), 1_679_315_148)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Witness {
    /// What it remembers.
    path: PathBuf,
    key: WitnessKey,
}

/// Why a witness has not cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// The request is no checkpoint of that journal, or its proof does not hold.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Ask again with a proof from there. (The status 409 of the specification.)
    #[error(
        "the witness has cosigned {size} events of {origin}, and the request starts from {starts}; \
        make the proof from the checkpoint of {size} events"
    )]
    Knows {
        /// The name of the journal.
        origin: String,
        /// How many events it has cosigned.
        size: u64,
        /// Where the request starts.
        starts: u64,
    },
    /// Put the file of this very witness in its place; without it, begin another witness.
    #[error(
        "{}: what the witness has cosigned is not there; without it the witness would contradict \
        itself, so make another one by `linli keygen witness`",
        path.display()
    )]
    Forgotten {
        /// Where it was.
        path: PathBuf,
    },
    /// Mend what it says.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl From<CheckpointError> for WitnessError {
    fn from(error: CheckpointError) -> Self {
        Self::Proof(error.into())
    }
}

impl Witness {
    /// Makes the memory of a new witness, which has cosigned nothing. Never overwrites one.
    ///
    /// # Errors
    /// [`WitnessError::File`].
    pub fn make(path: &Path) -> Result<(), WitnessError> {
        let made = OpenOptions::new().write(true).create_new(true).open(path);
        let written = made.and_then(|mut file| {
            file.write_all(Seen::default().text().as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| failed(path, &error))
    }

    /// The witness that has this memory and this key.
    #[must_use]
    pub fn of(path: impl Into<PathBuf>, key: WitnessKey) -> Self {
        Self { path: path.into(), key }
    }

    /// Cosigns the checkpoint of a request, and gives it with one more signature. `key` is that of
    /// the journal; `now_s` is the time in seconds since 1970 (UTC). The request is the text of a
    /// [`Consistency`] proof from the checkpoint that was cosigned last, or, for a journal that was
    /// never seen, a checkpoint by itself.
    ///
    /// # Errors
    /// [`WitnessError`]: nothing was cosigned.
    pub fn cosign(
        &self,
        request: &str,
        key: &VerifierKey,
        now_s: u64,
    ) -> Result<String, WitnessError> {
        let note = self.remember(request, key)?;
        Ok(self.key.cosigned(&note, now_s)?)
    }

    /// Takes in the checkpoint of a request, durably, if it goes on from the one that is known.
    pub(super) fn remember(
        &self,
        request: &str,
        key: &VerifierKey,
    ) -> Result<String, WitnessError> {
        let proof = match request.starts_with("old ") {
            true => Consistency::read(request)?,
            false => Consistency::from_nothing(request),
        };
        // One memory has one path: under two names it would be locked twice, and become two.
        let path = self.real_path()?;
        // From the look to the last byte of the new one nobody else looks.
        let _alone = lock(&path)?;
        let mut seen = Seen::at(&path)?;
        let origin = key.origin();
        let nothing = Checkpoint::of(&Tree::default());
        let held = seen.0.get(origin).copied().unwrap_or(nothing);
        let later = proof.check(&held, key).map_err(|error| match error {
            ProofError::OtherStart { starts, held } => {
                WitnessError::Knows { origin: origin.to_owned(), size: held, starts }
            }
            other => other.into(),
        })?;
        if later != held {
            seen.0.insert(origin.to_owned(), later);
            let text = seen.text();
            whole_file::keep(&path, text.as_bytes()).map_err(|error| failed(&path, &error))?;
        }
        Ok(proof.note().to_owned())
    }

    fn real_path(&self) -> Result<PathBuf, WitnessError> {
        fs::canonicalize(&self.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => WitnessError::Forgotten { path: self.path.clone() },
            _ => failed(&self.path, &error),
        })
    }
}

/// Released when it is dropped, or when the process ends.
fn lock(path: &Path) -> Result<File, WitnessError> {
    let mut lock = path.to_owned().into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let locked = File::create(&lock).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| failed(&lock, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> WitnessError {
    let reason = match error.kind() {
        ErrorKind::AlreadyExists => "it is there already, and is never overwritten".to_owned(),
        _ => format!("it cannot be used: {error}"),
    };
    WitnessError::File { path: path.to_owned(), reason }
}

/// The largest checkpoint that was cosigned, by the name of its journal.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen(BTreeMap<String, Checkpoint>);

impl Seen {
    fn at(path: &Path) -> Result<Self, WitnessError> {
        let text = fs::read_to_string(path).map_err(|error| failed(path, &error))?;
        Self::read(&text).ok_or_else(|| WitnessError::File {
            path: path.to_owned(),
            reason: "this is not what a witness remembers; put its own file back".to_owned(),
        })
    }

    /// A line with its kind, then three lines a journal: those of its checkpoint.
    fn text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (origin, Checkpoint { size, root }) in &self.0 {
            let (size, root) = (size.to_string(), Hash(root.0).to_string());
            text.extend([origin, "\n", &size, "\n", &root, "\n"]);
        }
        text
    }

    fn read(text: &str) -> Option<Self> {
        let (mut lines, mut seen) = (Lines(text), Self::default());
        (lines.next()? == HEADER).then_some(())?;
        while !lines.0.is_empty() {
            let origin = lines.next()?.to_owned();
            let size = lines::number(lines.next()?)?;
            let root = Root(lines::bytes(lines.next()?)?.try_into().ok()?);
            seen.0.insert(origin, Checkpoint { size, root });
        }
        Some(seen)
    }
}
