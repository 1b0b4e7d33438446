//! The proof that one signed journal goes on from another.

use std::fmt;

use tlog_tiles::{Hash, check_tree, prove_tree, tree_hash};

use super::lines::{self, Lines};
use super::walk::Nodes;
use super::{Checkpoint, ProofError, ProveError, Tiles, VerifierKey};
use crate::journal::Blocking;

/// That a journal grew at its end only, from one checkpoint to a later one: the hashes that both
/// trees are made of, and the later checkpoint. No event is in it.
///
/// As a text it is what [C2SP tlog-witness](https://c2sp.org/tlog-witness) has a witness asked with
/// before it signs too: a line `old` with the earlier number of events, a line for each hash, an
/// empty one, the later checkpoint. It is under 4 KiB.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore};
/// use linli::proof::{self, Checkpoint, Consistency, SigningKey};
///
/// let store = MemoryStore::new();
/// let book = || Blocking(&store).append(Append::of(Event::new("SlotBooked").tag("slot:7")));
/// let key = SigningKey::random("example.org/yujing")?;
/// let signed = || Ok::<_, Box<dyn std::error::Error>>(
///     Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?);
/// book()?;
/// let earlier = signed()?;
/// book()?;
/// let later = signed()?;
///
/// let text = Consistency::prove(Blocking(&store), &earlier, &later)?.to_string();
/// // Whoever kept the earlier one believes the later one now, without the journal.
/// let held = Checkpoint::read(&earlier, key.verifier())?;
/// assert_eq!(Consistency::read(&text)?.check(&held, key.verifier())?.size, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Consistency {
    /// How many events the earlier one has.
    old: u64,
    path: Vec<Hash>,
    /// The later checkpoint.
    note: String,
}

impl Consistency {
    /// Makes the proof that the events of the note `from` are the first ones of the note `to`.
    /// Reads the journal up to there once. Who signed them is left to whoever checks the proof.
    ///
    /// # Errors
    /// [`ProveError`]; nothing is proven of a journal that is not the one that was signed.
    pub fn prove(journal: Blocking<'_>, from: &str, to: &str) -> Result<Self, ProveError> {
        let (old, new) = order(from, to)?;
        let nodes = Nodes::default();
        path(&old, &new, &nodes)?;
        nodes.fill(journal, &[old, new], None)?;
        Ok(Self { old: old.size, path: path(&old, &new, &nodes)?, note: to.to_owned() })
    }

    /// The same proof out of tiles alone, without the journal.
    ///
    /// # Errors
    /// [`ProveError`]; nothing is proven by tiles that do not lead to both roots.
    pub fn prove_by(tiles: &Tiles, from: &str, to: &str) -> Result<Self, ProveError> {
        let (old, new) = order(from, to)?;
        let nodes = Nodes::default();
        path(&old, &new, &nodes)?;
        tree_hash(new.size, &nodes).map_err(|_| ProveError::Failed)?;
        nodes.read(&tiles.hashes(new.size)?)?;
        let path = path(&old, &new, &nodes)?;
        let root = tree_hash(new.size, &nodes).map_err(|_| ProveError::Failed)?;
        match root.0 == new.root.0 && leads(&path, &old, &new) {
            true => Ok(Self { old: old.size, path, note: to.to_owned() }),
            false => Err(tiles.wrong().into()),
        }
    }

    /// Reads the text of a proof. Nothing in it is proven before [`Consistency::check`].
    ///
    /// # Errors
    /// [`ProofError::NotAProof`].
    pub fn read(text: &str) -> Result<Self, ProofError> {
        let mut lines = Lines(text);
        let old = lines.after("old ").and_then(lines::number);
        let (old, path) = old.zip(lines.hashes()).ok_or(ProofError::NotAProof)?;
        Ok(Self { old, path, note: lines.0.to_owned() })
    }

    /// That a journal goes on from nothing, which any does.
    pub(super) fn from_nothing(note: &str) -> Self {
        Self { old: 0, path: Vec::new(), note: note.to_owned() }
    }

    /// The later checkpoint, as it was signed. It is believed by [`Consistency::check`].
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Checks that the key's holder signed a journal that begins with the one of `held`, and gives
    /// the later checkpoint: keep it in place of the other.
    ///
    /// # Errors
    /// [`ProofError`]: nothing is proven, and `held` is to be kept.
    pub fn check(&self, held: &Checkpoint, key: &VerifierKey) -> Result<Checkpoint, ProofError> {
        let later = Checkpoint::read(&self.note, key)?;
        if self.old != held.size {
            return Err(ProofError::OtherStart { starts: self.old, held: held.size });
        }
        if leads(&self.path, held, &later) { Ok(later) } else { Err(ProofError::Broken) }
    }
}

/// What two notes say, if they are given in the order of time.
fn order(from: &str, to: &str) -> Result<(Checkpoint, Checkpoint), ProveError> {
    let ((_, old), (_, new)) = (Checkpoint::unchecked(from)?, Checkpoint::unchecked(to)?);
    match old.size > new.size {
        true => Err(ProveError::Backwards { from: old.size, to: new.size }),
        false => Ok((old, new)),
    }
}

/// The hashes that lead from one tree to the other.
fn path(old: &Checkpoint, new: &Checkpoint, nodes: &Nodes) -> Result<Vec<Hash>, ProveError> {
    match old.size {
        // Nothing is the beginning of everything.
        0 => Ok(Vec::new()),
        size => prove_tree(new.size, size, nodes).map_err(|_| ProveError::Failed),
    }
}

/// Whether they lead to both roots.
fn leads(path: &Vec<Hash>, old: &Checkpoint, new: &Checkpoint) -> bool {
    match old.size {
        0 => path.is_empty(),
        size => check_tree(path, new.size, Hash(new.root.0), size, Hash(old.root.0)).is_ok(),
    }
}

/// The text of the proof.
impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}
