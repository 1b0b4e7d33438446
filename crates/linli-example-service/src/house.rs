//! What the handlers share: the ledger, and how many requests may be at it.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use linli::Command;
use linli::journal::{Appended, Blocking, Position, Written};
use linli::ledger::{Ledger, Request};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tracing::Span;

use crate::caller::Caller;
use crate::measure::Outcome;
use crate::problem::Problem;

/// So many requests are at the ledger at once; the next is told to come again.
///
/// Less than tokio's 512 blocking threads, so that none waits in a queue that nobody sees. Those
/// that append at the same time share a flush.
const AT_ONCE: usize = 256;

/// A ledger, ready to be asked by many at once. To clone it is cheap; all share the one journal.
#[derive(Clone, Debug)]
pub struct House {
    ledger: Ledger,
    seats: Arc<Semaphore>,
}

impl House {
    /// Opens the house over a ledger, whose authority is asked for every command.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, seats: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The same house, where so many requests are at the ledger at once instead of 256.
    #[must_use]
    pub fn at_once(mut self, requests: usize) -> Self {
        self.seats = Arc::new(Semaphore::new(requests));
        self
    }

    /// Carries out a command for whoever calls, once for each of his keys.
    pub(crate) async fn carry_out(
        &self,
        caller: Caller,
        command: impl Into<Command>,
    ) -> Result<Answer, Problem> {
        let seats = Arc::clone(&self.seats);
        let seat = seats.try_acquire_owned().map_err(|_| Problem::no_seat())?;
        let request = Request::all([command]).from_source(&caller.source(), &caller.key);
        let done = self.at_the_ledger(move |ledger| {
            let _seat = seat; // Given up when the work is over, not when nobody waits for it.
            ledger.execute_blocking(caller.actor.as_str(), request).map_err(Problem::from)
        });
        done.await.map(Answer)
    }

    /// The position of the last event, if the journal can be read. It tells nothing of any event,
    /// so nobody's authority is asked; and it takes no seat, so that a full house is not taken for
    /// an ill one.
    pub(crate) async fn head(&self) -> Result<Option<Position>, Problem> {
        self.at_the_ledger(|ledger| Blocking(ledger.store()).head().map_err(Problem::from)).await
    }

    /// Runs `work` on a thread that may wait. The SQLite store reads on the thread that asks and
    /// lets it wait for a connection: on a thread of the runtime, others would wait with it.
    ///
    /// What has begun is carried through, also when the client has gone away meanwhile.
    async fn at_the_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Ledger) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (ledger, span) = (self.ledger.clone(), Span::current());
        let worked = spawn_blocking(move || span.in_scope(|| work(&ledger)));
        worked.await.unwrap_or_else(|_panicked| Err(Problem::no_answer()))
    }
}

/// What has become of a command. `None`: all that it asked for was so already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer(Option<Appended>);

impl IntoResponse for Answer {
    /// A repeat has the status of the first answer, so that a client need not tell them apart.
    fn into_response(self) -> Response {
        let (status, outcome) = match self.0.map(|appended| appended.written) {
            Some(Written::Now) => (StatusCode::CREATED, "recorded"),
            Some(Written::Before) => (StatusCode::CREATED, "repeated"),
            None => (StatusCode::OK, "unchanged"),
        };
        let told = json!({
            "outcome": outcome,
            "first": self.0.map(|appended| appended.first.0),
            "last": self.0.map(|appended| appended.last.0),
        });
        let mut response = (status, Json(told)).into_response();
        response.extensions_mut().insert(Outcome(outcome.into()));
        response
    }
}
