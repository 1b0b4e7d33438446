//! A group on its way into the journal: what it needs to know is asked at once, then each append
//! is let in or refused, then all that was let in is written by one statement.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linli::journal::record::{encode, tags_of};
use linli::journal::{
    Append, AppendError, Appended, Content, IdempotencyKey, Position, Query, Receipt, Written,
};
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::reader::Journal;
use crate::rows::Rows;
use crate::session::{Parameter, Session};
use crate::walk::first_match;

/// Keys that are looked up at once: each may bring a whole append.
const KEYS: usize = 128;
/// Tags that are looked up at once.
const TAGS: usize = 16_384;

const CHECKPOINTS: &str = "SELECT source, position FROM linli.checkpoint \
    WHERE journal = $1 AND source = ANY($2)";
/// Which of the tags `$3` has any append from `$4` on.
const HITS: &str = "SELECT wanted.number FROM unnest($2::int4[], $3::bytea[], $4::int8[]) \
    AS wanted(number, tag, low) CROSS JOIN LATERAL (SELECT FROM linli.tag \
    WHERE journal = $1 AND tag = wanted.tag AND last >= wanted.low LIMIT 1) AS hit";

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
    unmatched: BTreeSet<(usize, usize)>,
    written: Vec<(Position, &'a Append)>,
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
        let keys: Vec<_> = group.iter().filter_map(|(append, _)| append.key).collect();
        let mut receipts = HashMap::new();
        for keys in keys.chunks(KEYS) {
            receipts.extend(journal.receipts(session, keys).await?);
        }
        let checkpoints = checkpoints(journal, session, group).await?;
        let unmatched = unmatched(journal, session, base, group).await?;
        let (written, rows) = (Vec::new(), Rows::default());
        let head = base;
        Ok(Self { journal, session, base, head, receipts, checkpoints, unmatched, written, rows })
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
            let found = found.or_else(|| self.first_match_in_group(query, from));
            if let Some(found) = found {
                return Ok(Some(AppendError::Conflict { condition: index, after, found }));
            }
        }
        Ok(None)
    }

    /// The group is checked against itself: appends before this one are not on the server yet.
    fn first_match_in_group(&self, query: &Query, from: u64) -> Option<Position> {
        self.written.iter().find_map(|(first, append)| {
            let events = (first.0..).zip(&append.events);
            let mut matching = events.filter(|(position, event)| {
                let has = |tag: &str| event.tags.iter().any(|own| own == tag);
                *position >= from && query.matches(&event.event_type, has)
            });
            matching.next().map(|(position, _)| Position(position))
        })
    }

    fn checkpoint_not_rising(&self, append: &Append) -> Option<AppendError> {
        let offered = append.checkpoint.as_ref()?;
        let held = self.checkpoints.get(offered.source.as_str()).copied()?;
        (held >= offered.position).then(|| {
            let (source_name, offered) = (offered.source.clone(), offered.position);
            AppendError::CheckpointNotRising { source_name, held, offered }
        })
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
        self.written.push((first, append));
        self.head = Some(last);
        Appended { first, last, written: Written::Now }
    }
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

/// The conditions of the group that hold because the tag index has nothing for them: all of them
/// are looked up at once, and most hold so. The rest is read append by append.
async fn unmatched(
    journal: &Journal,
    session: &Session,
    base: Option<Position>,
    group: &[(Append, Content)],
) -> Result<BTreeSet<(usize, usize)>, Trouble> {
    let mut probes = Probes::default();
    for (number, (append, _)) in group.iter().enumerate() {
        for (index, condition) in append.conditions.iter().enumerate() {
            let from = condition.after.map_or(1, |after| after.0.saturating_add(1));
            probes.add((number, index), &condition.fail_if_events_match, from, base);
        }
    }
    let mut hits = BTreeSet::new();
    let all: Vec<i32> = (0..).take(probes.tags.len()).collect();
    let parts = all.chunks(TAGS).zip(probes.tags.chunks(TAGS)).zip(probes.lows.chunks(TAGS));
    for ((numbers, tags), lows) in parts {
        let parameters: [Parameter<'_>; 4] = [
            (&journal.id, Type::INT4),
            (&numbers, Type::INT4_ARRAY),
            (&tags, Type::BYTEA_ARRAY),
            (&lows, Type::INT8_ARRAY),
        ];
        let rows = session.rows(HITS, &parameters).await?;
        hits.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    Ok(probes.unmatched(&hits))
}

/// The tags of conditions, side by side, and whose they are.
#[derive(Debug, Default)]
struct Probes<'a> {
    tags: Vec<&'a [u8]>,
    lows: Vec<i64>,
    /// For each condition the numbers of the tags of its items: none where no item can match.
    conditions: Vec<((usize, usize), Vec<std::ops::Range<i32>>)>,
}

impl<'a> Probes<'a> {
    /// Takes a condition in, unless only the events themselves can tell.
    fn add(&mut self, place: (usize, usize), query: &'a Query, from: u64, base: Option<Position>) {
        if base.is_none_or(|base| from > base.0) {
            self.conditions.push((place, Vec::new()));
            return;
        }
        if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
            return;
        }
        let end = |probes: &Self| i32::try_from(probes.tags.len()).unwrap_or(i32::MAX);
        let mut items = Vec::new();
        for item in &query.items {
            let start = end(self);
            self.tags.extend(item.tags.iter().map(|tag| tag.as_bytes()));
            self.lows.resize(self.tags.len(), from.cast_signed());
            items.push(start..end(self));
        }
        self.conditions.push((place, items));
    }

    /// The conditions of which every item has a tag that was not hit.
    fn unmatched(self, hits: &BTreeSet<i32>) -> BTreeSet<(usize, usize)> {
        let cannot_match =
            |item: &std::ops::Range<i32>| item.clone().any(|tag| !hits.contains(&tag));
        let unmatched =
            |(place, items): (_, Vec<_>)| items.iter().all(cannot_match).then_some(place);
        self.conditions.into_iter().filter_map(unmatched).collect()
    }
}
