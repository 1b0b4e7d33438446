//! An example to copy from: a [`Ledger`](linli::ledger::Ledger) behind a small HTTP service.
//!
//! | request | what it does |
//! | --- | --- |
//! | `POST /sessions` | asks to start a charging session |
//! | `POST /sessions/{session}/stop` | reports its end |
//! | `POST /disputes` | files a dispute |
//! | `POST /shifts/{shift_id}/sign-up` | signs a volunteer up |
//! | `GET /health` | tells whether the journal can be read, and its head |
//!
//! Every `POST` carries two headers: `X-Actor`, who acts, and `Idempotency-Key`, under which the
//! same request may be sent again until an answer has come:
//!
//! ```text
//! $ cargo run -p linli-example-service &
//! $ curl localhost:3000/sessions -H 'X-Actor: p-17' -H 'Idempotency-Key: 5b1f' -d '{
//!     "session": "app:1", "connector": "east-1", "card": "c-0042", "register": 120000,
//!     "at": "2022-02-27T19:00:00+08:00", "zone": "Asia/Shanghai"}'
//! {"first":7,"last":7,"outcome":"recorded"}
//! $ curl ...    # the same again
//! {"first":7,"last":7,"outcome":"repeated"}
//! $ curl ...    # another session, under another key
//! {"code":"ConnectorActive","sentence":"connector east-1 is busy with session app:1",
//!     "values":{"connector":"east-1","session":"app:1"}}
//! ```
//!
//! # What is yours to add
//! - **Authentication.** `X-Actor` is believed. Whoever reaches the port is whoever he says, so it
//!   listens on the loopback interface alone, until you put your own into `caller`.
//! - **Authority.** Everybody may do everything, as at a local file. `main` names the authority.
//! - **A proxy in front**: TLS, slow clients, limits for each of them.
//!
//! It holds no rule of the domain: those are in `linli`, and so are the keys, the retries after a
//! conflict, and the time of recording.

mod body;
mod caller;
mod house;
mod measure;
mod problem;
mod routes;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;

pub use house::House;

/// Serves `house` to whoever connects to `listener`, until `stop` is over. Requests that have begun
/// are answered then, for as long as `patience` lasts, and new ones are not taken.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    house: House,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> io::Result<()> {
    let stopping = Arc::new(Notify::new());
    let told = Arc::clone(&stopping);
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
        told.notify_one();
    };
    let served = axum::serve(listener, routes::router(house)).with_graceful_shutdown(stop);
    tokio::select! {
        ended = served.into_future() => ended,
        () = async { stopping.notified().await; tokio::time::sleep(patience).await } => {
            // A client that sends its body byte by byte does not keep the journal open for ever.
            tracing::warn!(?patience, "connections were cut");
            Ok(())
        }
    }
}
