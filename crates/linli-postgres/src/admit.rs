//! A group on its way into the journal: what it needs to know is asked at once, then each append
//! is let in or refused, then all that was let in is written by one statement.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linli::journal::record::{encode, tags_of};
use linli::journal::{
    Admitted, Append, AppendError, Appended, Content, IdempotencyKey, Position, Receipt, Written,
};
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::probes::{Condition, unmatched};
use crate::reader::Journal;
use crate::rows::Rows;
use crate::session::Session;
use crate::walk::first_match;

/// Keys that are looked up at once: each may bring a whole append.
const KEYS: usize = 128;

const CHECKPOINTS: &str = "SELECT source, position FROM linli.checkpoint \
    WHERE journal = $1 AND source = ANY($2)";

/// What became of one append.
pub(crate) type Verdict = Result<Appended, AppendError>;

/// An open write transaction, seen by the appends that ask to be let in.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    journal: &'a Journal,
    session: &'a Session,
    /// The head before the group. What stands up to it is asked of the server.
    base: Option<Position>,
    /// The last position, those of this group among them.
    head: Option<Position>,
    receipts: HashMap<IdempotencyKey, Receipt>,
    checkpoints: BTreeMap<&'a str, Position>,
    /// Conditions that the tag index shows to hold, by append and place in it.
    unmatched: BTreeSet<Condition>,
    /// The appends of the group that were let in so far.
    admitted: Admitted<'a>,
    rows: Rows<'a>,
}

impl<'a> Admission<'a> {
    /// Asks what the group has to know: the lock is held, so that nobody changes it meanwhile.
    pub(crate) async fn of(
        journal: &'a Journal,
        session: &'a Session,
        base: Option<Position>,
        group: &'a [(Append, Content)],
    ) -> Result<Self, Trouble> {
        let (receipts, checkpoints, unmatched) = tokio::try_join!(
            biased;
            receipts(journal, session, group),
            checkpoints(journal, session, group),
            unmatched(session, journal.id, base, group),
        )?;
        Ok(Self {
            journal,
            session,
            base,
            head: base,
            receipts,
            checkpoints,
            unmatched,
            admitted: Admitted::default(),
            rows: Rows::default(),
        })
    }

    /// Lets the append in if everything that it asks for holds. All of it is decided before the
    /// first row is made, so that a refused append leaves nothing behind.
    pub(crate) async fn admit(
        &mut self,
        number: usize,
        append: &'a Append,
        content: &Content,
    ) -> Result<Verdict, Trouble> {
        if append.events.is_empty() {
            return Ok(Err(AppendError::Empty));
        }
        if let Err(limit) = append.check_limits() {
            return Ok(Err(limit.into()));
        }
        if let Some(key) = append.key
            && let Some(first) = self.receipts.get(&key)
        {
            return Ok(first.again(key, content));
        }
        if let Some(refusal) = self.conflict(number, append).await? {
            return Ok(Err(refusal));
        }
        if let Some(refusal) = self.checkpoint_not_rising(append) {
            return Ok(Err(refusal));
        }
        Ok(Ok(self.take_in(append, content)))
    }

    /// Writes what was let in and gives the new head.
    pub(crate) async fn write(self) -> Result<Option<Position>, Trouble> {
        if self.head != self.base {
            self.rows.write(self.journal, self.session, self.base, self.head).await?;
        }
        Ok(self.head)
    }

    async fn conflict(
        &self,
        number: usize,
        append: &Append,
    ) -> Result<Option<AppendError>, Trouble> {
        for (index, condition) in append.conditions.iter().enumerate() {
            let (query, after) = (&condition.fail_if_events_match, condition.after);
            let from = after.map_or(1, |after| after.0.saturating_add(1));
            let mut found = None;
            if !self.unmatched.contains(&(number, index)) {
                let (session, journal) = (self.session, self.journal.id);
                found = first_match(session, journal, query, from, self.base).await?;
            }
            let found = found.or_else(|| self.admitted.first_match(query, from));
            if let Some(found) = found {
                return Ok(Some(AppendError::Conflict { condition: index, after, found }));
            }
        }
        Ok(None)
    }

    fn checkpoint_not_rising(&self, append: &Append) -> Option<AppendError> {
        let offered = append.checkpoint.as_ref()?;
        let held = self.checkpoints.get(offered.source.as_str()).copied();
        offered.not_rising(held)
    }

    fn take_in(&mut self, append: &'a Append, content: &Content) -> Appended {
        let before = self.head.map_or(0, |head| head.0);
        let first = Position(before.saturating_add(1));
        let last = Position(before.saturating_add(append.events.len() as u64));
        self.rows.append(last, encode(append, content, first));
        for tag in tags_of(append) {
            self.rows.tag(tag, last);
        }
        if let Some(key) = append.key {
            self.rows.key(key, last);
            self.receipts.insert(key, Receipt { first, last, content: *content });
        }
        if let Some(offered) = &append.checkpoint {
            self.rows.checkpoint(&offered.source, offered.position);
            self.checkpoints.insert(&offered.source, offered.position);
        }
        self.admitted.push(first, append);
        self.head = Some(last);
        Appended { first, last, written: Written::Now }
    }
}

async fn receipts(
    journal: &Journal,
    session: &Session,
    group: &[(Append, Content)],
) -> Result<HashMap<IdempotencyKey, Receipt>, Trouble> {
    let keys: Vec<_> = group.iter().filter_map(|(append, _)| append.key).collect();
    let mut receipts = HashMap::new();
    for keys in keys.chunks(KEYS) {
        receipts.extend(journal.receipts(session, keys).await?);
    }
    Ok(receipts)
}

async fn checkpoints<'a>(
    journal: &Journal,
    session: &Session,
    group: &'a [(Append, Content)],
) -> Result<BTreeMap<&'a str, Position>, Trouble> {
    let offered = group.iter().filter_map(|(append, _)| append.checkpoint.as_ref());
    let sources: BTreeSet<&str> = offered.map(|offered| offered.source.as_str()).collect();
    if sources.is_empty() {
        return Ok(BTreeMap::new());
    }
    let bytes: Vec<&[u8]> = sources.iter().map(|source| source.as_bytes()).collect();
    let asked = session
        .rows(CHECKPOINTS, &[(&journal.id, Type::INT4), (&bytes, Type::BYTEA_ARRAY)])
        .await?;
    let held = |source: &'a str| {
        let row = asked.iter().find(|row| row.get::<_, &[u8]>(0) == source.as_bytes())?;
        Some((source, Position(row.get::<_, i64>(1).cast_unsigned())))
    };
    Ok(sources.into_iter().filter_map(held).collect())
}
