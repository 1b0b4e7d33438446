//! A replay at work: what is read, in which order, on how many threads.

use std::panic::resume_unwind;
use std::sync::Arc;

use super::fold::Fold;
use super::lane::Lane;
use super::snapshot::{Fingerprint, Resumed, Snapshot};
use super::{Progress, Replay, ReplayError, Report};
use crate::codec::Reader;
use crate::domain::Evolve;
use crate::domain::charging::TariffBook;
use crate::journal::{Blocking, Columns, EventStore, Page, Position, Query, ReadOptions};
use crate::ledger::{ClosedRange, Ledger, decoded};
use crate::proof;

/// A replay of one journal, as far as it goes.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    replay: &'a Replay,
    store: &'a dyn EventStore,
    /// The last position that is folded; `None` where there is none.
    until: Option<Position>,
    /// Ranges at its beginning that are taken from columns.
    closed: &'a [Arc<dyn ClosedRange>],
    /// The position up to which a snapshot has all of it.
    kept: Option<Position>,
}

impl<'a> Run<'a> {
    /// Where a day is asked for, or issued bills, every event counts, and is read.
    pub(super) fn of(replay: &'a Replay, ledger: &'a Ledger) -> Result<Self, ReplayError> {
        let mut run = Self::over(replay, ledger.store())?;
        let every_event_counts = replay.as_of.is_some() || replay.is_against_issued;
        if let (Some(until), false) = (run.until, every_event_counts) {
            run.closed = ledger.closed(until);
        }
        Ok(run)
    }

    /// From events alone.
    pub(super) fn over(replay: &'a Replay, store: &'a dyn EventStore) -> Result<Self, ReplayError> {
        let head = Blocking(store).head()?;
        let until = replay.as_known_at.map_or(head, |known| head.map(|head| head.min(known)));
        Ok(Self { replay, store, until, closed: &[], kept: None })
    }

    pub(super) fn report(self) -> Result<Report, ReplayError> {
        let lanes = self.lanes()?;
        match self.replay.threads {
            threads if threads > 1 && !lanes.iter().any(Lane::looks_at_month) => {
                self.together(&lanes, threads)
            }
            _ => Ok(self.folded(lanes)?.finish()),
        }
    }

    /// From what was kept, if that is of this replay, and keeping what the next one goes on from.
    pub(super) fn resumed(self, kept: Option<&Snapshot>) -> Result<Resumed, ReplayError> {
        let (fingerprint, journal) = (Fingerprint::of(self.replay), Blocking(self.store));
        let mut kept = match kept {
            Some(kept) if kept.is_of(&fingerprint, self.until, journal)? => Some(kept),
            _ => None,
        };
        let book = match self.replay.tariffs.is_empty() {
            true => Some(self.tariff_book_from(kept)?),
            false => None,
        };
        // Another book prices what was settled before otherwise.
        kept = kept.filter(|kept| kept.known.book == book);
        let run = kept.map_or(self, |kept| self.behind(kept.position()));
        let lanes = book.clone().map_or_else(|| Ok(self.given()), Lane::assigned)?;
        let mut fold = Fold::new(self.replay, self.store, lanes, (0, 1));
        match kept {
            Some(kept) => fold.go_on_from(kept)?,
            None => run.take_ranges(&mut fold)?,
        }
        run.each_page(|page| fold.take(&page))?;
        let leaf = self.until.map(|until| proof::leaf_at(journal, until)).transpose()?.flatten();
        let last = self.until.zip(leaf);
        let snapshot = last.and_then(|last| fold.snapshot(fingerprint, last, book));
        Ok(Resumed { report: fold.finish(), after: run.kept, unkept: None, snapshot })
    }

    /// The same run, of which a snapshot has all up to a position.
    fn behind(mut self, position: Position) -> Self {
        (self.kept, self.closed) = (Some(position), &[]);
        self
    }

    /// The fold of all that is to be read.
    pub(super) fn folded(self, lanes: Vec<Lane>) -> Result<Fold<'a>, ReplayError> {
        let mut fold = Fold::new(self.replay, self.store, lanes, (0, 1));
        self.take_ranges(&mut fold)?;
        self.each_page(|page| fold.take(&page))?;
        Ok(fold)
    }

    /// Every worker folds the sessions whose key is its own; the sums do not depend on the order.
    fn together(self, lanes: &[Lane], threads: usize) -> Result<Report, ReplayError> {
        std::thread::scope(|scope| {
            let mut queues = Vec::with_capacity(threads);
            let mut workers = Vec::with_capacity(threads);
            for worker in 0..threads {
                let (queue, pages) = std::sync::mpsc::sync_channel::<Arc<Page>>(2);
                let share = (worker, threads);
                let mut fold = Fold::new(self.replay, self.store, lanes.to_vec(), share);
                queues.push(queue);
                workers.push(scope.spawn(move || {
                    self.take_ranges(&mut fold)?;
                    for page in pages {
                        fold.take(&page)?;
                    }
                    Ok::<_, ReplayError>(fold.finish())
                }));
            }
            let read = self.each_page(|page| {
                let page = Arc::new(page);
                // A worker that has stopped says why when it is joined.
                for queue in &queues {
                    drop(queue.send(Arc::clone(&page)));
                }
                Ok(())
            });
            drop(queues);
            let mut joined: Option<Report> = None;
            for worker in workers {
                // A panic of a worker is a panic of the replay, not a wish to stop.
                let report = worker.join().unwrap_or_else(|panic| resume_unwind(panic))?;
                joined = Some(match joined {
                    Some(before) => before.joined(report),
                    None => report,
                });
            }
            read?;
            Ok(joined.unwrap_or_default())
        })
    }

    fn take_ranges(&self, fold: &mut Fold<'_>) -> Result<(), ReplayError> {
        fold.take_points(self.closed)?;
        for range in self.closed {
            fold.take_range(&**range)?;
            self.tell(range.last())?;
        }
        Ok(())
    }

    /// The events behind what was taken already.
    fn each_page(
        &self,
        mut take: impl FnMut(Page) -> Result<(), ReplayError>,
    ) -> Result<(), ReplayError> {
        let Some(until) = self.until.filter(|until| Some(*until) > self.taken_until()) else {
            return Ok(());
        };
        let options = self.options().columns(Columns::WithoutIdsAndTags);
        for page in Blocking(self.store).pages(Query::all(), options) {
            let page = page?;
            let position = page.next().unwrap_or(until);
            take(page)?;
            self.tell(position)?;
        }
        Ok(())
    }

    fn tell(&self, position: Position) -> Result<(), ReplayError> {
        let (Some(tell), Some(until)) = (&self.replay.on_progress, self.until) else {
            return Ok(());
        };
        match tell(Progress { position, until }).is_break() {
            true => Err(ReplayError::Cancelled),
            false => Ok(()),
        }
    }

    /// The last position that is in a snapshot or in closed ranges.
    fn taken_until(&self) -> Option<Position> {
        self.kept.or(self.closed.last().map(|range| range.last()))
    }

    fn options(&self) -> ReadOptions {
        let options = ReadOptions::forwards().until(self.until);
        match self.taken_until() {
            Some(last) => options.after(last),
            None => options,
        }
    }

    /// What sessions are priced under.
    pub(super) fn lanes(&self) -> Result<Vec<Lane>, ReplayError> {
        if !self.replay.tariffs.is_empty() {
            return Ok(self.given());
        }
        Lane::assigned(self.tariff_book_from(None)?)
    }

    fn given(&self) -> Vec<Lane> {
        self.replay.tariffs.iter().map(Lane::given).collect()
    }

    /// What the journal says about tariffs, up to the day that is asked for, of which a snapshot
    /// may know the beginning.
    fn tariff_book_from(&self, kept: Option<&Snapshot>) -> Result<TariffBook, ReplayError> {
        let known = kept.and_then(|kept| Some((kept.position(), kept.known.book.clone()?)));
        match known {
            Some((position, book)) => self.behind(position).tariff_book(book),
            None => self.tariff_book(TariffBook::default()),
        }
    }

    fn tariff_book(&self, mut book: TariffBook) -> Result<TariffBook, ReplayError> {
        let mut reader = Reader::default();
        let mut take = |page: &Page| {
            for view in page.events() {
                let happened = decoded(&mut reader, &view)?;
                if happened.had_happened_by(self.replay.as_of)
                    && let Some(happened) = happened.charging()
                {
                    book.evolve(&happened);
                }
            }
            Ok::<_, ReplayError>(())
        };
        for range in self.closed {
            range.others()?.iter().try_for_each(&mut take)?;
        }
        if self.closed.is_empty() || self.until > self.taken_until() {
            let query = Query::of_types(TariffBook::TYPES);
            for page in Blocking(self.store).pages(query, self.options()) {
                take(&page?)?;
            }
        }
        Ok(book)
    }
}
