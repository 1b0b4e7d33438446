//! A journal is opened at its address.

use std::sync::Arc;

use linli::journal::{Address, ArchivePlace, EventStore, MemoryStore};
use linli::ledger::{Authority, Ledger};
use linli_archive::{ArchiveStore, ArchivedJournal};
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

/// Opens a journal that is there, to write to it. A file or a stream is not made.
pub(crate) fn open_to_write(address: &str) -> Answer<Arc<dyn EventStore>> {
    if address.parse::<Address>()? != Address::Memory {
        store_to_read(address)?;
    }
    create(address)
}

/// Opens a journal that is there, to read it. A replay of an archive, or of a file that was packed,
/// takes its sessions from columns.
pub(crate) fn open_to_read(address: &str) -> Answer<Ledger> {
    match address.parse()? {
        Address::Archive(place) => {
            let store = ArchiveStore::open(place)?;
            let closed = store.closed();
            Ok(Ledger::new(store, Authority::read_only()).with_closed(closed))
        }
        Address::File(path) => packed(SqliteStore::open_read_only(path)?, Authority::read_only()),
        _ => Ok(Ledger::over(store_to_read(address)?, Authority::read_only())),
    }
}

/// The same, to write to it, too; it is created if it is not there.
pub(crate) fn open_to_operate(address: &str) -> Answer<Ledger> {
    match address.parse()? {
        Address::File(path) => packed(SqliteStore::open(path)?, Authority::local_operator()),
        _ => Ok(Ledger::over(create(address)?, Authority::local_operator())),
    }
}

fn packed(store: SqliteStore, authority: Authority) -> Answer<Ledger> {
    let closed = store.closed()?;
    Ok(Ledger::new(store, authority).with_closed(closed))
}

/// The journal in a store, what is sealed read from its archive. Where there is none, no store is
/// opened or made.
pub(crate) fn with_archive(
    place: &str,
    store: impl FnOnce() -> Answer<Arc<dyn EventStore>>,
    authority: Authority,
) -> Answer<Ledger> {
    let place: ArchivePlace = place.parse()?;
    let joined = ArchivedJournal::of(ArchiveStore::open(place)?, store()?)?;
    let closed = joined.closed();
    Ok(Ledger::new(joined, authority).with_closed(closed))
}

/// The store of a journal that is there, to read it.
pub(crate) fn store_to_read(address: &str) -> Answer<Arc<dyn EventStore>> {
    Ok(match address.parse()? {
        Address::File(path) => Arc::new(SqliteStore::open_read_only(path)?),
        Address::Archive(place) => Arc::new(ArchiveStore::open(place)?),
        Address::Memory => {
            return Err(Failed::input(
                "Missing",
                "a journal at memory: begins empty, with nothing to read; open it with mode=\"rw\"",
            ));
        }
        Address::Postgres(server) => Arc::new(PostgresStore::open_read_only(server.as_given())?),
        Address::Nats(server) => Arc::new(NatsStore::open_read_only(server.as_given())?),
    })
}
