//! The receipt: a resident's bill, and the proof that it stands in a signed journal, in one file.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::authority::contexts;
use super::{Actor, Ledger, LedgerError};
use crate::codec::{self, DecodeError, Recorded};
use crate::domain::Scope;
use crate::journal::{Blocking, EventView, Position, Query, ReadOptions};
use crate::proof::{
    Checkpoint, CheckpointError, Inclusion, ProofError, Proven, Record, Tiles, VerifierKey,
    metadata_hash,
};

/// The kind of file, and its version.
const KIND: &str = "linli/receipt/v1";
/// What a receipt is about.
const BILLS: [&str; 4] = ["BillRecorded", "BillIssued", "BillCredited", "BillConfirmed"];

/// What a journal says of the bill of one session, for whoever has no journal: each event of the
/// bill in words, as the bytes that were hashed, and with its proof. Nothing of anybody else's
/// events is in it. As JSON it is a file that can be read by eye.
///
/// It proves what is in it, and not that nothing was left out: a credit that was made later, or
/// after the checkpoint, stands in a later receipt.
///
/// ```
/// use linli::charging::Command;
/// use linli::journal::{Blocking, MemoryStore};
/// use linli::ledger::{Authority, Ledger, Receipt};
/// use linli::proof::{self, Checkpoint, SigningKey};
///
/// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
/// let bill = Command::RecordBill {
///     session: "seed:17".parse()?,
///     source: "workplace".into(),
///     amount: "0.50".into(),
///     currency: "CNY".parse()?,
///     at: linli::Timestamp(1_640_995_200_000_000),
///     zone: "Asia/Shanghai".parse()?,
/// };
/// ledger.execute_blocking("operator", bill)?;
/// let key = SigningKey::random("example.org/yujing")?;
/// let note = Checkpoint::of(&proof::tree(Blocking(ledger.store()))?).signed(&key)?;
///
/// let text = ledger.receipt("operator", "seed:17", &note, None)?.to_json();
/// // Whoever has this text and the public key needs nothing else.
/// let receipt = Receipt::read(&text)?;
/// assert_eq!(receipt.check(key.verifier())?.len(), 1);
/// assert_eq!(receipt.events[0].says["data"]["amount"], "0.50");
/// assert!(Receipt::read(&text.replace("0.50", "0.05"))?.check(key.verifier()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    #[serde(rename = "receipt")]
    kind: String,
    /// Whose bill it is: the key of the session.
    pub session: String,
    /// The events of the bill, in the order of the journal.
    pub events: Vec<ReceiptEvent>,
}

/// One event of a bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEvent {
    /// What it says: `type`, `position`, `occurred_at`, `recorded_at`, `actor` and `data`. To be
    /// believed after [`Receipt::check`].
    pub says: Value,
    append_metadata: String,
    metadata: String,
    payload: String,
    proof: String,
}

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Give the file as it was made.
    #[error("this is no receipt; give the file that `linli receipt` wrote, as it was written")]
    NotAReceipt,
    /// The proof in it is not believed.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Do not believe it: what it says is not what was proven.
    #[error("what the receipt says of position {position} is not what stands in the journal there")]
    Altered {
        /// Where the event stands.
        position: Position,
    },
    /// It was made by a later Linli; read it with that one.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
}

impl From<CheckpointError> for LedgerError {
    fn from(error: CheckpointError) -> Self {
        Self::NotProven(error.into())
    }
}

impl Ledger {
    /// The receipt for the bill of a session, under the checkpoint `note`; out of tiles where there
    /// are some. The actor has to be allowed to read in all communities.
    ///
    /// # Errors
    /// [`LedgerError::NoBill`] where nothing of it was signed; else as [`Ledger::prove`].
    pub fn receipt(
        &self,
        actor: impl Into<Actor>,
        session: &str,
        note: &str,
        tiles: Option<&Tiles>,
    ) -> Result<Receipt, LedgerError> {
        let tag = format!("charging:{session}");
        let query = Query::all().or(BILLS, [tag.as_str()]);
        self.may_read(&actor.into(), contexts(&query), &Scope::default())?;
        let (_, signed) = Checkpoint::unchecked(note)?;
        let options = ReadOptions::forwards().until(Some(Position(signed.size)));
        let journal = Blocking(&*self.store);
        let mut events = Vec::new();
        for page in journal.pages(query, options) {
            for view in page?.events() {
                let position = view.position;
                let proof = match tiles {
                    Some(tiles) => Inclusion::prove_by(tiles, journal, position, note),
                    None => Inclusion::prove(journal, position, note),
                };
                events.push(ReceiptEvent::of(&view, &proof?)?);
            }
        }
        match events.is_empty() {
            true => Err(LedgerError::NoBill { session: session.to_owned(), size: signed.size }),
            false => Ok(Receipt { kind: KIND.into(), session: session.into(), events }),
        }
    }
}

impl Receipt {
    /// Reads the text of a receipt, as it was written and in no other way: a name that stands there
    /// twice would say one thing to the eye and another one to a program. Nothing in it is proven
    /// before [`Receipt::check`].
    ///
    /// # Errors
    /// [`ReceiptError::NotAReceipt`].
    pub fn read(text: &str) -> Result<Self, ReceiptError> {
        let read: Self = serde_json::from_str(text).map_err(|_| ReceiptError::NotAReceipt)?;
        match read.kind == KIND && !read.events.is_empty() && read.to_json() == text {
            true => Ok(read),
            false => Err(ReceiptError::NotAReceipt),
        }
    }

    /// The text of the receipt.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Checks that each event stands in a journal that the key's holder signed, that it is of this
    /// session's bill, and that it says what the receipt says; that none stands there twice or out
    /// of order, and that all are proven under one checkpoint.
    ///
    /// # Errors
    /// [`ReceiptError`]: nothing is proven.
    pub fn check(&self, key: &VerifierKey) -> Result<Vec<Proven>, ReceiptError> {
        let tag = format!("charging:{}", self.session);
        let proven = self.events.iter().map(|event| event.check(&tag, key));
        let proven: Vec<Proven> = proven.collect::<Result<_, _>>()?;
        // Each event once and in order, all under one checkpoint: as it was made.
        let is_next = |pair: &[Proven]| match pair {
            [one, next] => {
                one.record.position < next.record.position && one.checkpoint == next.checkpoint
            }
            _ => true,
        };
        match proven.windows(2).find(|pair| !is_next(pair)) {
            Some(pair) => Err(ReceiptError::Altered {
                position: pair.last().map_or(Position(1), |next| next.record.position),
            }),
            None => Ok(proven),
        }
    }

    /// The checkpoints of the proofs in it, as they were signed: for whoever wants to see that
    /// witnesses have cosigned them.
    ///
    /// # Errors
    /// [`ReceiptError::Proof`].
    pub fn notes(&self) -> Result<Vec<String>, ReceiptError> {
        let notes = self.events.iter();
        notes.map(|event| Ok(Inclusion::read(&event.proof)?.note().to_owned())).collect()
    }
}

impl ReceiptEvent {
    fn of(view: &EventView<'_>, proof: &Inclusion) -> Result<Self, LedgerError> {
        let unreadable = |error| LedgerError::Unreadable { position: view.position, error };
        let base64 = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        Ok(Self {
            says: says(view).map_err(unreadable)?,
            append_metadata: base64(view.append_metadata),
            metadata: base64(view.metadata),
            payload: base64(view.payload),
            proof: proof.to_string(),
        })
    }

    fn check(&self, tag: &str, key: &VerifierKey) -> Result<Proven, ReceiptError> {
        let proven = Inclusion::read(&self.proof)?.check(key)?;
        let record = &proven.record;
        let bytes = |text| BASE64_STANDARD.decode(text).map_err(|_| ReceiptError::NotAReceipt);
        let (payload, metadata) = (bytes(&self.payload)?, bytes(&self.metadata)?);
        let append_metadata = bytes(&self.append_metadata)?;
        let view = EventView {
            position: record.position,
            id: record.id,
            event_type: &record.event_type,
            append_metadata: &append_metadata,
            metadata: &metadata,
            payload: &payload,
        };
        let is_own = is_of(record, &view)
            && BILLS.contains(&view.event_type)
            && record.tags.iter().any(|own| own == tag);
        match is_own && says(&view)? == self.says {
            true => Ok(proven),
            false => Err(ReceiptError::Altered { position: record.position }),
        }
    }
}

/// Whether these are the bytes that were hashed into the record.
fn is_of(record: &Record, view: &EventView<'_>) -> bool {
    record.payload_bytes == view.payload.len() as u64
        && record.payload_hash[..] == Sha256::digest(view.payload)[..]
        && record.metadata_hash == metadata_hash(view.append_metadata, view.metadata)
}

/// What an event says, in words.
fn says(view: &EventView<'_>) -> Result<Value, DecodeError> {
    let happened = codec::decode(view)?;
    let recorded = Recorded::decode(view.append_metadata)?;
    Ok(json!({
        "type": view.event_type,
        "position": view.position.0,
        "occurred_at": happened.at.to_string(),
        "recorded_at": recorded.recorded_at.to_string(),
        "actor": recorded.actor,
        "data": happened.event.data(),
    }))
}
