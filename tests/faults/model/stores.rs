//! The stores under test, and how each is closed, killed and failed.

use std::fs;
use std::path::PathBuf;

use linli::journal::{Blocking, EventStore, MemoryStore};
use linli_disk::{Disk, Error, Fault};
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
use linli_servers::Proxy;
use linli_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::faults::in_memory;

/// A store with all that can be done to it.
pub(super) trait Kept {
    /// What it is called.
    const NAME: &'static str;
    /// What moves must have come to, beside what they come to on every store.
    const REACHES: &'static [&'static str];

    fn new() -> Self;
    fn store(&self) -> &dyn EventStore;
    /// Closes it and opens it again, if that can be.
    fn close(&mut self) -> bool;
    /// Leaves it as a killed process does, and opens it again, if that can be.
    fn kill(&mut self) -> bool;
    /// Lets the call or the byte of this number fail, once.
    fn fail(&mut self, at: u64);
    /// Lets nothing fail any more; whether anything did.
    fn mend(&mut self) -> bool;
}

/// In memory: what does not outlive the process is neither closed nor killed.
pub(super) struct Memory(MemoryStore);

impl Kept for Memory {
    const NAME: &'static str = "memory";
    const REACHES: &'static [&'static str] = &[];

    fn new() -> Self {
        Self(MemoryStore::new())
    }

    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    fn close(&mut self) -> bool {
        false
    }

    fn kill(&mut self) -> bool {
        false
    }

    fn fail(&mut self, _: u64) {}

    fn mend(&mut self) -> bool {
        false
    }
}

/// A SQLite file over a disk that fails.
pub(super) struct File {
    store: Option<SqliteStore>,
    disk: Disk,
    folder: TempDir,
    /// How often it was killed: each life has a file of its own.
    lives: u32,
}

impl File {
    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("life-{}.db", self.lives))
    }

    fn open(&mut self) {
        self.store = Some(SqliteStore::open(self.path()).expect("it opens"));
    }
}

impl Kept for File {
    const NAME: &'static str = "SQLite";
    const REACHES: &'static [&'static str] = &["unknown", "undone", "unharmed", "closed", "killed"];

    fn new() -> Self {
        let folder = in_memory();
        let disk = Disk::under(folder.path());
        let mut file = Self { store: None, disk, folder, lives: 0 };
        file.open();
        file
    }

    fn store(&self) -> &dyn EventStore {
        self.store.as_ref().expect("it is open")
    }

    fn close(&mut self) -> bool {
        self.store = None;
        self.open();
        true
    }

    fn kill(&mut self) -> bool {
        let before = self.path();
        self.lives += 1;
        for end in ["", "-wal"] {
            let name = |path: &PathBuf| format!("{}{end}", path.display());
            fs::copy(name(&before), name(&self.path())).expect("what lies there");
        }
        self.close()
    }

    fn fail(&mut self, at: u64) {
        // An append takes some twenty calls.
        let from_here = usize::try_from(at % 24).expect("a small number");
        let error = if at.is_multiple_of(2) { Error::Io } else { Error::Full };
        let at = self.disk.calls().len() + from_here;
        self.disk.fail(Fault { at, error, is_for_ever: false });
    }

    fn mend(&mut self) -> bool {
        self.disk.mend();
        self.disk.struck().is_some()
    }
}

/// A journal on a server, over a connection that is cut.
pub(super) struct Served<S> {
    store: S,
    proxy: Proxy,
}

/// A store that speaks with a server.
pub(super) trait Serves: EventStore + Sized {
    const NAME: &'static str;
    const REACHES: &'static [&'static str];

    /// The address of a journal that no other test has, if there is a server.
    fn fresh() -> Option<String>;
    fn open(address: &str) -> Self;
    /// After how many bytes of an append's exchange, both ways, it is cut.
    fn cut(at: u64) -> u64;
}

impl Serves for PostgresStore {
    const NAME: &'static str = "PostgreSQL";
    const REACHES: &'static [&'static str] = &["unknown", "undone", "unharmed", "closed", "killed"];

    fn fresh() -> Option<String> {
        linli_postgres::trial::Fresh::journal().map(|fresh| fresh.address)
    }

    fn open(address: &str) -> Self {
        Self::open(address).expect("it opens")
    }

    /// An append takes some 2,800 bytes; its commit is among the last of them.
    fn cut(at: u64) -> u64 {
        if at.is_multiple_of(4) { 6 * at } else { 2_500 + at }
    }
}

/// A single server. Its store settles by itself what was not answered, so that an append that was
/// cut is answered all the same.
impl Serves for NatsStore {
    const NAME: &'static str = "NATS";
    const REACHES: &'static [&'static str] = &["a fault", "unharmed", "closed", "killed"];

    fn fresh() -> Option<String> {
        linli_nats::trial::Fresh::journal_on_one().map(|fresh| fresh.address)
    }

    fn open(address: &str) -> Self {
        Self::open(address).expect("it opens")
    }

    /// An append takes some 500 bytes.
    fn cut(at: u64) -> u64 {
        4 * at
    }
}

impl<S: Serves> Served<S> {
    pub(super) fn is_there() -> bool {
        S::fresh().is_some()
    }
}

impl<S: Serves> Kept for Served<S> {
    const NAME: &'static str = S::NAME;
    const REACHES: &'static [&'static str] = S::REACHES;

    fn new() -> Self {
        let proxy = Proxy::before(&S::fresh().expect("there is a server")).expect("a proxy");
        Self { store: S::open(proxy.address()), proxy }
    }

    fn store(&self) -> &dyn EventStore {
        &self.store
    }

    fn close(&mut self) -> bool {
        self.store = S::open(self.proxy.address());
        true
    }

    /// The connection is cut under whoever has it.
    fn kill(&mut self) -> bool {
        self.proxy.cut_after(0);
        // It comes to nothing, or over another connection.
        drop(Blocking(&self.store).head());
        self.proxy.let_by();
        self.close()
    }

    fn fail(&mut self, at: u64) {
        self.proxy.cut_after(i64::try_from(S::cut(at)).expect("a small number"));
    }

    fn mend(&mut self) -> bool {
        self.proxy.let_by()
    }
}
