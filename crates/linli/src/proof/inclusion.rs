//! The proof that one event is in a signed journal.

use std::fmt;

use tlog_tiles::{Hash, check_record, prove_record, record_hash, stored_hash_index};

use super::leaf::each_record;
use super::lines::Lines;
use super::walk::Nodes;
use super::{Checkpoint, Contradiction, ProofError, ProveError, Record, Tiles, VerifierKey};
use crate::journal::{Blocking, Position};

/// The first line of the format.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// That one event stands in a journal that somebody signed: its record, the hashes beside its way
/// to the root, and the checkpoint. Nothing of any other event is in it.
///
/// As a text it is a [C2SP tlog-proof](https://c2sp.org/tlog-proof), at most 48 KiB for an event
/// with every tag that is possible and 1 KiB for most; the record stands in the `extra` line.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore, Position};
/// use linli::proof::{self, Checkpoint, Inclusion, SigningKey};
///
/// let store = MemoryStore::new();
/// for number in 0..9 {
///     Blocking(&store).append(Append::of(Event::new("Counted").tag(&format!("n:{number}"))))?;
/// }
/// let key = SigningKey::random("example.org/yujing")?;
/// let note = Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?;
///
/// let text = Inclusion::prove(Blocking(&store), Position(4), &note)?.to_string();
/// // Whoever has this text and the public key needs nothing else.
/// let proven = Inclusion::read(&text)?.check(key.verifier())?;
/// assert_eq!(proven.record.position, Position(4));
/// assert_eq!(proven.record.event_type, "Counted");
/// assert_eq!(proven.checkpoint.size, 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Inclusion {
    /// Where the leaf stands in the tree; the event's position less one.
    index: u64,
    record: Vec<u8>,
    /// The sibling of the leaf first, a child of the root last.
    path: Vec<Hash>,
    note: String,
}

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Of which journal, at which moment.
    pub checkpoint: Checkpoint,
    /// What is known of the event.
    pub record: Record,
}

impl Inclusion {
    /// Makes the proof that the event at `position` is among those that a checkpoint was made of.
    /// Reads the journal up to there once. Who signed the checkpoint is left to whoever checks the
    /// proof.
    ///
    /// # Errors
    /// [`ProveError`]; nothing is proven of a journal that is not the one that was signed.
    pub fn prove(
        journal: Blocking<'_>,
        position: Position,
        note: &str,
    ) -> Result<Self, ProveError> {
        let (index, signed) = place(position, note)?;
        let nodes = Nodes::default();
        let prove = || prove_record(signed.size, index, &nodes).map_err(|_| ProveError::Failed);
        prove()?;
        let record = nodes.fill(journal, &[signed], Some(position))?;
        Ok(Self { index, record, path: prove()?, note: note.to_owned() })
    }

    /// The same proof out of tiles: reads the few of them that lie beside the way to the root, and
    /// of the journal the one event.
    ///
    /// # Errors
    /// [`ProveError`]; nothing is proven by tiles or of an event that do not lead to the root.
    pub fn prove_by(
        tiles: &Tiles,
        journal: Blocking<'_>,
        position: Position,
        note: &str,
    ) -> Result<Self, ProveError> {
        let (index, signed) = place(position, note)?;
        let nodes = Nodes::default();
        let prove = || prove_record(signed.size, index, &nodes).map_err(|_| ProveError::Failed);
        prove()?;
        let hashes = tiles.hashes(signed.size)?;
        nodes.read(&hashes)?;
        let path = prove()?;
        let leaf = hashes.hash(stored_hash_index(0, index))?;
        check_record(&path, signed.size, Hash(signed.root.0), index, leaf)
            .map_err(|_| tiles.wrong())?;
        let mut record = None;
        each_record(journal, index, position.0, |own| record = Some(own.to_vec()))?;
        match record {
            Some(record) if record_hash(&record) == leaf => {
                Ok(Self { index, record, path, note: note.to_owned() })
            }
            Some(_) => Err(Contradiction::Differs { first: position, last: position }.into()),
            None => {
                let events = journal.head()?.map_or(0, |head| head.0);
                Err(Contradiction::Shorter { events, signed: signed.size }.into())
            }
        }
    }

    /// Reads the text of a proof. Nothing in it is proven before [`Inclusion::check`].
    ///
    /// # Errors
    /// [`ProofError::NotAProof`].
    pub fn read(text: &str) -> Result<Self, ProofError> {
        let mut lines = Lines(text);
        if lines.next() != Some(HEADER) {
            return Err(ProofError::NotAProof);
        }
        let record = lines.after("extra ").and_then(super::lines::bytes);
        let index = lines.after("index ").and_then(super::lines::number);
        let path = lines.hashes();
        let (record, index, path) = record
            .zip(index)
            .zip(path)
            .map(|((record, index), path)| (record, index, path))
            .ok_or(ProofError::NotAProof)?;
        Ok(Self { index, record, path, note: lines.0.to_owned() })
    }

    /// The checkpoint, as it was signed. It is believed by [`Inclusion::check`].
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Checks that the key's holder signed a tree with this event in it.
    ///
    /// # Errors
    /// [`ProofError`]: nothing is proven.
    pub fn check(&self, key: &VerifierKey) -> Result<Proven, ProofError> {
        let checkpoint = Checkpoint::read(&self.note, key)?;
        let leaf = record_hash(&self.record);
        check_record(&self.path, checkpoint.size, Hash(checkpoint.root.0), self.index, leaf)
            .map_err(|_| ProofError::Broken)?;
        let record = Record::read(&self.record).ok_or(ProofError::Broken)?;
        match record.position.0.checked_sub(1) == Some(self.index) {
            true => Ok(Proven { checkpoint, record }),
            false => Err(ProofError::Broken),
        }
    }
}

/// The index of the leaf at `position`, and the checkpoint that it has to be below.
fn place(position: Position, note: &str) -> Result<(u64, Checkpoint), ProveError> {
    let (_, signed) = Checkpoint::unchecked(note)?;
    let beyond = ProveError::Beyond { position, size: signed.size };
    let index = position.0.checked_sub(1).filter(|index| *index < signed.size);
    Ok((index.ok_or(beyond)?, signed))
}

/// The text of the proof, for a file whose name ends in `.tlog-proof`.
impl fmt::Display for Inclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{HEADER}\nextra {}\nindex {}",
            super::lines::base64(&self.record),
            self.index
        )?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}
