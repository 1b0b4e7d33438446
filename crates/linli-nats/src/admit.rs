//! A group on its way into the journal: each append is let in or refused by what the index knows.
//!
//! What is found is true whatever happens meanwhile, because nothing is ever taken back. That
//! nothing was found is true as long as no append came in between, and the server sees to that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use linli::journal::record::encode;
use linli::journal::{
    Admitted, Append, AppendError, Appended, Content, IdempotencyKey, Limit, LimitExceeded,
    Position, Receipt, Written,
};

use crate::error::Trouble;
use crate::journal::Journal;
use crate::message::{Stored, id_of};

/// What became of one append.
pub(crate) type Verdict = Result<Appended, AppendError>;

/// An append that was looked at.
#[derive(Debug)]
pub(crate) struct Planned {
    /// What its answer is, once all messages up to it are stored.
    pub(crate) verdict: Verdict,
    /// What is to be published for it, if it was let in.
    pub(crate) message: Option<(String, Stored)>,
}

/// How many messages, and bytes of them, are published before an answer is waited for.
const AHEAD: usize = 256;
const AHEAD_BYTES: usize = 8 << 20;
/// What a message may have beside its headers.
const MESSAGE_BYTES: usize = (1 << 20) - 1_024;

/// The journal as the appends of a group see it.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    journal: &'a Journal,
    /// The last append and the last position, those of this group among them.
    sequence: u64,
    head: u64,
    receipts: HashMap<IdempotencyKey, Receipt>,
    checkpoints: BTreeMap<&'a str, Position>,
    /// The appends of the group that were let in so far.
    admitted: Admitted<'a>,
    bytes: usize,
}

impl<'a> Admission<'a> {
    pub(crate) fn of(journal: &'a Journal) -> Self {
        let index = journal.index.lock();
        Self {
            journal,
            sequence: index.last(),
            head: index.head().map_or(0, |head| head.0),
            receipts: HashMap::new(),
            checkpoints: BTreeMap::new(),
            admitted: Admitted::default(),
            bytes: 0,
        }
    }

    /// Whether as much was let in as is published at once.
    pub(crate) fn is_full(&self) -> bool {
        self.admitted.len() >= AHEAD || self.bytes >= AHEAD_BYTES
    }

    /// Lets the append in if everything that it asks for holds.
    pub(crate) async fn admit(
        &mut self,
        append: &'a Append,
        content: &Content,
    ) -> Result<Planned, Trouble> {
        match self.refusal(append, content).await? {
            Some(verdict) => Ok(Planned { verdict, message: None }),
            None => Ok(self.take_in(append, content)),
        }
    }

    /// The answer to an append that is not let in, or was let in before.
    async fn refusal(
        &self,
        append: &Append,
        content: &Content,
    ) -> Result<Option<Verdict>, Trouble> {
        if append.events.is_empty() {
            return Ok(Some(Err(AppendError::Empty)));
        }
        if let Err(limit) = append.check_limits() {
            return Ok(Some(Err(limit.into())));
        }
        if let Some(key) = append.key {
            let first = match self.receipts.get(&key) {
                Some(first) => Some(*first),
                None => self.journal.found_under(key).await?,
            };
            if let Some(first) = first {
                return Ok(Some(first.again(key, content)));
            }
        }
        let refusal = match self.conflict(append).await? {
            None => self.checkpoint_not_rising(append),
            conflict => conflict,
        };
        Ok(refusal.map(Err))
    }

    async fn conflict(&self, append: &Append) -> Result<Option<AppendError>, Trouble> {
        for (index, condition) in append.conditions.iter().enumerate() {
            let (query, after) = (&condition.fail_if_events_match, condition.after);
            let from = after.map_or(1, |after| after.0.saturating_add(1));
            let found = self.journal.first_match(query, from).await?;
            let found = found.or_else(|| self.admitted.first_match(query, from));
            if let Some(found) = found {
                return Ok(Some(AppendError::Conflict { condition: index, after, found }));
            }
        }
        Ok(None)
    }

    fn checkpoint_not_rising(&self, append: &Append) -> Option<AppendError> {
        let offered = append.checkpoint.as_ref()?;
        let in_group = self.checkpoints.get(offered.source.as_str()).copied();
        let held = in_group.or_else(|| self.journal.index.lock().checkpoint(&offered.source));
        offered.not_rising(held)
    }

    fn take_in(&mut self, append: &'a Append, content: &Content) -> Planned {
        let first = Position(self.head.saturating_add(1));
        let events = append.events.len() as u64;
        let last = Position(self.head.saturating_add(events));
        let record = Bytes::from(encode(append, content, first));
        if record.len() > MESSAGE_BYTES {
            // Many short tags: their numbers take more than they do.
            let limit = LimitExceeded::AppendBytes { bytes: record.len().max(Limit::APPEND_BYTES) };
            return Planned { verdict: Err(limit.into()), message: None };
        }
        if let Some(key) = append.key {
            self.receipts.insert(key, Receipt { first, last, content: *content });
        }
        if let Some(offered) = &append.checkpoint {
            self.checkpoints.insert(&offered.source, offered.position);
        }
        self.admitted.push(first, append);
        self.bytes = self.bytes.saturating_add(record.len());
        self.sequence = self.sequence.saturating_add(1);
        self.head = last.0;
        let writer = Arc::clone(&self.journal.writer);
        let stored = Stored { sequence: self.sequence, first: first.0, events, writer, record };
        let verdict = Ok(Appended { first, last, written: Written::Now });
        Planned { verdict, message: Some((id_of(append), stored)) }
    }
}
