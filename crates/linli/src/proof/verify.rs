//! Reads a journal through and holds everything that it says of itself against the rest.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::leaf::{RecordBuffer, hash_of};
use super::{Checkpoint, Leaf, Root, Tree};
use crate::journal::{
    Blocking, Columns, Corruption, IndexSum, Position, Query, ReadError, ReadOptions, Run, Whole,
};

/// What a journal was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events are sound: all, or those before the damage.
    pub events: u64,
    /// The root of the tree over all events; `None` where something is damaged.
    pub root: Option<Root>,
    /// The first damage that was found.
    pub first_bad: Option<Corruption>,
    /// What speaks against the checkpoints that were held; nothing where none was.
    pub contradiction: Option<Contradiction>,
}

/// How a journal is another one than a checkpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The end was cut off, or an older copy was put back. Restore a later backup.
    #[error(
        "{events} events are left of the {signed} that were signed: the end was cut off from \
         position {} on, or an older copy was put back", events.saturating_add(1)
    )]
    Shorter {
        /// How many events there are.
        events: u64,
        /// How many there were.
        signed: u64,
    },
    /// An event was altered, left out, put in or moved, or another story was put in its place.
    /// Restore a backup. Checkpoints that were held in between narrow down where it is.
    #[error(
        "one of the events from position {first} to {last} is not what was signed: the journal was \
         rewritten, or another one was put in its place"
    )]
    Differs {
        /// The first event behind the last checkpoint that holds.
        first: Position,
        /// The last event of the first checkpoint that does not.
        last: Position,
    },
}

impl Contradiction {
    /// The first bad position, where it is known: an event that is changed leaves no trace of
    /// which one it was among those that were signed together.
    #[must_use]
    pub fn first_bad(&self) -> Option<Position> {
        match *self {
            Self::Shorter { events, .. } => Some(Position(events.saturating_add(1))),
            Self::Differs { first, last } => (first == last).then_some(first),
        }
    }
}

/// Events after which the index is asked about them; each question is bounded by them.
const BATCH: usize = 8_192;

/// Reads every event once, and sees that the store finds it in every other way: by each of its
/// tags, by its append's key, by its upstream source. Positions have to be dense, and appends
/// whole.
///
/// A store that can add up its index ([`index_sum`](crate::journal::EventStore::index_sum)) is
/// asked for that once, and for each name only where the sum is not that of the events; any other
/// is asked for each.
///
/// With checkpoints that were held elsewhere it also proves that what they were made of stands
/// there still, and nothing before it was altered: [`Verified::contradiction`]. Without any it
/// cannot tell a journal from another one that is sound in itself.
///
/// `tell` hears how many events have been found sound; it breaks the work off. An index is added up
/// after all of them, and then nobody is told.
///
/// # Errors
/// Those of reading, but for damage: that is what is looked for. `Ok(None)` if it was broken off.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
///
/// use linli::journal::{Append, Blocking, Event, MemoryStore};
/// use linli::proof::{self, Checkpoint, Contradiction};
///
/// let (store, cut) = (MemoryStore::new(), MemoryStore::new());
/// for number in 0..5 {
///     let append = || Append::of(Event::new("Counted").tag(&format!("number:{number}")));
///     let appended = Blocking(&store).append(append().key(key(number)))?;
///     if appended.last.0 < 5 {
///         Blocking(&cut).append(append().key(key(number)))?;
///     }
/// }
/// # fn key(number: u32) -> linli::journal::IdempotencyKey {
/// #     linli::journal::IdempotencyKey::of("example", &number.to_string())
/// # }
/// let held = [Checkpoint::of(&proof::tree(Blocking(&store))?)];
/// let found = proof::verify(Blocking(&cut), &held, |_| ControlFlow::Continue(()))?;
/// let said = found.and_then(|found| found.contradiction);
/// assert_eq!(said, Some(Contradiction::Shorter { events: 4, signed: 5 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(
    journal: Blocking<'_>,
    held: &[Checkpoint],
    mut tell: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Verified>, ReadError> {
    let mut held = held.to_vec();
    held.sort_by_key(|checkpoint| checkpoint.size);
    let mut first_bad: Option<Corruption> = None;
    // What the index is to come to, as long as the store adds it up and nothing speaks against it.
    let mut sum = match journal.index_sum(Position(0), IndexSum::default()) {
        Ok(sum) => sum.map(|_| IndexSum::default()),
        Err(ReadError::Corrupt(_)) => None,
        Err(other) => return Err(other),
    };
    let mut index_bad: Option<Corruption> = None;
    loop {
        // Where something is damaged, what stands before it is read once more, by itself: a page
        // with damage in it gives nothing, and there may be damage that was met later.
        let until = first_bad.as_ref().map(|bad| Position(bad.position.0.saturating_sub(1)));
        if until == Some(Position(0)) {
            return Ok(Some(Verified { events: 0, root: None, first_bad, contradiction: None }));
        }
        let mut verification = Verification::of(journal, until, &held, sum.take());
        match verification.run(&mut tell) {
            Ok(ControlFlow::Continue(())) => {
                if let Some(bad) = verification.index_differs()? {
                    // Each name is asked for now: that may find an earlier place.
                    index_bad = Some(bad);
                    continue;
                }
                if first_bad.is_none()
                    && let Some(bad) = index_bad.take()
                {
                    first_bad = Some(bad);
                    continue;
                }
                let is_sound = first_bad.is_none();
                let root = is_sound.then(|| verification.tree.root());
                let contradiction = verification.contradiction(is_sound);
                let events = verification.tree.size();
                return Ok(Some(Verified { events, root, first_bad, contradiction }));
            }
            Ok(ControlFlow::Break(())) => return Ok(None),
            Err(ReadError::Corrupt(corruption)) => {
                let is_earlier = until.is_none_or(|until| corruption.position <= until);
                let position = if is_earlier { corruption.position } else { Position(1) };
                first_bad = Some(Corruption { position, ..corruption });
            }
            Err(other) => return Err(other),
        }
    }
}

struct Verification<'a> {
    journal: Blocking<'a>,
    until: Option<Position>,
    tree: Tree,
    /// How many events have been asked for in every way.
    sound: u64,
    /// Appends that are to be asked for; none where the index is added up.
    batch: Vec<Whole>,
    batched: usize,
    /// The sum as it was begun, and with the names of all appends so far.
    sum: Option<(IndexSum, IndexSum)>,
    /// By source: how far it was taken in last, and the first position of that append.
    checkpoints: BTreeMap<String, (Position, Position)>,
    /// Those that are still to come, the smallest first.
    held: &'a [Checkpoint],
    /// How many events the last one had that holds.
    holds: u64,
    /// The first one that does not hold.
    differs: Option<Contradiction>,
}

impl<'a> Verification<'a> {
    fn of(
        journal: Blocking<'a>,
        until: Option<Position>,
        held: &'a [Checkpoint],
        sum: Option<IndexSum>,
    ) -> Self {
        let mut verification = Self {
            journal,
            until,
            tree: Tree::default(),
            sound: 0,
            batch: Vec::new(),
            batched: 0,
            sum: sum.map(|begun| (begun.clone(), begun)),
            checkpoints: BTreeMap::new(),
            held,
            holds: 0,
            differs: None,
        };
        verification.hold_against();
        verification
    }

    /// Holds the tree against the checkpoints of its size.
    fn hold_against(&mut self) {
        while let [next, later @ ..] = self.held
            && next.size == self.tree.size()
        {
            self.held = later;
            if next.root == self.tree.root() {
                self.holds = next.size;
                continue;
            }
            // Of two of one size that differ, each speaks against all the other one says.
            let behind = if self.holds < next.size { self.holds } else { 0 };
            let first = Position(behind.saturating_add(1));
            let differs = Contradiction::Differs { first, last: Position(next.size) };
            self.differs.get_or_insert(differs);
        }
    }

    /// What speaks against the checkpoints, now that all is read, or all before the damage.
    fn contradiction(&self, is_sound: bool) -> Option<Contradiction> {
        let cut = self
            .held
            .last()
            .filter(|_| is_sound)
            .map(|last| Contradiction::Shorter { events: self.tree.size(), signed: last.size });
        self.differs.or(cut)
    }

    fn run(
        &mut self,
        tell: &mut impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, ReadError> {
        let mut appends = self.journal.appends(None).until(self.until);
        let mut buffer = RecordBuffer::default();
        while let Some(page) = appends.next_page()? {
            for run in page.runs() {
                self.take_in(&run, &mut buffer)?;
                self.batched = self.batched.saturating_add(run.rows().len());
                if let Some((_, sum)) = &mut self.sum {
                    sum.add_run(&run);
                } else {
                    self.batch.extend(run.whole());
                }
                if self.batched >= BATCH {
                    self.ask()?;
                    if tell(self.sound).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        self.ask()?;
        self.ask_for_checkpoints()?;
        Ok(ControlFlow::Continue(()))
    }

    /// Holds an append against those before it.
    fn take_in(&mut self, run: &Run<'_>, buffer: &mut RecordBuffer) -> Result<(), ReadError> {
        let next = Position(self.tree.size().saturating_add(1));
        if run.origin.first != next {
            return Err(corrupt(next, "a position is missing or stands twice"));
        }
        if run.check_limits().is_err() || run.rows().is_empty() {
            return Err(corrupt(next, "an append is beyond the limits of the contract"));
        }
        if let Some(taken_in) = &run.origin.checkpoint {
            let now = (taken_in.position, next);
            let before = self.checkpoints.insert(taken_in.source.clone(), now);
            if before.is_some_and(|(before, _)| before >= taken_in.position) {
                return Err(corrupt(next, "a checkpoint does not rise"));
            }
        }
        for row in run.rows() {
            let record = buffer.of_row(run.page, row);
            self.tree.push(hash_of(record.ok_or_else(|| corrupt(next, "an event is lost"))?));
            self.hold_against();
        }
        Ok(())
    }

    /// Asks for the events of the batch in every other way.
    fn ask(&mut self) -> Result<(), ReadError> {
        let batch = std::mem::take(&mut self.batch);
        self.batched = 0;
        if let (Some(first), Some(last)) = (batch.first(), batch.last()) {
            for whole in &batch {
                self.ask_for_key(whole)?;
            }
            self.ask_for_tags(&batch, (first.first, last.last()))?;
        }
        self.sound = self.tree.size();
        Ok(())
    }

    /// What is wrong with the index, if it does not come to what all appends do; where it was not
    /// added up, each name was asked for.
    fn index_differs(&mut self) -> Result<Option<Corruption>, ReadError> {
        let Some((begun, sum)) = self.sum.take() else { return Ok(None) };
        let other = || Corruption::of_journal(Position(1), "the index names what no append holds");
        match self.journal.index_sum(Position(self.tree.size()), begun) {
            Ok(Some(found)) if found.agrees_with(&sum) => Ok(None),
            Ok(_) => Ok(Some(other())),
            Err(ReadError::Corrupt(bad)) => Ok(Some(bad)),
            Err(other) => Err(other),
        }
    }

    fn ask_for_key(&self, whole: &Whole) -> Result<(), ReadError> {
        let Some(key) = whole.append.key else { return Ok(()) };
        // What is broken is the way to this append, wherever on that way it is.
        let receipt = self.journal.receipt(key).map_err(|error| match error {
            ReadError::Corrupt(bad) => Corruption { position: whole.first, ..bad }.into(),
            other => other,
        })?;
        let is_own = receipt.is_some_and(|receipt| {
            let place = (receipt.first, receipt.last);
            place == (whole.first, whole.last()) && Some(receipt.content) == whole.append.content
        });
        if is_own { Ok(()) } else { Err(corrupt(whole.first, "a key does not name its append")) }
    }

    fn ask_for_tags(
        &self,
        batch: &[Whole],
        (first, last): (Position, Position),
    ) -> Result<(), ReadError> {
        let mut by_tag: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for leaf in batch.iter().flat_map(Leaf::of) {
            for tag in leaf.event.tags.iter() {
                by_tag.entry(tag).or_default().push(leaf.position.0);
            }
        }
        let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
        let options = options.after(Position(first.0.saturating_sub(1))).until(last);
        for (tag, positions) in by_tag {
            let mut found = Vec::new();
            for page in self.journal.pages(Query::tagged(tag), options) {
                found.extend_from_slice(page?.positions());
            }
            if found != positions {
                let differs = found.iter().zip(&positions).position(|(a, b)| a != b);
                let at = differs.unwrap_or(found.len().min(positions.len()));
                let at = positions.get(at).map_or(first, |at| Position(*at));
                let of = batch.iter().rev().find(|whole| whole.first <= at);
                let at = of.map_or(first, |whole| whole.first);
                return Err(corrupt(at, "an event is not found by its tag"));
            }
        }
        Ok(())
    }

    fn ask_for_checkpoints(&self) -> Result<(), ReadError> {
        for (source, (position, first)) in &self.checkpoints {
            let held = self.journal.checkpoint(source)?;
            let has_grown = self.journal.head()? > Some(Position(self.tree.size()));
            // Somebody may have gone on meanwhile.
            let is_own = held == Some(*position) || (has_grown && held > Some(*position));
            if !is_own {
                return Err(corrupt(*first, "a checkpoint is not the one that was appended"));
            }
        }
        Ok(())
    }
}

fn corrupt(position: Position, what: &'static str) -> ReadError {
    Corruption::of_journal(position, what).into()
}
