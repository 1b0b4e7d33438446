//! The connections that read: at most four, made when they are needed, kept while they are sound.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::error::Trouble;
use crate::reader::Journal;
use crate::session::Session;
use crate::walk::located;

const MOST: usize = 4;
/// How long one question may take, the server's own limits being lower.
const PATIENCE: Duration = Duration::from_secs(90);

/// What is asked over a connection.
pub(crate) type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

#[derive(Debug)]
pub(crate) struct Readers {
    journal: Journal,
    places: Semaphore,
    idle: Mutex<Vec<Session>>,
}

impl Readers {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal, places: Semaphore::new(MOST), idle: Mutex::default() }
    }

    /// Asks once, and once more if the connection had been lost: reading changes nothing.
    pub(crate) async fn ask<T>(
        &self,
        question: impl for<'a> Fn(&'a Journal, &'a Session) -> Asking<'a, T>,
    ) -> Result<T, Trouble> {
        match self.ask_once(&question).await {
            Err(trouble) if trouble.is_loss() => self.ask_once(&question).await,
            answer => answer,
        }
    }

    async fn ask_once<T>(
        &self,
        question: impl for<'a> Fn(&'a Journal, &'a Session) -> Asking<'a, T>,
    ) -> Result<T, Trouble> {
        let closed = |_| Trouble::Changed("the store is closed".into());
        let place = self.places.acquire().await.map_err(closed)?;
        let kept = self.idle.lock().pop().filter(|session| !session.client.is_closed());
        let session = match kept {
            Some(session) => session,
            None => Session::reconnect(&self.journal.place).await?,
        };
        let answer = tokio::time::timeout(PATIENCE, question(&self.journal, &session)).await;
        let answer = match answer.unwrap_or(Err(Trouble::Silent)) {
            Ok(answer) => {
                self.idle.lock().push(session);
                Ok(answer)
            }
            // The connection may be in the middle of something: it is not kept.
            Err(trouble) => Err(located(&session, self.journal.id, trouble).await),
        };
        drop(place);
        answer
    }
}
