//! Reads a journal through and holds everything that it says of itself against the rest.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Leaf, Root, Tree};
use crate::journal::{
    Blocking, Columns, Corruption, Position, Query, ReadError, ReadOptions, Whole,
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
}

/// Events after which the index is asked about them; each question is bounded by them.
const BATCH: usize = 8_192;

/// Reads every event once, and asks the store for it again in every other way: by each of its tags,
/// by its append's key, by its upstream source. Positions have to be dense, and appends whole.
///
/// `tell` hears how many events have been found sound; it breaks the work off.
///
/// # Errors
/// Those of reading, but for damage: that is what is looked for. `Ok(None)` if it was broken off.
pub fn verify(
    journal: Blocking<'_>,
    mut tell: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Verified>, ReadError> {
    let mut first_bad: Option<Corruption> = None;
    loop {
        // Where something is damaged, what stands before it is read once more, by itself: a page
        // with damage in it gives nothing, and there may be damage that was met later.
        let until = first_bad.as_ref().map(|bad| Position(bad.position.0.saturating_sub(1)));
        if until == Some(Position(0)) {
            return Ok(Some(Verified { events: 0, root: None, first_bad }));
        }
        let mut verification = Verification::of(journal, until);
        match verification.run(&mut tell) {
            Ok(ControlFlow::Continue(())) => {
                let root = first_bad.is_none().then(|| verification.tree.root());
                return Ok(Some(Verified { events: verification.tree.size(), root, first_bad }));
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
    batch: Vec<Whole>,
    batched: usize,
    /// By source: how far it was taken in last, and the first position of that append.
    checkpoints: BTreeMap<String, (Position, Position)>,
}

impl<'a> Verification<'a> {
    fn of(journal: Blocking<'a>, until: Option<Position>) -> Self {
        Self {
            journal,
            until,
            tree: Tree::default(),
            sound: 0,
            batch: Vec::new(),
            batched: 0,
            checkpoints: BTreeMap::new(),
        }
    }

    fn run(
        &mut self,
        tell: &mut impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, ReadError> {
        for whole in self.journal.appends(None).until(self.until) {
            let whole = whole?;
            self.take_in(&whole)?;
            self.batched = self.batched.saturating_add(whole.append.events.len());
            self.batch.push(whole);
            if self.batched >= BATCH {
                self.ask()?;
                if tell(self.sound).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        self.ask()?;
        self.ask_for_checkpoints()?;
        Ok(ControlFlow::Continue(()))
    }

    /// Holds an append against those before it.
    fn take_in(&mut self, whole: &Whole) -> Result<(), ReadError> {
        let next = Position(self.tree.size().saturating_add(1));
        if whole.first != next {
            return Err(corrupt(next, "a position is missing or stands twice"));
        }
        if whole.append.check_limits().is_err() || whole.append.events.is_empty() {
            return Err(corrupt(next, "an append is beyond the limits of the contract"));
        }
        if let Some(taken_in) = &whole.append.checkpoint {
            let now = (taken_in.position, next);
            let before = self.checkpoints.insert(taken_in.source.clone(), now);
            if before.is_some_and(|(before, _)| before >= taken_in.position) {
                return Err(corrupt(next, "a checkpoint does not rise"));
            }
        }
        Leaf::of(whole).for_each(|leaf| self.tree.push(leaf.hash()));
        Ok(())
    }

    /// Asks for the events of the batch in every other way.
    fn ask(&mut self) -> Result<(), ReadError> {
        let batch = std::mem::take(&mut self.batch);
        self.batched = 0;
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
        let range = (first.first, last.last());
        for whole in &batch {
            self.ask_for_key(whole)?;
        }
        self.ask_for_tags(&batch, range)?;
        self.sound = range.1.0;
        Ok(())
    }

    fn ask_for_key(&self, whole: &Whole) -> Result<(), ReadError> {
        let Some(key) = whole.append.key else { return Ok(()) };
        // What is broken is the way to this append, wherever on that way it is.
        let receipt = self.journal.receipt(key).map_err(|error| match error {
            ReadError::Corrupt(Corruption { what, .. }) => corrupt(whole.first, what),
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
    Corruption { position, what }.into()
}
