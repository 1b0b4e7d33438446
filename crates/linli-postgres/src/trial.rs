//! Fresh journals on the server of the tests, for those who test against one.
//!
//! The server is at `LINLI_POSTGRES`, an address without a journal, such as
//! `postgres://user@host/database`. `cargo xtask test` starts one and says where it is.
#![allow(clippy::missing_panics_doc, reason = "a test that cannot go on says why and stops")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use linli::journal::EventStore;
use linli::journal::laws::Journal;

use crate::PostgresStore;

/// Where the server of the tests is.
pub const VARIABLE: &str = "LINLI_POSTGRES";

/// A journal that no other test has.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its address; nothing is there yet.
    pub address: String,
}

impl Fresh {
    /// A journal of its own, or nothing after saying so where no server is named.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "a test that is not run says so")]
    pub fn journal() -> Option<Self> {
        static JOURNALS: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(VARIABLE) else {
            eprintln!("not run: {VARIABLE} names no server; `cargo xtask test` starts one");
            return None;
        };
        let (process, number) = (std::process::id(), JOURNALS.fetch_add(1, Ordering::Relaxed));
        let began = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_millis());
        let joint = if server.contains('?') { '&' } else { '?' };
        Some(Self { address: format!("{server}{joint}journal=trial-{began}-{process}-{number}") })
    }

    /// Opens it, and makes it the first time.
    #[must_use]
    pub fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.address).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Journal for Fresh {
    fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store())
    }
}
