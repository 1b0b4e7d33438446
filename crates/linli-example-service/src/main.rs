//! The program: opens the journal, listens, and stops when it is told to.
//!
//! `LINLI_JOURNAL` names the file (`linli.db`), `LINLI_LISTEN` the address (`127.0.0.1:3000`).

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use linli::ledger::{Authority, Ledger};
use linli_example_service::{House, serve};
use linli_sqlite::SqliteStore;
use tokio::net::TcpListener;

/// How long requests that have begun may take to end once the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    // Where a layer for your metrics goes: see `measure`.
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the service ends");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let journal = env::var_os("LINLI_JOURNAL").unwrap_or_else(|| "linli.db".into());
    let listen = env::var("LINLI_LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    // Nobody is served yet, so that it may take its time.
    let store = SqliteStore::open(&journal)?;
    // Whoever reaches the port may do everything: name another authority before others can.
    let ledger = Ledger::new(store, Authority::local_operator());
    let listener = TcpListener::bind(&listen).await?;
    tracing::info!(address = %listener.local_addr()?, journal = %journal.display(), "listening");
    let told_to_stop = told_to_stop()?;
    serve(listener, House::new(ledger), told_to_stop, PATIENCE).await?;
    // The last ledger goes with the runtime, and with it the store, which writes what is queued.
    tracing::info!("stopped");
    Ok(())
}

/// Over when somebody presses Ctrl-C, or when the system asks the program to end.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Over when somebody presses Ctrl-C.
#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        // Without the signal there is no way but to be killed, which loses no answered append.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
