//! The laws, and what no law knows: servers, streams of others, cuts, damage.

mod cuts;
mod damage;
mod measures;
mod refusals;
mod sharing;

use std::path::{Path, PathBuf};

use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, IdempotencyKey, Page, Query,
    ReadError, ReadOptions,
};
use linli_servers::Nats;
use serde_json::{Value, json};

use crate::NatsStore;
use crate::place::Place;
use crate::trial::Fresh;

mod laws {
    linli::journal::laws!(if_there super::Fresh::journal);
}

mod laws_on_one {
    linli::journal::laws!(if_there super::Fresh::journal_on_one);
}

/// Where the program for a server of one's own is.
const PROGRAM: &str = "LINLI_NATS_PROGRAM";
/// Where one is that is too old.
const OLD_PROGRAM: &str = "LINLI_NATS_OLD_PROGRAM";

/// Works with a plain connection to the servers of an address.
fn with_client<T>(address: &str, work: impl AsyncFnOnce(async_nats::Client) -> T) -> T {
    let place = Place::parse(address).expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = async_nats::connect(place.servers).await.expect("a connection for a test");
        work(client).await
    })
}

/// Asks the JetStream of an address, past the store. `ACTION` becomes `ACTION.stream`.
fn api(address: &str, action: &str, asked: &Value) -> Value {
    let stream = Place::parse(address).expect("an address").stream;
    let (subject, asked) = (format!("$JS.API.STREAM.{action}.{stream}"), asked.to_string());
    let answer = with_client(address, async |client| client.request(subject, asked.into()).await);
    serde_json::from_slice(&answer.expect("an answer").payload).expect("JSON")
}

/// The settings of a journal's stream with some of them changed.
fn settings(address: &str, changes: &Value) -> Value {
    let mut settings = crate::settings::new(&Place::parse(address).expect("an address"));
    for (setting, value) in changes.as_object().into_iter().flatten() {
        settings[setting] = value.clone();
    }
    settings
}

/// Servers of one's own, that may be killed, or nothing after saying so.
fn own_servers(
    variable: &str,
    start: fn(&Path, &Path) -> Result<Nats, String>,
) -> Option<(tempfile::TempDir, Nats)> {
    let Some(program) = std::env::var_os(variable).map(PathBuf::from) else {
        eprintln!("not run: {variable} names no program; `cargo xtask test` brings it");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder for a test");
    // Who runs the servers has to get there.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("a folder for a test");
    let servers = start(&program, &folder.path().join("servers"));
    Some((folder, servers.unwrap_or_else(|why| panic!("{why}"))))
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

fn append(store: &NatsStore, append: Append) -> Result<Appended, AppendError> {
    Blocking(store).append(append)
}

fn read(store: &NatsStore, query: &Query) -> Result<Page, ReadError> {
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
