//! What other processes append: a small thread looks, while somebody waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use linli::journal::{HeadWatch, Pending, Position, ReadError};
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::query::head;
use crate::settings::Place;

/// How often is looked. What this process appends is seen at once.
const EVERY: Duration = Duration::from_millis(20);
/// The thread ends after so many looks that nobody waited for.
const IDLE_LOOKS: u32 = 50;
/// So many looks may fail, one after the other, before those who wait are told.
const FAILED_LOOKS: u32 = 50;

/// Whoever waits for the head of a journal.
#[derive(Debug)]
pub(crate) struct Watcher {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    place: Place,
    watch: HeadWatch,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    runs: bool,
    ends: bool,
    idle_looks: u32,
}

impl Watcher {
    pub(crate) fn new(place: Place, watch: HeadWatch) -> Self {
        let shared = Shared { place, watch, state: Mutex::default(), wake: Condvar::new() };
        Self { shared: Arc::new(shared), thread: Mutex::default() }
    }

    /// Waits until the head is past `after`, whoever moves it.
    pub(crate) fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        Box::pin(Waiting { watcher: self, head: self.shared.watch.past(after) })
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        self.shared.state.lock().ends = true;
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.lock().take() {
            // If it panicked, there is nothing left to stop.
            let _ = thread.join();
        }
    }

    #[cfg(test)]
    pub(crate) fn is_looking(&self) -> bool {
        self.shared.state.lock().runs
    }

    fn keep_looking(&self) -> std::io::Result<()> {
        let mut thread = self.thread.lock();
        let mut state = self.shared.state.lock();
        state.idle_looks = 0;
        if state.runs || state.ends {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let name = "linli-watcher".to_owned();
        *thread = Some(std::thread::Builder::new().name(name).spawn(move || shared.look_on())?);
        state.runs = true;
        Ok(())
    }
}

struct Waiting<'w> {
    watcher: &'w Watcher,
    head: Pending<'static, Result<Position, ReadError>>,
}

impl Future for Waiting<'_> {
    type Output = Result<Position, ReadError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Err(error) = self.watcher.keep_looking() {
            let reason = format!("the system gave no thread to watch it: {error}");
            return Poll::Ready(Err(ReadError::Unavailable { reason }));
        }
        self.head.as_mut().poll(context)
    }
}

impl Shared {
    fn look_on(&self) {
        let mut eye = Eye::default();
        loop {
            let mut state = self.state.lock();
            if !state.ends {
                self.wake.wait_for(&mut state, EVERY);
            }
            let is_watched = self.watch.is_watched();
            state.idle_looks = if is_watched { 0 } else { state.idle_looks.saturating_add(1) };
            if state.ends || state.idle_looks > IDLE_LOOKS {
                state.runs = false;
                return;
            }
            drop(state);
            match eye.look(&self.place) {
                Ok(head) => self.watch.reached(head),
                Err(trouble) if eye.failed_looks > FAILED_LOOKS || is_final(&trouble) => {
                    self.watch.failed(trouble.into_read_error(1));
                }
                Err(_) => {}
            }
        }
    }
}

fn is_final(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Changed(_) | Trouble::Corrupt(_))
}

#[derive(Debug, Default)]
struct Eye {
    connection: Option<Connection>,
    version: Option<i64>,
    head: Option<Position>,
    failed_looks: u32,
}

impl Eye {
    /// The head, if somebody else has written since the last look.
    fn look(&mut self, place: &Place) -> Result<Option<Position>, Trouble> {
        let looked = self.look_once(place);
        if looked.is_ok() {
            self.failed_looks = 0;
        } else {
            self.failed_looks = self.failed_looks.saturating_add(1);
            (self.connection, self.version) = (None, None);
        }
        looked
    }

    fn look_once(&mut self, place: &Place) -> Result<Option<Position>, Trouble> {
        place.must_be_unchanged()?;
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => place.connect_to_read()?,
        };
        let connection = self.connection.insert(connection);
        let version: i64 =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version == Some(version) {
            return Ok(None);
        }
        let head = head(connection)?;
        if head < self.head {
            let reason = "the journal went back: the file was replaced; open it again";
            return Err(Trouble::Changed(reason.into()));
        }
        (self.version, self.head) = (Some(version), head);
        Ok(head)
    }
}
