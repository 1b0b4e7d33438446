//! What others append: a task hears of it and looks, while somebody waits.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Subscriber;
use futures_util::StreamExt;
use linli::journal::HeadWatch;
use parking_lot::Mutex;
use tokio::runtime::Handle;

use crate::error::Trouble;
use crate::journal::Journal;

/// How often is looked, whatever is heard: a word may be lost.
const EVERY: Duration = Duration::from_millis(250);
/// The task ends after so many looks that nobody waited for.
const IDLE_LOOKS: u32 = 20;

/// Whoever waits for the head of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    journal: Arc<Journal>,
    watch: HeadWatch,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    runs: bool,
    idle_looks: u32,
}

impl Watcher {
    pub(crate) fn new(journal: Arc<Journal>, watch: HeadWatch) -> Self {
        Self(Arc::new(Shared { journal, watch, state: Mutex::default() }))
    }

    /// Sees to it that somebody looks.
    pub(crate) fn keep_looking(&self, runtime: &Handle) {
        let mut state = self.0.state.lock();
        state.idle_looks = 0;
        if !std::mem::replace(&mut state.runs, true) {
            runtime.spawn(Arc::clone(&self.0).look_on());
        }
    }
}

impl Shared {
    async fn look_on(self: Arc<Self>) {
        let told = self.journal.place.stream.told();
        // Who may not listen looks all the same.
        let mut heard = self.journal.connection.client.subscribe(told).await.ok();
        while self.is_wanted() {
            match self.journal.head().await {
                Ok(head) => self.watch.reached(head),
                Err(trouble) => self.watch.failed(Trouble::into_read_error(trouble)),
            }
            // Either of the two will do.
            let _ = tokio::time::timeout(EVERY, next(&mut heard)).await;
        }
    }

    fn is_wanted(&self) -> bool {
        let mut state = self.state.lock();
        let is_watched = self.watch.is_watched();
        state.idle_looks = if is_watched { 0 } else { state.idle_looks.saturating_add(1) };
        state.runs = state.idle_looks <= IDLE_LOOKS;
        state.runs
    }
}

async fn next(heard: &mut Option<Subscriber>) {
    match heard {
        Some(heard) => drop(heard.next().await),
        None => std::future::pending().await,
    }
}
