//! The store: a thread that writes, a thread that carries the traffic of all connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use linli::journal::{
    Append, AppendError, Appended, EventStore, FORKED, GroupCommit, HeadWatch, IdempotencyKey,
    Page, Pending, Position, Query, ReadError, ReadOptions, Receipt,
};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::Trouble;
use crate::open::{self, Purpose};
use crate::place::Place;
use crate::pool::Readers;
use crate::reader::Journal;
use crate::watch::Watcher;
use crate::writer::Writer;
use crate::{JournalName, OpenError};

/// A journal in a PostgreSQL database.
///
/// What the crate's own page says of durability and of what is not covered holds here. Dropping
/// the store writes what is queued and closes its connections.
pub struct PostgresStore {
    place: Place,
    /// The process that opened it.
    process: u32,
    access: Access,
    /// `None` where it was opened to read.
    group: Option<GroupCommit>,
    readers: Arc<Readers>,
    watcher: Watcher,
    watch: HeadWatch,
    commits: Arc<AtomicU64>,
    /// Carries what all of them say; ended last.
    traffic: Option<Traffic>,
}

/// How a journal is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read and write.
    ReadWrite,
    /// To read.
    ReadOnly,
}

/// What a journal is and how it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its address, without the password.
    pub address: String,
    /// Its name in the database.
    pub journal: JournalName,
    /// How it is open.
    pub access: Access,
    /// When an append is answered: `on` is after its flush.
    pub synchronous_commit: &'static str,
    /// How many groups this store has committed since it was opened.
    pub commits: u64,
}

impl PostgresStore {
    /// Opens the journal at `postgres://user@host/database?journal=NAME` to read and write; makes
    /// it, and the schema `linli`, if they are not there.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what would mend it. A schema of somebody else is left
    /// as it is.
    pub fn open(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Create)
    }

    /// Opens the journal to read and write. It must be there.
    ///
    /// # Errors
    /// [`OpenError::Missing`], and those of [`PostgresStore::open`].
    pub fn open_existing(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Write)
    }

    /// Opens the journal to read. It must be there; a standby will do. Appends are answered with
    /// [`AppendError::NotWritable`].
    ///
    /// # Errors
    /// [`OpenError::Missing`], and those of [`PostgresStore::open`].
    pub fn open_read_only(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Read)
    }

    /// What this journal is and how it is kept.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description {
            address: self.place.shown.clone(),
            journal: self.place.journal.clone(),
            access: self.access,
            // Set and read back in each transaction that writes.
            synchronous_commit: "on",
            commits: self.commits.load(Ordering::Relaxed),
        }
    }

    fn start(address: &str, purpose: Purpose) -> Result<Self, OpenError> {
        let place = Place::parse(address)?;
        let no_thread = |why| OpenError::NoThread { place: place.shown.clone(), why };
        let traffic = Traffic::start().map_err(no_thread)?;
        let id = traffic.runtime.block_on(open::open(&place, purpose))?;
        let journal = Journal { place: place.clone(), id, events_a_row: Arc::default() };
        let (watch, commits) = (HeadWatch::default(), Arc::new(AtomicU64::new(0)));
        let (access, group) = match purpose {
            Purpose::Read => (Access::ReadOnly, None),
            Purpose::Create | Purpose::Write => {
                let (runtime, watch) = (traffic.runtime.clone(), watch.clone());
                let writer = Writer::new(journal.clone(), runtime, watch, Arc::clone(&commits));
                (Access::ReadWrite, Some(GroupCommit::start(writer).map_err(no_thread)?))
            }
        };
        let readers = Arc::new(Readers::new(journal.clone()));
        let watcher = Watcher::new(journal, watch.clone());
        let (process, traffic) = (std::process::id(), Some(traffic));
        Ok(Self { place, process, access, group, readers, watcher, watch, commits, traffic })
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }

    fn runtime(&self) -> Result<&Handle, ReadError> {
        if self.is_forked() {
            return Err(ReadError::Unavailable { reason: FORKED.into() });
        }
        let closed = || ReadError::Unavailable { reason: CLOSED.into() };
        self.traffic.as_ref().map(|traffic| &traffic.runtime).ok_or_else(closed)
    }

    /// Has a question asked by the thread that carries the traffic, and waits for the answer on
    /// any runtime, or on none.
    async fn ask<T: Send + 'static>(
        &self,
        from: u64,
        question: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Result<T, ReadError> {
        let answer = self.runtime()?.spawn(question).await;
        let closed = |_| ReadError::Unavailable { reason: CLOSED.into() };
        answer.map_err(closed)?.map_err(|trouble| trouble.into_read_error(from))
    }
}

const CLOSED: &str = "the store is closed";

impl EventStore for PostgresStore {
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
            let (readers, query) = (Arc::clone(&self.readers), Arc::new(query.clone()));
            let asking = async move {
                let asked = readers.ask(|journal, session| {
                    let query = Arc::clone(&query);
                    Box::pin(async move { journal.page(session, &query, &options).await })
                });
                asked.await
            };
            self.ask(from, asking).await
        })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        let readers = Arc::clone(&self.readers);
        let asking =
            async move { readers.ask(|journal, session| Box::pin(journal.head(session))).await };
        Box::pin(self.ask(1, asking))
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        let readers = Arc::clone(&self.readers);
        let asking = async move {
            readers.ask(|journal, session| Box::pin(journal.receipt(session, key))).await
        };
        Box::pin(self.ask(1, asking))
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        let (readers, source) = (Arc::clone(&self.readers), Arc::<str>::from(source));
        let asking = async move {
            let asked = readers.ask(|journal, session| {
                let source = Arc::clone(&source);
                Box::pin(async move { journal.checkpoint(session, &source).await })
            });
            asked.await
        };
        Box::pin(self.ask(1, asking))
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        Box::pin(async move {
            let head = self.head().await?;
            self.watch.reached(head);
            match head {
                Some(head) if Some(head) > after => Ok(head),
                _ => {
                    self.watcher.keep_looking(self.runtime()?);
                    self.watch.past(after).await
                }
            }
        })
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if self.is_forked() {
            // Threads and the other ends of the connections stayed on the other side: nothing is
            // touched, nothing is said.
            std::mem::forget(self.group.take());
            std::mem::forget(self.traffic.take());
            std::mem::forget(Arc::clone(&self.readers));
            return;
        }
        // The writer needs the traffic to end its work.
        drop(self.group.take());
        drop(self.traffic.take());
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostgresStore({}, {:?})", self.place.shown, self.access)
    }
}

/// The thread that carries the traffic of all connections.
#[derive(Debug)]
struct Traffic {
    runtime: Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Traffic {
    fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let run = move || drop(runtime.block_on(ended));
        let thread = std::thread::Builder::new().name("linli-postgres".into()).spawn(run)?;
        Ok(Self { runtime: handle, end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // If it panicked, there is nothing left to end.
            let _ = thread.join();
        }
    }
}
