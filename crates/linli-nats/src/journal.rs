//! One journal: the stream, and the index of it, brought up to date before anything is said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use linli::journal::{Direction, Position, Query};
use parking_lot::Mutex;
use tokio::sync::Mutex as Turn;

use crate::OpenError;
use crate::connection::{Connection, patiently};
use crate::error::Trouble;
use crate::index::{Candidate, Index};
use crate::message::Stored;
use crate::place::Place;
use crate::stream::{Purpose, Stream};

/// Messages and bytes that are asked for at once.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 8 << 20;
/// Neighbours from which on they are asked for as a batch.
const RUN: usize = 4;
/// Questions that are on their way at once.
const AT_ONCE: usize = 32;
/// How often a server that lags, or a leader that does not know yet that it is none, is asked.
const LOOKS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(25);

/// A journal that is open.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) place: Place,
    pub(crate) connection: Connection,
    /// Names this store among all that write.
    pub(crate) writer: Arc<str>,
    /// When its stream was made.
    made: String,
    pub(crate) index: Mutex<Index>,
    /// Who brings the index up to date.
    turn: Turn<()>,
    /// The highest sequence number that an append which was not answered may still take.
    doubt: AtomicU64,
}

impl Journal {
    /// Finds the journal, or makes it, and reads it into the index.
    pub(crate) async fn open(place: Place, purpose: Purpose) -> Result<Self, OpenError> {
        let connection = Connection::open(&place).await?;
        let found = crate::stream::open(&connection, &place, purpose).await?;
        connection.is_new.store(false, Ordering::SeqCst);
        let writer = connection.client.new_inbox();
        let writer = writer.rsplit('.').next().unwrap_or(&writer).into();
        let journal = Self {
            place,
            writer,
            connection,
            made: found.made,
            index: Mutex::default(),
            turn: Turn::default(),
            doubt: AtomicU64::new(0),
        };
        match journal.catch_up_to(found.last).await {
            Ok(()) => Ok(journal),
            Err(trouble) => Err(match journal.is_index_full() {
                true => OpenError::IndexTooLarge {
                    place: journal.place.shown,
                    mib: journal.place.index_bytes >> 20,
                },
                false => crate::stream::refused(&journal.place, trouble),
            }),
        }
    }

    /// Looks at the stream, at its settings, and, on a new connection, at the servers.
    pub(crate) async fn look(&self) -> Result<Stream, Trouble> {
        let (connection, place) = (&self.connection, &self.place);
        let is_new = connection.is_new.swap(false, Ordering::SeqCst);
        let looked = async {
            let stream = Stream::look(connection, place).await?;
            if stream.made != self.made {
                return Err(self.gone());
            }
            let judged = match is_new {
                true => stream.check(connection, place).await,
                false => stream.judge(place),
            };
            judged.map_err(changed)?;
            stream.is_whole()?;
            Ok(stream)
        };
        let looked = looked.await;
        if is_new && looked.is_err() {
            connection.is_new.store(true, Ordering::SeqCst);
        }
        match looked {
            Err(Trouble::Server { code, .. }) if code == crate::stream::NOT_FOUND => {
                Err(self.gone())
            }
            looked => looked,
        }
    }

    /// Brings the index up to what the stream's leader has.
    pub(crate) async fn catch_up(&self) -> Result<(), Trouble> {
        let known = self.index.lock().last();
        let mut last = 0;
        for _ in 0..LOOKS {
            last = patiently(|| Box::pin(self.look())).await?.last;
            if last >= known {
                return self.catch_up_to(last).await;
            }
            // A leader that was paused does not know yet that there is another one.
            tokio::time::sleep(PAUSE).await;
        }
        Err(Trouble::Changed(format!(
            "the journal went back from append {known} to {last}: an older state was restored; \
             open it again"
        )))
    }

    /// Reads appends into the index until it has so many.
    pub(crate) async fn catch_up_to(&self, target: u64) -> Result<(), Trouble> {
        let turn = self.turn.lock().await;
        let mut looks = 0_u32;
        loop {
            let last = self.index.lock().last();
            if last >= target {
                drop(turn);
                return Ok(());
            }
            let missing = usize::try_from(target.saturating_sub(last)).unwrap_or(BATCH);
            let from = last.saturating_add(1);
            let read = self.messages(from, missing.min(BATCH)).await?;
            read.iter().try_for_each(|stored| self.take_in(stored))?;
            // The server that was asked may lag: another one is asked by and by.
            looks = if read.is_empty() { looks.saturating_add(1) } else { 0 };
            if looks == LOOKS {
                let after = self.index.lock().head().map_or(0, |head| head.0);
                return Err(Trouble::corrupt(after.saturating_add(1), MISSING));
            }
            if read.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Takes an append into the index, if it is the next one.
    pub(crate) fn take_in(&self, stored: &Stored) -> Result<(), Trouble> {
        let mut index = self.index.lock();
        let next = index.last().saturating_add(1);
        if stored.sequence < next {
            return Ok(()); // Somebody else was quicker.
        }
        let after = index.head().map_or(0, |head| head.0);
        if stored.sequence > next || stored.first != after.saturating_add(1) {
            return Err(Trouble::corrupt(after.saturating_add(1), MISSING));
        }
        let record = stored.open()?;
        if index.bytes() > self.place.index_bytes {
            return Err(Trouble::Changed(format!(
                "its index takes more than {} MiB of memory; allow more with index-mib=NUMBER in \
                 the address and open it again",
                self.place.index_bytes >> 20
            )));
        }
        index.take(record.as_ref(), stored.record.len());
        Ok(())
    }

    /// The next appends that may match, read: in the order of reading.
    pub(crate) async fn batch(
        &self,
        query: &Query,
        range: (u64, u64),
        direction: Direction,
        bounds: (usize, usize),
    ) -> Result<Vec<Stored>, Trouble> {
        let candidates = self.index.lock().batch(query, range, direction, bounds);
        self.fetch(&candidates).await
    }

    /// These appends, in the same order. They are in the index, so they were there once.
    pub(crate) async fn fetch(&self, candidates: &[Candidate]) -> Result<Vec<Stored>, Trouble> {
        let is_next = |a: &Candidate, b: &Candidate| a.sequence.abs_diff(b.sequence) == 1;
        let runs = candidates.chunk_by(is_next).flat_map(|run| match run.len() {
            RUN.. => run.chunks(BATCH),
            _ => run.chunks(1),
        });
        let runs: Vec<BoxFuture<'_, _>> = runs.map(|run| self.fetch_run(run).boxed()).collect();
        let fetched: Vec<Vec<Stored>> = stream::iter(runs).buffered(AT_ONCE).try_collect().await?;
        Ok(fetched.concat())
    }

    async fn fetch_run(&self, run: &[Candidate]) -> Result<Vec<Stored>, Trouble> {
        let Some(lowest) = run.iter().min_by_key(|candidate| candidate.sequence) else {
            return Ok(Vec::new());
        };
        let mut found: Vec<Stored> = Vec::with_capacity(run.len());
        for _ in 0..LOOKS {
            let from = lowest.sequence.saturating_add(found.len() as u64);
            found.extend(self.messages(from, run.len().saturating_sub(found.len())).await?);
            if found.len() == run.len() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if run.first() != Some(lowest) {
            found.reverse();
        }
        for (number, candidate) in run.iter().enumerate() {
            let is_it = |stored: &Stored| {
                stored.sequence == candidate.sequence
                    && stored.first == candidate.first.0
                    && stored.last() == candidate.last
            };
            if !found.get(number).is_some_and(is_it) {
                return Err(Trouble::corrupt(candidate.first.0, MISSING));
            }
        }
        Ok(found)
    }

    /// So many messages from one on, as many as there are.
    async fn messages(&self, from: u64, most: usize) -> Result<Vec<Stored>, Trouble> {
        let subject = format!("$JS.API.DIRECT.GET.{}", self.place.stream);
        let connection = &self.connection;
        let asked = async |subject: String| match most {
            1 => Ok(connection.message(subject, from).await?.into_iter().collect()),
            _ => connection.messages(subject, from, most, BATCH_BYTES).await,
        };
        let messages = patiently(|| Box::pin(asked(subject.clone())));
        let after = self.index.lock().head().map_or(0, |head| head.0);
        let read = messages.await?.into_iter().map(|message| Stored::read(message, after));
        let read: Vec<Stored> = read.collect::<Result<_, _>>()?;
        // A batch begins at what follows, where what was asked for is gone.
        match read.iter().zip(from..).all(|(stored, sequence)| stored.sequence == sequence) {
            true => Ok(read),
            false => Err(Trouble::corrupt(after.saturating_add(1), MISSING)),
        }
    }

    /// How far the index has come: the last position and the last sequence number.
    pub(crate) fn reached(&self) -> (Option<Position>, u64) {
        let index = self.index.lock();
        (index.head(), index.last())
    }

    /// Tells other processes. Nobody needs it to be right: who waits looks by itself as well.
    pub(crate) async fn tell(&self) {
        drop(self.connection.client.publish(self.place.stream.told(), Bytes::new()).await);
    }

    /// Notes that an append which nobody answered may still come to stand at a sequence number.
    pub(crate) fn doubt(&self, sequence: u64) {
        self.doubt.fetch_max(sequence, Ordering::SeqCst);
    }

    /// The sequence number at which an unanswered append may still come to stand.
    pub(crate) fn doubted(&self) -> Option<u64> {
        let doubted = self.doubt.load(Ordering::SeqCst);
        (doubted > self.index.lock().last()).then_some(doubted)
    }

    fn is_index_full(&self) -> bool {
        self.index.lock().bytes() > self.place.index_bytes
    }

    fn gone(&self) -> Trouble {
        let place = &self.place.shown;
        Trouble::Changed(format!(
            "the journal at {place} was removed; restore it under this name, or open another"
        ))
    }
}

const MISSING: &str = "an append is missing";

/// What was found of a journal that was sound when it was opened.
fn changed(error: OpenError) -> Trouble {
    match error {
        // Servers that start again show it a little later.
        OpenError::NotShown { .. } => Trouble::Lost(error.to_string()),
        other => Trouble::Changed(other.to_string()),
    }
}

/// Damage inside a record whose place is known.
pub(crate) fn at(first: Position, damage: linli::journal::record::DamagedRecord) -> Trouble {
    Trouble::corrupt(first.0, damage.what)
}
