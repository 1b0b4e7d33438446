//! What others append: a task listens and looks, while somebody waits.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use linli::journal::{HeadWatch, Position};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_postgres::AsyncMessage;

use crate::error::Trouble;
use crate::reader::Journal;
use crate::session::{Session, greet};
use crate::tls::Wire;

/// What appends are told on: a fixed name, the journal's number in the message.
pub(crate) const CHANNEL: &str = "linli";
const LISTEN: &str = "LISTEN linli";
/// How often is looked, whatever is heard: a notification may be lost.
const EVERY: Duration = Duration::from_millis(250);
/// The task ends after so many looks that nobody waited for.
const IDLE_LOOKS: u32 = 20;
/// So many looks may fail, one after the other, before those who wait are told.
const FAILED_LOOKS: u32 = 20;

/// Whoever waits for the head of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    journal: Journal,
    watch: HeadWatch,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    runs: bool,
    idle_looks: u32,
}

impl Watcher {
    pub(crate) fn new(journal: Journal, watch: HeadWatch) -> Self {
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
        let mut eye = Eye::default();
        let mut failed_looks = 0_u32;
        while self.is_wanted() {
            match eye.look(&self.journal).await {
                Ok(head) => {
                    failed_looks = 0;
                    self.watch.reached(head);
                }
                Err(trouble) => {
                    eye.session = None;
                    failed_looks = failed_looks.saturating_add(1);
                    let is_final = matches!(trouble, Trouble::Changed(_) | Trouble::Corrupt(_));
                    if is_final || failed_looks > FAILED_LOOKS {
                        self.watch.failed(trouble.into_read_error(1));
                    }
                }
            }
            // Either of the two will do.
            let _ = tokio::time::timeout(EVERY, eye.heard.notified()).await;
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

#[derive(Debug, Default)]
struct Eye {
    session: Option<Session>,
    heard: Arc<Notify>,
    head: Option<Position>,
}

impl Eye {
    async fn look(&mut self, journal: &Journal) -> Result<Option<Position>, Trouble> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.listen(journal).await?,
        };
        let head = journal.head(&session).await?;
        self.session = Some(session);
        if head < self.head {
            let reason = "the journal went back: an older state was restored; open it again";
            return Err(Trouble::Changed(reason.into()));
        }
        self.head = head;
        Ok(head)
    }

    /// A connection that hears what is told. Behind a pooler it hears nothing, and looks.
    async fn listen(&self, journal: &Journal) -> Result<Session, Trouble> {
        let (client, wire) = greet(&journal.place).await?;
        tokio::spawn(hear(wire, journal.id.to_string(), Arc::clone(&self.heard)));
        let session = Session { client };
        session.run(LISTEN).await?;
        Ok(session)
    }
}

/// Carries the traffic of a connection, and passes on what is told of this journal.
async fn hear(mut wire: Wire, journal: String, heard: Arc<Notify>) {
    while let Some(Ok(message)) = poll_fn(|context| wire.poll_message(context)).await {
        if let AsyncMessage::Notification(told) = message
            && told.payload() == journal
        {
            heard.notify_one();
        }
    }
}
