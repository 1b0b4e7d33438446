//! The laws, and what no law knows: servers, cut connections, kills, privileges, damage.

mod cuts;
mod damage;
mod kills;
mod projections;
mod refusals;
mod rights;
mod sharing;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, IdempotencyKey, Page, Query,
    ReadError, ReadOptions,
};
use tokio_postgres::{Client, Config, NoTls};

use crate::PostgresStore;
use crate::trial::Fresh;

mod laws {
    linli::journal::laws!(if_there super::Fresh::journal);
}

/// Where the programs for a server of one's own are: `initdb`, `postgres`.
const PROGRAMS: &str = "LINLI_POSTGRES_PROGRAMS";

/// Runs statements on the server, past the store.
fn sql(address: &str, statements: &str) {
    with_client(address, async |client| client.batch_execute(statements).await.expect(statements));
}

/// Works with a plain connection to the database of an address.
fn with_client<T>(address: &str, work: impl AsyncFnOnce(Client) -> T) -> T {
    let server = address.split('?').next().unwrap_or(address);
    let config: Config = server.parse().expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (client, connection) = config.connect(NoTls).await.expect("a connection for a test");
        tokio::spawn(connection);
        work(client).await
    })
}

/// The address of a journal in a database of its own, or nothing where there is no server.
fn database() -> Option<String> {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let Fresh { address } = Fresh::journal()?;
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("trial_{}_{number}", std::process::id());
    sql(&address, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    sql(&address, &format!("CREATE DATABASE {name}"));
    let (server, _) = address.split_once('?')?;
    let (server, _) = server.rsplit_once('/')?;
    Some(format!("{server}/{name}?journal=j"))
}

/// A server of one's own, that may be killed, or nothing after saying so.
fn own_server(folder: &tempfile::TempDir) -> Option<linli_servers::Postgres> {
    let Some(programs) = std::env::var_os(PROGRAMS).map(PathBuf::from) else {
        eprintln!("not run: {PROGRAMS} names no programs; `cargo xtask test` brings them");
        return None;
    };
    // Who runs the server has to get there.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("a folder for a test");
    let server = linli_servers::Postgres::start(&programs, &folder.path().join("server"));
    Some(server.unwrap_or_else(|why| panic!("{why}")))
}

fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("trial", &number.to_string())
}

/// Three events under a key that say which append they belong to.
fn three(number: u64) -> Append {
    let event = || {
        Event::new("Counted")
            .tag(&format!("case:{number}"))
            .payload(format!("what happened in {number}").as_bytes())
    };
    Append::all((0..3).map(|_| event())).key(key(number))
}

fn append(store: &PostgresStore, append: Append) -> Result<Appended, AppendError> {
    Blocking(store).append(append)
}

fn read(store: &PostgresStore, query: &Query) -> Result<Page, ReadError> {
    Blocking(store).read(query, ReadOptions::forwards())
}

/// The appends of a journal by their number, after seeing that each is whole.
fn whole_appends(store: &dyn EventStore) -> Vec<u64> {
    let mut told: Vec<String> = Vec::new();
    for page in Blocking(store).pages(Query::all(), ReadOptions::forwards()) {
        for view in page.expect("readable").events() {
            assert_eq!(view.position.0, told.len() as u64 + 1, "positions are dense");
            told.push(String::from_utf8_lossy(view.payload).into_owned());
        }
    }
    let whole = |events: &[String]| {
        assert!(events.iter().all(|event| *event == events[0]), "not contiguous: {events:?}");
        assert_eq!(events.len(), 3, "half an append: {events:?}");
        let number = events[0].rsplit(' ').next().and_then(|number| number.parse().ok());
        number.expect("a number")
    };
    told.chunks(3).map(whole).collect()
}
