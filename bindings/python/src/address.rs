//! A journal is opened at its address.

use std::sync::Arc;

use linli::journal::{Address, EventStore, MemoryStore};
use linli::ledger::{Authority, Ledger};
use linli_archive::ArchiveStore;
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
use linli_sqlite::SqliteStore;

use crate::errors::{Answer, Failed};

/// Opens the journal to write to it, and creates it if it is not there.
pub(crate) fn create(address: &str) -> Answer<Arc<dyn EventStore>> {
    Ok(match address.parse()? {
        Address::File(path) => Arc::new(SqliteStore::open(path)?),
        Address::Archive(_) => {
            return Err(Failed::input(
                "NotWritable",
                "an archive is only read, by linli.open(); write to its journal",
            ));
        }
        Address::Memory => Arc::new(MemoryStore::new()),
        Address::Postgres(server) => Arc::new(PostgresStore::open(server.as_given())?),
        Address::Nats(server) => Arc::new(NatsStore::open(server.as_given())?),
    })
}

/// Opens a journal that is there, to read it. A replay of an archive takes its sessions from
/// columns.
pub(crate) fn open_to_read(address: &str) -> Answer<Ledger> {
    let store: Arc<dyn EventStore> = match address.parse()? {
        Address::File(path) => Arc::new(SqliteStore::open_read_only(path)?),
        Address::Archive(place) => {
            let store = ArchiveStore::open(place)?;
            let closed = store.closed();
            return Ok(Ledger::new(store, Authority::read_only()).with_closed(closed));
        }
        Address::Memory => {
            return Err(Failed::input(
                "Missing",
                "a journal at memory: begins empty, with nothing to read; open it with mode=\"rw\"",
            ));
        }
        Address::Postgres(server) => Arc::new(PostgresStore::open_read_only(server.as_given())?),
        Address::Nats(server) => Arc::new(NatsStore::open_read_only(server.as_given())?),
    };
    Ok(Ledger::over(store, Authority::read_only()))
}
