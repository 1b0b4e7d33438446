//! Many callers at once. Each race starts at a barrier and ends when all have ended.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Barrier};
use std::thread;

use super::Journal;
use super::steps::{found, head, key, noted};
use crate::journal::{
    Append, AppendError, Appended, Blocking, EventStore, Position, Query, ReadOptions, Written,
};

const CONTENDERS: usize = 64;

/// Of many contenders for one boundary exactly one wins; the others are told of its event.
pub async fn of_many_contenders_one_wins(journal: &dyn Journal) {
    let answers = race(journal, CONTENDERS, |store, _| {
        let booked = Append::of(noted("slot:7")).fail_if(Query::tagged("slot:7"), None);
        Blocking(store).append(booked)
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "one winner");
    for error in answers.into_iter().filter_map(Result::err) {
        let is_first = matches!(error, AppendError::Conflict { found: Position(1), .. });
        assert!(is_first, "a conflict with the winner, not: {error}");
    }
    assert_eq!(found(&*journal.open(), &Query::all()).await, [1]);
}

/// Contenders for boundaries that have nothing in common all commit, each at a place of its own.
pub async fn disjoint_boundaries_all_commit(journal: &dyn Journal) {
    let answers = race(journal, CONTENDERS, |store, contender| {
        let slot = format!("slot:{contender}");
        let booked = Append::all([noted(&slot), noted(&slot)]);
        Blocking(store).append(booked.fail_if(Query::tagged(&slot), None))
    });
    let mut firsts: Vec<u64> = answers.into_iter().map(|answer| whole(&answer)).collect();
    firsts.sort_unstable();
    let expected = (0..CONTENDERS as u64).map(|contender| contender * 2 + 1);
    assert!(firsts.into_iter().eq(expected), "each append has a place of its own");
    assert_eq!(head(&*journal.open()).await, Some(Position(CONTENDERS as u64 * 2)));
}

/// A key that many race for is written once, and all are given the same place.
pub async fn a_key_that_is_raced_for_is_written_once(journal: &dyn Journal) {
    let answers = race(journal, CONTENDERS / 2, |store, _| {
        Blocking(store).append(Append::all([noted("a"), noted("b")]).key(key(1)))
    });
    let is_now = |answer: &&Result<Appended, _>| {
        matches!(answer, Ok(Appended { written: Written::Now, .. }))
    };
    assert_eq!(answers.iter().filter(is_now).count(), 1, "one of them wrote it");
    assert!(answers.iter().all(|answer| whole(answer) == 1), "all are given its place");
    assert_eq!(head(&*journal.open()).await, Some(Position(2)));
}

/// Groups that race exclude each other append by append: each slot is booked once.
pub async fn groups_that_race_exclude_each_other(journal: &dyn Journal) {
    const SLOTS: usize = 8;
    let answers = race(journal, 16, |store, contender| {
        let slot = |turn: usize| format!("slot:{}", (turn + contender) % SLOTS);
        let book = |slot: String| Append::of(noted(&slot)).fail_if(Query::tagged(&slot), None);
        Blocking(store).append_group((0..SLOTS).map(|turn| book(slot(turn))).collect())
    });
    let won = answers.iter().flatten().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, SLOTS, "each slot is won once");
    let store = &*journal.open();
    for slot in 0..SLOTS {
        let booked = found(store, &Query::tagged(&format!("slot:{slot}"))).await;
        assert_eq!(booked.len(), 1, "slot {slot} is booked once");
    }
}

/// Who reads while others append sees whole appends from 1 on without a gap, the head that goes
/// with them, and never less than before.
pub async fn readers_see_whole_appends_in_order(journal: &dyn Journal) {
    const APPENDS: usize = 100;
    let (is_over, is_broken) = (AtomicBool::new(false), AtomicBool::new(false));
    let looks = AtomicUsize::new(0);
    // After each append some reader has a look, so that none of them sees the end alone.
    let write = |store: &dyn EventStore| {
        let before = looks.load(SeqCst);
        let answer = Blocking(store).append(Append::all(["a", "b", "c"].map(noted)));
        while looks.load(SeqCst) == before && !is_broken.load(SeqCst) {
            thread::yield_now();
        }
        answer.is_ok()
    };
    let answers = race(journal, 4, |store, contender| {
        if contender == 0 {
            let written = (0..APPENDS).map(|_| write(store)).filter(|is_ok| *is_ok).count();
            is_over.store(true, SeqCst);
            return written == APPENDS;
        }
        let (mut seen, mut is_last) = (0, false);
        while !is_last {
            is_last = is_over.load(SeqCst);
            let Some(events) = look(store, seen) else {
                is_broken.store(true, SeqCst);
                return false;
            };
            seen = events;
            looks.fetch_add(1, SeqCst);
        }
        seen == APPENDS as u64 * 3
    });
    assert_eq!(answers, [true; 4], "the writer wrote all, and each reader saw them in order");
}

/// Reads all there is and gives how many events that was; `None` if it is not as promised.
fn look(store: &dyn EventStore, seen: u64) -> Option<u64> {
    let page = Blocking(store).read(&Query::all(), ReadOptions::forwards()).ok()?;
    let events = page.len() as u64;
    let is_dense = page.positions().iter().copied().eq(1..=events);
    let is_whole = events.is_multiple_of(3) && events >= seen;
    let has_head = page.head().map_or(0, |head| head.0) == events;
    (is_dense && is_whole && has_head).then_some(events)
}

/// Position of the first event of an append that nothing forbids.
fn whole(answer: &Result<Appended, AppendError>) -> u64 {
    match answer {
        Ok(appended) => appended.first.0,
        Err(error) => panic!("an append that nothing forbids was refused: {error}"),
    }
}

/// Lets so many contenders run at once, over a few handles, and gives what each of them says.
fn race<T: Send>(
    journal: &dyn Journal,
    contenders: usize,
    run: impl Fn(&dyn EventStore, usize) -> T + Sync,
) -> Vec<T> {
    let handles: Vec<Arc<dyn EventStore>> = (0..4).map(|_| journal.open()).collect();
    let start = Barrier::new(contenders);
    let (start, run) = (&start, &run);
    thread::scope(|scope| {
        let contend = |(contender, store): (usize, &Arc<dyn EventStore>)| {
            let store = Arc::clone(store);
            scope.spawn(move || {
                start.wait();
                run(&*store, contender)
            })
        };
        let handles = handles.iter().cycle().take(contenders).enumerate();
        let threads: Vec<_> = handles.map(contend).collect();
        let end = |thread: thread::ScopedJoinHandle<'_, T>| match thread.join() {
            Ok(answer) => answer,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(end).collect()
    })
}
