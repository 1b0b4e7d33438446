//! The store: one writer, with a thread for what is queued, a few readers, a watcher.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use linli::journal::{
    Append, AppendError, Appended, EventStore, FORKED, GroupCommit, HeadWatch, IdempotencyKey,
    IndexSum, Page, Pending, Position, Query, ReadError, ReadOptions, Receipt,
};

use crate::identity::Hold;
use crate::open::{self, Opened, Purpose};
use crate::pool::Readers;
use crate::settings::{Access, Place};
use crate::summed::Summing;
use crate::watch::Watcher;
use crate::writer::Writer;
use crate::{OpenError, query, reader};

/// How long an append waits for another process before it is answered with `Busy`.
const WAIT: Duration = Duration::from_secs(5);

/// A journal in one SQLite file.
///
/// What the crate's own page says of durability and of what is not covered holds here. Dropping
/// the store writes what is queued and closes the file.
pub struct SqliteStore {
    place: Place,
    /// The process that opened it.
    process: u32,
    /// `None` where it was opened to read.
    group: Option<GroupCommit>,
    /// `None` once it is closed.
    readers: Option<Readers>,
    watcher: Option<Watcher>,
    watch: HeadWatch,
    flushes: Arc<AtomicU64>,
    /// A commit failed, and what became of it is not certain yet.
    is_unsettled: Arc<AtomicBool>,
    /// Given up when all of it is closed, and no range of it is read any more.
    hold: Arc<Hold>,
}

/// What a journal file is and how it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The file.
    pub path: PathBuf,
    /// How it is open.
    pub access: Access,
    /// The version of SQLite.
    pub sqlite: &'static str,
    /// When an append is answered: `FULL` is after its flush.
    pub synchronous: &'static str,
    /// How many flushes this store has made since it was opened.
    pub flushes: u64,
}

impl SqliteStore {
    /// Opens the journal at `path` to read and write; makes one if nothing is there.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the file and what would mend it. The file of another
    /// program is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::start(path.as_ref(), Purpose::Create, WAIT)
    }

    /// Opens the journal at `path` to read and write. It must be there.
    ///
    /// # Errors
    /// [`OpenError::Missing`], and those of [`SqliteStore::open`].
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::start(path.as_ref(), Purpose::Write, WAIT)
    }

    /// Opens the journal at `path` to read. It must be there; appends are answered with
    /// [`AppendError::NotWritable`].
    ///
    /// Others may write meanwhile, and are seen. SQLite keeps two small files beside the journal
    /// for that. In a folder that cannot be written, a journal that was closed is read as it lies
    /// there: if somebody writes to it after all, reads are refused from then on
    /// ([`Access::ReadOnlyFolder`]).
    ///
    /// # Errors
    /// [`OpenError::Missing`], [`OpenError::UnfinishedInReadOnlyFolder`], and those of
    /// [`SqliteStore::open`].
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::start(path.as_ref(), Purpose::Read, WAIT)
    }

    /// What this journal is and how it is kept.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description {
            path: self.place.path.clone(),
            access: self.place.access,
            sqlite: rusqlite::version(),
            // Read back when the store was opened.
            synchronous: "FULL",
            flushes: self.flushes.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn start(path: &Path, purpose: Purpose, wait: Duration) -> Result<Self, OpenError> {
        let Opened { place, hold, writer } = open::open(path, purpose, wait)?;
        let (watch, flushes) = (HeadWatch::default(), Arc::new(AtomicU64::new(0)));
        let is_unsettled = Arc::<AtomicBool>::default();
        let writer = writer.map(|connection| {
            let (watch, flushes) = (watch.clone(), Arc::clone(&flushes));
            Writer::new(place.clone(), connection, watch, flushes, Arc::clone(&is_unsettled))
        });
        let group = writer.map(GroupCommit::start_in_place).transpose().map_err(|why| {
            let path = place.path.clone();
            OpenError::NoThread { path, why }
        })?;
        let readers = Some(Readers::new(place.clone()));
        let watcher = Some(Watcher::new(place.clone(), watch.clone()));
        let process = std::process::id();
        Ok(Self {
            place,
            process,
            group,
            readers,
            watcher,
            watch,
            flushes,
            is_unsettled,
            hold: Arc::new(hold),
        })
    }

    #[cfg(test)]
    pub(crate) fn is_waited_for(&self) -> bool {
        self.watch.is_watched()
    }

    #[cfg(test)]
    pub(crate) fn is_looking(&self) -> bool {
        self.watcher.as_ref().is_some_and(Watcher::is_looking)
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }

    /// Waits until what is read holds, whatever a commit that failed has left behind.
    async fn settle(&self) -> Result<(), ReadError> {
        let is_unsettled = || self.is_unsettled.load(Ordering::SeqCst);
        if let Some(commit) = self.group.as_ref().filter(|_| is_unsettled() && !self.is_forked()) {
            // Nothing is written; but the writer clears away what was left, before it looks at it.
            commit.submit(vec![Append::default()]).await;
        }
        if is_unsettled() {
            let reason = "a commit failed and is not settled yet; check the disk and ask again";
            return Err(ReadError::Busy { reason: reason.into() });
        }
        Ok(())
    }

    /// Whether a commit failed of which nobody knows yet whether it comes back.
    pub(crate) fn has_unsettled_commit(&self) -> bool {
        self.is_unsettled.load(Ordering::SeqCst)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn hold(&self) -> &Arc<Hold> {
        &self.hold
    }

    pub(crate) fn readers(&self) -> Result<&Readers, ReadError> {
        if self.is_forked() {
            return Err(ReadError::Unavailable { reason: FORKED.into() });
        }
        self.readers
            .as_ref()
            .ok_or_else(|| ReadError::Unavailable { reason: "the store is closed".into() })
    }

    fn head_now(&self) -> Result<Option<Position>, ReadError> {
        self.readers()?.read(1, |reader| query::head(&reader.connection))
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<Position, ReadError> {
        let head = self.head_now()?;
        self.watch.reached(head);
        match (head, &self.watcher) {
            (Some(head), _) if Some(head) > after => Ok(head),
            (_, Some(watcher)) => watcher.past(after).await,
            (_, None) => self.watch.past(after).await,
        }
    }
}

impl EventStore for SqliteStore {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        let reason = match &self.group {
            _ if self.is_forked() => FORKED,
            Some(commit) => return commit.submit(group),
            None => "it was opened to read; open it to write",
        };
        let refuse = |_| Err(AppendError::NotWritable { reason: reason.into() });
        Box::pin(std::future::ready(group.into_iter().map(refuse).collect()))
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        Box::pin(async move {
            query.check_limits()?;
            let (from, _) = options.range();
            self.readers()?.read(from, |reader| reader::page(reader, query, &options))
        })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        Box::pin(async move { self.head_now() })
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        Box::pin(async move {
            self.settle().await?;
            self.readers()?
                .read(1, |reader| reader::asked(reader, |index| reader::receipt(index, key)))
        })
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        Box::pin(async move {
            self.readers()?
                .read(1, |reader| reader::asked(reader, |index| reader::checkpoint(index, source)))
        })
    }

    fn index_sum(
        &self,
        until: Position,
        sum: IndexSum,
    ) -> Pending<'_, Result<Option<IndexSum>, ReadError>> {
        Box::pin(async move {
            if until == Position(0) {
                return Ok(Some(sum));
            }
            let readers = self.readers()?;
            let mut summing = readers.read(1, |reader| Summing::begun(reader, until, sum))?;
            loop {
                summing = match summing.done() {
                    Ok(sum) => return Ok(Some(sum)),
                    Err(summing) => summing,
                };
                readers.read(1, |reader| summing.go_on(reader))?;
            }
        })
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        Box::pin(self.wait_past(after))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if self.is_forked() {
            // Threads stayed on the other side, and closing the file here would end the log that
            // the other side writes: nothing is touched.
            std::mem::forget(self.group.take());
            std::mem::forget(self.readers.take());
            std::mem::forget(self.watcher.take());
            return;
        }
        if let Some(watcher) = self.watcher.take() {
            watcher.stop();
        }
        // The writer closes last: the last one to close folds the log into the file.
        drop(self.readers.take());
        drop(self.group.take());
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SqliteStore({}, {:?})", self.place.path.display(), self.place.access)
    }
}
