//! The store: a thread that writes, a thread that carries the traffic with the servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use linli::journal::{
    Append, AppendError, Appended, EventStore, GroupCommit, HeadWatch, IdempotencyKey, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt,
};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::Trouble;
use crate::journal::Journal;
use crate::place::{Place, Profile};
use crate::stream::Purpose;
use crate::watch::Watcher;
use crate::writer::Writer;
use crate::{OpenError, StreamName};

/// A journal in a JetStream stream.
///
/// What the crate's own page says of durability and of what is not covered holds here. Dropping
/// the store writes what is queued and closes its connection.
pub struct NatsStore {
    journal: Arc<Journal>,
    /// The process that opened it.
    process: u32,
    access: Access,
    /// `None` where it was opened to read.
    group: Option<GroupCommit>,
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
    /// Its address, without settings.
    pub address: String,
    /// Its name.
    pub stream: StreamName,
    /// How it is open.
    pub access: Access,
    /// What an answered append outlives.
    pub profile: Profile,
    /// How many servers keep it at least.
    pub replicas: u64,
    /// About how many bytes of memory its index takes.
    pub index_bytes: usize,
    /// How many batches this store has published since it was opened.
    pub commits: u64,
}

impl NatsStore {
    /// Opens the journal at `nats://host:port,host:port/STREAM?monitor=host:port,host:port` to read
    /// and write; makes the stream if it is not there. It is read once, into the index.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what would mend it. A stream of somebody else is left
    /// as it is.
    pub fn open(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Create)
    }

    /// Opens the journal to read and write. It must be there.
    ///
    /// # Errors
    /// [`OpenError::Missing`], and those of [`NatsStore::open`].
    pub fn open_existing(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Write)
    }

    /// Opens the journal to read. It must be there. Appends are answered with
    /// [`AppendError::NotWritable`].
    ///
    /// # Errors
    /// [`OpenError::Missing`], and those of [`NatsStore::open`].
    pub fn open_read_only(address: &str) -> Result<Self, OpenError> {
        Self::start(address, Purpose::Read)
    }

    /// What this journal is and how it is kept.
    #[must_use]
    pub fn describe(&self) -> Description {
        let place = &self.journal.place;
        Description {
            address: place.shown.clone(),
            stream: place.stream.clone(),
            access: self.access,
            profile: place.profile,
            replicas: place.replicas,
            index_bytes: self.journal.index.lock().bytes(),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }

    #[cfg(test)]
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    fn start(address: &str, purpose: Purpose) -> Result<Self, OpenError> {
        let place = Place::parse(address)?;
        let shown = place.shown.clone();
        let no_thread = |why| OpenError::NoThread { place: shown.clone(), why };
        let traffic = Traffic::start().map_err(no_thread)?;
        let journal = Arc::new(traffic.runtime.block_on(Journal::open(place, purpose))?);
        let (watch, commits) = (HeadWatch::default(), Arc::new(AtomicU64::new(0)));
        let (access, group) = match purpose {
            Purpose::Read => (Access::ReadOnly, None),
            Purpose::Create | Purpose::Write => {
                let (runtime, watch) = (traffic.runtime.clone(), watch.clone());
                let journal = Arc::clone(&journal);
                let writer = Writer::new(journal, runtime, watch, Arc::clone(&commits));
                (Access::ReadWrite, Some(GroupCommit::start(writer).map_err(no_thread)?))
            }
        };
        let watcher = Watcher::new(Arc::clone(&journal), watch.clone());
        let (process, traffic) = (std::process::id(), Some(traffic));
        Ok(Self { journal, process, access, group, watcher, watch, commits, traffic })
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
        question: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Result<T, ReadError> {
        let answer = self.runtime()?.spawn(question).await;
        let closed = |_| ReadError::Unavailable { reason: CLOSED.into() };
        answer.map_err(closed)?.map_err(Trouble::into_read_error)
    }
}

const FORKED: &str = "the process was forked off after the store was opened; start the process \
    with spawn, or open the journal only after the fork";
const CLOSED: &str = "the store is closed";

impl EventStore for NatsStore {
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
            let (journal, query) = (Arc::clone(&self.journal), query.clone());
            self.ask(async move { journal.page(&query, &options).await }).await
        })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        let journal = Arc::clone(&self.journal);
        Box::pin(self.ask(async move { journal.head().await }))
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        let journal = Arc::clone(&self.journal);
        Box::pin(self.ask(async move { journal.receipt(key).await }))
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        let (journal, source) = (Arc::clone(&self.journal), source.to_owned());
        Box::pin(self.ask(async move { journal.checkpoint(&source).await }))
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

impl Drop for NatsStore {
    fn drop(&mut self) {
        if self.is_forked() {
            // Threads and the other end of the connection stayed on the other side: nothing is
            // touched, nothing is said.
            std::mem::forget(self.group.take());
            std::mem::forget(self.traffic.take());
            std::mem::forget(Arc::clone(&self.journal));
            return;
        }
        // The writer needs the traffic to end its work.
        drop(self.group.take());
        drop(self.traffic.take());
    }
}

impl std::fmt::Debug for NatsStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NatsStore({}, {:?})", self.journal.place.shown, self.access)
    }
}

/// The thread that carries the traffic with the servers.
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
        let thread = std::thread::Builder::new().name("linli-nats".into()).spawn(run)?;
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
